//! The clock, timers and chance. Looked up at each use, so that fake timers work; the machine is only ever shown
//! numbers.

use super::js::calls::Callback;
use super::js::{Lent, Val};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    #[wasm_bindgen(js_name = now)]
    fn read() -> f64;
    /// A number from 0 up to 1, for jitter.
    pub fn chance() -> f64;
    fn after(run: Lent, ms: f64) -> Val;
    fn stop(timer: Lent);
}

/// The longest delay a timer takes; a longer one would fire at once.
const LONGEST_TIMER_MS: f64 = 2_147_483_000.0;

/// Milliseconds since the Unix epoch, by the device's clock.
pub fn now() -> u64 {
    read() as u64
}

/// A running timer; dropping it stops it.
pub struct Timer {
    id: Val,
    _run: Callback,
}

impl Timer {
    /// Runs `run` after so many ms, or earlier where that is longer than a timer can wait.
    pub fn after(ms: f64, run: impl Fn() + 'static) -> Self {
        Self::start(ms, Callback::new(move |_| run()))
    }

    #[inline(never)]
    fn start(ms: f64, run: Callback) -> Self {
        Self { id: after(run.value().lend(), ms.clamp(0.0, LONGEST_TIMER_MS)), _run: run }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        stop(self.id.lend());
    }
}
