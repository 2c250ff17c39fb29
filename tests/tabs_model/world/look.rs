//! What the checks may look at.

use super::{Fault, Life, Phase, Tab, World};
use std::hash::{DefaultHasher, Hash, Hasher};

impl World {
    /// Tabs have no names: each world stands for those that differ in their order alone.
    pub fn sort_tabs(&mut self) {
        let key = |tab: &Tab| {
            let mut hasher = DefaultHasher::new();
            tab.hash(&mut hasher);
            hasher.finish()
        };
        let mut order: Vec<usize> = (0..self.tabs.len()).collect();
        order.sort_by_cached_key(|i| {
            let of = |ticket: &(usize, u8)| ticket.0 == *i;
            let place = self.queue.iter().position(of);
            (key(&self.tabs[*i]), self.holder.as_ref().is_some_and(of), place)
        });
        let tabs = order.iter().map(|i| self.tabs[*i].clone()).collect();
        let place = |i: usize| order.iter().position(|from| *from == i).unwrap_or(i);
        self.tabs = tabs;
        self.holder = self.holder.map(|(i, n)| (place(i), n));
        for ticket in &mut self.queue {
            ticket.0 = place(ticket.0);
        }
    }

    pub fn puts_back_at_all(&self) -> bool {
        self.setup.fault != Fault::LeavesOlderRecords
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
        let last = self.ends.last().max(self.began.last()).copied().unwrap_or(0);
        let stands = self.central.filter(|record| record.signed_in()).map(|record| record.epoch);
        match stands {
            Some(epoch) if epoch < last && !self.lost => Some("nothing stored after a logout stays"),
            None if self.began.contains(&last) && !self.lost && !self.cleared => Some("nobody is signed out wrongly"),
            Some(_) | None => None,
        }
    }
}
