//! The time after a failed refresh: nobody is signed out, nobody hammers the token endpoint, and the network's return
//! counts.

use crate::clock::{Clock, dispatch};
use crate::server::Answer;
use crate::world::{World, get, js, rejection, status, statuses, text, until};
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

fn down(times: usize) -> Vec<Answer> {
    vec![Answer::NetworkError; times]
}

#[wasm_bindgen_test]
async fn a_burst_during_an_outage_makes_no_burst_of_token_requests() {
    let clock = Clock::steered();
    let world = World::stale("{'refreshAttempts': 1}");
    world.server.grants.replace(down(99));
    let first = rejection(&world.call("/api/0")).await;
    for call in world.burst(20, "/api/") {
        assert!(Object::is(&rejection(&call).await, &first), "the last failure, at once");
    }
    assert_eq!(world.server.token_requests.get(), 1);
    // Each failure doubles the time that others stay away, up to thirty seconds.
    for (seconds, requests) in [(1.0, 2), (2.0, 3), (4.0, 4), (8.0, 5), (16.0, 6), (30.0, 7), (30.0, 8)] {
        clock.advance(seconds - 0.1).await;
        let _ = rejection(&world.call("/api/early")).await;
        assert_eq!(world.server.token_requests.get(), requests - 1, "before {seconds} s have passed");
        clock.advance(0.2).await;
        let calls = world.burst(5, "/api/late");
        let next = rejection(&calls[0]).await;
        for call in &calls {
            assert!(Object::is(&rejection(call).await, &next));
        }
        assert_eq!(world.server.token_requests.get(), requests, "after {seconds} s");
    }
    assert_eq!(world.auth.state(), "signed-in");
}

#[wasm_bindgen_test]
async fn the_networks_return_ends_the_cooldown_and_a_refresh_by_hand_goes_through_it() {
    let world = World::stale("{'refreshAttempts': 1}");
    world.server.grants.replace(down(2));
    let _ = rejection(&world.call("/api/1")).await;
    assert_eq!(text(&rejection(&world.auth.refresh()).await, "code"), "refresh_failed");
    assert_eq!(world.server.token_requests.get(), 2, "by hand it was asked again");
    let _ = rejection(&world.call("/api/2")).await;
    assert_eq!(world.server.token_requests.get(), 2);
    dispatch("online");
    assert_eq!(status(&world.call("/api/3")).await, Ok(200));
    assert_eq!(world.server.token_requests.get(), 3);
}

#[wasm_bindgen_test]
async fn retry_after_is_waited_out_in_seconds_and_as_a_date() {
    for as_date in [false, true] {
        let clock = Clock::steered();
        let world = World::stale("{}");
        let date: &'static str = Box::leak(
            String::from(js_sys::Date::new(&(js_sys::Date::now() + 8_000.0).into()).to_utc_string()).into_boxed_str(),
        );
        world.server.grants.replace(vec![Answer::Header(429, "retry-after", if as_date { date } else { "7" })]);
        let call = world.call("/api/1");
        until(|| world.server.token_requests.get() == 1).await;
        clock.advance(6.5).await;
        assert_eq!(world.server.token_requests.get(), 1, "as told");
        clock.advance(2.0).await;
        assert_eq!((status(&call).await, world.server.token_requests.get()), (Ok(200), 2));
    }
}

#[wasm_bindgen_test]
async fn a_long_retry_after_is_told_at_once_and_nothing_goes_before_it_is_over() {
    let clock = Clock::steered();
    let world = World::stale("{}");
    world.server.grants.replace(vec![Answer::Header(503, "retry-after", "120")]);
    let first = rejection(&world.call("/api/1")).await;
    dispatch("online");
    for promise in [world.call("/api/2"), world.auth.refresh()] {
        assert!(Object::is(&rejection(&promise).await, &first));
    }
    clock.advance(119.0).await;
    let _ = rejection(&world.auth.refresh()).await;
    assert_eq!((world.server.token_requests.get(), world.auth.state()), (1, "signed-in".into()));
    clock.advance(2.0).await;
    assert_eq!((status(&world.call("/api/3")).await, world.server.token_requests.get()), (Ok(200), 2));
}

#[wasm_bindgen_test]
async fn a_refresh_ahead_of_expiry_that_fails_disturbs_no_call() {
    let clock = Clock::steered();
    let world = World::new("{'backgroundRefresh': true, 'refreshAttempts': 2}");
    world.sign_in(120);
    let failures = world.listen("refreshfailed");
    world.server.grants.replace(down(99));
    for _ in 0..8 {
        clock.advance(14.0).await;
        assert_eq!(statuses(&world.burst(3, "/api/")).await, [200, 200, 200]);
    }
    assert!(failures.length() >= 1, "it failed");
    assert!(world.server.token_requests.get() < 12, "{} token requests", world.server.token_requests.get());
    // The token runs out, and the network is back before anybody signs in again.
    clock.advance(10.0).await;
    assert_eq!(text(&rejection(&world.call("/api/out")).await, "code"), "refresh_failed");
    world.server.grants.replace(Vec::new());
    dispatch("online");
    assert_eq!((status(&world.call("/api/back")).await, world.auth.state()), (Ok(200), "signed-in".into()));
    world.auth.close();
}

#[wasm_bindgen_test]
async fn a_clock_that_was_wrong_when_a_refresh_failed_keeps_nobody_away_for_ever() {
    let clock = Clock::steered();
    let world = World::stale("{'refreshAttempts': 1}");
    clock.jump(400.0 * 86_400.0);
    world.server.grants.replace(down(1));
    let _ = rejection(&world.call("/api/1")).await;
    clock.jump(-400.0 * 86_400.0);
    assert_eq!(status(&world.call("/api/2")).await, Ok(200));
}

#[wasm_bindgen_test]
async fn a_failure_is_one_object_for_calls_refresh_and_event() {
    let world = World::stale("{'refreshAttempts': 1}");
    world.server.grants.replace(down(1));
    let failures = world.listen("refreshfailed");
    let mut all = world.burst(3, "/api/");
    until(|| world.auth.state() == "refreshing").await;
    let (refresh, same) = (world.auth.refresh(), world.auth.refresh());
    assert!(Object::is(&refresh, &same), "one promise while it runs");
    all.extend([refresh, world.auth.get_access_token(&rejected("access-0"))]);
    let first = rejection(&all[0]).await;
    for promise in &all {
        assert!(Object::is(&rejection(promise).await, &first));
    }
    assert!(Object::is(&get(&failures.get(0), "error"), &first) && failures.length() == 1);
    world.server.good.replace("access-0".into());
    assert_eq!(JsFuture::from(world.auth.get_access_token(&JsValue::UNDEFINED)).await, Ok("access-0".into()));
}

fn rejected(token: &str) -> JsValue {
    let options = js("{}");
    Reflect::set(&options, &"rejected".into(), &token.into()).expect("set");
    options
}
