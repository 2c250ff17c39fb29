//! What one tab can show of several: the lock that they share, and what it makes of what others leave in storage.

use crate::clock::Clock;
use crate::world::{World, get, local_storage, parse, status, text, until};
use js_sys::Function;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen(module = "/src/browser/effects/lock.js")]
extern "C" {
    fn acquire(name: &str, ms: f64, steal: bool, tell: &Function) -> Function;
}

const GRANTED: u32 = 0;
const LOST: u32 = 2;

/// What is told of a lock that is waited for.
fn told_of_lock(name: &str, steal: bool) -> Rc<RefCell<Vec<u32>>> {
    let told = Rc::<RefCell<Vec<u32>>>::default();
    let kept = Rc::clone(&told);
    let tell = Closure::<dyn Fn(u32)>::new(move |what| kept.borrow_mut().push(what)).into_js_value();
    let _ = acquire(name, 1_000.0, steal, tell.unchecked_ref());
    told
}

#[wasm_bindgen_test]
async fn a_lock_that_was_stolen_is_no_longer_held() {
    let holder = told_of_lock("tests:stolen", false);
    until(|| *holder.borrow() == [GRANTED]).await;
    let next = told_of_lock("tests:stolen", true);
    until(|| *holder.borrow() == [GRANTED, LOST]).await;
    until(|| *next.borrow() == [GRANTED]).await;
}

#[wasm_bindgen_test]
async fn a_cleared_storage_does_not_make_an_end_forgotten() {
    let clock = Clock::steered();
    let world = World::signed_in("{}");
    let old = local_storage().get_item(&world.name).expect("storage").expect("a record");
    let _ = world.auth.logout(&JsValue::UNDEFINED);
    local_storage().remove_item(&world.name).expect("storage");
    assert_eq!(status(&world.call("/api/1")).await, Ok(401));
    // A renewal of another tab, which has not heard of the end, and is gone.
    local_storage().set_item(&world.name, &old).expect("storage");
    assert_eq!(status(&world.call("/api/2")).await, Ok(401));
    clock.advance(1.0).await;
    assert!(text(&world.stored(), "access_token").is_empty(), "the end is put back");
    assert!(get(&world.stored(), "epoch").as_f64() > get(&parse(&old).expect("JSON"), "epoch").as_f64());
}
