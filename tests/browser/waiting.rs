//! Those who wait: who is asked again, and when.

use crate::server::Answer;
use crate::world::{World, rejection, status, text, until};
use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::AbortController;

/// A call with a signal of its own.
fn abortable(world: &World, path: &str) -> (Promise, AbortController) {
    let controller = AbortController::new().expect("a controller");
    let init = Object::new();
    Reflect::set(&init, &"signal".into(), &controller.signal()).expect("set");
    (world.call_with(&path.into(), &init), controller)
}

#[wasm_bindgen_test]
async fn a_new_call_that_tries_a_new_token_and_fails_by_network_keeps_nobody_waiting() {
    let world = World::signed_in("{}");
    world.expire();
    let (canary, controller) = abortable(&world, "/held/canary");
    until(|| world.sends("/held/canary") == 1).await;
    controller.abort();
    rejection(&canary).await;
    world.server.answers.borrow_mut().insert("/api/lost".into(), Answer::NetworkError);
    assert_eq!(text(&rejection(&world.call("/api/lost")).await, "message"), "network");
    assert_eq!(status(&world.call("/api/next")).await, Ok(200));
}
