//! Where this instance's token may go, and what a 401 from elsewhere is told with.

use super::client::Client;
use crate::browser::options::Scope;
use crate::browser::url::{is_http, resolve};
use crate::protocol::scope::{Target, allows};
use js_sys::{JsString, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/call/reach.js")]
extern "C" {
    /// What is remembered of URLs, by their exact text.
    pub type Reach;
    /// Nothing is remembered yet.
    pub fn reach() -> Reach;
    /// 0 where nothing is remembered of this URL, 1 for no, 2 for yes.
    fn recall(reach: &Reach, url: &JsValue) -> u32;
    /// The same of a call that brings nothing but a URL; 3 of any other.
    #[wasm_bindgen(js_name = recallPlain)]
    fn recall_plain(reach: &Reach, input: &JsValue, init: &JsValue) -> u32;
    /// Remembers a verdict, of a bounded number of URLs.
    fn remember(reach: &Reach, url: &JsValue, verdict: i32);
    /// Warns on the console, once per origin, where the answer is a 401.
    fn watch(reach: &Reach, promise: &Promise, origin: &JsString);
}

impl Client {
    /// Whether the token may be sent there. Verdicts are remembered by the URL's exact text.
    pub fn allowed(&self, url: &JsValue) -> bool {
        self.verdict(recall(&self.reach, url), url)
    }

    /// The same of a call that brings nothing but a URL; `None` of any other.
    pub fn allows_plain(&self, input: &JsValue, init: &JsValue) -> Option<bool> {
        let recalled = recall_plain(&self.reach, input, init);
        (recalled != 3).then(|| self.verdict(recalled, input))
    }

    fn verdict(&self, recalled: u32, url: &JsValue) -> bool {
        if recalled == 0 { self.judged(url) } else { recalled == 2 }
    }

    #[inline(never)]
    fn judged(&self, url: &JsValue) -> bool {
        let Some(parsed) = resolve(url) else { return false };
        if !is_http(&parsed) || self.driver.is_endpoint(&parsed.href()) {
            return false;
        }
        match &self.options.scope {
            Scope::Predicate(predicate) => {
                predicate.call1(&JsValue::UNDEFINED, &parsed).is_ok_and(|verdict| verdict.is_truthy())
            }
            Scope::Rules(rules) => {
                let (origin, path) = (String::from(parsed.origin()), String::from(parsed.pathname()));
                let allowed = allows(rules, &Target { origin: &origin, path: &path, http: true });
                remember(&self.reach, url, if allowed { 2 } else { 1 });
                allowed
            }
        }
    }

    /// Watches a call that goes out without a token: a 401 there may mean that `origins` is too narrow.
    pub fn outside(&self, url: &JsValue, promise: Promise) -> Promise {
        if self.driver.session(|session| session.record().signed_in())
            && let Some(parsed) = resolve(url)
            && !self.driver.is_endpoint(&parsed.href())
        {
            watch(&self.reach, &promise, &parsed.origin());
        }
        promise
    }
}
