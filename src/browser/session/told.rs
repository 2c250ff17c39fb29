//! What was waited for has come: a timer, the lock, a mark, a claim, a signal. One function tells of all of it, with
//! the number that it was asked for with, and keeps nothing of a session alive that is gone.

use super::driver::SessionDriver;
use crate::browser::effects::tabs::{self, GRANTED, UNAVAILABLE};
use crate::browser::effects::timers;
use crate::protocol::event::{Event, MarkFor, Timer};
use crate::protocol::session::Ticket;
use crate::protocol::tabs::Mark;
use js_sys::Function;
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;

/// Of what is told: the lowest bits of the number. The others are a ticket, or a refresh.
pub const LOCK: u32 = 0;
const COMMITTED: u32 = 1;
const MARK_OF_LOCK: u32 = 2;
const MARK_OF_REPLY: u32 = 3;
const MARK_OF_PAGE: u32 = 4;
pub const CLAIM: u32 = 5;
const TIMER: u32 = 6;
pub const SIGNAL: u32 = 7;
pub const PAGE: u32 = 8;

const BITS: u32 = 4;

/// The number by which this is told.
pub const fn number(of: u32, which: u32) -> i32 {
    (which << BITS | of) as i32
}

/// The function that tells a session: the number, two more numbers, and a value. It outlives the session, and does
/// nothing then.
pub fn teller(driver: Weak<SessionDriver>) -> Function {
    let told = Closure::<dyn Fn(u32, f64, f64, JsValue)>::new(move |number, first, second, value| {
        if let Some(driver) = driver.upgrade() {
            driver.on_told(number, first, second, value);
        }
    });
    told.into_js_value().unchecked_into()
}

impl SessionDriver {
    fn on_told(self: &Rc<Self>, number: u32, first: f64, second: f64, value: JsValue) {
        let (of, which) = (number & ((1 << BITS) - 1), number >> BITS);
        let ticket = Ticket(which as u8);
        // The earliest, where there is none.
        let mark = Mark { epoch: first as u64, version: second as u64 };
        self.dispatch(match of {
            LOCK => match first as u32 {
                GRANTED => Event::LockGranted(ticket),
                UNAVAILABLE => Event::LockUnavailable(ticket),
                _ => Event::LockLost(ticket),
            },
            COMMITTED => Event::MarkCommitted(ticket),
            MARK_OF_LOCK => Event::MarkRead(MarkFor::Lock(ticket), mark),
            MARK_OF_REPLY => Event::MarkRead(MarkFor::Reply, mark),
            MARK_OF_PAGE => Event::MarkRead(MarkFor::Page(which == 1), mark),
            CLAIM => Event::TabClaimed(first > 0.0),
            SIGNAL => return self.on_signal(mark, value),
            PAGE => return self.on_page(first as u32, second > 0.0, &value),
            _ => match timers::timer(which) {
                Some(timer) => Event::TimerFired(timer),
                None => return,
            },
        });
    }

    /// 1 where tabs share a record, 0 where they share a cookie alone.
    pub fn shares_record(&self) -> i32 {
        self.store.shared().into()
    }

    /// Commits the mark; tells when it is done, where a ticket is given. Code of the app's that wrote the record may
    /// have signed in meanwhile, so that there is none to commit any more.
    pub fn commit_mark(&self, ticket: Option<Ticket>) -> Option<Event> {
        let Some(mark) = self.session(|session| session.mark()) else { return ticket.map(Event::MarkCommitted) };
        let number = ticket.map_or(-1, |ticket| number(COMMITTED, ticket.0.into()));
        tabs::commit(&self.tabs, number, self.shares_record(), mark.epoch as f64, mark.version as f64);
        None
    }

    /// Reads what other tabs have committed.
    pub fn read_mark(&self, purpose: MarkFor) {
        let number = match purpose {
            MarkFor::Lock(ticket) => number(MARK_OF_LOCK, ticket.0.into()),
            MarkFor::Reply => number(MARK_OF_REPLY, 0),
            MarkFor::Page(revoke) => number(MARK_OF_PAGE, revoke.into()),
        };
        tabs::read(&self.tabs, number, self.shares_record());
    }

    /// Sets a timer; one of its kind that is set already is replaced.
    pub fn set_timer(&self, timer: Timer, ms: u32) {
        timers::set(&self.timers, number(TIMER, timers::number(timer)), f64::from(ms));
    }

    /// Clears it.
    pub fn clear_timer(&self, timer: Timer) {
        timers::clear(&self.timers, number(TIMER, timers::number(timer)));
    }
}
