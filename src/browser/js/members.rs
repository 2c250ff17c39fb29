//! Objects and arrays: their members, copies and JSON.

use super::keys::Key;
use super::ops;
use super::{Outcome, Val, key};

impl Val {
    /// A property, inherited ones included; `undefined` where it cannot be read.
    #[inline(always)]
    pub fn get(&self, name: Key) -> Self {
        ops::get(self.lend(), key(name))
    }

    /// The element at `index`.
    #[inline(always)]
    pub fn at(&self, index: u32) -> Self {
        ops::at(self.lend(), index as i32)
    }

    /// Sets a property of an object of ours.
    #[inline(always)]
    pub fn put(&self, name: Key, value: &Self) {
        ops::put(self.lend(), key(name), value.lend());
    }

    /// Sets a property to a number.
    #[inline(always)]
    pub fn put_number(&self, name: Key, value: f64) {
        ops::put_number(self.lend(), key(name), value);
    }

    /// Sets a property to the string of a name.
    #[inline(always)]
    pub fn put_name(&self, name: Key, value: Key) {
        self.put(name, &Self::name(value));
    }

    /// Takes a property out.
    pub fn take(&self, name: Key) -> Self {
        let value = self.get(name);
        ops::drop(self.lend(), key(name));
        value
    }

    /// An object without a prototype.
    #[inline(always)]
    pub fn bare() -> Self {
        ops::bare()
    }

    /// A copy of the own members, behind which no prototype stands: nothing on `Object.prototype` can widen it.
    #[inline(always)]
    pub fn own(&self) -> Self {
        ops::own(self.lend())
    }

    /// A copy as an ordinary object.
    #[inline(always)]
    pub fn plain(&self) -> Self {
        ops::plain(self.lend())
    }

    /// A frozen copy as an ordinary object.
    pub fn frozen(&self) -> Self {
        ops::frozen(self.lend())
    }

    /// Takes over another object's own members.
    pub fn merge(&self, source: &Self) {
        ops::merge(self.lend(), source.lend());
    }

    /// The first member whose name is not between these two of ours.
    pub fn unknown_member(&self, first: Key, last: Key) -> Self {
        ops::unknown_member(self.lend(), key(first), key(last))
    }

    /// An empty array.
    pub fn list() -> Self {
        ops::list()
    }

    /// Appends to an array.
    #[inline(always)]
    pub fn push(&self, value: &Self) {
        ops::push(self.lend(), value.lend());
    }

    /// Whether it is an array.
    pub fn is_array(&self) -> bool {
        ops::array(self.lend())
    }

    /// What an iterable yields, as an array.
    pub fn items(&self) -> Outcome {
        ops::items(self.lend()).map_err(Self::from)
    }

    /// Headers as an array of pairs; an iterator is consumed.
    pub fn pairs(&self) -> Outcome {
        ops::pairs(self.lend()).map_err(Self::from)
    }

    /// An array's length.
    pub fn size(&self) -> u32 {
        ops::size(self.lend())
    }

    /// JSON's value; `undefined` where it is no JSON.
    pub fn parse(&self) -> Self {
        ops::parse(self.lend())
    }

    /// It as JSON.
    pub fn json(&self) -> Self {
        ops::json(self.lend())
    }

    /// An HTTP or ISO date as ms since the Unix epoch; NaN where it is none.
    pub fn date(&self) -> f64 {
        ops::date(self.lend())
    }
}
