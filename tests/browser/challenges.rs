//! What a 401 says beside its status: step-up (RFC 9470), too little scope (RFC 6750), and what cannot be refreshed.

use crate::server::Answer;
use crate::world::{World, get, js, rejection, status, text, turn, until};
use js_sys::Function;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

const STEP_UP: &str = "Bearer error=\"insufficient_user_authentication\", acr_values=\"gold silver\", max_age=5";

fn prevent_step_ups(world: &World) {
    let prevent = Closure::<dyn Fn(JsValue)>::new(|event: JsValue| {
        let prevent: Function = get(&event, "preventDefault").unchecked_into();
        let _ = prevent.call0(&event);
    });
    world.auth.on("stepup", prevent.into_js_value().unchecked_ref());
}

#[wasm_bindgen_test]
async fn a_step_up_is_told_once_and_its_401_is_the_answer_unless_prevented() {
    let world = World::signed_in("{}");
    let told = world.listen("stepup");
    world.server.answers.borrow_mut().insert("/api/pay".into(), Answer::Header(401, "www-authenticate", STEP_UP));
    assert_eq!(status(&world.call("/api/pay")).await, Ok(401));
    assert_eq!(status(&world.call("/api/pay")).await, Ok(401));
    assert_eq!((told.length(), get(&told.get(0), "maxAge").as_f64()), (1, Some(5.0)));
    assert_eq!(js_sys::Array::from(&get(&told.get(0), "acrValues")).join(" "), "gold silver");
    assert_eq!((world.server.token_requests.get(), world.sends("/api/pay")), (0, 2));
}

#[wasm_bindgen_test]
async fn a_prevented_step_up_waits_for_a_sign_in_and_not_for_a_refresh() {
    let world = World::signed_in("{}");
    prevent_step_ups(&world);
    world.server.answers.borrow_mut().insert("/api/pay".into(), Answer::Header(401, "www-authenticate", STEP_UP));
    let call = world.call("/api/pay");
    until(|| world.sends("/api/pay") == 1).await;
    let _ = wasm_bindgen_futures::JsFuture::from(world.auth.refresh()).await.expect("refreshed");
    turn().await;
    assert_eq!(world.sends("/api/pay"), 1);
    world.server.answers.borrow_mut().clear();
    world.sign_in(3600);
    assert_eq!(status(&call).await, Ok(200));
    assert_eq!(world.sends("/api/pay"), 2);
}

#[wasm_bindgen_test]
async fn a_challenge_that_asks_for_more_shows_that_the_token_is_good() {
    let world = World::signed_in("{}");
    world.server.answers.borrow_mut().insert("/api/pay".into(), Answer::Header(401, "www-authenticate", STEP_UP));
    let _ = status(&world.call("/api/pay")).await;
    assert!(get(&world.stored(), "accepted").is_truthy());
}

#[wasm_bindgen_test]
async fn a_token_that_has_run_out_and_cannot_be_refreshed_ends_the_session_at_its_401() {
    // Another origin's endpoint, without cookies and without a refresh token.
    let world = World::new("{'refresh': 'https://auth.test/token'}");
    world.auth.set_tokens(&js("{'access_token':'access-0','expires_in':60}")).expect("tokens");
    world.server.good.replace("another".into());
    assert_eq!(status(&world.call("/api/early")).await, Ok(401), "the clock still trusts it");
    world.expire();
    let error = rejection(&world.call("/api/late")).await;
    assert_eq!((text(&error, "code"), world.auth.state()), ("session_expired".into(), "signed-out".into()));
}

#[wasm_bindgen_test]
async fn with_hold_it_waits_for_the_next_sign_in_instead() {
    let world = World::new("{'refresh': 'https://auth.test/token', 'onSessionExpired': 'hold'}");
    world.auth.set_tokens(&js("{'access_token':'access-0','expires_in':60}")).expect("tokens");
    world.server.good.replace("another".into());
    world.expire();
    let call = world.call("/api/late");
    until(|| world.auth.state() == "suspended").await;
    world.auth.set_tokens(&js("{'access_token':'another'}")).expect("tokens");
    assert_eq!(status(&call).await, Ok(200));
}
