//! One call, from `fetch` to its settling: the machine decides, this carries it out.
//!
//! The usual call never enters a future: it is one synchronous turn and one persistent closure chained to the underlying
//! promise. Only a 401, a wait or an expired token goes through `drive`.

use super::clock::{self, Timer};
use super::ending::Ending;
use super::options::{Options, Scope, parse_url};
use super::js::{self, Outcome, Response};
use super::request::{Arguments, Outgoing, cancel};
use super::shared::Shared;
use super::{abort, error};
use crate::protocol::challenge::{self, Challenge};
use crate::protocol::error::Code;
use crate::protocol::scope::{Target, allows};
use crate::protocol::session::{Admission, Call, Refusal, Renew, Verdict};
use crate::protocol::token::AccessToken;
use js_sys::{Function, Map};
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

#[wasm_bindgen]
extern "C" {
    /// A promise, or what is used as one.
    type Thenable;
    #[wasm_bindgen(method, catch, structural)]
    fn then(this: &Thenable, on_response: &JsValue, on_error: &JsValue) -> Outcome<JsValue>;
    type Callback;
    #[wasm_bindgen(method, structural)]
    fn bind(this: &Callback, this_value: &JsValue, sent: f64, out: &JsValue) -> JsValue;
    type Known;
    #[wasm_bindgen(method, structural)]
    fn get(this: &Known, key: &JsValue) -> Option<bool>;
}

type OnSettled = Closure<dyn Fn(f64, JsValue, JsValue) -> Outcome>;

/// How many URLs' verdicts are remembered.
const KNOWN_URLS: u32 = 512;
/// After so long without the canary's headers a second one goes, and after as long again all go.
const PATIENCE_MS: f64 = 2_000.0;

/// One instance: what is its own, and the session it shares.
pub struct Page {
    pub shared: Rc<Shared>,
    scope: Scope,
    underlying: Option<Function>,
    header: String,
    header_name: JsValue,
    scheme: Option<String>,
    known_urls: Map,
    sending: RefCell<Option<Sending>>,
    on_response: OnceCell<OnSettled>,
    on_error: OnceCell<OnSettled>,
    warned: RefCell<Vec<String>>,
}

/// What goes along with each call while a token lives.
struct Sending {
    token: AccessToken,
    epoch: Rc<abort::Epoch>,
    /// The header's value, as one JavaScript string.
    value: JsValue,
    /// The `init` of a call that brings none.
    init: JsValue,
}

impl Page {
    /// An instance with these options, of which the session's own are `shared`'s.
    pub fn new(options: Options, shared: Rc<Shared>) -> Rc<Self> {
        let page = Rc::new(Self {
            shared,
            scope: options.scope,
            underlying: options.fetch,
            header_name: JsValue::from_str(&options.header),
            header: options.header,
            scheme: options.scheme,
            known_urls: Map::new(),
            sending: RefCell::default(),
            on_response: OnceCell::new(),
            on_error: OnceCell::new(),
            warned: RefCell::default(),
        });
        let (this, that) = (Rc::downgrade(&page), Rc::downgrade(&page));
        let _ = page.on_response.set(Closure::new(move |sent, out, response| match this.upgrade() {
            Some(page) => page.on_response(sent, &out, response),
            None => Ok(response),
        }));
        let _ = page.on_error.set(Closure::new(move |sent: f64, out: JsValue, error: JsValue| match that.upgrade() {
            Some(page) => Err(page.rejection(AccessToken(sent as u32), &Outgoing::unpack(&out), error)),
            None => Err(error),
        }));
        page
    }

    /// The drop-in's synchronous part. What is returned as an error rejects.
    pub fn fetch(self: &Rc<Self>, input: &JsValue, init: &JsValue) -> Outcome {
        let shared = &self.shared;
        if shared.in_function.get() {
            shared.reentered.set(true);
            let message = "A refresh function called the instance that waits for it; use `context.fetch`.";
            return Err(error::detailed(Code::RefreshFailed, message, &JsValue::UNDEFINED, &JsValue::UNDEFINED));
        }
        shared.catch_up();
        let record = shared.record();
        if !record.signed_in() && !record.suspended && shared.signed_out_sends() {
            return self.native(input, init);
        }
        if input.is_string() && init.is_undefined() {
            if !self.allowed(input) {
                return self.outside(input, self.native(input, init)?);
            }
            let call = shared.call(true);
            let now = clock::now();
            if let Admission::Send(token, renew) = shared.ask(|machine| machine.admit(&call, &record, now)) {
                let sent = self.sending(token, |sending| {
                    let init = js_sys::Object::assign(&js_sys::Object::new(), sending.init.unchecked_ref());
                    self.native(input, &init)
                });
                self.renew(renew);
                return self.chain(token, input, sent?);
            }
            return self.slow(call, Outgoing::plain(input.clone()));
        }
        let Some(mut arguments) = Arguments::take(input, init)? else {
            return self.native(input, init);
        };
        let inside = self.allowed(&arguments.url);
        if !inside || arguments.hands_off(&self.header)? {
            let (input, init) = arguments.untouched();
            let promise = self.native(input, init)?;
            return if inside { Ok(promise) } else { self.outside(&arguments.url, promise) };
        }
        if abort::aborted(&arguments.signal()) {
            let (input, init) = arguments.untouched();
            return self.native(input, init);
        }
        let mut out = arguments.into_outgoing(!self.header.eq_ignore_ascii_case("authorization"))?;
        let call = shared.call(true);
        let now = clock::now();
        match shared.ask(|machine| machine.admit(&call, &record, now)) {
            Admission::Send(token, renew) => {
                out.keep_spare(shared.options.body_copy_limit);
                let sent = self.send(&out, Some(token));
                self.renew(renew);
                self.chain(token, &out.pack(), sent?)
            }
            Admission::Wait(_) | Admission::Bare | Admission::SignedOut | Admission::Failed | Admission::Ended => {
                self.slow(call, out)
            }
        }
    }

    fn slow(self: &Rc<Self>, call: Call, mut out: Outgoing) -> Outcome {
        out.own_body(self.shared.options.body_copy_limit);
        // The machine may have opened a renewal when it was asked: it must run whatever becomes of this call.
        self.shared.run_opened();
        Ok(future_to_promise(Rc::clone(self).drive(call, out, None)).into())
    }

    fn renew(&self, renew: Renew) {
        if renew == Renew::Start {
            self.shared.run_opened();
        }
    }

    fn chain(&self, token: AccessToken, out: &JsValue, sent: JsValue) -> Outcome {
        let (Some(on_response), Some(on_error)) = (self.on_response.get(), self.on_error.get()) else {
            return Ok(sent);
        };
        let number = f64::from(token.0);
        let bound = |callback: &OnSettled| {
            callback.as_ref().unchecked_ref::<Callback>().bind(&JsValue::UNDEFINED, number, out)
        };
        sent.unchecked_ref::<Thenable>().then(&bound(on_response), &bound(on_error))
    }

    fn on_response(self: &Rc<Self>, sent: f64, out: &JsValue, response: JsValue) -> Outcome {
        let shared = &self.shared;
        let token = AccessToken(sent as u32);
        let current = shared.of_this_epoch(token.0);
        let mut call = shared.call(true);
        call.sent = Some(token);
        call.sends = 1;
        if !current {
            return Err(shared.ended());
        }
        let status = response.unchecked_ref::<Response>().status();
        if status == 401.0 || shared.options.is_unauthorized.is_some() {
            let out = Outgoing::unpack(out);
            return Ok(future_to_promise(Rc::clone(self).drive(call, out, Some(response))).into());
        }
        if !shared.record().accepted {
            self.accepted(&call, &response);
        }
        if out.is_object() {
            Outgoing::unpack(out).release_spare();
        }
        Ok(response)
    }

    /// A call's error is passed on as it is, unless the session's end caused it.
    fn rejection(&self, token: AccessToken, out: &Outgoing, error: JsValue) -> JsValue {
        out.release_spare();
        if self.shared.of_this_epoch(token.0) || abort::aborted(&out.signal) { error } else { self.shared.ended() }
    }

    async fn drive(self: Rc<Self>, mut call: Call, mut out: Outgoing, mut answered: Option<JsValue>) -> Outcome {
        let shared = Rc::clone(&self.shared);
        loop {
            if let Some(response) = answered.take() {
                let refused = self.is_unauthorized(&response).await?;
                shared.catch_up();
                match self.judge(&mut call, &out, &response, refused) {
                    Some(settled) => return settled,
                    None => cancel(&js::get(&response, "body")),
                }
            }
            shared.catch_up();
            if abort::aborted(&out.signal) {
                self.gone(&call);
                return Err(abort::reason(&out.signal));
            }
            let record = shared.record();
            match shared.ask(|machine| machine.admit(&call, &record, clock::now())) {
                Admission::Wait(renew) => {
                    self.renew(renew);
                    let (woken, on_abort) = shared.wait(call, &out.signal);
                    let _ = woken.await;
                    drop(on_abort);
                }
                Admission::Send(token, renew) => {
                    if call.sends == 0 {
                        out.keep_spare(shared.options.body_copy_limit);
                    } else {
                        out.use_spare();
                    }
                    call.sent = Some(token);
                    call.sends += 1;
                    call.after_signin = None;
                    let sent = self.send(&out, Some(token));
                    self.renew(renew);
                    let _patience = shared.patience(&call);
                    match JsFuture::from(js::promise(sent)).await {
                        Ok(response) => answered = Some(response),
                        Err(error) => {
                            self.gone(&call);
                            return Err(self.rejection(token, &out, error));
                        }
                    }
                }
                Admission::Bare => {
                    if call.sends > 0 {
                        out.use_spare();
                    }
                    return JsFuture::from(js::promise(self.send(&out, None))).await;
                }
                Admission::SignedOut => return Err(error::plain(Code::SignedOut)),
                Admission::Failed => return Err(shared.failed()),
                Admission::Ended => return Err(shared.ended()),
            }
        }
    }

    async fn is_unauthorized(&self, response: &JsValue) -> Outcome<bool> {
        let status = response.unchecked_ref::<Response>().status();
        let Some(judge) = &self.shared.options.is_unauthorized else {
            return Ok(status == 401.0);
        };
        let copy = js::invoke(response, "clone", &JsValue::UNDEFINED, &JsValue::UNDEFINED)?;
        let verdict = judge.call1(&JsValue::UNDEFINED, &copy)?;
        Ok(JsFuture::from(js::promise(Ok(verdict))).await?.is_truthy())
    }

    /// What the machine makes of an answer; `None` where the call goes on.
    fn judge(self: &Rc<Self>, call: &mut Call, out: &Outgoing, response: &JsValue, refused: bool) -> Option<Outcome> {
        let shared = &self.shared;
        let deliver = |page: &Self| {
            page.accepted(call, response);
            out.release_spare();
            Some(Ok(response.clone()))
        };
        if !refused {
            return if call.epoch == shared.ask(|machine| machine.epoch()) { deliver(self) } else { Some(Err(shared.ended())) };
        }
        let header = js::invoke(&js::get(response, "headers"), "get", &"www-authenticate".into(), &JsValue::UNDEFINED);
        let header = header.ok().and_then(|header| header.as_string()).unwrap_or_default();
        let challenge = challenge::read(&header);
        if let Challenge::StepUp { acr_values, max_age } = &challenge {
            if !shared.step_up(call, &header, acr_values, *max_age, &js::get(response, "url")) || !out.replayable() {
                return deliver(self);
            }
            shared.ask(|machine| machine.on_gone(call.id));
            shared.let_go();
            call.after_signin = Some(shared.record().signin);
            return None;
        }
        let redirected = js::get(response, "redirected").is_truthy();
        let final_url = js::get(response, "url");
        let refusal = Refusal {
            replayable: out.replayable(),
            redirected,
            not_the_token: challenge == Challenge::InsufficientScope
                || (redirected && !(self.allowed(&final_url) && same_origin(&final_url, &out.url()))),
            path: path_number(&out.url()),
        };
        let record = shared.record();
        let verdict = shared.ask(|machine| machine.on_unauthorized(call, &record, clock::now(), refusal));
        match verdict {
            Verdict::Deliver(renew) => {
                self.renew(renew);
                shared.let_go();
                out.release_spare();
                Some(Ok(response.clone()))
            }
            Verdict::Again(renew) => {
                self.renew(renew);
                None
            }
            Verdict::Failed => {
                out.release_spare();
                Some(Err(shared.failed()))
            }
            Verdict::EndRetryRejected => {
                let error = error::plain(Code::SessionExpired);
                let _ = shared.end(Ending::verdict("retry_rejected", error.clone()));
                Some(Err(error))
            }
            Verdict::EndRefused => {
                let error = error::plain(Code::SessionExpired);
                shared.refuse(error.clone());
                Some(Err(error))
            }
            Verdict::Ended => Some(Err(shared.ended())),
        }
    }

    /// The answer shows that its token is good: it is noted once, and whoever waited for that goes.
    fn accepted(&self, call: &Call, response: &JsValue) {
        let shared = &self.shared;
        let status = response.unchecked_ref::<Response>().status();
        let proof = (200.0..500.0).contains(&status) && !js::get(response, "redirected").is_truthy();
        let record = shared.record();
        let news = shared.ask(|machine| machine.on_accepted(call, &record, proof));
        if news {
            shared.amend(|record| record.accepted = true);
        }
        shared.let_go();
    }

    fn gone(&self, call: &Call) {
        self.shared.ask(|machine| machine.on_gone(call.id));
        self.shared.let_go();
    }

    fn send(&self, out: &Outgoing, token: Option<AccessToken>) -> Outcome {
        let epoch = Rc::clone(&self.shared.epoch.borrow());
        let (target, init) = match token {
            Some(token) => {
                let value = self.sending(token, |sending| sending.value.clone());
                out.arguments(Some((&self.header_name, &value)), &epoch)?
            }
            None => out.arguments(None, &epoch)?,
        };
        self.native(&target, &init)
    }

    /// What goes along with `token`, made once while it lives.
    fn sending<T>(&self, token: AccessToken, with: impl FnOnce(&Sending) -> T) -> T {
        let epoch = Rc::clone(&self.shared.epoch.borrow());
        let known = self.sending.take().filter(|it| it.token == token && Rc::ptr_eq(&it.epoch, &epoch));
        let sending = known.unwrap_or_else(|| self.sending_of(token, epoch));
        let result = with(&sending);
        self.sending.replace(Some(sending));
        result
    }

    fn sending_of(&self, token: AccessToken, epoch: Rc<abort::Epoch>) -> Sending {
        let stored = self.shared.stored();
        let scheme = match &self.scheme {
            Some(scheme) => scheme.clone(),
            None => stored.member("token_type").as_string().unwrap_or_else(|| "Bearer".into()),
        };
        let mut value = scheme;
        if !value.is_empty() {
            value.push(' ');
        }
        value.push_str(&stored.member("access_token").as_string().unwrap_or_default());
        let value = JsValue::from_str(&value);
        let headers = js_sys::Object::new();
        js::set(&headers, &self.header, &value);
        let init = js_sys::Object::new();
        js::set(&init, "headers", &headers);
        js::set(&init, "signal", &epoch.signal());
        if !self.header.eq_ignore_ascii_case("authorization") {
            js::set(&init, "redirect", &"error".into());
        }
        Sending { token, epoch, value, init: init.into() }
    }

    fn native(&self, input: &JsValue, init: &JsValue) -> Outcome {
        let function = super::shared::underlying(self.underlying.as_ref());
        if init.is_undefined() {
            function.call1(&JsValue::UNDEFINED, input)
        } else {
            function.call2(&JsValue::UNDEFINED, input, init)
        }
    }

    /// Whether the token may be sent there. Verdicts are remembered by the URL's exact text.
    fn allowed(&self, url: &JsValue) -> bool {
        let known = self.known_urls.unchecked_ref::<Known>().get(url);
        if let Some(known) = known {
            return known;
        }
        let Some(parsed) = parse_url(url) else {
            return false;
        };
        let (origin, path, protocol) = (parsed.origin(), parsed.pathname(), parsed.protocol());
        if self.shared.is_endpoint(&parsed.href()) {
            return false;
        }
        let http = matches!(protocol.as_str(), "http:" | "https:");
        match &self.scope {
            Scope::Predicate(predicate) => {
                http && predicate.call1(&JsValue::UNDEFINED, &parsed).is_ok_and(|verdict| verdict.is_truthy())
            }
            Scope::Rules(rules) => {
                let allowed = allows(rules, &Target { origin: &origin, path: &path, http });
                if self.known_urls.size() >= KNOWN_URLS {
                    self.known_urls.clear();
                }
                self.known_urls.set(url, &allowed.into());
                allowed
            }
        }
    }

    /// Watches a call that goes out without a token: a 401 there may mean that `origins` is too narrow.
    fn outside(self: &Rc<Self>, url: &JsValue, promise: JsValue) -> Outcome {
        let Some(url) = parse_url(url).filter(|url| self.shared.record().signed_in() && !self.shared.is_endpoint(&url.href()))
        else {
            return Ok(promise);
        };
        let origin = url.origin();
        if !self.warned.borrow().contains(&origin) {
            let page = Rc::clone(self);
            let watch = Closure::once_into_js(move |response: JsValue| page.warn(origin, &response));
            if let Ok(watched) = promise.unchecked_ref::<Thenable>().then(&watch, &JsValue::UNDEFINED) {
                js::hush(&watched);
            }
        }
        Ok(promise)
    }

    fn warn(&self, origin: String, response: &JsValue) {
        if response.unchecked_ref::<Response>().status() != 401.0 || self.warned.borrow().contains(&origin) {
            return;
        }
        let mut text = String::from("authfetch: 401 from ");
        text.push_str(&origin);
        text.push_str(", where no token is sent. Option `origins` names where it may go.");
        self.warned.borrow_mut().push(origin);
        let _ = js::invoke(&js::global("console"), "warn", &text.into(), &JsValue::UNDEFINED);
    }

    /// See `getAccessToken` in the contract.
    pub async fn access_token(shared: Rc<Shared>, rejected: JsValue, signal: JsValue) -> Outcome {
        shared.catch_up();
        let mut call = shared.call(false);
        let stored = shared.stored();
        if rejected.is_string() && stored.member("access_token") == rejected {
            call.sent = stored.record.access;
        }
        loop {
            if abort::aborted(&signal) {
                return Err(abort::reason(&signal));
            }
            let record = shared.record();
            match shared.ask(|machine| machine.admit(&call, &record, clock::now())) {
                Admission::Send(_, renew) => {
                    if renew == Renew::Start {
                        shared.run_opened();
                    }
                    return Ok(shared.stored().member("access_token"));
                }
                Admission::Wait(renew) => {
                    if renew == Renew::Start {
                        shared.run_opened();
                    }
                    let (woken, on_abort) = shared.wait(call, &signal);
                    let _ = woken.await;
                    drop(on_abort);
                }
                Admission::Bare | Admission::SignedOut => return Ok(JsValue::NULL),
                Admission::Failed => return Err(shared.failed()),
                Admission::Ended => return Err(shared.ended()),
            }
            shared.catch_up();
        }
    }
}

impl Shared {
    /// Two timers that let others go when the canary's headers do not come.
    fn patience(self: &Rc<Self>, call: &Call) -> Option<[Option<Timer>; 2]> {
        self.ask(|machine| machine.is_canary(call.id)).then(|| {
            [PATIENCE_MS, 2.0 * PATIENCE_MS].map(|ms| {
                let shared = Rc::clone(self);
                Timer::after(ms, move || {
                    shared.ask(|machine| machine.on_patience());
                    shared.let_go();
                })
            })
        })
    }
}

fn same_origin(a: &JsValue, b: &JsValue) -> bool {
    parse_url(a).zip(parse_url(b)).is_some_and(|(a, b)| a.origin() == b.origin())
}

/// Origin and path as one number (FNV-1a): equal paths are equal numbers.
fn path_number(url: &JsValue) -> u64 {
    let text = parse_url(url).map(|url| url.origin() + &url.pathname()).unwrap_or_default();
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
