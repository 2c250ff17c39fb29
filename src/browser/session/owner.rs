//! One tab, one copy: the browser copies `sessionStorage` into a duplicated tab, and two tabs would hold one refresh
//! token.
//!
//! The record names its owner, and the owner's page holds a lock of that name for its life. A page that finds the lock
//! held elsewhere has a copy, and drops it. Until that is known its calls wait.

use super::shared::Shared;
use crate::browser::clock;
use crate::browser::js::keys::Key;
use crate::browser::js::task;
use crate::browser::js::{Lent, NONE, Val};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/tabs.js")]
extern "C" {
    /// Resolves with a function that gives the lock up, or with nothing where another page holds it.
    fn claim(name: Lent) -> Val;
}

impl Shared {
    /// Claims the record of `sessionStorage` for this page: when it opens, and when it comes back.
    pub fn claim_tab(self: &Rc<Self>) {
        // A frame shares the area of its tab instead of having a copy of it.
        let frame = !Val::global(Key::Parent).same(&Val::global(Key::Window));
        if !self.store.copied_with_tab() || frame {
            return;
        }
        let stored = self.member(Key::Owner);
        let owner = if stored.is_text() { stored } else { new_owner() };
        self.owner.put(Key::Owner, &owner);
        self.claiming.set(true);
        let shared = Rc::clone(self);
        let claimed = task::promise(async move {
            let mut held = claim(shared.owner.get(Key::Owner).lend()).wait().await.unwrap_or_default();
            if !held.is_function() {
                shared.drop_copy();
                held = claim(shared.owner.get(Key::Owner).lend()).wait().await.unwrap_or_default();
            }
            shared.held.replace(held);
            shared.claiming.set(false);
            Ok(Val::UNDEFINED)
        });
        self.claimed.replace(claimed);
    }

    /// Gives the lock up: the page is being left, and may come back.
    pub fn release_tab(&self) {
        let held = self.held.take();
        if held.is_function() {
            let _ = held.call(&NONE, &NONE);
        }
    }

    /// Waits until it is known whose the record is.
    pub async fn claimed(&self) {
        let claimed = self.claimed.borrow().clone();
        if self.claiming.get() {
            let _ = claimed.wait().await;
        }
    }

    fn drop_copy(self: &Rc<Self>) {
        self.owner.put(Key::Owner, &new_owner());
        self.store.remove();
        self.forget();
        self.notify(None, Key::ThisTab);
    }
}

fn new_owner() -> Val {
    let mut text = String::from("authfetch:owner:");
    // Sixteen letters of chance: no secret, only unlikely to be drawn twice.
    for _ in 0..16 {
        text.push(char::from(b'a' + (clock::chance() * 26.0) as u8));
    }
    Val::text(&text)
}
