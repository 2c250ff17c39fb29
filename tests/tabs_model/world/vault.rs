//! The token texts of a tab, by number: a text keeps its number as long as it stands in the record.

use super::{Item, Known, Text, World};
use authfetch::protocol::effect::Members;
use authfetch::protocol::event::{Granted, Stored};
use authfetch::protocol::token::{AccessToken, Record, RefreshToken};

/// The numbers of one kind of token.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Numbers {
    /// The token that stands in the record, as the server numbers it, and its number here.
    pub text: Option<u32>,
    number: u32,
    /// The last number that was given out.
    last: u32,
    /// Its number was forgotten, which is a fault.
    forgotten: bool,
}

impl Numbers {
    /// The number that this token has, or would get.
    fn of(&self, token: Option<u32>) -> Option<u32> {
        token.map(|_| if self.text == token && !self.forgotten { self.number } else { self.last + 1 })
    }

    /// That of the token that stands in the record.
    fn number(&self) -> Option<u32> {
        self.text.map(|_| self.number)
    }

    /// A number that no other token has.
    const fn next(&mut self) -> u32 {
        self.last += 1;
        self.last
    }

    /// This token stands in the record, by this number.
    fn keep(&mut self, token: Option<u32>, number: Option<u32>) {
        (self.text, self.forgotten) = (token, false);
        if let Some(number) = number {
            self.number = number;
            self.last = self.last.max(number);
        }
    }
}

/// A token response.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Response {
    granted: Granted,
    access: u32,
    refresh: u32,
    /// The refresh token that was presented for it.
    presented: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Vault {
    pub access: Numbers,
    pub refresh: Numbers,
    /// The one that is being told of; none between two turns.
    response: Option<Response>,
    /// The code and the reason of an end are known.
    of_end: bool,
}

impl Vault {
    /// No token stands in the record.
    pub(super) fn forget(&mut self) {
        self.access.keep(None, None);
        self.refresh.keep(None, None);
    }
}

impl World {
    /// What was read, as the session is told of it. Its tokens get numbers only if it is believed.
    pub(super) fn numbered(&mut self, i: usize, item: Item) -> Stored {
        let doubts = self.setup.numbers_what_it_doubts;
        let tab = &mut self.tabs[i];
        tab.read = Some(item);
        let Some(Text { record, .. }) = item else { return Stored::Absent };
        let (access, refresh) = tokens_of(&record);
        let vault = &mut tab.vault;
        let numbers = (vault.access.of(access), vault.refresh.of(refresh));
        if doubts {
            vault.access.forgotten |= vault.access.text != access;
            vault.refresh.forgotten |= vault.refresh.text != refresh;
        }
        let refresh = numbers.1.filter(|_| !self.setup.in_cookies).map(RefreshToken);
        Stored::Record(Record { access: numbers.0.map(AccessToken), refresh, ..record })
    }

    /// `Effect::AdoptRead`.
    pub(super) fn adopt_read(&mut self, i: usize) {
        let tab = &mut self.tabs[i];
        let Some(item) = tab.read.take() else { return self.breaks("what is adopted was read") };
        tab.restoring = false;
        tab.known = Known::Read(item);
        let (access, refresh) = item.map_or((None, None), |text| tokens_of(&text.record));
        let vault = &mut tab.vault;
        vault.access.keep(access, vault.access.of(access));
        vault.refresh.keep(refresh, vault.refresh.of(refresh));
        vault.of_end = item.is_some_and(|text| text.of_end);
        if let Some(request) = tab.request.filter(|request| refresh != Some(request.token)) {
            // A sign-in elsewhere has made its answer worthless. Not every tab sees that at once, and where two sign in
            // at once either record may come to stand, and then the other again.
            self.excuse(request.token);
        }
    }

    /// The tokens of a response get numbers, and stay at hand while the session is told of them.
    pub(super) fn receive(&mut self, i: usize, (access, refresh): (u32, u32), presented: Option<u32>) -> Granted {
        let expires_at = Some(self.issued[access as usize].expires_at);
        let vault = &mut self.tabs[i].vault;
        let number = vault.refresh.next();
        let granted = Granted {
            access: AccessToken(vault.access.next()),
            refresh: (!self.setup.in_cookies).then_some(RefreshToken(number)),
            expires_at,
            same_text: false,
        };
        vault.response = Some(Response { granted, access, refresh, presented });
        granted
    }

    pub(super) fn forget_response(&mut self, i: usize) {
        self.tabs[i].vault.response = None;
    }

    /// `Effect::WriteRecord`, or `Effect::AssumeRecord`: the record with the texts of its members. That their numbers
    /// are the record's own is a rule.
    pub(super) fn with_members(&mut self, i: usize, record: &Record, members: Members) -> Text {
        let Vault { access, refresh, response, of_end } = self.tabs[i].vault;
        let stood = (access.text, refresh.text);
        let (texts, numbers) = match (members, response) {
            (Members::Kept, _) => (stood, (access.number(), refresh.number())),
            (Members::SignIn | Members::Refreshed, Some(Response { granted, access, refresh, .. })) => {
                let numbers = (Some(granted.access.0), granted.refresh.map(|token| token.0));
                ((Some(access), Some(refresh)), numbers)
            }
            (Members::RefreshToken, Some(Response { granted, refresh, .. })) => {
                let numbers = (access.number(), granted.refresh.map(|token| token.0));
                ((stood.0, Some(refresh)), numbers)
            }
            (Members::SignIn | Members::Refreshed | Members::RefreshToken, None) => {
                self.breaks("a token response is stored while it is told of");
                (stood, (None, None))
            }
            (Members::Nothing | Members::End | Members::Signalled, _) => ((None, None), (None, None)),
        };
        let shown = if self.setup.in_cookies { (numbers.0, None) } else { numbers };
        if shown != tokens_of(record) {
            self.breaks("a record's tokens are those of its members");
        }
        let late = response.is_some_and(|response| response.presented.is_some_and(|token| stood.1 != Some(token)));
        if late && matches!(members, Members::Refreshed | Members::RefreshToken) {
            self.breaks("a late answer never replaces a newer refresh token");
        }
        let of_end = match members {
            Members::End | Members::Signalled => true,
            Members::Kept => of_end,
            Members::SignIn | Members::Refreshed | Members::RefreshToken | Members::Nothing => false,
        };
        let vault = &mut self.tabs[i].vault;
        vault.access.keep(texts.0, numbers.0);
        vault.refresh.keep(texts.1, numbers.1);
        vault.of_end = of_end;
        self.known_text(i, record)
    }

    /// What is known, as its text.
    pub(super) fn known_text(&self, i: usize, record: &Record) -> Text {
        let Vault { access, refresh, of_end, .. } = self.tabs[i].vault;
        let (access, refresh) = (access.text.map(AccessToken), refresh.text.map(RefreshToken));
        Text { record: Record { access, refresh, ..*record }, of_end }
    }
}

/// The numbers of a record's tokens.
pub fn tokens_of(record: &Record) -> (Option<u32>, Option<u32>) {
    (record.access.map(|token| token.0), record.refresh.map(|token| token.0))
}
