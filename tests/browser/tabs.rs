//! What one tab can show of several: the lock that they share, and what it makes of what others leave in storage.

use crate::clock::Clock;
use crate::world::{World, get, local_storage, parse, status, text, until};
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
    let stolen = lock("tests:stolen", 1_000.0, &signal, false).await;
    assert!(holds(&stolen));
    let thief = lock("tests:stolen", 1_000.0, &signal, true).await;
    until(|| !holds(&stolen)).await;
    assert!(holds(&thief));
}

#[wasm_bindgen_test]
async fn a_cleared_storage_does_not_make_an_end_forgotten() {
    let clock = Clock::steered();
    let world = World::signed_in("{}");
    let old = local_storage().get_item(&world.name).expect("storage").expect("a record");
    let _ = world.auth.logout(&JsValue::UNDEFINED);
    local_storage().remove_item(&world.name).expect("storage");
    assert_eq!(status(&world.call("/api/1")).await, Ok(401));
    // A renewal of another tab, which has not heard of the end, and is gone.
    local_storage().set_item(&world.name, &old).expect("storage");
    assert_eq!(status(&world.call("/api/2")).await, Ok(401));
    clock.advance(1.0).await;
    assert!(text(&world.stored(), "access_token").is_empty(), "the end is put back");
    assert!(get(&world.stored(), "epoch").as_f64() > get(&parse(&old).expect("JSON"), "epoch").as_f64());
}
