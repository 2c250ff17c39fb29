//! Whose the record of a tab is: what a page does that finds its copy owned by another one.

use authfetch::protocol::config::{Place, Setup};
use authfetch::protocol::effect::Effect;
use authfetch::protocol::event::{Event, Granted, Stored};
use authfetch::protocol::session::Session;
use authfetch::protocol::token::{AccessToken, Record, RefreshToken};

const NOW: u64 = 1_800_000_000_000;

/// Tells the session what has happened; what it asks for.
fn tell(session: &mut Session, event: Event) -> Vec<Effect> {
    session.handle(event, NOW, 0.5);
    let mut effects = Vec::new();
    while let Some(effect) = session.next_effect() {
        session.on_performed(effect);
        effects.push(effect);
    }
    effects
}

fn drops(effects: &[Effect]) -> bool {
    effects.contains(&Effect::DropCopy) && effects.contains(&Effect::ClaimTab)
}

/// A page that has opened with the record of a signed-in tab.
fn opened() -> Session {
    let mut session = Session::new(Setup { place: Place::Copied, ..Setup::default() });
    let record = Record {
        epoch: NOW,
        version: 1,
        signin: 1,
        access: Some(AccessToken(1)),
        refresh: Some(RefreshToken(1)),
        ..Record::default()
    };
    session.open(Stored::Record(record), NOW);
    assert!(tell(&mut session, Event::Opened { visible: true, claims: true }).contains(&Effect::ClaimTab));
    session
}

fn granted() -> Event {
    Event::SetTokens(Granted {
        access: AccessToken(2),
        refresh: Some(RefreshToken(2)),
        expires_at: None,
        same_text: false,
    })
}

#[test]
fn a_copy_is_dropped_and_a_name_of_its_own_is_claimed() {
    let mut session = opened();
    assert!(drops(&tell(&mut session, Event::TabClaimed(false))));
    assert!(!session.record().signed_in() && session.claiming());
    assert!(!drops(&tell(&mut session, Event::TabClaimed(true))));
    assert!(!session.claiming());
}

#[test]
fn a_sign_in_that_was_copied_before_its_name_was_claimed_is_dropped_too() {
    let mut session = opened();
    assert!(drops(&tell(&mut session, Event::TabClaimed(false))));
    let _ = tell(&mut session, granted());
    assert!(session.record().signed_in());
    assert!(drops(&tell(&mut session, Event::TabClaimed(false))), "the duplicate that was first has the session");
    assert!(!session.record().signed_in());
}

#[test]
fn a_page_without_a_session_asks_no_third_time() {
    let mut session = opened();
    assert!(drops(&tell(&mut session, Event::TabClaimed(false))));
    assert!(!drops(&tell(&mut session, Event::TabClaimed(false))));
    assert!(!session.claiming());
}

#[test]
fn an_answer_to_an_earlier_question_drops_nothing() {
    let mut session = opened();
    let _ = tell(&mut session, Event::TabClaimed(true));
    assert!(!drops(&tell(&mut session, Event::TabClaimed(false))));
    assert!(session.record().signed_in());
}
