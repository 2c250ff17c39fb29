//! As renewing.rs, holding.rs and cookie.rs: a refresh from its start to its one outcome, and what a mark does.

use super::{Answer, Fault, Flow, Life, Step, World};
use authfetch::protocol::cookie::UNCONFIRMED;
use authfetch::protocol::grant::GrantOutcome;
use authfetch::protocol::renewal::{Grant, Outcome, Reason, Turn};
use authfetch::protocol::session::Renew;
use authfetch::protocol::tabs::Mark;
use authfetch::protocol::token::{AccessToken, Record};

impl World {
    /// `Shared::refresh`.
    pub fn refresh(&mut self, i: usize) {
        let tab = &mut self.tabs[i];
        if tab.machine.start(&tab.record, Reason::Manual, false) == Renew::No {
            return;
        }
        let id = tab.machine.renewal().map_or(0, |renewal| renewal.id);
        let without_session = tab.record.access.is_none();
        tab.flow = Some(Flow { id, without_session, step: Step::Queued, held: false, sent_at: Mark::default() });
        self.queue_up(i);
    }

    /// `Tabs::lock`.
    fn queue_up(&mut self, i: usize) {
        let at_once = self.setup.no_locks || self.setup.fault == Fault::TakesNoLock;
        self.step(i, if at_once { Step::Reading } else { Step::Queued });
        if !at_once {
            self.queue.push_back(i);
        }
    }

    /// Where the refresh of this tab stands.
    pub(super) fn step_of(&self, i: usize) -> Option<Step> {
        self.tabs[i].flow.as_ref().map(|flow| flow.step.clone())
    }

    fn step(&mut self, i: usize, step: Step) {
        if let Some(flow) = &mut self.tabs[i].flow {
            flow.step = step;
        }
    }

    pub fn grant(&mut self) {
        let Some(i) = self.queue.pop_front() else { return };
        self.holder = Some(i);
        if let Some(flow) = &mut self.tabs[i].flow {
            flow.held = true;
            flow.step = Step::Reading;
        }
    }

    /// A holder that has not released it for so long loses the lock.
    pub fn steal(&mut self, i: usize) {
        self.queue.retain(|other| *other != i);
        self.queue.push_front(i);
        self.lose_lock();
        self.grant();
    }

    pub(super) fn lose_lock(&mut self) {
        if let Some(holder) = self.holder.take()
            && let Some(flow) = &mut self.tabs[holder].flow
        {
            flow.held = false;
        }
    }

    /// The mark has been read: `Shared::hold` returns, and `Run::attempt` begins.
    pub fn read(&mut self, i: usize) {
        self.look_at_mark(i);
        let with_lock = !self.setup.no_locks && self.setup.fault != Fault::TakesNoLock;
        let tab = &self.tabs[i];
        // It has lost the lock meanwhile, and asks for it anew unless it was cut short.
        if with_lock && tab.machine.renewal().is_some() && tab.flow.as_ref().is_some_and(|flow| !flow.held) {
            return self.queue_up(i);
        }
        self.attempt(i);
    }

    /// `Shared::read_cookie_mark`.
    pub(super) fn look_at_mark(&mut self, i: usize) {
        if self.setup.fault != Fault::SleepsOn || !self.tabs[i].slept {
            self.learn(i, self.mark);
        }
    }

    fn attempt(&mut self, i: usize) {
        let tries = self.setup.fault == Fault::TriesWhatIsUnconfirmed;
        let tab = &mut self.tabs[i];
        let Some(flow) = &mut tab.flow else { return };
        let record = Record { unconfirmed: tab.machine.unconfirmed() && !tries, ..tab.record };
        match tab.machine.on_turn(flow.id, &record) {
            Turn::Request => {
                flow.sent_at = tab.machine.cookie();
                let without_session = flow.without_session;
                let cookie = self.present(without_session);
                self.step(i, Step::Sent { cookie, answer: None });
                if !self.setup.slow_server {
                    self.serve(i);
                }
            }
            Turn::UseStored => self.leave(i, true),
            Turn::Ended | Turn::SignedOut => self.leave(i, false),
        }
    }

    /// `Run::attempt`, from the answer on.
    pub fn judge(&mut self, i: usize) {
        let Some(Step::Judging { cookie, answer }) = self.step_of(i) else { return };
        if self.setup.fault != Fault::LooksAtTheMarkOnce {
            self.look_at_mark(i);
        }
        let class = match answer {
            Answer::Tokens(_) => GrantOutcome::Tokens,
            Answer::Refused => GrantOutcome::Refused,
            Answer::Lost => GrantOutcome::Transient,
        };
        let now = self.now;
        let tab = &mut self.tabs[i];
        let Some(flow) = &tab.flow else { return };
        let (without_session, held) = (flow.without_session, flow.held);
        let outcome = Outcome { class, lost: answer == Answer::Lost, retry_after: None };
        let grant = tab.machine.on_grant(flow.id, outcome, &tab.record, now, 0.5);
        let fault = self.setup.fault;
        match (grant, answer) {
            (Grant::Retry(0), Answer::Refused) if fault == Fault::CountsEveryRefusal => self.refused(i, cookie),
            (Grant::Retry(0), Answer::Tokens(token)) if fault == Fault::TakesTokensOfAnotherSession => {
                self.store(i, token, without_session);
            }
            (Grant::Store(_), Answer::Tokens(token)) => self.store(i, token, without_session),
            (Grant::Retry(0), _) if held => self.attempt(i),
            (Grant::Retry(0), _) => self.queue_up(i),
            (Grant::Retry(_), _) => {
                self.release(i);
                self.step(i, Step::Pausing);
            }
            (Grant::Refused, _) => self.refused(i, cookie),
            (Grant::UseStored, _) => self.leave(i, true),
            (Grant::Ended | Grant::Failed(_) | Grant::Store(_), _) => self.leave(i, false),
        }
    }

    pub fn resume(&mut self, i: usize) {
        self.queue_up(i);
    }

    /// `Run::store`.
    fn store(&mut self, i: usize, token: u32, without_session: bool) {
        let (now, family) = (self.now, self.issued[token as usize].family);
        let joins = self.setup.fault != Fault::JoinsNobody;
        let tab = &mut self.tabs[i];
        let epoch = match (without_session, joins) {
            (false, _) => tab.record.epoch,
            (true, true) => tab.machine.epoch_by_cookie(&tab.record, now),
            (true, false) => tab.machine.next_epoch(&tab.record, now),
        };
        if without_session {
            tab.family = Some(family);
            if self.mark.version >= UNCONFIRMED {
                self.ends.insert(epoch);
            }
        } else if tab.family != Some(family) {
            self.breaks("nothing is sent as another user");
        }
        self.put(i, Record { epoch, access: Some(AccessToken(token)), ..Record::default() });
        self.signal(i);
        self.leave(i, true);
    }

    /// `Run::refused`.
    fn refused(&mut self, i: usize, cookie: Option<u32>) {
        if !self.tabs[i].flow.as_ref().is_some_and(|flow| flow.without_session) {
            self.check_refusal(i, cookie);
            self.end(i, false);
        }
        self.leave(i, false);
    }

    /// `Run::close`, and `Shared::hand_over`.
    fn leave(&mut self, i: usize, renewed: bool) {
        let tab = &mut self.tabs[i];
        let mark = tab.machine.cookie();
        if let Some(flow) = &mut tab.flow {
            tab.machine.finish(flow.id, renewed);
            flow.step = Step::Committing(mark);
        }
    }

    /// The transaction of `Tabs::commit` is done: a later mark stays.
    pub fn handed_over(&mut self, i: usize) {
        if let Some(Flow { step: Step::Committing(mark), .. }) = self.tabs[i].flow.take() {
            self.mark = self.mark.max(mark);
        }
        self.release(i);
    }

    fn release(&mut self, i: usize) {
        self.holder = self.holder.filter(|holder| *holder != i);
        self.queue.retain(|other| *other != i);
        if let Some(flow) = &mut self.tabs[i].flow {
            flow.held = false;
        }
    }

    /// One that began outside of a refresh is.
    pub fn commit(&mut self, i: usize) {
        let mark = self.tabs[i].commits.remove(0);
        self.mark = self.mark.max(mark);
    }

    /// A signal is received: `Shared::on_signal`.
    pub fn receive(&mut self, i: usize, mark: Mark) {
        self.tabs[i].signals.remove(&mark);
        self.learn(i, mark);
    }

    /// `Shared::on_cookie_mark`.
    pub(super) fn learn(&mut self, i: usize, mark: Mark) {
        let tab = &mut self.tabs[i];
        let before = tab.record.epoch;
        let Some(tombstone) = tab.machine.on_cookie_mark(mark, &tab.record) else { return };
        // Where this tab's own is the last that has ended, its end is in the mark.
        if mark.version < UNCONFIRMED && self.ends.range(before + 1..=tombstone.epoch).next().is_none() {
            self.breaks("nobody is signed out wrongly");
        }
        self.put(i, tombstone);
        self.signal(i);
        self.cut(i);
    }

    /// `Shared::abort_all`: what waits or is on its way is broken off.
    pub(super) fn cut(&mut self, i: usize) {
        self.tabs[i].family = None;
        let Some(flow) = &mut self.tabs[i].flow else { return };
        match flow.step {
            Step::Sent { cookie, .. } => {
                flow.step = Step::Judging { cookie, answer: Answer::Lost };
                self.excuse(cookie);
            }
            Step::Queued => {
                self.release(i);
                self.step(i, Step::Reading);
            }
            Step::Pausing => self.queue_up(i),
            Step::Reading | Step::Judging { .. } | Step::Committing(_) => {}
        }
    }

    /// `Shared::save`.
    pub(super) fn put(&mut self, i: usize, record: Record) {
        let now = self.now;
        let tab = &mut self.tabs[i];
        tab.record = record;
        tab.machine.observe(&record, now);
    }

    /// `Shared::signal`. What a tab knows of already tells it nothing.
    pub(super) fn signal(&mut self, i: usize) {
        let mark = self.tabs[i].machine.cookie();
        for (at, tab) in self.tabs.iter_mut().enumerate() {
            if at != i && !matches!(tab.life, Life::Gone | Life::Unopened) && mark > tab.machine.cookie() {
                tab.signals.insert(mark);
            }
        }
    }
}
