//! What a session asks for, done: the browser around one tab.

use super::server::Request;
use super::{Commit, Microtask, Tab, World, reached};
use authfetch::protocol::cookie::UNCONFIRMED;
use authfetch::protocol::effect::{Effect, Ending, Members, Notice, Settled};
use authfetch::protocol::environment::{self, Environment};
use authfetch::protocol::event::{Event, Stored, Timer};
use authfetch::protocol::session::{Session, Ticket};
use authfetch::protocol::tabs::Mark;

/// The place that the session of tab `i` runs in.
pub struct Page<'world> {
    pub world: &'world mut World,
    pub i: usize,
}

impl Page<'_> {
    fn tab(&mut self) -> &mut Tab {
        &mut self.world.tabs[self.i]
    }

    fn one_at_a_time(&mut self) -> Option<Event> {
        self.world.breaks("a tab has one refresh at a time");
        None
    }

    fn mark(&mut self) -> Mark {
        self.tab().session.mark().unwrap_or_default()
    }
}

impl crate::exchange::Tab for Page<'_> {
    fn breaks(&mut self, rule: &'static str) {
        self.world.breaks(rule);
    }
}

impl Environment for Page<'_> {
    fn session<T>(&mut self, ask: impl FnOnce(&mut Session) -> T) -> T {
        ask(&mut self.tab().session)
    }

    fn now(&self) -> u64 {
        self.world.now
    }

    fn chance(&self) -> f64 {
        0.5
    }

    fn read_if_changed(&mut self) -> Option<Stored> {
        None
    }

    fn perform(&mut self, effect: Effect) -> Option<Event> {
        let i = self.i;
        reached::effect(effect, &self.world.tabs[i].session);
        match effect {
            // Nobody else has this page's memory.
            Effect::AdoptRead
            | Effect::AssumeRecord(_)
            | Effect::RestoreRecord
            | Effect::DropCopy
            | Effect::ClaimTab
            | Effect::ReleaseTab
            | Effect::RetryRefresh(_)
            | Effect::Navigate => {}
            Effect::ReadRecord => return Some(Event::RecordUnchanged),
            Effect::WriteRecord(members) => self.world.written(i, members),
            Effect::Signal => {
                let mark = self.mark();
                self.world.signal(i, mark);
            }
            Effect::CommitMark(ticket) => {
                let mark = self.mark();
                self.tab().commits.push(Commit { ticket, mark });
            }
            Effect::ReadMark(reader) => {
                let reads = &mut self.tab().reads;
                if !reads.contains(&reader) {
                    reads.push(reader);
                }
            }
            Effect::AcquireLock { ticket, .. } if self.world.setup.no_locks => {
                let event = Event::LockUnavailable(ticket);
                reached::event(event);
                return Some(event);
            }
            Effect::AcquireLock { ticket, steal } => self.world.acquire(i, ticket, steal),
            Effect::ReleaseLock(ticket) => self.world.release(i, ticket),
            Effect::OpenChannel => self.tab().channel = true,
            Effect::CloseChannel => {
                self.tab().channel = false;
                self.tab().signals.clear();
            }
            Effect::WatchUnload(watches) => self.tab().watches_unload = watches,
            Effect::SetTimer(timer, ms) => {
                let at = self.world.now + u64::from(ms);
                self.tab().timers.set(timer, Some(at));
            }
            Effect::ClearTimer(timer) => self.tab().timers.set(timer, None),
            Effect::BeginRefresh(id, _) => {
                // Where another generation has come, whoever waits may begin the next before this one is settled.
                let settles = self.world.setup.generations;
                let tab = self.tab();
                let before = tab.promise.replace(id);
                if before.is_some() && !(settles && tab.earlier.is_none()) {
                    return self.one_at_a_time();
                }
                tab.earlier = before;
            }
            Effect::SettleRefresh(id, settled) => {
                let succeeds = matches!(settled, Settled::Refreshed | Settled::UsedStored | Settled::Throttled);
                if succeeds && !self.tab().session.record().signed_in() {
                    self.world.breaks("whoever refreshes with success is signed in");
                }
                let tab = self.tab();
                let promise = if tab.earlier.is_some() { &mut tab.earlier } else { &mut tab.promise };
                if promise.take() != Some(id) {
                    self.world.breaks("every refresh settles once");
                }
            }
            Effect::RequestToken(id, reason) => {
                self.world.check_refresh(i, reason);
                if self.world.tabs[i].request.is_some() {
                    self.world.breaks("a tab has one token request at a time");
                }
                if self.tab().leaving {
                    self.world.breaks("a page that is being left asks for no tokens at once");
                }
                let cookie = self.world.present(i);
                self.tab().request = Some(Request { id, cookie, answer: None });
                if !self.world.setup.slow_server {
                    self.world.serve(i, false);
                }
            }
            Effect::AbortRequest(id) => self.world.abort_request(i, id),
            Effect::WakeCall(id) => self.tab().microtasks.push(Microtask::Wake(id)),
            Effect::CancelRequest(place) => self.tab().microtasks.push(Microtask::Reject(place)),
            Effect::CloseEpoch(ending) => self.world.epoch_closed(i, ending),
            Effect::EndCalls => self.world.end_calls(i),
            Effect::Revoke => {
                let epoch = self.tab().session.unconfirmed();
                let cookie = self.world.jar;
                self.tab().owes = false;
                self.tab().revocations.push((epoch, cookie));
            }
            Effect::Notify(notice) => {
                let told = matches!(notice, Notice::SignIn(_) | Notice::Refresh(_));
                if told && !self.tab().session.record().signed_in() {
                    self.world.breaks("nobody is told of a session that is over");
                }
                self.tab().told = self.tab().session.take_change().1;
                if matches!(notice, Notice::Logout(_)) {
                    self.tab().session.take_end();
                }
            }
        }
        None
    }
}

impl World {
    pub fn page(&mut self, i: usize) -> Page<'_> {
        Page { world: self, i }
    }

    /// An event reaches the session of this tab, at once or when its page runs again.
    pub fn tell(&mut self, i: usize, event: Event) {
        if self.tabs[i].runs() {
            self.dispatch(i, event);
        } else if self.tabs[i].exists() {
            self.tabs[i].untold.push_back(event);
        }
    }

    pub fn dispatch(&mut self, i: usize, event: Event) {
        reached::event(event);
        environment::dispatch(&mut self.page(i), event);
        self.after(i);
    }

    /// Asks the session of this tab, as a method of the app's does.
    pub fn ask<T>(&mut self, i: usize, question: impl FnOnce(&mut Session, u64) -> T) -> T {
        environment::synchronize(&mut self.page(i));
        environment::ask(&mut self.page(i), question)
    }

    /// What is done when the event is over: whoever was woken asks again.
    pub fn after(&mut self, i: usize) {
        while !self.tabs[i].microtasks.is_empty() {
            match self.tabs[i].microtasks.remove(0) {
                Microtask::Wake(id) => self.wake(i, id),
                Microtask::Reject(place) => self.cancelled(i, place),
            }
        }
        if self.tabs[i].session.refresh().is_none() {
            self.tabs[i].asked = None;
        }
    }

    fn written(&mut self, i: usize, members: Members) {
        let record = *self.tabs[i].session.record();
        let old = std::mem::replace(&mut self.tabs[i].record, record);
        if let Some(access) = record.access.filter(|_| self.setup.generations) {
            let user = self.jar.map_or(self.tabs[i].user, |cookie| self.user(cookie));
            let tab = &mut self.tabs[i];
            (tab.numbers, tab.user) = (tab.numbers.max(access.0), user);
        }
        match (old.access, record.access) {
            (Some(before), Some(after))
                if old.epoch == record.epoch
                    && !self.setup.generations
                    && self.user(before.0) != self.user(after.0) =>
            {
                self.breaks("nothing is sent as another user");
            }
            (None, Some(_)) if self.mark.version >= UNCONFIRMED => {
                self.ends.insert(record.epoch);
                self.now += 2;
            }
            (Some(_), None) if members != Members::End => {
                // Where this tab's own is the last that has ended, its end is in the mark.
                let mark = self.tabs[i].session.decisions().cookie();
                let ended = self.ends.range(old.epoch + 1..=record.epoch).next().is_some();
                if mark.version < UNCONFIRMED && !ended {
                    self.breaks("nobody is signed out wrongly");
                }
            }
            _ => {}
        }
        if members == Members::End {
            self.ends.insert(record.epoch);
        }
    }

    /// What a tab knows of already tells it nothing.
    fn signal(&mut self, i: usize, mark: Mark) {
        for (at, tab) in self.tabs.iter_mut().enumerate() {
            if at != i && tab.channel && mark > tab.session.decisions().cookie() {
                tab.signals.insert(mark);
            }
        }
    }

    fn acquire(&mut self, i: usize, ticket: Ticket, steal: bool) {
        self.queue.retain(|waiting| *waiting != (i, ticket));
        if !steal {
            return self.queue.push_back((i, ticket));
        }
        self.queue.push_front((i, ticket));
        if let Some((holder, lost)) = self.holder.take() {
            self.tell(holder, Event::LockLost(lost));
        }
    }

    /// What its page has not been told of this ticket is of no use: its number is used again.
    fn release(&mut self, i: usize, ticket: Ticket) {
        self.holder = self.holder.filter(|holder| *holder != (i, ticket));
        self.queue.retain(|waiting| *waiting != (i, ticket));
        let of_ticket = |event: &Event| [Event::LockGranted(ticket), Event::LockLost(ticket)].contains(event);
        self.tabs[i].untold.retain(|event| !of_ticket(event));
    }

    /// No two epochs begin in the same ms.
    fn epoch_closed(&mut self, i: usize, ending: Ending) {
        match ending {
            Ending::Elsewhere => return,
            Ending::LoggedOut { .. } => {}
            Ending::Refused => self.check_refusal(i),
            Ending::RetryRejected => self.check_rejection(),
        }
        self.now += 2;
    }
}

impl super::Timers {
    pub fn set(&mut self, timer: Timer, at: Option<u64>) {
        match timer {
            Timer::BackOff => self.back_off = at.is_some(),
            Timer::Grace => self.grace = at.is_some(),
            Timer::Canary => self.canary = at.is_some(),
            Timer::Expiry => self.expiry = at,
            // Of a record that tabs share.
            Timer::Restore | Timer::CatchUp(_) | Timer::GiveUp(_) => {}
        }
    }
}
