//! What an instance calls: a function of the app's, a mock perhaps, which gets what the native function would get, and
//! may give anything.

use crate::cookie::site::script;
use crate::world::{Auth, construct, get, js, rejection, text};
use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

/// More than an exception that leaves the wasm by force may be thrown: what each leaves behind fills it.
const MANY: usize = 400;

/// An instance of its own name that is signed in.
fn signed_in(options: &str) -> Auth {
    thread_local!(static NAMES: std::cell::Cell<u32> = const { std::cell::Cell::new(0) });
    let name = NAMES.replace(NAMES.get() + 1);
    let options = script(options);
    Reflect::set(&options, &"name".into(), &format!("underlying-{name}").into()).expect("an object");
    let auth = construct(&options).expect("an instance");
    auth.set_tokens(&js("{ 'access_token': 'one', 'expires_in': 3600 }")).expect("tokens");
    auth
}

async fn call(auth: &Auth, input: &JsValue, init: &JsValue) -> Result<JsValue, JsValue> {
    let promise = auth.fetch().call2(&JsValue::UNDEFINED, input, init)?;
    JsFuture::from(promise.unchecked_into::<js_sys::Promise>()).await
}

#[wasm_bindgen_test]
async fn a_function_that_gives_no_promise_answers_with_what_it_gives_however_often_it_is_called() {
    let kinds = ["", "debug: true", "origins: () => true", "isUnauthorized: () => false", "cancelPending: false"];
    for (given, wanted) in [("undefined", JsValue::UNDEFINED), ("5", 5.into()), ("{ then: (f) => f(7) }", 7.into())] {
        for kind in kinds {
            let auth = signed_in(&format!("{{ fetch: () => ({given}), {kind} }}"));
            for at in 0..MANY {
                for url in [format!("/api/{at}"), format!("https://outside.test/{at}")] {
                    let answer = call(&auth, &url.as_str().into(), &JsValue::UNDEFINED).await;
                    assert_eq!(answer, Ok(wanted.clone()), "{kind} {url}");
                }
            }
            auth.close();
        }
    }
}

#[wasm_bindgen_test]
async fn where_there_is_no_function_at_all_each_call_rejects() {
    let auth = signed_in("{}");
    let global = js_sys::global();
    let native = get(&global, "fetch");
    Reflect::set(&global, &"fetch".into(), &JsValue::UNDEFINED).expect("settable");
    let mut errors = Vec::new();
    for at in 0..MANY {
        errors.push(call(&auth, &format!("/api/{at}").as_str().into(), &JsValue::UNDEFINED).await);
    }
    Reflect::set(&global, &"fetch".into(), &native).expect("settable");
    assert!(errors.iter().all(|error| error.as_ref().is_err_and(|error| text(error, "name") == "TypeError")));
    auth.close();
}

#[wasm_bindgen_test]
async fn a_call_that_is_handed_on_has_the_arguments_that_it_was_made_with() {
    let seen = Array::new();
    let fetch = script("(seen) => function () { seen.push(arguments.length); return Promise.resolve(new Response()) }");
    let fetch = fetch.unchecked_into::<js_sys::Function>().call1(&JsValue::UNDEFINED, &seen).expect("a function");
    let options = script("{ name: 'arguments' }");
    Reflect::set(&options, &"fetch".into(), &fetch).expect("an object");
    let auth = construct(&options).expect("an instance");
    for signed_in in [false, true] {
        if signed_in {
            auth.set_tokens(&js("{ 'access_token': 'one' }")).expect("tokens");
        }
        for input in
            ["'https://outside.test/'", "new URL('https://outside.test/')", "new Request('https://outside.test/')"]
        {
            call(&auth, &script(input), &JsValue::UNDEFINED).await.expect("an answer");
            assert_eq!(seen.pop(), 1, "{input}, signed in: {signed_in}");
            call(&auth, &script(input), &script("{ method: 'POST' }")).await.expect("an answer");
            assert_eq!(seen.pop(), 2, "{input}, signed in: {signed_in}");
        }
    }
    let _ = auth.logout(&JsValue::UNDEFINED);
    auth.close();
}

#[wasm_bindgen_test]
async fn a_body_whose_code_signs_in_goes_out_with_the_token_that_its_call_was_made_with() {
    let auth = signed_in("{ fetch: async (input, { headers }) => new Headers(headers).get('authorization') }");
    let body = script(
        "(auth) => ({ get [Symbol.toStringTag]() {
            auth.setTokens({ access_token: 'two' });
            auth.fetch('/api');
            return 'Object';
        } })",
    );
    let body = body.unchecked_into::<js_sys::Function>().call1(&JsValue::UNDEFINED, &auth).expect("a body");
    let init = js("{ 'method': 'POST' }");
    Reflect::set(&init, &"body".into(), &body).expect("an object");
    assert_eq!(call(&auth, &"/api".into(), &JsValue::UNDEFINED).await, Ok("Bearer one".into()));
    assert_eq!(call(&auth, &"/api".into(), &init).await, Ok("Bearer one".into()));
    assert_eq!(call(&auth, &"/api".into(), &JsValue::UNDEFINED).await, Ok("Bearer two".into()));
    let _ = auth.logout(&JsValue::UNDEFINED);
    let ended = auth.fetch().call1(&JsValue::UNDEFINED, &"/api".into()).expect("a promise");
    assert_eq!(text(&rejection(&ended.unchecked_into()).await, "name"), "TypeError", "without headers there are none");
    auth.close();
}
