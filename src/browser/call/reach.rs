//! Where this instance's token may go, and what a 401 from elsewhere is told with.

use super::client::Client;
use super::hash;
use super::instance::Instance;
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
    /// 0 where nothing is remembered of this URL, 1 for no, the number of its resource for yes.
    fn recall(instance: &Instance, url: &JsValue) -> f64;
    /// Remembers a verdict, of a bounded number of URLs.
    fn remember(instance: &Instance, url: &JsValue, verdict: f64);
    /// Warns on the console, once per origin, where the answer is a 401.
    fn watch(instance: &Instance, promise: &Promise, origin: &JsString);
}

/// Of a session in cookies: the resource is of another origin than the page.
const CROSSES: u64 = 1 << 51;

/// Above all verdicts, and within what a number of JavaScript holds exactly.
fn resource(origin: &str, path: &str) -> Resource {
    let (of_origin, of_path) = (hash(origin), hash(&(origin.to_owned() + path)));
    Resource(1 << 52 | (of_origin & 0x7_ffff) << 32 | of_path & 0xffff_ffff)
}

impl Client {
    /// What this URL names, where the token may be sent there. Verdicts are remembered by the URL's exact text.
    pub fn allowed(&self, url: &JsValue) -> Option<Resource> {
        match recall(&self.instance, url) as u64 {
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
                remember(&self.instance, url, if allowed { resource.0 } else { found::OUTSIDE } as f64);
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
            watch(&self.instance, &promise, &parsed.origin());
        }
        promise
    }
}
