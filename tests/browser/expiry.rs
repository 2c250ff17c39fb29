//! Expiry: one contract for it, whatever the server says and whatever the clock does.

use crate::world::{World, get, js, status, text, until};
use js_sys::Date;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

fn expires_in(world: &World) -> Option<f64> {
    get(&world.auth.session(), "expiresAt").as_f64().map(|at| ((at - Date::now()) / 1000.0).round())
}

#[wasm_bindgen_test]
async fn the_lifetime_is_stored_and_a_fresh_token_is_not_refreshed() {
    let world = World::signed_in("{}");
    assert_eq!(expires_in(&world), Some(3600.0));
    assert_eq!(status(&world.call("/api/1")).await, Ok(200));
    assert_eq!(world.server.token_requests.get(), 0);
}

#[wasm_bindgen_test]
fn a_lifetime_may_be_a_number_in_a_string_and_nonsense_is_unknown() {
    let world = World::new("{}");
    for (given, wanted) in
        [("'60'", Some(60.0)), ("0", None), ("-5", None), ("'soon'", None), ("1e12", None), ("null", None)]
    {
        world.auth.set_tokens(&js(&format!("{{'access_token': 'a', 'expires_in': {given}}}"))).expect("tokens");
        assert_eq!(expires_in(&world), wanted, "{given}");
    }
}

#[wasm_bindgen_test]
fn a_jwt_tells_its_expiry_corrected_by_its_own_clock() {
    let world = World::new("{}");
    // {"iat":1000,"exp":1600}: issued by a clock that is decades behind.
    let tokens = js("{'access_token': 'e30.eyJpYXQiOjEwMDAsImV4cCI6MTYwMH0.x'}");
    world.auth.set_tokens(&tokens).expect("tokens");
    assert_eq!(expires_in(&world), Some(600.0));
}

#[wasm_bindgen_test]
async fn inside_the_leeway_a_call_goes_out_while_the_refresh_runs() {
    let world = World::signed_in("{'leeway': 100000}");
    world
        .auth
        .set_tokens(&js("{'access_token': 'access-0', 'refresh_token': 'refresh-0', 'expires_in': 100}"))
        .expect("tokens");
    // More than half of its life is over.
    let record = world.stored();
    for (name, at) in [("received_at", -80.0), ("expires_at", 20.0), ("version", 1e15)] {
        js_sys::Reflect::set(&record, &name.into(), &JsValue::from_f64(Date::now() + at * 1000.0)).expect("set");
    }
    crate::world::store(&world.name, &js_sys::JSON::stringify(&record).expect("JSON").into());
    world.server.hold_grants.set(true);
    assert_eq!(status(&world.call("/api/1")).await, Ok(200), "it did not wait");
    until(|| world.server.token_requests.get() == 1).await;
    world.server.release("/token");
    until(|| text(&world.auth.session(), "accessToken") == "access-1").await;
}

#[wasm_bindgen_test]
async fn a_token_that_lives_shorter_than_the_leeway_is_not_refreshed_in_a_loop() {
    let world = World::new("{'leeway': 600, 'backgroundRefresh': true}");
    world.sign_in(60);
    for _ in 0..5 {
        assert_eq!(status(&world.call("/api/1")).await, Ok(200));
    }
    assert_eq!(world.server.token_requests.get(), 0);
}

#[wasm_bindgen_test]
async fn an_expired_token_is_refreshed_before_anything_is_sent() {
    let world = World::signed_in("{}");
    world.expire();
    assert_eq!(status(&world.call("/api/1")).await, Ok(200));
    assert_eq!((world.sends("/api/"), world.server.token_requests.get()), (1, 1), "no 401 was seen");
}

#[wasm_bindgen_test]
async fn a_lifetime_of_sixty_days_overflows_no_timer() {
    let world = World::new("{'backgroundRefresh': true}");
    world.sign_in(60 * 86_400);
    assert_eq!(status(&world.call("/api/1")).await, Ok(200));
    crate::world::turn().await;
    assert_eq!(world.server.token_requests.get(), 0);
}

#[wasm_bindgen_test]
async fn a_refresh_by_timer_happens_ahead_of_expiry_while_the_page_is_visible() {
    let world = World::new("{'backgroundRefresh': true}");
    let refreshed = world.listen("refresh");
    world
        .auth
        .set_tokens(&js("{'access_token': 'access-0', 'refresh_token': 'refresh-0', 'expires_in': 1}"))
        .expect("tokens");
    if get(&get(&js_sys::global(), "document"), "visibilityState") == "visible" {
        until(|| refreshed.length() == 1).await;
        assert_eq!(world.server.token_requests.get(), 1);
    }
    world.auth.close();
}
