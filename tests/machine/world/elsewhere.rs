//! What another tab of the same session does to the stored record; this tab reads it at once.

use super::World;
use authfetch::protocol::token::Record;

impl World {
    /// Another tab renews, under the lock that it shares with this one.
    pub fn renewed_elsewhere(&mut self) {
        let (Some(from), Some(presented)) = (self.record.access, self.record.refresh) else { return };
        if self.locked() {
            return;
        }
        if let Some(granted) = self.exchange(presented, false) {
            self.renewed.push(from);
            self.write_renewed(granted, false);
            self.wake_waiters();
        }
    }

    /// A call of another tab is accepted with the stored token.
    pub fn accepted_elsewhere(&mut self) {
        if self.record.signed_in() {
            let mut record = self.record;
            record.note_accepted();
            record.version += 1;
            self.write(record);
            self.wake_waiters();
        }
    }

    /// Another tab ends the session.
    pub fn ended_elsewhere(&mut self) {
        let epoch = self.record.epoch.max(self.machine.epoch()) + 1;
        self.write(Record::tombstone(epoch));
        self.out = true;
        self.cut();
        self.wake_waiters();
    }

    /// Another tab ends the session, and somebody signs in there before this tab looks.
    pub fn changed_elsewhere(&mut self) {
        self.ended_elsewhere();
        self.write_sign_in(true);
        self.wake_waiters();
    }
}
