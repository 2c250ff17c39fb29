//! The parts of the protocol that know one thing each: answers, challenges, lifetimes, scopes and waits.
#![cfg(not(target_arch = "wasm32"))]

mod challenge_specs;
mod claim_specs;
mod cookie_specs;
mod grant_specs;
mod lifetime_specs;
mod retry_after_specs;
mod scope_specs;
mod tabs_specs;
