//! Which kinds of events, of effects and of steps of a refresh a model has come to.
//!
//! Each list is a `match` without a catch-all: a new kind does not compile until it stands here, and is then missed by
//! the test in `coverage` until a world comes to it.

use authfetch::protocol::effect::Effect;
use authfetch::protocol::event::{Event, Timer};
use authfetch::protocol::session::refresh::Step;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// The names of kinds.
pub type Kinds = BTreeSet<&'static str>;

thread_local! {
    static REACHED: RefCell<Kinds> = const { RefCell::new(Kinds::new()) };
}

macro_rules! kinds {
    ($all:ident, $name:ident, $of:ty, $($kind:literal: $pattern:pat),+ $(,)?) => {
        pub const $all: &[&str] = &[$($kind),+];

        fn $name(of: &$of) -> &'static str {
            match of {
                $($pattern => $kind,)+
            }
        }
    };
}

kinds! { EVENTS, name_of_event, Event,
    "Event::RecordRead": Event::RecordRead(_),
    "Event::RecordUnchanged": Event::RecordUnchanged,
    "Event::WriteBlocked": Event::WriteBlocked,
    "Event::Signalled": Event::Signalled { .. },
    "Event::LockGranted": Event::LockGranted(_),
    "Event::LockUnavailable": Event::LockUnavailable(_),
    "Event::LockLost": Event::LockLost(_),
    "Event::MarkRead": Event::MarkRead(..),
    "Event::MarkCommitted": Event::MarkCommitted(_),
    "Event::TokenReply": Event::TokenReply(..),
    "Event::TimerFired(Expiry)": Event::TimerFired(Timer::Expiry),
    "Event::TimerFired(Restore)": Event::TimerFired(Timer::Restore),
    "Event::TimerFired(Canary)": Event::TimerFired(Timer::Canary),
    "Event::TimerFired(BackOff)": Event::TimerFired(Timer::BackOff),
    "Event::TimerFired(Grace)": Event::TimerFired(Timer::Grace),
    "Event::TimerFired(CatchUp)": Event::TimerFired(Timer::CatchUp(_)),
    "Event::TimerFired(GiveUp)": Event::TimerFired(Timer::GiveUp(_)),
    "Event::SetTokens": Event::SetTokens(_),
    "Event::Revoked": Event::Revoked { .. },
    "Event::TabClaimed": Event::TabClaimed(_),
    "Event::Opened": Event::Opened { .. },
    "Event::Closed": Event::Closed,
    "Event::VisibilityChanged": Event::VisibilityChanged(_),
    "Event::Frozen": Event::Frozen,
    "Event::Resumed": Event::Resumed,
    "Event::PageHidden": Event::PageHidden,
    "Event::PageShown": Event::PageShown,
    "Event::Online": Event::Online,
    "Event::Unloading": Event::Unloading,
    "Event::StorageChanged": Event::StorageChanged,
}

kinds! { EFFECTS, name_of_effect, Effect,
    "Effect::ReadRecord": Effect::ReadRecord,
    "Effect::AdoptRead": Effect::AdoptRead,
    "Effect::WriteRecord": Effect::WriteRecord(..),
    "Effect::AssumeRecord": Effect::AssumeRecord(..),
    "Effect::RestoreRecord": Effect::RestoreRecord,
    "Effect::DropCopy": Effect::DropCopy,
    "Effect::Signal": Effect::Signal,
    "Effect::CommitMark": Effect::CommitMark(..),
    "Effect::ReadMark": Effect::ReadMark(_),
    "Effect::AcquireLock": Effect::AcquireLock { .. },
    "Effect::ReleaseLock": Effect::ReleaseLock(_),
    "Effect::ClaimTab": Effect::ClaimTab,
    "Effect::ReleaseTab": Effect::ReleaseTab,
    "Effect::OpenChannel": Effect::OpenChannel,
    "Effect::CloseChannel": Effect::CloseChannel,
    "Effect::WatchUnload": Effect::WatchUnload(_),
    "Effect::SetTimer": Effect::SetTimer(..),
    "Effect::ClearTimer": Effect::ClearTimer(_),
    "Effect::BeginRefresh": Effect::BeginRefresh(..),
    "Effect::RequestToken": Effect::RequestToken(..),
    "Effect::RetryRefresh": Effect::RetryRefresh(_),
    "Effect::SettleRefresh": Effect::SettleRefresh(..),
    "Effect::WakeCall": Effect::WakeCall(_),
    "Effect::CancelRequest": Effect::CancelRequest(_),
    "Effect::CloseEpoch": Effect::CloseEpoch(_),
    "Effect::AbortRequest": Effect::AbortRequest(_),
    "Effect::EndCalls": Effect::EndCalls,
    "Effect::Revoke": Effect::Revoke,
    "Effect::Notify": Effect::Notify(_),
    "Effect::Navigate": Effect::Navigate,
}

kinds! { STEPS, name_of_step, Step,
    "Step::Claim": Step::Claim,
    "Step::Lock": Step::Lock,
    "Step::Request": Step::Request,
    "Step::Grace": Step::Grace,
    "Step::Mark": Step::Mark,
    "Step::BackOff": Step::BackOff,
}

fn note(kind: &'static str) {
    REACHED.with_borrow_mut(|kinds| kinds.insert(kind));
}

pub fn event(event: &Event) {
    note(name_of_event(event));
}

pub fn effect(effect: &Effect) {
    note(name_of_effect(effect));
}

pub fn step(step: &Step) {
    note(name_of_step(step));
}

/// What this thread has come to since it was last asked.
pub fn take() -> Kinds {
    REACHED.take()
}
