//! `WWW-Authenticate` as servers write it, and as nobody should.

use authfetch::protocol::challenge::Challenge::{InsufficientScope, Other, StepUp};
use authfetch::protocol::challenge::{Challenge, is_of_gateway, read};
use proptest::prelude::*;

fn step_up(acr: &[&str], max_age: Option<f64>) -> Challenge {
    StepUp { acr_values: acr.iter().map(|value| String::from(*value)).collect(), max_age }
}

#[test]
fn an_invalid_token_and_a_bare_challenge_are_ordinary() {
    for header in [
        "",
        "Bearer",
        "Bearer realm=\"api\"",
        "Bearer error=\"invalid_token\"",
        "Bearer realm=\"api\", error=\"invalid_token\", error_description=\"The token has expired\"",
    ] {
        assert_eq!(read(header), Other, "{header}");
    }
}

#[test]
fn insufficient_scope_is_found_wherever_its_parameter_stands() {
    for header in [
        "Bearer error=\"insufficient_scope\"",
        "Bearer error=insufficient_scope",
        "bearer ERROR=\"insufficient_scope\"",
        "Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"read write\"",
        "Bearer realm=\"api\",error=\"insufficient_scope\"",
        "Bearer scope=\"read\" , \t error = \"insufficient_scope\"",
        "Bearer ,,, error=\"insufficient_scope\" ,",
        "DPoP algs=\"ES256\", error=\"insufficient_scope\"",
        "Bearer realm=\"api\" error=\"insufficient_scope\"",
    ] {
        assert_eq!(read(header), InsufficientScope, "{header}");
    }
}

#[test]
fn a_step_up_names_what_it_asks_for() {
    let header = "Bearer error=\"insufficient_user_authentication\", error_description=\"A stronger one\", \
                  acr_values=\"urn:mfa  gold\", max_age=\"300\"";
    assert_eq!(read(header), step_up(&["urn:mfa", "gold"], Some(300.0)));
    assert_eq!(read("Bearer error=\"insufficient_user_authentication\", max_age=5"), step_up(&[], Some(5.0)));
    assert_eq!(read("Bearer error=\"insufficient_user_authentication\""), step_up(&[], None));
}

#[test]
fn a_max_age_that_is_no_number_of_seconds_is_none() {
    for max_age in ["-1", "1.5", "abc", "", "9999999999999", "1e3", "\u{0663}"] {
        let header = format!("Bearer error=\"insufficient_user_authentication\", max_age=\"{max_age}\"");
        assert_eq!(read(&header), step_up(&[], None), "{max_age}");
    }
}

#[test]
fn more_contexts_than_anybody_names_are_left_out() {
    let header = format!("Bearer error=\"insufficient_user_authentication\", acr_values=\"{}\"", "a ".repeat(1_000));
    let StepUp { acr_values, .. } = read(&header) else { panic!("no step-up") };
    assert_eq!(acr_values.len(), 32);
}

#[test]
fn several_challenges_in_one_header_are_told_apart() {
    assert_eq!(read("Basic realm=\"x\", Bearer error=\"insufficient_scope\""), InsufficientScope);
    assert_eq!(read("Bearer error=\"insufficient_scope\", Basic realm=\"x\""), InsufficientScope);
    assert_eq!(read("Negotiate, NTLM, Bearer error=\"insufficient_scope\""), InsufficientScope);
    assert_eq!(read("Negotiate YWJj+/-._~==, Bearer error=\"insufficient_scope\""), InsufficientScope);
    assert_eq!(read("Bearer realm=\"a\", Bearer error=\"insufficient_scope\""), InsufficientScope);
    assert_eq!(read("Bearer error=\"invalid_token\", Bearer error=\"insufficient_scope\""), InsufficientScope);
    let both = "Bearer error=\"insufficient_user_authentication\", acr_values=\"a\", DPoP error=\"insufficient_scope\"";
    assert_eq!(read(both), step_up(&["a"], None));
}

#[test]
fn another_scheme_s_error_is_not_ours() {
    for header in [
        "Basic error=\"insufficient_scope\"",
        "Digest realm=\"x\", error=\"insufficient_scope\"",
        "X-Bearer error=\"insufficient_scope\"",
        "Bearer, Basic error=\"insufficient_scope\"",
        "error=\"insufficient_scope\"",
        "Negotiate error==, x=\"insufficient_scope\"",
    ] {
        assert_eq!(read(header), Other, "{header}");
    }
}

#[test]
fn what_stands_in_a_quoted_string_is_text() {
    for header in [
        "Basic realm=\"Bearer error=insufficient_scope\"",
        "Bearer realm=\", error=insufficient_scope\"",
        "Bearer realm=\"a\\\", error=\\\"insufficient_scope\\\"\"",
        "Bearer realm=\"never closed, error=insufficient_scope",
        "Bearer error_description=\"not, Bearer error=insufficient_scope\", error=\"invalid_token\"",
    ] {
        assert_eq!(read(header), Other, "{header}");
    }
    let after = "Bearer realm=\"a, \\\"b\\\" = c\\\\\", error=\"insufficient_scope\"";
    assert_eq!(read(after), InsufficientScope);
    assert_eq!(read("Bearer error=\"insufficient\\_scope\""), InsufficientScope);
}

#[test]
fn the_first_of_a_doubled_parameter_counts() {
    assert_eq!(read("Bearer error=\"invalid_token\", error=\"insufficient_scope\""), Other);
    assert_eq!(read("Bearer error=\"insufficient_scope\", error=\"invalid_token\""), InsufficientScope);
}

#[test]
fn errors_are_told_apart_by_their_exact_name() {
    for error in ["Insufficient_Scope", "insufficient_scope ", "insufficient_scopes", "insufficient-scope"] {
        assert_eq!(read(&format!("Bearer error=\"{error}\"")), Other, "{error}");
    }
}

#[test]
fn a_hostile_header_costs_no_more_than_its_length() {
    let pieces = ["\"", "\\", "=", ",", " ", "Bearer ", "a=\"", "\\\"", "Bearer error=", "==,", "Bearer error=\"x\", "];
    for piece in pieces {
        let header = piece.repeat(2_000_000 / piece.len());
        assert_eq!(read(&header), Other, "{piece}");
    }
}

fn token() -> impl Strategy<Value = String> {
    "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,12}"
}

/// A parameter, written as a server may write it.
fn parameter() -> impl Strategy<Value = String> {
    let quoted = "[ -~]{0,20}".prop_map(|text| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")));
    (token(), "[ \t]{0,2}", "[ \t]{0,2}", prop_oneof![token(), quoted])
        .prop_filter("not one of those that are looked for", |(name, ..)| {
            !["error", "acr_values", "max_age"].iter().any(|known| name.eq_ignore_ascii_case(known))
        })
        .prop_map(|(name, before, after, value)| format!("{name}{before}={after}{value}"))
}

/// A challenge of a scheme that does not count.
fn foreign() -> impl Strategy<Value = String> {
    let scheme = token().prop_filter("a foreign scheme", |scheme| {
        !scheme.eq_ignore_ascii_case("bearer") && !scheme.eq_ignore_ascii_case("dpop")
    });
    let content = prop_oneof![
        Just(String::new()),
        "[A-Za-z0-9._~+/-]{1,20}={0,2}".prop_map(|token68| format!(" {token68}")),
        proptest::collection::vec(parameter(), 1..4).prop_map(|parameters| format!(" {}", parameters.join(", "))),
    ];
    (scheme, content).prop_map(|(scheme, content)| scheme + &content)
}

/// What a server may mean by a challenge of ours, as it stands before it is written down.
#[derive(Clone, Debug)]
struct Meant {
    error: &'static str,
    acr: Vec<String>,
    max_age: Option<u32>,
    /// Parameters that say nothing to us, written down.
    others: Vec<String>,
    /// Where ours stand among them; how values are quoted; letters in upper case.
    at: usize,
    escape: bool,
    shout: bool,
}

fn meant() -> impl Strategy<Value = Meant> {
    const ERRORS: &[&str] = &["insufficient_scope", "insufficient_user_authentication", "invalid_token"];
    let acr = proptest::collection::vec("[!#-\\[\\]-~]{1,12}", 0..4);
    let others = proptest::collection::vec(parameter(), 0..3);
    (proptest::sample::select(ERRORS), acr, any::<Option<u32>>(), others, any::<[bool; 2]>(), 0..4_usize).prop_map(
        |(error, acr, max_age, others, [escape, shout], at)| Meant { error, acr, max_age, others, at, escape, shout },
    )
}

impl Meant {
    fn quoted(&self, text: &str) -> String {
        let escaped: String =
            text.chars().flat_map(|c| ['\\', c].into_iter().skip(usize::from(!self.escape))).collect();
        format!("\"{escaped}\"")
    }

    fn written(&self, scheme: &str) -> String {
        let mut ours = vec![("error", self.quoted(self.error)), ("acr_values", self.quoted(&self.acr.join(" ")))];
        ours.extend(self.max_age.map(|seconds| {
            ("max_age", if self.escape { self.quoted(&seconds.to_string()) } else { seconds.to_string() })
        }));
        let mut parameters = self.others.clone();
        for (name, value) in ours {
            let name = if self.shout { name.to_ascii_uppercase() } else { name.to_owned() };
            parameters.insert(self.at.min(parameters.len()), format!("{name}={value}"));
        }
        format!("{scheme} {}", parameters.join(", "))
    }

    fn means(&self) -> Challenge {
        match self.error {
            "insufficient_scope" => InsufficientScope,
            "insufficient_user_authentication" => {
                StepUp { acr_values: self.acr.clone(), max_age: self.max_age.map(f64::from) }
            }
            _ => Other,
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_down_is_read_as_it_was_meant(
        all in proptest::collection::vec((meant(), proptest::sample::select(&["Bearer", "bEARER", "DPoP"][..])), 1..4),
        around in proptest::collection::vec(foreign(), 0..3),
    ) {
        let ours = all.iter().map(|(one, scheme)| one.written(scheme));
        let header = around.into_iter().chain(ours).collect::<Vec<_>>().join(", ");
        // The first that says something counts.
        let wanted = all.iter().map(|(one, _)| one.means()).find(|means| *means != Other).unwrap_or(Other);
        prop_assert_eq!(read(&header), wanted, "{}", header);
    }

    #[test]
    fn no_header_makes_it_panic(header in "\\PC*") {
        let _ = read(&header);
    }

    #[test]
    fn no_mix_of_the_grammar_s_own_pieces_makes_it_panic(
        pieces in proptest::collection::vec(prop_oneof![
            Just("Bearer"), Just("DPoP"), Just("error"), Just("acr_values"), Just("max_age"), Just("="), Just("\""), Just("\\"),
            Just(","), Just(" "), Just("\t"), Just("insufficient_scope"), Just("insufficient_user_authentication"), Just("é"),
        ], 0..40),
    ) {
        let _ = (read(&pieces.concat()), is_of_gateway(&pieces.concat()));
    }

    #[test]
    fn whatever_other_challenges_stand_around_it_ours_is_found(
        before in proptest::collection::vec(foreign(), 0..4),
        own in proptest::collection::vec(parameter(), 0..4),
        after in proptest::collection::vec(foreign(), 0..4),
        at in any::<prop::sample::Index>(),
        comma in "[ \t]{0,2},[ \t]{0,2}",
    ) {
        let mut own = own;
        own.insert(at.index(own.len() + 1), "error=\"insufficient_scope\"".into());
        let ours = format!("Bearer {}", own.join(&comma));
        let header = before.into_iter().chain([ours]).chain(after).collect::<Vec<_>>().join(&comma);
        prop_assert_eq!(read(&header), InsufficientScope, "{}", header);
    }

    #[test]
    fn other_challenges_alone_say_nothing(all in proptest::collection::vec(foreign(), 0..6)) {
        prop_assert_eq!(read(&all.join(", ")), Other);
    }
}

#[test]
fn a_gateway_names_basic_negotiate_or_ntlm_and_nothing_else() {
    for header in [
        "Basic",
        "basic realm=\"staging\"",
        "Basic realm=\"staging, Bearer\", charset=\"UTF-8\"",
        "Basic realm=unquoted",
        "Negotiate",
        "NTLM",
        "Negotiate, NTLM, Basic realm=\"corp\"",
        "Negotiate oYG2MIGzoAMKAQGhCwYJKoZIgvcSAQICooGeBIGb",
        "Negotiate oYG2MIGz==, Basic realm=\"corp\"",
        ", ,Basic realm=\"a\" ,",
    ] {
        assert!(is_of_gateway(header), "{header}");
    }
    for header in [
        "",
        ",",
        "Bearer",
        "Bearer error=\"invalid_token\"",
        "Basic realm=\"a\", Bearer",
        "Bearer realm=\"a\", Basic realm=\"b\"",
        "Negotiate oYG2MIGz, Bearer",
        "Basic realm=\"a\" Bearer realm=\"b\"",
        "JWT realm=\"api\"",
        "Digest realm=\"a\", nonce=\"b\"",
        "BasicAuth",
        "realm=\"Basic\"",
        "\"Basic\"",
    ] {
        assert!(!is_of_gateway(header), "{header}");
    }
}
