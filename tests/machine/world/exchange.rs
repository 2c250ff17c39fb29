//! A call as this world sees it: what the flow that ships asks of it.

use super::World;
use super::task::{Answer, Phase};
use crate::reached::note;
use authfetch::protocol::call::{Again, Exchange};
use authfetch::protocol::challenge::Challenge;
use authfetch::protocol::decisions::{Call, Unauthorized};
use authfetch::protocol::session::Answered;
use authfetch::protocol::token::Record;

pub(super) struct Calling<'a> {
    pub(super) world: &'a mut World,
    pub(super) at: usize,
    /// What has come.
    pub(super) answer: Option<Answer>,
    pub(super) aborted: bool,
    /// How many sign-ins there had been when it was asked for its challenge.
    pub(super) sign_ins: u8,
}

impl<'a> Calling<'a> {
    /// Nothing has come.
    pub(super) const fn waiting(world: &'a mut World, at: usize, aborted: bool) -> Self {
        Self { world, at, answer: None, aborted, sign_ins: 0 }
    }
}

impl Exchange for Calling<'_> {
    type Place = World;

    fn place(&mut self) -> &mut World {
        self.world
    }

    fn is_aborted(&mut self) -> bool {
        self.aborted
    }

    fn streams(&mut self) -> bool {
        self.world.tasks[self.at].streams
    }

    fn is_replayable(&mut self) -> bool {
        self.world.tasks[self.at].replayable
    }

    fn is_once(&mut self) -> bool {
        self.world.tasks[self.at].once
    }

    fn is_refused(&mut self) -> bool {
        self.answer.is_some_and(Answer::is_refusal)
    }

    fn challenge(&mut self) -> (Challenge, u64) {
        self.sign_ins = self.world.sign_ins();
        let steps_up = matches!(self.answer, Some(Answer::StepUp { .. }));
        let step_up = Challenge::StepUp { acr_values: Vec::new(), max_age: None };
        (if steps_up { step_up } else { Challenge::Other }, 1)
    }

    fn tell_step_up(&mut self, _: &[String], _: Option<f64>) -> bool {
        self.answer == Some(Answer::StepUp { prevented: true })
    }

    fn is_proof(&mut self) -> bool {
        if !self.is_refused() {
            self.world.check_accepted(self.at);
        }
        self.answer.is_some_and(Answer::is_proof)
    }

    fn unauthorized(&mut self) -> Unauthorized {
        let not_the_token = self.answer == Some(Answer::NotTheToken);
        let redirected = self.answer == Some(Answer::Redirected);
        self.world.before_verdict(self.at, not_the_token);
        Unauthorized { replayable: self.is_replayable(), redirected, not_the_token }
    }

    fn judged(&mut self, _: &Call, _: &Record, _: &Unauthorized, _: Answered) {}

    fn discard(&mut self, why: Again) {
        let (world, at) = (&mut *self.world, self.at);
        world.tasks[at].phase = Phase::Waiting;
        match (why, self.answer) {
            (Again::Refused, Some(Answer::StepUp { .. })) => world.waits_for_sign_in(at, self.sign_ins),
            (Again::Refused, _) => world.after_answer(),
            (Again::Cancelled, Some(_)) => world.breaks("what was cancelled asks again in the same turn"),
            (Again::Cancelled, None) => {
                let task = &mut world.tasks[at];
                task.sends -= 1;
                task.requeues += 1;
                task.refused_for = task.sent;
                note("Requeues", if task.requeues > 1 { "Twice" } else { "Once" });
            }
        }
    }
}
