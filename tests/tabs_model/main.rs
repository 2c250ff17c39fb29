//! The session in several tabs of one profile: every order of what reaches whom, within bounds.
//!
//! Each tab is the shipped `protocol::session::Session`; a world is its environment, and no more. Storage is not one
//! variable there: a write is seen by its own tab at once and by each other one late, out of step with the lock and
//! with the signals, as browsers have it.
//!
//! `checks` goes through bounded worlds to their ends, `pages` and `copies` through those whose pages are left and
//! duplicated; `walks` goes some ways through what is too large for that, drawn from a seed; `coverage` says what is
//! reached. `cookie` has worlds whose tabs share no record. Left out: answers other than tokens and refusals, and
//! timers that are early: a wait which is longer than any lag (`RESTORE_MS`, `CATCH_UP_MS`, `Policy::grace`) ends after
//! what was under way has come.
#![cfg(not(target_arch = "wasm32"))]

mod action;
#[path = "../support/bounds.rs"]
mod bounds;
mod budget;
mod checks;
mod cookie;
mod copies;
mod coverage;
mod exchange;
mod faults;
mod model;
mod pages;
mod reached;
mod walks;
mod world;
