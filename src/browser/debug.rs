//! What `debug: true` tells: why each call and each refresh went as it did, on the console and on the performance
//! timeline.
//!
//! Nothing is decided here. It is told after what it tells of: a console is an app's code too, and may do anything.

use super::js::keys::Key;
use super::js::{Lent, Outcome, Val};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/debug.js")]
extern "C" {
    #[wasm_bindgen(js_name = begin)]
    fn start(kind: Lent, input: Lent) -> u32;
    #[wasm_bindgen(js_name = note)]
    fn say(number: i32, text: Lent);
    #[wasm_bindgen(js_name = end)]
    fn finish(number: i32, text: Lent);
    #[wasm_bindgen(js_name = follow)]
    fn listen(number: i32, promise: Lent) -> Val;
    #[wasm_bindgen(js_name = revoked)]
    fn tell_of_revocation(told: i32, failed: i32, answer: Lent, url: Lent);
}

/// The number of what nothing is told of.
pub const SILENT: u32 = 0;

/// A call's or a refresh's number, where it is to be told of.
pub fn begin(told: bool, kind: Key, input: &Val) -> u32 {
    if told { start(Val::name(kind).lend(), input.lend()) } else { SILENT }
}

/// Tells why something is so.
#[inline(never)]
pub fn note(number: u32, why: Key) {
    if number != SILENT {
        say(number as i32, Val::name(why).lend());
    }
}

/// Tells how it ended.
#[inline(never)]
pub fn end(number: u32, how: Key) {
    if number != SILENT {
        finish(number as i32, Val::name(how).lend());
    }
}

/// The same promise's outcome, which is told.
pub fn follow(number: u32, promise: Val) -> Val {
    if number == SILENT { promise } else { listen(number as i32, promise.lend()) }
}

/// Tells why a refresh was started.
pub fn started(number: u32, reason: &str) {
    if number != SILENT {
        say(number as i32, Val::text(reason).lend());
    }
}

/// Tells of an event of the session.
pub fn tell(kind: Key) {
    say(SILENT as i32, Val::name(kind).lend());
}

/// Tells how a revocation has ended; of an error status, and of a function that failed, once without `told` too.
/// `url` is `undefined` where only a function of the app's knows it.
pub fn revoked(told: bool, answer: Outcome, url: &Val) {
    let failed = answer.is_err();
    let answer = answer.unwrap_or_else(|error| error);
    tell_of_revocation(told.into(), failed.into(), answer.lend(), url.lend());
}
