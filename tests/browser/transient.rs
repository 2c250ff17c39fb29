//! Whether waiting may heal a failed refresh: what its error says, and what the console is warned of where it cannot.

use crate::server::Answer;
use crate::world::{World, construct, get, js, rejection, store, text, until};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen(module = "/tests/browser/warnings.js")]
extern "C" {
    fn listen();
    fn spoil(missing: bool);
    fn stop();
    fn warnings() -> Vec<String>;
}

/// While it lives, warnings are noted in the place of the console.
struct Warnings;

impl Warnings {
    fn noted() -> Self {
        listen();
        Self
    }

    fn spoilt(missing: bool) -> Self {
        spoil(missing);
        Self
    }
}

impl Drop for Warnings {
    fn drop(&mut self) {
        stop();
    }
}

/// The code of an error, and whether it says that waiting may heal it.
fn said(error: &JsValue) -> (String, Option<bool>) {
    (text(error, "code"), get(error, "transient").as_bool())
}

fn failed(transient: bool) -> (String, Option<bool>) {
    ("refresh_failed".into(), Some(transient))
}

/// An instance on the world's server, with this refresh function.
fn with_function(world: &World, function: &str) -> World {
    let options = Object::assign(&Object::new(), world.options.unchecked_ref::<Object>());
    let set = |name: &str, value: &JsValue| Reflect::set(&options, &name.into(), value).expect("set");
    let name = format!("{}-function", world.name);
    set("refresh", &js_sys::eval(function).expect("a function"));
    set("name", &name.clone().into());
    let auth = construct(&options).expect("options");
    auth.set_tokens(&js("{'access_token':'old','refresh_token':'refresh-0'}")).expect("tokens");
    World { auth, name, server: world.server.clone(), options: options.into() }
}

#[wasm_bindgen_test]
async fn a_failure_that_no_waiting_heals_warns_once_and_names_the_way_out() {
    let noted = Warnings::noted();
    let world = World::stale("{'refreshAttempts': 1}");
    let refused = Answer::Status(422, "{\"errors\":[\"secret-e\"],\"password\":\"secret-p\"}");
    let odd = Answer::Status(400, "{\"detail\":\"refresh-0 is not known\"}");
    let answers = [
        refused.clone(),
        refused.clone(),
        odd.clone(),
        Answer::Status(503, ""),
        Answer::NetworkError,
        odd,
        refused.clone(),
    ];
    world.server.grants.replace(answers.into());
    let error = rejection(&world.call("/api/1")).await;
    // In the cooldown each call gets the same error, and nobody is warned again.
    assert!(Object::is(&rejection(&world.call("/api/2")).await, &error));
    assert_eq!(warnings().len(), 1);
    let warning = warnings()[0].clone();
    for part in ["authfetch: ", "(422)", "errors, password", "`isRefused`", "`SessionRefusedError`"] {
        assert!(warning.contains(part), "{part}: {warning}");
    }
    assert!(warning.contains(&text(&error, "message")), "the error says the same");
    for _ in 0..6 {
        let _ = rejection(&world.auth.refresh()).await;
    }
    assert_eq!(world.server.token_requests.get(), 7);
    assert_eq!(warnings().len(), 2, "once each: {:?}", warnings());
    assert!(warnings()[1].contains("(400)") && warnings()[1].contains("detail"));
    let other = World::on(world.server.clone(), &world.name, "{}");
    world.server.grants.replace(vec![refused]);
    let _ = rejection(&other.auth.refresh()).await;
    assert_eq!(warnings().len(), 2, "another instance of the session");
    let all = warnings().concat();
    assert!(!all.contains("secret") && !all.contains("refresh-0") && !all.contains("not known"), "{all}");
    drop(noted);
}

#[wasm_bindgen_test]
async fn a_warning_says_so_where_there_is_no_status_and_no_member() {
    for (answer, parts) in [
        (Answer::Value(js("{'status': 0, 'type': 'opaqueredirect'}")), ["(a redirect)", "members: none"]),
        (Answer::Status(404, "<html>secret</html>"), ["(404)", "members: none"]),
        (Answer::Status(200, "[\"secret\"]"), ["(200)", "members: none"]),
        (Answer::Status(200, "\"secret\""), ["(200)", "members: none"]),
        (Answer::Status(200, "{\"accessToken\":\"secret\"}"), ["(200)", "members: accessToken."]),
    ] {
        let _noted = Warnings::noted();
        let world = World::stale("{}");
        world.server.grants.replace(vec![answer]);
        assert_eq!(said(&rejection(&world.call("/api/1")).await), failed(false));
        let all = warnings();
        assert_eq!(all.len(), 1);
        assert!(parts.iter().all(|part| all[0].contains(part)) && !all[0].contains("secret"), "{}", all[0]);
    }
}

#[wasm_bindgen_test]
async fn a_console_that_throws_or_is_missing_changes_no_outcome() {
    for missing in [false, true] {
        let _spoilt = Warnings::spoilt(missing);
        let world = World::stale("{}");
        world.server.grants.replace(vec![Answer::Status(404, "")]);
        assert_eq!(said(&rejection(&world.call("/api/1")).await), failed(false));
        assert_eq!(world.auth.state(), "signed-in");
    }
}

#[wasm_bindgen_test]
async fn what_waiting_may_heal_is_transient_and_warns_nobody() {
    let _noted = Warnings::noted();
    let down = World::stale("{'refreshAttempts': 1}");
    for answer in
        [Answer::NetworkError, Answer::Status(429, "{}"), Answer::Status(502, ""), Answer::Status(403, "<html>")]
    {
        down.server.grants.replace(vec![answer]);
        assert_eq!(said(&rejection(&down.auth.refresh()).await), failed(true));
    }
    let late = World::stale("{'refreshAttempts': 1, 'refreshTimeout': 30}");
    late.server.grants.replace(vec![Answer::Never]);
    assert_eq!(said(&rejection(&late.call("/api/1")).await), failed(true), "a timeout");
    for function in
        ["() => new Promise(() => {})", "() => { throw new Error('sync') }", "() => Promise.reject(new Error('later'))"]
    {
        let world = with_function(&late, function);
        assert_eq!(said(&rejection(&world.call("/api/1")).await), failed(true), "{function}");
    }
    assert_eq!(warnings(), Vec::<String>::new());
}

#[wasm_bindgen_test]
async fn a_cooldown_that_another_tab_has_begun_is_worth_waiting_for() {
    let world = World::stale("{}");
    world.expire();
    let record = world.stored();
    Reflect::set(&record, &"retry_at".into(), &JsValue::from_f64(js_sys::Date::now() + 20_000.0)).expect("set");
    Reflect::set(&record, &"version".into(), &JsValue::from_f64(1e7)).expect("set");
    store(&world.name, &js_sys::JSON::stringify(&record).expect("JSON").into());
    assert_eq!(said(&rejection(&world.call("/api/1")).await), failed(true));
    assert_eq!(world.server.token_requests.get(), 0);
}

#[wasm_bindgen_test]
async fn without_a_way_to_refresh_waiting_heals_nothing() {
    let world = World::new("{'refresh': {'url': '/token', 'credentials': 'omit'}}");
    world.auth.set_tokens(&js("{'access_token': 'access-0'}")).expect("tokens");
    assert_eq!(said(&rejection(&world.auth.refresh()).await), failed(false));
}

#[wasm_bindgen_test]
async fn a_refresh_function_that_waits_for_itself_fails_for_good_inside_and_outside() {
    let _noted = Warnings::noted();
    let world =
        with_function(&World::stale("{}"), "() => (globalThis.inside = globalThis.waiting.fetch('/api/inside'))");
    Reflect::set(&js_sys::global(), &"waiting".into(), &world.auth).expect("set");
    let outside = rejection(&world.call("/api/1")).await;
    assert_eq!(said(&outside), failed(false));
    assert_eq!(said(&rejection(&get(&js_sys::global(), "inside").unchecked_into()).await), failed(false));
    assert_eq!(warnings().len(), 1);
    assert!(warnings()[0].contains("context.fetch"));
}

#[wasm_bindgen_test]
async fn only_a_failed_refresh_says_whether_waiting_may_heal_it() {
    let world = World::stale("{'signedOut': 'reject'}");
    world.server.refresh.replace("somebody else's".into());
    let expired = rejection(&world.call("/api/1")).await;
    let signed_out = rejection(&world.call("/api/2")).await;
    let invalid = construct(&js("{'leeway': -1}")).err().expect("an error");
    let leaving = World::stale("{}");
    leaving.server.hold_grants.set(true);
    let call = leaving.call("/api/1");
    until(|| leaving.server.token_requests.get() == 1).await;
    let _ = JsFuture::from(leaving.auth.logout(&JsValue::UNDEFINED)).await;
    let logged_out = rejection(&call).await;
    let errors = Array::of4(&expired, &signed_out, &invalid, &logged_out);
    let codes: Vec<String> = errors.iter().map(|error| text(&error, "code")).collect();
    assert_eq!(codes, ["session_expired", "signed_out", "invalid_options", "logged_out"]);
    assert!(errors.iter().all(|error| !Reflect::has(&error, &"transient".into()).expect("an object")));
}
