//! One session in one page: what it knows, who waits, how it is renewed, changed and ended.
//!
//! [`shared::Shared`] is the type; each file beside it is one chapter of it.

pub mod changes;
pub mod cookie;
pub mod ending;
pub mod holding;
pub mod keeping;
mod outcome;
pub mod owner;
pub mod renewing;
pub mod reply;
pub mod revocation;
pub mod shared;
pub mod token_request;
pub mod waiting;
pub mod wakeup;
