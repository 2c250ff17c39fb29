//! The browser's half: thin, one file per capability. What is decided is decided in [`crate::protocol`].

pub mod auth_fetch;

mod abort;
mod call;
mod csrf;
mod debug;
mod effects;
mod endpoint;
mod error;
mod fetch;
mod options;
mod parser;
mod promise;
mod record;
mod session;
mod tokens;
mod url;
mod vault;
