//! A world for one test: a scripted server behind the `fetch` option, and helpers to drive an instance as a page would.
//!
//! The server knows one good access token and one good refresh token; a renewal rotates both. Paths that begin with
//! `/held/` are answered only when the test says so; all answers can be overridden by path.

use authfetch::browser::auth_fetch::AuthFetch;
use js_sys::{Array, Function, Object, Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// The exported class as JavaScript sees it.
    #[derive(Clone)]
    pub type Auth;
    #[wasm_bindgen(method, getter)]
    pub fn fetch(this: &Auth) -> Function;
    #[wasm_bindgen(method, getter)]
    pub fn state(this: &Auth) -> String;
    #[wasm_bindgen(method, getter)]
    pub fn session(this: &Auth) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub fn subscribe(this: &Auth) -> Function;
    #[wasm_bindgen(method, catch, js_name = setTokens)]
    pub fn set_tokens(this: &Auth, tokens: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    pub fn refresh(this: &Auth) -> Promise;
    #[wasm_bindgen(method)]
    pub fn logout(this: &Auth, options: &JsValue) -> Promise;
    #[wasm_bindgen(method)]
    pub fn close(this: &Auth);
    #[wasm_bindgen(method, js_name = getAccessToken)]
    pub fn get_access_token(this: &Auth, options: &JsValue) -> Promise;
    #[wasm_bindgen(method, js_name = addEventListener)]
    pub fn on(this: &Auth, kind: &str, listener: &Function);

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
    #[wasm_bindgen(js_namespace = JSON, js_name = parse, catch)]
    pub fn parse(text: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(run: &Function, ms: f64);
}

/// A value written as JSON, single quotes allowed for brevity.
pub fn js(text: &str) -> JsValue {
    parse(&text.replace('\'', "\"")).unwrap_or_else(|_| panic!("not JSON: {text}"))
}

/// A member.
pub fn get(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// A member as text.
pub fn text(value: &JsValue, name: &str) -> String {
    get(value, name).as_string().unwrap_or_default()
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

thread_local!(static WORLDS: Cell<u32> = const { Cell::new(0) });

/// One test's world.
pub struct World {
    pub server: Rc<Server>,
    pub auth: Auth,
    pub name: String,
    pub options: JsValue,
}

impl World {
    /// A world whose instance has `options` (JSON) beside the token endpoint `/token` and the server.
    pub fn new(options: &str) -> Self {
        let number = WORLDS.with(|worlds| worlds.replace(worlds.get() + 1));
        let name = format!("world-{number}-{}", js_sys::Math::random());
        Self::named(&name, options)
    }

    pub fn named(name: &str, options: &str) -> Self {
        let server = Rc::new(Server::default());
        server.good.replace("access-0".into());
        server.refresh.replace("refresh-0".into());
        server.expires_in.set(3600);
        Self::on(server, name, options)
    }

    /// Another instance on the same server.
    pub fn on(server: Rc<Server>, name: &str, options: &str) -> Self {
        let all = js("{'refresh': '/token', 'backgroundRefresh': false}");
        let _: Object = Object::assign(all.unchecked_ref::<Object>(), js(options).unchecked_ref::<Object>());
        let _ = Reflect::set(&all, &"name".into(), &name.into());
        let _ = Reflect::set(&all, &"fetch".into(), &server.fetch());
        let auth = construct(&all).unwrap_or_else(|error| panic!("{error:?}"));
        Self { server, auth, name: name.into(), options: all }
    }

    /// Signed in with the server's good tokens.
    pub fn signed_in(options: &str) -> Self {
        let world = Self::new(options);
        world.sign_in(3600);
        world
    }

    /// Signed in with a token that the server does not take any more, and the clock does not know it.
    pub fn stale(options: &str) -> Self {
        let world = Self::signed_in(options);
        world.server.good.replace("nobody has this one".into());
        world
    }

    pub fn sign_in(&self, expires_in: i32) {
        let (access, refresh) = (self.server.good.borrow().clone(), self.server.refresh.borrow().clone());
        let tokens = format!("{{'access_token':'{access}','refresh_token':'{refresh}','expires_in':{expires_in}}}");
        self.auth.set_tokens(&js(&tokens)).expect("tokens");
    }

    /// What stands in storage, as an object.
    pub fn stored(&self) -> JsValue {
        stored(&self.name)
    }

    /// Makes the stored token run out by the clock.
    pub fn expire(&self) {
        let record = self.stored();
        let _ = Reflect::set(&record, &"expires_at".into(), &JsValue::from_f64(js_sys::Date::now() - 1000.0));
        let _ = Reflect::set(&record, &"version".into(), &JsValue::from_f64(1e6));
        store(&self.name, &js_sys::JSON::stringify(&record).expect("JSON").into());
    }

    pub fn call(&self, path: &str) -> Promise {
        self.call_with(&path.into(), &JsValue::UNDEFINED)
    }

    pub fn call_with(&self, input: &JsValue, init: &JsValue) -> Promise {
        self.auth.fetch().call2(&JsValue::UNDEFINED, input, init).expect("fetch never throws").unchecked_into()
    }

    /// `n` calls made in one turn.
    pub fn burst(&self, n: usize, path: &str) -> Vec<Promise> {
        (0..n).map(|at| self.call(&format!("{path}{at}"))).collect()
    }

    pub fn sends(&self, path: &str) -> usize {
        self.server.seen.borrow().iter().filter(|seen| seen.path.starts_with(path)).count()
    }

    /// The events of this kind so far, as their details.
    pub fn listen(&self, kind: &str) -> Array {
        let details = Array::new();
        let into = details.clone();
        let listener = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
            into.push(&get(&event, "detail"));
        });
        self.auth.on(kind, listener.into_js_value().unchecked_ref());
        details
    }
}

pub fn construct(options: &JsValue) -> Result<Auth, JsValue> {
    Ok(JsValue::from(AuthFetch::new(options.clone())?).unchecked_into())
}

pub fn local_storage() -> web_sys::Storage {
    use gloo_storage::Storage as _;
    gloo_storage::LocalStorage::raw()
}

pub fn stored(name: &str) -> JsValue {
    local_storage().get_item(name).ok().flatten().map_or(JsValue::NULL, |text| parse(&text).unwrap_or(JsValue::NULL))
}

pub fn store(name: &str, value: &JsValue) {
    local_storage().set_item(name, &value.as_string().expect("text")).expect("storage");
}

/// The status of an answer, or what it was rejected with.
pub async fn status(promise: &Promise) -> Result<u32, JsValue> {
    JsFuture::from(promise.clone()).await.map(|response| get(&response, "status").as_f64().unwrap_or(0.0) as u32)
}

/// What a promise was rejected with.
pub async fn rejection(promise: &Promise) -> JsValue {
    match JsFuture::from(promise.clone()).await {
        Ok(value) => panic!("resolved with {value:?}"),
        Err(error) => error,
    }
}

/// All statuses of a burst.
pub async fn statuses(promises: &[Promise]) -> Vec<u32> {
    let mut all = Vec::new();
    for promise in promises {
        all.push(status(promise).await.unwrap_or(0));
    }
    all
}

/// Waits until a condition holds, turn by turn; a test that waits too long is stopped by the runner.
pub async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        turn().await;
    }
}

/// Lets everything that is ready run: one task.
pub async fn turn() {
    let promise = Promise::new(&mut |resolve, _| set_timeout(&resolve, 0.0));
    let _ = JsFuture::from(promise).await;
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
        Closure::<dyn Fn(JsValue, JsValue) -> Promise>::new(move |input: JsValue, init: JsValue| server.take(input, init))
            .into_js_value()
    }

    fn take(self: &Rc<Self>, input: JsValue, init: JsValue) -> Promise {
        let url = input.as_string().unwrap_or_else(|| text(&input, "url"));
        let url = web_sys::Url::new_with_base(&url, "https://page.test/").expect("a URL");
        let headers = if input.is_string() { get(&init, "headers") } else { get(&input, "headers") };
        let authorization = NewHeaders::new(&if headers.is_undefined() { Object::new().into() } else { headers }).header("authorization");
        let seen = Seen { path: url.pathname(), authorization, input: input.clone(), init: init.clone() };
        let signal = if input.is_string() { get(&init, "signal") } else { get(&input, "signal") };
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
