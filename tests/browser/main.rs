//! The package's behaviour in a real browser, one scripted server per test. Which scenario is which test:
//! tests/README.md.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::disallowed_methods, reason = "a test writes records by the clock, and names its worlds by chance")]

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

mod bounds;
mod burst;
mod calls;
mod challenges;
mod clock;
mod context_fetch;
mod cookie;
mod cooldown;
mod debug;
mod expiry;
mod failures;
mod input;
mod inside;
mod logout;
mod mistakes;
mod once;
mod reentrancy;
mod refreshes;
mod refused;
mod refused_later;
mod requeue;
mod revocation;
mod server;
mod signals;
mod storage;
mod tabs;
mod transient;
mod underlying;
mod urls;
mod waiting;
mod waking;
mod world;
