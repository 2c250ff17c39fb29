//! What tabs share: the lock, the mark, the channel. None of them carries a token.
//!
//! The binding to `navigator.locks` is our own, since web-sys marks it unstable.

use crate::browser::js::{Lent, Val};
use crate::protocol::tabs::Mark;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/effects/tabs.js")]
extern "C" {
    /// What one session has between its tabs. What was waited for is told by the number that it was asked for with.
    /// `record` is 1 where tabs share a record, 0 where they share a cookie alone.
    pub type Tabs;
    /// `endpoint` and `client` tell apps of one name apart.
    #[wasm_bindgen(constructor)]
    pub fn new(tell: Lent, name: Lent, endpoint: Lent, client: Lent) -> Tabs;
    /// Waits for the lock until one page has held it for `ms`; with `steal`, takes it. Tells [`GRANTED`],
    /// [`UNAVAILABLE`] or that it was lost.
    #[wasm_bindgen(method)]
    pub fn acquire(this: &Tabs, number: i32, record: i32, ms: f64, steal: i32);
    /// Releases the lock, or gives up the wait.
    #[wasm_bindgen(method)]
    pub fn release(this: &Tabs, number: i32);
    /// Commits a mark, so that the next holder of the lock finds it, or a later one. A negative number is not told.
    #[wasm_bindgen(method)]
    pub fn commit(this: &Tabs, number: i32, record: i32, epoch: f64, version: f64);
    /// Tells what the last holder committed.
    #[wasm_bindgen(method)]
    pub fn read(this: &Tabs, number: i32, record: i32);
    /// Opens the channel, and tells each signal.
    #[wasm_bindgen(method)]
    pub fn open(this: &Tabs, number: i32, record: i32);
    /// Closes it.
    #[wasm_bindgen(method)]
    pub fn close(this: &Tabs);
    /// Signals how far the record has come; of an end, its code and reason too.
    #[wasm_bindgen(method)]
    pub fn post(this: &Tabs, epoch: f64, version: f64, code: Lent, reason: Lent);
    /// Tells whether this page owns what has this name, from now on or already.
    #[wasm_bindgen(method)]
    pub fn claim(this: &Tabs, number: i32, name: Lent);
    /// Owns it no longer.
    #[wasm_bindgen(method)]
    pub fn unclaim(this: &Tabs);
}

/// What the lock tells.
pub const GRANTED: u32 = 0;
/// One page has held it for too long, or this browser has none.
pub const UNAVAILABLE: u32 = 1;

/// The mark at the beginning of a signal; the earliest where there is none.
pub fn mark_of(signal: &Val) -> Mark {
    Mark { epoch: signal.at(0).as_number() as u64, version: signal.at(1).as_number() as u64 }
}
