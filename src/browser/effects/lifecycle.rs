//! The page's life, as events tell of it: shown, hidden, frozen, left, back, online, and changes in storage.
//!
//! Where there is no page there is nothing of it.

use super::claim::in_frame;
use crate::browser::abort::Listening;
use crate::browser::js::Val;
use crate::browser::js::keys::Key;
use crate::browser::record::signal_of;
use crate::browser::session::driver::SessionDriver;
use crate::protocol::event::Event;
use std::rc::Rc;

fn visible() -> bool {
    Val::global(Key::Document).get(Key::VisibilityState).is(Key::Visible)
}

/// One more instance uses this session.
pub fn opened(driver: &Rc<SessionDriver>) {
    driver.open_clients.set(driver.open_clients.get() + 1);
    if driver.open_clients.get() > 1 {
        return;
    }
    let document = Val::global(Key::Document);
    if document.is_object() {
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
        driver.lifecycle.replace(heard.into_iter().map(|(target, kind)| listen(driver, target, kind)).collect());
    }
    driver.dispatch(Event::Opened { visible: visible(), claims: document.is_object() && !in_frame() });
}

/// One instance fewer: with the last one, listeners and timers are let go.
pub fn closed(driver: &Rc<SessionDriver>) {
    driver.open_clients.set(driver.open_clients.get().saturating_sub(1));
    if driver.open_clients.get() == 0 {
        driver.lifecycle.take();
        driver.dispatch(Event::Closed);
    }
}

fn listen(driver: &Rc<SessionDriver>, target: &Val, kind: Key) -> Listening {
    let weak = Rc::downgrade(driver);
    Listening::new(target, kind, move |event| {
        if let Some(driver) = weak.upgrade() {
            on_event(&driver, kind, &event);
        }
    })
}

fn on_event(driver: &Rc<SessionDriver>, kind: Key, event: &Val) {
    driver.dispatch(match kind {
        Key::Visibilitychange => Event::VisibilityChanged(visible()),
        Key::Freeze => Event::Frozen,
        Key::Resume => Event::Resumed,
        Key::Pagehide => Event::PageHidden,
        // Fired at the first load too, when all of this has just been done.
        Key::Pageshow if event.get(Key::Persisted).truthy() => Event::PageShown,
        Key::Online => Event::Online,
        Key::Beforeunload => Event::Unloading,
        Key::Storage => {
            let key = event.get(Key::Changed);
            let ours = key.same(&driver.options.name);
            // Frames of one tab share another area, whose records are not this one's.
            if ours && driver.store.shared() && event.get(Key::StorageArea).same(&Val::global(Key::LocalStorage)) {
                return driver.on_signal(&signal_of(&event.get(Key::NewValue)));
            }
            if !(ours || key.is_null()) {
                return;
            }
            Event::StorageChanged
        }
        _ => return,
    });
}

/// Listens for the page being left, or no longer. Only while it matters: some browsers keep a page that listens for it
/// out of the back-forward cache.
pub fn watch_unload(driver: &Rc<SessionDriver>, on: bool) {
    let listening = on.then(|| listen(driver, &Val::global(Key::Window), Key::Beforeunload));
    drop(driver.unloading.replace(listening));
}
