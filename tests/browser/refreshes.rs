//! What each answer of the token endpoint does to the session: the table of the protocol, through the real driver.

use crate::clock::Clock;
use crate::server::Answer;
use crate::world::{World, construct, get, js, rejection, status, text, until};
use js_sys::{Function, Object, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

/// What an answer does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Does {
    /// The session is over.
    End,
    /// It is asked again, as often as allowed; then the failure is told and the session kept.
    Again,
    /// The failure is told at once, and the session kept.
    Once,
}
use Does::{Again, End, Once};

const PAGE: &str = "<html>a page of somebody else's</html>";

/// Status, body, and what that does: whether the endpoint takes a form or JSON, or a function returns it.
const ANSWERS: &[(u16, &str, Does)] = &[
    (400, "{\"error\":\"invalid_grant\"}", End),
    (401, "{\"error\":\"invalid_grant\"}", End),
    (403, "{\"error\":\"invalid_grant\",\"error_description\":\"revoked\"}", End),
    (400, "{\"error\":\"interaction_required\"}", End),
    (400, "{\"error\":\"login_required\"}", End),
    (400, "{\"error\":\"consent_required\"}", End),
    (403, "{\"error\":\"access_denied\"}", End),
    (401, "{\"error\":\"bad_token\"}", End),
    (401, "{\"message\":\"Unauthorized\",\"error\":\"Unauthorized\",\"statusCode\":401}", End),
    (401, "{\"error\":\"Invalid refresh token\"}", End),
    (401, "{\"message\":\"expired\"}", End),
    (401, "{\"error\":{\"code\":7}}", End),
    (401, "[]", End),
    (401, "Unauthorized", End),
    (401, "", End),
    (401, PAGE, End),
    (401, "{\"error\":\"invalid_client\"}", Once),
    (401, "{\"error\":\"unauthorized_client\"}", Once),
    (401, "{\"error\":\"invalid_request\"}", Once),
    (401, "{\"error\":\"unsupported_grant_type\"}", Once),
    (401, "{\"error\":\"invalid_scope\"}", Once),
    (401, "{\"error\":\"use_dpop_nonce\"}", Once),
    (401, "{\"error\":\"invalid_dpop_proof\"}", Once),
    (401, "{\"error\":\"temporarily_unavailable\"}", Again),
    (403, PAGE, Again),
    (403, "Forbidden", Again),
    (403, "", Again),
    (403, "{\"message\":\"Forbidden\"}", Once),
    (400, PAGE, Once),
    (400, "", Once),
    (400, "{\"detail\":\"Inactive user\"}", Once),
    (400, "{\"error\":\"invalid_request\"}", Once),
    (400, "{\"error\":\"invalid_client\"}", Once),
    (400, "{\"error\":\"unsupported_grant_type\"}", Once),
    (404, PAGE, Once),
    (404, "{\"error\":\"invalid_grant\"}", Once),
    (407, "", Once),
    (408, "", Again),
    (425, "", Again),
    (429, PAGE, Again),
    (429, "{\"error\":\"invalid_grant\"}", Again),
    (500, "{\"error\":\"invalid_grant\"}", Again),
    (502, PAGE, Again),
    (503, "", Again),
    (400, "{\"error\":\"temporarily_unavailable\"}", Again),
    (400, "{\"error\":\"server_error\"}", Again),
    (400, "{\"error\":\"slow_down\"}", Again),
    (200, "{\"error\":\"temporarily_unavailable\"}", Again),
    (200, "{\"error\":\"invalid_grant\"}", Once),
    (200, PAGE, Once),
    (200, "", Once),
    (200, "null", Once),
    (200, "[1,2]", Once),
    (200, "{\"accessToken\":\"secret-a\",\"refreshToken\":\"secret-r\"}", Once),
    (200, "{\"access_token\":\"\"}", Once),
    (200, "{\"access_token\":5}", Once),
    (200, "{\"access_token\":\"secret\\nline\"}", Once),
    (200, "{\"access_token\":\"secret-a\",\"token_type\":\"DPoP\"}", Once),
    (307, "", Once),
    (302, PAGE, Once),
];

/// A world whose token was refused, with this `refresh`.
fn stale(refresh: &JsValue) -> World {
    let world = World::new("{}");
    Reflect::set(&world.options, &"refresh".into(), refresh).expect("set");
    Reflect::set(&world.options, &"refreshAttempts".into(), &2.into()).expect("set");
    let name = format!("{}-stale", world.name);
    Reflect::set(&world.options, &"name".into(), &name.clone().into()).expect("set");
    let auth = construct(&world.options).expect("options");
    auth.set_tokens(&js("{'access_token':'old','refresh_token':'refresh-0'}")).expect("tokens");
    World { auth, name, ..world }
}

/// A refresh function that returns the endpoint's response as it is.
fn function() -> JsValue {
    let body = "return fetch('/token', { body: JSON.stringify({ refresh_token: refreshToken }), signal })";
    Function::new_with_args("{ fetch, refreshToken, signal }", body).into()
}

async fn does(world: &World, about: &str) -> Does {
    let logouts = world.listen("logout");
    let failures = world.listen("refreshfailed");
    let error = rejection(&world.call("/api/1")).await;
    for leak in ["secret", "refresh-0", "old"] {
        let said =
            js_sys::JSON::stringify(&get(&error, "answer")).ok().and_then(|json| json.as_string()).unwrap_or_default();
        assert!(!text(&error, "message").contains(leak) && !said.contains(leak), "{about}: tells {leak}");
    }
    let requests = world.server.token_requests.get();
    if text(&error, "code") == "session_expired" {
        assert!(get(&error, "transient").is_undefined(), "{about}");
        assert_eq!((requests, logouts.length(), failures.length()), (1, 1, 0), "{about}");
        assert_eq!(world.auth.state(), "signed-out", "{about}");
        return End;
    }
    assert_eq!(text(&error, "code"), "refresh_failed", "{about}");
    assert_eq!((world.auth.state(), logouts.length(), failures.length()), ("signed-in".into(), 0, 1), "{about}");
    assert_eq!(get(&failures.get(0), "attempts").as_f64(), Some(f64::from(requests)), "{about}");
    assert_eq!(text(&world.stored(), "refresh_token"), "refresh-0", "{about}");
    let did = if requests == 1 { Once } else { Again };
    assert_eq!(get(&error, "transient").as_bool(), Some(did == Again), "{about}");
    did
}

async fn every_answer(refresh: &JsValue) {
    let _clock = Clock::without_chance();
    for (code, body, wanted) in ANSWERS {
        let world = stale(refresh);
        let answer = Answer::Status(*code, body);
        world.server.grants.replace(vec![answer.clone(), answer]);
        let about = format!("{code} {body}");
        assert_eq!(does(&world, &about).await, *wanted, "{about}");
    }
}

#[wasm_bindgen_test]
async fn every_answer_to_a_form_ends_the_session_or_keeps_it_as_the_table_says() {
    every_answer(&"/token".into()).await;
}

#[wasm_bindgen_test]
async fn every_answer_to_json_ends_the_session_or_keeps_it_as_the_table_says() {
    every_answer(&js("{'url': '/token', 'encoding': 'json'}")).await;
}

#[wasm_bindgen_test]
async fn every_answer_that_a_refresh_function_returns_ends_the_session_or_keeps_it_as_the_table_says() {
    every_answer(&function()).await;
}

#[wasm_bindgen_test]
async fn a_401_of_a_gateway_in_front_of_the_token_endpoint_signs_nobody_out() {
    for (header, wanted) in [("Basic realm=\"staging\"", Once), ("Negotiate, NTLM", Once), ("Bearer", End)] {
        for refresh in ["/token".into(), function()] {
            let world = stale(&refresh);
            world.server.grants.replace(vec![Answer::Header(401, "www-authenticate", header)]);
            assert_eq!(does(&world, header).await, wanted, "{header}");
        }
    }
}

#[wasm_bindgen_test]
async fn a_response_whose_body_the_refresh_function_has_read_is_judged_by_its_status() {
    for (code, wanted) in [(401, End), (400, Once), (200, Once), (503, Again)] {
        let _clock = Clock::without_chance();
        let read = "const answer = await fetch('/token', { body: '{}' }); await answer.json(); return answer";
        let refresh = js_sys::eval(&format!("async ({{ fetch }}) => {{ {read} }}")).expect("a function");
        let world = stale(&refresh);
        let answer = Answer::Status(code, "{\"error\":\"invalid_client\"}");
        world.server.grants.replace(vec![answer.clone(), answer]);
        assert_eq!(does(&world, &code.to_string()).await, wanted, "{code}");
    }
}

#[wasm_bindgen_test]
async fn a_redirect_a_megabyte_of_noise_and_a_dead_network_sign_nobody_out() {
    let _clock = Clock::without_chance();
    let noise: &'static str = Box::leak("x".repeat(1 << 20).into_boxed_str());
    let opaque = Answer::Value(js("{'status': 0, 'type': 'opaqueredirect'}"));
    for (answer, wanted) in [(opaque, Once), (Answer::Status(200, noise), Once), (Answer::NetworkError, Again)] {
        for refresh in ["/token".into(), js("{'url': '/token', 'encoding': 'json'}")] {
            let world = stale(&refresh);
            world.server.grants.replace(vec![answer.clone(), answer.clone()]);
            assert_eq!(does(&world, "noise").await, wanted);
        }
    }
}

#[wasm_bindgen_test]
async fn headers_or_a_body_that_never_come_end_the_attempt_at_the_timeout() {
    let endless =
        "return new Response(new ReadableStream({ start(to) { to.enqueue(new TextEncoder().encode('{')) } }))";
    let body = Function::new_no_args(endless);
    for refresh in ["/token".into(), function()] {
        for headers in [true, false] {
            let clock = Clock::steered();
            let world = stale(&refresh);
            let answer =
                || if headers { Answer::Never } else { Answer::Value(body.call0(&JsValue::NULL).expect("a response")) };
            world.server.grants.replace(vec![answer(), answer()]);
            let call = world.call("/api/1");
            until(|| world.server.token_requests.get() == 1).await;
            clock.advance(9.9).await;
            assert_eq!((world.auth.state(), world.server.token_requests.get()), ("refreshing".into(), 1));
            clock.advance(0.2).await;
            assert_eq!(world.server.token_requests.get(), 2, "it is asked again");
            clock.advance(10.1).await;
            let error = rejection(&call).await;
            assert_eq!((text(&error, "code"), world.auth.state()), ("refresh_failed".into(), "signed-in".into()));
            assert!(clock.waits().len() < 3, "nothing is left behind");
        }
    }
}

#[wasm_bindgen_test]
async fn an_answer_that_breaks_off_is_asked_for_again_with_the_same_refresh_token() {
    let broken = "return new Response(new ReadableStream({ start(to) { to.error(new TypeError('broken off')) } }))";
    let world = World::stale("{}");
    let answer = Function::new_no_args(broken).call0(&JsValue::NULL).expect("a response");
    world.server.grants.replace(vec![Answer::Value(answer)]);
    assert_eq!(status(&world.call("/api/1")).await, Ok(200));
    assert_eq!(
        (world.server.token_requests.get(), world.server.presented.borrow().as_slice()),
        (2, ["refresh-0".to_string()].as_slice())
    );
}

#[wasm_bindgen_test]
async fn a_refresh_function_that_throws_keeps_the_session_and_one_that_refuses_ends_it() {
    let refused = "const error = new Error('over'); error.name = 'SessionRefusedError'; ";
    let cases = [
        ("throw new TypeError('sync')".into(), Again),
        ("return Promise.reject(new Error('later'))".into(), Again),
        ("return Promise.reject('no error at all')".into(), Again),
        ("return undefined".into(), Once),
        ("return 'secret'".into(), Once),
        ("return { access_token: null }".into(), Once),
        (format!("{refused} throw error"), End),
        (format!("{refused} return Promise.reject(error)"), End),
    ];
    let _clock = Clock::without_chance();
    for (body, wanted) in cases {
        let counting = Function::new_with_args("count, act", "return (context) => (count(), act(context))");
        let world = stale(&JsValue::UNDEFINED);
        let server = world.server.clone();
        let count = Closure::<dyn Fn()>::new(move || server.token_requests.set(server.token_requests.get() + 1));
        let act = Function::new_with_args("context", &body);
        let refresh = counting.call2(&JsValue::NULL, &count.into_js_value(), &act).expect("a function");
        let options = Object::assign(&Object::new(), world.options.unchecked_ref::<Object>());
        Reflect::set(&options, &"refresh".into(), &refresh).expect("set");
        let name = format!("{}-f", world.name);
        Reflect::set(&options, &"name".into(), &name.clone().into()).expect("set");
        let auth = construct(&options).expect("options");
        auth.set_tokens(&js("{'access_token':'old','refresh_token':'refresh-0'}")).expect("tokens");
        assert_eq!(does(&World { auth, name, ..world }, &body).await, wanted, "{body}");
    }
}
