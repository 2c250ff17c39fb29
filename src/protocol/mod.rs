//! The rules of a session, and nothing else: no JS, no clock, no randomness, no logging, no async.
//!
//! What happens outside is told to [`session::Session`] as an [`event::Event`]; what it wants done comes out as
//! [`effect::Effect`]s, which an [`environment::Environment`] carries out. What a call does is said step by step by
//! [`call`]. What each thing means is said by [`decisions::Decisions`]. The others know one thing each: [`grant`] a token endpoint's answer, [`challenge`] a
//! `WWW-Authenticate` header, [`backoff`] when to try again, [`lifetime`] what the clock says, [`scope`] where a token
//! may be sent, [`tabs`] what may be believed of other tabs, [`cookie`] of those that share a cookie alone. Times are
//! milliseconds since the Unix epoch.

pub mod backoff;
pub mod call;
mod canary;
pub mod challenge;
pub mod config;
pub mod cookie;
pub mod decisions;
pub mod effect;
pub mod environment;
pub mod error;
pub mod event;
pub mod fault;
pub mod grant;
pub mod lifetime;
pub mod refresh;
pub mod scope;
pub mod session;
pub mod tabs;
pub mod token;
mod verdict;
