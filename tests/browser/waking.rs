//! A page that sleeps, is hidden, or has its clock set: nothing's correctness depends on a timer.

use crate::clock::{Clock, dispatch, hide, show};
use crate::server::Answer;
use crate::world::{World, status, statuses, turn, until};
use wasm_bindgen_test::wasm_bindgen_test;

/// A page that refreshes ahead of expiry, with a token for ten minutes.
fn awake() -> World {
    let world = World::new("{'backgroundRefresh': true}");
    world.sign_in(600);
    world
}

#[wasm_bindgen_test]
async fn a_page_that_wakes_up_refreshes_what_ran_out_while_it_slept() {
    for kind in ["visibilitychange", "pageshow", "online", "resume"] {
        let clock = Clock::steered();
        let world = awake();
        clock.jump(700.0);
        turn().await;
        assert_eq!(world.server.token_requests.get(), 0, "{kind}: no timer has run");
        dispatch(kind);
        until(|| world.server.token_requests.get() == 1).await;
        assert_eq!(status(&world.call("/api/1")).await, Ok(200));
        assert_eq!((world.sends("/api/"), world.server.token_requests.get()), (1, 1), "{kind}");
        world.auth.close();
    }
}

#[wasm_bindgen_test]
async fn a_hidden_page_refreshes_nothing_by_itself_and_catches_up_when_it_is_shown() {
    let clock = Clock::steered();
    let world = awake();
    hide();
    dispatch("visibilitychange");
    clock.advance(700.0).await;
    let behind = world.server.token_requests.get();
    show();
    assert_eq!(behind, 0);
    dispatch("visibilitychange");
    until(|| world.server.token_requests.get() == 1).await;
    world.auth.close();
}

#[wasm_bindgen_test]
async fn a_hidden_page_refreshes_for_a_call_all_the_same() {
    let clock = Clock::steered();
    let world = awake();
    hide();
    clock.advance(700.0).await;
    let answer = status(&world.call("/api/1")).await;
    show();
    assert_eq!((answer, world.server.token_requests.get()), (Ok(200), 1));
    world.auth.close();
}

#[wasm_bindgen_test]
async fn a_clock_that_is_set_forth_and_back_costs_no_session_and_makes_no_loop() {
    let clock = Clock::steered();
    let world = awake();
    clock.jump(86_400.0);
    assert_eq!(status(&world.call("/api/forth")).await, Ok(200));
    assert_eq!(world.server.token_requests.get(), 1, "by the clock it had run out");
    clock.jump(-172_800.0);
    world.server.good.replace("nobody has this one".into());
    assert_eq!(status(&world.call("/api/back")).await, Ok(200));
    assert_eq!(world.server.token_requests.get(), 2, "by the clock it was good for two days, and the 401 counts");
    assert!(statuses(&world.burst(20, "/api/")).await.iter().all(|status| *status == 200));
    clock.advance(60.0).await;
    assert_eq!((world.server.token_requests.get(), world.auth.state()), (2, "signed-in".into()));
    world.auth.close();
}

#[wasm_bindgen_test]
async fn a_token_that_runs_out_while_the_canary_is_out_is_refreshed_before_the_rest_go() {
    let clock = Clock::steered();
    let world = World::stale("{'leeway': 0}");
    world.server.expires_in.set(2);
    let calls = world.burst(4, "/held/");
    world.server.release("/held/");
    until(|| world.sends("/held/") == 5).await;
    assert_eq!(world.server.token_requests.get(), 1);
    // The canary's answer is on its way for three seconds.
    world.server.answers.borrow_mut().insert("/held/0".into(), Answer::Status(200, "{}"));
    clock.advance(3.0).await;
    assert_eq!(world.server.token_requests.get(), 2, "each send looks at the clock first");
    for _ in 0..30 {
        world.server.release("/held/");
        turn().await;
    }
    assert_eq!(statuses(&calls).await, [200; 4]);
    assert_eq!((world.sends("/held/"), world.auth.state()), (8, "signed-in".into()));
}
