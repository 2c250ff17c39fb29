//! What each call carries of the session, and what goes out in its caller's turn.

use super::instance::Instance;
use super::outgoing::Outgoing;
use crate::browser::abort::Epoch;
use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/call/sending.js")]
extern "C" {
    /// Calls carry this token from now on, where there is one, and end with this epoch.
    pub fn carry(instance: &Instance, scheme: &JsValue, token: &JsValue, epoch: &Epoch);
    /// Sends what was taken down in its caller's turn, with a signal of its own where there is an `epoch` to end it; the
    /// copy that a second send needs is kept. `handle` is told what has come of it.
    #[wasm_bindgen(js_name = sendFirst)]
    pub fn send_first(
        outgoing: &Outgoing,
        instance: &Instance,
        epoch: &JsValue,
        place: i32,
        handle: &JsValue,
    ) -> Promise;
}
