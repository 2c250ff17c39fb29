//! The clock, timers and chance. Looked up at each use, so that fake timers work; the machine is only ever shown numbers.

use super::js;
use js_sys::Function;
use wasm_bindgen::prelude::*;

/// The longest delay a timer takes; a longer one would fire at once.
const LONGEST_TIMER_MS: f64 = 2_147_483_000.0;

/// Milliseconds since the Unix epoch, by the device's clock.
pub fn now() -> u64 {
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    let now = js_sys::Date::now();
    now as u64
}

/// A number from 0 up to 1, for jitter.
pub fn chance() -> f64 {
    #[allow(clippy::disallowed_methods, reason = "the one place that draws a number")]
    js_sys::Math::random()
}

/// A running timer; dropping it stops it.
pub struct Timer {
    id: JsValue,
    _run: Closure<dyn FnMut()>,
}

impl Timer {
    /// Runs `run` once, after so many ms; none where there are no timers.
    pub fn after(ms: f64, run: impl FnOnce() + 'static) -> Option<Self> {
        let run = Closure::once(run);
        let id = js::global("setTimeout")
            .dyn_into::<Function>()
            .ok()?
            .call2(&JsValue::UNDEFINED, run.as_ref(), &JsValue::from_f64(ms.clamp(0.0, LONGEST_TIMER_MS)))
            .ok()?;
        Some(Self { id, _run: run })
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let _ = js::invoke(&js_sys::global(), "clearTimeout", &self.id, &JsValue::UNDEFINED);
    }
}
