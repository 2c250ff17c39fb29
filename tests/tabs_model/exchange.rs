//! A call as its tab sees it, in the worlds of both kinds: what the flow that ships asks of it.

use authfetch::protocol::call::{self, Again, Exchange, Outcome, Step};
use authfetch::protocol::challenge::Challenge;
use authfetch::protocol::decisions::{Call, Unauthorized};
use authfetch::protocol::environment::Environment;
use authfetch::protocol::session::Answered;
use authfetch::protocol::token::Record;

/// What the API answers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    Accepted,
    Unauthorized,
    /// It asks for more (RFC 9470), and a listener wants its calls to wait for that.
    StepUp,
}

/// The tab that a call is made in.
pub trait Tab: Environment {
    fn breaks(&mut self, rule: &'static str);
    /// A call of this epoch is answered, and not refused.
    fn check_accepted(&mut self, _epoch: u64) {}
    /// A call waits for a sign-in after this one.
    fn note_step_up(&mut self, _call: u32, _signin: u64) {}
}

pub struct Calling<T> {
    tab: T,
    call: Call,
    /// What has come.
    answer: Option<Answer>,
    aborted: bool,
    /// The sign-in that stood in the record when it was asked for its challenge.
    signin: u64,
}

impl<T: Tab> Calling<T> {
    const fn new(tab: T, call: Call, answer: Option<Answer>, aborted: bool) -> Self {
        Self { tab, call, answer, aborted, signin: 0 }
    }

    /// A call that waits asks what it does.
    pub fn next(tab: T, call: &mut Call, aborted: bool) -> Step {
        call::next(&mut Self::new(tab, *call, None, aborted), call)
    }

    /// A request is over: answered, or else failed. What its call does then is returned; `at_once`: it went out in the
    /// turn that it was made in.
    pub fn over(tab: T, call: &mut Call, at_once: bool, answer: Option<Answer>) -> Step {
        let mut calling = Self::new(tab, *call, answer, false);
        let closed = call::close(&mut calling.tab, call.place, answer.is_some());
        match call::on_closed(&mut calling, call, closed, answer.is_some()) {
            Step::Judge if at_once && answer == Some(Answer::Accepted) => {
                call::accepted_at_once(&mut calling.tab, call, || true);
                Step::Settle(Outcome::Answer)
            }
            Step::Judge => call::on_answer(&mut calling, call),
            step => step,
        }
    }
}

impl<T: Tab> Exchange for Calling<T> {
    type Place = T;

    fn place(&mut self) -> &mut T {
        &mut self.tab
    }

    fn is_aborted(&mut self) -> bool {
        self.aborted
    }

    fn streams(&mut self) -> bool {
        false
    }

    fn is_replayable(&mut self) -> bool {
        true
    }

    fn is_once(&mut self) -> bool {
        false
    }

    fn is_refused(&mut self) -> bool {
        self.answer != Some(Answer::Accepted)
    }

    fn challenge(&mut self) -> (Challenge, u64) {
        self.signin = self.tab.session(|session| session.record().signin);
        let step_up = Challenge::StepUp { acr_values: Vec::new(), max_age: None };
        (if self.answer == Some(Answer::StepUp) { step_up } else { Challenge::Other }, 1)
    }

    fn tell_step_up(&mut self, _: &[String], _: Option<f64>) -> bool {
        true
    }

    fn is_proof(&mut self) -> bool {
        if !self.is_refused() {
            self.tab.check_accepted(self.call.epoch);
        }
        true
    }

    fn unauthorized(&mut self) -> Unauthorized {
        Unauthorized { replayable: true, ..Unauthorized::default() }
    }

    fn judged(&mut self, _: &Call, _: &Record, _: &Unauthorized, _: Answered) {}

    fn discard(&mut self, why: Again) {
        if why == Again::Cancelled && self.answer.is_some() {
            self.tab.breaks("what was cancelled asks again in the same turn");
        }
        if self.answer == Some(Answer::StepUp) {
            self.tab.note_step_up(self.call.id, self.signin);
        }
    }
}
