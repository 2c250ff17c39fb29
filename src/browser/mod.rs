//! The browser's half: thin, one file per capability. What is decided is decided in [`crate::protocol`].

pub mod auth_fetch;

mod abort;
mod calls;
mod changes;
mod clock;
mod driving;
mod ending;
mod error;
mod events;
mod holding;
mod js;
mod keeping;
mod keys;
mod members;
mod ops;
mod options;
mod outgoing;
mod owner;
mod page;
mod parser;
mod reach;
mod record;
mod renewing;
mod request;
mod shared;
mod storage;
mod tabs;
mod task;
mod token_request;
mod tokens;
mod waiting;
mod wakeup;
