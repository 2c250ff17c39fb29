//! Nothing goes round for ever, whatever a server, a clock, an option or a listener does: a minute brings ten token
//! requests at most, and every call settles.

use crate::clock::Clock;
use crate::server::Answer;
use crate::world::{World, construct, get, js, rejection, status, stored, text, turn};
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

const AT_MOST: u32 = 10;

fn function(arguments: &str, body: &str) -> Function {
    #[allow(clippy::disallowed_methods, reason = "a test's page forbids nothing")]
    Function::new_with_args(arguments, body)
}

/// Grants with the text that [`World`] signs in with, and the same refresh token.
fn same_text() -> Vec<Answer> {
    vec![Answer::Status(200, r#"{"access_token":"access-0","refresh_token":"refresh-0","expires_in":3600}"#); 99]
}

/// For a minute a call goes out each second: what it settles with, its status or its error's code.
async fn minute(world: &World, clock: &Clock, path: impl Fn(u32) -> String) -> Vec<String> {
    let mut calls = Vec::new();
    for second in 0..60 {
        calls.push(world.call(&path(second)));
        clock.advance(1.0).await;
    }
    let mut ends = Vec::new();
    for call in calls {
        ends.push(status(&call).await.map_or_else(|error| text(&error, "code"), |status| status.to_string()));
    }
    assert!(world.server.token_requests.get() <= AT_MOST, "{} token requests", world.server.token_requests.get());
    ends
}

#[wasm_bindgen_test]
async fn a_refresh_that_brings_the_rejected_text_again_ends_a_session_with_which_nothing_was_accepted() {
    let world = World::stale("{}");
    world.server.grants.replace(same_text());
    let ends = world.listen("logout");
    let calls = world.burst(100, "/api/");
    let error = rejection(&calls[0]).await;
    for call in &calls {
        assert!(js_sys::Object::is(&rejection(call).await, &error), "one object for all");
    }
    assert_eq!(text(&error, "code"), "session_expired");
    assert_eq!((world.server.token_requests.get(), world.sends("/api/")), (1, 101), "one call has tried it again");
    assert_eq!(text(&ends.get(0), "reason"), "retry_rejected");
}

#[wasm_bindgen_test]
async fn a_refresh_that_brings_the_rejected_text_again_signs_nobody_out_for_one_broken_endpoint() {
    let clock = Clock::steered();
    let world = World::signed_in("{}");
    world.server.grants.replace(same_text());
    world.server.answers.borrow_mut().insert("/api/broken".into(), Answer::Status(401, "the endpoint's own"));
    let path = |second: u32| String::from(if second.is_multiple_of(2) { "/api/good" } else { "/api/broken" });
    let ends = minute(&world, &clock, path).await;
    assert_eq!(ends.iter().filter(|end| *end == "200").count(), 30);
    assert_eq!(ends.iter().filter(|end| *end == "401").count(), 30);
    assert_eq!((world.server.token_requests.get(), world.auth.state()), (1, "signed-in".into()));
    assert!(get(&world.stored(), "rejected").is_truthy(), "other tabs, and this one after a reload, know it");
    let other = construct(&world.options).expect("another instance");
    assert_eq!(other.state(), "signed-in");
}

#[wasm_bindgen_test]
async fn a_token_that_is_asked_for_as_rejected_is_given_again_where_no_other_can_be_had() {
    let world = World::signed_in("{}");
    world.server.grants.replace(same_text());
    for _ in 0..20 {
        let token = JsFuture::from(world.auth.get_access_token(&js("{'rejected': 'access-0'}"))).await;
        assert_eq!(token.ok().and_then(|token| token.as_string()).as_deref(), Some("access-0"));
    }
    assert_eq!(world.server.token_requests.get(), 1);
}

#[wasm_bindgen_test]
async fn a_server_that_answers_every_new_token_with_401_is_asked_at_the_pace_of_failures() {
    for options in ["{'onRetryRejected': 'return'}", "{}", "{'onRetryRejected': 'logout'}"] {
        let clock = Clock::steered();
        let world = World::signed_in(options);
        for second in 0..60 {
            world.server.answers.borrow_mut().insert(format!("/api/{second}"), Answer::Status(401, ""));
        }
        let ends = minute(&world, &clock, |second| format!("/api/{second}")).await;
        if options.contains("return") {
            assert!(ends.contains(&"refresh_failed".into()) && ends[0] == "401", "{ends:?}");
            assert_eq!(world.auth.state(), "signed-in");
        } else {
            assert_eq!((ends[0].as_str(), world.auth.state()), ("session_expired", "signed-out".into()));
        }
    }
}

#[wasm_bindgen_test]
async fn the_failure_of_refreshes_that_brought_nothing_usable_says_so() {
    let world = World::signed_in("{'onRetryRejected': 'return'}");
    let mut error = JsValue::UNDEFINED;
    for number in 0..20 {
        world.server.answers.borrow_mut().insert(format!("/api/{number}"), Answer::Status(401, ""));
        if let Err(rejected) = status(&world.call(&format!("/api/{number}"))).await {
            error = rejected;
        }
    }
    assert_eq!(text(&error, "code"), "refresh_failed");
    assert!(text(&error, "message").contains("with which no call was accepted"), "{}", text(&error, "message"));
    assert_eq!((get(&error, "transient").as_bool(), world.server.token_requests.get()), (Some(true), 5));
}

#[wasm_bindgen_test]
async fn a_predicate_that_takes_every_answer_for_a_401_makes_no_loop() {
    for policy in ["return", "auto"] {
        let clock = Clock::steered();
        let signed_in = World::signed_in("{}");
        let all = js(&format!("{{'onRetryRejected': '{policy}'}}"));
        let _ = Reflect::set(&all, &"isUnauthorized".into(), &function("", "return true"));
        let world = with(&signed_in, &all);
        world.sign_in(3600);
        let ends = minute(&world, &clock, |second| format!("/api/{second}")).await;
        let over = policy == "auto";
        assert_eq!(ends[0], if over { "session_expired" } else { "200" }, "{ends:?}");
        assert_eq!(world.auth.state(), if over { "signed-out" } else { "signed-in" });
    }
}

/// A world of its own beside `other`, with further options.
fn with(other: &World, options: &JsValue) -> World {
    let all = js_sys::Object::assign(&js_sys::Object::new(), other.options.unchecked_ref());
    let _ = js_sys::Object::assign(&all, options.unchecked_ref());
    let name = format!("{}-more", other.name);
    let _ = Reflect::set(&all, &"name".into(), &name.as_str().into());
    let auth = construct(&all).expect("an instance");
    World { server: std::rc::Rc::clone(&other.server), auth, name, options: all.into() }
}

#[wasm_bindgen_test]
async fn a_listener_that_refreshes_while_it_is_told_of_a_refresh_gets_that_one() {
    let body =
        "const seen = []; auth.addEventListener(kind, () => seen.push(auth.refresh().catch(() => {}))); return seen";
    for kind in ["refresh", "statechange", "refreshfailed"] {
        let world = World::stale("{}");
        if kind == "refreshfailed" {
            world.server.grants.replace(vec![Answer::Status(404, "{}"); 99]);
        }
        let seen = function("auth, kind", body).call2(&JsValue::NULL, &world.auth, &kind.into()).expect("a list");
        let refresh = world.auth.refresh();
        let _ = JsFuture::from(refresh.clone()).await;
        for _ in 0..20 {
            turn().await;
        }
        // A failure may be tried again, once.
        let requests = if kind == "refreshfailed" { 2 } else { 1 };
        assert_eq!(world.server.token_requests.get(), requests, "{kind}");
        assert!(js_sys::Array::from(&seen).length() > 0, "{kind}");
    }
}

#[wasm_bindgen_test]
async fn a_subscriber_that_refreshes_at_each_change_gets_the_refresh_that_it_is_told_of() {
    let world = World::stale("{}");
    let again = function("auth", "return () => void auth.refresh().catch(() => {})").call1(&JsValue::NULL, &world.auth);
    let _ = world.auth.subscribe().call1(&JsValue::NULL, &again.expect("a function"));
    assert_eq!(status(&world.call("/api/0")).await, Ok(200));
    for _ in 0..20 {
        turn().await;
    }
    // The note that a call was accepted changes nothing that a subscriber is told of.
    assert_eq!(world.server.token_requests.get(), 1);
}

#[wasm_bindgen_test]
async fn a_listener_that_changes_the_session_may_refresh_it() {
    let world = World::stale("{}");
    let body = "auth.addEventListener('refresh', () => { \
                auth.setTokens({ access_token: 'given', refresh_token: 'refresh-1' }); \
                globalThis.inner = auth.refresh(); }, { once: true })";
    let _ = function("auth", body).call1(&JsValue::NULL, &world.auth);
    let _ = JsFuture::from(world.auth.refresh()).await;
    let inner: Promise = get(&js_sys::global(), "inner").unchecked_into();
    let session = JsFuture::from(inner).await.expect("refreshed");
    assert_eq!((text(&session, "accessToken"), world.server.token_requests.get()), ("access-2".into(), 2));
}

#[wasm_bindgen_test]
async fn two_instances_that_are_each_others_fetch_end_with_an_error() {
    let world = World::signed_in("{}");
    let both = function(
        "make, name",
        "const [a, b] = ['a', 'b'].map((one) => make({ name: name + one, refresh: '/token', backgroundRefresh: false, \
         fetch: (...given) => (one === 'a' ? b : a).fetch(...given) }));
         for (const one of [a, b]) one.setTokens({ access_token: 'mine', refresh_token: 'mine too', expires_in: 3600 });
         const failed = () => 'failed';
         const told = (error) => error.message.includes('each other') ? 'told' : failed();
         return [a.fetch('/api/0').then(() => 'answered', told), a.refresh().then(() => 'refreshed', failed)]",
    );
    let make =
        Closure::<dyn Fn(JsValue) -> JsValue>::new(|options: JsValue| construct(&options).expect("an instance").into());
    let ends: js_sys::Array =
        both.call2(&JsValue::NULL, make.as_ref(), &world.name.as_str().into()).expect("a list").unchecked_into();
    let mut all = Vec::new();
    for end in ends.iter() {
        all.push(JsFuture::from(end.unchecked_into::<Promise>()).await.expect("settled").as_string());
    }
    assert_eq!(all, [Some("told".into()), Some("failed".into())]);
}

#[wasm_bindgen_test]
async fn a_lifetime_shorter_than_the_answers_way_makes_no_loop() {
    let clock = Clock::steered();
    let world = World::stale("{}");
    world.server.hold_grants.set(true);
    world.server.expires_in.set(1);
    let call = world.call("/api/0");
    for _ in 0..60 {
        clock.advance(2.0).await;
        world.server.release("/token");
    }
    assert_eq!(status(&call).await, Ok(200));
    assert!(world.server.token_requests.get() <= AT_MOST);
}

#[wasm_bindgen_test]
async fn a_clock_that_jumps_at_each_answer_makes_no_loop() {
    let clock = Clock::steered();
    let world = World::signed_in("{}");
    let jump = Closure::<dyn Fn(f64)>::new(move |ms| clock.jump(ms));
    let jumping = function(
        "fetch, jump",
        "let times = 0; return (...given) => fetch(...given).then((answer) => (jump((times++ % 3 ? -1 : 2) * 86400000), answer))",
    );
    let fetch = jumping.call2(&JsValue::NULL, &get(&world.options, "fetch"), jump.as_ref()).expect("a function");
    let options = js("{}");
    let _ = Reflect::set(&options, &"fetch".into(), &fetch);
    let world = with(&world, &options);
    world.sign_in(3600);
    for number in 0..8 {
        assert_eq!(status(&world.call(&format!("/api/{number}"))).await, Ok(200));
    }
    assert!(world.server.token_requests.get() <= 8, "{} token requests", world.server.token_requests.get());
    assert_eq!(world.auth.state(), "signed-in");
}

#[wasm_bindgen_test]
async fn a_lifetime_of_a_second_whose_calls_are_accepted_is_not_throttled() {
    let clock = Clock::steered();
    let world = World::stale("{}");
    world.server.expires_in.set(1);
    for second in 0..60 {
        assert_eq!(status(&world.call(&format!("/api/{second}"))).await, Ok(200));
        clock.advance(1.0).await;
    }
    assert!(world.server.token_requests.get() >= 59, "{} token requests", world.server.token_requests.get());
    assert_eq!(get(&stored(&world.name), "unaccepted").as_f64(), Some(0.0));
}
