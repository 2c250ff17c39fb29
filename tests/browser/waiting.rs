//! Those who wait: who is asked again, and when.

use crate::server::Answer;
use crate::world::{World, get, rejection, status, statuses, text, turn, until};
use js_sys::{Function, Object, Promise, Reflect};
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

/// How often the clock is read while this lives: nobody is asked whether it may go without a look at it.
struct Reads {
    now: JsValue,
    count: Object,
}

impl Reads {
    fn counted() -> Self {
        let (date, count) = (get(&js_sys::global(), "Date"), Object::new());
        let now = get(&date, "now");
        let counting = Function::new_with_args("now, count", "count.reads = 0; return () => (count.reads++, now())");
        let counting = counting.call2(&JsValue::NULL, &now, &count).expect("a function");
        Reflect::set(&date, &"now".into(), &counting).expect("set");
        Self { now, count }
    }

    fn so_far(&self) -> Option<f64> {
        get(&self.count, "reads").as_f64()
    }
}

impl Drop for Reads {
    fn drop(&mut self) {
        let _ = Reflect::set(&get(&js_sys::global(), "Date"), &"now".into(), &self.now);
    }
}

#[wasm_bindgen_test]
async fn an_abort_of_a_waiting_call_asks_no_other_and_the_others_go_oldest_first() {
    let world = World::signed_in("{}");
    world.expire();
    world.server.hold_grants.set(true);
    let calls: Vec<_> = (0..100).map(|at| abortable(&world, &format!("/held/{at}"))).collect();
    until(|| world.server.token_requests.get() == 1).await;
    let reads = Reads::counted();
    // Every other one, in scattered order: 37 shares no divisor with 50.
    for at in (0..50).map(|at| at * 37 % 50 * 2) {
        calls[at].1.abort();
        assert_eq!(text(&rejection(&calls[at].0).await, "name"), "AbortError");
    }
    assert_eq!(reads.so_far(), Some(0.0));
    drop(reads);
    world.server.release("/token");
    until(|| world.sends("/held/") == 1).await;
    turn().await;
    assert_eq!(world.sends("/held/1"), 1, "one canary, the oldest that is left");
    assert_eq!(world.sends("/held/"), 1);
    world.server.release("/held/");
    until(|| world.sends("/held/") == 50).await;
    world.server.release("/held/");
    let rest: Vec<_> = calls.iter().skip(1).step_by(2).map(|(call, _)| call.clone()).collect();
    assert!(statuses(&rest).await.iter().all(|status| *status == 200));
    let order: Vec<_> = world
        .server
        .seen
        .borrow()
        .iter()
        .filter_map(|seen| seen.path.strip_prefix("/held/").map(str::to_owned))
        .collect();
    let oldest_first: Vec<_> = (0..100).skip(1).step_by(2).map(|at| at.to_string()).collect();
    assert_eq!(order, oldest_first);
}

#[wasm_bindgen_test]
async fn calls_that_come_to_wait_in_another_order_than_they_were_made_go_oldest_first() {
    let world = World::signed_in("{}");
    world.expire();
    let paths: Vec<_> = (0..6).map(|at| format!("/held/{at}")).collect();
    let calls: Vec<_> = paths.iter().map(|path| world.call(path)).collect();
    until(|| world.sends("/held/") == 1).await;
    world.server.release("/held/0");
    until(|| world.sends("/held/") == 6).await;
    world.server.good.replace("another".into());
    world.server.hold_grants.set(true);
    // The first 401 is the newest call's.
    for path in paths.iter().skip(1).rev() {
        world.server.release(path);
        turn().await;
    }
    until(|| world.server.token_requests.get() == 2).await;
    world.server.seen.borrow_mut().clear();
    world.server.release("/token");
    until(|| world.sends("/held/") == 1).await;
    world.server.release("/held/");
    until(|| world.sends("/held/") == 5).await;
    world.server.release("/held/");
    assert!(statuses(&calls).await.iter().all(|status| *status == 200));
    let order: Vec<_> = world.server.seen.borrow().iter().map(|seen| seen.path.clone()).collect();
    assert_eq!(order, paths[1..]);
}
