//! `WWW-Authenticate` (RFC 9110 §11.6.1): what a 401 says beside its status (RFC 6750 §3, RFC 9470 §3).
//!
//! One pass, no look-back: several challenges in one header, quoted strings, token68 and unknown schemes are read as
//! the grammar has them, and hostile input costs no more than its length.

/// What was said.
#[derive(Clone, PartialEq, Debug)]
pub enum Challenge {
    /// Nothing that changes what a 401 means.
    Other,
    /// The token is good, and allows too little: a refresh would not help.
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
    let (mut rest, mut words) = (Rest { text, at: 0 }, Vec::new());
    loop {
        rest.take(WHITESPACE, true);
        let word = rest.take(WHITESPACE, false);
        if word.is_empty() || words.len() == MOST_ACR_VALUES {
            return words;
        }
        words.push(word.into());
    }
}

const WHITESPACE: &str = " \t\n\r\x0c";

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
    let mut rest = Rest { text: www_authenticate, at: 0 };
    let mut found = Found::default();
    let (mut gateways, mut others, mut after_scheme) = (false, false, false);
    loop {
        after_scheme &= !rest.take(" \t,", true).contains(',');
        let word = rest.take(" \t,=\"", false);
        let spaced = !rest.take(BLANKS, true).is_empty();
        match rest.peek() {
            Some(b'=') if !word.is_empty() => {
                rest.at += 1;
                rest.take(BLANKS, true);
                // Of token68 this is the padding, of an unquoted URL its query.
                let value = match rest.peek() {
                    Some(b'"') => rest.quoted(),
                    Some(_) | None => rest.take(" \t,\"", false).into(),
                };
                found.take(word, value);
                after_scheme = false;
            }
            // What the grammar does not have is passed over.
            Some(b'"') if !spaced => drop(rest.quoted()),
            Some(b'=') => rest.at += 1,
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

const BLANKS: &str = " \t";

/// What is still to be read. It is cut at ASCII alone, which is never within a character.
struct Rest<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Rest<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Takes what is made of these bytes, or of all others: a token of RFC 9110 §5.6.2, the longer alphabet of token68,
    /// blanks.
    #[inline(never)]
    fn take(&mut self, bytes: &str, of_these: bool) -> &'a str {
        let start = self.at;
        while self.peek().is_some_and(|byte| bytes.as_bytes().contains(&byte) == of_these) {
            self.at += 1;
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// What stands between quotes, where each `\` gives way to what follows it.
    fn quoted(&mut self) -> String {
        let mut text = String::new();
        self.at += 1;
        loop {
            text.push_str(self.take("\"\\", false));
            let escapes = self.peek() == Some(b'\\');
            self.at += 1;
            if !escapes {
                return text;
            }
            if let Some(byte @ (b'"' | b'\\')) = self.peek() {
                text.push_str(if byte == b'"' { "\"" } else { "\\" });
                self.at += 1;
            }
        }
    }
}
