//! The authenticated `fetch` for single-page apps.
//!
//! [`protocol`] decides: a pure machine, the same on the host as in the browser, explored by a model checker.
//! `browser` carries out: it exists on wasm32 only, and exports the class that the npm package wraps.

#![deny(missing_docs)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

#[cfg(all(feature = "faults", target_arch = "wasm32"))]
compile_error!("`faults` is for the tests on the host: nothing of it ships.");

pub mod protocol;

#[cfg(target_arch = "wasm32")]
pub mod browser;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
// For wasm32 without threads. What is freed in scattered order, as by ten thousand calls that end, costs the same each
// time.
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
