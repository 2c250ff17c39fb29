//! One request that carries our token, kept so that it can be sent later, or again, byte for byte.

use super::instance::Instance;
use crate::browser::abort::Epoch;
use js_sys::{JsString, Promise};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

// Functions, since they are imported as they are: a method would need glue.
#[wasm_bindgen(module = "/src/browser/call/taking.js")]
extern "C" {
    /// See the module's text.
    #[derive(Clone)]
    pub type Outgoing;

    /// The caller's arguments, taken down in the turn they were given in, each member of `init` read once, to be
    /// examined next. `number` is the one under which it is told of.
    #[wasm_bindgen(js_name = takeDown)]
    pub fn take(input: &JsValue, init: &JsValue, number: i32) -> Outgoing;
    /// No request, only the signal and the number of one.
    pub fn unsent(signal: &JsValue, number: i32) -> Outgoing;
    /// The request that went along with a call: all of it, or its URL.
    #[wasm_bindgen(js_name = outgoingOf)]
    pub fn outgoing_of(sent: &JsValue) -> Outgoing;
}

#[wasm_bindgen(module = "/src/browser/call/examining.js")]
extern "C" {
    /// All that is asked of it before it carries our header, in one step: a number of [`found`]. `verdict` is on its
    /// URL, 0 where that is yet to be remembered. Where nothing is found it is ours from now on, with a signal that
    /// follows the epoch too. With another header than Authorization, a redirect is an error unless the caller says
    /// otherwise: it would not be stripped on a redirect to another origin. A session in cookies goes to another origin
    /// too, unless the caller says otherwise.
    pub fn examine(outgoing: &Outgoing, verdict: f64, instance: &Instance, epoch: &Epoch) -> f64;
}

#[wasm_bindgen(module = "/src/browser/call/outgoing.js")]
extern "C" {
    /// The request's URL as text.
    #[wasm_bindgen(js_name = urlOf)]
    pub fn url(outgoing: &Outgoing) -> JsString;
    /// Under which it is told of.
    #[wasm_bindgen(js_name = numberOf)]
    pub fn number(outgoing: &Outgoing) -> u32;
    /// The caller's signal, or what stands in its place.
    #[wasm_bindgen(js_name = signalOf)]
    pub fn signal(outgoing: &Outgoing) -> JsValue;
    /// Whether the caller's signal has been aborted.
    pub fn aborted(outgoing: &Outgoing) -> bool;
    /// The reason it was aborted with: the same object.
    pub fn reason(outgoing: &Outgoing) -> JsValue;
    /// What has been thrown meanwhile.
    #[wasm_bindgen(js_name = errorOf)]
    pub fn error(outgoing: &Outgoing) -> JsValue;
    /// Sends it, with our header where it `bears` the token that calls carry. A value against request forgery goes along;
    /// where the server refuses that, it is sent once more if it can be.
    pub fn send(outgoing: &Outgoing, instance: &Instance, bears: i32, signal: &AbortSignal) -> Promise;
    /// Sends it outside of any session, whose end it would not follow.
    #[wasm_bindgen(js_name = sendBare)]
    pub fn send_bare(outgoing: &Outgoing, instance: &Instance) -> Promise;
    /// Hands it on as it came. Where its header is our own, it came to us from what we called.
    pub fn pass(outgoing: &Outgoing, instance: &Instance, has_header: i32) -> Promise;

    /// Whether it may be sent once at most: its 401 is its answer.
    #[wasm_bindgen(js_name = isOnce)]
    pub fn is_once(outgoing: &Outgoing) -> bool;
    /// Whether it may reach the server twice: a GET or HEAD that may be sent again and does not outlive the page.
    pub fn repeatable(outgoing: &Outgoing) -> bool;
    /// Whether its body is a stream: what has passed of it is noted, up to a limit.
    pub fn streams(outgoing: &Outgoing) -> bool;
    /// Whether it can be sent again.
    pub fn replayable(outgoing: &Outgoing) -> bool;
    /// In the caller's turn: the copy that a second send needs, and with `waits` the first one too, since the caller may
    /// change the body meanwhile. The copy for the first one is held whatever its size, as the native function would.
    #[wasm_bindgen(js_name = keepReplay)]
    pub fn keep_replay(outgoing: &Outgoing, limit: f64, waits: i32);
    /// The copy is not needed any more: what is noted is forgotten, a second branch is let go. Of a URL there is none.
    #[wasm_bindgen(js_name = releaseReplay)]
    pub fn release_replay(sent: &JsValue);
    /// From now on the copy is what is sent, and there is no other.
    #[wasm_bindgen(js_name = useReplay)]
    pub fn use_replay(outgoing: &Outgoing);
    /// A stream that was never sent is cancelled with the reason.
    pub fn abandon(outgoing: &Outgoing, reason: &JsValue);
}

/// What is found of a call before it carries our header, the first of it.
pub mod found {
    /// Nothing is remembered of its URL.
    pub const UNKNOWN: u64 = 0;
    /// No token may go there.
    pub const OUTSIDE: u64 = 1;
    /// Something of it has thrown.
    pub const THROWN: u64 = 3;
    /// It comes with `auth: false`, with a mode that allows no header of ours, without the session's cookies, or with
    /// what the native function has to judge.
    pub const LEFT: u64 = 4;
    /// It has a header of this name.
    pub const HEADER: u64 = 5;
}
