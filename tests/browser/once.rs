//! `auth: "once"`: sent with the token, and never a second time. A test for each way in which another call is sent
//! again.

use crate::server::Answer;
use crate::world::{World, get, js, rejection, status, text, turn, until};
use js_sys::{Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

const STEP_UP: &str = "Bearer error=\"insufficient_user_authentication\"";

fn pay(world: &World, path: &str) -> Promise {
    world.call_with(&path.into(), &js("{'auth': 'once', 'method': 'POST', 'body': 'amount=1'}"))
}

fn request(url: &str, init: &JsValue) -> JsValue {
    let make = Function::new_with_args("url, init", "return new Request(url, init)");
    make.call2(&JsValue::NULL, &url.into(), init).expect("the native class takes it")
}

fn answer(world: &World, path: &str, answer: Answer) {
    world.server.answers.borrow_mut().insert(path.into(), answer);
}

#[wasm_bindgen_test]
async fn a_call_sent_once_is_answered_by_its_401_and_the_token_is_refreshed_for_others() {
    let world = World::stale("{}");
    assert_eq!(status(&pay(&world, "/api/pay")).await, Ok(401));
    until(|| text(&world.stored(), "access_token") == "access-1").await;
    assert_eq!(status(&world.call("/api/other")).await, Ok(200));
    assert_eq!((world.sends("/api/pay"), world.sends("/api/other"), world.server.token_requests.get()), (1, 1, 1));
}

#[wasm_bindgen_test]
async fn a_late_401_of_an_older_token_is_the_answer_of_a_call_sent_once() {
    let world = World::stale("{}");
    let late = pay(&world, "/held/pay");
    assert_eq!(status(&world.call("/api/first")).await, Ok(200));
    answer(&world, "/held/pay", Answer::Status(401, ""));
    world.server.release("/held/");
    assert_eq!(status(&late).await, Ok(401));
    assert_eq!((world.sends("/held/pay"), world.server.token_requests.get()), (1, 1));
}

#[wasm_bindgen_test]
async fn with_an_expired_token_a_call_sent_once_waits_for_the_refresh_and_then_for_the_canary() {
    let world = World::signed_in("{}");
    world.expire();
    let (canary, paid) = (world.call("/held/canary"), pay(&world, "/api/pay"));
    until(|| world.sends("/held/canary") == 1).await;
    turn().await;
    assert_eq!((world.sends("/api/pay"), world.server.token_requests.get()), (0, 1));
    world.server.release("/held/");
    assert_eq!((status(&canary).await, status(&paid).await), (Ok(200), Ok(200)));
    assert_eq!(world.sends("/api/pay"), 1);
}

#[wasm_bindgen_test]
async fn a_canary_sent_once_gets_its_401_whether_or_not_that_ends_the_session() {
    for (options, state, other) in [
        ("{'onRetryRejected': 'return'}", "signed-in", Ok(200)),
        ("{'onRetryRejected': 'auto'}", "signed-out", Err("session_expired")),
    ] {
        let world = World::signed_in(options);
        world.expire();
        answer(&world, "/api/pay", Answer::Status(401, ""));
        let (paid, waiting) = (pay(&world, "/api/pay"), world.call("/api/other"));
        assert_eq!(status(&paid).await, Ok(401));
        match other {
            Ok(wanted) => assert_eq!(status(&waiting).await, Ok(wanted)),
            Err(code) => assert_eq!(text(&rejection(&waiting).await, "code"), code),
        }
        assert_eq!(
            (world.auth.state().as_str(), world.sends("/api/pay"), world.server.token_requests.get()),
            (state, 1, 1)
        );
    }
}

#[wasm_bindgen_test]
async fn a_step_up_is_told_of_and_a_call_sent_once_does_not_wait_for_it() {
    let world = World::signed_in("{}");
    let told = world.listen("stepup");
    let prevent = Function::new_with_args("event", "event.preventDefault()");
    world.auth.on("stepup", &prevent);
    answer(&world, "/api/pay", Answer::Header(401, "www-authenticate", STEP_UP));
    assert_eq!(status(&pay(&world, "/api/pay")).await, Ok(401));
    world.sign_in(3600);
    turn().await;
    assert_eq!((told.length(), world.sends("/api/pay"), world.server.token_requests.get()), (1, 1, 0));
}

#[wasm_bindgen_test]
async fn a_401_after_a_redirect_is_the_answer_of_a_call_sent_once() {
    let world = World::stale("{}");
    let redirected = js("{'status': 401, 'redirected': true, 'headers': {}}");
    let url = web_sys::Url::new_with_base(
        "/api/elsewhere",
        &web_sys::window().expect("a window").location().href().expect("a URL"),
    );
    Reflect::set(&redirected, &"url".into(), &url.expect("a URL").href().into()).expect("set");
    answer(&world, "/api/pay", Answer::Value(redirected));
    assert_eq!(status(&pay(&world, "/api/pay")).await, Ok(401));
    until(|| world.server.token_requests.get() == 1).await;
    assert_eq!(world.sends("/api/pay"), 1);
}

#[wasm_bindgen_test]
async fn what_the_option_is_unauthorized_says_is_no_reason_to_send_it_again() {
    let world = World::signed_in("{}");
    let options = Object::assign(&Object::new(), world.options.unchecked_ref());
    Reflect::set(
        &options,
        &"isUnauthorized".into(),
        &Function::new_with_args("response", "return response.status === 403"),
    )
    .expect("set");
    let auth = crate::world::construct(&options).expect("an instance");
    let world = World { auth, ..world };
    answer(&world, "/api/pay", Answer::Status(403, "{}"));
    assert_eq!(status(&pay(&world, "/api/pay")).await, Ok(403));
    until(|| world.server.token_requests.get() == 1).await;
    assert_eq!(world.sends("/api/pay"), 1);
}

#[wasm_bindgen_test]
async fn a_network_failure_is_passed_on_and_a_call_sent_once_is_not_tried_again() {
    let world = World::signed_in("{}");
    answer(&world, "/api/pay", Answer::NetworkError);
    assert_eq!(text(&rejection(&pay(&world, "/api/pay")).await, "message"), "network");
    turn().await;
    assert_eq!(world.sends("/api/pay"), 1);
}

#[wasm_bindgen_test]
async fn a_token_that_cannot_be_refreshed_costs_a_call_sent_once_no_second_send() {
    for (option, state) in [("logout", "signed-out"), ("hold", "suspended"), ("pass-through", "suspended")] {
        let options = format!("{{'refresh': 'https://auth.test/token', 'onSessionExpired': '{option}'}}");
        let world = World::new(&options);
        world.auth.set_tokens(&js("{'access_token':'access-0','expires_in':60}")).expect("tokens");
        world.server.good.replace("another".into());
        world.expire();
        assert_eq!(status(&pay(&world, "/api/pay")).await, Ok(401), "{option}");
        assert_eq!(world.auth.state(), state);
        world.auth.set_tokens(&js("{'access_token':'another'}")).expect("tokens");
        turn().await;
        assert_eq!(world.sends("/api/pay"), 1, "{option}");
    }
}

#[wasm_bindgen_test]
async fn while_refreshes_fail_a_call_sent_once_gets_its_401_and_not_their_error() {
    let world = World::stale("{'refreshAttempts': 1}");
    world.server.grants.replace(vec![Answer::Status(502, "")]);
    assert_eq!(text(&rejection(&world.call("/api/1")).await, "code"), "refresh_failed");
    assert_eq!(status(&pay(&world, "/api/pay")).await, Ok(401));
    assert_eq!((world.sends("/api/pay"), world.server.token_requests.get()), (1, 1));
}

#[wasm_bindgen_test]
async fn of_a_body_sent_once_no_copy_is_kept() {
    let world = World::signed_in("{}");
    let bytes = Uint8Array::from(&[1_u8, 2, 3][..]);
    let init = js("{'auth': 'once', 'method': 'POST'}");
    Reflect::set(&init, &"body".into(), &bytes).expect("set");
    let at_once = world.call_with(&"/api/1".into(), &init);
    let sent = get(&world.server.seen.borrow()[0].init, "body");
    assert!(Object::is(&sent, &bytes), "what goes out at once is the caller's own");
    let prototype = get(&get(&js_sys::global(), "Request"), "prototype");
    let clone = get(&prototype, "clone");
    Reflect::set(&prototype, &"clone".into(), &Function::new_no_args("throw new Error('cloned')")).expect("set");
    let request = request("/api/2", &init);
    let of_request = world.call_with(&request, &js("{'auth': 'once'}"));
    Reflect::set(&prototype, &"clone".into(), &clone).expect("set");
    assert_eq!((status(&at_once).await, status(&of_request).await), (Ok(200), Ok(200)));
}

#[wasm_bindgen_test]
async fn a_body_sent_once_after_a_wait_is_what_it_was_when_the_call_was_made() {
    let world = World::signed_in("{}");
    world.expire();
    let bytes = Uint8Array::from(&[1_u8, 2, 3][..]);
    let init = js("{'auth': 'once', 'method': 'POST'}");
    Reflect::set(&init, &"body".into(), &bytes).expect("set");
    let of_bytes = world.call_with(&"/api/bytes".into(), &init);
    bytes.fill(9, 0, 3);
    let stream =
        "return new ReadableStream({ start(to) { to.enqueue(new TextEncoder().encode('streamed')); to.close() } })";
    let stream = Function::new_no_args(stream).call0(&JsValue::NULL).expect("a stream");
    let init = js("{'auth': 'once', 'method': 'POST', 'duplex': 'half'}");
    Reflect::set(&init, &"body".into(), &stream).expect("set");
    let of_stream = world.call_with(&"/api/stream".into(), &init);
    assert!(get(&stream, "locked").is_truthy(), "as by the native function");
    assert_eq!((status(&of_bytes).await, status(&of_stream).await), (Ok(200), Ok(200)));
    let bodies: Vec<_> = world
        .server
        .seen
        .borrow()
        .iter()
        .filter(|seen| seen.path.starts_with("/api/"))
        .map(|seen| get(&seen.init, "body"))
        .collect();
    assert_eq!((bodies.len(), Uint8Array::new(&bodies[0]).to_vec()), (2, vec![1, 2, 3]));
    let read =
        Function::new_with_args("stream", "return new Response(stream).text()").call1(&JsValue::NULL, &bodies[1]);
    let read = wasm_bindgen_futures::JsFuture::from(read.expect("a promise").unchecked_into::<Promise>()).await;
    assert_eq!(read.expect("text").as_string().as_deref(), Some("streamed"));
}

#[wasm_bindgen_test]
async fn anything_else_in_its_place_is_an_ordinary_call() {
    for auth in ["true", "'ONCE'", "'no'", "''", "1", "null", "['once']"] {
        let world = World::stale("{}");
        let call = world.call_with(&"/api/x".into(), &js(&format!("{{'auth': {auth}, 'method': 'POST'}}")));
        assert_eq!((status(&call).await, world.sends("/api/x")), (Ok(200), 2), "{auth}");
    }
}

#[wasm_bindgen_test]
async fn the_underlying_function_can_take_the_init_of_a_call_sent_once() {
    let world = World::signed_in("{}");
    assert_eq!(status(&pay(&world, "/api/pay")).await, Ok(200));
    let seen = world.server.seen.borrow()[0].clone();
    let request: web_sys::Request = request("/api/pay", &seen.init).unchecked_into();
    assert_eq!(
        (request.method(), request.headers().get("authorization")),
        ("POST".into(), Ok(Some("Bearer access-0".into())))
    );
}
