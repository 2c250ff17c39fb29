//! Abort signals: one controller per epoch, a caller's signal joined to it once, and a wait that a signal ends.

use super::js::{self, Outcome};
use js_sys::{Array, WeakMap};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, AbortSignal};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = AbortSignal, js_name = any)]
    fn any(signals: &Array) -> Outcome<AbortSignal>;
}

/// Everything that one epoch's end aborts.
pub struct Epoch {
    controller: AbortController,
    joined: WeakMap,
}

impl Epoch {
    /// A new one; `AbortController` exists wherever `fetch` does.
    pub fn new() -> Outcome<Self> {
        Ok(Self { controller: AbortController::new()?, joined: WeakMap::new() })
    }

    /// The signal of calls that bring none of their own.
    pub fn signal(&self) -> AbortSignal {
        self.controller.signal()
    }

    /// Ends every request that was sent with a signal of this epoch.
    pub fn abort(&self, reason: &JsValue) {
        self.controller.abort_with_reason(reason);
    }

    /// One signal that follows both this epoch and the caller's: the same one for each call with the same signal.
    pub fn join(&self, caller: &JsValue) -> JsValue {
        let key = caller.unchecked_ref::<js_sys::Object>();
        let known = self.joined.get(key);
        if !known.is_undefined() {
            return known;
        }
        let own = self.signal();
        let joined: JsValue = match any(&Array::of2(caller, &own)) {
            Ok(signal) => signal.into(),
            Err(_) => caller.clone(),
        };
        self.joined.set(key, &joined);
        joined
    }
}

/// Whether the signal has been aborted.
pub fn aborted(signal: &JsValue) -> bool {
    signal.is_object() && js::get(signal, "aborted").is_truthy()
}

/// The reason it was aborted with: the same object.
pub fn reason(signal: &JsValue) -> JsValue {
    js::get(signal, "reason")
}

/// Listens for the signal's abort until it is dropped: nothing stays behind on a long-lived signal.
pub struct OnAbort {
    signal: JsValue,
    listener: Closure<dyn FnMut()>,
}

impl OnAbort {
    /// Runs `run` when `signal` is aborted; none where there is no signal.
    pub fn new(signal: &JsValue, run: impl FnOnce() + 'static) -> Option<Self> {
        signal.is_object().then(|| {
            let listener = Closure::once(run);
            let _ = js::invoke(signal, "addEventListener", &"abort".into(), listener.as_ref());
            Self { signal: signal.clone(), listener }
        })
    }
}

impl Drop for OnAbort {
    fn drop(&mut self) {
        let _ = js::invoke(&self.signal, "removeEventListener", &"abort".into(), self.listener.as_ref());
    }
}
