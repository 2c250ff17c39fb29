//! What may be written, and what a record that is taken in says of the tokens before it.

use super::Canary;
use crate::world::task::Microtask;
use crate::world::{Phase, Task, World};
use authfetch::protocol::effect::Members;
use authfetch::protocol::token::Record;

impl World {
    /// This is the record from now on.
    pub(in crate::world) fn takes_in(&mut self, record: Record) {
        let old = std::mem::replace(&mut self.record, record);
        if record.access != old.access {
            let alive = old.expires_at.is_some_and(|at| at > self.now);
            self.ledger.predecessor_good = old.signed_in() && old.accepted && alive;
            self.ledger.canary = None;
        }
        if record.accepted {
            self.ledger.canary = None;
        }
    }

    pub(in crate::world) fn check_write(&mut self, record: &Record, members: Members) {
        let old = self.record;
        // A listener may have logged out between the call of `setTokens` and this.
        self.ledger.signed_in |= members == Members::SignIn;
        let tokens = record.access.is_some() || record.refresh.is_some();
        self.require(self.ledger.signed_in || !tokens, "nothing is stored after logout");
        if record.suspended && !old.suspended {
            self.check_refusal();
        }
        let Some((request, rejected)) = self.ledger.replying else { return };
        if !matches!(members, Members::Refreshed | Members::RefreshToken) {
            return;
        }
        self.require(request.epoch == old.epoch, "tokens of an ended session are never stored");
        let newer = request.presented != old.refresh && !self.setup.policy.by_cookie();
        self.require(!newer, "a late answer never replaces a newer refresh token");
        if members == Members::Refreshed {
            self.require(request.signin == old.signin, "a late answer never replaces what setTokens gave");
            if record.access != request.from {
                self.ledger.refreshed.extend(request.from);
            } else if rejected {
                self.ledger.brought_again.extend(request.from);
            }
        }
    }

    /// New tokens stand and calls wait for them: one of them tries the new token.
    pub(in crate::world) fn check_written(&mut self, old: &Record, members: Members) {
        let tries = members == Members::Refreshed || (members == Members::SignIn && old.suspended);
        // Who is woken already does not wait for it.
        let woken = |id| self.microtasks.contains(&Microtask::Wake(id));
        let waits = |task: &Task| task.phase == Phase::Waiting && task.call.is_some_and(|call| !woken(call.id));
        if tries && self.tasks.iter().any(waits) {
            let tried = self.record.access.filter(|_| !self.record.accepted);
            self.ledger.canary = tried.map(|token| Canary { token, allowed: 1, since: None });
            for task in &mut self.tasks {
                task.had_it = task.phase == Phase::InFlight && task.sent == tried;
            }
        }
    }

    pub(in crate::world) fn check_signal(&mut self) {
        let mark = self.session.mark().unwrap_or_default();
        let persisted = !self.setup.place.shared() || self.stored_mark() >= mark;
        self.require(persisted, "what is signalled can be read");
    }
}
