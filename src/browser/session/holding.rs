//! The lock between tabs, around one attempt to renew: whoever holds it has read what its last holder wrote.

use super::shared::Shared;
use crate::browser::abort;
use crate::browser::js::keys::Key;
use crate::browser::js::task;
use crate::browser::js::{NONE, Val};
use crate::browser::tabs::{Held, mark_of};
use crate::protocol::tabs::{CATCH_UP_MS, caught_up};
use std::rc::Rc;

/// How often the record is read again until it has caught up.
const LOOK_MS: u64 = 4;

impl Shared {
    /// Takes the lock, where other tabs share the record or the cookie, and waits until the record has come as far as
    /// its last holder brought it. An abort of `signal` ends the wait. With `insist` a holder that does not let go in
    /// time has it stolen.
    pub async fn hold(self: &Rc<Self>, signal: &Val, insist: bool) -> Option<Held> {
        if !self.store.shared() {
            self.claimed().await;
            if !self.by_cookie() {
                return None;
            }
        }
        let ms = 2.0 * self.options.refresh_timeout + 2_000.0;
        let held = self.tabs().lock(ms, signal, insist).await;
        if !self.store.shared() {
            let _ = self.read_cookie_mark(false).wait().await;
            return held;
        }
        let mark = mark_of(&self.tabs().committed().wait().await.unwrap_or_default());
        for _ in 0..CATCH_UP_MS / LOOK_MS {
            self.sync_record();
            if caught_up(&self.record(), mark) || abort::aborted(signal) {
                return held;
            }
            let _ = Val::sleep(LOOK_MS as f64, signal).wait().await;
        }
        // The write was lost with its tab. An epoch that began is over all the same.
        self.apply_remote_mark(mark, &NONE, &NONE);
        held
    }

    /// Commits how far the record, or the session of the cookie, has come, for the next holder of the lock. Begun in
    /// this turn.
    pub fn commit(&self) -> Val {
        self.mark().map_or(Val::UNDEFINED, |mark| self.tabs().commit(mark))
    }

    /// Lets go of the lock, once the next holder can know how far the record has come.
    pub fn hand_over(self: &Rc<Self>, held: Option<Held>) {
        if held.is_some() || self.by_cookie() {
            let committed = self.commit();
            task::promise(async move {
                let _ = committed.wait().await;
                drop(held);
                Ok(Val::UNDEFINED)
            });
        }
    }

    /// After an end: under the lock the record is looked at once more, so that nothing an overtaken tab wrote stands.
    pub fn verify_tombstone(self: &Rc<Self>) {
        let committed = self.commit();
        if !self.store.shared() {
            return;
        }
        let shared = Rc::clone(self);
        task::promise(async move {
            let _ = committed.wait().await;
            let signal = abort::controller().get(Key::Signal);
            let held = shared.hold(&signal, false).await;
            shared.hand_over(held);
            Ok(Val::UNDEFINED)
        });
    }
}
