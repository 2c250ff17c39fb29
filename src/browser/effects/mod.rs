//! What the session asks for, one capability in each file.

pub mod claim;
pub mod events;
pub mod lifecycle;
pub mod reply;
pub mod revocation;
pub mod storage;
pub mod tabs;
pub mod timers;
pub mod token_endpoint;
pub mod waiting;
