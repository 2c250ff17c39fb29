//! What another tab of the same session does to the stored record, and to the refresh token in it.

use super::World;
use authfetch::protocol::decisions::Decisions;
use authfetch::protocol::event::Event;
use authfetch::protocol::tabs::Mark;
use authfetch::protocol::token::Record;

impl World {
    /// Another tab writes, commits and signals: this one reads it at once.
    fn written_elsewhere(&mut self, record: Record) {
        let mark = Mark::of(&record);
        self.stored = Some(record);
        self.mark = self.mark.max(mark);
        self.happens(Event::Signalled { mark, of_end: !record.has_session() });
    }

    /// Another tab refreshes, under the lock that it shares with this one.
    pub fn refreshed_elsewhere(&mut self) {
        if self.lock.holder.is_none()
            && self.setup.place.shared()
            && let Some(record) = self.refreshed(false)
        {
            self.ledger.refreshed.extend(self.record.access);
            self.written_elsewhere(record);
        }
    }

    /// Another tab refreshes, without a lock or with one that it has stolen, and this tab cannot read it yet. Where the
    /// session is in cookies both may refresh the same generation, and come to the same next one: a vault would know,
    /// which this world has not.
    pub fn refreshed_unseen(&mut self) {
        if self.unseen.is_none() && !self.setup.policy.by_cookie() && self.setup.policy.grace > 0 {
            self.unseen = self.refreshed(true);
        }
    }

    /// What another tab has written can be read.
    pub fn seen(&mut self) {
        if let Some(record) = self.unseen.take() {
            self.written_elsewhere(record);
        }
    }

    /// What a refresh of another tab makes of the stored record. Of one that is `unseen` this tab knows nothing: it may
    /// present the same refresh token.
    fn refreshed(&mut self, unseen: bool) -> Option<Record> {
        let old = self.stored.filter(Record::signed_in)?;
        let (access, refresh) = self.exchange(self.refresh_token(&old)?, unseen)?;
        let refresh = self.hand_out(Some(refresh));
        let theirs = Decisions::new(self.setup.policy).refreshed(&old, false, self.now, self.expiry());
        Some(Record { access: Some(access), refresh, version: old.version + 1, ..theirs })
    }

    /// A call of another tab is accepted with the stored token.
    pub fn accepted_elsewhere(&mut self) {
        if let Some(mut record) = self.stored.filter(Record::signed_in) {
            record.note_accepted();
            self.written_elsewhere(record);
        }
    }

    /// Another tab ends the session.
    pub fn ended_elsewhere(&mut self) {
        let tombstone = self.tombstone();
        self.ledger.signed_in = false;
        self.written_elsewhere(tombstone);
    }

    /// Another tab ends the session, and somebody signs in there before this tab looks.
    pub fn changed_elsewhere(&mut self) {
        let Record { epoch, version, signin, .. } = self.tombstone();
        let granted = self.issue(true);
        self.before_sign_in();
        self.written_elsewhere(Record {
            epoch: epoch + 1,
            version,
            signin: signin + 1,
            access: Some(granted.access),
            refresh: granted.refresh,
            received_at: self.now,
            expires_at: granted.expires_at,
            ..Record::default()
        });
    }

    fn tombstone(&self) -> Record {
        let Record { epoch, version, .. } = self.stored.unwrap_or_default();
        Record { version: version + 1, ..Record::tombstone(epoch.max(self.session.epoch()) + 1) }
    }

    /// The user clears the site's data.
    pub fn cleared(&mut self) {
        self.stored = None;
        self.happens(Event::StorageChanged);
    }
}
