//! Events and subscribers: what a page hears of its session. A listener that throws breaks nothing.

use super::js;
use js_sys::{Function, Set};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type EventTarget;
    #[wasm_bindgen(constructor, catch)]
    fn new() -> js::Outcome<EventTarget>;
    #[wasm_bindgen(method, js_name = dispatchEvent)]
    fn dispatch_event(this: &EventTarget, event: &CustomEvent) -> bool;
    type CustomEvent;
    #[wasm_bindgen(constructor, catch)]
    fn new(kind: &str, init: &JsValue) -> js::Outcome<CustomEvent>;
    #[wasm_bindgen(js_name = reportError, catch)]
    fn report_error(error: &JsValue) -> js::Outcome<()>;
}

/// The listeners of one session.
pub struct Events {
    target: JsValue,
    subscribers: Set,
}

impl Events {
    /// No listeners yet.
    pub fn new() -> js::Outcome<Self> {
        Ok(Self { target: EventTarget::new()?.into(), subscribers: Set::new(&JsValue::UNDEFINED) })
    }

    /// `addEventListener` or `removeEventListener`, as an `EventTarget` has it.
    pub fn listen(&self, method: &str, kind: &JsValue, listener: &JsValue, options: &JsValue) -> js::Outcome {
        js::try_get(&self.target, method)?.unchecked_ref::<Function>().call3(&self.target, kind, listener, options)
    }

    /// The functions to call after each change, each in an array of its own.
    pub const fn subscribers(&self) -> &Set {
        &self.subscribers
    }

    /// Fires an event with `detail`; false where a listener prevented it.
    pub fn fire(&self, kind: &str, detail: &JsValue, cancelable: bool) -> bool {
        let init = js::bare();
        js::set(&init, "detail", detail);
        js::set(&init, "cancelable", &cancelable.into());
        match CustomEvent::new(kind, &init) {
            Ok(event) => self.target.unchecked_ref::<EventTarget>().dispatch_event(&event),
            Err(_) => true,
        }
    }

    /// Tells the subscribers that the session or its state has changed.
    pub fn tell(&self) {
        let listeners = js_sys::Array::from(&self.subscribers);
        for entry in listeners.iter() {
            let listener = js::get(&entry, "0");
            if let Err(error) = listener.unchecked_ref::<Function>().call0(&JsValue::UNDEFINED) {
                let _ = report_error(&error);
            }
        }
    }
}
