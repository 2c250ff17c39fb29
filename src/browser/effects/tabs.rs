//! What tabs share: the lock, the mark, the channel. None of them carries a token.
//!
//! The binding to `navigator.locks` is our own, since web-sys marks it unstable.

use crate::browser::js::{Lent, Val};
use crate::protocol::tabs::Mark;
use wasm_bindgen::prelude::*;

// What was waited for is told by the number that it was asked for with. `record` is 1 where tabs share a record, 0
// where they share a cookie alone.

#[wasm_bindgen(module = "/src/browser/effects/lock.js")]
extern "C" {
    /// The locks that one session holds or waits for.
    pub type Locks;
    #[wasm_bindgen(constructor)]
    pub fn new(tell: Lent, names: Lent) -> Locks;
    /// Waits for the lock until one page has held it for `ms`; with `steal`, takes it. Tells [`GRANTED`],
    /// [`UNAVAILABLE`] or that it was lost.
    #[wasm_bindgen(method)]
    pub fn acquire(this: &Locks, number: i32, record: i32, ms: f64, steal: i32);
    /// Releases the lock, or gives up the wait.
    #[wasm_bindgen(method)]
    pub fn release(this: &Locks, number: i32);
}

#[wasm_bindgen(module = "/src/browser/effects/mark.js")]
extern "C" {
    /// The marks that one session commits and reads.
    pub type Marks;
    /// `endpoint` and `client` tell apps of one name apart.
    #[wasm_bindgen(constructor)]
    pub fn new(tell: Lent, names: Lent, endpoint: Lent, client: Lent) -> Marks;
    /// Commits a mark, so that the next holder of the lock finds it, or a later one. A negative number is not told.
    #[wasm_bindgen(method)]
    pub fn commit(this: &Marks, number: i32, record: i32, epoch: f64, version: f64);
    /// Tells what the last holder committed.
    #[wasm_bindgen(method)]
    pub fn read(this: &Marks, number: i32, record: i32);
}

#[wasm_bindgen(module = "/src/browser/effects/channel.js")]
extern "C" {
    /// What the lock and the channel of a session are called: where tabs share a cookie alone, and where a record.
    #[wasm_bindgen(js_name = namesOf)]
    pub fn names_of(name: Lent) -> Val;
    /// The channel of one session.
    pub type Channel;
    #[wasm_bindgen(constructor)]
    pub fn new(tell: Lent, names: Lent, endpoint: Lent, client: Lent) -> Channel;
    /// Opens it, anew where it is open, and tells each signal.
    #[wasm_bindgen(method)]
    pub fn open(this: &Channel, number: i32, record: i32);
    /// Closes it.
    #[wasm_bindgen(method)]
    pub fn close(this: &Channel);
    /// Signals how far the record has come; of an end, its code and reason too.
    #[wasm_bindgen(method)]
    pub fn post(this: &Channel, epoch: f64, version: f64, code: Lent, reason: Lent);
}

#[wasm_bindgen(module = "/src/browser/effects/claim.js")]
extern "C" {
    /// Whose the record of this tab is.
    pub type Claim;
    #[wasm_bindgen(constructor)]
    pub fn new(tell: Lent) -> Claim;
    /// Tells whether this page owns what has this name, from now on or already.
    #[wasm_bindgen(method)]
    pub fn claim(this: &Claim, number: i32, name: Lent);
    /// Owns it no longer.
    #[wasm_bindgen(method)]
    pub fn release(this: &Claim);
}

/// What the lock tells.
pub const GRANTED: u32 = 0;
/// One page has held it for too long, or this browser has none.
pub const UNAVAILABLE: u32 = 1;

/// The mark at the beginning of a signal; the earliest where there is none.
pub fn mark_of(signal: &Val) -> Mark {
    Mark { epoch: signal.at(0).as_number() as u64, version: signal.at(1).as_number() as u64 }
}
