//! Tabs that the browser has duplicated: each has a copy of the record, and one of them owns it.

use super::checks::{CRASH, EXPIRY, LOGOUT, SIGN_IN, TWO, holds};
use super::model::{Budget, NONE};
use super::world::Setup;
use authfetch::protocol::config::Place;

/// A tab, and one that is duplicated from it.
pub const COPIED: Setup = Setup { place: Place::Copied, unopened: 1, ..TWO };
pub const DUPLICATED: Budget = Budget { opened: 1, ..NONE };

#[test]
fn a_duplicated_tab_presents_no_refresh_token_of_the_other() {
    let hide = Budget { hides: 1, ..NONE };
    let slow = Setup { slow_server: true, ..COPIED };
    holds("duplicated", COPIED, DUPLICATED);
    for (name, budget) in
        [("logout", LOGOUT), ("sign-in", SIGN_IN), ("crash", CRASH), ("expiry", EXPIRY), ("hide", hide)]
    {
        holds(&format!("duplicated, {name}"), slow, DUPLICATED.and(budget));
    }
    holds("duplicated, requests", Setup { requests: true, expired: false, ..slow }, DUPLICATED.and(EXPIRY));
}
