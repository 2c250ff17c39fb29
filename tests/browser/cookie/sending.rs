//! What goes out: no token, and cookies to other origins unless the caller says otherwise.

use super::site::{World, script};
use crate::world::{get, status, text};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

const THERE: &str = "https://api.test/there";

#[wasm_bindgen_test]
async fn a_call_carries_no_token_and_its_cookies_go_to_other_origins_too() {
    let world = World::signed_in("{}");
    for (url, wanted) in [("/here", JsValue::UNDEFINED), (THERE, "include".into())] {
        assert_eq!(status(&world.call(url)).await, Ok(200));
        assert_eq!(status(&world.post(url)).await, Ok(200));
        let path = if url == THERE { "/there" } else { url };
        for sent in world.sent(path) {
            assert_eq!(get(&get(&sent, "init"), "credentials"), wanted, "{url}");
            assert!(get(&get(&sent, "headers"), "authorization").is_undefined());
        }
        assert_eq!(world.sent(path).len(), 2);
    }
}

#[wasm_bindgen_test]
async fn what_init_says_of_credentials_stands_and_a_request_keeps_its_own() {
    let world = World::stale("{}");
    let request = |init: &str| script(&format!("new Request('{THERE}', {init})"));
    for (input, init, credentials, session) in [
        (JsValue::from(THERE), "{ credentials: 'omit' }", "omit", false),
        (THERE.into(), "{ credentials: 'same-origin' }", "same-origin", false),
        (THERE.into(), "{ credentials: 'include' }", "include", true),
        ("/here".into(), "{ credentials: 'omit' }", "omit", false),
        ("/here".into(), "{ credentials: 'same-origin' }", "same-origin", true),
        (request("{ credentials: 'include' }"), "undefined", "include", true),
        (request("{}"), "undefined", "same-origin", false),
        (request("{ credentials: 'omit' }"), "undefined", "omit", false),
        (request("{}"), "{ credentials: 'include' }", "include", true),
    ] {
        world.site.set_over(true);
        let before = world.site.seen().length();
        // What carries no cookie is no call of the session: its 401 is its answer.
        assert_eq!(status(&world.call_with(&input, init)).await, Ok(if session { 200 } else { 401 }), "{init}");
        assert_eq!(text(&world.site.seen().get(before), "credentials"), credentials, "{init}");
        assert_eq!(world.site.seen().length() - before, if session { 3 } else { 1 }, "{init}");
    }
}

#[wasm_bindgen_test]
async fn what_the_caller_authorizes_himself_or_goes_elsewhere_is_no_call_of_the_session() {
    let world = World::stale("{}");
    for (url, init) in [
        ("/here", "{ auth: false }"),
        ("/here", "{ headers: { Authorization: 'Basic YTpi' } }"),
        ("https://elsewhere.test/", "{}"),
        ("https://elsewhere.test/", "undefined"),
    ] {
        assert_eq!(status(&world.call_with(&url.into(), init)).await, Ok(401), "{url} {init}");
    }
    assert!(world.sent("/refresh").is_empty());
    for sent in world.sent("/") {
        assert_eq!(text(&sent, "credentials"), "same-origin");
    }
}

#[wasm_bindgen_test]
async fn signed_out_a_call_goes_out_with_its_cookies_and_a_401_is_its_answer() {
    let world = World::new("{}");
    world.site.set_over(true);
    assert_eq!(status(&world.call(THERE)).await, Ok(401));
    assert_eq!(status(&world.post(THERE)).await, Ok(401));
    assert_eq!(status(&world.call("/here")).await, Ok(401));
    assert_eq!(world.site.seen().length(), 3);
    for sent in world.sent("/there") {
        assert_eq!(text(&sent, "credentials"), "include");
    }
    let rejects = World::new("{ signedOut: 'reject' }");
    assert_eq!(text(&crate::world::rejection(&rejects.call("/here")).await, "code"), "signed_out");
}

#[wasm_bindgen_test]
async fn a_login_under_way_is_not_ended_by_a_logout() {
    let world = World::new("{}");
    world.site.hold("/login");
    let login = world.call_with(&script("new Request('/login', { method: 'POST', body: 'text' })"), "undefined");
    let _ = world.auth.logout(&JsValue::UNDEFINED);
    world.site.release("/login");
    assert_eq!(status(&login).await, Ok(200));
}
