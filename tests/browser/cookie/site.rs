//! A site whose session is in cookies, and an instance that is used with it: see `site.js` beside this file.

use crate::world::{Auth, construct, details_of, get, js, text};
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/tests/browser/cookie/site.js")]
extern "C" {
    pub type Site;
    pub fn site() -> Site;
    #[wasm_bindgen(method)]
    fn answer(this: &Site, path: &str, answer: &JsValue);
    #[wasm_bindgen(method)]
    pub fn hold(this: &Site, path: &str);
    #[wasm_bindgen(method)]
    pub fn release(this: &Site, path: &str);
    #[wasm_bindgen(method, getter)]
    pub fn seen(this: &Site) -> Array;
    #[wasm_bindgen(method, getter)]
    pub fn fetch(this: &Site) -> Function;
    /// Every call is answered 401.
    #[wasm_bindgen(method, setter)]
    pub fn set_over(this: &Site, over: bool);
    /// A refresh is, too.
    #[wasm_bindgen(method, setter)]
    pub fn set_refused(this: &Site, refused: bool);
    /// An empty value removes it.
    #[wasm_bindgen(js_name = setCookie)]
    pub fn set_cookie(name: &str, value: &str);
    /// The value of an expression.
    pub fn script(text: &str) -> JsValue;

    #[wasm_bindgen(extends = Auth)]
    #[derive(Clone)]
    pub type CookieAuth;
    #[wasm_bindgen(method, catch, js_name = signedIn)]
    pub fn signed_in(this: &CookieAuth, details: &JsValue) -> Result<(), JsValue>;
}

pub struct World {
    pub site: Site,
    pub auth: CookieAuth,
    pub name: String,
}

pub const API: &str = "https://api.test/";

impl World {
    /// Nobody is signed in; `options` are an expression.
    pub fn new(options: &str) -> Self {
        Self::at(site(), &format!("cookie-{}", js_sys::Math::random()), options)
    }

    pub fn at(site: Site, name: &str, options: &str) -> Self {
        let all = js(&format!(
            "{{'credential': 'cookie', 'refresh': '/refresh', 'backgroundRefresh': false, 'origins': ['/', '{API}']}}"
        ));
        let _: Object = Object::assign(all.unchecked_ref::<Object>(), script(options).unchecked_ref::<Object>());
        let _ = Reflect::set(&all, &"name".into(), &name.into());
        let _ = Reflect::set(&all, &"fetch".into(), &site.fetch());
        let auth = JsValue::from(construct(&all).unwrap_or_else(|error| panic!("{error:?}"))).unchecked_into();
        Self { site, auth, name: name.into() }
    }

    pub fn signed_in(options: &str) -> Self {
        let world = Self::new(options);
        world.auth.signed_in(&JsValue::UNDEFINED).expect("signed in");
        world
    }

    /// Signed in, and the server does not know it any more: the first call finds out.
    pub fn stale(options: &str) -> Self {
        let world = Self::signed_in(options);
        world.site.set_over(true);
        world
    }

    pub fn answers(&self, path: &str, answer: &str) {
        self.site.answer(path, &script(answer));
    }

    pub fn call(&self, url: &str) -> Promise {
        self.call_with(&url.into(), "undefined")
    }

    /// `init` is an expression.
    pub fn call_with(&self, input: &JsValue, init: &str) -> Promise {
        self.auth.fetch().call2(&JsValue::UNDEFINED, input, &script(init)).expect("fetch never throws").unchecked_into()
    }

    pub fn post(&self, url: &str) -> Promise {
        self.call_with(&url.into(), "{ method: 'POST', body: 'text' }")
    }

    /// What was sent to this path, in its order.
    pub fn sent(&self, path: &str) -> Vec<JsValue> {
        self.site.seen().iter().filter(|one| text(one, "path") == path).collect()
    }

    /// The values of a header in what was sent to this path.
    pub fn headers(&self, path: &str, name: &str) -> Vec<Option<String>> {
        self.sent(path).iter().map(|one| get(&get(one, "headers"), name).as_string()).collect()
    }

    /// The events of this kind so far, as their details.
    pub fn listen(&self, kind: &str) -> Array {
        details_of(&self.auth, kind)
    }
}
