//! A place for a value that changes. Nothing is borrowed from it, so that code of the app's may run at any time.

use super::Val;
use std::cell::Cell;

/// See the module's text.
#[derive(Default)]
pub struct Slot(Cell<Val>);

impl Slot {
    /// With this value in it.
    pub const fn new(value: Val) -> Self {
        Self(Cell::new(value))
    }

    /// What is in it.
    #[inline(never)]
    pub fn get(&self) -> Val {
        let value = self.0.take();
        let copy = value.clone();
        self.0.set(value);
        copy
    }

    /// Whether it is this one.
    #[inline(never)]
    pub fn holds(&self, other: &Val) -> bool {
        let value = self.0.take();
        let same = value.same(other);
        self.0.set(value);
        same
    }

    /// Puts another value in; the one before is returned.
    #[inline(never)]
    pub fn replace(&self, value: Val) -> Val {
        self.0.replace(value)
    }

    /// Puts another value in.
    #[inline(never)]
    pub fn set(&self, value: Val) {
        drop(self.replace(value));
    }

    /// Leaves `undefined` in it.
    pub fn take(&self) -> Val {
        self.replace(Val::UNDEFINED)
    }
}
