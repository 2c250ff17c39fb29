//! The machine in several tabs of one profile: every order of what reaches whom, within bounds.
//!
//! Each tab is the real `Session`, with a driver around it that does what `src/browser/session` does. Storage is not one
//! variable here: a write is seen by its own tab at once and by each other one late, out of step with the lock and with
//! the signals, as browsers have it.
#![cfg(not(target_arch = "wasm32"))]

mod checks;
mod faults;
mod model;
mod world;
