//! What tabs share: the lock, the mark, the channel. None of them carries a token.
//!
//! The binding to `navigator.locks` is our own, since web-sys marks it unstable.

use crate::browser::js::calls::Callback;
use crate::browser::js::keys::Key;
use crate::browser::js::{Lent, Val};
use crate::protocol::tabs::Mark;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/tabs.js")]
extern "C" {
    fn acquire(name: Lent, ms: f64, steal: i32, tell: Lent) -> Val;
    #[wasm_bindgen(js_name = namesOf)]
    fn names_of(record: i32, name: Lent, endpoint: Lent, client: Lent) -> Val;
    fn commit(name: Lent, epoch: f64, version: f64) -> Val;
    fn committed(name: Lent) -> Val;
    fn channel(name: Lent, on_message: Lent) -> Val;
    fn post(channel: Lent, epoch: f64, version: f64, code: Lent, reason: Lent, endpoint: Lent, client: Lent);
    fn shut(channel: Lent);
}

/// What the lock tells.
pub const GRANTED: u32 = 0;
/// One page has held it for too long, or this browser has none.
pub const UNAVAILABLE: u32 = 1;

/// What all tabs of a session share.
pub struct Tabs {
    /// The name of the lock and of the channel.
    name: Val,
    /// That of the mark.
    mark: Val,
}

/// A channel, with its listener.
pub struct Channel {
    channel: Val,
    _on_message: Callback,
}

impl Tabs {
    /// For the session of this name in `localStorage`, or else in the browser's cookie. A record says whose it is; of
    /// the mark of a cookie's session its name says so.
    pub fn new(record: bool, name: &Val, owner: &Val) -> Self {
        let (endpoint, client) = (owner.get(Key::Endpoint), owner.get(Key::ClientIdMember));
        let names = names_of(i32::from(record), name.lend(), endpoint.lend(), client.lend());
        Self { name: names.at(0), mark: names.at(1) }
    }

    /// Waits for the lock, until one page has held it for `ms`; what becomes of it is told. The function that is
    /// returned releases it, or gives up the wait.
    pub fn acquire(&self, ms: f64, steal: bool, tell: &Val) -> Val {
        acquire(self.name.lend(), ms, i32::from(steal), tell.lend())
    }

    /// A promise that the next holder of the lock will find this mark, or a later one.
    pub fn commit(&self, mark: Mark) -> Val {
        commit(self.mark.lend(), mark.epoch as f64, mark.version as f64)
    }

    /// A promise of what the last holder committed.
    pub fn committed(&self) -> Val {
        committed(self.mark.lend())
    }

    /// Receives the signals of other tabs: a mark, and of an end its code and reason.
    pub fn channel(&self, on_message: impl Fn(Val) + 'static) -> Channel {
        let on_message = Callback::new(on_message);
        Channel { channel: channel(self.name.lend(), on_message.value().lend()), _on_message: on_message }
    }
}

impl Channel {
    /// Signals how far the record has come; of an end, its code and reason too. `owner` tells apps of one name apart.
    pub fn post(&self, mark: Mark, members: &Val, owner: &Val) {
        let (code, reason) = (members.get(Key::Code), members.get(Key::Reason));
        let (endpoint, client) = (owner.get(Key::Endpoint), owner.get(Key::ClientIdMember));
        let (epoch, version) = (mark.epoch as f64, mark.version as f64);
        post(self.channel.lend(), epoch, version, code.lend(), reason.lend(), endpoint.lend(), client.lend());
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        shut(self.channel.lend());
    }
}

/// The mark at the beginning of a signal; the earliest where there is none.
pub fn mark_of(signal: &Val) -> Mark {
    Mark { epoch: signal.at(0).as_number() as u64, version: signal.at(1).as_number() as u64 }
}
