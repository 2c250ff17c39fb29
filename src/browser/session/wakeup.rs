//! Waking up: the timer that renews ahead of expiry, and the events after which the clock and the storage are looked
//! at.
//!
//! Nothing's correctness depends on it: expiry is checked at each send. Where there is no page there is nothing of it.

use super::shared::Shared;
use crate::browser::abort::Listening;
use crate::browser::clock::{self, Timer};
use crate::browser::js::Val;
use crate::browser::js::keys::Key;
use crate::browser::record;
use crate::browser::tabs;
use crate::protocol::renewal::Reason;
use std::rc::Rc;

impl Shared {
    /// One more instance uses this session.
    pub fn opened(self: &Rc<Self>) {
        self.open_pages.set(self.open_pages.get() + 1);
        if self.open_pages.get() > 1 {
            return;
        }
        self.listen_to_tabs();
        let document = Val::global(Key::Document);
        if !document.is_object() {
            return;
        }
        let window = Val::global(Key::Window);
        let heard = [
            (&document, Key::Visibilitychange),
            (&document, Key::Resume),
            (&document, Key::Freeze),
            (&window, Key::Pagehide),
            (&window, Key::Pageshow),
            (&window, Key::Online),
            (&window, Key::Storage),
        ];
        let listen = |(target, kind): (&Val, Key)| {
            let weak = Rc::downgrade(self);
            Listening::new(target, kind, move |event| {
                if let Some(shared) = weak.upgrade() {
                    shared.on_event(kind, &event);
                }
            })
        };
        self.wakeup.replace(heard.into_iter().map(listen).collect());
        self.claim_tab();
        self.arm();
        let _ = self.read_cookie_mark(true);
    }

    /// One instance fewer: with the last one, listeners and timer are let go.
    pub fn closed(&self) {
        self.open_pages.set(self.open_pages.get().saturating_sub(1));
        if self.open_pages.get() == 0 {
            self.wakeup.take();
            self.timer.take();
            self.channel.take();
        }
    }

    /// Opens the channel to the tabs that share the record, or the cookie.
    pub fn listen_to_tabs(self: &Rc<Self>) {
        if (self.store.shared() || self.cookie_possible) && self.open_pages.get() > 0 {
            let weak = Rc::downgrade(self);
            let channel = self.tabs().channel(move |signal| {
                if let Some(shared) = weak.upgrade() {
                    shared.on_signal(&signal);
                }
            });
            self.channel.replace(Some(channel));
        }
    }

    fn on_event(self: &Rc<Self>, kind: Key, event: &Val) {
        match kind {
            // A page that is put away would keep its locks, and others would wait for it.
            Key::Freeze => tabs::release_locks(),
            Key::Pagehide => {
                self.unloading.set(true);
                self.restore_end();
                tabs::release_locks();
                self.channel.take();
                self.release_tab();
            }
            Key::Storage => {
                let key = event.get(Key::Changed);
                let ours = key.same(&self.options.name);
                // Frames of one tab share another area, whose records are not this one's.
                if ours && self.store.shared() && event.get(Key::StorageArea).same(&Val::global(Key::LocalStorage)) {
                    self.on_signal(&record::signal_of(&event.get(Key::NewValue)));
                } else if ours || key.is_null() {
                    self.wake(false);
                }
            }
            Key::Pageshow => {
                // Fired at the first load too, when all of this has just been done.
                if event.get(Key::Persisted).truthy() {
                    tabs::resume_locks();
                    self.listen_to_tabs();
                    self.claim_tab();
                    self.wake(false);
                }
            }
            Key::Resume => {
                tabs::resume_locks();
                self.wake(false);
            }
            kind => self.wake(kind == Key::Online),
        }
    }

    /// Notices while this lives that the page is about to be left. No longer than needed: some browsers keep a page
    /// that listens for it out of the back-forward cache.
    pub fn watch_unload(self: &Rc<Self>) -> Listening {
        self.unloading.set(false);
        let weak = Rc::downgrade(self);
        Listening::new(&Val::global(Key::Window), Key::Beforeunload, move |_| {
            if let Some(shared) = weak.upgrade() {
                shared.unloading.set(true);
            }
        })
    }

    fn wake(self: &Rc<Self>, online: bool) {
        self.sync_record();
        let _ = self.read_cookie_mark(online);
        let record = self.record();
        if online && self.ask(|machine| machine.on_online(&record, clock::now())) {
            self.amend(|record| record.retry_at = 0);
        }
        self.arm();
    }

    /// Sets the timer for the next renewal ahead of expiry, or starts it where it is due.
    pub fn arm(self: &Rc<Self>) {
        self.timer.take();
        let visible = Val::global(Key::Document).get(Key::VisibilityState).is(Key::Visible);
        if !visible || !self.options.background || self.open_pages.get() == 0 {
            return;
        }
        let record = self.record();
        let Some(due) = self.ask(|machine| machine.due(&record)) else {
            return;
        };
        let now = clock::now();
        if due <= now {
            let renew = self.ask(|machine| machine.start(&record, Reason::Expired, false));
            self.renew(renew);
            return;
        }
        let weak = Rc::downgrade(self);
        let timer = Timer::after((due - now) as f64, move || {
            if let Some(shared) = weak.upgrade() {
                shared.wake(false);
            }
        });
        self.timer.replace(Some(timer));
    }
}
