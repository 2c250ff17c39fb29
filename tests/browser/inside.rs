//! One instance, and a callback that calls it back from inside: what `reentrancy` goes through.

use crate::world::{Auth, World, construct, js, status, text, until};
use js_sys::{Array, Object, Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// One instance, and somebody who calls it back once, from inside.
pub struct Case {
    pub world: World,
    pub auth: Rc<RefCell<Option<Auth>>>,
    pub act: &'static str,
    pub armed: Rc<Cell<bool>>,
    pub inner: Array,
}

impl Case {
    pub fn new(act: &'static str) -> Self {
        let armed = Rc::new(Cell::new(false));
        Self { world: World::new("{}"), auth: Rc::default(), act, armed, inner: Array::new() }
    }

    pub fn auth(&self) -> Auth {
        self.auth.borrow().clone().expect("constructed")
    }

    /// The callback, which then gives `back`, or throws.
    pub fn hook(&self, back: Result<JsValue, JsValue>) -> JsValue {
        let (auth, armed, inner, act) = (Rc::clone(&self.auth), Rc::clone(&self.armed), self.inner.clone(), self.act);
        let server = Rc::clone(&self.world.server);
        Closure::<dyn Fn() -> Result<JsValue, JsValue>>::new(move || {
            if armed.replace(false) {
                let auth = auth.borrow().clone().expect("constructed");
                match act {
                    "fetch" => drop(
                        inner.push(&auth.fetch().call1(&JsValue::NULL, &"/api/inner".into()).expect("never throws")),
                    ),
                    "refresh" => drop(inner.push(&auth.refresh())),
                    "logout" => drop(inner.push(&auth.logout(&JsValue::UNDEFINED))),
                    "setTokens" => {
                        server.good.replace("access-9".into());
                        server.refresh.replace("refresh-9".into());
                        auth.set_tokens(&js("{'access_token':'access-9','refresh_token':'refresh-9'}"))
                            .expect("tokens");
                    }
                    _ => auth.close(),
                }
            }
            back.clone()
        })
        .into_js_value()
    }

    pub fn throwing(&self) -> JsValue {
        self.hook(Err(js_sys::Error::new("a listener that throws").into()))
    }

    /// An instance with these options, one of which is ours to call back from; signed in.
    pub fn open(&self, options: &str, hooked: Option<(&str, JsValue)>) {
        let all = self.world.options.clone();
        let _: Object = Object::assign(all.unchecked_ref::<Object>(), js(options).unchecked_ref::<Object>());
        set(&all, "name", &format!("{}-in", self.world.name).into());
        if let Some((name, value)) = hooked {
            set(&all, name, &value);
        }
        let auth = construct(&all).expect("options");
        self.auth.replace(Some(auth));
        self.sign_in();
    }

    pub fn sign_in(&self) {
        let (access, refresh) = (self.world.server.good.borrow().clone(), self.world.server.refresh.borrow().clone());
        let tokens = format!("{{'access_token':'{access}','refresh_token':'{refresh}','expires_in':3600}}");
        self.auth().set_tokens(&js(&tokens)).expect("tokens");
    }

    pub fn call(&self, init: &JsValue) -> Promise {
        self.auth().fetch().call2(&JsValue::NULL, &"/api/1".into(), init).expect("never throws").unchecked_into()
    }

    pub fn spoil(&self) {
        self.world.server.good.replace("nobody has this one".into());
    }

    /// All is over: what became of the call, and the state.
    pub async fn over(&self, call: Option<Promise>) -> String {
        let told = match call {
            Some(call) => match status(&call).await {
                Ok(status) => status.to_string(),
                Err(error) if !text(&error, "code").is_empty() => text(&error, "code"),
                Err(error) => text(&error, "name"),
            },
            None => "-".into(),
        };
        until(|| self.auth().state() != "refreshing").await;
        let state = self.auth().state();
        let nonsense =
            |seen: &crate::server::Seen| seen.authorization.as_ref().is_some_and(|value| value.contains("undefined"));
        assert!(!self.world.server.seen.borrow().iter().any(nonsense), "a token that is none was sent");
        // Whatever is held ends here.
        let _ = self.auth().logout(&JsValue::UNDEFINED);
        for promise in self.inner.iter() {
            let _ = status(&promise.unchecked_into()).await;
        }
        assert!(!self.armed.get(), "nobody was called back");
        format!("{told} {state}")
    }
}

pub fn set(target: &JsValue, name: &str, value: &JsValue) {
    Reflect::set(target, &name.into(), value).expect("settable");
}
