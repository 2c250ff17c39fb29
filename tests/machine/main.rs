//! The machine on the host: specs with a steerable clock, every interleaving of a small world, and random large ones.
//!
//! All three drive one `World`, which does what the browser half does around the machine, step by step.
#![cfg(not(target_arch = "wasm32"))]

mod backoff_specs;
#[path = "../support/bounds.rs"]
mod bounds;
mod bounds_specs;
mod canary_specs;
mod ending_specs;
mod model;
mod random;
mod renewal_specs;
mod retry_specs;
mod schedule;
mod session_specs;
mod world;
