//! Events and subscribers: what a page hears of its session. Each event's `detail` is as the contract has it.

use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/effects/events.js")]
extern "C" {
    /// The listeners of one session.
    pub type Events;
    /// With `debug` 1, the console is told of each event too.
    pub fn events(debug: i32) -> Events;
    /// Adds a function to call after each change, and returns the one that removes it. Bound.
    #[wasm_bindgen(method, getter)]
    pub fn subscribe(this: &Events) -> Function;
    /// `addEventListener` where `add`, else `removeEventListener`.
    #[wasm_bindgen(catch)]
    pub fn listen(
        events: &Events,
        add: i32,
        kind: &JsValue,
        listener: &JsValue,
        options: &JsValue,
    ) -> Result<(), JsValue>;

    /// Calls the subscribers, where this is another session than at their last call, or `anyway`.
    pub fn change(events: &Events, session: &JsValue, anyway: i32);
    /// Fires `statechange`.
    #[wasm_bindgen(js_name = stateChange)]
    pub fn state_change(events: &Events, state: &str, previous: &str);
    /// Fires `signin` or `refresh`.
    #[wasm_bindgen(js_name = signIn)]
    pub fn sign_in(events: &Events, kind: &str, session: &JsValue, source: &str);
    /// Fires `refreshfailed`, and with `warns` warns of it on the console, once of each message.
    #[wasm_bindgen(js_name = refreshFailed)]
    pub fn refresh_failed(events: &Events, error: &JsValue, attempts: i32, warns: i32);
    /// Fires `suspend`.
    pub fn suspend(events: &Events, error: &JsValue);
    /// Fires `storageblocked`, a microtask later.
    #[wasm_bindgen(js_name = storageBlocked)]
    pub fn storage_blocked(events: &Events, error: &JsValue);
    /// Fires `logout`. False where a listener has prevented its default.
    pub fn logout(events: &Events, reason: &JsValue, source: &str, error: &JsValue, cancelable: i32) -> bool;
    /// Fires `stepup`. False where a listener has prevented its default. After each of the values is a space;
    /// without a `max_age` it is NaN.
    #[wasm_bindgen(js_name = stepUp)]
    pub fn step_up(events: &Events, acr_values: &str, max_age: f64, url: &JsValue) -> bool;
}
