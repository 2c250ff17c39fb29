//! What a token endpoint's answer means, row by row: only a clear refusal ends a session.

use authfetch::protocol::grant::GrantOutcome::{Permanent, Transient, Refused, Tokens};
use authfetch::protocol::grant::{Answer, Body, GrantOutcome, classify};

/// JSON without tokens, with this `error`.
fn error(error: &str) -> Body<'_> {
    Body::Json { error: Some(error), error_is_other_type: false, usable: false, sendable: true, object: true }
}

/// JSON without tokens and without an `error`.
const MUTE: Body<'_> = Body::Json { error: None, error_is_other_type: false, usable: false, sendable: true, object: true };
/// JSON with an `error` that is no string.
const ODD: Body<'_> = Body::Json { error: None, error_is_other_type: true, usable: false, sendable: true, object: true };
const GOOD: Body<'_> = Body::Json { error: None, error_is_other_type: false, usable: true, sendable: true, object: true };

fn of(status: u16, body: Body<'_>) -> GrantOutcome {
    classify(&Answer { status, opaque_redirect: false, lenient: false, body })
}

fn of_hand_made(status: u16, body: Body<'_>) -> GrantOutcome {
    classify(&Answer { status, opaque_redirect: false, lenient: true, body })
}

const REFUSALS: [&str; 6] =
    ["invalid_grant", "interaction_required", "login_required", "consent_required", "access_denied", "bad_token"];

#[test]
fn a_named_refusal_with_400_401_or_403_is_one() {
    for name in REFUSALS {
        for status in [400, 401, 403] {
            assert_eq!(of(status, error(name)), Refused, "{status} {name}");
        }
    }
}

#[test]
fn a_named_refusal_with_any_other_status_is_none() {
    for name in REFUSALS {
        for status in [200, 302, 402, 404, 405, 409, 410, 422] {
            assert_eq!(of(status, error(name)), Permanent, "{status} {name}");
        }
        for status in [408, 425, 429, 500, 502, 503, 504] {
            assert_eq!(of(status, error(name)), Transient, "{status} {name}");
        }
    }
}

#[test]
fn a_401_with_invalid_request_is_a_refusal_and_a_400_with_it_is_not() {
    assert_eq!(of(401, error("invalid_request")), Refused);
    assert_eq!(of(400, error("invalid_request")), Permanent);
    assert_eq!(of(403, error("invalid_request")), Permanent);
}

#[test]
fn a_bare_401_is_a_refusal_of_a_hand_made_back_end_only() {
    for body in [MUTE, ODD, Body::Empty] {
        assert_eq!(of_hand_made(401, body), Refused, "{body:?}");
        assert_ne!(of(401, body), Refused, "{body:?}");
        for status in [400, 403, 404] {
            assert_ne!(of_hand_made(status, body), Refused, "{status} {body:?}");
        }
    }
    assert_eq!(of_hand_made(401, Body::NotJson), Transient);
    assert_eq!(of_hand_made(401, error("unknown")), Permanent);
}

#[test]
fn a_busy_or_broken_server_is_a_transient_failure_whatever_its_page_says() {
    for status in [408, 425, 429, 500, 501, 502, 503, 504, 520, 599] {
        for body in [Body::Empty, Body::NotJson, MUTE, ODD, GOOD, error("invalid_client")] {
            assert_eq!(of(status, body), Transient, "{status} {body:?}");
        }
    }
}

#[test]
fn a_transient_error_is_believed_at_any_status() {
    for name in ["temporarily_unavailable", "server_error", "slow_down"] {
        for status in [200, 400, 401, 403, 404, 418, 429, 500] {
            assert_eq!(of(status, error(name)), Transient, "{status} {name}");
            assert_eq!(of_hand_made(status, error(name)), Transient, "{status} {name}");
        }
    }
}

#[test]
fn a_firewall_s_page_is_a_transient_failure() {
    for status in [401, 403] {
        assert_eq!(of(status, Body::NotJson), Transient);
    }
}

#[test]
fn a_403_that_names_no_error_keeps_the_session() {
    assert_eq!(of(403, MUTE), Permanent);
    assert_eq!(of_hand_made(403, MUTE), Permanent);
}

#[test]
fn success_without_a_usable_token_is_never_tried_again() {
    for body in [Body::Empty, Body::NotJson, MUTE, ODD, error("invalid_grant"), error("unknown")] {
        for status in [200, 201, 204] {
            assert_eq!(of(status, body), Permanent, "{status} {body:?}");
        }
    }
}

#[test]
fn tokens_are_taken_from_a_2xx_only() {
    assert_eq!(of(200, GOOD), Tokens);
    assert_eq!(of(201, GOOD), Tokens);
    for status in [101, 302, 400, 401, 403, 404] {
        assert_ne!(of(status, GOOD), Tokens, "{status}");
    }
}

#[test]
fn an_error_member_that_is_no_text_does_not_spoil_good_tokens() {
    let null = Body::Json { error: None, error_is_other_type: true, usable: true, sendable: true, object: true };
    assert_eq!(of(200, null), Tokens);
}

#[test]
fn good_tokens_beside_an_error_are_not_taken() {
    let both = Body::Json { error: Some("invalid_scope"), error_is_other_type: false, usable: true, sendable: true, object: true };
    assert_eq!(of(200, both), Permanent);
}

#[test]
fn a_token_type_that_cannot_be_sent_and_a_list_are_permanent_failures() {
    let dpop = Body::Json { error: None, error_is_other_type: false, usable: true, sendable: false, object: true };
    let list = Body::Json { error: None, error_is_other_type: false, usable: true, sendable: true, object: false };
    assert_eq!(of(200, dpop), Permanent);
    assert_eq!(of(200, list), Permanent);
}

#[test]
fn any_other_error_and_any_other_4xx_is_a_permanent_failure() {
    for name in ["invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "", "Invalid_Grant"] {
        for status in [400, 401, 403] {
            assert_eq!(of(status, error(name)), Permanent, "{status} {name}");
        }
    }
    for status in [402, 404, 405, 406, 409, 410, 411, 413, 415, 422, 451] {
        for body in [Body::Empty, Body::NotJson, MUTE] {
            assert_eq!(of(status, body), Permanent, "{status} {body:?}");
        }
    }
    assert_eq!(of(400, Body::NotJson), Permanent);
    assert_eq!(of(400, Body::Empty), Permanent);
}

#[test]
fn a_redirect_of_the_token_request_is_a_permanent_failure() {
    for (status, opaque_redirect) in [(0, true), (0, false), (200, true), (307, true)] {
        let answer = Answer { status, opaque_redirect, lenient: true, body: Body::Empty };
        assert_eq!(classify(&answer), Permanent, "{answer:?}");
    }
}

#[test]
fn only_what_the_table_names_ends_a_session() {
    let bodies = [Body::Empty, Body::NotJson, MUTE, ODD, GOOD, error("invalid_request"), error("invalid_client"), error("x")];
    let mut refusals = Vec::new();
    for status in 0..=999 {
        for lenient in [false, true] {
            for body in bodies {
                if classify(&Answer { status, opaque_redirect: false, lenient, body }) == Refused {
                    refusals.push((status, lenient));
                }
            }
        }
    }
    assert!(refusals.iter().all(|(status, _)| *status == 401), "{refusals:?}");
    assert_eq!(refusals.iter().filter(|(_, lenient)| !lenient).count(), 1, "invalid_request alone, for a standard endpoint");
}
