//! The environment of one tab's session: every effect is carried out here.

use super::{Item, Known, Life, Microtask, World};
use crate::exchange::Tab;
use crate::reached;
use authfetch::protocol::effect::{Effect, Members, Notice};
use authfetch::protocol::environment::{self, Environment};
use authfetch::protocol::event::{Event, MarkFor, Stored, Timer};
use authfetch::protocol::session::Session;
use authfetch::protocol::tabs::Mark;

/// The browser, as one tab sees it.
pub struct Browser<'a> {
    world: &'a mut World,
    i: usize,
}

impl World {
    pub(super) fn at(&mut self, i: usize) -> Browser<'_> {
        Browser { world: self, i }
    }

    /// Something has happened to a tab, and what it does then runs to its end.
    pub(super) fn dispatch(&mut self, i: usize, event: Event) {
        reached::event(&event);
        environment::dispatch(&mut self.at(i), event);
        self.then(i);
    }

    /// The rest of a turn.
    pub(super) fn then(&mut self, i: usize) {
        while let Some(microtask) = self.tabs[i].microtasks.pop_front() {
            match microtask {
                Microtask::Wake(id) => self.woken(i, id),
                Microtask::Request(id) => self.send_request(i, id),
                Microtask::Reject(place) => self.rejected(i, place),
            }
        }
        self.check_turn(i);
        let tab = &mut self.tabs[i];
        tab.read = None;
        let epoch = tab.session.epoch();
        tab.told.retain(|(mark, _)| mark.epoch > epoch);
        tab.session_of = tab.session.record().has_session().then_some(epoch);
    }
}

impl Tab for Browser<'_> {
    fn breaks(&mut self, rule: &'static str) {
        self.world.breaks(rule);
    }

    fn check_accepted(&mut self, epoch: u64) {
        if epoch != self.world.tabs[self.i].session.epoch() {
            self.world.breaks("no answer of an ended session reaches its caller");
        }
    }

    fn note_step_up(&mut self, call: u32, signin: u64) {
        self.world.tabs[self.i].stepped_up.push((call, signin));
    }
}

impl Environment for Browser<'_> {
    fn session<T>(&mut self, ask: impl FnOnce(&mut Session) -> T) -> T {
        ask(&mut self.world.tabs[self.i].session)
    }

    fn now(&self) -> u64 {
        self.world.now
    }

    fn chance(&self) -> f64 {
        0.5
    }

    fn read_if_changed(&mut self) -> Option<Stored> {
        let tab = &self.world.tabs[self.i];
        if tab.life == Life::Gone || tab.known == Known::Read(tab.view) {
            return None;
        }
        let stored = self.read();
        reached::event(&Event::RecordRead(stored));
        Some(stored)
    }

    fn perform(&mut self, effect: Effect) -> Option<Event> {
        reached::effect(&effect);
        if self.world.tabs[self.i].life == Life::Gone {
            return None;
        }
        let event = self.carry_out(effect);
        if let Some(event) = &event {
            reached::event(event);
        }
        event
    }
}

impl Browser<'_> {
    fn carry_out(&mut self, effect: Effect) -> Option<Event> {
        let i = self.i;
        let (world, tab) = (&mut *self.world, i);
        match effect {
            Effect::ReadRecord => return Some(self.read_record()),
            Effect::AdoptRead => world.adopt_read(i),
            Effect::WriteRecord(members) => return self.write(members),
            Effect::AssumeRecord(members) => self.assume(members),
            Effect::RestoreRecord => return self.restore(),
            Effect::DropCopy => world.drop_copy(i),
            Effect::Signal => {
                let mark = world.tabs[tab].session.mark().unwrap_or_default();
                let of_end = matches!(world.tabs[i].known, Known::Read(Some(text)) if text.of_end);
                world.signal(i, mark, of_end);
            }
            Effect::CommitMark(ticket) => {
                let mark = world.tabs[tab].session.mark().unwrap_or_default();
                return world.commit(i, ticket, mark);
            }
            Effect::ReadMark(purpose) => return self.read_mark(purpose),
            Effect::AcquireLock { ticket, steal } => world.acquire(i, ticket, steal),
            Effect::ReleaseLock(ticket) => world.release(i, ticket),
            Effect::ClaimTab => world.tabs[tab].claiming = true,
            Effect::ReleaseTab => world.release_tab(i),
            Effect::OpenChannel => world.tabs[tab].channel = true,
            Effect::CloseChannel => world.tabs[tab].channel = false,
            Effect::WatchUnload(watches) => world.tabs[tab].watches = watches,
            Effect::SetTimer(timer, ms) => self.set_timer(timer, ms),
            Effect::ClearTimer(timer) => self.clear_timer(timer),
            Effect::BeginRefresh(..) | Effect::RetryRefresh(_) | Effect::SettleRefresh(..) => {}
            Effect::RequestToken(id, _) => world.tabs[tab].microtasks.push_back(Microtask::Request(id)),
            Effect::WakeCall(id) => {
                world.check_woken(i, id);
                world.tabs[tab].microtasks.push_back(Microtask::Wake(id));
            }
            Effect::CancelRequest(place) => world.cancel(i, place),
            Effect::CloseEpoch(ending) => world.check_end(i, ending),
            Effect::AbortRequest(id) => {
                world.tabs[tab].microtasks.retain(|microtask| *microtask != Microtask::Request(id));
                world.abort_request(i, id);
            }
            Effect::EndCalls => world.end_calls(i),
            Effect::Revoke => world.tabs[tab].revoking = true,
            Effect::Notify(notice) => self.notify(notice),
            Effect::Navigate => world.tabs[tab].navigates |= world.setup.navigates,
        }
        None
    }

    fn read(&mut self) -> Stored {
        let item = self.world.tabs[self.i].view;
        self.world.numbered(self.i, item)
    }

    fn read_record(&mut self) -> Event {
        let tab = &mut self.world.tabs[self.i];
        if tab.known == Known::Read(tab.view) {
            tab.restoring = false;
            return Event::RecordUnchanged;
        }
        Event::RecordRead(self.read())
    }

    fn write(&mut self, members: Members) -> Option<Event> {
        let i = self.i;
        let record = *self.world.tabs[i].session.record();
        let stood = self.world.tabs[i].vault.refresh.text;
        let text = self.world.with_members(i, &record, members);
        self.world.check_write(i, &text, members, stood);
        self.world.tabs[i].known = Known::Read(Some(text));
        self.store(Some(text))
    }

    /// A write that fails leaves nothing in storage, and the record is in memory from then on.
    fn store(&mut self, item: Item) -> Option<Event> {
        let fails = self.world.tabs[self.i].blocked && !self.world.tabs[self.i].in_memory;
        if fails {
            self.world.cleared = true;
            // Other tabs are told of what could not be written: a logout ends their session all the same.
            self.world.written = self.world.written.max(item.map_or(0, |text| text.record.epoch));
            self.world.store(self.i, None);
            // What it keeps in memory others may have presented, or may yet.
            self.world.excuse_all_issued();
            let tab = &mut self.world.tabs[self.i];
            (tab.in_memory, tab.unseen) = (true, 0);
            tab.inbox.clear();
        }
        self.world.store(self.i, item);
        fails.then_some(Event::WriteBlocked)
    }

    fn assume(&mut self, members: Members) {
        let i = self.i;
        let record = *self.world.tabs[i].session.record();
        let text = self.world.with_members(i, &record, members);
        self.world.check_assumed(i, &record);
        let absent = self.world.tabs[i].known == Known::Read(None);
        self.world.tabs[i].known = match members {
            Members::Nothing if absent => Known::Read(None),
            Members::Nothing => Known::Unread,
            Members::Kept
            | Members::SignIn
            | Members::Refreshed
            | Members::RefreshToken
            | Members::End
            | Members::Signalled => Known::Read(Some(text)),
        };
    }

    fn restore(&mut self) -> Option<Event> {
        let i = self.i;
        let record = *self.world.tabs[i].session.record();
        let text = self.world.known_text(i, &record);
        self.world.tabs[i].restoring = false;
        self.world.tabs[i].known = Known::Read(Some(text));
        self.store(Some(text))
    }

    fn read_mark(&mut self, purpose: MarkFor) -> Option<Event> {
        let tab = &mut self.world.tabs[self.i];
        // What has happened already is told before a transaction ends.
        if self.world.setup.slow_mark || !tab.undelivered.is_empty() {
            tab.reads.push(purpose);
            return None;
        }
        let mark: Mark = self.world.mark;
        Some(Event::MarkRead(purpose, mark))
    }

    fn set_timer(&mut self, timer: Timer, ms: u32) {
        let due = self.world.now + u64::from(ms);
        let tab = &mut self.world.tabs[self.i];
        match timer {
            Timer::Expiry => tab.expiry = Some(due),
            Timer::Restore => tab.restoring = true,
            Timer::Canary | Timer::BackOff | Timer::Grace | Timer::CatchUp(_) | Timer::GiveUp(_) => {}
        }
        if !tab.timers.contains(&timer) {
            tab.timers.push(timer);
            tab.timers.sort_by_key(rank);
        }
    }

    fn clear_timer(&mut self, timer: Timer) {
        let tab = &mut self.world.tabs[self.i];
        if timer == Timer::Expiry {
            tab.expiry = None;
        }
        tab.timers.retain(|set| *set != timer);
    }

    /// What listeners are told is true.
    fn notify(&mut self, notice: Notice) {
        let tab = &mut self.world.tabs[self.i];
        let signed_in = tab.session.record().signed_in();
        let _ = tab.session.take_change();
        match notice {
            Notice::SignIn(_) | Notice::Refresh(_) if !signed_in => {
                self.world.breaks("listeners are told of no session that is over");
            }
            Notice::Logout(_) => {
                if tab.session.take_end() && self.world.setup.listener {
                    self.log_out_again();
                }
            }
            Notice::Changed
            | Notice::SignIn(_)
            | Notice::Refresh(_)
            | Notice::RefreshFailed { .. }
            | Notice::Suspend
            | Notice::StorageBlocked => {}
        }
    }

    /// A listener's own `logout()`, of what has followed the end that it is told of.
    fn log_out_again(&mut self) {
        if self.world.tabs[self.i].session.record().signed_in() {
            self.world.now += 1;
            environment::ask(self, |session, now| session.log_out(false, true, now));
        }
    }
}

fn rank(timer: &Timer) -> (u8, u8) {
    match timer {
        Timer::Expiry => (0, 0),
        Timer::Restore => (1, 0),
        Timer::Canary => (2, 0),
        Timer::BackOff => (3, 0),
        Timer::Grace => (4, 0),
        Timer::CatchUp(ticket) => (5, ticket.0),
        Timer::GiveUp(ticket) => (6, ticket.0),
    }
}
