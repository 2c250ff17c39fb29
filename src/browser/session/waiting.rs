//! Those who wait: calls for a renewal, a canary or a sign-in, oldest first. A caller's signal ends his wait.

use crate::browser::abort::Listening;
use crate::browser::clock;
use crate::browser::debug;
use crate::browser::js::Val;
use crate::browser::js::keys::Key;
use super::shared::Shared;
use crate::browser::js::task::{deferred, settle};
use crate::protocol::session::{Admission, Call, Renew};
use std::rc::Rc;

/// A call that waits.
pub struct Waiter {
    call: Call,
    /// A promise, and what fulfils it.
    wake: Val,
}

impl Waiter {
    fn wake(&self) {
        settle(self.wake.lend(), true, Val::UNDEFINED.lend());
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
        self.enter(Waiter { call, wake });
        let shared = Rc::clone(self);
        let listening =
            signal.is_object().then(|| Listening::new(signal, Key::Abort, move |_| shared.leave(call.id)));
        debug::note(number, why);
        let _ = woken.wait().await;
        drop(listening);
    }

    fn enter(&self, waiter: Waiter) {
        let mut waiters = self.waiters.borrow_mut();
        let at = waiters.partition_point(|other| other.call.id < waiter.call.id);
        waiters.insert(at, waiter);
    }

    fn leave(&self, call: u32) {
        let mut waiters = self.waiters.borrow_mut();
        let left = waiters.iter().position(|waiter| waiter.call.id == call).map(|at| waiters.remove(at));
        drop(waiters);
        if let Some(waiter) = left {
            waiter.wake();
        }
    }

    /// Whether calls wait that a canary can go ahead of.
    pub fn anybody_waits(&self) -> bool {
        self.waiters.borrow().iter().any(|waiter| waiter.call.answers)
    }

    /// Asks for each waiting call, oldest first, whether it may go now: whoever may goes.
    pub fn let_go(self: &Rc<Self>) {
        let record = self.record();
        let now = clock::now();
        let mut start = false;
        let mut staying = Vec::new();
        for waiter in self.waiters.take() {
            let admission = self.ask(|machine| machine.admit(&waiter.call, &record, now));
            start |= matches!(admission, Admission::Wait(Renew::Start) | Admission::Send(_, Renew::Start));
            if matches!(admission, Admission::Wait(_)) {
                staying.push(waiter);
            } else {
                waiter.wake();
            }
        }
        self.waiters.replace(staying);
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
