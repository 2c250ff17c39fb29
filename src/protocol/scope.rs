//! Where a token may be sent: exact by parsed origin and by path segment, never by the start of a text.

/// A URL, already parsed.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// Its origin; "null" where it is opaque.
    pub origin: &'a str,
    /// Its path.
    pub path: &'a str,
    /// Its scheme is `http` or `https`.
    pub http: bool,
}

/// One entry of `origins`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Rule {
    /// Everything of this origin.
    Origin(String),
    /// What lies at or below this path of it; the path bears no slash at its end.
    Prefix {
        /// The origin.
        origin: String,
        /// The path, without a slash at its end.
        path: String,
    },
}

/// The rule that a parsed entry makes.
#[must_use]
pub fn rule(origin: &str, path: &str) -> Rule {
    let path = path.strip_suffix('/').unwrap_or(path);
    if path.is_empty() {
        Rule::Origin(origin.into())
    } else {
        Rule::Prefix { origin: origin.into(), path: path.into() }
    }
}

/// Whether a token may be sent to `target`. A path that a server could read as a climb out of the prefix does not count
/// as below it.
#[must_use]
pub fn allows(rules: &[Rule], target: &Target<'_>) -> bool {
    target.http
        && target.origin != "null"
        && rules.iter().any(|rule| match rule {
            Rule::Origin(origin) => origin == target.origin,
            Rule::Prefix { origin, path } => {
                origin == target.origin
                    && target.path.strip_prefix(path.as_str()).is_some_and(|rest| {
                        (rest.is_empty() || rest.as_bytes().first() == Some(&b'/')) && !climbs(rest)
                    })
            }
        })
}

/// Encoded slashes, backslashes and dot segments: the URL parser left them, a server may decode them. Servlet
/// containers drop what follows a semicolon in a segment, and `..;` then climbs too.
#[allow(clippy::manual_contains, reason = "`contains` on bytes brings memchr along, 300 bytes of it")]
fn climbs(rest: &str) -> bool {
    let bytes = rest.as_bytes();
    let encoded = bytes.windows(3).any(|code| {
        code.first() == Some(&b'%')
            && matches!(
                (code.get(1), code.get(2).map(u8::to_ascii_lowercase)),
                (Some(b'2'), Some(b'f' | b'e')) | (Some(b'5'), Some(b'c'))
            )
    });
    let dots = |segment: &[u8]| segment.starts_with(b"..;") || segment.starts_with(b"..%");
    encoded || bytes.iter().any(|byte| *byte == b'\\') || bytes.split(|byte| *byte == b'/').any(dots)
}
