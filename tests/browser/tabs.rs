//! What one tab can show of several: the lock that they share.

use crate::world::until;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen(module = "/js/tabs.js")]
extern "C" {
    async fn lock(name: &str, ms: f64, signal: &JsValue, steal: bool) -> JsValue;
    fn holds(free: &JsValue) -> bool;
}

#[wasm_bindgen_test]
async fn a_lock_that_was_stolen_is_no_longer_held() {
    let signal: JsValue = web_sys::AbortController::new().expect("a controller").signal().into();
    let robbed = lock("tests:stolen", 1_000.0, &signal, false).await;
    assert!(holds(&robbed));
    let thief = lock("tests:stolen", 1_000.0, &signal, true).await;
    until(|| !holds(&robbed)).await;
    assert!(holds(&thief));
}
