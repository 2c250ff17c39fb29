//! Where this instance's token may go, and what a 401 from elsewhere is told with.

use super::client::Client;
use crate::browser::js::keys::Key;
use crate::browser::js::{Lent, NONE, Val};
use crate::browser::options::Scope;
use crate::browser::parser::is_http;
use crate::protocol::scope::{Target, allows};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/ops.js")]
extern "C" {
    /// 0 where nothing is remembered of this URL, 1 for no, 2 for yes.
    fn recall(known: Lent, url: Lent) -> u32;
    /// Remembers a verdict, of a bounded number of URLs.
    fn remember(known: Lent, url: Lent, verdict: i32);
    /// Warns on the console, once per origin, where the answer is a 401.
    fn watch(promise: Lent, warned: Lent, origin: Lent);
}

impl Client {
    /// Whether the token may be sent there. Verdicts are remembered by the URL's exact text.
    pub fn allowed(&self, url: &Val) -> bool {
        match recall(self.known_urls.lend(), url.lend()) {
            0 => self.judged(url),
            known => known == 2,
        }
    }

    #[inline(never)]
    fn judged(&self, url: &Val) -> bool {
        let parsed = url.url();
        if !is_http(&parsed) || self.driver.is_endpoint(&parsed.get(Key::Href)) {
            return false;
        }
        match &self.options.scope {
            Scope::Predicate(predicate) => predicate.call(&parsed, &NONE).is_ok_and(|verdict| verdict.truthy()),
            Scope::Rules(rules) => {
                let (origin, path) = (parsed.get(Key::Origin).as_text(), parsed.get(Key::Pathname).as_text());
                let allowed = allows(rules, &Target { origin: &origin, path: &path, http: true });
                remember(self.known_urls.lend(), url.lend(), if allowed { 2 } else { 1 });
                allowed
            }
        }
    }

    /// Watches a call that goes out without a token: a 401 there may mean that `origins` is too narrow.
    pub fn outside(&self, url: &Val, promise: Val) -> Val {
        let parsed = url.url();
        if self.driver.session(|session| session.record().signed_in())
            && !self.driver.is_endpoint(&parsed.get(Key::Href))
        {
            watch(promise.lend(), self.warned.lend(), parsed.get(Key::Origin).lend());
        }
        promise
    }
}
