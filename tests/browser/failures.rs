//! Refreshes that fail: what ends a session, what never does, and who is told.

use crate::server::Answer;
use crate::world::{World, get, js, rejection, status, statuses, text, until};
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_network_failure_rejects_all_waiting_calls_with_one_object_and_signs_nobody_out() {
    let world = World::stale("{'refreshAttempts': 1}");
    world.server.grants.replace(vec![Answer::NetworkError]);
    let failed = world.listen("refreshfailed");
    let calls = world.burst(5, "/api/");
    let first = rejection(&calls[0]).await;
    assert_eq!(text(&first, "code"), "refresh_failed");
    assert_eq!(text(&get(&first, "cause"), "message"), "network");
    for call in &calls {
        assert!(Object::is(&rejection(call).await, &first));
    }
    assert_eq!((world.auth.state(), failed.length()), ("signed-in".into(), 1));
    assert_eq!(world.server.token_requests.get(), 1);
    let during = rejection(&world.call("/api/again")).await;
    assert!(Object::is(&during, &first), "no token request in the cooldown");
    assert_eq!(world.server.token_requests.get(), 1);
}

#[wasm_bindgen_test]
async fn a_lost_answer_is_tried_again_at_once_with_the_same_refresh_token() {
    let world = World::stale("{}");
    world.server.grants.replace(vec![Answer::NetworkError]);
    assert_eq!(status(&world.call("/api/1")).await, Ok(200));
    assert_eq!(world.server.token_requests.get(), 2);
}

#[wasm_bindgen_test]
async fn nonsense_from_the_token_endpoint_never_ends_a_session() {
    let noise: &'static str = Box::leak("x".repeat(1 << 20).into_boxed_str());
    let answers = [
        (Answer::Status(502, "<html>bad gateway</html>"), 1),
        (Answer::Status(403, "<html>firewall</html>"), 1),
        (Answer::Status(403, "{\"message\":\"Forbidden\"}"), 1),
        (Answer::Status(200, "<html>login page</html>"), 1),
        (Answer::Status(200, ""), 1),
        (Answer::Status(200, "[1,2]"), 1),
        (Answer::Status(200, noise), 1),
        (Answer::Status(200, "{\"accessToken\":\"secret-a\",\"refreshToken\":\"secret-r\"}"), 1),
        (Answer::Status(429, "{}"), 1),
        (Answer::Value(js("{'status': 0, 'type': 'opaqueredirect'}")), 1),
    ];
    for (answer, requests) in answers {
        let world = World::stale("{'refreshAttempts': 1}");
        world.server.grants.replace(vec![answer]);
        let error = rejection(&world.call("/api/1")).await;
        assert_eq!(text(&error, "code"), "refresh_failed");
        assert!(!text(&error, "message").contains("secret"), "a message names members, never a value");
        assert_eq!((world.auth.state(), world.server.token_requests.get()), ("signed-in".into(), requests));
    }
}

#[wasm_bindgen_test]
async fn an_answer_with_other_member_names_is_tried_once_and_named() {
    let world = World::stale("{}");
    world.server.grants.replace(vec![Answer::Status(200, "{\"accessToken\":\"secret-a\"}")]);
    let error = rejection(&world.call("/api/1")).await;
    assert!(text(&error, "message").contains("accessToken"));
    assert_eq!(world.server.token_requests.get(), 1);
    let answer = get(&error, "answer");
    assert_eq!(get(&answer, "status").as_f64(), Some(200.0));
    assert!(!String::from(js_sys::JSON::stringify(&answer).expect("JSON")).contains("secret"));
}

#[wasm_bindgen_test]
async fn a_refused_refresh_token_ends_the_session_for_all_in_one_turn() {
    let world = World::stale("{}");
    world.server.refresh.replace("somebody else's".into());
    let logouts = world.listen("logout");
    let calls = world.burst(5, "/api/");
    let first = rejection(&calls[0]).await;
    assert_eq!((text(&first, "code"), text(&first, "name")), ("session_expired".into(), "AbortError".into()));
    assert_eq!(text(&get(&get(&first, "answer"), "body"), "error"), "invalid_grant");
    for call in &calls {
        assert!(Object::is(&rejection(call).await, &first));
    }
    assert_eq!((logouts.length(), text(&logouts.get(0), "reason")), (1, "refused".into()));
    assert!(Object::is(&get(&logouts.get(0), "error"), &first));
}

#[wasm_bindgen_test]
async fn a_refusal_with_hold_lets_calls_wait_for_the_next_sign_in() {
    let world = World::stale("{'onSessionExpired': 'hold'}");
    world.server.refresh.replace("refresh-9".into());
    let suspended = world.listen("suspend");
    let calls = world.burst(3, "/api/");
    until(|| world.auth.state() == "suspended").await;
    assert_eq!(suspended.length(), 1);
    let error = rejection(&world.auth.refresh()).await;
    assert_eq!(text(&error, "code"), "session_expired");
    world.server.good.replace("access-9".into());
    world.sign_in(3600);
    assert_eq!(statuses(&calls).await, [200, 200, 200]);
    assert_eq!(world.auth.state(), "signed-in");
}

#[wasm_bindgen_test]
async fn a_refusal_with_pass_through_lets_calls_go_without_a_token() {
    let world = World::stale("{'onSessionExpired': 'pass-through'}");
    world.server.refresh.replace("refresh-9".into());
    assert_eq!(status(&world.call("/api/1")).await, Ok(401));
    assert_eq!(world.auth.state(), "suspended");
    assert_eq!(status(&world.call("/api/2")).await, Ok(401));
    assert!(world.server.seen.borrow().last().expect("a send").authorization.is_none());
}

#[wasm_bindgen_test]
async fn a_token_endpoint_that_never_answers_is_given_up_on() {
    let world = World::stale("{'refreshTimeout': 30, 'refreshAttempts': 1}");
    world.server.grants.replace(vec![Answer::Never]);
    let error = rejection(&world.call("/api/1")).await;
    assert_eq!((text(&error, "code"), world.auth.state()), ("refresh_failed".into(), "signed-in".into()));
}

#[wasm_bindgen_test]
async fn a_refresh_without_a_refresh_token_keeps_the_old_one() {
    let world = World::stale("{}");
    world.server.grants.replace(vec![Answer::Status(200, "{\"access_token\":\"access-7\",\"expires_in\":60}")]);
    world.server.good.replace("access-7".into());
    world.server.answers.borrow_mut().insert("/api/first".into(), Answer::Status(401, ""));
    let _ = JsFuture::from(world.auth.refresh()).await.expect("refreshed");
    assert_eq!(text(&world.stored(), "refresh_token"), "refresh-0");
    assert_eq!(text(&world.stored(), "access_token"), "access-7");
}

fn with_function(function: &JsValue, options: &str) -> World {
    let world = World::new("{}");
    let options = js(options);
    let _: Object = Object::assign(world.options.unchecked_ref::<Object>(), options.unchecked_ref::<Object>());
    Reflect::set(&world.options, &"refresh".into(), function).expect("set");
    Reflect::set(&world.options, &"name".into(), &format!("{}-f", world.name).into()).expect("set");
    let auth = crate::world::construct(&world.options).expect("options");
    auth.set_tokens(&js("{'access_token': 'old', 'refresh_token': 'refresh-0'}")).expect("tokens");
    World { auth, ..world }
}

#[wasm_bindgen_test]
async fn a_refresh_function_may_return_a_response_or_a_token_response() {
    for whole in [true, false] {
        let contexts = Array::new();
        let into = contexts.clone();
        let function = Closure::<dyn Fn(JsValue) -> Promise>::new(move |context: JsValue| {
            into.push(&context);
            let tokens = "{\"access_token\":\"access-0\",\"expires_in\":60}";
            let value = if whole {
                web_sys::Response::new_with_opt_str(Some(tokens)).expect("a response").into()
            } else {
                crate::world::parse(tokens).expect("JSON")
            };
            Promise::resolve(&value)
        });
        let world = with_function(&function.into_js_value(), "{}");
        assert_eq!(status(&world.call("/api/1")).await, Ok(200));
        let context = contexts.get(0);
        assert_eq!(
            (text(&context, "refreshToken"), text(&context, "reason")),
            ("refresh-0".into(), "unauthorized".into())
        );
        assert!(get(&context, "fetch").is_function() && get(&context, "signal").is_object());
    }
}

#[wasm_bindgen_test]
async fn a_refresh_function_that_calls_the_instance_is_found_out() {
    let holder = Object::new();
    let inside = holder.clone();
    let function = Closure::<dyn Fn(JsValue) -> JsValue>::new(move |_: JsValue| {
        let fetch: Function = get(&inside, "fetch").unchecked_into();
        fetch.call1(&JsValue::UNDEFINED, &"/api/refresh".into()).expect("a promise")
    });
    let world = with_function(&function.into_js_value(), "{}");
    Reflect::set(&holder, &"fetch".into(), &world.auth.fetch()).expect("set");
    let error = rejection(&world.call("/api/1")).await;
    assert_eq!(text(&error, "code"), "refresh_failed");
    assert!(text(&error, "message").contains("context.fetch"));
    assert_eq!(world.auth.state(), "signed-in");
}

#[wasm_bindgen_test]
async fn a_cookie_held_refresh_token_signs_in_without_a_session() {
    let world = World::new("{'refresh': {'url': '/token', 'credentials': 'include', 'encoding': 'json'}}");
    let signins = world.listen("signin");
    world.server.grants.replace(vec![Answer::Status(200, "{\"access_token\":\"access-0\"}")]);
    let session = JsFuture::from(world.auth.refresh()).await.expect("signed in");
    assert_eq!(text(&session, "accessToken"), "access-0");
    assert_eq!((signins.length(), world.auth.state()), (1, "signed-in".into()));
    let seen = world.server.seen.borrow()[0].clone();
    assert_eq!((text(&seen.init, "credentials"), text(&seen.init, "redirect")), ("include".into(), "manual".into()));
    assert_eq!(text(&seen.init, "priority"), "high", "ahead of what the browser has queued");
    assert_eq!(text(&seen.init, "body"), "{\"grant_type\":\"refresh_token\"}");
    let refused = World::new("{'refresh': {'url': '/token', 'credentials': 'include'}}");
    refused.server.grants.replace(vec![Answer::Status(400, "{\"error\":\"invalid_grant\"}")]);
    assert_eq!(text(&rejection(&refused.auth.refresh()).await, "code"), "signed_out");
}

#[wasm_bindgen_test]
async fn too_little_scope_gives_the_caller_the_401_and_refreshes_nothing() {
    let world = World::signed_in("{}");
    let challenge = "Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"write\"";
    world.server.answers.borrow_mut().insert("/api/write".into(), Answer::Header(401, "www-authenticate", challenge));
    assert_eq!(status(&world.call("/api/write")).await, Ok(401));
    assert_eq!((world.server.token_requests.get(), world.auth.state()), (0, "signed-in".into()));
}
