//! The usual call, which goes out in its caller's turn and whose answer is the caller's: what the machine is asked of
//! it, by numbers alone. What the page is asked, and the sending, is in `usual.js`.

use super::client::Client;
use super::instance::Instance;
use crate::protocol::call as flow;
use crate::protocol::decisions::Resource;
use crate::protocol::session::Closed;
use js_sys::{Function, Promise};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/call/usual.js")]
extern "C" {
    /// The `fetch` of an instance. No call is a usual one where each is `told` of.
    #[wasm_bindgen(js_name = fetchOf)]
    pub fn fetch_of(handle: CallHandle, instance: &Instance, told: i32) -> Function;
}

/// It goes the long way.
const LONG_WAY: i32 = -1;
/// Bits below the place of a call that goes out: there are effects to be done after it, and it may be cancelled.
const EFFECTS: i32 = 1;
const CANCELLABLE: i32 = 2;
const PLACE: u32 = 2;

/// What JavaScript asks an instance by. It is held by the function that calls are made with, and by calls under way.
#[wasm_bindgen]
pub struct CallHandle(Rc<Client>);

impl CallHandle {
    /// The handle of this instance.
    pub const fn new(client: Rc<Client>) -> Self {
        Self(client)
    }
}

#[wasm_bindgen]
impl CallHandle {
    /// Whether a call goes out now: its place and the bits below it, or a negative number. `repeatable`: its request may
    /// reach the server twice; `may_stream`: its body may be a stream.
    pub fn admit(&self, resource: f64, now: f64, repeatable: bool, may_stream: bool) -> i32 {
        let client = &*self.0;
        let driver = &client.driver;
        if driver.reentry.running.get() {
            return LONG_WAY;
        }
        let (mut call, goes) = driver.session(|session| {
            let call = session.call(Some(Resource(resource as u64)));
            let token = session.admit_at_once(&call, now as u64);
            (call, token.filter(|_| !(may_stream && session.holds_stream(&call).is_some())))
        });
        let Some(token) = goes else {
            client.begun.set(Some(call));
            return LONG_WAY;
        };
        flow::note_sent(&mut driver.place(), &mut call, token, || repeatable);
        client.carry(token);
        let effects = if driver.session(|session| session.has_effects()) { EFFECTS } else { 0 };
        let cancellable = if call.cancellable { CANCELLABLE } else { 0 };
        (call.place << PLACE) as i32 | cancellable | effects
    }

    /// Makes any other call: see [`Client::fetch`]. `own` is this handle.
    pub fn call(&self, own: &JsValue, input: &JsValue, init: &JsValue, found: f64) -> Promise {
        self.0.fetch(own, input, init, found)
    }

    /// Does what has come of a call that went out.
    pub fn drain(&self) {
        self.0.driver.drain();
    }

    /// A call was answered. True where its caller gets the answer, and it means nothing else; else it is settled next.
    /// `redirected`: of a session in cookies.
    pub fn close(&self, place: u32, status: f64, redirected: bool) -> bool {
        let client = &*self.0;
        let may_be_refused = status == 401.0 || redirected || client.options.is_unauthorized.is_some();
        let closed = flow::close(&mut client.driver.place(), place, true);
        let noted = client.driver.session(|session| !session.record().awaits_acceptance());
        let is_plain = noted && !may_be_refused && matches!(closed, Closed::Settled(_));
        if !is_plain {
            client.closed.set(Some((closed, may_be_refused)));
        }
        is_plain
    }

    /// What its caller gets of any other outcome, a promise where it goes on: of an answer that was closed just now, or
    /// else of an error.
    pub fn settle(&self, place: u32, sent: &JsValue, outcome: JsValue) -> JsValue {
        self.0.settled(place, sent, outcome)
    }
}
