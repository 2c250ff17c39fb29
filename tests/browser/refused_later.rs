//! `isRefused` while it has not answered: it is bounded, a logout ends it, and it may change the session itself.

use crate::clock::Clock;
use crate::refused::{PLACES, judge, judged};
use crate::server::Answer;
use crate::world::{get, js, rejection, status, text, turn, until};
use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn is_refused_that_never_settles_is_given_up_on_after_a_refresh_timeout_of_its_own() {
    for place in PLACES {
        let clock = Clock::steered();
        let asked = Array::new();
        let world = judged(place, &judge(&asked, "return new Promise(() => {})"));
        world.server.grants.replace(vec![Answer::Status(401, "{}")]);
        world.server.hold_grants.set(true);
        let call = world.call("/api/1");
        until(|| world.server.token_requests.get() == 1).await;
        clock.advance(9.0).await;
        assert!(world.server.release("/token"));
        until(|| asked.length() == 1).await;
        clock.advance(9.9).await;
        assert_eq!(world.auth.state(), "refreshing", "{place}");
        clock.advance(0.2).await;
        let error = rejection(&call).await;
        assert_eq!(
            (text(&error, "code"), get(&error, "transient").as_bool()),
            ("refresh_failed".into(), Some(false)),
            "{place}"
        );
        assert_eq!(text(&get(&error, "cause"), "name"), "TimeoutError", "{place}");
        assert_eq!((world.auth.state(), world.server.token_requests.get()), ("signed-in".into(), 1), "{place}");
    }
}

#[wasm_bindgen_test]
async fn a_logout_ends_the_wait_for_is_refused_and_its_late_word_counts_for_nothing() {
    let _clock = Clock::steered();
    for place in PLACES {
        let asked = Array::new();
        let world = judged(place, &judge(&asked, "return new Promise((say) => (globalThis.say = say))"));
        world.server.grants.replace(vec![Answer::Status(401, "{}")]);
        let logouts = world.listen("logout");
        let call = world.call("/api/1");
        until(|| asked.length() == 1).await;
        let refresh = world.auth.refresh();
        let _ = JsFuture::from(world.auth.logout(&JsValue::UNDEFINED)).await;
        assert_eq!(text(&rejection(&call).await, "code"), "logged_out", "{place}");
        assert_eq!(text(&rejection(&refresh).await, "code"), "logged_out", "{place}");
        // The next user's refresh waits for nothing that is left of this one's.
        world.server.good.replace("nobody has this one".into());
        world.server.refresh.replace("refresh-9".into());
        world.auth.set_tokens(&js("{'access_token':'other','refresh_token':'refresh-9'}")).expect("tokens");
        assert_eq!(status(&world.call("/api/2")).await, Ok(200), "{place}");
        js_sys::eval("say(true)").expect("said");
        turn().await;
        assert_eq!((world.auth.state(), logouts.length()), ("signed-in".into(), 1), "{place}");
    }
}

#[wasm_bindgen_test]
async fn is_refused_may_log_out_or_sign_in_itself() {
    for (says, state, answer) in [
        ("auth.logout(); return new Promise(() => {})", "signed-out", Err("logged_out")),
        ("auth.logout(); return true", "signed-out", Err("logged_out")),
        (
            "auth.setTokens({ access_token: 'access-0', refresh_token: 'refresh-9' }); return new Promise(() => {})",
            "signed-in",
            Ok(200),
        ),
        ("auth.setTokens({ access_token: 'access-0', refresh_token: 'refresh-9' }); return true", "signed-in", Ok(200)),
    ] {
        let _clock = Clock::steered();
        let world = judged("member", &judge(&Array::new(), &says.replace("auth.", "globalThis.judged.")));
        Reflect::set(&js_sys::global(), &"judged".into(), &world.auth).expect("set");
        world.server.grants.replace(vec![Answer::Status(401, "{}")]);
        let call = world.call("/api/1");
        let settled: Promise = world.auth.refresh();
        let got = status(&call).await.map_err(|error| text(&error, "code"));
        assert_eq!(got, answer.map_err(String::from), "{says}");
        assert_eq!(JsFuture::from(settled).await.is_ok(), answer.is_ok(), "{says}");
        assert_eq!((world.auth.state(), world.server.token_requests.get()), (state.into(), 1), "{says}");
    }
}
