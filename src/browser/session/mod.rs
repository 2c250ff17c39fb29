//! One session in one page: the driver of the machine, and what it keeps for it.

pub mod changes;
pub mod driver;
pub mod ends;
pub mod notices;
pub mod page;
pub mod refreshes;
mod requests;
pub mod told;
