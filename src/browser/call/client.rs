//! One instance, and the synchronous part of its `fetch`.
//!
//! The usual call never enters a future: it is one turn, and one persistent closure chained to the underlying promise.
//! Only a 401, a wait or an expired token is driven further (see `driving`).

use super::outgoing::Outgoing;
use super::request::Arguments;
use super::sending::Sending;
use crate::browser::abort;
use crate::browser::debug::{self, SILENT};
use crate::browser::effects::timers;
use crate::browser::effects::token_endpoint::REENTERED;
use crate::browser::error;
use crate::browser::js::keys::Key;
use crate::browser::js::task;
use crate::browser::js::{Lent, NONE, Outcome, Val};
use crate::browser::options::Options;
use crate::browser::session::driver::SessionDriver;
use crate::protocol::config::SignedOut;
use crate::protocol::decisions::{Admission, Call};
use crate::protocol::error::Code;
use crate::protocol::token::AccessToken;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/fetch.js")]
extern "C" {
    /// Calls the underlying fetch; what it throws is a rejection.
    fn native(given: Lent, back: i32, input: Lent, init: Lent) -> Val;
}

/// Called with what was bound (a token's number and a packed request) and what the underlying promise gave.
type OnSettled = Closure<dyn Fn(f64, JsValue, JsValue) -> JsValue>;

/// One instance: what is its own, and the session it shares.
pub struct Client {
    pub options: Rc<Options>,
    pub driver: Rc<SessionDriver>,
    /// Verdicts on where the token may go, by the URL's exact text.
    pub known_urls: Val,
    /// Origins outside `origins` that were warned of.
    pub warned: Val,
    pub(super) sending: RefCell<Option<Sending>>,
    on_response: RefCell<Option<OnSettled>>,
    on_error: RefCell<Option<OnSettled>>,
}

fn settled(client: &Rc<Client>, run: impl Fn(&Rc<Client>, AccessToken, &Val, Val) -> Outcome + 'static) -> OnSettled {
    let weak = Rc::downgrade(client);
    Closure::new(move |sent: f64, out: JsValue, value: JsValue| {
        let settled = match weak.upgrade() {
            Some(client) => run(&client, AccessToken(sent as u32), &out.into(), value.into()),
            None => Ok(value.into()),
        };
        JsValue::from(settled.unwrap_or_else(|error| error.reject()))
    })
}

impl Client {
    /// An instance with these options, of which the session's own are `driver`'s.
    pub fn new(options: Rc<Options>, driver: Rc<SessionDriver>) -> Rc<Self> {
        let client = Rc::new(Self {
            options,
            driver,
            known_urls: Val::construct(Key::Map, &NONE, &NONE),
            warned: Val::construct(Key::Set, &NONE, &NONE),
            sending: RefCell::default(),
            on_response: RefCell::default(),
            on_error: RefCell::default(),
        });
        client
            .on_response
            .replace(Some(settled(&client, |client, token, out, response| client.on_response(token, out, response))));
        client.on_error.replace(Some(settled(&client, |client, token, out, error| {
            Err(client.rejection(token, &client.unpack(out), error))
        })));
        client
    }

    /// The drop-in's synchronous part. What is returned as an error rejects.
    pub fn fetch(self: &Rc<Self>, input: &Val, init: &Val) -> Outcome {
        if self.driver.options.debug { self.told(input, init) } else { self.begin(input, init, SILENT) }
    }

    pub(super) fn begin(self: &Rc<Self>, input: &Val, init: &Val, number: u32) -> Outcome {
        let driver = &self.driver;
        if driver.in_function.get() {
            driver.reentered.set(true);
            return Err(error::detailed(Code::RefreshFailed, REENTERED, &NONE, &NONE));
        }
        driver.synchronize();
        if !driver.session(|session| session.record().has_session())
            && self.options.policy.signed_out == SignedOut::Send
        {
            return Ok(self.pass_through(input, init, number, Key::LeftSignedOut));
        }
        if !(input.is_text() && init.is_undefined()) {
            return self.with_init(input, init, number);
        }
        if !self.allowed(input) {
            let promise = self.pass_through(input, init, number, Key::LeftOutside);
            return Ok(self.outside(input, promise));
        }
        // A predicate of the app's may have signed in or out.
        let call = driver.session(|session| session.call(true));
        let Some(token) = self.goes(&call) else {
            return Ok(self.slow(call, Outgoing::plain(input.clone(), number)));
        };
        let init = self.sending(token, |sending| sending.init.plain());
        let sent = self.native(input, &init);
        driver.drain();
        if number != SILENT {
            debug::note(number, Key::Sent);
            return Ok(self.chain(token, &Outgoing::plain(input.clone(), number).pack(), sent));
        }
        Ok(self.chain(token, input, sent))
    }

    #[inline(never)]
    fn with_init(self: &Rc<Self>, input: &Val, init: &Val, number: u32) -> Outcome {
        let driver = &self.driver;
        let Some(mut arguments) = Arguments::take(input, init)? else {
            return Ok(self.pass_through(input, init, number, Key::LeftAsAsked));
        };
        if !self.allowed(&arguments.url) {
            let promise = self.pass_through(&arguments.input, &arguments.init, number, Key::LeftOutside);
            return Ok(self.outside(&arguments.url, promise));
        }
        if arguments.opts_out()? {
            return Ok(self.pass_through(&arguments.input, &arguments.init, number, Key::LeftAsAsked));
        }
        let own = arguments.header(&self.options.header);
        let explicit = !(own.is_undefined() || own.is_null());
        let (signal, epoch) = (arguments.signal(), driver.epoch());
        if explicit || abort::aborted(&signal) || !epoch.follows(&signal) {
            let back = explicit && self.sending.borrow().as_ref().is_some_and(|sending| sending.value.same(&own));
            let sent =
                native(self.options.fetch.lend(), i32::from(back), arguments.input.lend(), arguments.init.lend());
            debug::note(number, if explicit { Key::LeftWithHeader } else { Key::LeftAsAsked });
            return Ok(sent);
        }
        let once = arguments.once();
        let Some(mut out) = arguments.take_down(self.options.is_authorization, &epoch) else {
            return Ok(self.pass_through(&arguments.input, &arguments.init, number, Key::LeftAsAsked));
        };
        out.number = number;
        if once {
            out.only_once();
        }
        let call = driver.session(|session| session.call(true));
        let goes = self.goes(&call);
        out.keep_replay(self.options.body_copy_limit, goes.is_none());
        let Some(token) = goes.filter(|_| !self.holds_stream(&out)) else {
            return Ok(self.slow(call, out));
        };
        let sent = self.send(&out, Some(token));
        driver.drain();
        debug::note(number, Key::Sent);
        Ok(self.chain(token, &out.pack(), sent))
    }

    /// The token it goes out with in this turn; none where it has to be driven.
    fn goes(&self, call: &Call) -> Option<AccessToken> {
        let now = timers::now();
        self.driver.session(|session| {
            if !session.goes_at_once() {
                return None;
            }
            match session.admit(call, now) {
                Admission::Send(token, _) => Some(token),
                Admission::Wait(_)
                | Admission::SendWithoutToken
                | Admission::SignedOut
                | Admission::Failed
                | Admission::Ended => None,
            }
        })
    }

    /// A 401 finds a stream spent, and browsers hide it: while its token is refreshed, ahead of expiry even, it waits.
    pub fn holds_stream(&self, out: &Outgoing) -> bool {
        out.streams() && self.driver.session(|session| session.refresh().is_some())
    }

    fn slow(self: &Rc<Self>, call: Call, out: Outgoing) -> Val {
        // A refresh may have begun when the session was asked: it runs whatever becomes of this call.
        self.driver.drain();
        task::promise(Rc::clone(self).drive(call, out, Val::UNDEFINED))
    }

    fn chain(&self, token: AccessToken, out: &Val, sent: Val) -> Val {
        let number = f64::from(token.0);
        let bound = |callback: &RefCell<Option<OnSettled>>| match &*callback.borrow() {
            Some(callback) => Val::from(callback.as_ref().clone()).bind(number, out),
            None => Val::UNDEFINED,
        };
        sent.then(&bound(&self.on_response), &bound(&self.on_error))
    }

    fn on_response(self: &Rc<Self>, token: AccessToken, out: &Val, response: Val) -> Outcome {
        let driver = &self.driver;
        let Some(call) = driver.session(|session| session.answered_call(token)) else {
            return Err(driver.ends.error());
        };
        if response.get(Key::Status).as_number() == 401.0 || self.options.is_unauthorized.is_function() {
            return Ok(task::promise(Rc::clone(self).drive(call, self.unpack(out), response)));
        }
        if driver.session(|session| session.record().awaits_acceptance()) {
            driver.synchronize();
            self.accepted(&call, &response);
        }
        if !out.is_text() {
            Outgoing::unpack(out, false).release_replay();
        }
        Ok(response)
    }

    /// A call's error is passed on as it is, unless the session's end caused it.
    pub fn rejection(&self, token: AccessToken, out: &Outgoing, error: Val) -> Val {
        out.release_replay();
        let aborted = abort::aborted(&out.signal);
        if !self.driver.session(|session| session.of_this_epoch(token.0)) && !aborted {
            return self.driver.ends.error();
        }
        debug::note(out.number, if aborted { Key::AbortedByCaller } else { Key::FailedUnderneath });
        error
    }

    fn unpack(&self, pack: &Val) -> Outgoing {
        Outgoing::unpack(pack, self.driver.options.debug)
    }

    fn pass_through(&self, input: &Val, init: &Val, number: u32, why: Key) -> Val {
        let sent = self.native(input, init);
        debug::note(number, why);
        sent
    }

    /// Sends it, with a token or without.
    pub fn send(&self, out: &Outgoing, token: Option<AccessToken>) -> Val {
        let epoch = self.driver.epoch();
        let value = token.map_or(Val::UNDEFINED, |token| self.sending(token, |sending| sending.value.clone()));
        let (input, init) = out.arguments(&self.options.header, &value, &epoch);
        self.native(&input, &init)
    }

    fn native(&self, input: &Val, init: &Val) -> Val {
        native(self.options.fetch.lend(), i32::from(false), input.lend(), init.lend())
    }
}
