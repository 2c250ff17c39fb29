//! Things done wrong on purpose, so that the model tests can be seen to find them.
//!
//! Without the crate feature `faults` [`Faults::has`] is `const false`, and nothing of this is in the build.

/// One thing done wrong.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Fault {
    /// A token response is stored whatever stands in the record by then.
    StoresWhatever,
    /// The holder of the lock reads the record without waiting for what its predecessor committed.
    SkipsCatchUp,
    /// A record that was written over a tombstone stays.
    LeavesOlderRecords,
    /// Other tabs are told of a record before it is written.
    SignalsBeforeWriting,
    /// Storage that is cleared makes a tab forget the end that it knows of.
    ForgetsTheEnd,
    /// A note beside the tokens makes a record later.
    NotesAreLater,
    /// A tab takes the lock for its own after it was stolen.
    IgnoresTheStolenLock,
    /// The lock is released before the mark is committed.
    ReleasesBeforeTheCommit,
    /// A 401 is taken for a verdict on the stored token.
    ComparesNoTokens,
    /// All waiting calls go at once after a refresh.
    SendsNoCanary,
    /// A retry counts as a first send.
    CountsNoSends,
    /// A refresh that `setTokens` overtook drops its refresh token.
    DropsTheRotatedToken,
    /// That a refresh brought the rejected text again is not noted.
    ForgetsTheRejectedText,
    /// Whoever waits for a canary is not asked again when it has settled.
    WakesNobodyAfterTheCanary,
    /// A call whose body is a stream goes out while a refresh runs.
    HoldsNoStream,
    /// A call that was dropped stays in the queue of those that wait.
    KeepsDroppedCalls,
    /// A refresh whose session has ended keeps its slot and its lock.
    KeepsTheOvertakenRefresh,
    /// A page that is put away keeps the lock.
    KeepsTheLockWhenFrozen,
    /// A page that comes back does not ask for the lock again.
    ForgetsToQueueAgain,
    /// A refusal counts at once, without waiting for a newer record.
    CountsRefusalsAtOnce,
    /// The request of an ended session is not aborted.
    LeavesTheRequest,
    /// A token request that the unload broke off is sent again at once.
    RetriesWhileUnloading,
    /// A page whose record another page owns keeps the copied tokens.
    KeepsTheCopy,
    /// Calls go out before it is known whose the record is.
    SendsBeforeTheClaim,
    /// A call that waits for a step-up is released by a refresh.
    RefreshAnswersStepUp,
    /// Tokens are refreshed by a cookie without the lock.
    TakesNoLockForTheCookie,
    /// A refusal counts although another tab has replaced the cookie since.
    CountsRefusalsOfAnOldCookie,
    /// A tab that was frozen does not read the mark when it resumes.
    ResumesWithoutTheMark,
    /// The mark is read before a token request, and not again when its answer has come.
    ReadsTheMarkOnce,
    /// A sign-in by the cookie begins an epoch of its own.
    JoinsNoEpoch,
    /// Without a session, tokens are taken although another session has begun since they were asked for.
    TakesTokensOfAnotherSession,
    /// The cookie is tried after a logout that the server has not confirmed.
    TriesTheUnconfirmedCookie,
    /// A refresh that brings the same access token counts as if the cookie had not been replaced.
    MissesTheCookieOfTheSameText,
    /// A logout that the server has not confirmed is not told again.
    ForgetsTheUnconfirmedLogout,
    /// The confirmation of one logout is taken for that of another.
    TakesAnyConfirmation,
    /// What was sent first is cancelled too.
    CancelsTheOldest,
    /// What is no GET or HEAD is cancelled too.
    CancelsWhateverIsSent,
    /// What was sent with another token is cancelled too.
    CancelsOtherTokens,
    /// A call that tries a new token is cancelled too.
    CancelsTheCanary,
    /// A 401 of one path is taken for a verdict on the token everywhere.
    TakesOneRejectionForAll,
    /// What was cancelled counts as sent.
    CountsCancelledSends,
    /// Of a session in cookies: another tab's generation is not taken over.
    MissesGenerations,
    /// Of a session in cookies: one endpoint that rejects a new generation ends it.
    EndsAtOneEndpoint,
    /// Of a session in cookies: a 401 that nothing can refresh leaves it as it is.
    KeepsWhatCannotBeRefreshed,
    /// An event is told although its session has ended since.
    NotifiesOfWhatIsOver,
    /// A call that tries a new token settles without a verdict, and nobody is told.
    DropsTheCanaryUntold,
    /// An answer is given to its caller although its session has ended since.
    AnswersAfterTheEnd,
}

/// Which fault is put in; none in what ships.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Faults {
    #[cfg(feature = "faults")]
    active: Option<Fault>,
}

impl Faults {
    /// With this one.
    #[cfg(feature = "faults")]
    #[must_use]
    pub const fn with(fault: Fault) -> Self {
        Self { active: Some(fault) }
    }

    /// Whether this one is put in.
    #[cfg(feature = "faults")]
    #[must_use]
    pub fn has(self, fault: Fault) -> bool {
        self.active == Some(fault)
    }

    /// Whether this one is put in.
    #[cfg(not(feature = "faults"))]
    #[inline(always)]
    #[must_use]
    pub const fn has(self, _: Fault) -> bool {
        false
    }
}
