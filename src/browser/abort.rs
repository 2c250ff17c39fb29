//! Abort signals: one controller per epoch, a caller's signal joined to it once, and a wait that a signal ends.

use super::js::calls::Callback;
use super::js::keys::Key;
use super::js::{Kind, Lent, NONE, Val};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/signals.js")]
extern "C" {
    fn joined(known: Lent, caller: Lent, own: Lent, followers: i32) -> Val;
    fn fresh(own: Lent, followers: i32) -> Val;
}

/// An `AbortController`, which exists wherever `fetch` does.
pub fn controller() -> Val {
    Val::construct(Key::AbortController, &NONE, &NONE)
}

/// After so many calls the next ones get a [`Epoch::fresh`] signal.
pub const FOLLOWERS: u32 = 500;

/// Everything that one epoch's end aborts.
pub struct Epoch {
    controller: Val,
    signal: Val,
    known: Val,
}

impl Default for Epoch {
    fn default() -> Self {
        let controller = controller();
        let signal = controller.get(Key::Signal);
        Self { controller, signal, known: Val::construct(Key::WeakMap, &NONE, &NONE) }
    }
}

impl Epoch {
    /// Ends every request that was sent with a signal of this epoch.
    pub fn abort(&self, reason: &Val) {
        self.controller.invoke(Key::Abort, reason, &NONE);
    }

    /// Whether the caller's is no signal at all, or one that can be joined: of anything else the native function has to
    /// judge.
    pub fn follows(&self, caller: &Val) -> bool {
        match caller.kind() {
            Kind::Undefined | Kind::Null => true,
            Kind::Object => self.join(caller).is_object(),
            _ => false,
        }
    }

    /// The signal of the next [`FOLLOWERS`] calls that bring none of their own.
    pub fn fresh(&self) -> Val {
        fresh(self.signal.lend(), FOLLOWERS as i32)
    }

    /// One signal that follows both this epoch and the caller's: the same one for each call with the same signal.
    pub fn join(&self, caller: &Val) -> Val {
        joined(self.known.lend(), caller.lend(), self.signal.lend(), FOLLOWERS as i32)
    }
}

/// Whether the signal has been aborted.
pub fn aborted(signal: &Val) -> bool {
    signal.get(Key::Aborted).truthy()
}

/// The reason it was aborted with: the same object.
pub fn reason(signal: &Val) -> Val {
    signal.get(Key::Reason)
}

/// Listens until it is dropped: nothing stays behind on a long-lived target.
pub struct Listening {
    target: Val,
    kind: Key,
    listener: Callback,
}

impl Listening {
    /// Runs `run` with each event of this kind.
    pub fn new(target: &Val, kind: Key, run: impl Fn(Val) + 'static) -> Self {
        Self::start(target, kind, Callback::new(run))
    }

    #[inline(never)]
    fn start(target: &Val, kind: Key, listener: Callback) -> Self {
        target.invoke(Key::AddEventListener, &Val::name(kind), &listener.value());
        Self { target: target.clone(), kind, listener }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.target.invoke(Key::RemoveEventListener, &Val::name(self.kind), &self.listener.value());
    }
}
