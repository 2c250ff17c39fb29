//! The ground floor: JavaScript values, and the operations that everything else is made of.
//!
//! Duck-typed on purpose: a mock, another realm's object or a plain `{ status, json }` is as good as the real thing. A
//! [`Val`] passes as its number in wasm-bindgen's table and never through memory: over the whole module that is a third
//! of its size. No operation panics; what can throw user code's errors returns the very object thrown.

pub mod calls;
pub mod keys;
mod members;
mod ops;
pub mod slot;
pub mod task;

use keys::Key;
use std::mem::ManuallyDrop;
use wasm_bindgen::convert::{FromWasmAbi, IntoWasmAbi};
use wasm_bindgen::describe::WasmDescribe;
use wasm_bindgen::prelude::*;

/// The result of anything JavaScript may refuse.
pub type Outcome<T = Val> = Result<T, Val>;

/// A JavaScript value of ours.
pub struct Val(ManuallyDrop<JsValue>);

/// A value lent to one operation: its number in the table.
#[derive(Clone, Copy)]
pub struct Lent(u32);

#[inline(never)]
fn release(number: u32) {
    // SAFETY: `number` is that of a `Val` that is being dropped, and nobody else drops it.
    drop(unsafe { JsValue::from_abi(number) });
}

#[inline(never)]
fn copy(number: u32) -> u32 {
    // SAFETY: the `Val` it belongs to is alive and stays the owner.
    let value = ManuallyDrop::new(unsafe { JsValue::from_abi(number) });
    JsValue::clone(&value).into_abi()
}

impl Drop for Val {
    #[inline(always)]
    fn drop(&mut self) {
        release(self.lend().0);
    }
}

impl Clone for Val {
    #[inline(always)]
    fn clone(&self) -> Self {
        // SAFETY: `copy` gave a number of its own.
        Self(ManuallyDrop::new(unsafe { JsValue::from_abi(copy(self.lend().0)) }))
    }
}

impl Default for Val {
    fn default() -> Self {
        Self::UNDEFINED
    }
}

impl WasmDescribe for Lent {
    fn describe() {
        <&JsValue as WasmDescribe>::describe();
    }
}

impl IntoWasmAbi for Lent {
    type Abi = u32;
    #[inline(always)]
    fn into_abi(self) -> u32 {
        self.0
    }
}

impl WasmDescribe for Val {
    fn describe() {
        JsValue::describe();
    }
}

impl FromWasmAbi for Val {
    type Abi = u32;
    #[inline(always)]
    unsafe fn from_abi(number: u32) -> Self {
        // SAFETY: as for the value itself.
        Self(ManuallyDrop::new(unsafe { JsValue::from_abi(number) }))
    }
}

impl From<JsValue> for Val {
    #[inline(always)]
    fn from(value: JsValue) -> Self {
        Self(ManuallyDrop::new(value))
    }
}

impl From<Val> for JsValue {
    #[inline(always)]
    fn from(value: Val) -> Self {
        let number = value.lend().0;
        std::mem::forget(value);
        // SAFETY: the `Val` is forgotten, so the number has one owner.
        unsafe { Self::from_abi(number) }
    }
}

/// What `typeof` says, with `null` apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Undefined,
    Null,
    Boolean,
    Number,
    Text,
    Object,
    Function,
    Other,
}

/// `undefined`, for those arguments that are none.
pub static NONE: Val = Val::UNDEFINED;

/// Tells the engine's side every name once.
pub fn learn() {
    ops::learn(keys::NAMES);
}

#[inline(always)]
pub const fn key(key: Key) -> i32 {
    key as i32
}

impl Val {
    /// `undefined`.
    pub const UNDEFINED: Self = Self(ManuallyDrop::new(JsValue::UNDEFINED));
    /// `null`.
    pub const NULL: Self = Self(ManuallyDrop::new(JsValue::NULL));
    /// `true`.
    pub const TRUE: Self = Self(ManuallyDrop::new(JsValue::TRUE));
    /// `false`.
    pub const FALSE: Self = Self(ManuallyDrop::new(JsValue::FALSE));

    /// Lends it to an operation.
    #[inline(always)]
    pub fn lend(&self) -> Lent {
        Lent((&*self.0).into_abi())
    }

    /// As wasm-bindgen has it.
    #[inline(always)]
    pub fn raw(&self) -> &JsValue {
        &self.0
    }

    /// The string of this name.
    #[inline(always)]
    pub fn name(name: Key) -> Self {
        ops::name(key(name))
    }

    /// A boolean.
    #[inline(always)]
    pub const fn flag(flag: bool) -> Self {
        if flag { Self::TRUE } else { Self::FALSE }
    }

    /// A string.
    pub fn text(text: &str) -> Self {
        JsValue::from_str(text).into()
    }

    /// A number.
    pub fn number(number: f64) -> Self {
        JsValue::from_f64(number).into()
    }

    /// What `typeof` says.
    #[inline(always)]
    pub fn kind(&self) -> Kind {
        match ops::kind(self.lend()) {
            0 => Kind::Undefined,
            1 => Kind::Null,
            2 => Kind::Boolean,
            3 => Kind::Number,
            4 => Kind::Text,
            5 => Kind::Object,
            6 => Kind::Function,
            _ => Kind::Other,
        }
    }

    pub fn is_undefined(&self) -> bool {
        self.kind() == Kind::Undefined
    }

    pub fn is_null(&self) -> bool {
        self.kind() == Kind::Null
    }

    pub fn is_text(&self) -> bool {
        self.kind() == Kind::Text
    }

    pub fn is_object(&self) -> bool {
        self.kind() == Kind::Object
    }

    pub fn is_function(&self) -> bool {
        self.kind() == Kind::Function
    }

    /// Whether it is the string of this name.
    #[inline(always)]
    pub fn is(&self, name: Key) -> bool {
        ops::is(self.lend(), key(name))
    }

    /// `===`.
    #[inline(always)]
    pub fn same(&self, other: &Self) -> bool {
        ops::same(self.lend(), other.lend())
    }

    /// Whether a condition takes it for true.
    #[inline(always)]
    pub fn truthy(&self) -> bool {
        ops::truthy(self.lend())
    }

    /// Its number; NaN where it is none.
    #[inline(always)]
    pub fn as_number(&self) -> f64 {
        ops::number(self.lend())
    }

    /// `Number(value)`, of a string.
    pub fn numeric(&self) -> f64 {
        ops::numeric(self.lend())
    }

    /// Its text, where it is a string; else an empty one.
    pub fn as_text(&self) -> String {
        self.raw().as_string().unwrap_or_default()
    }

    /// Its class's name, in any realm.
    pub fn tag(&self) -> Self {
        ops::tag(self.lend())
    }

    /// `String(value)`: runs `toString` of an object, once.
    pub fn to_text(&self) -> Outcome {
        ops::text(self.lend()).map_err(Self::from)
    }
}
