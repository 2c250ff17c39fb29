//! What this tab says to others and hears from them: how far the record has come, and never a token.
//!
//! The binding to `navigator.locks` is our own, since web-sys marks it unstable.

use super::js::calls::Callback;
use super::js::keys::Key;
use super::js::{Lent, Val};
use crate::protocol::tabs::Mark;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/tabs.js")]
extern "C" {
    fn lock(name: Lent, ms: f64, signal: Lent, steal: i32) -> Val;
    /// Lets go of every lock that is held or waited for.
    #[wasm_bindgen(js_name = releaseLocks)]
    pub fn release_locks();
    /// The page is shown again, and may ask for locks.
    #[wasm_bindgen(js_name = resumeLocks)]
    pub fn resume_locks();
    fn holds(free: Lent) -> bool;
    #[wasm_bindgen(js_name = namesOf)]
    fn names_of(record: i32, name: Lent, endpoint: Lent, client: Lent) -> Val;
    fn commit(name: Lent, epoch: f64, version: f64) -> Val;
    fn committed(name: Lent) -> Val;
    fn channel(name: Lent, hear: Lent) -> Val;
    fn post(channel: Lent, epoch: f64, version: f64, code: Lent, reason: Lent, endpoint: Lent, client: Lent);
    fn shut(channel: Lent);
}

/// What all tabs of a session share.
pub struct Tabs {
    /// The name of the lock and of the channel.
    name: Val,
    /// That of the mark.
    mark: Val,
}

/// A lock that is held; dropping it lets go.
pub struct Held(Val);

impl Held {
    /// Whether it is held still: a page that is put away lets go.
    pub fn still(&self) -> bool {
        holds(self.0.lend())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.call(&Val::UNDEFINED, &Val::UNDEFINED);
    }
}

/// A channel, with its listener.
pub struct Channel {
    channel: Val,
    _hear: Callback,
}

impl Tabs {
    /// For the session of this name in `localStorage`, or else in the browser's cookie. A record says whose it is; of
    /// the mark of a cookie's session its name says so.
    pub fn new(record: bool, name: &Val, owner: &Val) -> Self {
        let (endpoint, client) = (owner.get(Key::Endpoint), owner.get(Key::ClientIdMember));
        let names = names_of(i32::from(record), name.lend(), endpoint.lend(), client.lend());
        Self { name: names.at(0), mark: names.at(1) }
    }

    /// Waits for the lock, `ms` at most or until `signal` is aborted; with `insist` it is then taken whoever holds it.
    pub async fn lock(&self, ms: f64, signal: &Val, insist: bool) -> Option<Held> {
        let mut steal = false;
        loop {
            let held = lock(self.name.lend(), ms, signal.lend(), i32::from(steal)).wait().await.unwrap_or_default();
            if held.is_function() {
                return Some(Held(held));
            }
            // A page that was put away gave up its place in the queue, and takes a new one when it is back.
            if !held.is_null() {
                if steal || !insist || signal.get(Key::Aborted).truthy() {
                    return None;
                }
                steal = true;
            }
        }
    }

    /// A promise that the next holder of the lock will find this mark, or a later one.
    pub fn commit(&self, mark: Mark) -> Val {
        commit(self.mark.lend(), mark.epoch as f64, mark.version as f64)
    }

    /// A promise of what the last holder committed.
    pub fn committed(&self) -> Val {
        committed(self.mark.lend())
    }

    /// Hears the signals of other tabs: a mark, and of an end its code and reason.
    pub fn channel(&self, hear: impl Fn(Val) + 'static) -> Channel {
        let hear = Callback::new(hear);
        Channel { channel: channel(self.name.lend(), hear.value().lend()), _hear: hear }
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
