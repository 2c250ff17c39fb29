//! Schedules: what happens to a world, in which order, drawn from a seed; and the shortest one that still breaks a
//! rule.

use super::world::{Answer, Reaction, Reply};

/// One thing that happens. A number picks one of those it can happen to; where there is none, nothing happens.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Op {
    Call {
        path: u64,
        replayable: bool,
    },
    /// The API answers by what it knows of the token: the true verdict.
    Judge(u8),
    Answer(u8, Answer),
    /// Aborted by its caller, or failed by the network.
    Gone(u8),
    /// The lock is granted, a token request is answered so, or a timer that is waited for fires.
    Reply(u8, Reply),
    /// A timer fires, late or not.
    Fire(u8),
    /// The clock is set, and no time goes by.
    ClockJumps(i32),
    Pass(u32),
    Expire,
    /// The API no longer accepts the stored access token, whatever its lifetime.
    Withdraw,
    /// From now on refreshes bring the text of the token that they are to replace, or do so no longer.
    SameText(bool),
    Logout,
    SetTokens {
        with_refresh: bool,
    },
    Refresh,
    Timer,
    Online,
    RefreshedElsewhere,
    AcceptedElsewhere,
    EndedElsewhere,
    ChangedElsewhere,
    RefreshedUnseen,
    Seen,
    Cleared,
    Unload,
    /// A listener acts so when it is told of something the next time.
    Listen(Reaction),
}

/// SplitMix64: the same numbers from the same seed, everywhere.
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }
}

pub fn draw(chance: &mut Chance, length: usize) -> Vec<Op> {
    (0..length).map(|_| op(chance)).collect()
}

fn op(chance: &mut Chance) -> Op {
    let at = chance.below(256) as u8;
    match chance.below(100) {
        0..22 => Op::Call { path: 1 + chance.below(3), replayable: chance.below(8) != 0 },
        22..40 => Op::Judge(at),
        40..48 => Op::Answer(at, answer(chance)),
        48..51 => Op::Gone(at),
        51..75 => Op::Reply(at, reply(chance)),
        75 => Op::Fire(at),
        76 => Op::SameText(chance.below(2) == 0),
        77..79 => Op::ClockJumps(chance.of(&[-3_600_000, -5_000, 5_000, 90_000])),
        79..82 => Op::Pass(chance.of(&[100, 1_500, 40_000])),
        82..85 => Op::Expire,
        85..87 => Op::Withdraw,
        87 => Op::Logout,
        88..90 => Op::SetTokens { with_refresh: chance.below(2) == 0 },
        90 => Op::Refresh,
        91..93 => Op::Timer,
        93 => Op::Online,
        94 => Op::RefreshedElsewhere,
        95 => Op::AcceptedElsewhere,
        96 => chance.of(&[Op::EndedElsewhere, Op::ChangedElsewhere]),
        97 => chance.of(&[Op::RefreshedUnseen, Op::Seen, Op::Seen]),
        98 => chance.of(&[Op::Unload, Op::Unload, Op::Unload, Op::Cleared]),
        _ => chance.of(&[
            Op::Pass(7_200_000),
            Op::Listen(Reaction::LogsOut),
            Op::Listen(Reaction::SetsTokens),
            Op::Listen(Reaction::Refreshes),
            Op::Listen(Reaction::Calls),
        ]),
    }
}

fn answer(chance: &mut Chance) -> Answer {
    chance.of(&[
        Answer::Unauthorized,
        Answer::Unauthorized,
        Answer::ServerError,
        Answer::Redirected,
        Answer::NotTheToken,
        Answer::StepUp { prevented: true },
        Answer::StepUp { prevented: false },
    ])
}

fn reply(chance: &mut Chance) -> Reply {
    match chance.below(16) {
        0 => Reply::Lost,
        1 => Reply::Dropped,
        2 => Reply::Duplicated,
        3 => Reply::Busy(None),
        4 => Reply::Busy(Some(chance.of(&[0, 3_000, 30_000, 120_000]))),
        5 => Reply::Nonsense,
        6 => Reply::Revoked,
        _ => Reply::Served,
    }
}

/// The shortest part of `ops` found that still fails: halves, quarters and so on are left out while that goes well.
pub fn shrink(ops: Vec<Op>, fails: impl Fn(&[Op]) -> bool) -> Vec<Op> {
    let mut kept = ops;
    let mut chunk = kept.len().div_ceil(2).max(1);
    loop {
        let before = kept.len();
        let mut from = 0;
        while from < kept.len() {
            let mut shorter = kept.clone();
            shorter.drain(from..(from + chunk).min(kept.len()));
            if fails(&shorter) {
                kept = shorter;
            } else {
                from += chunk;
            }
        }
        if chunk == 1 && kept.len() == before {
            return kept;
        }
        chunk = (chunk / 2).max(1);
    }
}
