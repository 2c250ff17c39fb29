//! One tab, one copy: the browser copies `sessionStorage` into a duplicated tab, and two tabs would hold one refresh
//! token.
//!
//! The record names its owner, and the owner's page holds a lock of that name for its life. A page that finds the lock
//! held elsewhere has a copy.

use super::timers;
use crate::browser::js::Val;
use crate::browser::js::keys::Key;
use crate::browser::session::driver::SessionDriver;
use crate::browser::session::told;

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
    driver.claim.claim(told::number(told::CLAIM, 0), owner.get(Key::Owner).lend());
}

/// The record is another page's: it is removed here, and another name will be claimed.
pub fn drop_copy(driver: &SessionDriver) {
    driver.vault.owner.put(Key::Owner, &new_owner());
    driver.store.remove();
    driver.vault.forget();
    driver.make_snapshot();
}

fn new_owner() -> Val {
    let mut text = String::from("authfetch:owner:");
    // Sixteen letters of chance: no secret, only unlikely to be drawn twice.
    for _ in 0..16 {
        text.push(char::from(b'a' + (timers::chance() * 26.0) as u8));
    }
    Val::text(&text)
}
