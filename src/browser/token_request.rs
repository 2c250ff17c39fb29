//! One token request (RFC 6749 §6), or one call of the app's refresh function; and the revocation (RFC 7009).
//!
//! Nothing here is decided: the answer is classified by [`crate::protocol::grant`]. No redirect is followed (a 307 would
//! carry the refresh token away), and headers and body stand under one timeout.

use super::clock::{self, Timer};
use super::js::{self, Outcome, Response};
use super::options::{Endpoint, Refresh};
use super::record::{self, Stored, Tokens, Unusable};
use super::shared::{Cut, Shared};
use crate::protocol::backoff::retry_after_ms;
use crate::protocol::error::Code;
use crate::protocol::grant::{Answer, Body, GrantOutcome, classify};
use crate::protocol::renewal::Reason;
use futures::channel::oneshot;
use futures::future::{Either, select};
use js_sys::{Array, Function, Object, Promise};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::AbortController;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = URLSearchParams)]
    type Params;
    #[wasm_bindgen(constructor, js_class = "URLSearchParams")]
    fn new(from: &JsValue) -> Params;
    #[wasm_bindgen(js_name = Headers)]
    type Headers;
    #[wasm_bindgen(constructor, catch, js_class = "Headers")]
    fn new(from: &JsValue) -> Outcome<Headers>;
}

/// What came of it.
pub struct Reply {
    pub class: GrantOutcome,
    /// No answer came.
    pub lost: bool,
    pub retry_after: Option<u64>,
    pub tokens: Option<Tokens>,
    /// What `refresh_failed` says, and what caused it.
    pub message: String,
    pub cause: JsValue,
    /// The answer's status and members, without those that are tokens.
    pub answer: JsValue,
}

impl Reply {
    fn new(class: GrantOutcome, message: &str, cause: JsValue) -> Self {
        let message = message.into();
        Self { class, lost: false, retry_after: None, tokens: None, message, cause, answer: JsValue::UNDEFINED }
    }
}

const TIMED_OUT: &str = "The token request took too long; the session is kept.";
const FUNCTION_TIMED_OUT: &str = "The refresh function did not settle in time; the session is kept. If it calls this \
instance, it waits for itself: use `context.fetch`.";
const REENTERED: &str = "The refresh function called the instance that waits for it; use `context.fetch`. The session is kept.";

/// Sends one token request with the stored refresh token.
pub async fn exchange(shared: &Rc<Shared>, reason: Reason) -> Reply {
    let Ok(controller) = AbortController::new() else {
        return Reply::new(GrantOutcome::Misconfigured, Code::RefreshFailed.message(), JsValue::UNDEFINED);
    };
    let (cut, was_cut) = oneshot::channel();
    shared.cut.replace(Some((controller.clone(), cut)));
    let on_time = Rc::clone(shared);
    let timer = Timer::after(shared.options.refresh_timeout, move || on_time.cut(Cut::Timeout));
    shared.reentered.set(false);
    let sent = match &shared.options.refresh {
        Refresh::Endpoint(endpoint) => request(shared, endpoint, &controller),
        Refresh::Function(function) => call(shared, function, &controller, reason),
        Refresh::None => Err(JsValue::UNDEFINED),
    };
    let work = async {
        let value = JsFuture::from(js::promise(sent)).await?;
        judge(shared, value).await
    };
    let reply = match select(Box::pin(work), was_cut).await {
        Either::Left((Ok(reply), _)) => reply,
        Either::Left((Err(error), _)) => thrown(shared, error),
        Either::Right(_) => {
            let function = matches!(shared.options.refresh, Refresh::Function(_));
            Reply::new(GrantOutcome::Passing, if function { FUNCTION_TIMED_OUT } else { TIMED_OUT }, JsValue::UNDEFINED)
        }
    };
    drop(timer);
    shared.cut.take();
    reply
}

fn thrown(shared: &Shared, error: JsValue) -> Reply {
    let message = Code::RefreshFailed.message();
    if shared.reentered.get() {
        return Reply::new(GrantOutcome::Misconfigured, REENTERED, error);
    }
    if js::get(&error, "name") == "SessionRefusedError" {
        return Reply::new(GrantOutcome::Refused, message, error);
    }
    let lost = matches!(shared.options.refresh, Refresh::Endpoint(_));
    Reply { lost, ..Reply::new(GrantOutcome::Passing, message, error) }
}

/// The grant's members in the order of RFC 6749 §6, then the app's own.
fn body(endpoint: &Endpoint, members: [(&str, JsValue); 3]) -> JsValue {
    let body = js::bare();
    for (name, value) in members {
        if value.is_string() {
            js::set(&body, name, &value);
        }
    }
    Object::assign(&body, &endpoint.params);
    if endpoint.json { js::to_json(&body).unwrap_or(JsValue::NULL) } else { Params::new(&body).into() }
}

fn post(shared: &Shared, endpoint: &Endpoint, body: &JsValue, signal: &JsValue, keepalive: bool) -> Outcome {
    let init = js::bare();
    let word = |name: &str, value: &str| js::set(&init, name, &JsValue::from_str(value));
    word("method", "POST");
    word("redirect", "manual");
    word("cache", "no-store");
    word("referrerPolicy", "no-referrer");
    js::set(&init, "credentials", &endpoint.credentials);
    let headers: JsValue = Headers::new(&endpoint.headers)?.into();
    let header = |name: &str, value: &str| {
        if js::invoke(&headers, "has", &name.into(), &JsValue::UNDEFINED).is_ok_and(|has| has.is_falsy()) {
            let _ = js::invoke(&headers, "set", &name.into(), &value.into());
        }
    };
    header("accept", "application/json");
    if endpoint.json {
        header("content-type", "application/json");
    }
    js::set(&init, "headers", &headers);
    js::set(&init, "body", body);
    js::set(&init, "signal", signal);
    js::set(&init, "auth", &JsValue::FALSE);
    if keepalive {
        js::set(&init, "keepalive", &JsValue::TRUE);
    }
    shared.underlying().call2(&JsValue::UNDEFINED, &JsValue::from_str(&endpoint.url), &init)
}

fn request(shared: &Shared, endpoint: &Endpoint, controller: &AbortController) -> Outcome {
    let refresh_token = shared.stored().member("refresh_token");
    let body = body(endpoint, [
        ("grant_type", "refresh_token".into()),
        ("refresh_token", refresh_token),
        ("client_id", endpoint.client_id.clone()),
    ]);
    post(shared, endpoint, &body, &controller.signal().into(), false)
}

fn call(shared: &Rc<Shared>, function: &Function, controller: &AbortController, reason: Reason) -> Outcome {
    let context = Object::new();
    let refresh_token = shared.stored().member("refresh_token");
    js::set(&context, "refreshToken", &if record::usable(&refresh_token) { refresh_token } else { JsValue::NULL });
    js::set(&context, "signal", &controller.signal());
    js::set(&context, "fetch", &shared.underlying());
    js::set(&context, "reason", &reason.as_str().into());
    shared.in_function.set(true);
    let result = function.call1(&JsValue::UNDEFINED, &context);
    shared.in_function.set(false);
    result
}

/// Reads an answer: a response in whole, or the token response a refresh function returned.
async fn judge(shared: &Rc<Shared>, value: JsValue) -> Outcome<Reply> {
    let function = matches!(shared.options.refresh, Refresh::Function(_));
    let is_response = js::get(&value, "status").as_f64().is_some()
        && (js::get(&value, "text").is_function() || js::get(&value, "json").is_function());
    if function && !is_response {
        return Ok(read(200, false, true, value, false, None));
    }
    let response: &Response = value.unchecked_ref();
    let status = response.status() as u16;
    let opaque = status == 0 || js::get(&value, "type") == "opaqueredirect";
    let lenient = match &shared.options.refresh {
        Refresh::Endpoint(endpoint) => endpoint.json,
        Refresh::Function(_) | Refresh::None => true,
    };
    let retry_after = js::invoke(&js::get(&value, "headers"), "get", &"retry-after".into(), &JsValue::UNDEFINED);
    let retry_after = retry_after.ok().and_then(|text| text.as_string());
    let retry_after = retry_after.and_then(|text| retry_after_ms(&text, clock::now() as f64, record::date_ms));
    let (parsed, empty) = if opaque {
        (JsValue::UNDEFINED, true)
    } else if js::get(&value, "text").is_function() {
        let text = JsFuture::from(js::promise(js::invoke(&value, "text", &JsValue::UNDEFINED, &JsValue::UNDEFINED))).await?;
        (js::parse_json(&text).unwrap_or(JsValue::UNDEFINED), text.is_falsy())
    } else {
        let json = JsFuture::from(js::promise(js::invoke(&value, "json", &JsValue::UNDEFINED, &JsValue::UNDEFINED))).await;
        (json.unwrap_or(JsValue::UNDEFINED), false)
    };
    Ok(read(status, opaque, lenient, parsed, empty, retry_after.map(|ms| ms as u64)))
}

fn read(status: u16, opaque_redirect: bool, lenient: bool, json: JsValue, empty: bool, retry_after: Option<u64>) -> Reply {
    let object = json.is_object() && !Array::is_array(&json);
    let members = js::own(&json);
    let error = js::get(&members, "error");
    let error_text = error.as_string();
    let tokens = Tokens::read(&members, clock::now());
    let class = classify(&Answer {
        status,
        opaque_redirect,
        lenient,
        body: if empty {
            Body::Empty
        } else if json.is_undefined() {
            Body::NotJson
        } else {
            Body::Json {
                error: error_text.as_deref(),
                error_is_other_type: !(error.is_undefined() || error.is_string()),
                usable: !matches!(tokens, Err(Unusable::NoToken | Unusable::BadToken)),
                sendable: !matches!(tokens, Err(Unusable::BadType)),
                object,
            }
        },
    });
    let mut message = String::from(Code::RefreshFailed.message());
    if matches!(class, GrantOutcome::Misconfigured) {
        message = String::from("The token endpoint's answer cannot be used; the session is kept. Its members: ");
        message.push_str(&Object::keys(&members).join(", ").as_string().unwrap_or_default());
    }
    Reply { retry_after, tokens: tokens.ok(), answer: answer(status, object, &members), ..Reply::new(class, &message, JsValue::UNDEFINED) }
}

/// The status, and the members that cannot be tokens.
fn answer(status: u16, object: bool, members: &Object) -> JsValue {
    let body = Object::new();
    for name in Object::keys(members).iter() {
        let text = name.as_string().unwrap_or_default();
        let value = js::get(members, &text);
        let secret = text.to_ascii_lowercase().ends_with("token") || (status < 400 && value.is_object());
        if !secret {
            js::set(&body, &text, &value);
        }
    }
    let answer = Object::new();
    js::set(&answer, "status", &JsValue::from_f64(status.into()));
    js::set(&answer, "body", &if object { body.into() } else { JsValue::NULL });
    answer.into()
}

/// Tells the revocation endpoint about the refresh token of `ended`. The promise settles in any case.
pub fn revoke(shared: &Rc<Shared>, ended: &Stored) -> Option<Promise> {
    let endpoint = shared.options.revocation.as_ref()?;
    let token = ended.member("refresh_token");
    if !record::usable(&token) && endpoint.credentials != "include" {
        return None;
    }
    let body = body(endpoint, [
        ("token", token),
        ("token_type_hint", "refresh_token".into()),
        ("client_id", endpoint.client_id.clone()),
    ]);
    let controller = AbortController::new().ok()?;
    let sent = js::promise(post(shared, endpoint, &body, &controller.signal().into(), true));
    let (late, is_late) = oneshot::channel::<()>();
    let timer = Timer::after(shared.options.refresh_timeout, move || {
        controller.abort();
        let _ = late.send(());
    });
    Some(future_to_promise(async move {
        select(JsFuture::from(sent), is_late).await;
        drop(timer);
        Ok(JsValue::UNDEFINED)
    }))
}
