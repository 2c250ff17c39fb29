//! What was waited for has come: a timer, the lock, a mark, a claim. One function tells of all of it, bound to a number
//! that says of what, so that nothing of a session that is gone is kept alive.

use super::driver::SessionDriver;
use crate::browser::effects::tabs::{GRANTED, UNAVAILABLE, mark_of};
use crate::browser::effects::timers;
use crate::browser::js::Val;
use crate::protocol::event::{Event, MarkFor, Timer};
use crate::protocol::session::Ticket;
use crate::protocol::tabs::Mark;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Of what is told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Lock = 0,
    Committed,
    MarkOfLock,
    MarkOfReply,
    MarkOfPage,
    Claim,
    Timer,
}

const KINDS: u32 = 8;

impl SessionDriver {
    /// Makes the one function.
    pub fn listen(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let told = Closure::<dyn Fn(f64, JsValue, JsValue)>::new(move |number: f64, _: JsValue, value: JsValue| {
            if let Some(driver) = weak.upgrade() {
                driver.on_told(number as u32, &value.into());
            }
        });
        self.told.replace(told.into_js_value().into());
    }

    /// The function that tells of this.
    pub fn tell(&self, of: Told, number: u32) -> Val {
        self.told.borrow().bind(f64::from(number * KINDS + of as u32), &Val::UNDEFINED)
    }

    fn on_told(self: &Rc<Self>, code: u32, value: &Val) {
        let (number, mark) = (code / KINDS, || mark_of(value));
        let ticket = Ticket(number as u8);
        const OF: [Told; 7] = [
            Told::Lock,
            Told::Committed,
            Told::MarkOfLock,
            Told::MarkOfReply,
            Told::MarkOfPage,
            Told::Claim,
            Told::Timer,
        ];
        let Some(of) = OF.get((code % KINDS) as usize) else { return };
        self.dispatch(match of {
            Told::Lock => match value.as_number() as u32 {
                GRANTED => Event::LockGranted(ticket),
                UNAVAILABLE => Event::LockUnavailable(ticket),
                _ => Event::LockLost(ticket),
            },
            Told::Committed => Event::MarkCommitted(ticket),
            Told::MarkOfLock => Event::MarkRead(MarkFor::Lock(ticket), mark()),
            Told::MarkOfReply => Event::MarkRead(MarkFor::Reply(number), mark()),
            Told::MarkOfPage => Event::MarkRead(MarkFor::Page(number == 1), mark()),
            Told::Claim => {
                let ours = value.is_function();
                self.held.replace(value.clone());
                Event::TabClaimed(ours)
            }
            Told::Timer => match timers::timer(number) {
                Some(timer) => Event::TimerFired(timer),
                None => return,
            },
        });
    }

    /// Commits the mark; tells when it is done, where a ticket is given.
    pub fn commit_mark(&self, ticket: Option<Ticket>, mark: Mark) {
        let committed = self.tabs().commit(mark);
        if let Some(ticket) = ticket {
            let told = self.tell(Told::Committed, ticket.0.into());
            committed.then(&told, &told);
        }
    }

    /// Reads what other tabs have committed.
    pub fn read_mark(&self, purpose: MarkFor) {
        let told = match purpose {
            MarkFor::Lock(ticket) => self.tell(Told::MarkOfLock, ticket.0.into()),
            MarkFor::Reply(id) => self.tell(Told::MarkOfReply, id),
            MarkFor::Page(revoke) => self.tell(Told::MarkOfPage, revoke.into()),
        };
        self.tabs().committed().then(&told, &told);
    }

    /// Sets a timer; one of its kind that is set already is replaced.
    pub fn set_timer(&self, timer: Timer, ms: u64) {
        self.timers.set(timer, ms, &self.tell(Told::Timer, timers::number(timer)));
    }
}
