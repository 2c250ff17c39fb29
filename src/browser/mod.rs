//! The browser's half: thin, one file per capability. What is decided is decided in [`crate::protocol`].

pub mod auth_fetch;

mod abort;
mod call;
mod debug;
mod effects;
mod endpoint;
mod error;
mod js;
mod options;
mod parser;
mod record;
mod session;
mod tokens;
mod vault;
