//! One call: the caller's arguments, where the token may go, what is sent and sent again, and what an answer means.
//!
//! [`client::Client`] is the type. The usual call is made in `usual.js`, which asks [`usual::CallHandle`]; any other goes
//! through the client, and what waits or is refused is driven.

pub mod answer;
pub mod client;
pub mod driving;
pub mod exchange;
pub mod instance;
pub mod outgoing;
pub mod reach;
pub mod sending;
pub mod telling;
pub mod usual;

/// A number for a text: FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
