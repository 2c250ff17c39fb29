//! Functions, methods, constructors and promises: calling JavaScript, and being called by it.

use super::keys::Key;
use super::ops;
use super::{NONE, Outcome, Val, key};
use wasm_bindgen::prelude::*;

impl Val {
    /// A member of the global object, looked up at each use: mocks replace these.
    pub fn global(name: Key) -> Self {
        ops::global(key(name))
    }

    /// Calls it as a function; what it throws is returned.
    #[inline(always)]
    pub fn call(&self, a: &Self, b: &Self) -> Outcome {
        ops::call(self.lend(), a.lend(), b.lend()).map_err(Self::from)
    }

    /// Calls a method; `undefined` where that throws or there is none.
    #[inline(always)]
    pub fn invoke(&self, name: Key, a: &Self, b: &Self) -> Self {
        ops::invoke(self.lend(), key(name), a.lend(), b.lend())
    }

    /// Calls a method that takes nothing.
    #[inline(always)]
    pub fn invoke0(&self, name: Key) -> Self {
        self.invoke(name, &NONE, &NONE)
    }

    /// `new name(a, b)`, of a global class; `undefined` where that throws.
    #[inline(always)]
    pub fn construct(name: Key, a: &Self, b: &Self) -> Self {
        ops::construct(key(name), a.lend(), b.lend())
    }

    /// A function whose first two arguments are given.
    #[inline(always)]
    pub fn bind(&self, a: f64, b: &Self) -> Self {
        ops::bind(self.lend(), a, b.lend())
    }

    /// `promise.then(done, failed)`.
    #[inline(always)]
    pub fn then(&self, done: &Self, failed: &Self) -> Self {
        ops::then(self.lend(), done.lend(), failed.lend())
    }

    /// A promise rejected with it.
    pub fn reject(&self) -> Self {
        ops::reject(self.lend())
    }

    /// Marks a promise as handled.
    pub fn mark_handled(&self) {
        ops::mark_handled(self.lend());
    }

    /// The promise, or a rejection as soon as `signal` is aborted.
    pub fn until(&self, signal: &Self) -> Self {
        ops::until(self.lend(), signal.lend())
    }

    /// A `URL`, resolved against the page; `undefined` where it is none.
    pub fn url(&self) -> Self {
        ops::url(self.lend())
    }

    /// Calls a listener, which breaks nothing when it throws.
    pub fn tell(&self) {
        ops::tell(self.lend());
    }
}

/// A function for JavaScript; it can be called as long as this is alive.
pub struct Callback(Closure<dyn Fn(JsValue)>);

impl Callback {
    /// `run` is called with the first argument.
    pub fn new(run: impl Fn(Val) + 'static) -> Self {
        Self(Closure::wrap(Box::new(move |value: JsValue| run(value.into())) as Box<dyn Fn(JsValue)>))
    }

    /// Lends the function to an operation.
    pub fn value(&self) -> Val {
        self.0.as_ref().clone().into()
    }
}
