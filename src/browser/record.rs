//! The record in its three forms: the text to store, what that text signals to a tab, and the snapshot for the app.

use super::js::Val;
use super::js::keys::Key;
use crate::protocol::token::Record;

/// The version of the format.
pub const FORMAT: f64 = 1.0;

/// The text to store: `record` says the numbers, `members` the tokens and all that is not the machine's.
pub fn json_of(record: &Record, members: &Val) -> Val {
    let number = |name, value: u64| members.put_number(name, value as f64);
    members.put_number(Key::V, FORMAT);
    number(Key::Epoch, record.epoch);
    number(Key::Version, record.version);
    number(Key::Signin, record.signin);
    if record.access.is_some() {
        number(Key::ReceivedAt, record.received_at);
        match record.expires_at {
            Some(at) => number(Key::ExpiresAtMember, at),
            None => members.put(Key::ExpiresAtMember, &Val::NULL),
        }
        members.put(Key::Accepted, &Val::flag(record.accepted));
        members.put(Key::Rejected, &Val::flag(record.rejected));
        number(Key::Unaccepted, record.unaccepted.into());
        number(Key::RetryAt, record.retry_at);
        members.put(Key::Forbidden, &Val::flag(record.retry_after_set));
    }
    if record.suspended {
        members.put(Key::Suspended, &Val::TRUE);
    }
    members.put(Key::Unconfirmed, &if record.unconfirmed { Val::TRUE } else { Val::UNDEFINED });
    members.json()
}

/// What a record's text signals, as another tab would: its mark, an end's code and reason, and whose it is.
pub fn signal_of(text: &Val) -> Val {
    let members = text.parse().own();
    let signal = Val::list();
    for name in [Key::Epoch, Key::Version, Key::Code, Key::Reason, Key::Endpoint, Key::ClientIdMember] {
        signal.push(&members.get(name));
    }
    signal
}

/// Frozen, and without the refresh token.
pub fn snapshot(members: &Val, can_refresh: bool) -> Val {
    let session = Val::bare();
    let or_null = |value: Val| if value.is_undefined() { Val::NULL } else { value };
    session.put(Key::AccessTokenOfSession, &members.get(Key::AccessToken));
    let kind = members.get(Key::TokenType);
    session.put(Key::TokenTypeOfSession, &if kind.is_text() { kind } else { Val::name(Key::Bearer) });
    session.put(Key::ExpiresAt, &or_null(members.get(Key::ExpiresAtMember)));
    session.put(Key::Scope, &or_null(members.get(Key::Scope)));
    session.put(Key::CanRefresh, &Val::flag(can_refresh));
    session.put(Key::Extra, &members.get(Key::Extra).frozen());
    session.frozen()
}
