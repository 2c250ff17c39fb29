//! Events and subscribers: what a page hears of its session. A listener that throws breaks nothing.

use crate::browser::debug;
use crate::browser::js::keys::Key;
use crate::browser::js::slot::Slot;
use crate::browser::js::{Lent, NONE, Val};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    fn fire(target: Lent, kind: i32, detail: Lent, cancelable: i32) -> bool;
}

/// The listeners of one session.
pub struct Events {
    /// Where `addEventListener` adds them.
    pub target: Val,
    /// The functions to call after each change, each in an array of its own.
    pub subscribers: Val,
    /// The session that they were last told of.
    pub last_session: Slot,
    /// Whether the console is told of each event too.
    told: bool,
}

impl Events {
    /// No listeners yet.
    pub fn new(told: bool) -> Self {
        let target = Val::construct(Key::EventTarget, &NONE, &NONE);
        let last_session = Slot::new(Val::NULL);
        Self { target, subscribers: Val::construct(Key::Set, &NONE, &NONE), last_session, told }
    }

    /// Fires an event with `detail`, as an ordinary object; false where a listener prevented it.
    pub fn fire(&self, kind: Key, detail: &Val, cancelable: bool) -> bool {
        let goes = fire(self.target.lend(), kind as i32, detail.plain().lend(), cancelable.into());
        if self.told {
            debug::tell(kind);
        }
        goes
    }

    /// Tells the subscribers that the session or its state has changed.
    pub fn tell(&self) {
        let Ok(listeners) = self.subscribers.items() else { return };
        for at in 0..listeners.size() {
            listeners.at(at).at(0).tell();
        }
    }
}
