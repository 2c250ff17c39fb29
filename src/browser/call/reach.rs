//! Where this instance's token may go, and what a 401 from elsewhere is told with.

use super::client::Client;
use super::hash;
use super::outgoing::found;
use crate::browser::options::Scope;
use crate::browser::parser::is_own_origin;
use crate::browser::url::{is_http, resolve};
use crate::protocol::decisions::Resource;
use crate::protocol::scope::{Target, allows};
use js_sys::{JsString, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/call/reach.js")]
extern "C" {
    /// What is remembered of URLs, by their exact text.
    pub type Reach;
    /// Nothing is remembered yet. The session is in cookies, or a token is sent.
    pub fn reach(in_cookies: i32) -> Reach;
    /// 0 where nothing is remembered of this URL, 1 for no, the number of its resource for yes.
    fn recall(reach: &Reach, url: &JsValue) -> f64;
    /// The same of a call that brings nothing but a URL; 3 of any other.
    #[wasm_bindgen(js_name = recallPlain)]
    fn recall_plain(reach: &Reach, input: &JsValue, init: &JsValue) -> f64;
    /// Remembers a verdict, of a bounded number of URLs.
    fn remember(reach: &Reach, url: &JsValue, verdict: f64);
    /// Warns on the console, once per origin, where the answer is a 401.
    fn watch(reach: &Reach, promise: &Promise, origin: &JsString);
}

/// Of a call that brings more than a URL.
const OTHER: u64 = 3;

/// Of a session in cookies: the resource is of another origin than the page.
const CROSSES: u64 = 1 << 51;

/// Whether a session's cookies go there only where it is asked for.
pub const fn crosses(resource: Resource) -> bool {
    resource.0 & CROSSES != 0
}

/// Above all verdicts, and within what a number of JavaScript holds exactly.
fn resource(origin: &str, path: &str) -> Resource {
    let (of_origin, of_path) = (hash(origin), hash(&(origin.to_owned() + path)));
    Resource(1 << 52 | (of_origin & 0x7_ffff) << 32 | of_path & 0xffff_ffff)
}

impl Client {
    /// What this URL names, where the token may be sent there. Verdicts are remembered by the URL's exact text.
    pub fn allowed(&self, url: &JsValue) -> Option<Resource> {
        self.verdict(recall(&self.reach, url) as u64, url)
    }

    /// The same of a call that brings nothing but a URL; `None` of any other.
    pub fn allows_plain(&self, input: &JsValue, init: &JsValue) -> Option<Option<Resource>> {
        let recalled = recall_plain(&self.reach, input, init) as u64;
        (recalled != OTHER).then(|| self.verdict(recalled, input))
    }

    fn verdict(&self, recalled: u64, url: &JsValue) -> Option<Resource> {
        match recalled {
            found::UNKNOWN => self.judged(url),
            found::OUTSIDE => None,
            resource => Some(Resource(resource)),
        }
    }

    #[inline(never)]
    fn judged(&self, url: &JsValue) -> Option<Resource> {
        let parsed = resolve(url)?;
        if !is_http(&parsed) || self.driver.is_endpoint(&parsed.href()) {
            return None;
        }
        let (origin, path) = (String::from(parsed.origin()), String::from(parsed.pathname()));
        let mut resource = resource(&origin, &path);
        if self.options.policy.by_cookie() && !is_own_origin(&parsed.origin()) {
            resource.0 |= CROSSES;
        }
        let allowed = match &self.options.scope {
            Scope::Predicate(predicate) => {
                predicate.call1(&JsValue::UNDEFINED, &parsed).is_ok_and(|verdict| verdict.is_truthy())
            }
            Scope::Rules(rules) => {
                let allowed = allows(rules, &Target { origin: &origin, path: &path, http: true });
                remember(&self.reach, url, if allowed { resource.0 } else { found::OUTSIDE } as f64);
                allowed
            }
        };
        allowed.then_some(resource)
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
