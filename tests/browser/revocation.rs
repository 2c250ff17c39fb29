//! What the server is told at logout, by an endpoint or by a function of the app's: it can neither delay nor fail it.

use crate::server::Answer;
use crate::world::{World, construct, get, js, rejection, stored, text, turn, until};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen(module = "/tests/browser/revocation.js")]
extern "C" {
    fn listen();
    fn stop();
    fn warnings() -> Vec<String>;
    fn noting(how: &str) -> JsValue;
}

/// While it lives, warnings are noted.
struct Console;

impl Console {
    fn new() -> Self {
        listen();
        Self
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        stop();
    }
}

/// Signed in, with a revocation function of this kind, and what that has been given.
fn world(how: &str, options: &str, tokens: &str) -> (World, Array) {
    let revocation = noting(how);
    let outer = World::new("{}");
    let name = format!("{}-revocation", outer.name);
    let _: Object = Object::assign(outer.options.unchecked_ref::<Object>(), js(options).unchecked_ref::<Object>());
    let set = |name: &str, value: &JsValue| Reflect::set(&outer.options, &name.into(), value).expect("set");
    set("name", &name.clone().into());
    set("revocation", &revocation);
    let auth = construct(&outer.options).expect("options");
    auth.set_tokens(&js(tokens)).expect("tokens");
    (World { auth, name, ..outer }, get(&revocation, "seen").unchecked_into())
}

const BOTH: &str = "{'access_token': 'access-0', 'refresh_token': 'refresh-0', 'expires_in': 60}";

async fn logged_out(world: &World) {
    JsFuture::from(world.auth.logout(&JsValue::UNDEFINED)).await.expect("never rejects");
    assert_eq!(world.auth.state(), "signed-out");
}

#[wasm_bindgen_test]
async fn a_revocation_function_runs_after_all_that_is_local_with_the_tokens_of_the_ended_session() {
    let (world, seen) = world("fetches", "{}", BOTH);
    let flying = world.call("/held/1");
    let order = Array::new();
    let (into, first) = (order.clone(), seen.clone());
    let (auth, name) = (world.auth.clone(), world.name.clone());
    let listener = Closure::<dyn Fn()>::new(move || {
        into.push(&first.length().into());
        assert_eq!((auth.state(), text(&stored(&name), "access_token")), ("signed-out".into(), String::new()));
        // The next user, in the very turn of the logout.
        auth.set_tokens(&js("{'access_token': 'access-9', 'refresh_token': 'refresh-9'}")).expect("tokens");
    });
    world.auth.on("logout", listener.into_js_value().unchecked_ref());
    let done = world.auth.logout(&JsValue::UNDEFINED);
    assert_eq!((order.length(), seen.length()), (1, 0), "not in the turn of the logout");
    assert_eq!(text(&rejection(&flying).await, "code"), "logged_out");
    JsFuture::from(done).await.expect("never rejects");
    assert_eq!((order.get(0).as_f64(), seen.length()), (Some(0.0), 1));
    let context = seen.get(0);
    assert_eq!(text(&context, "refreshToken"), "refresh-0");
    assert_eq!(text(&context, "accessToken"), "access-0");
    assert!(!get(&get(&context, "signal"), "aborted").is_truthy());
    assert!(get(&context, "reason").is_undefined());
    // `context.fetch`, as a method, is the underlying one: no token goes along.
    assert_eq!(world.sends("/revoke"), 1);
    assert!(world.server.seen.borrow().last().expect("a send").authorization.is_none());
    assert_eq!(text(&world.auth.session(), "accessToken"), "access-9");
}

#[wasm_bindgen_test]
async fn a_revocation_function_is_given_null_for_a_token_that_the_page_does_not_have() {
    let cookie = "{'refresh': {'url': '/token', 'credentials': 'include'}}";
    let (world, seen) = world("resolves", cookie, "{'access_token': 'access-0'}");
    logged_out(&world).await;
    // Nobody is signed in any more, as the page knows it; a cookie may be left.
    logged_out(&world).await;
    let tokens = |context: JsValue| (get(&context, "refreshToken"), get(&context, "accessToken"));
    let given: Vec<_> = seen.iter().map(tokens).collect();
    assert_eq!(given, [(JsValue::NULL, "access-0".into()), (JsValue::NULL, JsValue::NULL)]);
}

#[wasm_bindgen_test]
async fn a_revocation_function_confirms_the_logout_by_a_2xx_or_by_being_fulfilled() {
    let cookie = "{'refresh': {'url': '/token', 'credentials': 'include'}}";
    for (how, status, confirmed) in [
        ("resolves", 0, true),
        ("returns nothing", 0, true),
        ("fetches", 204, true),
        ("fetches", 500, false),
        ("fetches", 401, false),
        ("rejects", 0, false),
    ] {
        let (world, _) = world(how, cookie, "{'access_token': 'access-0'}");
        let answer = if status == 204 { Answer::Value(empty(204)) } else { Answer::Status(status, "") };
        world.server.answers.borrow_mut().insert("/revoke".into(), answer);
        logged_out(&world).await;
        let error = rejection(&world.auth.refresh()).await;
        assert_eq!(text(&error, "code"), "signed_out", "{how} {status}");
        // The scripted server refuses what no refresh token comes with: it has been asked, or not.
        assert_eq!(world.server.token_requests.get(), u32::from(confirmed), "{how} {status}");
    }
}

/// A response without a body.
fn empty(status: u16) -> JsValue {
    js_sys::eval(&format!("new Response(null, {{ status: {status} }})")).expect("a response")
}

#[wasm_bindgen_test]
async fn a_revocation_function_that_throws_rejects_or_never_settles_neither_delays_nor_fails_the_logout() {
    let _console = Console::new();
    for how in ["throws", "rejects", "returns nothing", "resolves"] {
        let (world, seen) = world(how, "{}", BOTH);
        logged_out(&world).await;
        assert_eq!(seen.length(), 1, "{how}");
    }
    let (world, seen) = world("never settles", "{'refreshTimeout': 30}", BOTH);
    let done = world.auth.logout(&JsValue::UNDEFINED);
    assert_eq!((world.auth.state(), text(&world.stored(), "access_token")), ("signed-out".into(), String::new()));
    until(|| seen.length() == 1).await;
    let signal = get(&seen.get(0), "signal");
    assert!(!get(&signal, "aborted").is_truthy());
    JsFuture::from(done).await.expect("settles at the timeout");
    assert!(get(&signal, "aborted").is_truthy());
    assert_eq!(warnings().len(), 1, "once, whatever it was: {:?}", warnings());
    assert!(!warnings()[0].contains("of-the-function"), "what it threw may hold a token");
}

#[wasm_bindgen_test]
async fn a_revocation_function_is_left_out_where_the_logout_says_so_and_where_the_server_ended_the_session() {
    let (kept, seen) = world("resolves", "{}", BOTH);
    JsFuture::from(kept.auth.logout(&js("{'revoke': false}"))).await.expect("never rejects");
    assert_eq!((kept.auth.state(), seen.length()), ("signed-out".into(), 0));
    let (refused, seen) = world("resolves", "{}", BOTH);
    refused.server.refresh.replace("another".into());
    let _ = rejection(&refused.auth.refresh()).await;
    turn().await;
    assert_eq!((refused.auth.state(), seen.length()), ("signed-out".into(), 0));
}

#[wasm_bindgen_test]
async fn a_revocation_that_is_answered_with_an_error_is_warned_of_once_with_status_and_place_alone() {
    let _console = Console::new();
    let origin = text(&get(&js_sys::global(), "location"), "origin");
    // No other test answers a revocation with these: of each it is warned once in a page.
    for status in [415, 410, 507] {
        for _ in 0..2 {
            let world = World::signed_in("{'revocation': '/revoke?secret=of-the-query'}");
            world.server.answers.borrow_mut().insert("/revoke".into(), Answer::Status(status, "refresh-0"));
            logged_out(&world).await;
        }
        let warned = warnings();
        assert_eq!(warned.len(), 1, "{status} {warned:?}");
        assert!(warned[0].contains(&format!("{origin}/revoke: answered {status}.")), "{warned:?}");
        assert!(!warned[0].contains("secret") && !warned[0].contains("refresh-0"), "{warned:?}");
        listen();
    }
    // A function that hands its answer on is told of as well.
    let (by_function, _) = world("fetches", "{}", BOTH);
    by_function.server.answers.borrow_mut().insert("/revoke".into(), Answer::Status(422, ""));
    logged_out(&by_function).await;
    assert!(warnings().len() == 1 && warnings()[0].contains("422"), "{:?}", warnings());
    listen();
    for answer in [Answer::Status(200, ""), Answer::NetworkError] {
        let world = World::signed_in("{'revocation': '/revoke'}");
        world.server.answers.borrow_mut().insert("/revoke".into(), answer);
        logged_out(&world).await;
    }
    assert_eq!(warnings(), Vec::<String>::new());
}
