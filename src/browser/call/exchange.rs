//! A call that is driven, as the machine asks for it: its request, and what has come of it.

use super::answer;
use super::client::Client;
use super::hash;
use super::outgoing::{self, Outgoing};
use crate::browser::effects::events;
use crate::browser::session::driver::Page;
use crate::browser::url::{Url, resolve};
use crate::protocol::call::{Again, Exchange};
use crate::protocol::challenge::{self, Challenge};
use crate::protocol::decisions::{Call, Unauthorized};
use crate::protocol::session::Answered;
use crate::protocol::token::Record;
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// See the module's text.
pub struct Driven<'a> {
    client: &'a Rc<Client>,
    out: &'a Outgoing,
    place: Page<'a>,
    /// What has come of it.
    pub came: JsValue,
    pub came_as: Came,
    /// The response says "unauthorized".
    pub refused: bool,
    /// Its refusal asks for more than another token.
    pub asks_more: bool,
    /// It has waited with its stream.
    pub held: bool,
}

/// What has come of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Came {
    Nothing,
    Response,
    Error,
}

impl<'a> Driven<'a> {
    pub fn new(client: &'a Rc<Client>, out: &'a Outgoing, response: Option<JsValue>) -> Self {
        let place = client.driver.place();
        let came_as = if response.is_some() { Came::Response } else { Came::Nothing };
        Self {
            client,
            out,
            place,
            came: response.unwrap_or_default(),
            came_as,
            refused: false,
            asks_more: false,
            held: false,
        }
    }
}

impl<'a> Exchange for Driven<'a> {
    type Place = Page<'a>;

    fn place(&mut self) -> &mut Page<'a> {
        &mut self.place
    }

    fn is_aborted(&mut self) -> bool {
        outgoing::aborted(self.out)
    }

    fn streams(&mut self) -> bool {
        !self.held && outgoing::streams(self.out)
    }

    fn is_replayable(&mut self) -> bool {
        outgoing::replayable(self.out)
    }

    fn is_once(&mut self) -> bool {
        outgoing::is_once(self.out)
    }

    fn is_refused(&mut self) -> bool {
        self.refused
    }

    fn challenge(&mut self) -> (Challenge, u64) {
        let header = answer::header_of(&self.came, "www-authenticate");
        let challenge = challenge::read(&header);
        self.asks_more = challenge != Challenge::Other;
        (challenge, hash(&header))
    }

    fn tell_step_up(&mut self, acr_values: &[String], max_age: Option<f64>) -> bool {
        // Each with a space after it.
        let words = acr_values.iter().fold(String::new(), |text, word| text + word + " ");
        let url = answer::url_of(&self.came);
        !events::step_up(&self.client.driver.events, &words, max_age.unwrap_or(f64::NAN), &url)
    }

    fn is_proof(&mut self) -> bool {
        answer::is_proof(&self.came)
    }

    fn unauthorized(&mut self) -> Unauthorized {
        let (client, out, response) = (self.client, self.out, &self.came);
        let url = answer::url_of(response);
        let redirected = answer::is_redirected(response);
        let requested = resolve(&outgoing::url(out));
        let stays = || resolve(&url).map(|url| url.origin()) == requested.as_ref().map(Url::origin);
        // A redirect may have done the work of a POST. Cookies are not stripped on the way, as a header would be.
        let moved = redirected && client.options.policy.by_cookie();
        Unauthorized {
            replayable: outgoing::replayable(out) && (!moved || outgoing::repeatable(out)),
            redirected,
            not_the_token: redirected
                && !client.is_login_page(response)
                && !(client.allowed(&url).is_some() && stays()),
        }
    }

    fn judged(&mut self, call: &Call, shown: &Record, unauthorized: &Unauthorized, answered: Answered) {
        self.client.note_judged(self.out, call, shown, unauthorized, answered);
    }

    fn discard(&mut self, why: Again) {
        if self.came_as == Came::Response {
            answer::cancel_body(&self.came);
        }
        self.came_as = Came::Nothing;
        if why == Again::Cancelled {
            self.client.note(self.out, "requeued");
        }
    }
}
