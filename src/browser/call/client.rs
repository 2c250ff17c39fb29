//! One instance, and the synchronous part of its `fetch`.
//!
//! The usual call never enters a future: it is one turn, and one persistent closure chained to the underlying promise.
//! Only a 401, a wait or an expired token is driven further (see `driving`).

use super::answer;
use super::exchange::Driven;
use super::outgoing::{self, Outgoing, found, outgoing_of, plain, take};
use super::reach::{Reach, crosses, reach};
use super::sending::{self, Sending};
use crate::browser::abort::FOLLOWERS;
use crate::browser::debug::{self, SILENT};
use crate::browser::effects::timers;
use crate::browser::effects::token_endpoint::REENTERED;
use crate::browser::error;
use crate::browser::fetch::call;
use crate::browser::options::Options;
use crate::browser::promise::promise;
use crate::browser::session::driver::SessionDriver;
use crate::protocol::call::{self as flow, Again, Exchange};
use crate::protocol::decisions::{Call, Resource};
use crate::protocol::error::Code;
use crate::protocol::session::Closed;
use crate::protocol::token::AccessToken;
use js_sys::{Function, Promise};
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;

/// One instance: what is its own, and the session it shares.
pub struct Client {
    pub options: Rc<Options>,
    pub driver: Rc<SessionDriver>,
    pub(super) reach: Reach,
    pub(super) sending: RefCell<Option<Sending>>,
    /// Called with what has come of a call that was sent in its caller's turn.
    on_settled: Function,
}

fn reject(error: JsValue) -> JsValue {
    Promise::reject(&error).into()
}

impl Client {
    /// An instance with these options, of which the session's own are `driver`'s.
    pub fn new(options: Rc<Options>, driver: Rc<SessionDriver>) -> Rc<Self> {
        Rc::new_cyclic(|weak: &Weak<Self>| {
            let weak = weak.clone();
            let on_settled = move |place: f64, sent: JsValue, ok: i32, outcome: JsValue, status: f64| {
                let Some(client) = weak.upgrade() else { return outcome };
                match flow::close(&mut client.driver.place(), place as u32, ok > 0) {
                    Closed::Settled(call) if ok > 0 => Self::on_response(&client, call, &sent, ok > 1, outcome, status),
                    Closed::Settled(_) => client.failed(&outgoing_of(&sent), outcome),
                    Closed::Requeued(call) => {
                        let out = outgoing_of(&sent);
                        Driven::new(&client, &out, (ok > 0).then_some(outcome)).discard(Again::Cancelled);
                        promise(client.drive(call, out, None)).into()
                    }
                    Closed::Ended if ok > 0 => reject(client.driver.ends.error()),
                    Closed::Ended => client.ended(&outgoing_of(&sent), outcome),
                }
            };
            // A number among the arguments: with integers alone, the optimizer would keep every function of js-sys that
            // takes as many.
            let on_settled: Closure<dyn Fn(f64, JsValue, i32, JsValue, f64) -> JsValue> = Closure::new(on_settled);
            Self {
                reach: reach(options.policy.by_cookie().into()),
                options,
                driver,
                sending: RefCell::default(),
                on_settled: on_settled.into_js_value().unchecked_into(),
            }
        })
    }

    /// The drop-in's synchronous part. What is returned as an error rejects.
    pub fn fetch(self: &Rc<Self>, input: &JsValue, init: &JsValue) -> Result<Promise, JsValue> {
        if self.driver.options.debug { Ok(self.told(input, init)) } else { self.begin(input, init, SILENT) }
    }

    pub(super) fn begin(self: &Rc<Self>, input: &JsValue, init: &JsValue, number: u32) -> Result<Promise, JsValue> {
        let driver = &self.driver;
        if driver.reentry.running.get() {
            driver.reentry.called.set(true);
            return Err(error::detailed(Code::RefreshFailed, REENTERED, &JsValue::UNDEFINED, &JsValue::UNDEFINED));
        }
        driver.synchronize();
        let policy = &self.options.policy;
        let bare = driver.session(|session| policy.leaves_alone(session.record()));
        if bare && !policy.by_cookie() {
            return Ok(self.pass_through(input, init, number, "left alone: signed out"));
        }
        // Signed out, cookies and the value against request forgery go along all the same: it may be the login.
        let known = if bare || self.options.csrf_of_all { None } else { self.allows_plain(input, init) };
        let Some(resource) = known else { return self.with_init(input, init, number, bare) };
        if resource.is_none() {
            let promise = self.pass_through(input, init, number, "left alone: outside of origins");
            return Ok(self.outside(input, promise));
        }
        // A predicate of the app's may have signed in or out.
        let mut call = driver.session(|session| session.call(resource));
        let Some(token) = self.goes(&call) else {
            return Ok(self.slow(call, plain(input, number as i32)));
        };
        self.note_sent(&mut call, token, None);
        let send = |outgoing: &JsValue| {
            self.sending(token, |sending| {
                let epoch = self.own_epoch(&call);
                let (fetch, place) = (&self.options.fetch, call.place as i32);
                let crosses = resource.is_some_and(crosses).into();
                sending::send(&sending.carried, fetch, input, &epoch, place, outgoing, &self.on_settled, crosses)
            })
        };
        let sent = if number == SILENT { send(input) } else { send(&plain(input, number as i32)) };
        driver.drain();
        debug::note(number, "sent");
        Ok(sent)
    }

    #[inline(never)]
    fn with_init(
        self: &Rc<Self>,
        input: &JsValue,
        init: &JsValue,
        number: u32,
        bare: bool,
    ) -> Result<Promise, JsValue> {
        let driver = &self.driver;
        let out = take(input, init, number as i32);
        let resource = match self.found(&out) {
            found::OUTSIDE => {
                let promise = self.pass(&out, false, "left alone: outside of origins");
                return Ok(self.outside(&outgoing::url(&out), promise));
            }
            found::THROWN => return Err(outgoing::error(&out)),
            found::HEADER => {
                let own = outgoing::header(&out, &self.options.header);
                let sending = self.sending.borrow();
                let back = sending.as_ref().map(|sending| sending::value(&sending.carried)) == own;
                drop(sending);
                return Ok(self.pass(&out, back, "left alone: has the header"));
            }
            found::LEFT => return Ok(self.pass(&out, false, "left alone as asked")),
            resource => Resource(resource),
        };
        let limit = self.options.body_copy_limit;
        if bare {
            let sent = outgoing::send_bare(&out, &self.options.fetch, limit);
            self.note(&out, "sent without a token");
            return Ok(sent);
        }
        let mut call = driver.session(|session| session.call(Some(resource)));
        let goes = self.goes(&call);
        let held = driver.session(|session| session.holds_stream(&call)).is_some();
        if goes.is_none() || held {
            outgoing::keep_replay(&out, limit, goes.is_none().into());
        }
        let Some(token) = goes.filter(|_| !(held && outgoing::streams(&out))) else {
            return Ok(self.slow(call, out));
        };
        self.note_sent(&mut call, token, Some(&out));
        let epoch = self.own_epoch(&call);
        let sent = self.sending(token, |sending| {
            let (fetch, header, place) = (&self.options.fetch, &self.options.header, call.place as i32);
            outgoing::send_first(&out, fetch, header, &sending.carried, &epoch, limit, place, &self.on_settled)
        });
        driver.drain();
        debug::note(number, "sent");
        Ok(sent)
    }

    /// What is found of a call; any other number is that of its resource.
    fn found(&self, out: &Outgoing) -> u64 {
        let (reach, header, strict) = (&self.reach, &self.options.header, !self.options.is_authorization);
        let mut verdict = found::UNKNOWN;
        loop {
            let (epoch, epochs_over) = (self.driver.epoch(), self.driver.epochs_over());
            match outgoing::examine(out, verdict as f64, reach, header, &epoch, FOLLOWERS as i32, strict.into()) as u64
            {
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

    fn on_response(self: &Rc<Self>, call: Call, sent: &JsValue, kept: bool, response: JsValue, status: f64) -> JsValue {
        let driver = &self.driver;
        let options = &self.options;
        if status == 401.0
            || options.is_unauthorized.is_some()
            || (options.policy.by_cookie() && answer::is_redirected(&response))
        {
            return promise(Rc::clone(self).drive(call, outgoing_of(sent), Some(response))).into();
        }
        flow::accepted_at_once(&mut driver.place(), &call, || answer::is_proof(&response));
        if kept {
            outgoing::release_replay(sent);
        }
        response
    }

    /// The call is in flight from now on. With no `out` it brings nothing but a URL. Whether its request may reach the
    /// server twice is asked only where it may have to.
    fn note_sent(&self, call: &mut Call, token: AccessToken, out: Option<&Outgoing>) {
        flow::note_sent(&mut self.driver.place(), call, token, || out.is_none_or(outgoing::repeatable));
    }

    /// The epoch that ends a request which may be cancelled by itself.
    fn own_epoch(&self, call: &Call) -> JsValue {
        call.cancellable.then(|| self.driver.epoch()).into()
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

    fn pass(&self, out: &Outgoing, back: bool, why: &str) -> Promise {
        let sent = outgoing::pass(out, &self.options.fetch, back.into());
        self.note(out, why);
        sent
    }

    /// Sends it, with a token or without.
    pub fn send(&self, out: &Outgoing, token: Option<(&mut Call, AccessToken)>) -> Result<Promise, JsValue> {
        let mut signal = self.driver.epoch().joined(out).ok_or_else(|| outgoing::reason(out))?;
        let (fetch, header) = (&self.options.fetch, &self.options.header);
        let Some((call, token)) = token else {
            return Ok(outgoing::send(out, fetch, header, &JsValue::UNDEFINED, &signal));
        };
        self.note_sent(call, token, Some(out));
        if call.cancellable {
            let followed = if outgoing::signal(out).is_truthy() { signal.into() } else { JsValue::UNDEFINED };
            signal = self.driver.epoch().cancellable(call.place, &followed);
        }
        Ok(self.sending(token, |sending| outgoing::send(out, fetch, header, &sending.carried, &signal)))
    }
}
