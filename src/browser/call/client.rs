//! One instance, and the synchronous part of its `fetch`.
//!
//! A usual call comes here only where its answer is more than an answer (see `usual`). One that goes out in its caller's
//! turn enters no future; a 401, a wait or an expired token is driven further (see `driving`).

use super::answer;
use super::exchange::Driven;
use super::instance::{Instance, instance};
use super::outgoing::{self, Outgoing, found, outgoing_of, take};
use super::sending::{self, send_first};
use crate::browser::debug;
use crate::browser::effects::timers;
use crate::browser::effects::token_endpoint::REENTERED;
use crate::browser::error;
use crate::browser::fetch::call;
use crate::browser::options::Options;
use crate::browser::promise::promise;
use crate::browser::record::Text;
use crate::browser::session::driver::SessionDriver;
use crate::protocol::call::{self as flow, Again, Exchange};
use crate::protocol::decisions::{Call, Resource};
use crate::protocol::error::Code;
use crate::protocol::session::Closed;
use crate::protocol::token::AccessToken;
use js_sys::Promise;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// One instance: what is its own, and the session it shares.
pub struct Client {
    pub options: Rc<Options>,
    pub driver: Rc<SessionDriver>,
    pub instance: Instance,
    /// What calls carry: a token, and how many epochs were over then.
    pub(super) carried: Cell<Option<(AccessToken, u32)>>,
    /// A call that was found to be no usual one when it was admitted, and goes the long way in the same turn.
    pub(super) begun: Cell<Option<Call>>,
    /// The same of one that was answered and closed, and whether it may be refused.
    pub(super) closed: Cell<Option<(Closed, bool)>>,
}

fn reject(error: JsValue) -> JsValue {
    Promise::reject(&error).into()
}

impl Client {
    /// An instance with these options, of which the session's own are `driver`'s.
    pub fn new(options: Rc<Options>, driver: Rc<SessionDriver>) -> Rc<Self> {
        let instance = instance(
            &driver.store.entry,
            &driver.vault.texts,
            &options.fetch,
            &options.header,
            options.body_copy_limit,
            (!options.is_authorization).into(),
            (!options.csrf_of_all).into(),
        );
        let (carried, begun, closed) = Default::default();
        Rc::new(Self { instance, options, driver, carried, begun, closed })
    }

    /// What has come of a call that was sent in its caller's turn, and means more than an answer.
    pub(super) fn settled(self: &Rc<Self>, place: u32, sent: &JsValue, outcome: JsValue) -> JsValue {
        // An answer was closed before.
        let closed = self.closed.take();
        let answered = closed.is_some();
        let (closed, may_be_refused) =
            closed.unwrap_or_else(|| (flow::close(&mut self.driver.place(), place, false), false));
        match closed {
            Closed::Settled(call) if may_be_refused => {
                promise(Rc::clone(self).drive(call, outgoing_of(sent), Some(outcome))).into()
            }
            Closed::Settled(call) if answered => {
                flow::accepted_at_once(&mut self.driver.place(), &call, || answer::is_proof(&outcome));
                outgoing::release_replay(sent);
                outcome
            }
            Closed::Settled(_) => self.failed(&outgoing_of(sent), outcome),
            Closed::Requeued(call) => {
                let out = outgoing_of(sent);
                Driven::new(self, &out, answered.then_some(outcome)).discard(Again::Cancelled);
                promise(Rc::clone(self).drive(call, out, None)).into()
            }
            Closed::Ended if answered => reject(self.driver.ends.error()),
            Closed::Ended => self.ended(&outgoing_of(sent), outcome),
        }
    }

    /// The drop-in's synchronous part, of any call that is no usual one. `found` is what was found of a call that is taken
    /// down already, and then `input` is that; else it is no number. `handle` is asked what becomes of it.
    pub(super) fn fetch(self: &Rc<Self>, handle: &JsValue, input: &JsValue, init: &JsValue, found: f64) -> Promise {
        let told = self.driver.options.debug;
        let number = debug::begin(told, "call", input);
        let promise = self.begin(handle, input, init, found, number);
        debug::follow(number, promise.unwrap_or_else(|error| Promise::reject(&error)))
    }

    fn begin(
        self: &Rc<Self>,
        handle: &JsValue,
        input: &JsValue,
        init: &JsValue,
        found: f64,
        number: u32,
    ) -> Result<Promise, JsValue> {
        let begun = self.begun.take();
        let driver = &self.driver;
        if driver.reentry.running.get() {
            driver.reentry.called.set(true);
            return Err(error::detailed(Code::RefreshFailed, REENTERED, &JsValue::UNDEFINED, &JsValue::UNDEFINED));
        }
        driver.synchronize();
        let policy = &self.options.policy;
        let bare = driver.session(|session| policy.leaves_alone(session.record()));
        let taken = (!found.is_nan()).then(|| input.unchecked_ref::<Outgoing>().clone());
        if bare && !policy.by_cookie() && taken.is_none() {
            return Ok(self.pass_through(input, init, number, "left alone: signed out"));
        }
        let out = taken.unwrap_or_else(|| take(input, init, number as i32));
        let found = if found as u64 == found::UNKNOWN { self.found(&out) } else { found as u64 };
        let resource = match found {
            found::OUTSIDE => {
                let promise = self.pass(&out, false, "left alone: outside of origins");
                return Ok(self.outside(&outgoing::url(&out), promise));
            }
            found::THROWN => return Err(outgoing::error(&out)),
            found::HEADER => return Ok(self.pass(&out, true, "left alone: has the header")),
            found::LEFT => return Ok(self.pass(&out, false, "left alone as asked")),
            resource => Resource(resource),
        };
        if bare {
            // Signed out, cookies and the value against request forgery go along all the same: it may be the login.
            let sent = outgoing::send_bare(&out, &self.instance);
            self.note(&out, "sent without a token");
            return Ok(sent);
        }
        // A predicate of the app's may have signed in or out.
        let begun = begun.filter(|call| call.resource == resource);
        let mut call = begun.unwrap_or_else(|| driver.session(|session| session.call(Some(resource))));
        let goes = self.goes(&call);
        let held = driver.session(|session| session.holds_stream(&call)).is_some();
        if goes.is_none() || held {
            outgoing::keep_replay(&out, self.options.body_copy_limit, goes.is_none().into());
        }
        let Some(token) = goes.filter(|_| !(held && outgoing::streams(&out))) else {
            return Ok(self.slow(call, out));
        };
        self.note_sent(&mut call, token, &out);
        let epoch = call.cancellable.then(|| self.driver.epoch()).into();
        self.carry(token);
        let sent = send_first(&out, &self.instance, &epoch, call.place as i32, handle);
        driver.drain();
        debug::note(number, "sent");
        Ok(sent)
    }

    /// What is found of a call; any other number is that of its resource.
    fn found(&self, out: &Outgoing) -> u64 {
        let mut verdict = found::UNKNOWN;
        loop {
            let (epoch, epochs_over) = (self.driver.epoch(), self.driver.epochs_over());
            match outgoing::examine(out, verdict as f64, &self.instance, &epoch) as u64 {
                found::UNKNOWN => verdict = self.allowed(&outgoing::url(out)).map_or(found::OUTSIDE, |it| it.0),
                // A getter of the caller's has signed out.
                found if found > found::HEADER && epochs_over != self.driver.epochs_over() => verdict = found,
                found => return found,
            }
        }
    }

    /// The token it goes out with in this turn; none where it has to be driven.
    fn goes(&self, call: &Call) -> Option<AccessToken> {
        let now = timers::now();
        self.driver.session(|session| session.admit_at_once(call, now))
    }

    fn slow(self: &Rc<Self>, call: Call, out: Outgoing) -> Promise {
        // A refresh may have begun when the session was asked: it runs whatever becomes of this call.
        self.driver.drain();
        promise(Rc::clone(self).drive(call, out, None))
    }

    /// The call is in flight from now on. Whether its request may reach the server twice is asked only where it may
    /// have to.
    fn note_sent(&self, call: &mut Call, token: AccessToken, out: &Outgoing) {
        flow::note_sent(&mut self.driver.place(), call, token, || outgoing::repeatable(out));
    }

    /// The request of a driven call is over.
    pub fn close_request(&self, place: u32, answered: bool) -> Closed {
        let closed = flow::close(&mut self.driver.place(), place, answered);
        if let Closed::Settled(call) | Closed::Requeued(call) = &closed
            && call.cancellable
        {
            self.driver.epoch().forget(place);
        }
        closed
    }

    fn pass_through(&self, input: &JsValue, init: &JsValue, number: u32, why: &str) -> Promise {
        let sent = call(&self.options.fetch, input, init);
        debug::note(number, why);
        sent
    }

    fn pass(&self, out: &Outgoing, has_header: bool, why: &str) -> Promise {
        let sent = outgoing::pass(out, &self.instance, has_header.into());
        self.note(out, why);
        sent
    }

    /// From now on calls carry `token`: what they carry is made once while it lives.
    pub(super) fn carry(&self, token: AccessToken) {
        let carried = Some((token, self.driver.epochs_over()));
        if self.carried.replace(carried) != carried {
            self.carry_anew();
        }
    }

    #[inline(never)]
    fn carry_anew(&self) {
        let vault = &self.driver.vault;
        let kind = vault.texts.get(Text::TokenType);
        let scheme = self.options.scheme.as_ref().map(AsRef::as_ref).unwrap_or(&kind);
        sending::carry(&self.instance, scheme, &vault.bearer_token(), &self.driver.epoch());
    }

    /// Sends it, with a token or without.
    pub fn send(&self, out: &Outgoing, token: Option<(&mut Call, AccessToken)>) -> Result<Promise, JsValue> {
        let mut signal = self.driver.epoch().joined(out).ok_or_else(|| outgoing::reason(out))?;
        let bears = token.is_some();
        if let Some((call, token)) = token {
            self.note_sent(call, token, out);
            self.carry(token);
            if call.cancellable {
                let followed = if outgoing::signal(out).is_truthy() { signal.into() } else { JsValue::UNDEFINED };
                signal = self.driver.epoch().cancellable(call.place, &followed);
            }
        }
        Ok(outgoing::send(out, &self.instance, bears.into(), &signal))
    }
}
