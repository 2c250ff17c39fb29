//! One tab, one copy: the browser copies `sessionStorage` into a duplicated tab, and two tabs would hold one refresh
//! token.
//!
//! The record names its owner, and the owner's page holds a lock of that name for its life. A page that finds the lock
//! held elsewhere has a copy.

use super::timers;
use crate::browser::js::keys::Key;
use crate::browser::js::{Lent, NONE, Val};
use crate::browser::session::driver::SessionDriver;
use crate::browser::session::told::Told;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/tabs.js")]
extern "C" {
    /// Resolves with a function that gives the lock up, or with nothing where another page holds it.
    fn claim(name: Lent) -> Val;
}

/// A frame shares the area of its tab instead of having a copy of it.
pub fn in_frame() -> bool {
    !Val::global(Key::Parent).same(&Val::global(Key::Window))
}

/// Claims the record for this page.
pub fn claim_tab(driver: &SessionDriver) {
    let owner = &driver.vault.owner;
    let stored = driver.vault.member(Key::Owner);
    if stored.is_text() {
        owner.put(Key::Owner, &stored);
    } else if !owner.get(Key::Owner).is_text() {
        owner.put(Key::Owner, &new_owner());
    }
    let told = driver.tell(Told::Claim, 0);
    claim(owner.get(Key::Owner).lend()).then(&told, &told);
}

/// Gives the lock up: the page is being left, and may come back.
pub fn release_tab(driver: &SessionDriver) {
    let held = driver.held.take();
    if held.is_function() {
        let _ = held.call(&NONE, &NONE);
    }
}

/// The record is another page's: it is removed here, and another name will be claimed.
pub fn drop_copy(driver: &SessionDriver) {
    driver.vault.owner.put(Key::Owner, &new_owner());
    driver.store.remove();
    driver.vault.forget();
    driver.renew_session();
}

fn new_owner() -> Val {
    let mut text = String::from("authfetch:owner:");
    // Sixteen letters of chance: no secret, only unlikely to be drawn twice.
    for _ in 0..16 {
        text.push(char::from(b'a' + (timers::chance() * 26.0) as u8));
    }
    Val::text(&text)
}
