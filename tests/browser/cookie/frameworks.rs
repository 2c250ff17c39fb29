//! What frameworks answer to a wrong value against request forgery.

use super::csrf::csrf;
use super::site::World;
use crate::world::{get, parse, rejection, status, text, until};
use js_sys::Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

/// Word for word, each with its source.
const REFUSALS: &str = include_str!("refusals.json");

#[wasm_bindgen_test]
async fn each_framework_s_refusal_that_names_csrf_is_answered_by_one_more_send_and_none_ends_a_session() {
    let refusals: Array = parse(REFUSALS).expect("JSON").unchecked_into();
    for refusal in refusals.iter() {
        let name = format!("{}: {}", text(&refusal, "name"), text(&refusal, "when"));
        let world = World::signed_in(&csrf(&text(&refusal, "csrf")));
        world.answers("/api/save", &String::from(js_sys::JSON::stringify(&refusal).expect("JSON")));
        let again = get(&refusal, "again").is_truthy();
        // A 401 without a word is the session's, which is refreshed, and the call is sent again for that.
        let refreshes = get(&refusal, "refreshes").is_truthy();
        let wanted = if again || refreshes { 200 } else { get(&refusal, "status").as_f64().unwrap_or_default() as u32 };
        assert_eq!(status(&world.post("/api/save")).await, Ok(wanted), "{name}");
        let sent = world.sent("/api/save");
        assert_eq!(sent.len(), if again || refreshes { 2 } else { 1 }, "{name}");
        for one in sent {
            until(|| !text(&one, "body").is_empty()).await;
            assert_eq!(text(&one, "body"), "text", "{name}");
        }
        let refetches = world.sent("/sanctum/csrf-cookie").len() + world.sent("/csrf-token").len();
        assert_eq!(refetches, usize::from(again && text(&refusal, "csrf").contains("refetch")), "{name}");
        assert_eq!(world.sent("/refresh").len(), usize::from(refreshes), "{name}");
        assert_eq!(world.auth.state(), "signed-in", "{name}");
    }
}

#[wasm_bindgen_test]
async fn a_refusal_at_the_refresh_endpoint_is_never_taken_for_that_of_the_session() {
    let refusals: Array = parse(REFUSALS).expect("JSON").unchecked_into();
    for refusal in refusals.iter().filter(|refusal| get(refusal, "again").is_truthy()) {
        let (name, answer) = (text(&refusal, "name"), String::from(js_sys::JSON::stringify(&refusal).expect("JSON")));
        let world = World::stale(&csrf(&text(&refusal, "csrf")));
        world.answers("/refresh", &answer);
        assert_eq!(status(&world.call("/api")).await, Ok(200), "{name}");
        assert_eq!(world.sent("/refresh").len(), 2, "{name}");

        let asked = "{ isRefused: () => true, csrf: ";
        let world = World::stale(&format!("{asked} {} }}", text(&refusal, "csrf")));
        world.answers("/refresh", &answer);
        world.answers("/refresh", &answer);
        let error = rejection(&world.call("/api")).await;
        assert_eq!((text(&error, "code"), world.auth.state()), ("refresh_failed".into(), "signed-in".into()), "{name}");
        assert_eq!(world.sent("/refresh").len(), 2, "{name}");
    }
}
