//! What tabs share: the lock, the mark, the channel. None of them carries a token.
//!
//! What was waited for is told by the number that it was asked for with. `record` is 1 where tabs share a record, 0
//! where they share a cookie alone. The binding to `navigator.locks` is our own, since web-sys marks it unstable.

use js_sys::{Function, JsString};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/effects/tabs.js")]
extern "C" {
    /// What is known of the other tabs of one session.
    pub type Tabs;
    /// `endpoint` and `client` tell apps of one name apart.
    pub fn tabs(tell: &Function, name: &JsString, endpoint: &JsValue, client: &JsValue) -> Tabs;
}

#[wasm_bindgen(module = "/src/browser/effects/lock.js")]
extern "C" {
    /// Waits for the lock until one page has held it for `ms`; with `steal`, takes it. Tells [`GRANTED`],
    /// [`UNAVAILABLE`] or that it was lost.
    pub fn lock(tabs: &Tabs, number: i32, record: i32, ms: f64, steal: i32);
    /// Releases the lock, or gives up the wait.
    pub fn unlock(tabs: &Tabs, number: i32);
}

/// What the lock tells.
pub const GRANTED: u32 = 0;
/// One page has held it for too long, or this browser has none.
pub const UNAVAILABLE: u32 = 1;

#[wasm_bindgen(module = "/src/browser/effects/mark.js")]
extern "C" {
    /// Commits a mark, so that the next holder of the lock finds it, or a later one. A negative number is not told.
    pub fn commit(tabs: &Tabs, number: i32, record: i32, epoch: f64, version: f64);
    /// Tells what the last holder committed.
    pub fn read(tabs: &Tabs, number: i32, record: i32);
}

#[wasm_bindgen(module = "/src/browser/effects/channel.js")]
extern "C" {
    /// Opens the channel, anew where it is open, and tells each signal: its mark, and if it is of this app, the
    /// members of an end, or `null`.
    pub fn open(tabs: &Tabs, number: i32, record: i32);
    /// Closes it.
    pub fn close(tabs: &Tabs);
    /// Signals how far the record has come; of an end, its code and reason too, where tabs share the record.
    pub fn post(tabs: &Tabs, record: i32, epoch: f64, version: f64, code: &JsValue, reason: &JsValue);
    /// Tells what a record's text signals, as its tab would.
    pub fn receive(tabs: &Tabs, number: i32, text: &JsValue);
}
