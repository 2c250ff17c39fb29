//! Browsers without `AbortSignal.any`: a call with a signal carries its token there too, and obeys both its signals.

use crate::world::{World, get, js, rejection, status, statuses, text, turn};
use js_sys::{Array, Function, Map, Object, Promise, Reflect, WeakMap};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{AbortController, AbortSignal};

#[wasm_bindgen(module = "/tests/browser/signals.js")]
extern "C" {
    fn remove();
    fn restore();
    #[wasm_bindgen(js_name = listenersOf)]
    fn listeners_of(signal: &AbortSignal) -> Array;
}

#[wasm_bindgen(module = "/src/browser/abort.js")]
extern "C" {
    fn joined(known: &JsValue, caller: &JsValue, own: &JsValue) -> JsValue;
}

/// `AbortSignal.any` is missing as long as this lives.
struct WithoutAny;

impl WithoutAny {
    fn new() -> Self {
        remove();
        assert!(get(&get(&js_sys::global(), "AbortSignal"), "any").is_undefined());
        Self
    }
}

impl Drop for WithoutAny {
    fn drop(&mut self) {
        restore();
    }
}

fn with(signal: &JsValue) -> JsValue {
    let init: JsValue = Object::new().into();
    Reflect::set(&init, &"signal".into(), signal).expect("set");
    init
}

fn calls(world: &World, signal: &JsValue, count: usize) -> Vec<Promise> {
    (0..count).map(|at| world.call_with(&format!("/api/{at}").into(), &with(signal))).collect()
}

#[wasm_bindgen_test]
async fn without_abort_signal_any_a_call_with_a_signal_carries_its_token_and_is_sent_again_after_a_401() {
    let _without = WithoutAny::new();
    let world = World::stale("{}");
    let controller = AbortController::new().expect("a controller");
    assert_eq!(statuses(&calls(&world, &controller.signal(), 3)).await, [200, 200, 200]);
    assert_eq!(world.server.token_requests.get(), 1);
    let class: Function = get(&js_sys::global(), "Request").unchecked_into();
    let arguments = Array::of2(&"/api/request".into(), &with(&controller.signal()));
    let request = Reflect::construct(&class, &arguments).expect("a request");
    assert_eq!(status(&world.call_with(&request, &JsValue::UNDEFINED)).await, Ok(200));
}

#[wasm_bindgen_test]
async fn without_abort_signal_any_a_caller_s_abort_and_a_logout_end_a_call_at_every_stage() {
    let _without = WithoutAny::new();
    crate::calls::an_aborted_call_rejects_with_the_callers_own_reason_at_every_stage().await;
    crate::logout::logout_ends_calls_in_flight_waiting_and_refreshing_with_one_object().await;
}

#[wasm_bindgen_test]
async fn without_abort_signal_any_one_signal_serves_all_calls_of_a_caller_s_and_listens_until_the_session_ends() {
    let _without = WithoutAny::new();
    let world = World::signed_in("{}");
    let controller = AbortController::new().expect("a controller");
    let signal = controller.signal();
    let listeners = listeners_of(&signal);
    assert_eq!(statuses(&calls(&world, &signal, 50)).await, [200; 50]);
    let sent: Vec<_> = world.server.seen.borrow().iter().map(|seen| get(&seen.init, "signal")).collect();
    assert!(sent.iter().all(|one| Object::is(one, &sent[0]) && !Object::is(one, &signal)));
    assert_eq!(listeners.length(), 1);
    let _ = world.auth.logout(&JsValue::UNDEFINED);
    assert_eq!(text(&get(&sent[0], "reason"), "code"), "logged_out");
    assert_eq!(listeners.length(), 0, "the session is over");
    world.sign_in(60);
    let flying = world.call_with(&"/held/1".into(), &with(&signal));
    assert_eq!(listeners.length(), 1);
    let reason: JsValue = Object::new().into();
    controller.abort_with_reason(&reason);
    assert!(Object::is(&rejection(&flying).await, &reason));
    turn().await;
}

#[wasm_bindgen_test]
fn without_abort_signal_any_both_reasons_are_passed_on_as_they_are_whichever_comes_first() {
    let _without = WithoutAny::new();
    let controller = || AbortController::new().expect("a controller");
    let join = |caller: &JsValue, own: &AbortController| joined(&WeakMap::new(), caller, &own.signal());
    for (callers, before) in [(true, true), (true, false), (false, true), (false, false)] {
        let (caller, own) = (controller(), controller());
        let (first, second) = if callers { (&caller, &own) } else { (&own, &caller) };
        let reason: JsValue = Map::new().into();
        if before {
            first.abort_with_reason(&reason);
        }
        let signal = join(&caller.signal(), &own);
        assert_eq!(get(&signal, "aborted"), before);
        first.abort_with_reason(&reason);
        second.abort_with_reason(&Map::new());
        assert!(Object::is(&get(&signal, "reason"), &reason), "the caller's: {callers}, aborted before: {before}");
    }
    for none in ["{}", "{'aborted': false}", "5", "'text'"] {
        assert!(join(&js(none), &controller()).is_undefined(), "{none} is no signal");
    }
}
