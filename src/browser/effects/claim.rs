//! One tab, one copy: the browser copies `sessionStorage` into a duplicated tab, and two tabs would hold one refresh
//! token.
//!
//! The record names its owner, and the owner's page holds a lock of that name for its life. A page that finds the lock
//! held elsewhere has a copy.

use super::tabs::Tabs;
use js_sys::JsString;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/effects/claim.js")]
extern "C" {
    /// A name that no other page has: no secret, only unlikely to be drawn twice.
    #[wasm_bindgen(js_name = newName)]
    pub fn new_name() -> JsString;
    /// Tells whether this page owns what has this name, from now on or already.
    pub fn claim(tabs: &Tabs, number: i32, name: &JsString);
    /// Owns it no longer.
    pub fn release(tabs: &Tabs);
}
