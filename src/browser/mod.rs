//! The browser's half: thin, one file per capability. What is decided is decided in [`crate::protocol`].

pub mod auth_fetch;

mod abort;
mod clock;
mod driver;
mod ending;
mod error;
mod events;
mod js;
mod options;
mod record;
mod renewing;
mod request;
mod shared;
mod storage;
mod token_request;
mod wakeup;
