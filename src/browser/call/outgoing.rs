//! One request that carries our token, kept so that it can be sent later, or again, byte for byte.
//!
//! A string or URL stays what it is; a Request is a copy of the caller's. Headers go out as pairs, so that names keep
//! their case.

use crate::browser::abort::Epoch;
use crate::browser::debug::SILENT;
use crate::browser::js::keys::Key;
use crate::browser::js::{Lent, NONE, Val};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    fn pack(target: Lent, init: Lent, signal: Lent, replay: Lent, number: i32) -> Val;
    fn dress(init: Lent, name: Lent, value: Lent, signal: Lent) -> Val;
}

#[wasm_bindgen(module = "/js/body.js")]
extern "C" {
    #[wasm_bindgen(js_name = copyForm)]
    fn copy_form(form: Lent) -> Val;
    #[wasm_bindgen(js_name = copyBytes)]
    fn copy_bytes(bytes: Lent) -> Val;
    #[wasm_bindgen(js_name = fromStream)]
    fn from_stream(request: Lent) -> bool;
    #[wasm_bindgen(js_name = withBody)]
    fn with_body(request: Lent, body: Lent) -> Val;
    /// A stream that is noted down while it passes: `first`, `kept`, `again()`, `drop()`.
    #[wasm_bindgen(js_name = passOn)]
    fn pass_on(stream: Lent, limit: f64) -> Val;
}

/// See the module's text.
pub struct Outgoing {
    /// A string, a URL of ours, or a Request of ours.
    pub target: Val,
    /// A copy of the caller's `init`; `undefined` with a Request.
    pub init: Val,
    /// The caller's signal.
    pub signal: Val,
    /// What a second send needs: `undefined` where it needs nothing, `null` where there can be none, `false` where
    /// there may be none.
    pub replay: Val,
    /// Under which it is told of.
    pub number: u32,
}

impl Outgoing {
    /// A call with nothing but a URL.
    pub fn plain(target: Val, number: u32) -> Self {
        Self { target, init: Val::bare(), signal: Val::UNDEFINED, replay: Val::UNDEFINED, number }
    }

    /// As one JavaScript value, so that it can wait beside its promise.
    pub fn pack(&self) -> Val {
        pack(self.target.lend(), self.init.lend(), self.signal.lend(), self.replay.lend(), self.number as i32)
    }

    /// The value that [`Self::pack`] gave, or a bare URL; `told`: with its number.
    pub fn unpack(pack: &Val, told: bool) -> Self {
        if pack.is_text() {
            return Self::plain(pack.clone(), SILENT);
        }
        let number = if told { pack.at(4).as_number() as u32 } else { SILENT };
        Self { target: pack.at(0), init: pack.at(1), signal: pack.at(2), replay: pack.at(3), number }
    }

    fn is_request(&self) -> bool {
        self.init.is_undefined()
    }

    /// The request's URL, as text.
    pub fn url(&self) -> Val {
        if self.is_request() { self.target.get(Key::Url) } else { self.target.clone() }
    }

    /// Whether its body is a stream: what has passed of it is noted, up to a limit.
    pub fn streams(&self) -> bool {
        self.replay.is_object() && self.replay.get(Key::Again).is_function()
    }

    /// From now on it is one that may be sent once at most.
    pub fn only_once(&mut self) {
        self.replay = Val::FALSE;
    }

    /// Whether it may be sent once at most: its 401 is its answer.
    pub fn once(&self) -> bool {
        self.replay.same(&Val::FALSE)
    }

    /// Whether it can be sent again.
    pub fn replayable(&self) -> bool {
        if self.streams() { self.replay.get(Key::Kept).truthy() } else { !(self.replay.is_null() || self.once()) }
    }

    /// In the caller's turn: the copy that a second send needs, and with `waits` the first one too, since the caller
    /// may change the body meanwhile. The copy for the first one is held whatever its size, as the native function
    /// would.
    pub fn keep_replay(&mut self, limit: f64, waits: bool) {
        if self.once() {
            if waits && !self.is_request() {
                self.keep_body(0.0, waits);
                self.only_once();
            }
        } else if self.is_request() {
            self.keep_request(limit);
        } else {
            self.keep_body(limit, waits);
        }
    }

    fn keep_body(&mut self, limit: f64, waits: bool) {
        let body = self.init.get(Key::Body);
        if !body.is_object() {
            return;
        }
        if body.tag().is(Key::ReadableStream) {
            self.keep_stream(&body, limit);
            return;
        }
        self.replay = copied(&body, if waits { f64::INFINITY } else { limit });
        if waits {
            self.init.put(Key::Body, &self.replay);
        }
    }

    fn keep_request(&mut self, limit: f64) {
        let method = self.target.get(Key::Method);
        if method.is(Key::MethodGet) || method.is(Key::MethodHead) {
            return;
        }
        let copy = self.target.invoke0(Key::Clone);
        if from_stream(copy.lend()) {
            cancel(&copy.get(Key::Body));
            self.keep_stream(&self.target.get(Key::Body), limit);
        } else {
            // The question has used the first copy up, where there is a body to be seen.
            self.replay = if copy.get(Key::BodyUsed).truthy() { self.target.invoke0(Key::Clone) } else { copy };
        }
    }

    /// A stream that something else reads already is left to the native function, which refuses it.
    fn keep_stream(&mut self, body: &Val, limit: f64) {
        if body.get(Key::Locked).truthy() {
            self.replay = Val::NULL;
            return;
        }
        self.replay = pass_on(body.lend(), limit);
        self.put_body(&self.replay.get(Key::First));
    }

    fn put_body(&mut self, body: &Val) {
        if self.is_request() {
            self.target = with_body(self.target.lend(), body.lend());
        } else {
            self.init.put(Key::Body, body);
        }
    }

    /// The copy is not needed any more: what is noted is forgotten, a second branch is let go.
    pub fn release_replay(&self) {
        if self.streams() {
            self.replay.invoke0(Key::Drop);
        } else if self.replay.is_object() && self.is_request() {
            cancel(&self.replay.get(Key::Body));
        }
    }

    /// A stream that was never sent is cancelled with the reason.
    pub fn abandon(&self, reason: &Val) {
        let body = if self.is_request() { self.target.get(Key::Body) } else { self.init.get(Key::Body) };
        if body.is_object() {
            body.invoke(Key::Cancel, reason, &NONE).mark_handled();
        }
    }

    /// From now on the copy is what is sent, and there is no other.
    pub fn use_replay(&mut self) {
        if self.replay.is_undefined() {
            return;
        }
        let streams = self.streams();
        let spare = std::mem::replace(&mut self.replay, Val::NULL);
        if !spare.is_object() {
            return;
        }
        if streams {
            let again = spare.invoke0(Key::Again);
            self.put_body(&again);
        } else if self.is_request() {
            self.target = spare;
        } else {
            self.init.put(Key::Body, &spare);
        }
    }

    /// The arguments for the underlying function. A header's name and value go along with a token.
    pub fn arguments(&self, name: &Val, value: &Val, epoch: &Epoch) -> (Val, Val) {
        if self.is_request() {
            if value.is_text() {
                self.target.get(Key::Headers).invoke(Key::SetMember, name, value);
            }
            return (self.target.clone(), Val::UNDEFINED);
        }
        let signal = epoch.join(&self.signal);
        (self.target.clone(), dress(self.init.lend(), name.lend(), value.lend(), signal.lend()))
    }
}

/// A copy of a body that the caller could change; the same object where it cannot; `null` where a copy is too large.
fn copied(body: &Val, limit: f64) -> Val {
    let tag = body.tag();
    if tag.is(Key::FormData) {
        return copy_form(body.lend());
    }
    if tag.is(Key::UrlSearchParams) {
        return Val::construct(Key::UrlSearchParams, body, &NONE);
    }
    let length = body.get(Key::ByteLength).as_number();
    if length.is_nan() {
        return body.clone();
    }
    if length > limit { Val::NULL } else { copy_bytes(body.lend()) }
}

/// Lets go of a body that nobody will read.
pub fn cancel(body: &Val) {
    if body.is_object() {
        body.invoke0(Key::Cancel).mark_handled();
    }
}
