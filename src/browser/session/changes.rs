//! Changes of the session, by `setTokens` or by another tab: taken in, and told.

use super::shared::{AbortCause, Shared};
use crate::browser::clock;
use crate::browser::error;
use crate::browser::js::keys::Key;
use crate::browser::js::{Outcome, Val};
use crate::browser::record::usable;
use crate::browser::tabs::mark_of;
use crate::browser::tokens::{Tokens, Unusable};
use crate::protocol::session::Session;
use crate::protocol::tabs::{Heard, Mark};
use std::rc::Rc;

impl Shared {
    /// See `setTokens` in the contract.
    pub fn set_tokens(self: &Rc<Self>, response: &Val) -> Outcome<()> {
        let now = clock::now();
        let tokens = Tokens::read(response, now).map_err(|why| {
            error::type_error(match why {
                Unusable::NoToken => "setTokens: the response has no `access_token`, a non-empty string.",
                Unusable::BadToken => "setTokens: a token may hold visible ASCII characters only.",
                Unusable::BadType => "setTokens: this `token_type` cannot be sent; DPoP is not supported.",
            })
        })?;
        self.sync_record();
        let before = self.record();
        let replaces = usable(&tokens.refresh);
        let overtakes = self.ask(|machine| machine.renewal().is_some_and(|run| run.presented.is_none() || replaces));
        let blocked = self.sign_in(&tokens, Session::next_epoch, now);
        self.told_of.take();
        self.storage_blocked(blocked);
        if overtakes {
            self.cut(AbortCause::Overtaken);
        }
        if before.suspended && self.anybody_waits() {
            let record = self.record();
            self.ask(|machine| machine.start_canary(&record));
        }
        self.commit();
        self.wake_waiters();
        self.notify(Some(if before.signed_in() { Key::Refresh } else { Key::Signin }), Key::ThisTab);
        Ok(())
    }

    /// Tells listeners what has changed; then `event`, where there is one that carries the session.
    pub fn notify(self: &Rc<Self>, event: Option<Key>, source: Key) {
        let now = self.now_told();
        let before = self.told.replace(now.clone());
        if let (Some(state), Some(previous)) = (now.state, before.state)
            && state != previous
        {
            let detail = Val::bare();
            detail.put_name(Key::State, state);
            detail.put_name(Key::Previous, previous);
            self.events.fire(Key::Statechange, &detail, false);
        }
        if let Some(event) = event
            && now.session.is_object()
        {
            let detail = Val::bare();
            detail.put(Key::Session, &now.session);
            detail.put_name(Key::Source, source);
            self.events.fire(event, &detail, false);
        }
        if now.state != before.state || !now.session.same(&before.session) {
            self.events.tell();
        }
        self.arm();
    }

    /// Reads what stands in storage, and takes the consequences where another tab has changed it.
    pub fn sync_record(self: &Rc<Self>) {
        if let Some(text) = self.read_if_changed() {
            self.changed(text);
        }
    }

    #[inline(never)]
    fn changed(self: &Rc<Self>, text: Val) {
        let before = self.record();
        let absent = text.is_null();
        let known_epoch = self.ask(|machine| machine.epoch());
        if !self.read(text) {
            return;
        }
        if absent && let Some(tombstone) = self.ask(|machine| machine.on_absent(&before, clock::now())) {
            self.apply_tombstone(&tombstone);
        }
        let now = self.record();
        if now.epoch > known_epoch {
            self.ended_elsewhere(before.has_session());
            if now.signed_in() {
                self.notify(Some(Key::Signin), Key::OtherTab);
            }
            return;
        }
        self.wake_waiters();
        let event = match (before.access == now.access, before.signed_in(), now.signed_in()) {
            (false, true, true) => Some(Key::Refresh),
            (false, false, true) => Some(Key::Signin),
            (true | false, _, _) => None,
        };
        self.notify(event, Key::OtherTab);
    }

    /// Another tab's signal (how far the record has come; of an end, its code and reason; whose it is), or what a
    /// storage event says of it: known before it can be seen in storage.
    pub fn on_signal(self: &Rc<Self>, signal: &Val) {
        self.sync_record();
        let ours = signal.at(4).same(&self.owner.get(Key::Endpoint))
            && signal.at(5).same(&self.owner.get(Key::ClientIdMember));
        if ours && !self.store.shared() {
            self.on_cookie_mark(signal);
        } else if ours && self.apply_remote_mark(mark_of(signal), &signal.at(2), &signal.at(3)) {
            self.sync_record();
        }
    }

    /// Whether this mark says that the session is over, before that can be seen in storage; of an end its code and
    /// reason may be known too.
    pub fn apply_remote_mark(self: &Rc<Self>, mark: Mark, code: &Val, reason: &Val) -> bool {
        let before = self.record();
        if self.ask(|machine| machine.on_signal(mark, clock::now())) == Heard::Read {
            return false;
        }
        if code.is_text() {
            self.apply_end(mark, code, reason);
        } else {
            self.apply_epoch(mark.epoch);
        }
        self.ended_elsewhere(before.has_session());
        true
    }
}
