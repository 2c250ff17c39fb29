//! The package's behaviour in a real browser, one scripted server per test. Which scenario is which test: tests/README.md.
#![cfg(target_arch = "wasm32")]

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

mod burst;
mod calls;
mod expiry;
mod failures;
mod input;
mod logout;
mod storage;
mod world;
