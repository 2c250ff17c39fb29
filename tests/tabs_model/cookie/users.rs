//! As changes.rs, ending.rs and wakeup.rs: what users do, and what befalls a tab.

use super::{Life, Step, Tab, World};
use authfetch::protocol::token::{AccessToken, Record};

impl World {
    /// A login that sets the cookie, and `setTokens`.
    pub fn sign_in(&mut self, i: usize) {
        self.now += 1;
        self.revoked.push(false);
        let family = self.revoked.len() - 1;
        let token = self.issue(family);
        self.jar = Some(token);
        let now = self.now;
        self.cut(i);
        let tab = &mut self.tabs[i];
        let epoch = tab.machine.next_epoch(&tab.record, now);
        tab.family = Some(family);
        self.ends.insert(epoch);
        self.put(i, Record { epoch, signin: 1, access: Some(AccessToken(token)), ..Record::default() });
        self.signal(i);
        self.begin_commit(i);
    }

    /// A refresh without a session has joined it, and nothing is left on its way.
    pub(super) fn join(&mut self, i: usize) {
        self.refresh(i);
        self.grant();
        self.read(i);
        self.serve(i);
        self.arrive(i, false);
        self.judge(i);
        self.handed_over(i);
        for tab in &mut self.tabs {
            let _ = tab.machine.on_cookie_mark(self.mark, &tab.record);
            tab.signals.clear();
        }
    }

    fn begin_commit(&mut self, i: usize) {
        let tab = &mut self.tabs[i];
        tab.commits.push(tab.machine.cookie());
    }

    /// `AuthFetch::logout`.
    pub fn logout(&mut self, i: usize) {
        self.left.extend(self.tabs[i].family);
        self.end(i, true);
        self.send_revocation(i);
    }

    fn send_revocation(&mut self, i: usize) {
        let epoch = self.tabs[i].machine.cookie().epoch;
        self.tabs[i].revoking = Some((epoch, self.jar));
    }

    /// `Shared::end`.
    pub(super) fn end(&mut self, i: usize, revokes: bool) {
        self.now += 1;
        let now = self.now;
        let tab = &mut self.tabs[i];
        let before = Record { unconfirmed: revokes, ..tab.record };
        let tombstone = tab.machine.on_end(&before, now);
        self.ends.insert(tombstone.epoch);
        // In such a tab the mark says it, not the record.
        self.put(i, Record { unconfirmed: false, ..tombstone });
        self.signal(i);
        if revokes {
            self.cut(i);
            self.begin_commit(i);
        } else {
            self.tabs[i].family = None;
        }
    }

    /// `Shared::confirmed`.
    pub(super) fn confirmed(&mut self, i: usize, epoch: u64) {
        let tab = &mut self.tabs[i];
        if tab.machine.unconfirmed() && tab.machine.cookie().epoch == epoch {
            tab.machine.on_confirmed();
            self.signal(i);
            self.begin_commit(i);
        }
    }

    /// A tab is opened: `Shared::opened`, and the app's `refresh()` ahead of the first render.
    pub fn open(&mut self, i: usize) {
        self.tabs[i].life = Life::Live;
        self.tabs[i].looks = true;
        self.refresh(i);
    }

    /// `Shared::read_cookie_mark`, when a page is opened, wakes up, or the network is back.
    pub fn look(&mut self, i: usize) {
        self.tabs[i].looks = false;
        self.look_at_mark(i);
        if self.tabs[i].machine.unconfirmed() && self.tabs[i].revoking.is_none() {
            self.send_revocation(i);
        }
    }

    /// `freeze`: the lock is released, and nothing runs.
    pub fn freeze(&mut self, i: usize) {
        self.excuse_presented(i);
        if self.holder == Some(i) {
            self.lose_lock();
        }
        self.queue.retain(|other| *other != i);
        self.tabs[i].life = Life::Frozen;
    }

    /// It stands still with all that it holds.
    pub fn hang(&mut self, i: usize) {
        self.excuse_presented(i);
        self.tabs[i].life = Life::Hung;
    }

    /// `resume`, or what held it up is over.
    pub fn thaw(&mut self, i: usize) {
        let frozen = self.tabs[i].life == Life::Frozen;
        self.tabs[i].life = Life::Live;
        if frozen {
            self.tabs[i].looks = true;
            self.tabs[i].slept = true;
            if self.tabs[i].flow.as_ref().is_some_and(|flow| flow.step == Step::Queued) {
                self.queue.push_back(i);
            }
        }
    }

    pub fn crash(&mut self, i: usize) {
        self.excuse_presented(i);
        if let Some(flow) = &self.tabs[i].flow
            && let Step::Sent { cookie: Some(cookie), answer: None } = flow.step
        {
            self.strays.push(cookie);
        }
        self.holder = self.holder.filter(|holder| *holder != i);
        self.queue.retain(|other| *other != i);
        let commits = std::mem::take(&mut self.tabs[i].commits);
        self.tabs[i] = Tab { commits, ..Tab::new(Life::Gone) };
    }

    /// What this tab has presented and not committed may be presented again.
    fn excuse_presented(&mut self, i: usize) {
        if let Some(flow) = &self.tabs[i].flow
            && let Step::Sent { cookie, .. } | Step::Judging { cookie, .. } = flow.step
        {
            self.excuse(cookie);
        }
    }
}
