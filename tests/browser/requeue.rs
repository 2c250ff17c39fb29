//! Requests that are queued behind others with a rejected token are cancelled, and their callers notice nothing.

use crate::world::{World, construct, get, js, rejection, status, statuses, text, turn, until};
use js_sys::{Object, Promise, Reflect};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{AbortController, Request};

/// How many requests of an origin are left alone.
const KEPT: usize = 6;

/// A world with calls whose token is rejected, all of them under way.
fn stale(options: &str, count: usize) -> (World, Vec<Promise>) {
    let world = World::stale(options);
    let calls = world.burst(count, "/held/");
    (world, calls)
}

/// Which of the first `count` requests to `/held/` were aborted.
fn aborted(world: &World) -> Vec<String> {
    let is_aborted = |from: &JsValue| get(&get(from, "signal"), "aborted").is_truthy();
    let seen = world.server.seen.borrow();
    let held = seen.iter().filter(|seen| seen.path.starts_with("/held/"));
    held.filter(|seen| is_aborted(&seen.init) || is_aborted(&seen.input)).map(|seen| seen.path.clone()).collect()
}

/// Everything that is held is answered, until nothing more is.
async fn answered(world: &World, calls: &[Promise]) -> Vec<u32> {
    let settled = Rc::new(Cell::new(0));
    for call in calls {
        let (settled, call) = (Rc::clone(&settled), call.clone());
        spawn_local(async move {
            let _ = status(&call).await;
            settled.set(settled.get() + 1);
        });
    }
    while settled.get() < calls.len() {
        world.server.release("/held/");
        turn().await;
    }
    statuses(calls).await
}

fn init(json: &str) -> JsValue {
    js(json)
}

/// A call with a signal of its caller's, and what aborts that.
fn with_signal(world: &World, path: &str) -> (Promise, AbortController) {
    let controller = AbortController::new().expect("a controller");
    let init = Object::new();
    let _ = Reflect::set(&init, &"signal".into(), &controller.signal());
    (world.call_with(&path.into(), &init), controller)
}

#[wasm_bindgen_test]
async fn what_is_queued_behind_six_others_is_cancelled_at_the_first_401_and_sent_once_with_the_new_token() {
    let (world, calls) = stale("{}", 10);
    world.server.release("/held/0");
    until(|| world.sends("/held/0") == 2).await;
    assert_eq!(aborted(&world), ["/held/7", "/held/8", "/held/9"]);
    assert_eq!(answered(&world, &calls).await, [200; 10]);
    assert_eq!((world.sends("/held/9"), world.server.token_requests.get()), (2, 1));
    let seen = world.server.seen.borrow();
    let last = seen.iter().rfind(|seen| seen.path == "/held/9").and_then(|seen| seen.authorization.clone());
    assert_eq!(last.as_deref(), Some("Bearer access-1"));
}

#[wasm_bindgen_test]
async fn a_call_whose_request_was_cancelled_is_answered_after_those_before_it() {
    let (world, calls) = stale("{}", 9);
    world.server.hold_grants.set(true);
    world.server.release("/held/0");
    until(|| world.server.token_requests.get() == 1).await;
    for at in 1..=KEPT {
        world.server.release(&format!("/held/{at}"));
    }
    turn().await;
    world.server.hold_grants.set(false);
    world.server.release("/token");
    until(|| world.sends("/held/0") == 2).await;
    assert_eq!(world.sends("/held/8"), 1, "it waits for the canary");
    world.server.release("/held/0");
    until(|| world.sends("/held/8") == 2).await;
    let order: Vec<String> = world.server.seen.borrow().iter().rev().take(9).map(|seen| seen.path.clone()).collect();
    assert_eq!(order, (0..9).rev().map(|at| format!("/held/{at}")).collect::<Vec<_>>());
    assert_eq!(answered(&world, &calls).await, [200; 9]);
}

#[wasm_bindgen_test]
async fn requests_that_may_reach_the_server_once_alone_are_left_alone() {
    let (world, mut calls) = stale("{}", KEPT + 1);
    for json in [
        "{'method': 'POST', 'body': '1'}",
        "{'method': 'PUT', 'body': '1'}",
        "{'method': 'DELETE'}",
        "{'auth': 'once'}",
        "{'keepalive': true}",
    ] {
        calls.push(world.call_with(&"/held/kept".into(), &init(json)));
    }
    calls.push(world.call_with(&"/held/head".into(), &init("{'method': 'HEAD'}")));
    calls.push(world.call_with(&"/held/get".into(), &init("{'method': 'get', 'headers': {'x-a': '1'}}")));
    world.server.release("/held/0");
    until(|| world.sends("/held/0") == 2).await;
    assert_eq!(aborted(&world), ["/held/head", "/held/get"]);
    let mut expected = vec![200; calls.len()];
    expected[KEPT + 4] = 401;
    assert_eq!(answered(&world, &calls).await, expected);
}

#[wasm_bindgen_test]
async fn a_request_object_and_a_url_object_are_cancelled_and_sent_again_like_a_text() {
    let (world, mut calls) = stale("{}", KEPT + 1);
    let request = Request::new_with_str("/held/request").expect("a request");
    calls.push(world.call_with(&request, &JsValue::UNDEFINED));
    let origin = text(&get(&js_sys::global(), "location"), "origin");
    let url = web_sys::Url::new_with_base("/held/url", &origin).expect("a URL");
    calls.push(world.call_with(&url, &JsValue::UNDEFINED));
    world.server.release("/held/0");
    until(|| world.sends("/held/0") == 2).await;
    assert_eq!(aborted(&world).len(), 2);
    assert_eq!(answered(&world, &calls).await, [200; KEPT + 3]);
    assert_eq!((world.sends("/held/request"), world.sends("/held/url")), (2, 2));
}

#[wasm_bindgen_test]
async fn the_caller_s_abort_of_a_call_that_was_cancelled_rejects_it_with_his_reason() {
    let (world, calls) = stale("{}", KEPT + 1);
    world.server.hold_grants.set(true);
    let (call, controller) = with_signal(&world, "/held/mine");
    world.server.release("/held/0");
    until(|| world.server.token_requests.get() == 1).await;
    assert_eq!(aborted(&world), ["/held/mine"]);
    assert!(!controller.signal().aborted(), "the caller's signal is the caller's");
    let reason = JsValue::from(Object::new());
    controller.abort_with_reason(&reason);
    assert!(Object::is(&rejection(&call).await, &reason));
    world.server.hold_grants.set(false);
    world.server.release("/token");
    assert_eq!(answered(&world, &calls).await, [200; KEPT + 1]);
    assert_eq!(world.sends("/held/mine"), 1);
}

#[wasm_bindgen_test]
async fn an_answer_that_comes_in_the_turn_of_the_401_is_delivered_and_its_request_is_not_sent_again() {
    let (world, calls) = stale("{}", 10);
    world.server.hold_grants.set(true);
    world.server.answers.borrow_mut().insert("/held/9".into(), crate::server::Answer::Status(202, ""));
    // Both promises are fulfilled before anybody hears of either.
    world.server.release("/held/0");
    world.server.release("/held/9");
    until(|| world.server.token_requests.get() == 1).await;
    assert_eq!(world.sends("/held/9"), 1);
    world.server.hold_grants.set(false);
    world.server.release("/token");
    let mut expected = [200; 10];
    expected[9] = 202;
    assert_eq!(answered(&world, &calls).await, expected);
    assert_eq!(world.sends("/held/9"), 1);
}

#[wasm_bindgen_test]
async fn a_logout_ends_the_calls_that_were_cancelled_with_all_others() {
    let (world, calls) = stale("{}", 10);
    world.server.hold_grants.set(true);
    world.server.release("/held/0");
    until(|| world.server.token_requests.get() == 1).await;
    let _ = world.auth.logout(&JsValue::UNDEFINED);
    let first = rejection(&calls[0]).await;
    assert_eq!(text(&first, "code"), "logged_out");
    for call in &calls {
        assert!(Object::is(&rejection(call).await, &first), "one object for all");
    }
    assert_eq!(world.sends("/held/"), 10);
}

#[wasm_bindgen_test]
async fn a_logout_aborts_the_requests_that_have_a_signal_of_their_own_with_the_same_reason() {
    let world = World::signed_in("{}");
    let mut calls = world.burst(8, "/held/");
    let (call, caller) = with_signal(&world, "/held/8");
    calls.push(call);
    let _ = world.auth.logout(&JsValue::UNDEFINED);
    let reason = rejection(&calls[0]).await;
    for call in &calls {
        assert!(Object::is(&rejection(call).await, &reason), "one object for all");
    }
    let seen = world.server.seen.borrow();
    let held: Vec<_> = seen.iter().filter(|seen| seen.path.starts_with("/held/")).collect();
    assert_eq!(held.len(), 9);
    for seen in held {
        assert!(Object::is(&get(&get(&seen.init, "signal"), "reason"), &reason), "{}", seen.path);
    }
    assert!(!caller.signal().aborted());
}

#[wasm_bindgen_test]
async fn a_signal_of_a_call_that_has_a_signal_of_its_own_aborts_it_and_no_other() {
    let world = World::signed_in("{}");
    let mut calls = world.burst(8, "/held/");
    let (call, caller) = with_signal(&world, "/held/8");
    calls.push(call);
    caller.abort_with_reason(&"enough".into());
    assert_eq!(rejection(&calls[8]).await, "enough");
    assert_eq!(aborted(&world), ["/held/8"]);
    assert_eq!(answered(&world, &calls[..8]).await, [200; 8]);
}

#[wasm_bindgen_test]
async fn a_call_may_be_cancelled_for_two_tokens_in_a_row() {
    let (world, calls) = stale("{}", 10);
    world.server.release("/held/0");
    until(|| world.sends("/held/0") == 2).await;
    // The canary is accepted; then the second token runs out, and the six oldest requests still wait for their answers.
    world.server.release("/held/0");
    until(|| world.sends("/held/9") == 2).await;
    let fresh = world.call("/held/fresh");
    world.server.good.replace("nobody has this one either".into());
    world.expire();
    world.server.release("/held/fresh");
    until(|| world.sends("/held/fresh") == 2).await;
    assert_eq!(aborted(&world), ["/held/7", "/held/8", "/held/9", "/held/7", "/held/8", "/held/9"]);
    assert_eq!(answered(&world, &calls).await, [200; 10]);
    assert_eq!((status(&fresh).await, world.sends("/held/9")), (Ok(200), 3));
}

#[wasm_bindgen_test]
async fn with_cancel_pending_false_nothing_is_cancelled() {
    let (world, calls) = stale("{'cancelPending': false}", 10);
    world.server.release("/held/0");
    until(|| world.sends("/held/0") == 2).await;
    assert_eq!(aborted(&world), Vec::<String>::new());
    assert_eq!(answered(&world, &calls).await, [200; 10]);
    let error = construct(&js("{'cancelPending': 'no'}")).err().expect("an error");
    assert!(text(&error, "message").contains("cancelPending"));
}

#[wasm_bindgen_test]
async fn one_endpoint_s_401_cancels_no_request_to_another_while_the_token_is_good_there() {
    let world = World::signed_in("{}");
    assert_eq!(status(&world.call("/api/good")).await, Ok(200));
    world.server.answers.borrow_mut().insert("/held/broken".into(), crate::server::Answer::Status(401, ""));
    let broken = world.call("/held/broken");
    let calls = world.burst(10, "/held/");
    world.server.release("/held/broken");
    until(|| world.sends("/held/broken") == 2).await;
    assert_eq!(aborted(&world), Vec::<String>::new());
    world.server.release("/held/broken");
    assert_eq!(status(&broken).await, Ok(401));
    // Their token has been replaced meanwhile, and the server takes no other.
    assert_eq!(answered(&world, &calls).await, [200; 10]);
}
