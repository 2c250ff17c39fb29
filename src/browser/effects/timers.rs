//! The clock and timers. Looked up at each use, so that fake timers work; the machine is only ever shown numbers.

use crate::protocol::event;
use crate::protocol::session::Ticket;
use js_sys::{Date, Function, Math};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/effects/timers.js")]
extern "C" {
    /// Timers by number, which is told when one fires.
    pub type Timers;
    pub fn timers(tell: &Function) -> Timers;
    /// Sets one.
    pub fn set(timers: &Timers, number: i32, ms: f64);
    /// Clears it.
    pub fn clear(timers: &Timers, number: i32);
}

/// Milliseconds since the Unix epoch, by the device's clock.
#[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
pub fn now() -> u64 {
    Date::now() as u64
}

/// A number from 0 up to 1, for jitter.
#[expect(clippy::disallowed_methods, reason = "this is where chance is drawn")]
pub fn chance() -> f64 {
    Math::random()
}

const KINDS: u32 = 7;

/// A timer's kind, and its ticket, as one number.
#[inline(never)]
pub const fn number(timer: event::Timer) -> u32 {
    match timer {
        event::Timer::Expiry => 0,
        event::Timer::Restore => 1,
        event::Timer::Canary => 2,
        event::Timer::BackOff => 3,
        event::Timer::Grace => 4,
        event::Timer::CatchUp(ticket) => 5 + KINDS * ticket.0 as u32,
        event::Timer::GiveUp(ticket) => 6 + KINDS * ticket.0 as u32,
    }
}

/// The timer that has this number.
pub const fn timer(number: u32) -> Option<event::Timer> {
    let ticket = Ticket((number / KINDS) as u8);
    Some(match number % KINDS {
        0 => event::Timer::Expiry,
        1 => event::Timer::Restore,
        2 => event::Timer::Canary,
        3 => event::Timer::BackOff,
        4 => event::Timer::Grace,
        5 => event::Timer::CatchUp(ticket),
        6 => event::Timer::GiveUp(ticket),
        _ => return None,
    })
}
