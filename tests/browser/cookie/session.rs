//! The life of a session in cookies: signed in, refreshed, found, ended.

use super::site::{World, script, site};
use crate::world::{get, js, rejection, status, statuses, stored, text, until};
use js_sys::Object;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

async fn token(world: &World) -> String {
    let token = JsFuture::from(world.auth.get_access_token(&JsValue::UNDEFINED)).await;
    token.expect("a generation").as_string().unwrap_or_default()
}

#[wasm_bindgen_test]
async fn signed_in_begins_a_session_whose_record_and_snapshot_hold_no_token() {
    let world = World::new("{}");
    let told = world.listen("signin");
    let details = "{'expires_in': 60, 'user': 'ann', 'access': 'secret', 'token': {'a': 1}, 'deep': {'access_token': 'secret', 'n': 1}}";
    world.auth.signed_in(&js(details)).expect("signed in");
    assert_eq!((world.auth.state(), told.length()), ("signed-in".into(), 1));
    let session = world.auth.session();
    assert_eq!((text(&session, "accessToken"), text(&session, "tokenType")), (String::new(), String::new()));
    assert!(get(&session, "expiresAt").as_f64().is_some() && get(&session, "canRefresh").is_truthy());
    let record = stored(&world.name);
    assert_eq!(get(&record, "generation").as_f64(), Some(1.0));
    let extra = js_sys::JSON::stringify(&get(&record, "extra")).expect("JSON");
    assert_eq!(extra, r#"{"user":"ann","deep":{"n":1}}"#);
    let members: Vec<String> =
        Object::keys(record.unchecked_ref::<Object>()).iter().filter_map(|key| key.as_string()).collect();
    assert!(!members.iter().any(|name| name.contains("token")), "{members:?}");
}

#[wasm_bindgen_test]
async fn a_burst_of_401s_is_refreshed_once_and_each_call_sent_again() {
    let world = World::stale("{ cancelPending: false }");
    let before = token(&world).await;
    let calls: Vec<_> = (0..5).map(|at| world.call(&format!("/api/{at}"))).collect();
    assert_eq!(statuses(&calls).await, [200; 5]);
    let refreshes = world.sent("/refresh");
    assert_eq!((refreshes.len(), world.site.seen().length()), (1, 11));
    assert_eq!((text(&refreshes[0], "method"), text(&refreshes[0], "credentials")), ("POST".into(), "include".into()));
    assert_eq!(text(&refreshes[0], "body"), "");
    assert!(get(&get(&refreshes[0], "headers"), "content-type").is_undefined());
    let after = token(&world).await;
    assert_ne!(before, after);
    let (epoch, generation) = after.split_once('.').expect("both");
    assert_eq!(get(&stored(&world.name), "epoch").as_f64(), epoch.parse().ok());
    assert_eq!(get(&stored(&world.name), "generation").as_f64(), generation.parse().ok());
}

#[wasm_bindgen_test]
async fn a_401_of_an_earlier_generation_is_sent_again_without_a_refresh() {
    let world = World::stale("{}");
    world.site.hold("/late");
    let late = world.call("/late");
    assert_eq!(status(&world.call("/api")).await, Ok(200));
    world.answers("/late", "{ status: 401 }");
    world.site.release("/late");
    assert_eq!(status(&late).await, Ok(200));
    assert_eq!((world.sent("/refresh").len(), world.sent("/late").len()), (1, 2));
}

#[wasm_bindgen_test]
async fn a_generation_that_was_rejected_elsewhere_is_refreshed_for_an_upload() {
    let world = World::signed_in("{}");
    let sent = token(&world).await;
    let rejected = script(&format!("{{ rejected: '{sent}' }}"));
    let next = JsFuture::from(world.auth.get_access_token(&rejected)).await.expect("the next");
    assert_ne!(next, JsValue::from(sent.as_str()));
    assert_eq!(world.sent("/refresh").len(), 1);
    assert_eq!(JsFuture::from(world.auth.get_access_token(&rejected)).await, Ok(next));
    assert_eq!(world.sent("/refresh").len(), 1);
}

#[wasm_bindgen_test]
async fn any_2xx_is_a_refresh_and_its_lifetime_is_read_by_each_of_its_names() {
    let soon = "new Date(Date.now() + 60_000).toISOString()";
    for (answer, known) in [
        ("{ status: 204 }".to_owned(), false),
        ("{ status: 200, body: 'OK' }".into(), false),
        ("{ status: 200, body: '[]' }".into(), false),
        ("{ status: 201, body: JSON.stringify({ expires_in: 60, access: 'secret' }) }".into(), true),
        (format!("{{ status: 200, body: JSON.stringify({{ access_expiration: {soon} }}) }}"), true),
        (format!("{{ status: 200, body: JSON.stringify({{ access_token_expiration: {soon} }}) }}"), true),
        ("{ status: 200, body: JSON.stringify({ access_expiration: '2001-01-01' }) }".into(), false),
    ] {
        let world = World::signed_in("{}");
        world.answers("/refresh", &answer);
        let session = JsFuture::from(world.auth.refresh()).await.expect("refreshed");
        assert_eq!(get(&session, "expiresAt").as_f64().is_some(), known, "{answer}");
        assert!(!js_sys::JSON::stringify(&stored(&world.name)).expect("JSON").includes("secret", 0));
    }
}

#[wasm_bindgen_test]
async fn an_empty_answer_of_a_refresh_function_is_a_refresh_too() {
    let world = World::stale("{ refresh: async ({ fetch, refreshToken }) => { await fetch('/refresh'); } }");
    assert_eq!(status(&world.call("/api")).await, Ok(200));
    let world = World::stale("{ refresh: ({ fetch }) => fetch('/refresh') }");
    world.site.set_refused(true);
    assert_eq!(text(&rejection(&world.call("/api")).await, "code"), "session_expired");
}

#[wasm_bindgen_test]
async fn params_are_the_body_of_a_refresh_and_nothing_else_is() {
    for (encoding, body) in [("form", "a=1"), ("json", r#"{"a":"1"}"#)] {
        let world = World::signed_in(&format!(
            "{{ refresh: {{ url: '/refresh', clientId: 'spa', encoding: '{encoding}', params: {{ a: '1' }} }} }}"
        ));
        JsFuture::from(world.auth.refresh()).await.expect("refreshed");
        until(|| !text(&world.sent("/refresh")[0], "body").is_empty()).await;
        assert_eq!(text(&world.sent("/refresh")[0], "body"), body);
    }
}

#[wasm_bindgen_test]
async fn a_reload_is_signed_in_by_its_record_and_finds_out_at_the_first_call() {
    let world = World::stale("{}");
    world.auth.close();
    world.site.set_refused(true);
    let again = World::at(site(), &format!("{}-reloaded", world.name), "{}");
    crate::world::store(&again.name, &js_sys::JSON::stringify(&stored(&world.name)).expect("JSON").into());
    let ends = again.listen("logout");
    assert_eq!(status(&again.call("/api")).await, Ok(200));
    assert_eq!(again.auth.state(), "signed-in");
    again.site.set_over(true);
    again.site.set_refused(true);
    let calls: Vec<_> = (0..3).map(|at| again.call(&format!("/api/{at}"))).collect();
    for call in &calls {
        assert_eq!(text(&rejection(call).await, "code"), "session_expired");
    }
    assert_eq!((again.auth.state(), ends.length()), ("signed-out".into(), 1));
}

#[wasm_bindgen_test]
async fn refresh_finds_a_session_that_began_outside_and_signs_in_nobody_otherwise() {
    let world = World::new("{}");
    world.site.set_refused(true);
    assert_eq!(text(&rejection(&world.auth.refresh()).await, "code"), "signed_out");
    assert_eq!(world.auth.state(), "signed-out");
    world.site.set_refused(false);
    let told = world.listen("signin");
    JsFuture::from(world.auth.refresh()).await.expect("found");
    assert_eq!((world.auth.state(), told.length()), ("signed-in".into(), 1));
}

#[wasm_bindgen_test]
async fn without_a_refresh_the_first_401_ends_the_session_once() {
    let world = World::stale("{ refresh: undefined }");
    let ends = world.listen("logout");
    assert_eq!(text(&rejection(&world.call("/api")).await, "code"), "session_expired");
    assert_eq!((world.auth.state(), ends.length()), ("signed-out".into(), 1));
    assert_eq!(status(&world.call("/api")).await, Ok(401));
    assert_eq!(ends.length(), 1);
}

#[wasm_bindgen_test]
async fn one_endpoint_that_rejects_each_generation_signs_nobody_out_and_two_do() {
    let world = World::signed_in("{}");
    for _ in 0..4 {
        world.answers("/broken", "{ status: 401 }");
    }
    assert_eq!(status(&world.call("/broken")).await, Ok(401));
    assert_eq!((world.auth.state(), world.sent("/broken").len()), ("signed-in".into(), 2));
    assert_eq!(status(&world.call("/broken")).await, Ok(401));
    assert_eq!((world.sent("/broken").len(), world.sent("/refresh").len()), (3, 1));
    world.answers("/other", "{ status: 401 }");
    world.answers("/other", "{ status: 401 }");
    assert_eq!(status(&world.call("/fine")).await, Ok(200));
    assert_eq!(status(&world.call("/other")).await, Ok(401));
    assert_eq!(world.auth.state(), "signed-in");

    let world = World::signed_in("{}");
    for path in ["/one", "/two"] {
        for _ in 0..3 {
            world.answers(path, "{ status: 401 }");
        }
    }
    let calls = [world.call("/one"), world.call("/two")];
    assert_eq!(status(&calls[0]).await, Ok(401));
    assert_eq!(text(&rejection(&calls[1]).await, "code"), "session_expired");
    assert_eq!(world.auth.state(), "signed-out");
}

#[wasm_bindgen_test]
async fn a_logout_is_local_first_and_told_with_an_empty_body_and_its_cookies() {
    let world = World::signed_in("{ revocation: '/logout' }");
    world.site.hold("/logout");
    world.site.hold("/late");
    let late = world.call("/late");
    let done = world.auth.logout(&JsValue::UNDEFINED);
    assert_eq!(world.auth.state(), "signed-out");
    assert_eq!(text(&rejection(&late).await, "code"), "logged_out");
    let told = &world.sent("/logout")[0];
    assert_eq!(
        (text(told, "method"), text(told, "credentials"), text(told, "body")),
        ("POST".into(), "include".into(), String::new())
    );
    assert!(get(&get(told, "init"), "keepalive").is_truthy());
    // Until the server has confirmed it, the cookie is not tried.
    assert_eq!(text(&rejection(&world.auth.refresh()).await, "code"), "signed_out");
    assert!(world.sent("/refresh").is_empty());
    world.site.release("/logout");
    JsFuture::from(done).await.expect("never rejects");
    JsFuture::from(world.auth.refresh()).await.expect("tried now");
}

#[wasm_bindgen_test]
async fn a_revocation_function_is_told_no_generation() {
    let world = World::signed_in("{ revocation: (context) => void (globalThis.told = context) }");
    JsFuture::from(world.auth.logout(&JsValue::UNDEFINED)).await.expect("never rejects");
    let told = get(&js_sys::global(), "told");
    assert!(get(&told, "accessToken").is_null() && get(&told, "refreshToken").is_null());
}

#[wasm_bindgen_test]
async fn a_401_after_a_logout_never_signs_in_again() {
    let world = World::stale("{}");
    world.site.hold("/refresh");
    let call = world.call("/api");
    until(|| world.sent("/refresh").len() == 1).await;
    let _ = world.auth.logout(&JsValue::UNDEFINED);
    assert_eq!(text(&rejection(&call).await, "code"), "logged_out");
    world.site.release("/refresh");
    world.site.set_over(true);
    assert_eq!(status(&world.call("/api")).await, Ok(401));
    assert_eq!((world.auth.state(), world.sent("/refresh").len()), ("signed-out".into(), 1));
}

#[wasm_bindgen_test]
async fn held_calls_go_once_somebody_has_signed_in_again() {
    let world = World::stale("{ onSessionExpired: 'hold' }");
    world.site.set_refused(true);
    let suspended = world.listen("suspend");
    let call = world.call("/api");
    until(|| suspended.length() == 1).await;
    assert_eq!(world.auth.state(), "suspended");
    world.site.set_over(false);
    world.auth.signed_in(&JsValue::UNDEFINED).expect("signed in");
    assert_eq!(status(&call).await, Ok(200));
}
