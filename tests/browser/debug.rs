//! `debug: true`: each call and each refresh tells, under its number, why it went as it did; and never a token.

use crate::server::Answer;
use crate::world::{World, get, js, rejection, status, statuses, text, turn, until};
use js_sys::{Function, Object, Reflect};
use std::cell::Cell;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::AbortController;

#[wasm_bindgen(module = "/tests/browser/told.js")]
extern "C" {
    fn listen();
    fn spoil(missing: bool);
    fn each(run: &JsValue);
    fn stop();
    fn said() -> Vec<String>;
    fn stories(kind: &str) -> Vec<String>;
    fn places() -> Vec<String>;
    fn numbers() -> Vec<String>;
    fn everything() -> String;
}

/// While it lives, what is told is noted.
struct Ear;

impl Ear {
    fn new() -> Self {
        listen();
        Self
    }

    /// The stories told so far; from now on there are none.
    fn told(&self) -> Vec<String> {
        let told = stories("call");
        listen();
        told
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        stop();
    }
}

fn origin() -> String {
    text(&get(&js_sys::global(), "location"), "origin")
}

fn with(world: &World, path: &str, header: &'static str) {
    world.server.answers.borrow_mut().insert(path.into(), Answer::Header(401, "www-authenticate", header));
}

#[wasm_bindgen_test]
async fn two_calls_and_their_refresh_tell_under_their_numbers_why_they_went_so() {
    let _ear = Ear::new();
    let world = World::stale("{'debug': true}");
    let calls = world.burst(2, "/api/");
    assert_eq!(statuses(&calls).await, [200, 200]);
    let first = "sent | 401 | held for a renewal | sent as canary | delivered 200";
    let second = "sent | 401 | held for a renewal | sent again | delivered 200";
    assert_eq!(stories("call"), [first, second]);
    assert_eq!(stories("renewal"), ["unauthorized | ended: renewed"]);
    let [one, two] =
        [0, 1].map(|at| numbers().iter().filter(|name| name.contains("call")).nth(at).cloned().expect("a measure"));
    assert_ne!(one, two);
    let line = format!("{one} {}/api/0: sent as canary", origin());
    assert!(said().contains(&line), "{line} is not among {:#?}", said());
    assert_eq!(places(), [format!("{}/api/0", origin()), format!("{}/api/1", origin())]);
}

#[wasm_bindgen_test]
async fn a_call_that_is_left_alone_tells_why() {
    let ear = Ear::new();
    let world = World::new("{'debug': true}");
    let _ = status(&world.call("/login")).await;
    assert_eq!(ear.told(), ["left alone: signed out | delivered 401"]);
    world.sign_in(3600);
    let _ = status(&world.call("https://evil.test/x")).await;
    let _ = status(&world.call_with(&"https://evil.test/x".into(), &js("{'method': 'POST'}"))).await;
    let outside = "left alone: outside of origins | delivered 401";
    assert_eq!(ear.told(), [outside, outside]);
    let _ = status(&world.call_with(&"/api/1".into(), &js("{'auth': false}"))).await;
    assert_eq!(ear.told(), ["left alone as asked | delivered 401"]);
    let _ = status(&world.call_with(&"/api/1".into(), &js("{'headers': {'authorization': 'Basic x'}}"))).await;
    assert_eq!(ear.told(), ["left alone: has the header | delivered 401"]);
    let _ = status(&world.call_with(&"/api/1".into(), &"no init".into())).await;
    assert_eq!(ear.told().len(), 1);
}

#[wasm_bindgen_test]
async fn a_call_tells_what_it_is_held_for_and_what_becomes_of_it() {
    let ear = Ear::new();
    let world = World::signed_in("{'debug': true, 'onSessionExpired': 'hold'}");
    world.expire();
    assert_eq!(status(&world.call("/api/1")).await, Ok(200));
    assert_eq!(stories("renewal"), ["expired | ended: renewed"]);
    let ahead = "sent as canary";
    assert_eq!(ear.told(), [format!("held for a renewal | {ahead} | delivered 200")]);
    // Asked for more than the token is good for.
    with(&world, "/api/write", "Bearer error=\"insufficient_scope\"");
    assert_eq!(status(&world.call("/api/write")).await, Ok(401));
    assert_eq!(ear.told(), ["sent | 401, asks for more | delivered 401"]);
    // The refresh token is refused, and the calls wait.
    world.server.good.replace("another".into());
    world.server.refresh.replace("another".into());
    let call = world.call("/api/1");
    until(|| world.auth.state() == "suspended").await;
    let later = world.call("/api/2");
    turn().await;
    world.server.good.replace("access-9".into());
    world.sign_in(3600);
    assert_eq!(statuses(&[call, later]).await, [200, 200]);
    assert_eq!(stories("renewal"), ["unauthorized | ended: refused"]);
    let held = "held for a sign-in | sent | delivered 200";
    assert_eq!(ear.told(), [format!("sent | 401 | held for a renewal | {ahead} | delivered 200"), held.into()]);
}

#[wasm_bindgen_test]
async fn a_call_that_fails_tells_whose_doing_it_was() {
    let ear = Ear::new();
    let world = World::signed_in("{'debug': true, 'refreshAttempts': 1}");
    let controller = AbortController::new().expect("a controller");
    let init: JsValue = Object::new().into();
    Reflect::set(&init, &"signal".into(), &controller.signal()).expect("set");
    let call = world.call_with(&"/held/1".into(), &init);
    controller.abort();
    let _ = rejection(&call).await;
    assert_eq!(ear.told(), ["sent | aborted by its caller | rejected"]);
    world.server.answers.borrow_mut().insert("/api/down".into(), Answer::NetworkError);
    let _ = rejection(&world.call("/api/down")).await;
    assert_eq!(ear.told(), ["sent | failed | rejected"]);
    world.server.good.replace("another".into());
    world.server.grants.replace(vec![Answer::NetworkError]);
    let _ = rejection(&world.call("/api/1")).await;
    assert_eq!(stories("renewal"), ["unauthorized | ended: failed"]);
    assert_eq!(ear.told(), ["sent | 401 | held for a renewal | not sent: renewal failed | rejected refresh_failed"]);
    world.server.good.replace("access-0".into());
    let call = world.call("/held/2");
    let _ = world.auth.logout(&JsValue::UNDEFINED);
    let _ = rejection(&call).await;
    assert!(said().contains(&"authfetch logout".into()), "{:#?}", said());
    assert_eq!(ear.told(), ["sent | rejected logged_out"]);
}

#[wasm_bindgen_test]
async fn a_retry_that_is_refused_too_and_a_wait_for_a_token_are_told() {
    let ear = Ear::new();
    let world = World::stale("{'debug': true}");
    let token = JsFuture::from(world.auth.get_access_token(&js("{'rejected': 'access-0'}"))).await.expect("a token");
    assert_eq!(token.as_string().as_deref(), Some("access-1"));
    assert_eq!(ear.told(), ["held for a renewal | delivered"]);
    world.server.good.replace("nobody has this one".into());
    world.server.answers.borrow_mut().insert("/api/1".into(), Answer::Status(401, ""));
    let error = rejection(&world.call("/api/1")).await;
    assert_eq!(text(&error, "code"), "session_expired");
    assert!(said().contains(&"authfetch logout".into()));
    let [story] = ear.told().try_into().expect("one call");
    assert!(story.ends_with("sent as canary | 401 of a new token | rejected session_expired"), "{story}");
}

#[wasm_bindgen_test]
async fn no_token_and_no_query_is_in_any_line_or_measure() {
    let _ear = Ear::new();
    let world = World::stale("{'debug': true, 'refreshAttempts': 2, 'revocation': '/revoke'}");
    let leaky = js("{'status': 400, 'statusText': 'secret', 'type': 'secret'}");
    Reflect::set(&leaky, &"text".into(), &Function::new_no_args("throw new Error('secret ' + 'access-0')"))
        .expect("set");
    world.server.grants.replace(vec![Answer::Value(leaky), Answer::Status(200, "{\"secret\": \"access-0\"}")]);
    let _ = rejection(&world.call("/api/1?access_token=secret#access-0")).await;
    let url = web_sys::Url::new("https://secret:access-0@page.test/api/2?secret").expect("a URL");
    let _ = status(&world.call_with(&url.into(), &JsValue::UNDEFINED)).await;
    let request = web_sys::Request::new_with_str("/api/3?secret").expect("a request");
    let _ = status(&world.call_with(&request.into(), &js("{'headers': {'authorization': 'Bearer secret'}}"))).await;
    let _ = status(&world.call("data:text/plain,secret")).await;
    let failing = js("{'code': 'secret', 'name': 'secret', 'message': 'secret'}");
    let init: JsValue = Object::new().into();
    Reflect::set(&init, &"signal".into(), &web_sys::AbortSignal::abort_with_reason(&failing)).expect("set");
    let _ = rejection(&world.call_with(&"/api/4".into(), &init)).await;
    world
        .auth
        .set_tokens(&js("{'access_token': 'access-secret', 'refresh_token': 'refresh-secret', 'token_type': 'secret'}"))
        .expect("tokens");
    let _ = status(&world.call("/api/5")).await;
    JsFuture::from(world.auth.logout(&js("{'reason': 'secret'}"))).await.expect("never rejects");
    let told = everything();
    assert!(said().len() > 12 && places().len() > 4, "{told}");
    for leak in ["access-", "refresh-", "secret", "?", "#"] {
        assert!(!told.contains(leak), "{leak} in {told}");
    }
}

#[wasm_bindgen_test]
async fn a_revocation_tells_how_it_was_answered() {
    for (answer, told) in [(Answer::Status(200, ""), "answered 200"), (Answer::NetworkError, "failed")] {
        let _ear = Ear::new();
        let world = World::signed_in("{'debug': true, 'revocation': '/revoke'}");
        world.server.answers.borrow_mut().insert("/revoke".into(), answer);
        JsFuture::from(world.auth.logout(&JsValue::UNDEFINED)).await.expect("never rejects");
        let line = format!("authfetch revocation {}/revoke: {told}", origin());
        assert!(said().contains(&line), "{line} is not among {:#?}", said());
    }
}

#[wasm_bindgen_test]
async fn nothing_is_logged_or_measured_unless_it_is_asked_for() {
    let _ear = Ear::new();
    let world = World::stale("{}");
    assert_eq!(statuses(&world.burst(2, "/api/")).await, [200, 200]);
    let _ = world.auth.logout(&JsValue::UNDEFINED);
    assert_eq!(everything(), "[[],[]]");
}

#[wasm_bindgen_test]
async fn a_console_and_a_timeline_that_throw_or_are_missing_change_no_outcome() {
    for missing in [true, false] {
        let _ear = Ear::new();
        spoil(missing);
        let world = World::stale("{'debug': true}");
        let answer = js("{'status': 207}");
        world.server.answers.borrow_mut().insert("/api/same".into(), Answer::Value(answer.clone()));
        let same = JsFuture::from(world.call("/api/same")).await.expect("an answer");
        assert!(Object::is(&same, &answer), "the very same response");
        assert_eq!(statuses(&world.burst(3, "/api/")).await, [200, 200, 200]);
        let call = world.call("/held/1");
        let _ = world.auth.logout(&JsValue::UNDEFINED);
        let error = rejection(&call).await;
        assert_eq!((text(&error, "code"), text(&error, "name")), ("logged_out".into(), "AbortError".into()));
    }
}

#[wasm_bindgen_test]
async fn a_console_that_calls_us_back_at_every_line_breaks_nothing() {
    let _ear = Ear::new();
    for what in ["logout", "refresh", "sign in"] {
        let world = World::stale("{'debug': true}");
        let auth = world.auth.clone();
        let inside = Cell::new(false);
        let run = Closure::<dyn Fn()>::new(move || {
            // What this does is told too.
            if inside.replace(true) {
                return;
            }
            match what {
                "logout" => drop(auth.logout(&JsValue::UNDEFINED)),
                "refresh" => drop(auth.refresh()),
                _ => auth.set_tokens(&js("{'access_token': 'access-7'}")).expect("tokens"),
            }
            inside.set(false);
        });
        each(&run.into_js_value());
        for call in world.burst(5, "/api/") {
            let settled = status(&call).await;
            assert!(settled.is_ok() || !text(&settled.unwrap_err(), "code").is_empty(), "{what}");
        }
    }
}
