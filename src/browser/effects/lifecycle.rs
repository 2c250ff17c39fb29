//! The page's life, as events tell of it: shown, hidden, frozen, left, back, online, and changes in storage.
//!
//! Where there is no page there is nothing of it.

use crate::protocol::event::Event;
use js_sys::{Function, JsString};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/effects/lifecycle.js")]
extern "C" {
    /// What listens for one session. It tells what has happened, and whether the page can be seen by then; for
    /// [`STORED`] the record's text too. `name` is the key of the record.
    pub fn listener(tell: &Function, number: i32, name: &JsString) -> Function;
    /// Listens from now on. True where this is the page of a tab: a frame shares the area of its tab instead of having
    /// a copy of it.
    pub fn open(listener: &Function) -> bool;
    /// Listens no longer.
    pub fn close(listener: &Function);
    /// Listens for the page being left, or no longer. Only while it matters: some browsers keep a page that listens for
    /// it out of the back-forward cache.
    #[wasm_bindgen(js_name = watchUnload)]
    pub fn watch_unload(listener: &Function, on: i32);
    /// Whether the page can be seen.
    pub fn visible() -> bool;
    /// Goes to this URL, unless its page is this one.
    pub fn leave(url: &JsString);
}

#[wasm_bindgen(module = "/js/host.js")]
extern "C" {
    /// Where this runs: [`PAGE`], [`WORKER`] or a server.
    pub fn host() -> i32;
}

/// There is a document.
pub const PAGE: i32 = 0;
/// A worker of any kind.
pub const WORKER: i32 = 1;

/// Whether there is neither a page nor a worker: what runs here serves many visitors.
pub fn on_server() -> bool {
    host() > WORKER
}

/// Of what is told: another page has written the record, or has removed it.
pub const STORED: u32 = 8;

/// What has happened, by its place in the list of `lifecycle.js`.
pub const fn event(kind: u32, visible: bool) -> Event {
    match kind {
        0 => Event::VisibilityChanged(visible),
        1 => Event::Frozen,
        2 => Event::Resumed,
        3 => Event::PageHidden,
        4 => Event::PageShown,
        5 => Event::Online,
        6 => Event::Unloading,
        _ => Event::StorageChanged,
    }
}
