//! The option `csrf`: what goes along with which request, and what is done where a server refuses it.

use super::site::{World, script, set_cookie};
use crate::clock::Clock;
use crate::world::{rejection, status, statuses, text, turn, until};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen(module = "/tests/browser/told.js")]
extern "C" {
    fn listen();
    fn stop();
    fn stories(kind: &str) -> Vec<String>;
    fn said() -> Vec<String>;
}

const METHODS: [&str; 7] = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];

pub fn csrf(csrf: &str) -> String {
    format!("{{ csrf: {csrf} }}")
}

fn some(text: &str) -> Option<String> {
    Some(text.into())
}

#[wasm_bindgen_test]
async fn unsafe_methods_carry_the_value_and_with_all_every_method() {
    for (methods, covered) in [("unsafe", 3..), ("all", 0..)] {
        let world = World::signed_in(&csrf(&format!("{{ header: 'X-CSRF', value: '1', methods: '{methods}' }}")));
        for (at, method) in METHODS.iter().enumerate() {
            let init = format!("{{ method: '{method}' }}");
            for input in [JsValue::from("/api"), script(&format!("new Request('/api', {init})"))] {
                assert_eq!(status(&world.call_with(&input, &init)).await, Ok(200));
                let wanted = covered.contains(&at).then(|| "1".to_owned());
                assert_eq!(world.headers("/api", "x-csrf").pop().flatten(), wanted, "{methods} {method}");
            }
        }
        assert_eq!(status(&world.call("/api")).await, Ok(200));
        assert_eq!(world.headers("/api", "x-csrf").pop().flatten().is_some(), methods == "all");
    }
}

#[wasm_bindgen_test]
async fn what_a_method_throws_when_it_is_read_rejects_its_call_and_no_other() {
    for options in ["{}", "{ csrf: { header: 'X-CSRF', value: '1' } }"] {
        let world = World::signed_in(options);
        world.site.hold("/held");
        // So many that a further request may be queued: of that it is asked what its method is.
        let held: Vec<_> = (0..7).map(|_| world.call("/held")).collect();
        let call = world.call_with(&"/api".into(), "{ method: { toString() { throw 'of a method' } } }");
        assert_eq!(rejection(&call).await, "of a method", "{options}");
        world.site.release("/held");
        assert_eq!(statuses(&held).await, [200; 7], "{options}");
    }
}

#[wasm_bindgen_test]
async fn a_cookie_is_decoded_and_read_again_at_every_send() {
    let world = World::stale("{ csrf: { header: 'X-XSRF-TOKEN', cookie: 'xsrf-read' }, revocation: '/logout' }");
    set_cookie("xsrf-read-not", "another");
    set_cookie("xsrf-read", "first%3D");
    world.site.hold("/refresh");
    let call = world.post("/api");
    until(|| world.sent("/refresh").len() == 1).await;
    set_cookie("xsrf-read", "second%3D");
    world.site.release("/refresh");
    assert_eq!(status(&call).await, Ok(200));
    assert_eq!(world.headers("/api", "x-xsrf-token"), [some("first="), some("second=")]);
    assert_eq!(world.headers("/refresh", "x-xsrf-token"), [some("first=")]);
    let _ = world.auth.logout(&JsValue::UNDEFINED);
    assert_eq!(world.headers("/logout", "x-xsrf-token"), [some("second=")]);
    for (value, wanted) in [("100%", "100%"), ("a=b", "a=b")] {
        set_cookie("xsrf-read", value);
        assert_eq!(status(&world.post("/login")).await, Ok(200));
        assert_eq!(world.headers("/login", "x-xsrf-token").pop(), Some(some(wanted)));
    }
    set_cookie("xsrf-read", "");
}

#[wasm_bindgen_test]
async fn where_there_is_no_value_the_call_goes_out_without_and_debug_says_so() {
    listen();
    for value in [
        "cookie: 'there-is-none'",
        "value: () => null",
        "value: () => { throw new Error('no') }",
        "value: async () => null",
        "value: async () => { throw new Error('no') }",
        "value: () => 'two\\nlines'",
        "value: () => '€'",
    ] {
        let world = World::signed_in(&format!("{{ debug: true, csrf: {{ header: 'X-CSRF', {value} }} }}"));
        listen();
        assert_eq!(status(&world.post("/api")).await, Ok(200), "{value}");
        assert_eq!(world.headers("/api", "x-csrf"), [None], "{value}");
        let story = stories("call").pop().unwrap_or_default();
        assert!(story.contains("sent without a CSRF value"), "{value}: {story}");
    }
    let world = World::signed_in("{ debug: true, csrf: { header: 'X-CSRF', value: () => 'the-value' } }");
    world.answers("/api", "{ status: 419 }");
    assert_eq!(status(&world.post("/api")).await, Ok(200));
    assert!(stories("call").pop().unwrap_or_default().contains("CSRF value refused"));
    assert!(!said().join(" ").contains("the-value"));
    stop();
}

#[wasm_bindgen_test]
async fn a_value_that_is_asked_for_comes_before_its_call_and_is_asked_once_for_each_send() {
    let world = World::stale("{ csrf: { header: 'X-CSRF', value: async () => `${++globalThis.asked}` } }");
    js_sys::Reflect::set(&js_sys::global(), &"asked".into(), &0.into()).expect("set");
    assert_eq!(status(&world.post("/api")).await, Ok(200));
    assert_eq!(world.headers("/api", "x-csrf"), [some("1"), some("3")]);
    assert_eq!(world.headers("/refresh", "x-csrf"), [some("2")]);
}

#[wasm_bindgen_test]
async fn a_value_that_never_comes_is_waited_for_as_long_as_a_refresh_may_take() {
    let clock = Clock::steered();
    let world = World::signed_in("{ csrf: { header: 'X-CSRF', value: () => new Promise(() => {}) } }");
    let call = world.post("/api");
    turn().await;
    clock.advance(9.0).await;
    assert!(world.sent("/api").is_empty());
    clock.advance(1.1).await;
    assert_eq!(status(&call).await, Ok(200));
    assert_eq!(world.headers("/api", "x-csrf"), [None]);
    // Whoever gives up does not wait for it.
    let abort = script("globalThis.abort = new AbortController()");
    let call = world.call_with(&"/aborted".into(), "{ method: 'POST', signal: globalThis.abort.signal }");
    turn().await;
    abort.unchecked_into::<web_sys::AbortController>().abort();
    assert_eq!(text(&rejection(&call).await, "name"), "AbortError");
    let call = world.post("/ended");
    let _ = world.auth.logout(&JsValue::UNDEFINED);
    assert_eq!(text(&rejection(&call).await, "code"), "logged_out");
    assert!(world.sent("/aborted").is_empty() && world.sent("/ended").is_empty());
}

#[wasm_bindgen_test]
async fn any_number_of_refused_calls_refetch_the_value_once() {
    let world = World::signed_in("{ csrf: { header: 'X-CSRF', cookie: 'xsrf-many', refetch: '/csrf-cookie' } }");
    set_cookie("xsrf-many", "old");
    world.site.hold("/csrf-cookie");
    let paths: Vec<String> = (0..5).map(|at| format!("/api/{at}")).collect();
    for path in &paths {
        world.answers(path, "{ status: 419 }");
    }
    world.site.hold(&paths[4]);
    let calls: Vec<_> = paths.iter().map(|path| world.post(path)).collect();
    until(|| world.sent("/csrf-cookie").len() == 1).await;
    set_cookie("xsrf-many", "new");
    world.site.release("/csrf-cookie");
    assert_eq!(statuses(&calls[..4]).await, [200; 4]);
    // It was sent before the value was fetched anew, and is refused after that.
    world.site.release(&paths[4]);
    assert_eq!(status(&calls[4]).await, Ok(200));
    assert_eq!(world.sent("/csrf-cookie").len(), 1);
    for path in &paths {
        assert_eq!(world.headers(path, "x-csrf"), [some("old"), some("new")]);
    }
    assert_eq!(text(&world.sent("/csrf-cookie")[0], "credentials"), "include");
    set_cookie("xsrf-many", "");
}

#[wasm_bindgen_test]
async fn a_second_refusal_is_delivered_and_so_is_the_first_where_the_value_cannot_be_fetched() {
    let world = World::signed_in("{ csrf: { header: 'X-CSRF', value: '1', refetch: '/csrf-cookie' } }");
    for _ in 0..2 {
        world.answers("/api", "{ status: 419 }");
    }
    assert_eq!(status(&world.post("/api")).await, Ok(419));
    assert_eq!(world.sent("/api").len(), 2);
    world.answers("/other", "{ status: 419 }");
    world.answers("/csrf-cookie", "{ error: 'network' }");
    assert_eq!(status(&world.post("/other")).await, Ok(419));
    assert_eq!((world.sent("/other").len(), world.auth.state()), (1, "signed-in".into()));
}

#[wasm_bindgen_test]
async fn a_call_that_is_sent_once_is_not_sent_again_for_its_value() {
    let world = World::signed_in("{ csrf: { header: 'X-CSRF', value: '1' } }");
    world.answers("/api", "{ status: 419 }");
    let init = "{ method: 'POST', auth: 'once' }";
    assert_eq!(status(&world.call_with(&"/api".into(), init)).await, Ok(419));
    assert_eq!(world.sent("/api").len(), 1);
}

#[wasm_bindgen_test]
async fn a_refused_value_and_a_rejected_generation_leave_a_call_three_sends() {
    let bodies = [
        "'text'",
        "new URLSearchParams('a=b')",
        "new TextEncoder().encode('text')",
        "new Blob(['text'])",
        "Object.assign(new FormData(), {})",
    ];
    for body in bodies {
        for request in [false, true] {
            let world = World::stale("{ csrf: { header: 'X-CSRF', value: '1' } }");
            world.answers("/api", "{ status: 419 }");
            let init = format!("{{ method: 'POST', body: {body} }}");
            let input = if request { script(&format!("new Request('/api', {init})")) } else { "/api".into() };
            let call = world.call_with(&input, if request { "undefined" } else { &init });
            assert_eq!(status(&call).await, Ok(200), "{body} {request}");
            assert_eq!((world.sent("/api").len(), world.sent("/refresh").len()), (3, 1), "{body} {request}");
        }
    }
    let world = World::signed_in("{ csrf: { header: 'X-CSRF', value: '1' } }");
    world.answers("/api", "{ status: 419 }");
    let stream = "{ method: 'POST', duplex: 'half', body: new Blob(['streamed']).stream() }";
    assert_eq!(status(&world.call_with(&"/api".into(), stream)).await, Ok(200));
    assert_eq!(world.sent("/api").len(), 2);
}

#[wasm_bindgen_test]
async fn the_value_goes_to_origins_and_the_endpoints_alone_and_never_over_the_caller_s_own() {
    let world = World::signed_in("{ csrf: { header: 'X-CSRF', value: '1' } }");
    assert_eq!(status(&world.post("https://elsewhere.test/elsewhere")).await, Ok(200));
    assert_eq!(world.headers("/elsewhere", "x-csrf"), [None]);
    let init = "{ method: 'POST', auth: false }";
    assert_eq!(status(&world.call_with(&"/left".into(), init)).await, Ok(200));
    assert_eq!(world.headers("/left", "x-csrf"), [None]);
    let init = "{ method: 'POST', headers: { 'x-csrf': 'mine' } }";
    assert_eq!(status(&world.call_with(&"/own".into(), init)).await, Ok(200));
    assert_eq!(world.headers("/own", "x-csrf"), [some("mine")]);
    assert_eq!(status(&world.post("https://api.test/there")).await, Ok(200));
    assert_eq!(world.headers("/there", "x-csrf"), [some("1")]);
}

#[wasm_bindgen_test]
async fn signed_out_a_login_carries_the_value_and_is_sent_again_for_it() {
    let world = World::new("{ csrf: { header: 'X-CSRF', value: '1', refetch: '/csrf-cookie' } }");
    world.answers("/login", "{ status: 419 }");
    assert_eq!(status(&world.post("/login")).await, Ok(200));
    assert_eq!(world.headers("/login", "x-csrf"), [some("1"), some("1")]);
    assert_eq!((world.sent("/csrf-cookie").len(), world.auth.state()), (1, "signed-out".into()));
}

#[wasm_bindgen_test]
async fn an_answer_that_is_long_or_slow_is_delivered_unread() {
    let world = World::signed_in("{ csrf: { header: 'X-CSRF', value: '1' } }");
    world.answers("/long", "{ status: 403, body: 'x'.repeat(70_000) + 'csrf' }");
    let call = world.post("/long");
    let response = JsFuture::from(call).await.expect("delivered");
    let body = JsFuture::from(response.unchecked_ref::<web_sys::Response>().text().expect("text")).await;
    assert_eq!(body.expect("whole").as_string().map(|text| text.len()), Some(70_004));
    let clock = Clock::steered();
    world.answers(
        "/slow",
        "{ status: 403, body: new ReadableStream({ start: (to) => to.enqueue(new Uint8Array(1)) }) }",
    );
    let call = world.post("/slow");
    for _ in 0..5 {
        turn().await;
    }
    clock.advance(1.1).await;
    assert_eq!(status(&call).await, Ok(403));
    assert_eq!((world.sent("/long").len(), world.sent("/slow").len()), (1, 1));
}

#[wasm_bindgen_test]
async fn is_csrf_failure_has_the_last_word_and_one_that_throws_says_no() {
    for (judge, status_of_it, again) in [
        ("() => true", 404, true),
        ("async () => true", 400, true),
        ("() => false", 419, false),
        ("async (response) => (await response.json()).csrf", 403, true),
        ("() => { throw new Error('no') }", 419, false),
        ("async () => { throw new Error('no') }", 419, false),
        ("() => true", 503, false),
    ] {
        let world = World::signed_in(&csrf(&format!("{{ header: 'X-CSRF', value: '1', isCsrfFailure: {judge} }}")));
        world.answers("/api", &format!("{{ status: {status_of_it}, body: '{{\"csrf\":true}}' }}"));
        assert_eq!(status(&world.post("/api")).await, Ok(if again { 200 } else { status_of_it }), "{judge}");
    }
}
