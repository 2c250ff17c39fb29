//! `isRefused`: what the app says of an answer that no rule knows, and what becomes of failures that no waiting heals.

use crate::clock::Clock;
use crate::server::Answer;
use crate::world::{World, construct, get, js, rejection, text, turn, until};
use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

/// The ways to give it; each sends the request by the server's `/token`.
pub const PLACES: [&str; 3] = ["member", "option", "function"];

/// A world whose token is stale, with `judge` as its `isRefused`.
pub fn judged(place: &str, judge: &JsValue) -> World {
    judged_in("local", place, judge)
}

pub fn judged_in(storage: &str, place: &str, judge: &JsValue) -> World {
    let world = World::new(&format!("{{'refreshAttempts': 2, 'storage': '{storage}'}}"));
    let set = |target: &JsValue, name: &str, value: &JsValue| Reflect::set(target, &name.into(), value).expect("set");
    let endpoint = js("{'url': '/token'}");
    set(if place == "member" { &endpoint } else { &world.options }, "isRefused", judge);
    let sends = "({ fetch, refreshToken, signal }) => fetch('/token', { body: JSON.stringify({ refresh_token: refreshToken }), signal })";
    set(
        &world.options,
        "refresh",
        &if place == "function" { js_sys::eval(sends).expect("a function") } else { endpoint },
    );
    let name = format!("{}-judged", world.name);
    set(&world.options, "name", &name.clone().into());
    let auth = construct(&world.options).expect("options");
    auth.set_tokens(&js("{'access_token':'old','refresh_token':'refresh-0'}")).expect("tokens");
    World { auth, name, ..world }
}

/// A function that notes what it is asked of, and then runs `body`.
pub fn judge(asked: &Array, body: &str) -> JsValue {
    let make = Function::new_with_args("asked", &format!("return (response) => {{ asked.push(response); {body} }}"));
    make.call1(&JsValue::NULL, asked).expect("a function")
}

/// One call, and how it ended: its error's code, its `transient`, and how many requests that took.
pub async fn outcome(world: &World) -> (String, Option<bool>, u32) {
    let error = rejection(&world.call("/api/1")).await;
    (text(&error, "code"), get(&error, "transient").as_bool(), world.server.token_requests.get())
}

pub fn ended() -> (String, Option<bool>, u32) {
    ("session_expired".into(), None, 1)
}

pub fn kept(transient: bool) -> (String, Option<bool>, u32) {
    ("refresh_failed".into(), Some(transient), if transient { 2 } else { 1 })
}

const PAGE: &str = "<html>a page of somebody else's</html>";

#[wasm_bindgen_test]
async fn is_refused_is_asked_of_each_4xx_but_of_what_may_heal_by_itself() {
    let _clock = Clock::without_chance();
    let answers = [
        (400, "{\"detail\":\"Inactive user\"}", true),
        (400, "{\"error\":\"invalid_grant\"}", true),
        (401, "", true),
        (403, PAGE, true),
        (404, PAGE, true),
        (410, "gone", true),
        (422, "{\"errors\":[]}", true),
        (499, "", true),
        (400, "{\"error\":\"temporarily_unavailable\"}", false),
        (401, "{\"error\":\"server_error\"}", false),
        (403, "{\"error\":\"slow_down\"}", false),
        (407, "", false),
        (408, "", false),
        (425, "", false),
        (429, "{}", false),
        (500, "{\"error\":\"invalid_grant\"}", false),
        (503, PAGE, false),
        (200, PAGE, false),
        (302, "", false),
    ];
    for place in PLACES {
        for (code, body, wanted) in answers {
            let asked = Array::new();
            let world = judged_in("memory", place, &judge(&asked, "return true"));
            world.server.grants.replace(vec![Answer::Status(code, body); 2]);
            let (error, _, requests) = outcome(&world).await;
            assert_eq!(error == "session_expired", wanted, "{place} {code} {body}");
            assert_eq!(asked.length(), u32::from(wanted), "{place} {code} {body}");
            assert!(!wanted || requests == 1, "{place} {code} {body}");
        }
    }
}

#[wasm_bindgen_test]
async fn yes_ends_the_session_and_no_keeps_it_whatever_the_table_says() {
    let _clock = Clock::without_chance();
    let answers = [
        (400, "{\"error\":\"invalid_client\"}", ended(), kept(false)),
        (401, "{\"message\":\"Unauthorized\"}", ended(), kept(false)),
        (400, "{\"error\":\"invalid_grant\"}", ended(), kept(false)),
        (404, "", ended(), kept(false)),
        (403, PAGE, ended(), kept(true)),
    ];
    for place in PLACES {
        for (code, body, of_yes, of_no) in answers.clone() {
            for (says, wanted) in [
                ("return true", &of_yes),
                ("return Promise.resolve(true)", &of_yes),
                ("return false", &of_no),
                ("return Promise.resolve(false)", &of_no),
                ("", &of_no),
            ] {
                let world = judged_in("memory", place, &judge(&Array::new(), says));
                world.server.grants.replace(vec![Answer::Status(code, body); 2]);
                assert_eq!(outcome(&world).await, *wanted, "{place} {code} {says}");
                let state = if *wanted == ended() { "signed-out" } else { "signed-in" };
                assert_eq!(world.auth.state(), state, "{place} {code} {says}");
            }
        }
    }
}

#[wasm_bindgen_test]
async fn is_refused_reads_the_answer_as_the_error_shows_it() {
    for place in PLACES {
        let reads = "return response.clone().json().then(({ detail }) => \
                     detail === 'Inactive user' && response.status === 400 && response.headers.get('x-why') !== 'busy')";
        let asked = Array::new();
        let world = judged(place, &judge(&asked, reads));
        world.server.grants.replace(vec![Answer::Status(400, "{\"detail\":\"Inactive user\"}")]);
        let error = rejection(&world.call("/api/1")).await;
        assert_eq!(text(&error, "code"), "session_expired");
        let answer = get(&error, "answer");
        assert_eq!(get(&answer, "status").as_f64(), Some(400.0));
        assert_eq!(text(&get(&answer, "body"), "detail"), "Inactive user");
        assert!(asked.get(0).is_instance_of::<web_sys::Response>());
    }
}

#[wasm_bindgen_test]
async fn is_refused_is_asked_when_the_answer_is_complete() {
    let asked = Array::new();
    let world = judged("member", &judge(&asked, "return response.text().then((text) => text === 'to the end')"));
    let body = "const rest = new ReadableStream({ start: (to) => void (globalThis.rest = to) });\
        const response = new Response(rest, { status: 400 });\
                globalThis.rest.enqueue(new TextEncoder().encode('to the ')); return response";
    let answer = Function::new_no_args(body).call0(&JsValue::NULL).expect("a response");
    world.server.grants.replace(vec![Answer::Value(answer)]);
    let call = world.call("/api/1");
    until(|| world.server.token_requests.get() == 1).await;
    for _ in 0..5 {
        turn().await;
    }
    assert_eq!(asked.length(), 0);
    js_sys::eval("rest.enqueue(new TextEncoder().encode('end')); rest.close()").expect("closed");
    assert_eq!(text(&rejection(&call).await, "code"), "session_expired");
    assert_eq!(asked.length(), 1);
}

#[wasm_bindgen_test]
async fn is_refused_is_asked_of_whatever_a_refresh_function_returns_for_a_response() {
    let gone = "return response.text().then((text) => response.status === 410 && text === '{\"gone\":1}')";
    let by_status = "return response.status === 410";
    for (returned, says) in [
        ("({ status: 410, text: async () => '{\"gone\":1}' })", gone),
        ("({ status: 410, json: async () => ({ gone: 1 }) })", gone),
        ("({ status: 410, json: () => ({ gone: 1 }) })", "return response.json().then((body) => body.gone)"),
        (
            "({ status: 410, headers: new Map([['x', '1']]), text: () => '' })",
            "return response.headers.get('x') === '1'",
        ),
        ("({ status: 410, text: () => '', clone: () => ({ status: 410, copied: true }) })", "return response.copied"),
        ("new Response('{\"gone\":1}', { status: 410 })", gone),
        ("new (document.querySelector('iframe').contentWindow.Response)('{\"gone\":1}', { status: 410 })", gone),
        (
            "(async () => { const read = new Response('{}', { status: 410 }); await read.text(); return read })()",
            by_status,
        ),
    ] {
        let frame = web_sys::window()
            .and_then(|window| window.document())
            .expect("a page")
            .create_element("iframe")
            .expect("a frame");
        web_sys::window()
            .and_then(|window| window.document()?.body())
            .expect("a body")
            .append_child(&frame)
            .expect("added");
        let world = judged("option", &judge(&Array::new(), says));
        let refresh = js_sys::eval(&format!("async () => {returned}")).expect("a function");
        Reflect::set(&world.options, &"refresh".into(), &refresh).expect("set");
        Reflect::set(&world.options, &"name".into(), &format!("{}-returned", world.name).into()).expect("set");
        let auth = construct(&world.options).expect("options");
        auth.set_tokens(&js("{'access_token':'old'}")).expect("tokens");
        let error = rejection(&World { auth, ..world }.call("/api/1")).await;
        assert_eq!(text(&error, "code"), "session_expired", "{returned}");
        frame.remove();
    }
}

#[wasm_bindgen_test]
async fn what_is_refused_throws_fails_for_good_and_keeps_the_session() {
    let thrown = js_sys::Error::new("of the app's");
    Reflect::set(&js_sys::global(), &"thrown".into(), &thrown).expect("set");
    for place in PLACES {
        for says in ["throw thrown", "return Promise.reject(thrown)", "return new Promise(() => { throw thrown })"] {
            let world = judged(place, &judge(&Array::new(), says));
            let failed = world.listen("refreshfailed");
            world.server.grants.replace(vec![Answer::Status(401, "{}")]);
            let error = rejection(&world.call("/api/1")).await;
            assert_eq!(
                (text(&error, "code"), get(&error, "transient").as_bool()),
                ("refresh_failed".into(), Some(false)),
                "{says}"
            );
            assert!(Object::is(&get(&error, "cause"), &thrown), "{says}");
            assert!(text(&error, "message").starts_with("Option `isRefused` threw"), "{says}");
            assert_eq!(get(&get(&error, "answer"), "status").as_f64(), Some(401.0), "{says}");
            assert_eq!((world.auth.state(), failed.length()), ("signed-in".into(), 1), "{says}");
            assert_eq!(
                (text(&world.stored(), "refresh_token"), world.server.token_requests.get()),
                ("refresh-0".into(), 1),
                "{says}"
            );
        }
    }
}
