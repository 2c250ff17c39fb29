//! The clock of a page under test, steered: see `clock.js` beside this file. While it stands, nothing else tells the
//! time.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/tests/browser/clock.js")]
extern "C" {
    #[wasm_bindgen(js_name = turn)]
    pub fn next_turn() -> js_sys::Promise;
    fn install();
    fn uninstall();
    /// Chance alone is taken away: what backs off with jitter goes at once.
    #[wasm_bindgen(js_name = noChance)]
    fn no_chance();
    fn jump(ms: f64);
    fn advance(ms: f64) -> js_sys::Promise;
    fn waits() -> Vec<f64>;
    /// What the browser tells a page that wakes up, or goes to sleep.
    pub fn dispatch(kind: &str);
    /// The page is behind another, until [`show`].
    pub fn hide();
    pub fn show();
}

/// A steered clock, until it is dropped.
pub struct Clock;

impl Clock {
    /// From now on time passes only by [`Self::advance`], and chance is always 0.
    pub fn steered() -> Self {
        install();
        Self
    }

    /// Time passes as ever, and chance is always 0.
    pub fn without_chance() -> Self {
        no_chance();
        Self
    }

    /// Lets time pass, and fires what is due.
    pub async fn advance(&self, seconds: f64) {
        let _ = JsFuture::from(advance(seconds * 1_000.0)).await;
    }

    /// Sets the clock, as a user or a wake-up does: timers do not notice.
    pub fn jump(&self, seconds: f64) {
        jump(seconds * 1_000.0);
    }

    /// How long each pending timer has to go, in ms.
    pub fn waits(&self) -> Vec<f64> {
        waits()
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        uninstall();
    }
}
