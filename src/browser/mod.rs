//! The browser's half: thin, one file per capability. What is decided is decided in [`crate::protocol`].

pub mod auth_fetch;

mod abort;
mod call;
mod clock;
mod debug;
mod endpoint;
mod error;
mod events;
mod js;
mod options;
mod parser;
mod record;
mod session;
mod storage;
mod tabs;
mod tokens;
