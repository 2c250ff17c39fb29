//! Which kinds of events, of effects and of steps of a refresh a model has come to.
//!
//! Each list is a `match` without a catch-all: a new kind does not compile until it stands here, and is then missed by
//! the test in `coverage` until a world comes to it.

use authfetch::protocol::effect::Effect;
use authfetch::protocol::event::{Event, MarkFor, Timer};
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
    "event RecordRead": Event::RecordRead(_),
    "event RecordUnchanged": Event::RecordUnchanged,
    "event WriteBlocked": Event::WriteBlocked,
    "event Signalled": Event::Signalled { .. },
    "event LockGranted": Event::LockGranted(_),
    "event LockUnavailable": Event::LockUnavailable(_),
    "event LockLost": Event::LockLost(_),
    "event MarkRead(Lock)": Event::MarkRead(MarkFor::Lock(_), _),
    "event MarkRead(Reply)": Event::MarkRead(MarkFor::Reply(_), _),
    "event MarkRead(Page)": Event::MarkRead(MarkFor::Page(_), _),
    "event MarkCommitted": Event::MarkCommitted(_),
    "event TokenReply": Event::TokenReply(..),
    "event TimerFired(Expiry)": Event::TimerFired(Timer::Expiry),
    "event TimerFired(Restore)": Event::TimerFired(Timer::Restore),
    "event TimerFired(Canary)": Event::TimerFired(Timer::Canary),
    "event TimerFired(BackOff)": Event::TimerFired(Timer::BackOff),
    "event TimerFired(Grace)": Event::TimerFired(Timer::Grace),
    "event TimerFired(CatchUp)": Event::TimerFired(Timer::CatchUp(_)),
    "event TimerFired(GiveUp)": Event::TimerFired(Timer::GiveUp(_)),
    "event SetTokens": Event::SetTokens(_),
    "event Revoked": Event::Revoked { .. },
    "event TabClaimed": Event::TabClaimed(_),
    "event Opened": Event::Opened { .. },
    "event Closed": Event::Closed,
    "event VisibilityChanged": Event::VisibilityChanged(_),
    "event Frozen": Event::Frozen,
    "event Resumed": Event::Resumed,
    "event PageHidden": Event::PageHidden,
    "event PageShown": Event::PageShown,
    "event Online": Event::Online,
    "event Unloading": Event::Unloading,
    "event StorageChanged": Event::StorageChanged,
}

kinds! { EFFECTS, name_of_effect, Effect,
    "effect ReadRecord": Effect::ReadRecord,
    "effect AdoptRead": Effect::AdoptRead,
    "effect WriteRecord": Effect::WriteRecord(..),
    "effect AssumeRecord": Effect::AssumeRecord(..),
    "effect RestoreRecord": Effect::RestoreRecord,
    "effect DropCopy": Effect::DropCopy,
    "effect Signal": Effect::Signal(_),
    "effect CommitMark": Effect::CommitMark(..),
    "effect ReadMark": Effect::ReadMark(_),
    "effect AcquireLock": Effect::AcquireLock { .. },
    "effect ReleaseLock": Effect::ReleaseLock(_),
    "effect ClaimTab": Effect::ClaimTab,
    "effect ReleaseTab": Effect::ReleaseTab,
    "effect OpenChannel": Effect::OpenChannel,
    "effect CloseChannel": Effect::CloseChannel,
    "effect WatchUnload": Effect::WatchUnload(_),
    "effect SetTimer": Effect::SetTimer(..),
    "effect ClearTimer": Effect::ClearTimer(_),
    "effect BeginRefresh": Effect::BeginRefresh(..),
    "effect RequestToken": Effect::RequestToken(..),
    "effect RetryRefresh": Effect::RetryRefresh(_),
    "effect SettleRefresh": Effect::SettleRefresh(..),
    "effect WakeCall": Effect::WakeCall(_),
    "effect CloseEpoch": Effect::CloseEpoch(_),
    "effect AbortRequest": Effect::AbortRequest(_),
    "effect EndCalls": Effect::EndCalls,
    "effect Revoke": Effect::Revoke(_),
    "effect Notify": Effect::Notify(_),
    "effect Navigate": Effect::Navigate(_),
}

kinds! { STEPS, name_of_step, Step,
    "step Claim": Step::Claim,
    "step Lock": Step::Lock,
    "step Request": Step::Request,
    "step Grace": Step::Grace(_),
    "step Mark": Step::Mark(_),
    "step BackOff": Step::BackOff,
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
