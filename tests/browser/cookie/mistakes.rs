//! Bad input around sessions in cookies.

use super::site::{World, script};
use crate::world::{World as BearerWorld, construct, js, text};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn every_wrong_option_of_a_cookie_session_is_named_with_what_it_takes() {
    const CSRF: &str = "credential: 'cookie', csrf: { header: 'X-CSRF', value: '1'";
    for (options, name) in [
        ("{ credential: 'token' }".to_owned(), "credential"),
        ("{ csrf: { header: 'X-CSRF', value: '1' } }".into(), "csrf"),
        ("{ credential: 'bearer', csrf: { header: 'X-CSRF', value: '1' } }".into(), "csrf"),
        ("{ credential: 'cookie', csrf: 'X-CSRF' }".into(), "csrf"),
        ("{ credential: 'cookie', csrf: null }".into(), "csrf"),
        ("{ credential: 'cookie', csrf: {} }".into(), "csrf.header"),
        ("{ credential: 'cookie', csrf: { header: 'a b', value: '1' } }".into(), "csrf.header"),
        ("{ credential: 'cookie', csrf: { header: '', value: '1' } }".into(), "csrf.header"),
        ("{ credential: 'cookie', csrf: { header: 5, value: '1' } }".into(), "csrf.header"),
        ("{ credential: 'cookie', csrf: { header: 'X-CSRF' } }".into(), "csrf.value"),
        (format!("{{ {CSRF}, cookie: 'c' }} }}"), "csrf.value"),
        ("{ credential: 'cookie', csrf: { header: 'X-CSRF', cookie: 5 } }".into(), "csrf.cookie"),
        ("{ credential: 'cookie', csrf: { header: 'X-CSRF', value: 5 } }".into(), "csrf.value"),
        (format!("{{ {CSRF}, methods: 'POST' }} }}"), "csrf.methods"),
        (format!("{{ {CSRF}, refetch: 'ftp://x.test/' }} }}"), "csrf.refetch"),
        (format!("{{ {CSRF}, isCsrfFailure: true }} }}"), "csrf.isCsrfFailure"),
        (format!("{{ {CSRF}, head: '1' }} }}"), "csrf.head"),
        ("{ credential: 'cookie', storage: 'session' }".into(), "storage"),
        ("{ credential: 'cookie', header: 'X-Token' }".into(), "header"),
        ("{ credential: 'cookie', scheme: '' }".into(), "scheme"),
        ("{ credential: 'cookie', adoptRecipeKeys: true }".into(), "adoptRecipeKeys"),
    ] {
        let error = construct(&script(&options)).err().unwrap_or_else(|| panic!("{options} was accepted"));
        let message = text(&error, "message");
        assert_eq!(text(&error, "code"), "invalid_options", "{options}");
        assert!(message.contains(&format!("`{name}`")), "{options}: {message}");
        assert!(message.contains("got ") && message.contains("takes "), "{options}: {message}");
    }
}

#[wasm_bindgen_test]
fn each_kind_of_session_is_begun_by_its_own_method() {
    let world = World::new("{}");
    let error = world.auth.set_tokens(&js("{'access_token': 'a'}")).expect_err("no tokens here");
    assert!(error.is_instance_of::<js_sys::TypeError>());
    assert_eq!(world.auth.state(), "signed-out");
    let bearer = BearerWorld::new("{}");
    let auth: super::site::CookieAuth = JsValue::from(bearer.auth.clone()).unchecked_into();
    let error = auth.signed_in(&JsValue::UNDEFINED).expect_err("no cookies here");
    assert!(error.is_instance_of::<js_sys::TypeError>());
    assert_eq!(bearer.auth.state(), "signed-out");
}

#[wasm_bindgen_test]
fn instances_of_one_name_share_no_session_across_kinds() {
    let cookie = World::signed_in("{ storage: 'memory' }");
    let bearer = BearerWorld::named(&cookie.name, "{'storage': 'memory'}");
    assert_eq!((cookie.auth.state(), bearer.auth.state()), ("signed-in".into(), "signed-out".into()));
}

#[wasm_bindgen_test]
fn what_signed_in_is_given_may_be_anything() {
    for details in ["undefined", "null", "5", "'text'", "[]", "{ expires_in: 'soon' }", "{ self: globalThis }"] {
        let world = World::new("{}");
        world.auth.signed_in(&script(details)).expect("signed in");
        assert_eq!(world.auth.state(), "signed-in", "{details}");
    }
    let world = World::new("{}");
    let throwing = script("{ get expires_in() { throw new Error('of the app') } }");
    assert_eq!(text(&world.auth.signed_in(&throwing).expect_err("thrown"), "message"), "of the app");
    assert_eq!(world.auth.state(), "signed-out");
}
