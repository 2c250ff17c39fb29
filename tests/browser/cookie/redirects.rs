//! Redirects to a login page, which some servers answer in the place of a 401.

use super::site::{World, script};
use crate::world::{get, rejection, status, text, until};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

/// The page's own origin and the login page, as the browser has followed the redirect there.
const MOVED: &str = "{ status: 200, body: '<form>', redirected: true, url: location.origin + '/login?next=/api' }";

#[wasm_bindgen_test]
async fn a_call_that_ends_at_the_login_page_is_refreshed_and_sent_again_where_it_may_be() {
    let world = World::signed_in("{ loginUrl: '/login', origins: ['/api'] }");
    world.answers("/api", MOVED);
    assert_eq!(status(&world.call("/api")).await, Ok(200));
    assert_eq!((world.sent("/api").len(), world.sent("/refresh").len()), (2, 1));
    // A redirect may have done the work of a POST.
    world.answers("/api/save", MOVED);
    let response = JsFuture::from(world.post("/api/save")).await.expect("the login page");
    assert!(get(&response, "redirected").is_truthy());
    until(|| world.auth.state() == "signed-in").await;
    assert_eq!((world.sent("/api/save").len(), world.sent("/refresh").len()), (1, 2));
}

#[wasm_bindgen_test]
async fn a_login_page_never_ends_a_session() {
    for options in [
        "{ loginUrl: '/login' }",
        "{ loginUrl: '/login', onRetryRejected: 'logout' }",
        "{ loginUrl: '/login', refresh: undefined }",
    ] {
        let world = World::signed_in(options);
        for path in ["/one", "/two"] {
            for _ in 0..2 {
                world.answers(path, MOVED);
            }
            assert_eq!(status(&world.call(path)).await, Ok(200), "{options}");
        }
        assert_eq!(world.auth.state(), "signed-in", "{options}");
    }
}

#[wasm_bindgen_test]
async fn a_redirect_elsewhere_is_an_answer_like_any_other() {
    let world = World::signed_in("{ loginUrl: '/login' }");
    for moved in [
        "{ status: 200, body: '', redirected: true, url: location.origin + '/home' }",
        "{ status: 200, body: '', url: location.origin + '/login' }",
    ] {
        world.answers("/api", moved);
        assert_eq!(status(&world.call("/api")).await, Ok(200));
    }
    assert_eq!((world.sent("/api").len(), world.sent("/refresh").len()), (2, 0));
    // A 401 after a redirect says something of the session, and a POST is not sent again for it.
    world.answers("/save", "{ status: 401, body: '', redirected: true, url: location.origin + '/saved' }");
    assert_eq!(status(&world.post("/save")).await, Ok(401));
    until(|| world.sent("/refresh").len() == 1).await;
    assert_eq!(world.sent("/save").len(), 1);
}

#[wasm_bindgen_test]
async fn a_401_is_one_whatever_its_body() {
    for answer in [
        "{ status: 401, body: '{\"detail\":\"no\"}', headers: { 'content-type': 'application/json' } }",
        "{ status: 401, body: '<html>sign in</html>', headers: { 'content-type': 'text/html' } }",
        "{ status: 401 }",
    ] {
        let world = World::signed_in("{}");
        world.answers("/api", answer);
        assert_eq!(status(&world.post("/api")).await, Ok(200), "{answer}");
        assert_eq!((world.sent("/api").len(), world.sent("/refresh").len()), (2, 1), "{answer}");
    }
}

#[wasm_bindgen_test]
async fn an_opaque_redirect_is_delivered_and_a_refresh_that_is_one_keeps_the_session() {
    let world = World::signed_in("{}");
    world.answers("/api", "{ opaque: true }");
    let call = world.call_with(&"/api".into(), "{ redirect: 'manual' }");
    let response = JsFuture::from(call).await.expect("delivered");
    assert_eq!(text(&response, "type"), "opaqueredirect");
    assert_eq!(world.sent("/refresh").len(), 0);
    world.answers("/refresh", "{ opaque: true }");
    world.site.set_over(true);
    let error = rejection(&world.call("/api")).await;
    assert_eq!((text(&error, "code"), world.auth.state()), ("refresh_failed".into(), "signed-in".into()));
}

#[wasm_bindgen_test]
async fn a_login_page_that_the_browser_may_not_show_is_its_error_as_it_is() {
    let world = World::signed_in("{ loginUrl: 'https://login.test/' }");
    world.answers("/api", "{ error: 'Failed to fetch' }");
    let error = rejection(&world.call_with(&script("'/api'"), "undefined")).await;
    assert_eq!(text(&error, "message"), "Failed to fetch");
    assert_eq!((world.auth.state(), world.sent("/refresh").len()), ("signed-in".into(), 0));
}
