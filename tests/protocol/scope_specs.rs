//! Where a token may be sent: by parsed origin and whole path segments.

use authfetch::protocol::scope::{Rule, Target, allows, rule};
use proptest::prelude::*;

const API: &str = "https://api.example.com";

fn to<'a>(origin: &'a str, path: &'a str) -> Target<'a> {
    Target { origin, path, http: true }
}

#[test]
fn an_origin_allows_all_of_itself_and_nothing_else() {
    let rules = [rule(API, "/")];
    assert_eq!(rules[0], Rule::Origin(API.into()));
    assert!(allows(&rules, &to(API, "/")));
    assert!(allows(&rules, &to(API, "/anything/%2e%2e/below")));
    for evil in [
        "https://api.example.com.evil.example",
        "https://api.example.co",
        "https://evil.example",
        "http://api.example.com",
        "https://api.example.com:8443",
        "https://xapi.example.com",
        "https://example.com",
        "HTTPS://API.EXAMPLE.COM",
        "null",
        "",
    ] {
        assert!(!allows(&rules, &to(evil, "/")), "{evil}");
    }
}

#[test]
fn a_prefix_allows_its_own_path_and_what_lies_below_it() {
    for rules in [[rule(API, "/v1/")], [rule(API, "/v1")]] {
        for path in ["/v1", "/v1/", "/v1/users", "/v1/users/7"] {
            assert!(allows(&rules, &to(API, path)), "{path}");
        }
        for path in ["/", "/v", "/v10", "/v1x/users", "/v2/users", "/V1/users", "/x/v1/", ""] {
            assert!(!allows(&rules, &to(API, path)), "{path}");
        }
        assert!(!allows(&rules, &to("https://evil.example", "/v1/users")));
    }
}

#[test]
fn a_path_that_a_server_could_read_as_a_climb_is_not_below_a_prefix() {
    let rules = [rule(API, "/v1/")];
    for path in [
        "/v1/..%2fadmin",
        "/v1/..%2Fadmin",
        "/v1/%2e%2e/admin",
        "/v1/%2E./admin",
        "/v1/..%5cadmin",
        "/v1/..%5Cadmin",
        "/v1/..\\admin",
        "/v1%2f..",
        "/v1/..;/admin",
        "/v1/..;x=1/admin",
        "/v1/..%3b/admin",
    ] {
        assert!(!allows(&rules, &to(API, path)), "{path}");
    }
    assert!(allows(&rules, &to(API, "/v1/caf%C3%A9%20au%20lait")));
    assert!(allows(&rules, &to(API, "/v1/x..;y/z;a=b/..z")));
}

#[test]
fn an_opaque_origin_and_another_scheme_never_match() {
    let rules = [rule("null", "/"), rule(API, "/")];
    assert!(!allows(&rules, &to("null", "/")));
    assert!(!allows(&rules, &Target { http: false, ..to(API, "/") }));
}

#[test]
fn without_rules_nothing_is_allowed() {
    assert!(!allows(&[], &to(API, "/")));
}

#[test]
fn any_of_several_rules_is_enough() {
    let rules = [rule("https://a.example", "/"), rule(API, "/v1/")];
    assert!(allows(&rules, &to("https://a.example", "/x")));
    assert!(allows(&rules, &to(API, "/v1/x")));
    assert!(!allows(&rules, &to(API, "/x")));
}

proptest! {
    #[test]
    fn no_other_origin_is_ever_allowed(origin in ".*", path in ".*") {
        prop_assume!(origin != API);
        prop_assert!(!allows(&[rule(API, "/"), rule(API, "/v1/")], &to(&origin, &path)));
    }

    #[test]
    fn what_a_prefix_allows_starts_with_its_segment(path in "(/v1)?[/%.a-f0-9\\\\]*") {
        if allows(&[rule(API, "/v1/")], &to(API, &path)) {
            prop_assert!(path == "/v1" || path.starts_with("/v1/"));
            prop_assert!(!path.to_ascii_lowercase().contains("%2f") && !path.contains('\\'));
        }
    }
}
