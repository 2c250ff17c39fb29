//! Those who wait: calls for a renewal, a canary or a sign-in, oldest first. A caller's signal ends his wait.

use super::shared::Shared;
use crate::browser::abort::Listening;
use crate::browser::clock;
use crate::browser::debug;
use crate::browser::js::Val;
use crate::browser::js::keys::Key;
use crate::browser::js::task::{deferred, settle};
use crate::protocol::session::{Admission, Call, Renew};
use std::cell::Cell;
use std::rc::Rc;

/// A call that waits.
pub struct Waiter {
    call: Call,
    /// A promise, and what fulfils it.
    wake: Val,
    /// False once it has been woken.
    waits: Cell<bool>,
}

impl Waiter {
    /// True the first time.
    fn wake(&self) -> bool {
        let waits = self.waits.replace(false);
        if waits {
            settle(self.wake.lend(), i32::from(true), Val::UNDEFINED.lend());
        }
        waits
    }
}

/// All that wait, oldest first. Whoever leaves costs no search: its place is given up when half of them are empty.
#[derive(Default)]
pub struct Waiters {
    all: Vec<Rc<Waiter>>,
    left: usize,
}

impl Waiters {
    fn enter(&mut self, waiter: Rc<Waiter>) {
        let at = self.all.partition_point(|other| other.call.id < waiter.call.id);
        self.all.insert(at, waiter);
    }

    fn leave(&mut self, waiter: &Waiter) {
        if waiter.wake() {
            self.left += 1;
            if 2 * self.left > self.all.len() {
                self.keep(|_| true);
            }
        }
    }

    /// Wakes all but those that stay.
    fn keep(&mut self, mut stays: impl FnMut(&Call) -> bool) {
        self.left = 0;
        self.all.retain(|waiter| waiter.waits.get() && (stays(&waiter.call) || !waiter.wake()));
    }
}

impl Shared {
    /// A new call.
    pub fn call(&self, answers: bool) -> Call {
        self.ask(|machine| machine.open(answers))
    }

    /// Waits until the call is to ask again; why is told, where there is a number.
    pub async fn wait(self: &Rc<Self>, call: Call, signal: &Val, number: u32, why: Key) {
        let wake = deferred();
        let woken = wake.at(0);
        let waiter = Rc::new(Waiter { call, wake, waits: Cell::new(true) });
        self.waiters.borrow_mut().enter(Rc::clone(&waiter));
        let shared = Rc::clone(self);
        let leave = move |_| shared.waiters.borrow_mut().leave(&waiter);
        let listening = signal.is_object().then(|| Listening::new(signal, Key::Abort, leave));
        debug::note(number, why);
        let _ = woken.wait().await;
        drop(listening);
    }

    /// Whether calls wait that a canary can go ahead of.
    pub fn anybody_waits(&self) -> bool {
        self.waiters.borrow().all.iter().any(|waiter| waiter.waits.get() && waiter.call.answers)
    }

    /// Asks for each waiting call, oldest first, whether it may go now: whoever may goes.
    pub fn wake_waiters(self: &Rc<Self>) {
        let record = self.record();
        let now = clock::now();
        let mut start = false;
        self.waiters.borrow_mut().keep(|call| {
            let admission = self.ask(|machine| machine.admit(call, &record, now));
            start |= matches!(admission, Admission::Wait(Renew::Start) | Admission::Send(_, Renew::Start));
            matches!(admission, Admission::Wait(_))
        });
        if start {
            self.run_opened();
        }
    }

    /// Runs the renewal that the machine has opened, if it is not running yet.
    pub fn run_opened(self: &Rc<Self>) {
        if self.ask(|machine| machine.renewal().is_some()) {
            let _ = self.run_renewal();
        }
    }

    /// The same, where the machine's answer says so.
    pub fn renew(self: &Rc<Self>, renew: Renew) {
        if renew == Renew::Start {
            self.run_opened();
        }
    }
}
