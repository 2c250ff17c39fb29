//! Where the record is kept: one string under one key, read and written synchronously.
//!
//! The area is looked up at each use. gloo-storage panics where storage is blocked, so it is asked only after a probe.
//! A write that fails twice leaves the key removed and the page in memory: a spent refresh token is never left behind.

use crate::browser::js::keys::Key;
use crate::browser::js::slot::Slot;
use crate::browser::js::{Lent, Outcome, Val};
use crate::protocol::config;
use gloo_storage::{LocalStorage, SessionStorage, Storage as _};
use std::cell::Cell;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn probe(area: i32) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_name = getItem)]
    fn get_item(area: Lent, key: Lent) -> Result<Val, JsValue>;
    /// What writing threw; `undefined` where it was written.
    #[wasm_bindgen(js_name = setItem)]
    fn set_item(area: Lent, key: Lent, value: Lent) -> Val;
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
    Custom(Val),
}

impl Place {
    /// Whether two places are one: instances of one name share a session only there.
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Local, Self::Local) | (Self::Session, Self::Session) | (Self::Memory, Self::Memory) => true,
            (Self::Custom(a), Self::Custom(b)) => a.same(b),
            (Self::Local | Self::Session | Self::Memory | Self::Custom(_), _) => false,
        }
    }

    fn area(&self) -> Outcome {
        match self {
            Self::Local => probed(Key::LocalStorage, LocalStorage::raw),
            Self::Session => probed(Key::SessionStorage, SessionStorage::raw),
            Self::Memory => Err(Val::UNDEFINED),
            Self::Custom(area) => Ok(area.clone()),
        }
    }
}

/// Asks gloo-storage for an area once it is known to be there: its accessor would panic on a blocked one.
fn probed(name: Key, raw: fn() -> web_sys::Storage) -> Outcome {
    probe((name as u32) as i32)?;
    Ok(JsValue::from(raw()).into())
}

/// One record's place.
pub struct Store {
    place: Place,
    key: Val,
    /// What stands in memory, once memory is where the record is kept.
    memory: Slot,
    in_memory: Cell<bool>,
}

impl Store {
    /// Opens the place. A blocked one gives the store in memory, and what blocked it.
    pub fn open(place: Place, name: &Val) -> (Self, Option<Val>) {
        let memory = matches!(place, Place::Memory);
        let blocked = if memory { None } else { get(&place, name).err() };
        let in_memory = Cell::new(memory || blocked.is_some());
        (Self { place, key: name.clone(), memory: Slot::new(Val::NULL), in_memory }, blocked)
    }

    /// Whether other pages can see this record.
    pub fn shared(&self) -> bool {
        !self.in_memory.get() && matches!(self.place, Place::Local)
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
        self.place.same(place)
    }

    /// The stored string, as JavaScript has it; `null` where there is none or it cannot be read.
    pub fn read(&self) -> Val {
        if self.in_memory.get() {
            return self.memory.get();
        }
        get(&self.place, &self.key).unwrap_or(Val::NULL)
    }

    /// Writes the record. What is returned blocked the write, and from now on the record is kept in memory.
    pub fn write(&self, text: &Val) -> Option<Val> {
        if !self.in_memory.get() {
            let area = self.place.area();
            let error = match &area {
                Ok(area) => {
                    put(area, &self.key, text)?;
                    remove(area, &self.key);
                    let error = put(area, &self.key, text)?;
                    remove(area, &self.key);
                    error
                }
                Err(error) => error.clone(),
            };
            self.in_memory.set(true);
            self.memory.set(text.clone());
            return Some(error);
        }
        self.memory.set(text.clone());
        None
    }

    /// Takes over the three keys of the widely copied interceptor recipe, in this order: `access_token`,
    /// `refresh_token`, `access_token_expiration`. They are removed.
    pub fn take_recipe_keys(&self) -> Option<[Val; 3]> {
        let area = Place::Local.area().ok()?;
        let take = |key| {
            let key = Val::name(key);
            let value = area.invoke(Key::GetItem, &key, &Val::UNDEFINED);
            remove(&area, &key);
            value
        };
        let keys = [take(Key::AccessToken), take(Key::RefreshToken), take(Key::AccessTokenExpiration)];
        keys[0].is_text().then_some(keys)
    }
}

fn get(place: &Place, key: &Val) -> Outcome {
    let area = place.area()?;
    Ok(get_item(area.lend(), key.lend())?)
}

/// What the write threw; none where it was done.
fn put(area: &Val, key: &Val, text: &Val) -> Option<Val> {
    Some(set_item(area.lend(), key.lend(), text.lend())).filter(|thrown| !thrown.is_undefined())
}

fn remove(area: &Val, key: &Val) {
    area.invoke(Key::RemoveItem, key, &Val::UNDEFINED);
}
