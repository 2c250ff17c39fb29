//! What befalls a page: frozen, put away, hung, gone; and what it gets when it runs again.

use super::{Life, Tab, World};
use authfetch::protocol::event::{Event, MarkFor};

impl World {
    /// `freeze`: nothing runs from now on.
    pub fn freeze(&mut self, i: usize) {
        self.excuse_presented(i);
        self.dispatch(i, Event::Frozen);
        self.tabs[i].life = Life::Frozen;
    }

    /// `pagehide` of a page that goes to the back-forward cache.
    pub fn put_away(&mut self, i: usize) {
        self.excuse_presented(i);
        self.dispatch(i, Event::VisibilityChanged(false));
        self.dispatch(i, Event::PageHidden);
        self.tabs[i].life = Life::PutAway;
    }

    /// It stands still with all that it holds.
    pub fn hang(&mut self, i: usize) {
        self.excuse_presented(i);
        self.tabs[i].life = Life::Hung;
    }

    /// `resume`, `pageshow`, or what held it up is over.
    pub fn thaw(&mut self, i: usize) {
        let life = std::mem::replace(&mut self.tabs[i].life, Life::Live);
        match life {
            Life::Frozen => self.dispatch(i, Event::Resumed),
            Life::PutAway => {
                self.dispatch(i, Event::PageShown);
                self.dispatch(i, Event::VisibilityChanged(true));
            }
            Life::Unopened | Life::Live | Life::Closed | Life::Hung | Life::Gone => {}
        }
    }

    pub fn crash(&mut self, i: usize) {
        self.excuse_presented(i);
        self.drop_request(i);
        self.holder = self.holder.filter(|(holder, _)| *holder != i);
        self.queue.retain(|(waiting, _)| *waiting != i);
        let mut commits = std::mem::take(&mut self.tabs[i].commits);
        commits.iter_mut().for_each(|commit| commit.ticket = None);
        self.tabs[i] = Tab { commits, ..Tab::new(Life::Gone, &self.setup, 0) };
    }

    /// What this tab has presented and not committed may be presented again.
    fn excuse_presented(&mut self, i: usize) {
        if self.tabs[i].session.refresh().is_some() {
            self.excuse(self.tabs[i].asked.and_then(|asked| asked.cookie));
        }
    }

    /// The lock is granted to whoever waits longest.
    pub fn grant(&mut self) {
        if let Some((i, ticket)) = self.queue.pop_front() {
            self.holder = Some((i, ticket));
            self.tell(i, Event::LockGranted(ticket));
        }
    }

    /// The mark reaches who reads it.
    pub fn read(&mut self, i: usize, at: usize) {
        let reader: MarkFor = self.tabs[i].reads.remove(at);
        self.dispatch(i, Event::MarkRead(reader, self.mark));
    }

    /// A mark is committed: a later one stays.
    pub fn commit(&mut self, i: usize) {
        let commit = self.tabs[i].commits.remove(0);
        self.mark = self.mark.max(commit.mark);
        if let Some(ticket) = commit.ticket {
            self.tell(i, Event::MarkCommitted(ticket));
        }
    }

    /// A page that runs again is told of what has happened meanwhile, in its order.
    pub fn catch_up(&mut self, i: usize) {
        if let Some(event) = self.tabs[i].untold.pop_front() {
            self.dispatch(i, event);
        }
    }
}
