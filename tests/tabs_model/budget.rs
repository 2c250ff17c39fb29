//! How often what nobody controls may happen.

macro_rules! budget {
    ($($(#[$text:meta])* $field:ident),+ $(,)?) => {
        /// How often each thing may happen. `calls` is for each tab, all else for all together.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub struct Budget {
            $($(#[$text])* pub $field: u8,)+
        }

        /// Nothing that nobody controls.
        pub const NONE: Budget = Budget { $($field: 0,)+ };

        impl Budget {
            /// What this one allows, and what the other does.
            pub const fn and(self, other: Self) -> Self {
                Self { $($field: self.$field + other.$field,)+ }
            }
        }
    };
}

budget! {
    calls,
    /// The access token runs out, or its leeway begins.
    expiries,
    logouts,
    sign_ins,
    /// `refresh()`.
    refreshes,
    clears,
    /// A tab dies between two turns.
    crashes,
    /// A tab dies, and its last writes with it.
    lost_writes,
    /// A tab dies in the middle of a logout or a `setTokens`.
    torn,
    freezes,
    hangs,
    /// A page is left, and may come back.
    hides,
    /// A page is about to be left while a token request is under way.
    unloads,
    /// The server does not get a token request.
    dropped,
    /// The server's answer is lost.
    lost_answers,
    /// A call is aborted by its caller.
    aborts,
    /// The headers of a canary do not come.
    timeouts,
    /// A call is answered with a challenge that asks for more.
    challenges,
    /// Storage is blocked from now on.
    blocks,
    /// The page is hidden behind another, or seen again.
    visibilities,
    /// The network is back.
    onlines,
    closes,
    opened,
}
