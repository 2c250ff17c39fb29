//! One request, taken down in the turn it was made in, so that it can be sent later, or again, byte for byte.
//!
//! A string or URL stays what it is; a Request is copied. Headers go out as pairs, so that names keep their case.

use super::abort::Epoch;
use super::js::{self, Outcome};
use js_sys::{Array, Function, Object};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Array, js_name = from)]
    fn array_from(iterable: &JsValue) -> Outcome<Array>;
    #[wasm_bindgen(catch, js_namespace = Object, js_name = entries)]
    fn entries(record: &JsValue) -> Outcome<Array>;
    #[wasm_bindgen(catch, js_namespace = Object, js_name = assign)]
    fn assign(target: &JsValue, source: &JsValue) -> Outcome<JsValue>;
    #[wasm_bindgen(js_name = Request)]
    type Request;
    #[wasm_bindgen(constructor, catch, js_class = "Request")]
    fn new(input: &JsValue, init: &JsValue) -> Outcome<Request>;
    #[wasm_bindgen(js_name = FormData)]
    type FormData;
    #[wasm_bindgen(constructor, js_class = "FormData")]
    fn new() -> FormData;
    #[wasm_bindgen(js_name = URLSearchParams)]
    type Params;
    #[wasm_bindgen(constructor, js_class = "URLSearchParams")]
    fn new(from: &JsValue) -> Params;
    #[wasm_bindgen(js_name = Uint8Array)]
    type Bytes;
    #[wasm_bindgen(constructor, js_class = "Uint8Array")]
    fn new(buffer: &JsValue, offset: &JsValue, length: &JsValue) -> Bytes;
}

/// The members of `RequestInit`, for an `init` whose members are not its own.
const MEMBERS: &str = "body|cache|credentials|duplex|headers|integrity|keepalive|method|mode|priority|redirect|referrer|\
referrerPolicy|signal|window|auth";

/// A request that carries our token, or is about to.
#[derive(Clone)]
pub struct Outgoing {
    /// A string, or a Request of ours.
    target: JsValue,
    /// A copy of the caller's `init`.
    init: JsValue,
    /// The caller's headers; `undefined` with a Request, which holds its own.
    pairs: JsValue,
    /// The caller's signal.
    pub signal: JsValue,
    /// What a second send needs: `undefined` where it needs nothing, `null` where there can be none.
    spare: JsValue,
}

/// The caller's arguments, before it is known whether they are any business of ours.
pub struct Arguments {
    /// The request's URL as text.
    pub url: JsValue,
    input: JsValue,
    init: JsValue,
    request: bool,
}

impl Arguments {
    /// Reads each member of `init` once. What a getter throws is passed on; `None` where the native function has to judge.
    pub fn take(input: &JsValue, init: &JsValue) -> Outcome<Option<Self>> {
        let request = input.is_object() && js::get(input, "clone").is_function() && js::get(input, "url").is_string();
        let url = if request { js::get(input, "url") } else { js::text_of(input)? };
        let init = if init.is_undefined() || init.is_null() {
            Object::new().into()
        } else if init.is_object() {
            take_init(init)?
        } else {
            return Ok(None);
        };
        let input = if request { input.clone() } else { url.clone() };
        Ok(Some(Self { url, input, init, request }))
    }

    /// The call as the caller meant it, for the underlying function.
    pub fn untouched(&self) -> (&JsValue, &JsValue) {
        (&self.input, &self.init)
    }

    /// The caller's signal: `signal: null` in `init` removes the Request's.
    pub fn signal(&self) -> JsValue {
        self.member("signal")
    }

    /// A member of `init`, or else of the Request.
    fn member(&self, name: &str) -> JsValue {
        let own = js::get(&self.init, name);
        if own.is_undefined() && self.request { js::get(&self.input, name) } else { own }
    }

    /// Whether the caller wants none of it: `auth: false`, `no-cors`, or a header of that name.
    pub fn hands_off(&mut self, header: &str) -> Outcome<bool> {
        if js::get(&self.init, "auth") == JsValue::FALSE || self.member("mode") == "no-cors" {
            return Ok(true);
        }
        let headers = js::get(&self.init, "headers");
        if headers.is_undefined() {
            return Ok(self.request && has(&js::get(&self.input, "headers"), header)?);
        }
        if !headers.is_object() {
            return Ok(true);
        }
        let pairs = pairs(&headers)?;
        js::set(&self.init, "headers", &pairs);
        Ok(pairs.iter().any(|pair| js::get(&pair, "0").as_string().is_some_and(|name| name.eq_ignore_ascii_case(header))))
    }

    /// Takes the request down. With `own_header`, browsers would not strip it on a redirect to another origin.
    pub fn into_outgoing(self, own_header: bool) -> Outcome<Outgoing> {
        let signal = self.signal();
        let Self { input, init, request, .. } = self;
        if own_header && js::get(&init, "redirect").is_undefined() && !(request && js::get(&input, "redirect") != "follow") {
            js::set(&init, "redirect", &"error".into());
        }
        if request {
            let target = Request::new(&input, &init)?.into();
            let undefined = JsValue::UNDEFINED;
            return Ok(Outgoing { target, init: undefined.clone(), pairs: undefined.clone(), signal, spare: undefined });
        }
        let pairs = js::get(&init, "headers");
        let pairs = if pairs.is_undefined() { Array::new().into() } else { pairs };
        Ok(Outgoing { target: input, init, pairs, signal, spare: JsValue::UNDEFINED })
    }
}

fn take_init(init: &JsValue) -> Outcome {
    let prototype = Object::get_prototype_of(init);
    let plain = prototype.is_null() || js::get(&prototype, "hasOwnProperty") == js::get(&Object::new(), "hasOwnProperty") && Object::get_prototype_of(&prototype).is_null();
    if plain {
        let target: Object = Object::create(prototype.unchecked_ref());
        return assign(&target, init);
    }
    let copy = Object::new();
    for name in MEMBERS.split('|') {
        let value = js::try_get(init, name)?;
        if !value.is_undefined() {
            js::set(&copy, name, &value);
        }
    }
    Ok(copy.into())
}

fn pairs(headers: &JsValue) -> Outcome<Array> {
    let iterator = js_sys::Reflect::get(headers, &js_sys::Symbol::iterator())?;
    if iterator.is_function() { array_from(headers) } else { entries(headers) }
}

fn has(headers: &JsValue, name: &str) -> Outcome<bool> {
    Ok(js::invoke(headers, "has", &name.into(), &JsValue::UNDEFINED)?.is_truthy())
}

impl Outgoing {
    /// A call with nothing but a URL.
    pub fn plain(target: JsValue) -> Self {
        let undefined = JsValue::UNDEFINED;
        Self { target, init: Object::new().into(), pairs: Array::new().into(), signal: undefined.clone(), spare: undefined }
    }

    /// As one JavaScript value, so that it can wait beside its promise.
    pub fn pack(&self) -> JsValue {
        let pack = Array::of4(&self.target, &self.init, &self.pairs, &self.signal);
        pack.push(&self.spare);
        pack.into()
    }

    /// The value that [`Self::pack`] gave, or a bare URL.
    pub fn unpack(pack: &JsValue) -> Self {
        if !Array::is_array(pack) {
            return Self::plain(pack.clone());
        }
        let pack: &Array = pack.unchecked_ref();
        let [target, init, pairs, signal, spare] = [0, 1, 2, 3, 4].map(|at| pack.get(at));
        Self { target, init, pairs, signal, spare }
    }

    fn is_request(&self) -> bool {
        self.init.is_undefined()
    }

    /// The request's URL, as text.
    pub fn url(&self) -> JsValue {
        if self.is_request() { js::get(&self.target, "url") } else { self.target.clone() }
    }

    /// Whether it can be sent again.
    pub fn replayable(&self) -> bool {
        !self.spare.is_null()
    }

    /// The method, for those who ask whether a body may be large or moving.
    pub fn body(&self) -> JsValue {
        if self.is_request() { JsValue::UNDEFINED } else { js::get(&self.init, "body") }
    }

    /// Before a wait: what the caller may change meanwhile is copied.
    pub fn own_body(&mut self, limit: f64) {
        let body = self.body();
        if body.is_object()
            && let Some(copy) = copied(&body, limit)
        {
            js::set(&self.init, "body", &copy);
        }
    }

    /// Before the first send: the copy that a second one needs.
    pub fn keep_spare(&mut self, limit: f64) {
        self.spare = if self.is_request() {
            let method = js::get(&self.target, "method").as_string().unwrap_or_default();
            if matches!(method.as_str(), "GET" | "HEAD") {
                JsValue::UNDEFINED
            } else {
                js::invoke(&self.target, "clone", &JsValue::UNDEFINED, &JsValue::UNDEFINED).unwrap_or(JsValue::NULL)
            }
        } else {
            let body = self.body();
            if js::tag(&body) == "[object ReadableStream]" {
                match js::invoke(&body, "tee", &JsValue::UNDEFINED, &JsValue::UNDEFINED) {
                    Ok(branches) => {
                        js::set(&self.init, "body", &js::get(&branches, "0"));
                        js::get(&branches, "1")
                    }
                    Err(_) => JsValue::NULL,
                }
            } else if body.is_object() {
                copied(&body, limit).unwrap_or(JsValue::NULL)
            } else {
                JsValue::UNDEFINED
            }
        };
    }

    /// The copy is not needed any more.
    pub fn release_spare(&self) {
        if self.spare.is_object() {
            let body = if self.is_request() { js::get(&self.spare, "body") } else { self.spare.clone() };
            cancel(&body);
        }
    }

    /// From now on the copy is what is sent, and there is no other.
    pub fn use_spare(&mut self) {
        if self.spare.is_object() {
            if self.is_request() {
                self.target = self.spare.clone();
            } else {
                js::set(&self.init, "body", &self.spare);
            }
        }
        self.spare = JsValue::NULL;
    }

    /// The arguments for the underlying function. `header` is its name and value, where a token goes along.
    pub fn arguments(&self, header: Option<(&JsValue, &JsValue)>, epoch: &Epoch) -> Outcome<(JsValue, JsValue)> {
        let signal = if self.signal.is_object() { epoch.join(&self.signal) } else { epoch.signal().into() };
        let init = Object::new();
        if self.is_request() {
            js::set(&init, "signal", &signal);
            let request: JsValue = Request::new(&self.target, &init)?.into();
            if let Some((name, value)) = header {
                js::invoke(&js::get(&request, "headers"), "set", name, value)?;
            }
            return Ok((request, JsValue::UNDEFINED));
        }
        let init = assign(&init, &self.init)?;
        let pairs = self.pairs.unchecked_ref::<Array>().slice(0, u32::MAX);
        if let Some((name, value)) = header {
            pairs.push(&js::pair(name, value));
        }
        js::set(&init, "headers", &pairs);
        js::set(&init, "signal", &signal);
        Ok((self.target.clone(), init))
    }
}

/// A copy of a body that the caller could change; the same object where it cannot; none where a copy is too large.
fn copied(body: &JsValue, limit: f64) -> Option<JsValue> {
    match js::tag(body).as_str() {
        "[object Blob]" | "[object File]" | "[object ReadableStream]" => Some(body.clone()),
        "[object URLSearchParams]" => Some(Params::new(body).into()),
        "[object FormData]" => {
            let copy: JsValue = FormData::new().into();
            let append: Function = js::get(&copy, "append").dyn_into().ok()?;
            for entry in array_from(body).ok()?.iter() {
                append.call2(&copy, &js::get(&entry, "0"), &js::get(&entry, "1")).ok()?;
            }
            Some(copy)
        }
        _ => {
            let length = js::get(body, "byteLength");
            if length.as_f64()? > limit {
                return None;
            }
            let view = js::get(body, "buffer");
            let bytes: JsValue = if view.is_object() {
                Bytes::new(&view, &js::get(body, "byteOffset"), &length).into()
            } else {
                Bytes::new(body, &JsValue::from_f64(0.0), &length).into()
            };
            js::invoke(&bytes, "slice", &JsValue::UNDEFINED, &JsValue::UNDEFINED).ok()
        }
    }
}

/// Lets go of a body that nobody will read.
pub fn cancel(body: &JsValue) {
    if let Ok(promise) = js::invoke(body, "cancel", &JsValue::UNDEFINED, &JsValue::UNDEFINED) {
        js::hush(&promise);
    }
}
