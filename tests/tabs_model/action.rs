//! One thing that may happen next in a world.

use super::budget::Budget;
use super::exchange::Answer;
use super::world::World;
use authfetch::protocol::event::{Event, Timer};
use authfetch::protocol::session::Ticket;
use authfetch::protocol::tabs::Mark;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Action {
    Arrive(usize),
    Deliver(usize),
    Hear(usize, Mark, bool),
    Look(usize),
    Fire(usize, Timer),
    Answer(usize, usize, Answer),
    Grant,
    WaitedEnough(usize, Ticket),
    Committed(usize, usize),
    MarkRead(usize, usize),
    Serve(usize),
    Stray,
    Reply(usize),
    Claimed(usize),
    Revoked(usize),
    Stay(usize),
    Leave(usize),
    // What follows may happen, and need not.
    Thaw(usize),
    Call(usize),
    Expire,
    Due(usize),
    Logout(usize, bool),
    SetTokens(usize, bool),
    Refresh(usize),
    Clear(usize),
    Crash(usize, bool),
    Freeze(usize),
    Hang(usize),
    Hide(usize),
    Unload(usize),
    Drop(usize),
    Lose(usize),
    Abort(usize, usize),
    NoHeaders(usize),
    StepUp(usize, usize),
    Block(usize),
    Visible(usize, bool),
    Online(usize),
    Close(usize),
    Open(usize),
}

impl Action {
    /// Does it, and takes it from what may happen yet.
    pub fn carry_out(self, world: &mut World, left: &mut Budget) {
        match self {
            Self::Arrive(i) => world.arrive(i),
            Self::Deliver(i) => world.deliver(i),
            Self::Hear(i, mark, of_end) => world.hear(i, mark, of_end),
            Self::Look(i) => world.look(i),
            Self::Fire(i, timer) => world.fire(i, timer),
            Self::Answer(i, c, answer) => world.answer(i, c, answer),
            Self::Grant => world.grant(),
            Self::WaitedEnough(i, ticket) => world.waited_enough(i, ticket),
            Self::Committed(i, n) => world.committed(i, n),
            Self::MarkRead(i, n) => world.mark_read(i, n),
            Self::Serve(i) => world.serve(i),
            Self::Stray => world.serve_stray(),
            Self::Reply(i) => world.reply(i, false),
            Self::Claimed(i) => world.claimed(i),
            Self::Revoked(i) => world.revoked(i),
            Self::Stay(i) => world.stay(i),
            Self::Leave(i) => world.hide(i),
            Self::Thaw(i) => world.thaw(i),
            Self::Call(i) => world.call(i),
            Self::Expire => (left.expiries, ()) = (left.expiries - 1, world.expire()),
            Self::Due(i) => (left.expiries, ()) = (left.expiries - 1, world.fire(i, Timer::Expiry)),
            Self::Logout(i, torn) => {
                left.logouts -= 1;
                left.torn -= u8::from(torn);
                if torn { world.dies_within(i, |world| world.log_out(i)) } else { world.log_out(i) }
            }
            Self::SetTokens(i, torn) => {
                left.sign_ins -= 1;
                left.torn -= u8::from(torn);
                if torn { world.dies_within(i, |world| world.set_tokens(i)) } else { world.set_tokens(i) }
            }
            Self::Refresh(i) => (left.refreshes, ()) = (left.refreshes - 1, world.refresh(i)),
            Self::Clear(i) => (left.clears, ()) = (left.clears - 1, world.clear(i)),
            Self::Crash(i, false) => (left.crashes, ()) = (left.crashes - 1, world.crash(i, false)),
            Self::Crash(i, true) => (left.lost_writes, ()) = (left.lost_writes - 1, world.crash(i, true)),
            Self::Freeze(i) => (left.freezes, ()) = (left.freezes - 1, world.freeze(i)),
            Self::Hang(i) => (left.hangs, ()) = (left.hangs - 1, world.hang(i)),
            Self::Hide(i) => (left.hides, ()) = (left.hides - 1, world.hide(i)),
            Self::Unload(i) => (left.unloads, ()) = (left.unloads - 1, world.unload(i)),
            Self::Drop(i) => (left.dropped, ()) = (left.dropped - 1, world.reply(i, true)),
            Self::Lose(i) => (left.lost_answers, ()) = (left.lost_answers - 1, world.reply(i, true)),
            Self::Abort(i, c) => (left.aborts, ()) = (left.aborts - 1, world.abort(i, c)),
            Self::NoHeaders(i) => (left.timeouts, ()) = (left.timeouts - 1, world.fire(i, Timer::Canary)),
            Self::StepUp(i, c) => {
                left.challenges -= 1;
                world.answer(i, c, Answer::StepUp);
            }
            Self::Block(i) => (left.blocks, ()) = (left.blocks - 1, world.block(i)),
            Self::Visible(i, visible) => {
                left.visibilities -= 1;
                world.page(i, Event::VisibilityChanged(visible));
            }
            Self::Online(i) => (left.onlines, ()) = (left.onlines - 1, world.page(i, Event::Online)),
            Self::Close(i) => (left.closes, ()) = (left.closes - 1, world.page(i, Event::Closed)),
            Self::Open(i) => (left.opened, ()) = (left.opened - 1, world.open(i)),
        }
    }
}
