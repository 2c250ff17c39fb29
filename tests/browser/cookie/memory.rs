//! Tabs that share no record: what another one signals of the session that is in the browser's cookies.

use super::site::{World, script};
use crate::world::{rejection, status, text, turn, until};
use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

/// The version of a mark whose session is over.
const ENDED: f64 = 1_099_511_627_777.0;

fn memory() -> World {
    World::new("{ storage: 'memory' }")
}

/// Another tab of the same app signals how far the session has come.
fn signal(world: &World, epoch: f64, version: f64) {
    let post = "(name, epoch, version) => { const channel = new BroadcastChannel(`authfetch:cookie:${name}`); \
                const endpoint = new URL('/refresh', location).href; \
                channel.postMessage([epoch, version, undefined, undefined, endpoint, undefined]); \
                channel.close(); }";
    let post: Function = script(post).unchecked_into();
    let all = Array::of3(&world.name.as_str().into(), &epoch.into(), &version.into());
    post.apply(&JsValue::UNDEFINED, &all).expect("posted");
}

async fn token(world: &World) -> Option<(f64, f64)> {
    let token = JsFuture::from(world.auth.get_access_token(&JsValue::UNDEFINED)).await.expect("an answer");
    let token = token.as_string()?;
    let (epoch, generation) = token.split_once('.')?;
    Some((epoch.parse().ok()?, generation.parse().ok()?))
}

#[wasm_bindgen_test]
async fn a_generation_that_another_tab_has_brought_is_this_tab_s_too() {
    let world = memory();
    world.auth.signed_in(&script("{ user: 'ann' }")).expect("signed in");
    let (epoch, first) = token(&world).await.expect("a generation");
    world.site.set_over(true);
    world.site.hold("/api");
    let call = world.call("/api");
    let told = world.listen("refresh");
    signal(&world, epoch, first + 2.0);
    until(|| told.length() == 1).await;
    assert_eq!(token(&world).await, Some((epoch, first + 2.0)));
    assert_eq!(text(&crate::world::get(&world.auth.session(), "extra"), "user"), "ann");
    // What was sent before that is sent again, without a refresh.
    world.answers("/api", "{ status: 401 }");
    world.answers("/api", "{ status: 200 }");
    world.site.release("/api");
    assert_eq!(status(&call).await, Ok(200));
    assert!(world.sent("/refresh").is_empty());
    // An older one is none.
    signal(&world, epoch, first);
    for _ in 0..10 {
        turn().await;
    }
    assert_eq!(token(&world).await, Some((epoch, first + 2.0)));
}

#[wasm_bindgen_test]
async fn a_login_in_another_tab_reaches_this_one_and_so_does_a_logout() {
    let world = memory();
    let (signed_in, ended) = (world.listen("signin"), world.listen("logout"));
    let epoch = js_sys::Date::now();
    signal(&world, epoch, 1.0);
    until(|| signed_in.length() == 1).await;
    assert_eq!((world.auth.state(), token(&world).await), ("signed-in".into(), Some((epoch, 1.0))));
    world.site.hold("/api");
    let call = world.call("/api");
    signal(&world, epoch, ENDED);
    assert_eq!(text(&rejection(&call).await, "code"), "logged_out");
    assert_eq!((world.auth.state(), ended.length()), ("signed-out".into(), 1));
    // Somebody else signs in there.
    signal(&world, epoch + 2.0, 1.0);
    until(|| signed_in.length() == 2).await;
    assert_eq!(token(&world).await, Some((epoch + 2.0, 1.0)));
}

#[wasm_bindgen_test]
async fn a_refresh_in_memory_brings_the_next_generation() {
    let world = memory();
    world.auth.signed_in(&JsValue::UNDEFINED).expect("signed in");
    let before = token(&world).await.expect("a generation");
    JsFuture::from(world.auth.refresh()).await.expect("refreshed");
    assert_eq!(token(&world).await, Some((before.0, before.1 + 1.0)));
}
