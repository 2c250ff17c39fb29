//! Where the record is kept: one string under one key, read and written synchronously.
//!
//! The area is looked up at each use. gloo-storage panics where storage is blocked, so it is asked only after a probe. A
//! write that fails twice leaves the key removed and the page in memory: a spent refresh token is never left behind.

use super::js::{self, Outcome};
use gloo_storage::{LocalStorage, SessionStorage, Storage as _};
use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type Area;
    #[wasm_bindgen(method, structural, catch, js_name = getItem)]
    fn get_item(this: &Area, key: &JsValue) -> Outcome<JsValue>;
    #[wasm_bindgen(method, structural, catch, js_name = setItem)]
    fn set_item(this: &Area, key: &JsValue, value: &JsValue) -> Outcome<()>;
    #[wasm_bindgen(method, structural, catch, js_name = removeItem)]
    fn remove_item(this: &Area, key: &JsValue) -> Outcome<()>;
}

/// The kinds of places a record may be kept in.
#[derive(Clone)]
pub enum Place {
    /// `localStorage`.
    Local,
    /// `sessionStorage`.
    Session,
    /// This page's memory.
    Memory,
    /// The app's own, by `getItem`, `setItem` and `removeItem`.
    Custom(JsValue),
}

impl Place {
    /// Whether two places are one: instances of one name share a session only there.
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Local, Self::Local) | (Self::Session, Self::Session) | (Self::Memory, Self::Memory) => true,
            (Self::Custom(a), Self::Custom(b)) => a == b,
            _ => false,
        }
    }

    fn area(&self) -> Outcome<Area> {
        match self {
            Self::Local => probed("localStorage", LocalStorage::raw),
            Self::Session => probed("sessionStorage", SessionStorage::raw),
            Self::Memory => Err(JsValue::UNDEFINED),
            Self::Custom(area) => Ok(area.clone().unchecked_into()),
        }
    }
}

/// Asks gloo-storage for an area once it is known to be there: its accessor would panic on a blocked one.
fn probed(name: &str, raw: fn() -> web_sys::Storage) -> Outcome<Area> {
    if js::try_get(&js_sys::global(), name)?.is_object() { Ok(JsValue::from(raw()).unchecked_into()) } else { Err(JsValue::UNDEFINED) }
}

/// One record's place.
pub struct Store {
    place: Place,
    key: JsValue,
    /// What stands in memory, once memory is where the record is kept.
    memory: RefCell<JsValue>,
    in_memory: Cell<bool>,
}

impl Store {
    /// Opens the place. A blocked one gives the store in memory, and what blocked it.
    pub fn open(place: Place, name: &str) -> (Self, Option<JsValue>) {
        let store =
            Self { place, key: name.into(), memory: RefCell::new(JsValue::NULL), in_memory: Cell::new(false) };
        if matches!(store.place, Place::Memory) {
            store.in_memory.set(true);
            return (store, None);
        }
        let blocked = store.place.area().and_then(|area| area.get_item(&store.key)).err();
        store.in_memory.set(blocked.is_some());
        (store, blocked)
    }

    /// Whether other pages can see this record.
    pub fn shared(&self) -> bool {
        !self.in_memory.get() && matches!(self.place, Place::Local)
    }

    /// Whether this is the store of that place.
    pub fn is_at(&self, place: &Place) -> bool {
        self.place.same(place)
    }

    /// The stored string, as JavaScript has it; `null` where there is none or it cannot be read.
    pub fn read(&self) -> JsValue {
        if self.in_memory.get() {
            return self.memory.borrow().clone();
        }
        self.place.area().and_then(|area| area.get_item(&self.key)).unwrap_or(JsValue::NULL)
    }

    /// Writes the record. What is returned blocked the write, and from now on the record is kept in memory.
    pub fn write(&self, text: &JsValue) -> Option<JsValue> {
        if !self.in_memory.get() {
            let first = self.place.area().and_then(|area| {
                area.set_item(&self.key, text).or_else(|_| {
                    area.remove_item(&self.key)?;
                    let second = area.set_item(&self.key, text);
                    if second.is_err() {
                        let _ = area.remove_item(&self.key);
                    }
                    second
                })
            });
            let error = first.err()?;
            self.in_memory.set(true);
            *self.memory.borrow_mut() = text.clone();
            return Some(error);
        }
        *self.memory.borrow_mut() = text.clone();
        None
    }

    /// Takes over the three keys of the widely copied interceptor recipe, in this order: `access_token`,
    /// `refresh_token`, `access_token_expiration`. They are removed.
    pub fn take_recipe_keys(&self) -> Option<[JsValue; 3]> {
        let area = Place::Local.area().ok()?;
        let take = |key: &str| {
            let key = JsValue::from_str(key);
            let value = area.get_item(&key).unwrap_or(JsValue::NULL);
            let _ = area.remove_item(&key);
            value
        };
        let keys = [take("access_token"), take("refresh_token"), take("access_token_expiration")];
        keys[0].is_string().then_some(keys)
    }
}
