//! What can happen in the small world that the model explores.

use super::world::{Answer, Reply, World};
use authfetch::protocol::event::Timer;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Action {
    Call,
    Answer(usize, Answer),
    Abort(usize),
    GrantLock,
    Reply(usize, Reply),
    Fire(Timer),
    Expire,
    Logout,
    SetTokens { with_refresh: bool },
    Refresh,
    Unload,
    RefreshedElsewhere,
    RefreshedUnseen,
    Listen,
    Seen,
    EndedElsewhere,
    ChangedElsewhere,
}

impl Action {
    /// What only a user, a caller or chance can do does not count as going on.
    pub fn goes_on(self, world: &World) -> bool {
        match self {
            Self::Answer(..) | Self::GrantLock | Self::Seen => true,
            Self::Reply(at, _) => !world.requests[at].aborted,
            Self::Fire(timer) => !matches!(timer, Timer::Canary | Timer::Expiry),
            Self::Call
            | Self::Abort(_)
            | Self::Expire
            | Self::Logout
            | Self::SetTokens { .. }
            | Self::Refresh
            | Self::Unload
            | Self::Listen
            | Self::RefreshedElsewhere
            | Self::RefreshedUnseen
            | Self::EndedElsewhere
            | Self::ChangedElsewhere => false,
        }
    }
}
