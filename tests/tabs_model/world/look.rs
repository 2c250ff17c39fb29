//! What the checks may look at.

use super::{End, Fault, Life, Phase, Tab, World};
use authfetch::protocol::tabs::Reading;
use std::hash::{Hash, Hasher};

/// Puts tabs in some order, the same each time. Two that it takes for equal cost time only.
struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            self.write_u64(chunk.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)));
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl World {
    /// Every call has its token or its answer, by one token request.
    pub fn served_by_one_renewal(&self) -> bool {
        let done =
            |tab: &Tab| tab.tasks.len() == 2 && tab.tasks.iter().all(|task| task.phase == Phase::Settled(End::Done));
        self.issued.len() == 4 && self.tabs.iter().all(done)
    }

    /// Tabs have no names: each world stands for those that differ in their order alone.
    pub fn sort_tabs(&mut self) {
        let key = |tab: &Tab| {
            let mut hasher = Quick(0);
            tab.hash(&mut hasher);
            hasher.finish()
        };
        let mut order: Vec<usize> = (0..self.tabs.len()).collect();
        order.sort_by_cached_key(|i| {
            let of = |ticket: &(usize, u8)| ticket.0 == *i;
            let place = self.queue.iter().position(of);
            (key(&self.tabs[*i]), self.holder.as_ref().is_some_and(of), place)
        });
        if order.is_sorted() {
            return;
        }
        self.tabs = order.iter().map(|i| self.tabs[*i].clone()).collect();
        let place = |i: usize| order.iter().position(|from| *from == i).unwrap_or(i);
        self.holder = self.holder.map(|(i, n)| (place(i), n));
        for ticket in &mut self.queue {
            ticket.0 = place(ticket.0);
        }
    }

    pub fn puts_back_at_all(&self) -> bool {
        self.setup.fault != Fault::LeavesOlderRecords
    }

    /// Whether a look at the record that stands here can tell a tab anything.
    pub fn has_news(&self, i: usize) -> bool {
        let tab = &self.tabs[i];
        let ignored = |text| tab.machine.on_read(text, &tab.known) == Reading::Ignore;
        tab.view != tab.text && !tab.restoring && !tab.view.as_ref().is_some_and(ignored)
    }

    /// What is wrong with a world in which nothing moves any more.
    pub fn unrest(&self) -> Option<&'static str> {
        for tab in self.tabs.iter().filter(|tab| tab.life == Life::Live) {
            if tab.tasks.iter().any(|task| !matches!(task.phase, Phase::Settled(_))) {
                return Some("every call of a live tab settles");
            }
            if !tab.flows.is_empty() || tab.machine.renewal().is_some() {
                return Some("every renewal comes to an end");
            }
            if tab.text != self.central || tab.view != self.central {
                return Some("all live tabs agree on the record");
            }
            if self.central.is_some_and(|record| record.epoch != tab.machine.epoch()) {
                return Some("nothing stored after a logout stays");
            }
        }
        let away = |tab: &Tab| matches!(tab.life, Life::Frozen | Life::Hung);
        if self.tabs.iter().any(away) || self.tabs.iter().all(|tab| tab.life != Life::Live) {
            // Whoever knows may put back what he knows later, or nobody is left to do it.
            return None;
        }
        let stands = self.central.filter(|record| record.signed_in()).map(|record| record.epoch);
        // Whose sign-in it was is not there to put back what was overwritten.
        let somebody_is_gone = self.tabs.iter().any(|tab| tab.life == Life::Gone);
        let excused = self.lost || self.cleared || (self.overwritten && somebody_is_gone);
        match stands {
            Some(epoch) if epoch < self.ended && !self.lost => Some("nothing stored after a logout stays"),
            None if self.began > self.ended && !excused => Some("nobody is signed out wrongly"),
            Some(_) | None => None,
        }
    }
}
