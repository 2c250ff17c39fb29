//! Rust's futures as JavaScript promises: a task awaits one promise at a time, and that promise's callback polls it
//! again.
//!
//! That is all the executor a page needs. wasm-bindgen-futures, with its queue and wakers, does the same in some 6 KB
//! more of wasm; it serves the tests.

use super::{Lent, Outcome, Val};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    /// A promise with the functions that settle it.
    pub fn deferred() -> Val;
    /// Settles it: fulfilled where `ok`, else rejected.
    pub fn settle(deferred: Lent, ok: i32, value: Lent);
    /// Has `step(task, ok, value)` called when the promise, or any other value, has settled.
    fn resume(promise: Lent, step: Lent, task: i32);
}

type Work = Pin<Box<dyn Future<Output = Outcome>>>;

/// A future that has begun, and the promise that tells its outcome.
struct Task {
    work: Work,
    deferred: Val,
}

thread_local! {
    /// The tasks that await something, each at its number.
    static TASKS: RefCell<Vec<Option<Task>>> = const { RefCell::new(Vec::new()) };
    /// Numbers that are free again.
    static FREE: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
    /// The task that is being polled, and what it waited for.
    static CURRENT: Cell<u32> = const { Cell::new(0) };
    static SETTLED: RefCell<Option<Outcome>> = const { RefCell::new(None) };
    static STEP: Val = step_function();
}

fn step_function() -> Val {
    let step: Closure<dyn Fn(u32, bool, JsValue)> = Closure::new(|number, ok, value: JsValue| {
        let value = Val::from(value);
        step(number, if ok { Ok(value) } else { Err(value) });
    });
    step.into_js_value().into()
}

fn step(number: u32, settled: Outcome) {
    let Some(mut task) = TASKS.with_borrow_mut(|tasks| tasks.get_mut(number as usize).and_then(Option::take)) else {
        return;
    };
    CURRENT.set(number);
    SETTLED.set(Some(settled));
    match task.work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => {
            FREE.with_borrow_mut(|free| free.push(number));
            settle(task.deferred.lend(), i32::from(outcome.is_ok()), outcome.unwrap_or_else(|error| error).lend());
        }
        Poll::Pending => put(number, task),
    }
}

fn put(number: u32, task: Task) {
    TASKS.with_borrow_mut(|tasks| match tasks.get_mut(number as usize) {
        Some(place) => *place = Some(task),
        None => tasks.push(Some(task)),
    });
}

/// A promise of what the future gives; it begins a microtask later.
pub fn promise(work: impl Future<Output = Outcome> + 'static) -> Val {
    start(Box::pin(work))
}

#[inline(never)]
fn start(work: Work) -> Val {
    let deferred = deferred();
    let promise = deferred.at(0);
    // A task that is being polled is not in its place, but its number is not free.
    let number = FREE.with_borrow_mut(Vec::pop).unwrap_or_else(|| TASKS.with_borrow(Vec::len) as u32);
    put(number, Task { work, deferred });
    STEP.with(|step| resume(Val::UNDEFINED.lend(), step.lend(), number as i32));
    promise
}

/// Waits for a promise; any other value is there a microtask later.
pub struct Wait(Option<Val>);

impl Val {
    /// Waits for it.
    pub const fn wait(self) -> Wait {
        Wait(Some(self))
    }
}

impl Future for Wait {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Outcome> {
        match self.0.take() {
            Some(promise) => {
                STEP.with(|step| resume(promise.lend(), step.lend(), CURRENT.get() as i32));
                Poll::Pending
            }
            None => SETTLED.take().map_or(Poll::Pending, Poll::Ready),
        }
    }
}
