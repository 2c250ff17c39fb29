//! What a token endpoint's answer means, row by row: who refuses ends a session, who is merely wrong or busy never
//! does.

use authfetch::protocol::grant::GrantOutcome::{Permanent, Refused, Tokens, Transient};
use authfetch::protocol::grant::{Answer, Body, GrantOutcome, classify};

/// JSON without tokens, with this `error`.
fn error(error: &str) -> Body<'_> {
    Body::Json { error: Some(error), usable: false, sendable: true, object: true }
}

/// JSON without tokens and without an `error` that is a string.
const MUTE: Body<'_> = Body::Json { error: None, usable: false, sendable: true, object: true };
/// JSON that is no object.
const LIST: Body<'_> = Body::Json { error: None, usable: false, sendable: true, object: false };
const GOOD: Body<'_> = Body::Json { error: None, usable: true, sendable: true, object: true };

fn answer(status: u16, body: Body<'_>) -> Answer<'_> {
    Answer { status, opaque_redirect: false, www_authenticate: "", body }
}

fn of(status: u16, body: Body<'_>) -> GrantOutcome {
    classify(&answer(status, body))
}

const REFUSALS: [&str; 6] =
    ["invalid_grant", "interaction_required", "login_required", "consent_required", "access_denied", "bad_token"];
const OF_CLIENT: [&str; 7] = [
    "invalid_client",
    "unauthorized_client",
    "invalid_request",
    "unsupported_grant_type",
    "invalid_scope",
    "use_dpop_nonce",
    "invalid_dpop_proof",
];
const TRANSIENT: [&str; 3] = ["temporarily_unavailable", "server_error", "slow_down"];
/// What frameworks say, and near misses.
const OTHER: [&str; 6] = ["Unauthorized", "Invalid refresh token", "token_not_valid", "unknown", "", "Invalid_Client"];

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
        for status in [200, 302, 402, 404, 405, 407, 409, 410, 422] {
            assert_eq!(of(status, error(name)), Permanent, "{status} {name}");
        }
        for status in [408, 425, 429, 500, 502, 503, 504] {
            assert_eq!(of(status, error(name)), Transient, "{status} {name}");
        }
    }
}

#[test]
fn any_other_401_is_a_refusal_whatever_its_body() {
    for body in [Body::NotJson, MUTE, LIST, GOOD].into_iter().chain(OTHER.map(error)) {
        assert_eq!(of(401, body), Refused, "{body:?}");
    }
}

#[test]
fn a_401_that_says_the_client_or_the_request_is_wrong_keeps_the_session() {
    for name in OF_CLIENT {
        for status in [400, 401, 403] {
            assert_eq!(of(status, error(name)), Permanent, "{status} {name}");
        }
    }
}

#[test]
fn a_401_of_a_gateway_keeps_the_session_unless_a_refusal_is_named() {
    let of = |www_authenticate, body| classify(&Answer { www_authenticate, ..answer(401, body) });
    for header in ["Basic realm=\"staging\"", "Negotiate, NTLM"] {
        for body in [Body::NotJson, MUTE, error("Unauthorized")] {
            assert_eq!(of(header, body), Permanent, "{header} {body:?}");
        }
        assert_eq!(of(header, error("invalid_grant")), Refused, "{header}");
    }
    for header in ["Bearer", "Basic realm=\"a\", Bearer realm=\"b\"", "Digest realm=\"a\"", ""] {
        assert_eq!(of(header, MUTE), Refused, "{header}");
    }
    // The header means nothing at another status.
    let retry_after_set = Answer { www_authenticate: "Basic realm=\"staging\"", ..answer(403, Body::NotJson) };
    assert_eq!(classify(&retry_after_set), Transient);
}

#[test]
fn a_busy_or_broken_server_is_a_transient_failure_whatever_its_page_says() {
    for status in [408, 425, 429, 500, 501, 502, 503, 504, 520, 599] {
        for body in [Body::NotJson, MUTE, LIST, GOOD, error("invalid_client")] {
            assert_eq!(of(status, body), Transient, "{status} {body:?}");
        }
    }
}

#[test]
fn a_transient_error_is_believed_at_any_status() {
    for name in TRANSIENT {
        for status in [200, 400, 401, 403, 404, 407, 418, 429, 500] {
            assert_eq!(of(status, error(name)), Transient, "{status} {name}");
        }
    }
}

#[test]
fn a_firewall_s_page_is_a_transient_failure() {
    assert_eq!(of(403, Body::NotJson), Transient);
}

#[test]
fn a_403_and_a_400_that_name_no_known_error_keep_the_session() {
    for status in [400, 403] {
        for body in [MUTE, LIST, GOOD].into_iter().chain(OTHER.map(error)) {
            assert_eq!(of(status, body), Permanent, "{status} {body:?}");
        }
    }
    assert_eq!(of(400, Body::NotJson), Permanent);
}

#[test]
fn success_without_a_usable_token_is_never_tried_again() {
    for body in [Body::NotJson, MUTE, LIST, error("invalid_grant"), error("unknown")] {
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
fn good_tokens_beside_an_error_are_not_taken() {
    let both = Body::Json { error: Some("invalid_scope"), usable: true, sendable: true, object: true };
    assert_eq!(of(200, both), Permanent);
}

#[test]
fn a_token_type_that_cannot_be_sent_and_a_list_are_permanent_failures() {
    let dpop = Body::Json { error: None, usable: true, sendable: false, object: true };
    let list = Body::Json { error: None, usable: true, sendable: true, object: false };
    assert_eq!(of(200, dpop), Permanent);
    assert_eq!(of(200, list), Permanent);
}

#[test]
fn any_other_4xx_is_a_permanent_failure() {
    for status in [402, 404, 405, 406, 407, 409, 410, 411, 413, 415, 422, 451] {
        for body in [Body::NotJson, MUTE, error("Unauthorized")] {
            assert_eq!(of(status, body), Permanent, "{status} {body:?}");
        }
    }
}

#[test]
fn a_redirect_of_the_token_request_is_a_permanent_failure() {
    for (status, opaque_redirect) in [(0, true), (0, false), (200, true), (307, true), (401, true)] {
        let answer = Answer { opaque_redirect, ..answer(status, Body::NotJson) };
        assert_eq!(classify(&answer), Permanent, "{answer:?}");
    }
}

fn bodies() -> impl Iterator<Item = Body<'static>> {
    let errors = REFUSALS.into_iter().chain(OF_CLIENT).chain(TRANSIENT).chain(OTHER);
    [Body::NotJson, MUTE, LIST, GOOD].into_iter().chain(errors.map(error))
}

#[test]
fn only_what_the_table_names_ends_a_session() {
    for status in 0..=999 {
        for body in bodies() {
            let name = if let Body::Json { error: Some(name), .. } = body { name } else { "" };
            let named = REFUSALS.contains(&name) && [400, 401, 403].contains(&status);
            let kept = OF_CLIENT.contains(&name) || TRANSIENT.contains(&name);
            let ends = named || (status == 401 && !kept);
            assert_eq!(of(status, body) == Refused, ends, "{status} {body:?}");
        }
    }
}

#[test]
fn is_refused_is_asked_of_a_4xx_that_is_not_transient_and_not_a_proxy_s() {
    for status in 0..=999 {
        for body in bodies() {
            let name = if let Body::Json { error: Some(name), .. } = body { name } else { "" };
            let asked =
                (400..500).contains(&status) && ![407, 408, 425, 429].contains(&status) && !TRANSIENT.contains(&name);
            assert_eq!(answer(status, body).may_be_refused(), asked, "{status} {body:?}");
        }
    }
}

#[test]
fn yes_of_is_refused_ends_the_session_and_no_keeps_it() {
    for outcome in [Refused, Transient, Permanent] {
        assert_eq!(outcome.overruled(true), Refused, "{outcome:?}");
    }
    assert_eq!(Refused.overruled(false), Permanent, "the answer is what it is: to send it again would change nothing");
    assert_eq!(Transient.overruled(false), Transient);
    assert_eq!(Permanent.overruled(false), Permanent);
}

#[test]
fn where_the_session_is_in_cookies_any_2xx_is_a_refresh() {
    for status in [200, 201, 204, 299] {
        assert_eq!(of(status, Body::InCookies), Tokens, "{status}");
    }
    assert_eq!(of(503, Body::InCookies), Transient);
    assert_eq!(of(302, Body::InCookies), Permanent);
}

#[test]
fn a_refusal_of_a_value_against_request_forgery_is_none_of_the_session() {
    for status in [400, 401, 403, 419, 422] {
        let answer = answer(status, Body::CsrfFailure);
        assert_eq!((classify(&answer), answer.may_be_refused()), (Permanent, false), "{status}");
    }
}
