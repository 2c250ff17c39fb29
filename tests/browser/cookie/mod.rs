//! Sessions in cookies, which the page cannot read.

mod csrf;
mod frameworks;
mod memory;
mod mistakes;
mod redirects;
mod sending;
mod session;
pub mod site;
