//! What one tab can show of several: the lock that they share, and what it makes of what others leave in storage.

use crate::clock::Clock;
use crate::server::Answer;
use crate::world::{World, get, js, local_storage, parse, rejection, status, text, turn, until};
use js_sys::{Function, Promise, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
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
    // A refresh of another tab, which has not heard of the end, and is gone.
    local_storage().set_item(&world.name, &old).expect("storage");
    assert_eq!(status(&world.call("/api/2")).await, Ok(401));
    clock.advance(1.0).await;
    assert!(text(&world.stored(), "access_token").is_empty(), "the end is put back");
    assert!(get(&world.stored(), "epoch").as_f64() > get(&parse(&old).expect("JSON"), "epoch").as_f64());
}

/// The names of all locks that are held.
async fn held_locks() -> String {
    let query = "return navigator.locks.query().then(({ held }) => held.map(({ name }) => name).join())";
    let names: Promise = Function::new_no_args(query).call0(&JsValue::UNDEFINED).expect("a query").unchecked_into();
    JsFuture::from(names).await.ok().and_then(|names| names.as_string()).expect("names")
}

#[wasm_bindgen_test]
async fn a_storage_that_signs_in_while_the_end_of_a_cookie_s_session_is_written_keeps_no_lock() {
    let storage = "let text = null; return { getItem: () => text, removeItem() {},
        setItem(_, value) { text = value; if (!value.includes('access_token')) this.ended?.(); } }";
    let storage = Function::new_no_args(storage).call0(&JsValue::UNDEFINED).expect("a storage");
    let options = js("{'refresh': {'url': '/token', 'credentials': 'include'}}");
    Reflect::set(&options, &"storage".into(), &storage).expect("set");
    let world = World::with(&options);
    let (auth, own) = (world.auth.clone(), format!(":{}", world.name));
    let signs_in = Closure::<dyn Fn()>::new(move || {
        auth.set_tokens(&js("{'access_token': 'access-1', 'refresh_token': 'refresh-1'}")).expect("tokens");
    });
    Reflect::set(&storage, &"ended".into(), &signs_in.into_js_value()).expect("set");
    world.auth.set_tokens(&js("{'access_token': 'spent'}")).expect("tokens");
    world.server.grants.replace(vec![Answer::Status(400, "{\"error\":\"invalid_grant\"}")]);
    assert_eq!(text(&rejection(&world.call("/api/1")).await, "code"), "session_expired");
    for _ in 0..100 {
        if !held_locks().await.contains(&own) {
            return;
        }
        turn().await;
    }
    panic!("still held: {}", held_locks().await);
}
