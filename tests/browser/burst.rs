//! Many calls, one refresh: the shared promise, late 401s, the canary and its verdict.

use crate::world::{World, js, rejection, status, statuses, text, until};
use js_sys::Object;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_hundred_401s_make_one_refresh_and_all_succeed() {
    let world = World::stale("{}");
    let calls = world.burst(100, "/api/");
    assert!(statuses(&calls).await.iter().all(|status| *status == 200));
    assert_eq!(world.server.token_requests.get(), 1);
    assert_eq!(world.sends("/api/"), 200, "each call is sent twice");
}

#[wasm_bindgen_test]
async fn a_late_401_after_the_refresh_is_retried_with_the_stored_token() {
    let world = World::stale("{}");
    let late = world.call("/held/late");
    assert_eq!(status(&world.call("/api/first")).await, Ok(200));
    // The late answer is a verdict on the old token.
    world.server.answers.borrow_mut().insert("/held/late".into(), crate::server::Answer::Status(401, ""));
    world.server.release("/held/");
    until(|| world.sends("/held/late") == 2).await;
    world.server.answers.borrow_mut().clear();
    world.server.release("/held/");
    assert_eq!(status(&late).await, Ok(200));
    assert_eq!(world.server.token_requests.get(), 1);
}

#[wasm_bindgen_test]
async fn staggered_401s_around_one_refresh_never_present_a_refresh_token_twice() {
    let world = World::stale("{}");
    let (a, b, c, d) = (world.call("/api/a"), world.call("/held/b"), world.call("/held/c"), world.call("/held/d"));
    assert_eq!(status(&a).await, Ok(200));
    for path in ["/held/b", "/held/c", "/held/d"] {
        world.server.answers.borrow_mut().insert(path.into(), crate::server::Answer::Status(401, ""));
        world.server.release(path);
        world.server.answers.borrow_mut().clear();
        until(|| world.sends(path) == 2).await;
        world.server.release(path);
    }
    assert_eq!(statuses(&[b, c, d]).await, [200, 200, 200]);
    assert_eq!(*world.server.presented.borrow(), ["refresh-0"]);
}

#[wasm_bindgen_test]
async fn a_refreshed_token_that_is_rejected_too_ends_the_session_after_two_sends() {
    let world = World::stale("{}");
    world.server.answers.borrow_mut().insert("/api/0".into(), crate::server::Answer::Status(401, ""));
    let logouts = world.listen("logout");
    let error = rejection(&world.call("/api/0")).await;
    assert_eq!((text(&error, "code"), text(&error, "name")), ("session_expired".into(), "AbortError".into()));
    assert_eq!((world.sends("/api/"), world.server.token_requests.get()), (2, 1));
    assert_eq!(world.auth.state(), "signed-out");
    assert_eq!((logouts.length(), text(&logouts.get(0), "reason")), (1, "retry_rejected".into()));
}

#[wasm_bindgen_test]
async fn ten_waiting_calls_send_one_canary_when_the_new_token_is_bad() {
    let world = World::stale("{}");
    for at in 0..10 {
        world.server.answers.borrow_mut().insert(format!("/api/{at}"), crate::server::Answer::Status(401, ""));
    }
    let calls = world.burst(10, "/api/");
    let first = rejection(&calls[0]).await;
    for call in &calls {
        assert!(Object::is(&rejection(call).await, &first), "one error object for all");
    }
    assert_eq!(world.sends("/api/"), 11, "ten first sends, one retry");
}

#[wasm_bindgen_test]
async fn one_broken_endpoint_among_good_ones_signs_nobody_out() {
    let world = World::signed_in("{}");
    assert_eq!(status(&world.call("/api/good")).await, Ok(200));
    world.server.answers.borrow_mut().insert("/api/broken".into(), crate::server::Answer::Status(401, ""));
    for _ in 0..5 {
        assert_eq!(status(&world.call("/api/broken")).await, Ok(401));
        assert_eq!(status(&world.call("/api/good")).await, Ok(200));
    }
    assert_eq!(world.server.token_requests.get(), 1, "refreshed once for the broken endpoint");
    assert_eq!(world.auth.state(), "signed-in");
}

#[wasm_bindgen_test]
async fn a_retry_rejected_with_return_gives_the_401_to_its_caller() {
    let world = World::stale("{'onRetryRejected': 'return'}");
    world.server.answers.borrow_mut().insert("/api/0".into(), crate::server::Answer::Status(401, ""));
    let calls = world.burst(3, "/api/");
    assert_eq!(statuses(&calls).await, [401, 200, 200]);
    assert_eq!(world.auth.state(), "signed-in");
}

#[wasm_bindgen_test]
async fn calls_started_during_the_refresh_of_an_expired_token_are_sent_once() {
    let world = World::signed_in("{}");
    world.expire();
    world.server.hold_grants.set(true);
    let first = world.call("/api/first");
    until(|| world.server.token_requests.get() == 1).await;
    let second = world.call("/api/second");
    world.server.release("/token");
    assert_eq!(statuses(&[first, second]).await, [200, 200]);
    assert_eq!(world.sends("/api/"), 2);
}

#[wasm_bindgen_test]
async fn a_settled_refresh_is_never_reused() {
    let world = World::stale("{}");
    assert_eq!(status(&world.call("/api/one")).await, Ok(200));
    world.server.good.replace("gone again".into());
    assert_eq!(status(&world.call("/api/two")).await, Ok(200));
    assert_eq!(*world.server.presented.borrow(), ["refresh-0", "refresh-1"]);
}

#[wasm_bindgen_test]
async fn concurrent_refreshes_get_the_same_promise_object() {
    let world = World::signed_in("{}");
    let (one, two) = (world.auth.refresh(), world.auth.refresh());
    assert!(Object::is(&one, &two));
    assert_eq!(world.auth.state(), "refreshing");
    let session = wasm_bindgen_futures::JsFuture::from(one).await.expect("refreshed");
    assert_eq!(text(&session, "accessToken"), "access-1");
    assert!(Object::is(&session, &world.auth.session()));
    assert!(!Object::is(&world.auth.refresh(), &two), "a settled one is not handed out");
    assert_eq!(world.auth.state(), "refreshing");
}

#[wasm_bindgen_test]
async fn a_hundred_late_rejections_of_one_token_make_one_refresh() {
    let world = World::stale("{}");
    let rejected = js("{'rejected': 'access-0'}");
    let all: Vec<_> = (0..100).map(|_| world.auth.get_access_token(&rejected)).collect();
    for token in all {
        let token = wasm_bindgen_futures::JsFuture::from(token).await.expect("a token");
        assert_eq!(token.as_string().as_deref(), Some("access-1"));
    }
    let again = wasm_bindgen_futures::JsFuture::from(world.auth.get_access_token(&rejected)).await.expect("a token");
    assert_eq!(again.as_string().as_deref(), Some("access-1"));
    assert_eq!(world.server.token_requests.get(), 1);
}
