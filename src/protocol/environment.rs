//! What a session needs of the place it runs in, and how events and effects go round.
//!
//! The browser implements [`Environment`] once, and so does the world of the model tests: what drains the effects is
//! the same code in both.

use super::effect::Effect;
use super::event::{Event, Stored};
use super::session::Session;

/// The place that a session runs in.
pub trait Environment {
    /// Asks the session; nothing else runs meanwhile.
    fn session<T>(&mut self, ask: impl FnOnce(&mut Session) -> T) -> T;
    /// Milliseconds since the Unix epoch, by the device's clock.
    fn now(&self) -> u64;
    /// A number from 0 up to 1.
    fn chance(&self) -> f64;
    /// What stands in storage, where that is not what is known.
    fn read_if_changed(&mut self) -> Option<Stored>;
    /// Does it. What has come of it in the same turn is returned.
    fn perform(&mut self, effect: Effect) -> Option<Event>;
}

/// Reads what stands in storage; then tells the session what has happened, and does what it asks for.
pub fn dispatch(environment: &mut impl Environment, event: Event) {
    synchronize(environment);
    tell(environment, event);
}

/// Reads what stands in storage, where another tab or the app has changed it.
pub fn synchronize(environment: &mut impl Environment) {
    if let Some(stored) = environment.read_if_changed() {
        tell(environment, Event::RecordRead(stored));
    }
}

/// Tells the session what has happened, where what stands in storage is known, and does what it asks for.
pub fn tell(environment: &mut impl Environment, event: Event) {
    handle(environment, event);
    drain(environment);
}

/// Asks the session something of which effects may come, and does them.
pub fn ask<E: Environment, T>(environment: &mut E, question: impl FnOnce(&mut Session, u64) -> T) -> T {
    let now = environment.now();
    let answer = environment.session(|session| question(session, now));
    drain(environment);
    answer
}

/// Does what the session asks for, until nothing is left.
pub fn drain(environment: &mut impl Environment) {
    while let Some(effect) = environment.session(Session::next_effect) {
        let event = environment.perform(effect);
        environment.session(|session| session.on_performed(effect));
        if let Some(event) = event {
            handle(environment, event);
        }
    }
}

fn handle(environment: &mut impl Environment, event: Event) {
    let (now, chance) = (environment.now(), environment.chance());
    environment.session(|session| session.handle(event, now, chance));
}
