//! The page of a session: how many instances use it, what becomes of the page, and whose its record is.

use super::driver::SessionDriver;
use super::told;
use crate::browser::effects::claim::{self, new_name};
use crate::browser::effects::lifecycle::{self, STORED, event};
use crate::browser::effects::tabs;
use crate::browser::record;
use crate::protocol::event::Event;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

impl SessionDriver {
    /// One more instance uses this session.
    pub fn opened(self: &Rc<Self>) {
        let clients = self.open_clients.get() + 1;
        self.open_clients.set(clients);
        if clients == 1 {
            let claims = lifecycle::open(&self.listener);
            self.dispatch(Event::Opened { visible: lifecycle::visible(), claims });
        }
    }

    /// One instance fewer: with the last one, listeners and timers end.
    pub fn closed(self: &Rc<Self>) {
        let clients = self.open_clients.get().saturating_sub(1);
        self.open_clients.set(clients);
        if clients == 0 {
            lifecycle::close(&self.listener);
            self.dispatch(Event::Closed);
        }
    }

    /// Something has happened to the page, or to what stands in storage.
    pub(super) fn on_page(self: &Rc<Self>, kind: u32, visible: bool, text: &JsValue) {
        if kind == STORED && self.store.shared() {
            return tabs::receive(&self.tabs, told::number(told::SIGNAL, 0), text);
        }
        self.dispatch(event(kind, visible));
    }

    /// Claims the record for this page.
    pub(super) fn claim_tab(&self) {
        let owner = record::claim(&self.vault.texts, &new_name());
        claim::claim(&self.tabs, told::number(told::CLAIM, 0), &owner);
    }

    /// The record is another page's: it is removed here, and another name will be claimed.
    pub(super) fn drop_copy(&self) {
        self.store.remove();
        self.vault.disown(&new_name());
        self.make_snapshot();
    }
}

impl Drop for SessionDriver {
    fn drop(&mut self) {
        lifecycle::close(&self.listener);
    }
}
