//! What an app, a server or another tab does out of turn: it is told where it belongs, and no other call waits for it.

use crate::clock::Clock;
use crate::cookie::site::script;
use crate::server::Answer;
use crate::world::{World, construct, get, js, rejection, status, store, text, turn, until};
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

/// A world with one more option, given as a script.
fn with(options: &str, name: &str, value: &str) -> World {
    let outer = World::new(options);
    let name_of = format!("{}-with", outer.name);
    let set = |name: &str, value: &JsValue| Reflect::set(&outer.options, &name.into(), value).expect("set");
    set("name", &name_of.as_str().into());
    set(name, &script(value));
    let auth = construct(&outer.options).expect("options");
    World { auth, name: name_of, ..outer }
}

/// Three calls wait for a refresh that has just been answered; the first of them, the canary, gets an odd answer.
async fn with_odd_canary(judge: &str) -> (World, Vec<Promise>) {
    let world = with("{}", "isUnauthorized", judge);
    world.sign_in(3600);
    world.server.good.replace("nobody has this one".into());
    world.server.hold_grants.set(true);
    let calls = world.burst(3, "/api/");
    until(|| world.server.token_requests.get() == 1).await;
    turn().await;
    world.server.answers.borrow_mut().insert("/api/0".into(), Answer::Header(200, "x-odd", "yes"));
    world.server.release("/token");
    (world, calls)
}

#[wasm_bindgen_test]
async fn a_predicate_that_throws_for_the_canary_keeps_nobody_waiting() {
    let judge = "async (response) => { if (response.headers.get('x-odd')) throw new Error('odd'); return response.status === 401; }";
    let (world, calls) = with_odd_canary(judge).await;
    assert_eq!(text(&rejection(&calls[0]).await, "message"), "odd");
    assert_eq!((status(&calls[1]).await, status(&calls[2]).await), (Ok(200), Ok(200)));
    assert_eq!(status(&world.call("/api/later")).await, Ok(200));
}

#[wasm_bindgen_test]
async fn a_predicate_that_never_settles_for_the_canary_lets_the_others_go_after_a_while() {
    let clock = Clock::steered();
    let judge = "(response) => response.headers.get('x-odd') ? new Promise(() => {}) : response.status === 401";
    let (world, calls) = with_odd_canary(judge).await;
    until(|| world.sends("/api/0") == 2).await;
    clock.advance(4.1).await;
    assert_eq!((status(&calls[1]).await, status(&calls[2]).await), (Ok(200), Ok(200)));
}

#[wasm_bindgen_test]
async fn members_that_json_cannot_hold_are_left_out_and_the_tokens_stand() {
    for odd in ["{ user: window, n: 1 }", "{ id: 10n }"] {
        let refresh = format!("async () => ({{ ...{odd}, access_token: 'access-1', expires_in: 3600 }})");
        let world = with("{}", "refresh", &refresh);
        world.sign_in(3600);
        world.server.good.replace("access-1".into());
        assert_eq!(status(&world.call("/api/1")).await, Ok(200), "{odd}");
        assert_eq!(text(&world.stored(), "access_token"), "access-1");
        let _ = world.auth.set_tokens(&script(&format!("{{ ...{odd}, access_token: 'mine' }}")));
        assert_eq!(text(&world.auth.session(), "accessToken"), "mine");
    }
    // What is no token response at all is a failure, and no wait for ever.
    let world = with("{}", "refresh", "async () => { const it = {}; it.it = it; return it; }");
    world.sign_in(3600);
    world.server.good.replace("another".into());
    assert_eq!(text(&rejection(&world.call("/api/1")).await, "code"), "refresh_failed");
}

#[wasm_bindgen_test]
async fn in_a_cooldown_that_another_tab_began_an_older_failure_says_nothing() {
    let world = World::stale("{}");
    world.server.grants.replace(vec![Answer::Status(404, "{}")]);
    let first = rejection(&world.call("/api/0")).await;
    assert_eq!(get(&first, "transient").as_bool(), Some(false));
    world.server.good.replace("access-9".into());
    world.sign_in(3600);
    let record = world.stored();
    for (name, value) in [("retry_at", 5_000.0), ("expires_at", -1_000.0)] {
        let _ = Reflect::set(&record, &name.into(), &(js_sys::Date::now() + value).into());
    }
    let _ = Reflect::set(&record, &"version".into(), &1e6.into());
    store(&world.name, &js_sys::JSON::stringify(&record).expect("JSON").into());
    let second = rejection(&world.call("/api/1")).await;
    assert!(!Object::is(&first, &second));
    assert_eq!((text(&second, "code"), get(&second, "transient").as_bool()), ("refresh_failed".into(), Some(true)));
}

#[wasm_bindgen_test]
async fn where_nothing_can_be_refreshed_a_rejected_token_is_no_matter_of_waiting() {
    let world = World::signed_in("{}");
    let other = world.options.clone();
    let _ = Reflect::delete_property(other.unchecked_ref::<Object>(), &"refresh".into());
    let _ = Reflect::set(&other, &"name".into(), &format!("{}-alone", world.name).into());
    let auth = construct(&other).expect("options");
    auth.set_tokens(&js("{'access_token': 'access-0'}")).expect("tokens");
    let error = rejection(&auth.get_access_token(&js("{'rejected': 'access-0'}"))).await;
    assert_eq!((text(&error, "code"), get(&error, "transient").as_bool()), ("refresh_failed".into(), Some(false)));
}

#[wasm_bindgen_test]
async fn a_token_that_is_asked_for_with_what_is_no_signal_is_refused_at_once() {
    let world = World::signed_in("{}");
    for nonsense in ["{'signal': {}}", "{'signal': 1}", "{'signal': {'aborted': false}}"] {
        let error = rejection(&world.auth.get_access_token(&js(nonsense))).await;
        assert!(error.is_instance_of::<js_sys::TypeError>(), "{nonsense}: {error:?}");
    }
    let token = wasm_bindgen_futures::JsFuture::from(world.auth.get_access_token(&js("{'signal': null}"))).await;
    assert_eq!(token, Ok("access-0".into()));
}

#[wasm_bindgen_test]
async fn the_note_that_a_call_was_accepted_never_writes_over_what_another_tab_has_stored() {
    let world = World::signed_in("{}");
    let call = world.call("/held/1");
    let record = world.stored();
    for (name, value) in [("access_token", "access-of-b"), ("refresh_token", "refresh-of-b")] {
        let _ = Reflect::set(&record, &name.into(), &value.into());
    }
    let _ = Reflect::set(&record, &"version".into(), &1e6.into());
    store(&world.name, &js_sys::JSON::stringify(&record).expect("JSON").into());
    world.server.release("/held/");
    assert_eq!(status(&call).await, Ok(200));
    assert_eq!(text(&world.stored(), "refresh_token"), "refresh-of-b");
}

#[wasm_bindgen_test]
async fn a_stream_without_a_signal_waits_for_the_refresh_that_is_under_way() {
    let world = World::signed_in("{}");
    world.server.hold_grants.set(true);
    let refresh = world.auth.refresh();
    let init = script("{ method: 'POST', duplex: 'half', body: new ReadableStream({ start: (to) => to.close() }) }");
    let call = world.call_with(&"/api/upload".into(), &init);
    for _ in 0..10 {
        turn().await;
    }
    assert_eq!(world.sends("/api/upload"), 0, "it waits");
    world.server.release("/token");
    let _ = JsFuture::from(refresh).await;
    assert_eq!(status(&call).await, Ok(200));
    assert_eq!(world.sends("/api/upload"), 1);
}

#[wasm_bindgen_test]
async fn a_step_up_that_the_retry_is_answered_with_has_its_send_after_the_sign_in() {
    let world = World::stale("{}");
    let prevent = Function::new_with_args("event", "event.preventDefault()");
    world.auth.on("stepup", &prevent);
    let call = world.call("/held/1");
    world.server.answers.borrow_mut().insert("/held/1".into(), Answer::Status(401, ""));
    world.server.release("/held/");
    until(|| world.sends("/held/1") == 2).await;
    let challenge = "Bearer error=\"insufficient_user_authentication\"";
    world.server.answers.borrow_mut().insert("/held/1".into(), Answer::Header(401, "www-authenticate", challenge));
    world.server.release("/held/");
    for _ in 0..5 {
        turn().await;
    }
    world.server.answers.borrow_mut().clear();
    world.sign_in(3600);
    until(|| world.sends("/held/1") == 3).await;
    world.server.release("/held/");
    assert_eq!(status(&call).await, Ok(200));
}

#[wasm_bindgen_test]
async fn context_fetch_reaches_what_lies_below_a_wrapper_that_was_put_around_ours() {
    let global = js_sys::global();
    let native = get(&global, "fetch");
    let world =
        with("{}", "refresh", "(context) => context.fetch('/Cargo.toml').then(() => ({ access_token: 'access-1' }))");
    let options = world.options.clone();
    let _ = Reflect::delete_property(options.unchecked_ref::<Object>(), &"fetch".into());
    let _ = Reflect::set(&options, &"name".into(), &format!("{}-around", world.name).into());
    let auth = construct(&options).expect("options");
    auth.set_tokens(&js("{'access_token': 'access-0'}")).expect("tokens");
    let wrap = Function::new_with_args("ours", "return (...all) => ours(...all)");
    let around = wrap.call1(&JsValue::NULL, &auth.fetch()).expect("a function");
    let _ = Reflect::set(&global, &"fetch".into(), &around);
    let refreshed: Promise = auth.refresh();
    let session = JsFuture::from(refreshed).await;
    let _ = Reflect::set(&global, &"fetch".into(), &native);
    assert_eq!(text(&session.expect("refreshed"), "accessToken"), "access-1");
}
