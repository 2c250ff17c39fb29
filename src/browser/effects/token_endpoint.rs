//! One token request (RFC 6749 §6), or one call of the app's refresh function.
//!
//! Nothing here is decided: the answer is read in [`super::reply`]. No redirect is followed (a 307 would carry the
//! refresh token away), and headers and body stand under one timeout.

use super::reply::{Received, Reply, read};
use crate::browser::endpoint::{Endpoint, Refresh};
use crate::browser::fetch::{Underlying, bound};
use crate::browser::options::Options;
use crate::browser::promise::wait;
use crate::protocol::error::Code;
use crate::protocol::grant::GrantOutcome;
use crate::protocol::refresh::Reason;
use js_sys::{Function, Promise};
use std::cell::Cell;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/effects/token_endpoint.js")]
extern "C" {
    /// What aborts a request: an `AbortController`.
    #[derive(Clone)]
    pub type Request;
    /// One that is not aborted.
    pub fn begin() -> Request;
    /// Aborts what was sent with it.
    #[wasm_bindgen(method)]
    pub fn abort(this: &Request);
    #[wasm_bindgen(js_name = isAborted)]
    fn is_aborted(request: &Request) -> bool;
    /// Sends a refresh token, to be used or to be revoked, with what the endpoint takes.
    #[wasm_bindgen(js_name = post)]
    fn post_to(
        request: &Request,
        underlying: &Underlying,
        url: &JsValue,
        credentials: &str,
        client_id: &JsValue,
        params: &JsValue,
        headers: &JsValue,
        json: i32,
        token: &JsValue,
        revokes: i32,
    ) -> Promise;
    /// Calls the app's refresh function.
    fn refresh(request: &Request, call: &Function, fetch: &Function, token: &JsValue, reason: &str) -> Promise;
    /// A promise of what was received; where `copies`, a 4xx of which can be read again.
    fn receive(
        request: &Request,
        ms: f64,
        sent: &Promise,
        function: i32,
        copies: i32,
        token: &JsValue,
        underlying: &Underlying,
    ) -> Promise;
    /// A promise of what the app's function says of it.
    fn ask(request: &Request, ms: f64, judge: &Function, received: &Received) -> Promise;
    /// The name of what was thrown; `undefined` where it has none.
    #[wasm_bindgen(js_name = nameOf)]
    fn name_of(error: &JsValue) -> JsValue;
}

const TIMED_OUT: &str = "The token request took too long; the session is kept.";
const FUNCTION_TIMED_OUT: &str = "The refresh function did not settle in time; the session is kept. If it calls this \
instance, it waits for itself: use `context.fetch`.";
const NOT_SAID: &str = "Option `isRefused` threw, or did not settle in time. ";
/// What a call from within the refresh function is told, and the failure that it leads to.
pub const REENTERED: &str =
    "The refresh function called the instance that waits for it; use `context.fetch`. The session is kept.";

/// Whether the refresh function calls the instance that waits for it.
#[derive(Default)]
pub struct Reentry {
    /// Its synchronous part is running.
    pub running: Cell<bool>,
    /// It called us meanwhile.
    pub called: Cell<bool>,
}

/// Sends one token request with this refresh token: a promise of what is received. None where it is aborted already.
pub fn send(
    options: &Options,
    reentry: &Reentry,
    request: &Request,
    token: &JsValue,
    reason: Reason,
) -> Option<Promise> {
    if is_aborted(request) {
        return None;
    }
    reentry.called.set(false);
    let (sent, function) = match &options.refresh {
        Refresh::Endpoint(endpoint) => (post(options, endpoint, request, token, false), false),
        Refresh::Function(function) => {
            reentry.running.set(true);
            let sent = refresh(request, function, &bound(&options.fetch), token, reason.as_str());
            reentry.running.set(false);
            (sent, true)
        }
        Refresh::None => return None,
    };
    let copies = options.is_refused.is_some();
    Some(receive(request, options.refresh_timeout, &sent, function.into(), copies.into(), token, &options.fetch))
}

/// What has come of it; what was thrown is an error.
pub async fn reply(options: &Options, request: &Request, sent: Option<Promise>) -> Result<Reply, JsValue> {
    let sent: Promise = sent.ok_or(JsValue::UNDEFINED)?;
    let received = wait(&sent).await?.unchecked_into();
    let (mut reply, may_be_refused) = read(&received, options.policy.by_cookie())?;
    if may_be_refused && let Some(is_refused) = &options.is_refused {
        // The lock is held meanwhile: nobody is to present this refresh token before it is known what it is worth.
        match wait(&ask(request, options.refresh_timeout, is_refused, &received)).await {
            Ok(said) => reply.outcome.class = reply.outcome.class.overruled(said.is_truthy()),
            Err(error) => {
                reply.outcome.class = GrantOutcome::Permanent;
                reply.message.insert_str(0, NOT_SAID);
                reply.cause = error;
            }
        }
    }
    Ok(reply)
}

/// What has come of a request that has thrown.
pub fn thrown(options: &Options, reentry: &Reentry, request: &Request, error: JsValue) -> Reply {
    let function = matches!(options.refresh, Refresh::Function(_));
    // What a sign-in or an end has aborted comes to nobody.
    if is_aborted(request) {
        return Reply::new(GrantOutcome::Transient, if function { FUNCTION_TIMED_OUT } else { TIMED_OUT }, error);
    }
    if reentry.called.get() {
        return Reply::new(GrantOutcome::Permanent, REENTERED, error);
    }
    let refused = name_of(&error) == "SessionRefusedError";
    let class = if refused { GrantOutcome::Refused } else { GrantOutcome::Transient };
    let mut reply = Reply::new(class, Code::RefreshFailed.message(), error);
    reply.outcome.lost = !function;
    reply
}

/// Sends a refresh token to an endpoint, to be used or to be revoked.
pub(super) fn post(
    options: &Options,
    endpoint: &Endpoint,
    request: &Request,
    token: &JsValue,
    revokes: bool,
) -> Promise {
    post_to(
        request,
        &options.fetch,
        &endpoint.url,
        endpoint.credentials,
        endpoint.client_id.as_deref().map_or(&JsValue::UNDEFINED, |id| id),
        &endpoint.params,
        &endpoint.headers,
        endpoint.json.into(),
        token,
        revokes.into(),
    )
}
