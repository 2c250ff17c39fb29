//! What a session asks for, done: each effect, as a browser does it.

use super::World;
use super::server::Request;
use super::task::Microtask;
use crate::reached::note;
use authfetch::protocol::effect::{Effect, Members, Notice};
use authfetch::protocol::environment::Environment;
use authfetch::protocol::event::{Event, Stored};
use authfetch::protocol::session::{Session, Ticket};
use authfetch::protocol::tabs::Mark;
use authfetch::protocol::token::Record;

/// The text that what is read is compared with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Known {
    /// This one, or that there is none.
    Text(Option<Record>),
    /// No text: whatever stands there is something else.
    Nothing,
}

/// The lock, whoever of this tab holds it or waits for it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Lock {
    pub holder: Option<Ticket>,
    pub queue: Vec<Ticket>,
}

impl Lock {
    pub fn grant(&mut self) -> Option<Ticket> {
        if self.holder.is_some() || self.queue.is_empty() {
            return None;
        }
        self.holder = Some(self.queue.remove(0));
        self.holder
    }

    fn release(&mut self, ticket: Ticket) {
        self.queue.retain(|waiting| *waiting != ticket);
        self.holder = self.holder.filter(|holder| *holder != ticket);
    }
}

impl Environment for World {
    fn session<T>(&mut self, ask: impl FnOnce(&mut Session) -> T) -> T {
        ask(&mut self.session)
    }

    fn now(&self) -> u64 {
        self.now
    }

    fn chance(&self) -> f64 {
        0.5
    }

    fn read_if_changed(&mut self) -> Option<Stored> {
        self.read = self.stored;
        let stored = self.stored.map_or(Stored::Absent, Stored::Record);
        let changed = self.known != Known::Text(self.stored);
        changed.then_some(stored).inspect(|stored| note("Event", Event::RecordRead(*stored)))
    }

    fn perform(&mut self, effect: Effect) -> Option<Event> {
        note("Effect", effect);
        if let Some(step) = self.session.refresh_step() {
            note("Step", step);
        }
        let event = self.carry_out(effect);
        event.inspect(|event| note("Event", event))
    }
}

impl World {
    fn carry_out(&mut self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::ReadRecord => {
                return Some(self.read_if_changed().map_or(Event::RecordUnchanged, Event::RecordRead));
            }
            Effect::AdoptRead => {
                self.known = Known::Text(self.read);
                self.takes_in(self.read.unwrap_or_default());
            }
            Effect::WriteRecord(members) => {
                let (old, record) = (self.record, *self.session.record());
                self.check_write(&record, members);
                (self.known, self.stored) = (Known::Text(Some(record)), Some(record));
                self.takes_in(record);
                self.check_written(&old, members);
            }
            Effect::AssumeRecord(members) => {
                let record = *self.session.record();
                self.known = match (members, self.known) {
                    (Members::Nothing, Known::Text(None)) => Known::Text(None),
                    (Members::Nothing, _) => Known::Nothing,
                    _ => Known::Text(Some(record)),
                };
                self.takes_in(record);
            }
            Effect::RestoreRecord => {
                (self.known, self.stored) = (Known::Text(Some(self.record)), Some(self.record));
            }
            Effect::DropCopy => (self.known, self.stored) = (Known::Text(None), None),
            Effect::Signal => self.check_signal(),
            Effect::CommitMark(ticket) => {
                self.mark = self.mark.max(self.session.mark().unwrap_or_default());
                return ticket.map(Event::MarkCommitted);
            }
            Effect::ReadMark(purpose) => return Some(Event::MarkRead(purpose, self.mark)),
            Effect::AcquireLock { ticket, steal: true } => {
                self.lock.holder = Some(ticket);
                return Some(Event::LockGranted(ticket));
            }
            Effect::AcquireLock { ticket, steal: false } => self.lock.queue.push(ticket),
            Effect::ReleaseLock(ticket) => self.lock.release(ticket),
            // No other page has this tab's record.
            Effect::ClaimTab => return Some(Event::TabClaimed(true)),
            // Nobody else listens on it.
            Effect::ReleaseTab | Effect::OpenChannel | Effect::CloseChannel => {}
            Effect::WatchUnload(watches) => self.watches_unload = watches,
            Effect::SetTimer(timer, ms) => {
                self.timers.retain(|(set, _)| *set != timer);
                self.timers.push((timer, self.now + u64::from(ms)));
                self.timers.sort_by_key(|(_, due)| *due);
            }
            Effect::ClearTimer(timer) => self.timers.retain(|(set, _)| *set != timer),
            Effect::BeginRefresh(id, reason) => self.check_begin(id, reason),
            Effect::RequestToken(id, _) => {
                let Record { epoch, signin, access, .. } = self.record;
                let presented = self.refresh_token(&self.record);
                let request = Request { id, epoch, signin, from: access, presented, aborted: false };
                self.check_request(&request);
                self.requests.push(request);
            }
            // Only to be told of.
            Effect::RetryRefresh(_) => {}
            Effect::SettleRefresh(id, settled) => {
                self.check_settle(id, settled);
                self.release_streams(id);
            }
            Effect::WakeCall(id) => self.microtasks.push_back(Microtask::Wake(id)),
            Effect::CancelRequest(place) => self.cancel(place),
            Effect::CloseEpoch(ending) => self.check_end(ending),
            Effect::AbortRequest(id) => {
                let answers_late = self.answers_late;
                self.requests.retain_mut(|request| {
                    request.aborted |= request.id == id;
                    answers_late || !request.aborted
                });
            }
            Effect::EndCalls => self.end_calls(),
            Effect::Revoke => return Some(Event::Revoked { confirmed: self.session.unconfirmed() }),
            Effect::Notify(notice) => {
                let (_, state) = self.session.take_change();
                if !matches!(notice, Notice::Logout(_)) || self.session.take_end() {
                    self.check_notice(notice, state);
                }
                self.react();
            }
            Effect::Navigate => self.check_navigation(),
        }
        None
    }

    /// How far the stored record has come.
    pub(super) fn stored_mark(&self) -> Mark {
        self.stored.map_or(Mark::default(), |record| Mark::of(&record))
    }
}
