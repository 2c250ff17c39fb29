//! The end of a session: everything pending ends in one turn, and nothing comes back.

use crate::server::Answer;
use crate::world::{World, get, js, local_storage, rejection, status, text, turn, until};
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
pub async fn logout_ends_calls_in_flight_waiting_and_refreshing_with_one_object() {
    let world = World::signed_in("{}");
    let flying = world.call("/held/1");
    let init: JsValue = Object::new().into();
    let controller = web_sys::AbortController::new().expect("a controller");
    Reflect::set(&init, &"signal".into(), &controller.signal()).expect("set");
    let with_signal = world.call_with(&"/held/2".into(), &init);
    world.expire();
    world.server.hold_grants.set(true);
    let waiting = world.call("/api/1");
    let refresh = world.auth.refresh();
    until(|| world.server.token_requests.get() == 1).await;
    let logouts = world.listen("logout");
    let done = world.auth.logout(&js("{'reason': 'button'}"));
    assert_eq!((world.auth.state(), world.auth.session().is_null()), ("signed-out".into(), true));
    let first = rejection(&flying).await;
    assert_eq!((text(&first, "code"), text(&first, "name")), ("logged_out".into(), "AbortError".into()));
    for promise in [with_signal, waiting, refresh] {
        assert!(Object::is(&rejection(&promise).await, &first));
    }
    assert_eq!((logouts.length(), text(&logouts.get(0), "reason")), (1, "button".into()));
    assert_eq!(text(&logouts.get(0), "source"), "this-tab");
    JsFuture::from(done).await.expect("never rejects");
}

#[wasm_bindgen_test]
async fn logout_during_a_refresh_discards_its_answer() {
    let world = World::signed_in("{}");
    world.server.hold_grants.set(true);
    let refresh = world.auth.refresh();
    until(|| world.server.token_requests.get() == 1).await;
    let _ = world.auth.logout(&JsValue::UNDEFINED);
    world.server.release("/token");
    assert_eq!(text(&rejection(&refresh).await, "code"), "logged_out");
    turn().await;
    let record = world.stored();
    assert!(get(&record, "access_token").is_undefined() && get(&record, "refresh_token").is_undefined());
    assert_eq!((text(&record, "reason"), text(&record, "code")), ("user".into(), "logged_out".into()));
}

#[wasm_bindgen_test]
async fn another_user_who_signs_in_during_a_refresh_keeps_his_tokens() {
    let world = World::signed_in("{}");
    world.server.hold_grants.set(true);
    let refresh = world.auth.refresh();
    until(|| world.server.token_requests.get() == 1).await;
    let _ = world.auth.logout(&js("{'redirect': false}"));
    world.auth.set_tokens(&js("{'access_token': 'other-a', 'refresh_token': 'other-r'}")).expect("tokens");
    world.server.release("/token");
    assert_eq!(text(&rejection(&refresh).await, "code"), "logged_out");
    turn().await;
    assert_eq!(text(&world.stored(), "access_token"), "other-a");
    assert_eq!(text(&world.stored(), "refresh_token"), "other-r");
    world.server.hold_grants.set(false);
    world.server.grants.replace(vec![Answer::Status(200, "{\"access_token\":\"other-b\"}")]);
    let session = JsFuture::from(world.auth.refresh()).await.expect("a refresh of the new session");
    assert_eq!(text(&session, "accessToken"), "other-b");
}

#[wasm_bindgen_test]
async fn set_tokens_without_a_refresh_token_during_a_refresh_keeps_both_newer_ones() {
    let world = World::signed_in("{}");
    world.server.hold_grants.set(true);
    let refresh = world.auth.refresh();
    until(|| world.server.token_requests.get() == 1).await;
    world.auth.set_tokens(&js("{'access_token': 'newer'}")).expect("tokens");
    world.server.release("/token");
    let session = JsFuture::from(refresh).await.expect("the session");
    assert_eq!(text(&session, "accessToken"), "newer");
    assert_eq!(text(&world.stored(), "refresh_token"), "refresh-1");
}

#[wasm_bindgen_test]
async fn logout_removes_our_key_only() {
    let storage = local_storage();
    storage.set_item("theme", "dark").expect("storage");
    let world = World::signed_in("{}");
    let _ = world.auth.logout(&JsValue::UNDEFINED);
    assert_eq!(storage.get_item("theme").expect("storage").as_deref(), Some("dark"));
    assert!(get(&world.stored(), "access_token").is_undefined());
}

#[wasm_bindgen_test]
async fn a_refusal_of_ten_waiting_calls_fires_one_logout_event() {
    let world = World::stale("{}");
    world.server.refresh.replace("other".into());
    let logouts = world.listen("logout");
    let changes = world.listen("statechange");
    for call in world.burst(10, "/api/") {
        assert_eq!(text(&rejection(&call).await, "code"), "session_expired");
    }
    assert_eq!(logouts.length(), 1);
    let states: Vec<_> = changes.iter().map(|change| text(&change, "state")).collect();
    assert_eq!(states, ["refreshing", "signed-out"]);
    world.server.good.replace("access-5".into());
    world.server.refresh.replace("refresh-5".into());
    world.sign_in(60);
    let _ = world.auth.logout(&JsValue::UNDEFINED);
    assert_eq!(logouts.length(), 2, "re-armed by the sign-in");
}

#[wasm_bindgen_test]
async fn revocation_is_told_and_neither_delays_nor_fails_the_logout() {
    let world = World::signed_in("{'revocation': '/revoke'}");
    world.server.answers.borrow_mut().insert("/revoke".into(), Answer::Status(500, ""));
    let done = world.auth.logout(&JsValue::UNDEFINED);
    assert_eq!(world.auth.state(), "signed-out");
    JsFuture::from(done).await.expect("never rejects");
    let seen = world.server.seen.borrow().last().cloned().expect("a request");
    assert_eq!(seen.path, "/revoke");
    assert!(get(&seen.init, "keepalive").is_truthy() && seen.authorization.is_none());
    let offline = World::signed_in("{'revocation': '/revoke'}");
    offline.server.answers.borrow_mut().insert("/revoke".into(), Answer::NetworkError);
    JsFuture::from(offline.auth.logout(&JsValue::UNDEFINED)).await.expect("never rejects");
    assert_eq!(offline.auth.state(), "signed-out");
}

#[wasm_bindgen_test]
async fn listeners_that_throw_sign_in_or_log_out_break_nothing() {
    let world = World::signed_in("{}");
    let auth = world.auth.clone();
    let listener = Closure::<dyn Fn()>::new(move || {
        auth.set_tokens(&js("{'access_token': 'again'}")).expect("tokens");
    });
    world.auth.on("logout", listener.into_js_value().unchecked_ref());
    let _ = world.auth.logout(&JsValue::UNDEFINED);
    assert_eq!((world.auth.state(), text(&world.auth.session(), "accessToken")), ("signed-in".into(), "again".into()));
}

#[wasm_bindgen_test]
async fn with_login_url_the_event_can_keep_the_page() {
    let world = World::signed_in("{'loginUrl': '/sign-in'}");
    let prevent = Closure::<dyn Fn(JsValue)>::new(|event: JsValue| {
        assert!(get(&event, "cancelable").is_truthy());
        get(&event, "preventDefault").unchecked_into::<js_sys::Function>().call0(&event).expect("prevented");
    });
    world.auth.on("logout", prevent.into_js_value().unchecked_ref());
    let before = text(&get(&js_sys::global(), "location"), "href");
    let _ = world.auth.logout(&JsValue::UNDEFINED);
    turn().await;
    assert_eq!(text(&get(&js_sys::global(), "location"), "href"), before);
}

#[wasm_bindgen_test]
async fn a_closed_instance_still_fetches_and_keeps_its_session() {
    let world = World::signed_in("{}");
    let twin = World::on(world.server.clone(), &world.name, "{}");
    twin.auth.close();
    twin.auth.close();
    assert_eq!(status(&twin.call("/api/1")).await, Ok(200));
    assert_eq!(status(&world.call("/api/2")).await, Ok(200));
    assert_eq!(world.auth.state(), "signed-in");
}

#[wasm_bindgen_test]
async fn a_closed_instance_lends_its_options_to_no_other_of_its_name() {
    let first = World::stale("{}");
    first.auth.close();
    let next = World::named(&first.name, "{}");
    assert_eq!((next.auth.state().as_str(), status(&next.call("/api/1")).await), ("signed-in", Ok(200)));
    assert_eq!((first.server.token_requests.get(), next.server.token_requests.get()), (0, 0));
    next.server.good.replace("stale".into());
    assert_eq!(status(&next.call("/api/2")).await, Ok(200));
    assert_eq!((first.server.token_requests.get(), next.server.token_requests.get()), (0, 1));
}

#[wasm_bindgen_test]
fn what_a_closed_instance_holds_in_memory_is_not_the_next_one_s_of_its_name() {
    let first = World::signed_in("{'storage': 'memory'}");
    let twin = World::on(first.server.clone(), &first.name, "{'storage': 'memory'}");
    first.auth.close();
    let third = World::on(first.server.clone(), &first.name, "{'storage': 'memory'}");
    assert_eq!(third.auth.state(), "signed-in", "one is open still");
    twin.auth.close();
    third.auth.close();
    let last = World::on(first.server.clone(), &first.name, "{'storage': 'memory'}");
    assert_eq!((last.auth.state().as_str(), first.auth.state().as_str()), ("signed-out", "signed-in"));
}

#[wasm_bindgen_test]
async fn instances_of_one_name_share_a_session_and_others_do_not() {
    let world = World::signed_in("{}");
    let twin = World::on(world.server.clone(), &world.name, "{}");
    let other = World::on(world.server.clone(), &format!("{}-other", world.name), "{}");
    assert!(Object::is(&world.auth.session(), &twin.auth.session()));
    assert_eq!(other.auth.state(), "signed-out");
    world.server.good.replace("stale".into());
    let (one, two) = (world.call("/api/1"), twin.call("/api/2"));
    assert_eq!((status(&one).await, status(&two).await), (Ok(200), Ok(200)));
    assert_eq!(world.server.token_requests.get(), 1);
}

#[wasm_bindgen_test]
async fn the_request_of_a_cookie_held_refresh_is_aborted_by_logout_and_by_sign_in() {
    for signs_in in [false, true] {
        let world = World::new("{'refresh': {'url': '/token', 'credentials': 'include'}}");
        world.auth.set_tokens(&js("{'access_token': 'access-0'}")).expect("tokens");
        world.server.hold_grants.set(true);
        let refresh = world.auth.refresh();
        until(|| world.server.token_requests.get() == 1).await;
        let request = world.server.seen.borrow().last().cloned().expect("a token request");
        let signal = get(&request.init, "signal");
        assert!(!get(&signal, "aborted").is_truthy());
        if signs_in {
            world.auth.set_tokens(&js("{'access_token': 'other'}")).expect("tokens");
        } else {
            let _ = world.auth.logout(&JsValue::UNDEFINED);
        }
        assert!(get(&signal, "aborted").is_truthy(), "a late `Set-Cookie` would replace the new session's");
        if signs_in {
            let session = JsFuture::from(refresh).await.expect("the new session");
            assert_eq!(text(&session, "accessToken"), "other");
        } else {
            assert_eq!(text(&rejection(&refresh).await, "code"), "logged_out");
        }
    }
}
