//! One call: what goes along, what is left alone, how it is aborted, how it is sent again.

use crate::server::Answer;
use crate::world::{World, get, js, local_storage, parse, rejection, status, text, turn, until};
use js_sys::{Function, Object, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::AbortController;

fn authorization(world: &World, path: &str) -> Vec<Option<String>> {
    world.server.seen.borrow().iter().filter(|seen| seen.path == path).map(|seen| seen.authorization.clone()).collect()
}

fn set(target: &JsValue, name: &str, value: &JsValue) {
    Reflect::set(target, &name.into(), value).expect("settable");
}

#[wasm_bindgen_test]
async fn a_call_without_a_session_is_sent_without_a_token() {
    let world = World::new("{}");
    assert_eq!(status(&world.call("/login")).await, Ok(401));
    assert_eq!(authorization(&world, "/login"), [None]);
    assert_eq!(world.server.token_requests.get(), 0);
}

#[wasm_bindgen_test]
async fn a_call_without_a_session_is_rejected_where_the_option_says_so() {
    let world = World::new("{'signedOut': 'reject'}");
    assert_eq!(text(&rejection(&world.call("/api")).await, "code"), "signed_out");
    assert_eq!(world.sends("/"), 0);
}

#[wasm_bindgen_test]
async fn the_callers_header_and_other_origins_are_left_alone() {
    let world = World::signed_in("{}");
    for headers in ["{'headers': {'AUTHORIZATION': 'Basic x'}}", "{'headers': [['authorization', 'Basic x']]}"] {
        assert_eq!(status(&world.call_with(&"/mine".into(), &js(headers))).await, Ok(401));
    }
    assert_eq!(authorization(&world, "/mine"), [Some("Basic x".into()), Some("Basic x".into())]);
    for url in ["https://evil.test/x", "//evil.test/x", "https://evil.test:8443/x"] {
        assert_eq!(status(&world.call(url)).await, Ok(401));
    }
    assert_eq!(authorization(&world, "/x"), [None, None, None]);
    assert_eq!(status(&world.call_with(&"/plain".into(), &js("{'auth': false}"))).await, Ok(401));
    assert_eq!(status(&world.call_with(&"/plain".into(), &js("{'mode': 'no-cors'}"))).await, Ok(401));
    assert_eq!(authorization(&world, "/plain"), [None, None]);
    assert_eq!(world.server.token_requests.get(), 0, "none of these 401s refreshes");
}

#[wasm_bindgen_test]
async fn the_token_goes_where_origins_say_and_nowhere_else() {
    let world = World::signed_in("{'origins': ['https://api.test', 'https://wide.test/v1/']}");
    let ok = ["https://api.test/a", "https://API.test:443/a", "https://wide.test/v1", "https://wide.test/v1/b"];
    let not = [
        "/own",
        "https://api.test.evil.test/a",
        "https://api.test@evil.test/a",
        "http://api.test/a",
        "https://wide.test/v12",
        "https://wide.test/v1/%2e%2e/x",
        "https://wide.test/",
    ];
    for (url, sent) in ok.iter().map(|url| (url, true)).chain(not.iter().map(|url| (url, false))) {
        world.server.seen.borrow_mut().clear();
        let _ = status(&world.call(url)).await;
        assert_eq!(world.server.seen.borrow()[0].authorization.is_some(), sent, "{url}");
    }
}

#[wasm_bindgen_test]
pub async fn an_aborted_call_rejects_with_the_callers_own_reason_at_every_stage() {
    let world = World::signed_in("{}");
    let reason: JsValue = Object::new().into();
    let with = |controller: &AbortController| {
        let init: JsValue = Object::new().into();
        set(&init, "signal", &controller.signal());
        init
    };
    let before = AbortController::new().expect("a controller");
    before.abort_with_reason(&reason);
    assert!(Object::is(&rejection(&world.call_with(&"/api/1".into(), &with(&before))).await, &reason));
    let flying = AbortController::new().expect("a controller");
    let call = world.call_with(&"/held/1".into(), &with(&flying));
    flying.abort_with_reason(&reason);
    assert!(Object::is(&rejection(&call).await, &reason), "in flight");
    world.expire();
    world.server.hold_grants.set(true);
    let waiting = AbortController::new().expect("a controller");
    let (call, other) = (world.call_with(&"/api/2".into(), &with(&waiting)), world.call("/api/3"));
    until(|| world.server.token_requests.get() == 1).await;
    waiting.abort_with_reason(&reason);
    assert!(Object::is(&rejection(&call).await, &reason), "while waiting");
    world.server.release("/token");
    assert_eq!(status(&other).await, Ok(200), "the refresh went on");
    world.server.good.replace("other".into());
    world.server.hold_grants.set(false);
    let retried = AbortController::new().expect("a controller");
    world.server.answers.borrow_mut().insert("/held/4".into(), Answer::Status(401, ""));
    let call = world.call_with(&"/held/4".into(), &with(&retried));
    world.server.release("/held/");
    until(|| world.sends("/held/4") == 2).await;
    retried.abort_with_reason(&reason);
    assert!(Object::is(&rejection(&call).await, &reason), "during the retry");
    assert_eq!(world.auth.state(), "signed-in");
}

#[wasm_bindgen_test]
async fn every_kind_of_body_is_replayed_byte_for_byte() {
    let global = js_sys::global();
    let make = |class: &str, arguments: &js_sys::Array| {
        Reflect::construct(get(&global, class).unchecked_ref::<Function>(), arguments).expect(class)
    };
    let one = |value: &JsValue| js_sys::Array::of1(value);
    let form = make("FormData", &js_sys::Array::new());
    get(&form, "append").unchecked_into::<Function>().call2(&form, &"k".into(), &"v".into()).expect("append");
    let bytes = js_sys::Uint8Array::from(&[1_u8, 2, 3][..]);
    let blob = make("Blob", &one(&js("['blob']")));
    let params = make("URLSearchParams", &one(&"a=b".into()));
    let post = |body: &JsValue| {
        let init = js("{'method': 'POST'}");
        set(&init, "body", body);
        init
    };
    let bodies = ["text".into(), form, bytes.buffer().into(), bytes.into(), blob, params];
    for body in bodies {
        let world = World::stale("{}");
        assert_eq!(status(&world.call_with(&"/api/x".into(), &post(&body))).await, Ok(200));
        let seen = world.server.seen.borrow().clone();
        let sent: Vec<_> = seen.iter().filter(|seen| seen.path == "/api/x").collect();
        assert_eq!(sent.len(), 2);
        let mut texts = Vec::new();
        for send in sent {
            let response = make("Response", &one(&get(&send.init, "body")));
            let text: Function = get(&response, "text").unchecked_into();
            let text = JsFuture::from(text.call0(&response).expect("text").unchecked_into::<js_sys::Promise>()).await;
            let kind = get(&response, "headers");
            let kind =
                get(&kind, "get").unchecked_into::<Function>().call1(&kind, &"content-type".into()).expect("kind");
            let kind = kind.as_string().unwrap_or_default();
            let boundary = kind.split("boundary=").nth(1).unwrap_or("-none-").to_string();
            let text = text.expect("text").as_string().unwrap_or_default();
            texts.push((kind.replace(&boundary, ""), text.replace(&boundary, "")));
        }
        assert_eq!(texts[0], texts[1]);
    }
    let world = World::stale("{}");
    let init = post(&"of a request".into());
    let request = Reflect::construct(
        get(&global, "Request").unchecked_ref::<Function>(),
        &js_sys::Array::of2(&"/api/r".into(), &init),
    );
    let call = world.call_with(&request.expect("a request"), &JsValue::UNDEFINED);
    assert_eq!(status(&call).await, Ok(200));
    assert_eq!(world.sends("/api/r"), 2);
}

#[wasm_bindgen_test]
async fn changing_init_and_body_after_the_call_changes_no_send() {
    let world = World::stale("{}");
    let bytes = js_sys::Uint8Array::from(&[1_u8, 2, 3][..]);
    let init = js("{'method': 'POST', 'headers': {'x-a': '1'}}");
    set(&init, "body", &bytes);
    let call = world.call_with(&"/api/x".into(), &init);
    bytes.fill(9, 0, 3);
    set(&init, "method", &"DELETE".into());
    set(&get(&init, "headers"), "x-a", &"2".into());
    assert_eq!(status(&call).await, Ok(200));
    let seen = world.server.seen.borrow();
    let retry = seen.iter().filter(|seen| seen.path == "/api/x").nth(1).expect("a retry");
    assert_eq!(text(&retry.init, "method"), "POST");
    let body = js_sys::Uint8Array::new(&get(&retry.init, "body"));
    assert_eq!(body.to_vec(), [1, 2, 3]);
}

#[wasm_bindgen_test]
async fn the_fetch_function_is_a_drop_in_by_name_length_and_identity() {
    let world = World::signed_in("{}");
    let fetch = world.auth.fetch();
    assert_eq!((text(&fetch, "name"), get(&fetch, "length").as_f64()), ("fetch".into(), Some(1.0)));
    assert!(Object::is(&fetch, &world.auth.fetch()));
    let anything: JsValue = Object::new().into();
    assert!(fetch.call1(&anything, &"/api".into()).is_ok(), "`this` does not matter");
    let call = world.call_with(&"/api/y".into(), &js("{'signal': 5}"));
    assert!(matches!(status(&call).await, Ok(_) | Err(_)), "argument errors reject, never throw");
}

#[wasm_bindgen_test]
async fn no_token_is_written_anywhere_but_in_its_header_and_our_key() {
    let world = World::stale("{'debug': true}");
    assert_eq!(status(&world.call("/api/1")).await, Ok(200));
    for seen in world.server.seen.borrow().iter() {
        assert!(!seen.path.contains("access-") && !text(&seen.input, "url").contains("access-"));
    }
    let storage = local_storage();
    for at in 0..storage.length().expect("length") {
        let key = storage.key(at).expect("key").expect("key");
        if key.starts_with("world-") {
            assert!(!key.contains("access-") && !key.contains("refresh-"));
        }
    }
    turn().await;
    let session = js_sys::JSON::stringify(&world.auth.session()).expect("JSON");
    assert!(!String::from(session).contains("refresh-1"), "the snapshot never holds the refresh token");
    assert!(parse("{}").is_ok());
}

#[wasm_bindgen_test]
async fn a_url_object_stays_one_at_every_send_and_a_string_a_string() {
    let world = World::signed_in("{'origins': ['/api/']}");
    let seen = |world: &World| world.server.seen.take().into_iter().map(|seen| seen.input).collect::<Vec<_>>();
    let is_url = |input: &JsValue| input.is_instance_of::<web_sys::Url>();
    let is_copy = |input: &JsValue, own: &web_sys::Url| is_url(input) && !Object::is(input, own);
    let base = text(&get(&js_sys::global(), "location"), "origin");
    let url = |path: &str| web_sys::Url::new_with_base(path, &base).expect("a URL");
    let signed_out = url("/api/before#part");
    let post = "{'method': 'POST', 'body': 'x'}";
    let asked = "{'auth': false}";
    for (path, init) in [("/api/1?a=b#part", "{}"), ("/api/1", post), ("/outside", "{}"), ("/api/1", asked)] {
        let own = url(path);
        let _ = status(&world.call_with(&own, &js(init))).await;
        let [input] = &seen(&world)[..] else { panic!("{path} was not sent once") };
        assert!(is_copy(input, &own) && text(input, "href") == own.href(), "{path} {init}: {input:?}");
    }
    // Sent again, and after a wait: what the caller does to his own meanwhile is not seen.
    world.server.good.replace("another".into());
    let own = url("/api/again?a=b");
    let call = world.call_with(&own, &JsValue::UNDEFINED);
    own.set_search("");
    assert_eq!(status(&call).await, Ok(200));
    let sent: Vec<_> = seen(&world).into_iter().filter(|input| input.is_object()).collect();
    assert_eq!(sent.len(), 2);
    assert!(sent.iter().all(|input| is_copy(input, &own) && text(input, "search") == "?a=b"));
    for init in [JsValue::UNDEFINED, js("{'method': 'POST'}")] {
        let _ = status(&world.call_with(&"/api/text".into(), &init)).await;
        assert!(seen(&world)[0].is_string());
    }
    let _ = world.auth.logout(&JsValue::UNDEFINED);
    let _ = status(&world.call_with(&signed_out, &JsValue::UNDEFINED)).await;
    assert!(is_url(&seen(&world)[0]), "signed out it is the caller's own");
}
