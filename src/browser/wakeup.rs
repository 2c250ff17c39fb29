//! Waking up: the timer that renews ahead of expiry, and the events after which the clock and the storage are looked at.
//!
//! Nothing's correctness depends on it: expiry is checked at each send. Where there is no page there is nothing of it.

use super::clock::{self, Timer};
use super::js;
use super::shared::Shared;
use crate::protocol::renewal::Reason;
use crate::protocol::session::Renew;
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;

/// A listener on the page; dropping it removes it.
pub struct Listening {
    target: JsValue,
    kind: &'static str,
    listener: Closure<dyn FnMut(JsValue)>,
}

impl Listening {
    fn new(target: &JsValue, kind: &'static str, shared: Weak<Shared>) -> Self {
        let listener = Closure::new(move |_: JsValue| {
            if let Some(shared) = shared.upgrade() {
                shared.wake(kind == "online");
            }
        });
        let _ = js::invoke(target, "addEventListener", &kind.into(), listener.as_ref());
        Self { target: target.clone(), kind, listener }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = js::invoke(&self.target, "removeEventListener", &self.kind.into(), self.listener.as_ref());
    }
}

impl Shared {
    /// One more instance uses this session.
    pub fn opened(self: &Rc<Self>) {
        self.open_pages.set(self.open_pages.get() + 1);
        let document = js::global("document");
        if self.open_pages.get() == 1 && document.is_object() {
            let window: JsValue = js_sys::global().into();
            let weak = Rc::downgrade(self);
            let on = |target: &JsValue, kind| Listening::new(target, kind, weak.clone());
            self.wakeup.replace(vec![
                on(&document, "visibilitychange"),
                on(&document, "resume"),
                on(&window, "pageshow"),
                on(&window, "online"),
                on(&window, "storage"),
            ]);
            self.arm();
        }
    }

    /// One instance fewer: with the last one, listeners and timer are let go.
    pub fn closed(&self) {
        self.open_pages.set(self.open_pages.get().saturating_sub(1));
        if self.open_pages.get() == 0 {
            self.wakeup.take();
            self.timer.take();
        }
    }

    fn wake(self: &Rc<Self>, online: bool) {
        self.catch_up();
        let record = self.record();
        if online && self.ask(|machine| machine.on_online(&record, clock::now())) {
            self.amend(|record| record.retry_at = 0);
        }
        self.arm();
    }

    /// Sets the timer for the next renewal ahead of expiry, or starts it where it is due.
    pub fn arm(self: &Rc<Self>) {
        self.timer.take();
        let visible = js::get(&js::global("document"), "visibilityState") == "visible";
        if !visible || !self.options.background || self.open_pages.get() == 0 {
            return;
        }
        let record = self.record();
        let Some(due) = self.ask(|machine| machine.due(&record)) else {
            return;
        };
        let now = clock::now();
        if due <= now {
            if self.ask(|machine| machine.start(&record, Reason::Expired, false)) == Renew::Start {
                self.run_opened();
            }
            return;
        }
        let weak = Rc::downgrade(self);
        let timer = Timer::after((due - now) as f64, move || {
            if let Some(shared) = weak.upgrade() {
                shared.wake(false);
            }
        });
        self.timer.replace(timer);
    }
}
