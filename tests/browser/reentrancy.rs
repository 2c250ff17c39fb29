//! Whoever is called by us may call us back: each such call in each such place has one outcome, and nothing hangs or
//! breaks.
//!
//! [`PLACES`] is the table. A cell is what becomes of the call under way, then the state, when all is over; where
//! listeners are called, they throw besides.

use crate::inside::{Case, set};
use crate::server::Answer;
use crate::world::{js, turn, until};
use js_sys::{Function, Object, Promise, Reflect};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::AbortController;

const ACTS: [&str; 5] = ["fetch", "refresh", "logout", "setTokens", "close"];

/// Who calls us back, and what comes of it for each of [`ACTS`].
const PLACES: &[(&str, [&str; 5])] = &[
    ("refresh function", ["200 signed-in", "200 signed-in", "logged_out signed-out", "200 signed-in", "200 signed-in"]),
    (
        "refresh function, later",
        ["200 signed-in", "200 signed-in", "logged_out signed-out", "200 signed-in", "200 signed-in"],
    ),
    ("signin", ["- signed-in", "- signed-in", "- signed-out", "- signed-in", "- signed-in"]),
    ("refresh", ["200 signed-in", "200 signed-in", "logged_out signed-out", "200 signed-in", "200 signed-in"]),
    (
        "refreshfailed",
        [
            "refresh_failed signed-in",
            "200 signed-in",
            "logged_out signed-out",
            "200 signed-in",
            "refresh_failed signed-in",
        ],
    ),
    ("suspend", ["200 signed-in", "200 signed-in", "logged_out signed-out", "200 signed-in", "200 signed-in"]),
    ("logout", ["- signed-out", "- signed-out", "- signed-out", "- signed-in", "- signed-out"]),
    ("stepup", ["401 signed-in", "401 signed-in", "401 signed-out", "401 signed-in", "401 signed-in"]),
    ("statechange", ["200 signed-in", "200 signed-in", "logged_out signed-out", "200 signed-in", "200 signed-in"]),
    ("storageblocked", ["200 signed-in", "200 signed-in", "401 signed-out", "200 signed-in", "200 signed-in"]),
    ("subscribe", ["200 signed-in", "200 signed-in", "logged_out signed-out", "200 signed-in", "200 signed-in"]),
    (
        "abort listener of the caller",
        [
            "AbortError signed-in",
            "AbortError signed-in",
            "AbortError signed-out",
            "AbortError signed-in",
            "AbortError signed-in",
        ],
    ),
    (
        "abort listener below",
        [
            "logged_out signed-out",
            "logged_out signed-out",
            "logged_out signed-out",
            "logged_out signed-in",
            "logged_out signed-out",
        ],
    ),
    ("getter in init", ["200 signed-in", "200 signed-in", "401 signed-out", "200 signed-in", "200 signed-in"]),
    ("getter in headers", ["200 signed-in", "200 signed-in", "401 signed-out", "200 signed-in", "200 signed-in"]),
    ("isUnauthorized", ["200 signed-in", "200 signed-in", "logged_out signed-out", "200 signed-in", "200 signed-in"]),
    ("origins", ["200 signed-in", "200 signed-in", "401 signed-out", "200 signed-in", "200 signed-in"]),
    ("getItem", ["200 signed-in", "200 signed-in", "401 signed-out", "200 signed-in", "200 signed-in"]),
    ("setItem", ["200 signed-in", "200 signed-in", "logged_out signed-out", "200 signed-in", "200 signed-in"]),
];

async fn event(case: &Case, kind: &str) -> String {
    let options = match kind {
        "suspend" => "{'onSessionExpired': 'hold'}",
        "refreshfailed" => "{'refreshAttempts': 1}",
        _ => "{}",
    };
    let full = (kind == "storageblocked").then(|| ("storage", full_storage()));
    // A full one says so a microtask after the first write.
    case.open(options, full);
    let auth = case.auth();
    if kind == "subscribe" {
        auth.subscribe().call1(&JsValue::NULL, &case.throwing()).expect("bound");
    } else {
        auth.on(kind, case.throwing().unchecked_ref());
    }
    case.armed.set(true);
    let server = &case.world.server;
    match kind {
        "signin" | "logout" => {
            let _ = auth.logout(&JsValue::UNDEFINED);
            if kind == "signin" {
                case.sign_in();
            }
            return case.over(None).await;
        }
        "suspend" => {
            case.spoil();
            server.refresh.replace("another".into());
            let call = case.call(&JsValue::UNDEFINED);
            until(|| !case.armed.get()).await;
            turn().await;
            if auth.state() == "suspended" {
                server.good.replace("access-8".into());
                server.refresh.replace("refresh-8".into());
                case.sign_in();
            }
            case.over(Some(call)).await
        }
        "refreshfailed" => {
            case.spoil();
            server.grants.replace(vec![Answer::NetworkError]);
            case.over(Some(case.call(&JsValue::UNDEFINED))).await
        }
        "stepup" => {
            let challenge = "Bearer error=\"insufficient_user_authentication\"";
            server.answers.borrow_mut().insert("/api/1".into(), Answer::Header(401, "www-authenticate", challenge));
            case.over(Some(case.call(&JsValue::UNDEFINED))).await
        }
        "storageblocked" => {
            until(|| !case.armed.get()).await;
            case.over(Some(case.call(&JsValue::UNDEFINED))).await
        }
        _ => {
            case.spoil();
            case.over(Some(case.call(&JsValue::UNDEFINED))).await
        }
    }
}

fn full_storage() -> JsValue {
    Function::new_no_args(
        "return { getItem: () => null, setItem() { throw new DOMException('full', 'QuotaExceededError') }, removeItem() {} }",
    )
    .call0(&JsValue::NULL)
    .expect("an object")
}

/// A storage that calls us back from one of its methods, and works.
fn storage(case: &Case, method: &str) -> JsValue {
    let make = Function::new_with_args(
        "method, hook",
        "const map = new Map();
         const area = {
           getItem: (key) => map.get(key) ?? null,
           setItem: (key, value) => map.set(key, value),
           removeItem: (key) => map.delete(key),
         };
         const own = area[method];
         area[method] = (...all) => (hook(), own(...all));
         return area;",
    );
    make.call2(&JsValue::NULL, &method.into(), &case.hook(Ok(JsValue::UNDEFINED))).expect("an object")
}

async fn happens(place: &'static str, act: &'static str) -> String {
    let case = Case::new(act);
    let server = Rc::clone(&case.world.server);
    let tokens = js("{'access_token': 'access-1', 'refresh_token': 'refresh-1'}");
    match place {
        "refresh function" | "refresh function, later" => {
            let hook = case.hook(Ok(JsValue::UNDEFINED));
            let later = if place == "refresh function" { "hook();" } else { "await null; hook();" };
            let body = format!("return async () => {{ {later} return tokens; }}");
            let refresh = Function::new_with_args("hook, tokens", &body)
                .call2(&JsValue::NULL, &hook, &tokens)
                .expect("a function");
            case.open("{'refreshTimeout': 200, 'refreshAttempts': 1}", Some(("refresh", refresh)));
            server.good.replace("access-1".into());
            case.armed.set(true);
            case.over(Some(case.call(&JsValue::UNDEFINED))).await
        }
        "abort listener of the caller" | "abort listener below" => {
            case.open("{}", None);
            let controller = AbortController::new().expect("a controller");
            let init: JsValue = Object::new().into();
            set(&init, "signal", &controller.signal());
            let below = place == "abort listener below";
            let call: Promise = case
                .auth()
                .fetch()
                .call2(&JsValue::NULL, &"/held/1".into(), &init)
                .expect("never throws")
                .unchecked_into();
            let seen = server.seen.borrow().last().cloned().expect("a send");
            let signal = if below {
                Reflect::get(&seen.init, &"signal".into()).expect("a signal")
            } else {
                controller.signal().into()
            };
            let add: Function = Reflect::get(&signal, &"addEventListener".into()).expect("a method").unchecked_into();
            add.call2(&signal, &"abort".into(), &case.throwing()).expect("added");
            case.armed.set(true);
            if below {
                let _ = case.auth().logout(&JsValue::UNDEFINED);
            } else {
                controller.abort();
            }
            case.over(Some(call)).await
        }
        "getter in init" | "getter in headers" => {
            case.open("{}", None);
            let mut init: JsValue = Object::new().into();
            let getter = Object::new();
            set(&getter, "get", &case.hook(Ok("POST".into())));
            set(&getter, "enumerable", &JsValue::TRUE);
            let _: Object = Object::define_property(init.unchecked_ref::<Object>(), &"method".into(), &getter);
            if place == "getter in headers" {
                let headers = init;
                init = Object::new().into();
                set(&init, "headers", &headers);
            }
            case.armed.set(true);
            let call = case.call(&init);
            case.over(Some(call)).await
        }
        "isUnauthorized" | "origins" => {
            case.open("{}", Some((place, case.hook(Ok((place == "origins").into())))));
            case.armed.set(true);
            case.over(Some(case.call(&JsValue::UNDEFINED))).await
        }
        "getItem" | "setItem" => {
            case.open("{}", Some(("storage", storage(&case, place))));
            case.armed.set(true);
            // A refresh writes.
            case.spoil();
            case.over(Some(case.call(&JsValue::UNDEFINED))).await
        }
        kind => event(&case, kind).await,
    }
}

#[wasm_bindgen_test]
async fn each_call_from_inside_has_the_outcome_that_the_table_says_and_nothing_hangs() {
    let quiet = Function::new_with_args("event", "event.preventDefault()");
    web_sys::window().expect("a page").add_event_listener_with_callback("error", &quiet).expect("added");
    let mut wrong = Vec::new();
    for (place, wanted) in PLACES {
        let mut got = Vec::new();
        for act in ACTS {
            got.push(happens(place, act).await);
        }
        if got != wanted {
            wrong.push(format!("(\"{place}\", {got:?}),"));
        }
    }
    web_sys::window().expect("a page").remove_event_listener_with_callback("error", &quiet).expect("removed");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
