//! Bad input: a clear error that names the option, and nothing lost.

use crate::world::{World, construct, js, text};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn every_wrong_option_is_named_with_what_it_takes() {
    let wrong = [
        ("{'leewey': 5}", "leewey"),
        ("{'leeway': -1}", "leeway"),
        ("{'leeway': '30'}", "leeway"),
        ("{'name': 5}", "name"),
        ("{'refresh': 5}", "refresh"),
        ("{'refresh': 'http://['}", "refresh"),
        ("{'refresh': 'ftp://x.test/'}", "refresh"),
        ("{'refresh': {}}", "refresh.url"),
        ("{'refresh': {'url': 'ftp://x.test/'}}", "refresh.url"),
        ("{'refresh': {'url': '/t', 'encoding': 'xml'}}", "refresh.encoding"),
        ("{'refresh': {'url': '/t', 'clientID': 'x'}}", "refresh.clientID"),
        ("{'refresh': {'url': '/t', 'clientId': 5}}", "refresh.clientId"),
        ("{'refresh': {'url': '/t', 'params': {'a': 1}}}", "refresh.params"),
        ("{'refresh': {'url': '/t', 'headers': 5}}", "refresh.headers"),
        ("{'refresh': {'url': '/t', 'credentials': true}}", "refresh.credentials"),
        ("{'origins': 'https://a.test'}", "origins"),
        ("{'origins': ['mailto:x']}", "origins"),
        ("{'storage': 'cookie'}", "storage"),
        ("{'storage': {}}", "storage"),
        ("{'adoptRecipeKeys': 1}", "adoptRecipeKeys"),
        ("{'backgroundRefresh': 'yes'}", "backgroundRefresh"),
        ("{'refreshTimeout': 0}", "refreshTimeout"),
        ("{'refreshAttempts': 0}", "refreshAttempts"),
        ("{'signedOut': 'ask'}", "signedOut"),
        ("{'onSessionExpired': 'explode'}", "onSessionExpired"),
        ("{'onRetryRejected': true}", "onRetryRejected"),
        ("{'isUnauthorized': 1}", "isUnauthorized"),
        ("{'isRefused': 1}", "isRefused"),
        ("{'isRefused': null}", "isRefused"),
        ("{'refresh': {'url': '/t', 'isRefused': true}}", "refresh.isRefused"),
        ("{'refresh': {'url': '/t', 'isRefused': null}}", "refresh.isRefused"),
        ("{'bodyCopyLimit': -1}", "bodyCopyLimit"),
        ("{'header': 'a b'}", "header"),
        ("{'scheme': 5}", "scheme"),
        ("{'revocation': 5}", "revocation"),
        ("{'revocation': null}", "revocation"),
        ("{'revocation': {'url': 5}}", "revocation.url"),
        ("{'revocation': {'url': '/r', 'encoding': 'xml'}}", "revocation.encoding"),
        ("{'loginUrl': 'javascript:alert(1)'}", "loginUrl"),
        ("{'fetch': 'no'}", "fetch"),
        ("{'debug': 'x'}", "debug"),
    ];
    for (options, name) in wrong {
        let error = construct(&js(options)).err().unwrap_or_else(|| panic!("{options} was accepted"));
        assert_eq!((text(&error, "code"), text(&error, "name")), ("invalid_options".into(), "AuthFetchError".into()));
        let message = text(&error, "message");
        let names = message.contains(&format!("`{name}`"));
        assert!(names && message.contains("got ") && message.contains("takes "), "{options}: {message}");
    }
    for value in [js("5"), js("[]"), JsValue::NULL, "x".into()] {
        assert!(construct(&value).is_err());
    }
}

#[wasm_bindgen_test]
fn is_refused_is_taken_in_one_of_its_two_places_and_in_no_other() {
    let wrong = [
        ("({ isRefused() {}, refresh: { url: '/t', isRefused() {} } })", "`refresh.isRefused`"),
        ("({ isRefused() {}, refresh: { url: '/t', isRefused: 1 } })", "`refresh.isRefused`"),
        ("({ isRefused: 1, refresh: { url: '/t', isRefused() {} } })", "`isRefused`"),
        ("({ revocation: { url: '/t', isRefused() {} } })", "`revocation.isRefused`"),
        ("({ refresh: '/t', isRefused() {}, revocation: { url: '/t', isRefused: 1 } })", "`revocation.isRefused`"),
    ];
    for (options, name) in wrong {
        let error = construct(&js_sys::eval(options).expect("options"))
            .err()
            .unwrap_or_else(|| panic!("{options} was accepted"));
        assert_eq!(text(&error, "code"), "invalid_options");
        assert!(text(&error, "message").contains(name), "{options}: {}", text(&error, "message"));
    }
    for options in [
        "({ isRefused() {} })",
        "({ isRefused() {}, refresh: '/t' })",
        "({ isRefused() {}, refresh() {} })",
        "({ isRefused() {}, refresh: { url: '/t', isRefused: undefined } })",
        "({ isRefused: undefined, refresh: { url: '/t', isRefused() {} }, revocation: '/r' })",
    ] {
        assert!(construct(&js_sys::eval(options).expect("options")).is_ok(), "{options}");
    }
}

#[wasm_bindgen_test]
fn tokens_that_cannot_be_sent_are_a_type_error_and_change_nothing() {
    let world = World::signed_in("{}");
    let before = world.auth.session();
    for tokens in [
        "{}",
        "null",
        "5",
        "[]",
        "{'access_token': 5}",
        "{'access_token': ''}",
        "{'access_token': 'a\\nb'}",
        "{'access_token': 'ключ'}",
        "{'access_token': 'a', 'token_type': 'DPoP'}",
    ] {
        let error = world.auth.set_tokens(&js(tokens)).err().unwrap_or_else(|| panic!("{tokens} was accepted"));
        assert_eq!(text(&error, "name"), "TypeError");
    }
    assert!(js_sys::Object::is(&before, &world.auth.session()));
}
