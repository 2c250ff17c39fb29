//! The `fetch` that a refresh function is given: the underlying one, called in whatever way a function can be.

use crate::world::{construct, get, js, text};
use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

const FORMS: [&str; 5] = [
    "context.fetch(url)",
    "(({ fetch }) => fetch(url))(context)",
    "((send) => send(url))(context.fetch)",
    "({ client: context.fetch }).client(url)",
    "context.fetch.call(null, url, { method: 'GET' })",
];

/// A refresh function that asks for a file of the runner's in this way; its token is the answer's status.
fn asking(form: &str) -> Function {
    let tokens = "({ status }) => ({ access_token: `status-${status}` })";
    Function::new_with_args("context", &format!("const url = '/Cargo.toml'; return {form}.then({tokens})"))
}

/// A function that answers with this status, and with 418 where it is called on anything.
fn answering(status: u16) -> JsValue {
    let response = format!("new Response(null, {{ status: this ? 418 : {status} }})");
    let make = Function::new_no_args(&format!("'use strict'; return async function () {{ return {response}; }}"));
    make.call0(&JsValue::NULL).expect("a function")
}

/// The token that a refresh brings, in an instance with this `fetch` option; `between` is run when that is made.
async fn token_of(form: &str, fetch: &JsValue, between: impl FnOnce()) -> String {
    let options = js("{'backgroundRefresh': false}");
    let set = |name: &str, value: &JsValue| Reflect::set(&options, &name.into(), value).expect("set");
    set("name", &format!("context-{}", js_sys::Math::random()).into());
    set("refresh", &asking(form));
    set("fetch", fetch);
    let auth = construct(&options).expect("options");
    between();
    let session = JsFuture::from(auth.refresh()).await;
    session.map_or_else(|error| text(&get(&error, "cause"), "message"), |session| text(&session, "accessToken"))
}

#[wasm_bindgen_test]
async fn context_fetch_is_the_native_function_in_whatever_way_it_is_called() {
    for form in FORMS {
        assert_eq!(token_of(form, &JsValue::UNDEFINED, || {}).await, "status-200", "{form}");
        let native = get(&js_sys::global(), "fetch");
        assert_eq!(token_of(form, &native, || {}).await, "status-200", "as an option: {form}");
    }
}

#[wasm_bindgen_test]
async fn context_fetch_is_the_option_of_the_instance_where_it_has_one() {
    for form in FORMS {
        assert_eq!(token_of(form, &answering(201), || {}).await, "status-201", "{form}");
    }
}

#[wasm_bindgen_test]
async fn context_fetch_is_what_stands_in_the_place_of_fetch_when_it_is_called() {
    let global = js_sys::global();
    let native = get(&global, "fetch");
    let replace = |fetch: &JsValue| drop(Reflect::set(&global, &"fetch".into(), fetch));
    for form in FORMS {
        let token = token_of(form, &JsValue::UNDEFINED, || replace(&answering(202))).await;
        replace(&native);
        assert_eq!(token, "status-202", "{form}");
    }
    // Installed by the refresh function itself, after it was given its context.
    let late = "(globalThis.fetch = globalThis.lateMock, context.fetch(url))";
    Reflect::set(&global, &"lateMock".into(), &answering(203)).expect("set");
    let token = token_of(late, &JsValue::UNDEFINED, || {}).await;
    replace(&native);
    assert_eq!(token, "status-203");
}
