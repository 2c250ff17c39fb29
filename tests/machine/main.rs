//! The machine on the host: specs with a steerable clock, every interleaving of a small world, and random large ones.
//!
//! All three drive one `World`, which is the environment of the session that ships: no flow of it is told again here.
#![cfg(not(target_arch = "wasm32"))]

mod actions;
mod api;
mod backoff_specs;
#[path = "../support/bounds.rs"]
mod bounds;
mod bounds_specs;
mod canary_specs;
mod ending_specs;
mod faults;
mod interleavings;
mod model;
mod random;
mod reached;
mod refresh_specs;
mod requeue_specs;
mod retry_specs;
mod schedule;
mod session_specs;
mod world;
