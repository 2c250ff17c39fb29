//! `WWW-Authenticate` (RFC 9110 §11.6.1): what a 401 says beside its status (RFC 6750 §3, RFC 9470 §3).
//!
//! One pass, no look-back: several challenges in one header, quoted strings, token68 and unknown schemes are read as
//! the grammar has them, and hostile input costs no more than its length.

/// What was said.
#[derive(Clone, PartialEq, Debug)]
pub enum Challenge {
    /// Nothing that changes what a 401 means.
    Other,
    /// The token is good, and allows too little: a renewal would not help.
    InsufficientScope,
    /// The token is good, and the user is to authenticate again (RFC 9470).
    StepUp {
        /// The authentication contexts asked for; 32 at most.
        acr_values: Vec<String>,
        /// The allowed age of the authentication, in seconds.
        max_age: Option<f64>,
    },
}

const MOST_ACR_VALUES: usize = 32;

/// Where one challenge's parameters are gathered.
#[derive(Default)]
struct Found {
    counts: bool,
    error: String,
    acr_values: String,
    max_age: String,
}

impl Found {
    fn take(&mut self, name: &str, value: String) {
        for (known, place) in
            [("error", &mut self.error), ("acr_values", &mut self.acr_values), ("max_age", &mut self.max_age)]
        {
            // The first of a duplicated parameter counts.
            if name.eq_ignore_ascii_case(known) && place.is_empty() {
                *place = value;
                return;
            }
        }
    }

    fn verdict(&self) -> Challenge {
        match self.error.as_str() {
            "insufficient_scope" if self.counts => Challenge::InsufficientScope,
            "insufficient_user_authentication" if self.counts => {
                Challenge::StepUp { acr_values: words(&self.acr_values), max_age: seconds(&self.max_age) }
            }
            _ => Challenge::Other,
        }
    }
}

/// The words of a list (RFC 9470 §3), as many as are read.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars().chain([' ']) {
        if !c.is_ascii_whitespace() {
            word.push(c);
        } else if !word.is_empty() && words.len() < MOST_ACR_VALUES {
            words.push(std::mem::take(&mut word));
        }
    }
    words
}

fn seconds(text: &str) -> Option<f64> {
    let digits = !text.is_empty() && text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.bytes().fold(0.0, |sum, digit| sum * 10.0 + f64::from(digit - b'0')))
}

/// Reads the header; the first challenge that says something counts.
#[must_use]
pub fn read(www_authenticate: &str) -> Challenge {
    scan(www_authenticate).0
}

/// Whether it names Basic, Negotiate or NTLM and no other scheme: a gateway asks for a sign-in of its own, and has not
/// passed the request on to whoever knows the refresh token.
#[must_use]
pub fn is_of_gateway(www_authenticate: &str) -> bool {
    scan(www_authenticate).1
}

fn scan(www_authenticate: &str) -> (Challenge, bool) {
    let mut chars = www_authenticate.chars().peekable();
    let mut found = Found::default();
    let (mut gateways, mut others, mut after_scheme) = (false, false, false);
    loop {
        while let Some(c) = chars.next_if(|c| matches!(c, ' ' | '\t' | ',')) {
            after_scheme &= c != ',';
        }
        let word = take_until(&mut chars, &[' ', '\t', ',', '=', '"']);
        let spaced = skip_blanks(&mut chars);
        match chars.peek() {
            Some('=') if !word.is_empty() => {
                chars.next();
                skip_blanks(&mut chars);
                // Of token68 this is the padding, of an unquoted URL its query.
                let value = match chars.peek() {
                    Some('"') => quoted(&mut chars),
                    Some(_) | None => take_until(&mut chars, &[' ', '\t', ',', '"']),
                };
                found.take(&word, value);
                after_scheme = false;
            }
            // What the grammar does not have is passed over.
            Some('"') if !spaced => drop(quoted(&mut chars)),
            Some('=') => drop(chars.next()),
            None if word.is_empty() => return (found.verdict(), gateways && !others),
            Some(_) | None => {
                // A scheme: a new challenge begins.
                let verdict = found.verdict();
                if verdict != Challenge::Other {
                    return (verdict, false);
                }
                let is = |scheme| word.eq_ignore_ascii_case(scheme);
                found = Found { counts: is("bearer") || is("dpop"), ..Found::default() };
                if after_scheme {
                    // Or it is token68, which stands right behind its scheme.
                    after_scheme = false;
                } else {
                    let gateway = is("basic") || is("negotiate") || is("ntlm");
                    gateways |= gateway;
                    others |= !gateway;
                    after_scheme = true;
                }
            }
        }
    }
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// Up to one of `ends`: a token of RFC 9110 §5.6.2, or the longer alphabet of token68.
fn take_until(chars: &mut Chars<'_>, ends: &[char]) -> String {
    let mut text = String::new();
    while let Some(c) = chars.next_if(|c| !ends.contains(c)) {
        text.push(c);
    }
    text
}

fn quoted(chars: &mut Chars<'_>) -> String {
    let mut text = String::new();
    chars.next();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => text.extend(chars.next()),
            c => text.push(c),
        }
    }
    text
}

fn skip_blanks(chars: &mut Chars<'_>) -> bool {
    let mut any = false;
    while chars.next_if(|c| matches!(c, ' ' | '\t')).is_some() {
        any = true;
    }
    any
}
