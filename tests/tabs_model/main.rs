//! The machine in several tabs of one profile: every order of what reaches whom, within bounds.
//!
//! Each tab is the real `Session`, with a driver around it that does what `src/browser/session` does. Storage is not
//! one variable here: a write is seen by its own tab at once and by each other one late, out of step with the lock and
//! with the signals, as browsers have it.
//!
//! `checks` goes through bounded worlds to their ends: two calls in each of two tabs with every pair of accidents, and
//! in each of three with every single one and some pairs. All of it at once is too much to go through: `walks` goes
//! some ways through that, drawn from a seed. `cookie` has worlds whose tabs share no record and a refresh token in a
//! cookie. What is left out: renewals ahead of expiry, answers other than tokens and refusals, and timers that are
//! early; the last means that a wait which is longer than any lag (`RESTORE_MS`, `CATCH_UP_MS`, `Policy::grace`) ends
//! after what was under way has come.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/bounds.rs"]
mod bounds;
mod checks;
mod cookie;
mod faults;
mod model;
mod walks;
mod world;
