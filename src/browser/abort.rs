//! Abort signals: one controller per epoch, and a caller's signal joined to it once.

use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

#[wasm_bindgen(module = "/src/browser/abort.js")]
extern "C" {
    /// Everything that one epoch's end aborts.
    #[derive(Clone, PartialEq)]
    pub type Epoch;
    #[wasm_bindgen(js_name = epoch)]
    fn new() -> Epoch;
    fn close(epoch: &Epoch);
    #[wasm_bindgen(js_name = abort)]
    fn end(epoch: &Epoch, reason: &JsValue);
    fn join(epoch: &Epoch, call: &JsValue) -> Option<AbortSignal>;
    /// Whether one request of many can be cancelled by itself.
    pub fn composes() -> bool;
    fn cancellable(epoch: &Epoch, place: i32, signal: &JsValue) -> AbortSignal;
    fn cancel(epoch: &Epoch, place: i32);
    fn forget(epoch: &Epoch, place: i32);
}

impl Default for Epoch {
    fn default() -> Self {
        new()
    }
}

impl Epoch {
    /// Its session has ended: no call goes out with a signal of it any more.
    pub fn close(&self) {
        close(self);
    }

    /// Ends every request that was sent with a signal of this epoch.
    pub fn abort(&self, reason: &JsValue) {
        end(self, reason);
    }

    /// A signal that ends with this epoch, and that [`Epoch::cancel`] aborts until the request is over. It follows `signal`
    /// too, where a caller has given one.
    pub fn cancellable(&self, place: u32, signal: &JsValue) -> AbortSignal {
        cancellable(self, place as i32, signal)
    }

    /// Aborts the request at this place.
    pub fn cancel(&self, place: u32) {
        cancel(self, place as i32);
    }

    /// The request at this place is over.
    pub fn forget(&self, place: u32) {
        forget(self, place as i32);
    }

    /// One signal that follows both this epoch and the `signal` of a call, the same one for each call with the same signal.
    /// `None` where that is aborted, or no signal: of that the native function has to judge.
    pub fn joined(&self, call: &JsValue) -> Option<AbortSignal> {
        join(self, call)
    }
}
