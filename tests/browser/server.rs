//! A scripted server behind the `fetch` option.
//!
//! It knows one good access token and one good refresh token; a refresh rotates both. Paths that begin with `/held/`
//! are answered only when the test says so; all answers can be overridden by path.

use crate::world::{get, parse, text};
use js_sys::{Function, Object, Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Response)]
    type NewResponse;
    #[wasm_bindgen(constructor, js_class = "Response")]
    fn new(body: &JsValue, init: &JsValue) -> NewResponse;
    #[wasm_bindgen(js_name = Headers)]
    type NewHeaders;
    #[wasm_bindgen(constructor, js_class = "Headers")]
    fn new(from: &JsValue) -> NewHeaders;
    #[wasm_bindgen(method, structural, js_name = get)]
    fn header(this: &NewHeaders, name: &str) -> Option<String>;
}

/// One request as the server saw it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub path: String,
    pub authorization: Option<String>,
    pub input: JsValue,
    pub init: JsValue,
}

/// What a path answers instead of the usual.
#[derive(Clone)]
pub enum Answer {
    Status(u16, &'static str),
    Header(u16, &'static str, &'static str),
    NetworkError,
    Never,
    Value(JsValue),
}

#[derive(Default)]
pub struct Server {
    pub good: RefCell<String>,
    pub refresh: RefCell<String>,
    pub rotation: Cell<u32>,
    pub seen: RefCell<Vec<Seen>>,
    pub token_requests: Cell<u32>,
    /// Refresh tokens presented, in order.
    pub presented: RefCell<Vec<String>>,
    /// Answers of the token endpoint, the next one first.
    pub grants: RefCell<Vec<Answer>>,
    pub answers: RefCell<HashMap<String, Answer>>,
    held: RefCell<Vec<(String, Function, Seen)>>,
    /// The token endpoint waits for `release("/token")`.
    pub hold_grants: Cell<bool>,
    pub expires_in: Cell<u32>,
}

fn response(status: u16, body: &str, headers: &JsValue) -> JsValue {
    let init = Object::new();
    let _ = Reflect::set(&init, &"status".into(), &status.into());
    let _ = Reflect::set(&init, &"headers".into(), headers);
    NewResponse::new(&body.into(), &init).into()
}

impl Server {
    /// The server as a `fetch` function.
    pub fn fetch(self: &Rc<Self>) -> JsValue {
        let server = Rc::clone(self);
        Closure::<dyn Fn(JsValue, JsValue) -> Promise>::new(move |input: JsValue, init: JsValue| {
            server.take(input, init)
        })
        .into_js_value()
    }

    fn take(self: &Rc<Self>, input: JsValue, init: JsValue) -> Promise {
        let request = get(&input, "url").is_string();
        let url = input.as_string().unwrap_or_else(|| text(&input, if request { "url" } else { "href" }));
        let url = web_sys::Url::new_with_base(&url, "https://page.test/").expect("a URL");
        let headers = get(if request { &input } else { &init }, "headers");
        let authorization = NewHeaders::new(&if headers.is_undefined() { Object::new().into() } else { headers })
            .header("authorization");
        let seen = Seen { path: url.pathname(), authorization, input: input.clone(), init: init.clone() };
        let own = get(&init, "signal");
        let signal = if own.is_undefined() { get(&input, "signal") } else { own };
        self.seen.borrow_mut().push(seen.clone());
        let is_grant = seen.path == "/token";
        if is_grant {
            self.token_requests.set(self.token_requests.get() + 1);
        }
        let waits = seen.path.starts_with("/held/") || (is_grant && self.hold_grants.get());
        let answer = (!waits).then(|| self.answer(&seen));
        let server = Rc::clone(self);
        Promise::new(&mut |resolve, reject| {
            if get(&signal, "aborted").is_truthy() {
                let _ = reject.call1(&JsValue::UNDEFINED, &get(&signal, "reason"));
                return;
            }
            if signal.is_object() {
                let (reject, from) = (reject.clone(), signal.clone());
                let on_abort = Closure::<dyn Fn()>::new(move || {
                    let _ = reject.call1(&JsValue::UNDEFINED, &get(&from, "reason"));
                });
                let add: Function = get(&signal, "addEventListener").unchecked_into();
                let _ = add.call2(&signal, &"abort".into(), &on_abort.into_js_value());
            }
            match &answer {
                Some(Ok(response)) => drop(resolve.call1(&JsValue::UNDEFINED, response)),
                Some(Err(error)) if !error.is_null() => drop(reject.call1(&JsValue::UNDEFINED, error)),
                Some(Err(_)) => {}
                None => server.held.borrow_mut().push((seen.path.clone(), resolve, seen.clone())),
            }
        })
    }

    /// Answers what is held under this prefix; true where anything was.
    pub fn release(self: &Rc<Self>, prefix: &str) -> bool {
        let (now, later) = self.held.take().into_iter().partition::<Vec<_>, _>(|(path, ..)| path.starts_with(prefix));
        self.held.replace(later);
        let any = !now.is_empty();
        for (_, resolve, seen) in now {
            if let Ok(response) = self.answer(&seen) {
                let _ = resolve.call1(&JsValue::UNDEFINED, &response);
            }
        }
        any
    }

    fn answer(&self, seen: &Seen) -> Result<JsValue, JsValue> {
        let given = if seen.path == "/token" {
            let mut grants = self.grants.borrow_mut();
            if grants.is_empty() { None } else { Some(grants.remove(0)) }
        } else {
            self.answers.borrow().get(&seen.path).cloned()
        };
        let none = Object::new().into();
        match given {
            Some(Answer::Status(status, body)) => {
                if seen.path == "/token" {
                    self.presented.borrow_mut().push(refresh_token_of(&get(&seen.init, "body")));
                }
                Ok(response(status, body, &none))
            }
            Some(Answer::Header(status, name, value)) => {
                let headers = Object::new();
                let _ = Reflect::set(&headers, &name.into(), &value.into());
                Ok(response(status, "{}", &headers))
            }
            Some(Answer::NetworkError) => Err(js_sys::TypeError::new("network").into()),
            Some(Answer::Never) => Err(JsValue::NULL),
            Some(Answer::Value(value)) => Ok(value),
            None if seen.path == "/token" => Ok(self.grant(&get(&seen.init, "body"))),
            None => {
                let good = format!("Bearer {}", self.good.borrow());
                Ok(response(if seen.authorization.as_ref() == Some(&good) { 200 } else { 401 }, "{}", &none))
            }
        }
    }

    fn grant(&self, body: &JsValue) -> JsValue {
        let token = refresh_token_of(body);
        self.presented.borrow_mut().push(token.clone());
        if token != *self.refresh.borrow() {
            return response(400, "{\"error\":\"invalid_grant\"}", &Object::new().into());
        }
        let next = self.rotation.get() + 1;
        self.rotation.set(next);
        self.good.replace(format!("access-{next}"));
        self.refresh.replace(format!("refresh-{next}"));
        let expires_in = self.expires_in.get();
        let tokens = format!(
            "{{\"access_token\":\"access-{next}\",\"refresh_token\":\"refresh-{next}\",\"expires_in\":{expires_in}}}"
        );
        response(200, &tokens, &Object::new().into())
    }
}

fn refresh_token_of(body: &JsValue) -> String {
    if let Some(json) = body.as_string() {
        return parse(&json).map(|json| text(&json, "refresh_token")).unwrap_or_default();
    }
    let get_one: Function = get(body, "get").unchecked_into();
    get_one.call1(body, &"refresh_token".into()).ok().and_then(|token| token.as_string()).unwrap_or_default()
}
