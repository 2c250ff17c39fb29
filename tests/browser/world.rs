//! A world for one test: a scripted server behind the `fetch` option, and helpers to drive an instance as a page would.

use crate::server::Server;
use authfetch::browser::auth_fetch::AuthFetch;
use js_sys::{Array, Function, Object, Promise, Reflect};
use std::cell::Cell;
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

    #[wasm_bindgen(js_namespace = JSON, js_name = parse, catch)]
    pub fn parse(text: &str) -> Result<JsValue, JsValue>;
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

thread_local!(static WORLDS: Cell<u32> = const { Cell::new(0) });

/// One test's world.
pub struct World {
    pub server: Rc<Server>,
    pub auth: Auth,
    pub name: String,
    pub options: JsValue,
}

/// The events of this kind from now on, as their details.
pub fn details_of(auth: &Auth, kind: &str) -> Array {
    let details = Array::new();
    let into = details.clone();
    let listener = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
        into.push(&get(&event, "detail"));
    });
    auth.on(kind, listener.into_js_value().unchecked_ref());
    details
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
        Self::of(server, name, &js(options))
    }

    /// A world whose options are no JSON.
    pub fn with(options: &JsValue) -> Self {
        let server = Rc::new(Server::default());
        Self::of(server, &format!("with-{}", js_sys::Math::random()), options)
    }

    fn of(server: Rc<Server>, name: &str, options: &JsValue) -> Self {
        let all = js("{'refresh': '/token', 'backgroundRefresh': false}");
        let _: Object = Object::assign(all.unchecked_ref::<Object>(), options.unchecked_ref::<Object>());
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
        details_of(&self.auth, kind)
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
    let _ = JsFuture::from(crate::clock::next_turn()).await;
}
