//! As keeping.rs: what is believed of the record, and what is written.

use super::{Fault, Numbers, World};
use authfetch::protocol::renewal::Keep;
use authfetch::protocol::tabs::{Mark, Reading};
use authfetch::protocol::token::{AccessToken, Record, RefreshToken};

impl Numbers {
    /// `Numbers::of` of record.rs: the same number for the same token, as long as it is the last one.
    fn of(&mut self, token: Option<u32>) -> Option<u32> {
        if token.is_none() || self.last != token {
            self.last = token;
            self.number += u32::from(token.is_some());
        }
        token.map(|_| self.number)
    }

    /// `Numbers::next`.
    const fn next(&mut self) -> u32 {
        self.last = None;
        self.number + 1
    }
}

/// The tokens of a stored record, as the server numbers them.
pub fn tokens_of(text: &Record) -> (Option<u32>, Option<u32>) {
    (text.access.map(|token| token.0), text.refresh.map(|token| token.0))
}

impl World {
    /// `Stored::of` of record.rs.
    fn parse(&mut self, i: usize, text: &Record) -> Record {
        let (access, refresh) = tokens_of(text);
        let numbers = &mut self.tabs[i].numbers;
        Record {
            access: numbers.0.of(access).map(AccessToken),
            refresh: numbers.1.of(refresh).map(RefreshToken),
            ..*text
        }
    }

    /// `Shared::apply_record`.
    fn apply_record(&mut self, i: usize, record: Record, members: (Option<u32>, Option<u32>)) {
        let now = self.now;
        let tab = &mut self.tabs[i];
        tab.machine.observe(&record, now);
        tab.known = record;
        tab.members = members;
        if tab.known_epoch != tab.machine.epoch() {
            tab.known_epoch = tab.machine.epoch();
            tab.first_token = record.access.map_or_else(|| tab.numbers.0.next(), |token| token.0);
            tab.slot = None;
        }
    }

    /// `Shared::adopt`.
    fn adopt(&mut self, i: usize, text: Record) {
        self.tabs[i].text = Some(text);
        let record = self.parse(i, &text);
        self.apply_record(i, record, tokens_of(&text));
    }

    /// `Shared::read`: true where it is believed.
    pub(super) fn read(&mut self, i: usize) -> bool {
        let (view, known) = (self.tabs[i].view, self.tabs[i].known);
        let Some(text) = view else { return self.read_nothing(i) };
        if self.setup.fault == Fault::NumbersWhatItDoubts {
            let _ = self.parse(i, &text);
        }
        match self.tabs[i].machine.on_read(&text, &known) {
            Reading::Believe => {
                self.tabs[i].text = view;
                // Its tokens get numbers only if it is believed.
                let record = self.parse(i, &text);
                self.apply_record(i, record, tokens_of(&text));
                return true;
            }
            Reading::Restore => self.tabs[i].restoring = true,
            Reading::Ignore => {}
        }
        false
    }

    fn read_nothing(&mut self, i: usize) -> bool {
        let (now, known) = (self.now, self.tabs[i].known);
        self.tabs[i].text = None;
        let Some(tombstone) = self.tabs[i].machine.on_absent(&known, now) else {
            // An end that is known stays known.
            if self.setup.fault == Fault::ForgetsTheEnd {
                self.apply_record(i, Record::default(), (None, None));
            }
            return false;
        };
        if !self.cleared {
            self.breaks("nobody is signed out wrongly");
        }
        self.ends.insert(tombstone.epoch);
        self.apply_record(i, tombstone, (None, None));
        true
    }

    /// What is known, as its text.
    fn known_text(&self, i: usize) -> Record {
        let tab = &self.tabs[i];
        let (access, refresh) = tab.members;
        Record { access: access.map(AccessToken), refresh: refresh.map(RefreshToken), ..tab.known }
    }

    fn restore_record(&mut self, i: usize) {
        let text = self.known_text(i);
        self.tabs[i].text = Some(text);
        self.store(i, Some(text));
        self.signal(i, Mark::of(&text));
    }

    /// The timer of [`Reading::Restore`]: the record is read once more.
    pub fn restores(&mut self, i: usize) {
        self.tabs[i].restoring = false;
        self.sync_record(i);
        if self.tabs[i].restoring {
            self.tabs[i].restoring = false;
            self.restore_record(i);
        }
        self.then(i);
    }

    /// `Shared::apply_epoch`, and `Shared::apply_end`, whose version is the mark's: nothing later is written in an
    /// ended epoch.
    pub(super) fn apply_epoch(&mut self, i: usize, epoch: u64) {
        self.adopt(i, Record::tombstone(epoch));
    }

    /// `Shared::put`. A note beside the tokens is no later than they are.
    pub(super) fn put(&mut self, i: usize, record: Record, members: (Option<u32>, Option<u32>), note: bool) {
        let known = self.tabs[i].known;
        let bump = u64::from(!note || self.setup.fault == Fault::NotesAreWrites);
        let version = known.version.max(record.version) + bump;
        let (access, refresh) = (members.0.map(AccessToken), members.1.map(RefreshToken));
        let text = Record { access, refresh, version, ..record };
        self.check_put(i, &text);
        if self.setup.fault == Fault::TellsBeforeWriting {
            self.signal(i, Mark::of(&text));
        }
        self.store(i, Some(text));
        self.adopt(i, text);
        if self.setup.fault != Fault::TellsBeforeWriting {
            self.signal(i, Mark::of(&text));
        }
    }

    fn check_put(&mut self, i: usize, text: &Record) {
        let of = |token: Option<u32>| token.map(|token| self.issued[token as usize].epoch);
        let (access, refresh) = tokens_of(text);
        if [of(access), of(refresh)].into_iter().flatten().any(|epoch| epoch != text.epoch)
            || text.epoch < self.tabs[i].machine.epoch()
        {
            self.breaks("tokens of an ended session are never stored");
        }
    }

    /// `Shared::amend`: what the record says beside the tokens.
    pub(super) fn amend(&mut self, i: usize, record: Record) {
        let members = self.tabs[i].members;
        self.put(i, record, members, true);
    }

    /// `Shared::renewed`.
    pub(super) fn renewed(&mut self, i: usize, granted: (u32, u32), keep: Keep) {
        let (old, members) = (self.tabs[i].known, self.tabs[i].members);
        match keep {
            Keep::New => {
                let expires_at = Some(self.issued[granted.0 as usize].expires_at);
                let renewed = self.tabs[i].machine.renewed(&old, false, self.now, expires_at);
                self.put(i, renewed, (Some(granted.0), Some(granted.1)), false);
            }
            Keep::Stored => self.put(i, old, (members.0, Some(granted.1)), false),
        }
    }
}
