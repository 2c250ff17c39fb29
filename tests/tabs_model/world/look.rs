//! What the checks may look at.

use super::{End, Known, Phase, Tab, World};
use authfetch::protocol::event::{Event, Timer};
use authfetch::protocol::tabs::Reading;
use authfetch::protocol::token::Record;
use std::hash::{Hash, Hasher};
use std::mem::take;

/// Puts tabs in some order, the same each time. Two that it takes for equal cost time only.
struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            self.write_u64(chunk.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(value.into());
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(value.into());
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    /// As such the variants of enums come, most of what there is.
    fn write_isize(&mut self, value: isize) {
        self.write_u64(value as u64);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Tab {
    /// What is known is to be restored, if something older still stands then.
    pub fn restores(&self) -> bool {
        self.has(Timer::Restore)
    }
}

impl World {
    /// Every call has its token or its answer, by one token request.
    pub fn served_by_one_refresh(&self) -> bool {
        let done = |tab: &Tab| tab.calls.len() == 2 && tab.calls.iter().all(|c| *c == Phase::Settled(End::Done));
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
            let of = |waiting: &(usize, _)| waiting.0 == *i;
            let place = self.queue.iter().position(of);
            (key(&self.tabs[*i]), self.holder.as_ref().is_some_and(of), place)
        });
        if order.is_sorted() {
            return;
        }
        let mut tabs: Vec<Option<Tab>> = take(&mut self.tabs).into_iter().map(Some).collect();
        self.tabs = order.iter().filter_map(|i| tabs[*i].take()).collect();
        let place = |i: usize| order.iter().position(|from| *from == i).unwrap_or(i);
        self.holder = self.holder.map(|(i, ticket)| (place(i), ticket));
        for waiting in &mut self.queue {
            waiting.0 = place(waiting.0);
        }
    }

    /// For those who read the way to a breach.
    pub fn summary(&self) -> String {
        let of = |text: &super::Text| {
            let Record { epoch, version, signin, access, refresh, .. } = text.record;
            format!("{epoch}.{version}.{signin} {:?}/{:?}", access.map(|token| token.0), refresh.map(|token| token.0))
        };
        let item = |item: &super::Item| item.as_ref().map_or_else(|| "absent".to_owned(), of);
        let tab = |tab: &Tab| {
            let known = tab.session.record();
            format!(
                "\n    {:?} knows {}.{}.{} {:?} of {}, {:?}, sees {}, {:?}, {:?}, {:?}, {:?}, {:?}",
                tab.life,
                known.epoch,
                known.version,
                known.signin,
                tab.vault.refresh.text,
                tab.session.epoch(),
                tab.session.refresh_step(),
                item(&tab.view),
                tab.presented,
                tab.request,
                tab.timers,
                tab.commits,
                tab.calls,
            )
        };
        let tabs: String = self.tabs.iter().map(tab).collect();
        let mark = self.mark;
        format!("{}, {mark:?}, held {:?}, queue {:?}{tabs}", item(&self.central), self.holder, self.queue)
    }

    /// Whether a look at what stands here can tell a tab anything.
    pub fn has_news(&self, i: usize) -> bool {
        let tab = &self.tabs[i];
        if tab.known == Known::Read(tab.view) {
            return false;
        }
        let read = tab.view.map_or_else(Record::default, |text| text.record);
        match tab.session.decisions().on_read(&read, tab.session.record()) {
            Reading::Believe => true,
            Reading::Restore => !tab.restoring,
            Reading::Ignore => false,
        }
    }

    /// A look at the record: a storage event, or whoever waits for it reads it again.
    pub fn look(&mut self, i: usize) {
        let waits = self.tabs[i].timers.iter().find(|timer| matches!(timer, Timer::CatchUp(_))).copied();
        match waits {
            Some(timer) => self.fire(i, timer),
            None => self.dispatch(i, Event::StorageChanged),
        }
    }
}
