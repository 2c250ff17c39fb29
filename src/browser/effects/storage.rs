//! Where the record is kept: one string under one key, read and written synchronously.
//!
//! The area is looked up at each use; a usual call reads the one that was looked up last. gloo-storage panics where
//! storage is blocked, so it is asked only after a probe. A write that fails twice leaves the key removed and the page
//! in memory: a spent refresh token is never left behind.

use crate::protocol::config;
use gloo_storage::{LocalStorage, SessionStorage, Storage as _};
use js_sys::JsString;
use std::cell::Cell;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/effects/storage.js")]
extern "C" {
    /// Where strings are kept: a `Storage`, or an object of the app's with its methods, each of which may throw.
    #[derive(Clone, PartialEq)]
    pub type Area;
    /// It may give anything.
    #[wasm_bindgen(method, structural, catch, js_name = getItem)]
    fn get_item(this: &Area, key: &JsString) -> Result<JsValue, JsValue>;
    /// Where one record stands, and its text where that is this page's memory.
    pub type Entry;
    /// `area` is the name of one of the browser's own, an object of the app's, or `undefined` for memory.
    fn entry(area: &JsValue, key: &JsString) -> Entry;
    fn keep(entry: &Entry, text: &JsValue);
    fn read(entry: &Entry) -> JsValue;
    fn changed(entry: &Entry, known: &JsValue) -> JsValue;
    fn remove(area: &Area, key: &JsString);
    #[wasm_bindgen(catch)]
    fn write(area: &Area, key: &JsString, text: &JsValue) -> Result<(), JsValue>;
    /// What stands there, which is removed.
    fn take(area: &Area, key: &str) -> JsValue;
    #[wasm_bindgen(catch)]
    fn probe(name: &JsValue) -> Result<Area, JsValue>;
}

/// The kinds of places a record may be kept in; instances of one name share a session only in one place.
#[derive(Clone, PartialEq)]
pub enum Place {
    /// `localStorage`.
    Local,
    /// `sessionStorage`.
    Session,
    /// This page's memory.
    Memory,
    /// The app's own.
    Custom(Area),
}

impl Place {
    /// Asks gloo-storage once an area is known to be there: its accessor would panic on a blocked one. It would panic
    /// too in the simulated pages of test runners, whose global object is no `Window`.
    fn area(&self) -> Result<Area, JsValue> {
        let is_window = || js_sys::global().is_instance_of::<web_sys::Window>();
        Ok(match self {
            Self::Local => {
                let area = probe(&self.to_js())?;
                if is_window() { LocalStorage::raw().unchecked_into() } else { area }
            }
            Self::Session => {
                let area = probe(&self.to_js())?;
                if is_window() { SessionStorage::raw().unchecked_into() } else { area }
            }
            Self::Memory => return Err(JsValue::UNDEFINED),
            Self::Custom(area) => area.clone(),
        })
    }

    /// As [`entry`] takes it.
    fn to_js(&self) -> JsValue {
        match self {
            Self::Local => "localStorage".into(),
            Self::Session => "sessionStorage".into(),
            Self::Memory => JsValue::UNDEFINED,
            Self::Custom(area) => area.into(),
        }
    }
}

/// One record's place.
pub struct Store {
    place: Place,
    key: JsString,
    pub entry: Entry,
    in_memory: Cell<bool>,
}

impl Store {
    /// Opens the place. A blocked one gives the store in memory, and what blocked it.
    pub fn open(place: Place, name: &JsString) -> (Self, Option<JsValue>) {
        let in_memory = Cell::new(place == Place::Memory);
        let store = Self { entry: entry(&place.to_js(), name), place, key: name.clone(), in_memory };
        let read = store.place.area().and_then(|area| area.get_item(&store.key));
        let blocked = read.err().filter(|_| !store.in_memory.replace(true));
        if blocked.is_some() {
            keep(&store.entry, &JsValue::NULL);
        }
        (store, blocked)
    }

    /// Whether other pages can see this record.
    pub fn shared(&self) -> bool {
        self.seen_by() == config::Place::Shared
    }

    /// Who else sees the record.
    pub fn seen_by(&self) -> config::Place {
        match self.place {
            _ if self.in_memory.get() => config::Place::Private,
            Place::Local => config::Place::Shared,
            Place::Session => config::Place::Copied,
            Place::Memory | Place::Custom(_) => config::Place::Private,
        }
    }

    /// Removes the record.
    pub fn remove(&self) {
        if let Ok(area) = self.place.area() {
            remove(&area, &self.key);
        }
    }

    /// Whether this is the store of that place.
    pub fn is_at(&self, place: &Place) -> bool {
        self.place == *place
    }

    /// The stored string, as JavaScript has it; `null` where there is none or it cannot be read.
    pub fn read(&self) -> JsValue {
        read(&self.entry)
    }

    /// The same, where it is another text than the `text` of what is known; else `undefined`.
    pub fn changed(&self, known: &JsValue) -> JsValue {
        changed(&self.entry, known)
    }

    /// Writes the record. What is returned blocked the write, and from now on the record is kept in memory.
    pub fn write(&self, text: &JsValue) -> Option<JsValue> {
        let mut blocked = None;
        if !self.in_memory.get() {
            blocked = Some(self.place.area().and_then(|area| write(&area, &self.key, text)).err()?);
            self.in_memory.set(true);
        }
        keep(&self.entry, text);
        blocked
    }

    /// Takes over the three keys of the widely copied interceptor recipe, in this order: `access_token`,
    /// `refresh_token`, `access_token_expiration`. They are removed.
    pub fn take_recipe_keys(&self) -> Option<[JsValue; 3]> {
        let area = Place::Local.area().ok()?;
        let access = take(&area, "access_token");
        let others = (take(&area, "refresh_token"), take(&area, "access_token_expiration"));
        access.is_string().then_some([access, others.0, others.1])
    }
}
