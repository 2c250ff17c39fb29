//! The record: one value, read with suspicion, moved over from the recipe, kept in memory where storage fails.

use crate::world::{World, construct, get, js, local_storage, parse, status, store, stored, text, turn, until};
use js_sys::{Array, Function, Object, Reflect, eval};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn access_and_refresh_token_are_one_value_under_one_key() {
    let world = World::signed_in("{}");
    let record = world.stored();
    assert_eq!(
        (text(&record, "access_token"), text(&record, "refresh_token")),
        ("access-0".into(), "refresh-0".into())
    );
    for member in ["v", "epoch", "version", "signin", "received_at", "expires_at"] {
        assert!(get(&record, member).as_f64().is_some(), "{member}");
    }
    assert_eq!(text(&record, "token_type"), "Bearer");
}

#[wasm_bindgen_test]
async fn a_record_with_only_an_access_token_is_valid() {
    store("by-hand", &"{\"access_token\":\"access-0\"}".into());
    let world = World::named("by-hand", "{}");
    assert_eq!((world.auth.state(), status(&world.call("/api/1")).await), ("signed-in".into(), Ok(200)));
}

#[wasm_bindgen_test]
async fn what_is_put_in_the_place_of_local_storage_is_written_at_the_next_sign_in_and_read_from_then_on() {
    // WebKit's compiled code goes on with what stood there, whoever asks for it.
    if eval("/AppleWebKit/.test(navigator.userAgent) && !/Chrome/.test(navigator.userAgent)") == Ok(JsValue::TRUE) {
        return;
    }
    let world = World::signed_in("{}");
    assert_eq!(status(&world.call("/api/1")).await, Ok(200));
    let mock = eval(
        "(() => {
            const all = new Map();
            const getItem = (key) => all.get(key) ?? null;
            const setItem = (key, text) => void all.set(key, text);
            return { all, getItem, setItem, removeItem: (key) => void all.delete(key) };
        })()",
    )
    .expect("a script");
    let descriptor = js("{ 'configurable': true }");
    Reflect::set(&descriptor, &"value".into(), &mock).expect("an object");
    let (global, name) = (js_sys::global(), "localStorage".into());
    let own = Object::get_own_property_descriptor(&global, &name);
    Object::define_property(&global, &name, &descriptor.unchecked_into());
    world.sign_in(60);
    let all = js_sys::Map::from(get(&mock, "all"));
    let kept = all.get(&world.name.as_str().into()).as_string().expect("a record");
    let signed_in = status(&world.call("/api/2")).await;
    // By hand, of which no event tells: the next call sees it.
    all.clear();
    let signed_out = status(&world.call("/api/3")).await;
    // In some browsers it is the prototype's.
    Reflect::delete_property(&global, &name).expect("what was put there");
    if own.is_object() {
        Object::define_property(&global, &name, &own.unchecked_into());
    }
    assert_eq!(text(&parse(&kept).expect("JSON"), "access_token"), "access-0");
    assert_eq!((signed_in, signed_out), (Ok(200), Ok(401)));
}

#[wasm_bindgen_test]
fn a_corrupt_record_is_no_session_and_never_a_throw() {
    for (at, record) in [
        "{",
        "null",
        "[]",
        "5",
        "\"text\"",
        "{\"access_token\":5}",
        "{\"access_token\":\"\"}",
        "{\"v\":99,\"access_token\":\"a\"}",
    ]
    .iter()
    .enumerate()
    {
        let name = format!("corrupt-{at}");
        store(&name, &(*record).into());
        assert_eq!(World::named(&name, "{}").auth.state(), "signed-out", "{record}");
        assert_eq!(local_storage().get_item(&name).expect("storage").as_deref(), Some(*record), "left as it was");
    }
}

#[wasm_bindgen_test]
async fn the_recipes_keys_are_taken_over_once_and_removed() {
    let storage = local_storage();
    let put = |name: &str, value: &str| storage.set_item(name, value).expect("storage");
    put("access_token", "access-0");
    put("refresh_token", "refresh-0");
    put("access_token_expiration", "2099-01-01T00:00:00Z");
    put("cart", "full");
    let world = World::new("{'adoptRecipeKeys': true}");
    assert_eq!(status(&world.call("/api/1")).await, Ok(200));
    assert_eq!(get(&world.auth.session(), "expiresAt").as_f64(), Some(4_070_908_800_000.0));
    assert_eq!(text(&world.stored(), "refresh_token"), "refresh-0");
    for name in ["access_token", "refresh_token", "access_token_expiration"] {
        assert_eq!(storage.get_item(name).expect("storage"), None);
    }
    assert_eq!(storage.get_item("cart").expect("storage").as_deref(), Some("full"));
    let _ = world.auth.logout(&JsValue::UNDEFINED);
    put("access_token", "ghost");
    let again = World::named(&world.name, "{'adoptRecipeKeys': true}");
    assert_eq!(again.auth.state(), "signed-out", "never over a tombstone");
    storage.remove_item("access_token").expect("storage");
}

fn failing_storage(fails: &'static str) -> JsValue {
    let area: JsValue = Object::new().into();
    for name in ["getItem", "setItem", "removeItem"] {
        let method: JsValue = if name == fails {
            Closure::<dyn Fn() -> Result<JsValue, JsValue>>::new(|| Err(js_sys::Error::new("no").into()))
                .into_js_value()
        } else {
            Closure::<dyn Fn() -> JsValue>::new(|| JsValue::NULL).into_js_value()
        };
        Reflect::set(&area, &name.into(), &method).expect("set");
    }
    area
}

#[wasm_bindgen_test]
async fn blocked_or_full_storage_falls_back_to_memory_and_says_so() {
    for fails in ["getItem", "setItem"] {
        let world = World::new("{}");
        Reflect::set(&world.options, &"storage".into(), &failing_storage(fails)).expect("set");
        let auth = construct(&world.options).expect("works all the same");
        let events = Array::new();
        let into = events.clone();
        let listener = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
            into.push(&event);
        });
        auth.on("storageblocked", listener.into_js_value().unchecked_ref());
        auth.set_tokens(&js("{'access_token': 'access-0'}")).expect("tokens");
        turn().await;
        assert_eq!((events.length(), auth.state()), (1, "signed-in".into()), "{fails}");
        let call = auth.fetch().call1(&JsValue::UNDEFINED, &"/api/1".into()).expect("a promise");
        assert_eq!(status(&call.unchecked_into()).await, Ok(200));
    }
}

#[wasm_bindgen_test]
async fn memory_and_session_storage_leave_local_storage_alone() {
    for kind in ["memory", "session"] {
        let world = World::signed_in(&format!("{{'storage': '{kind}'}}"));
        assert_eq!(status(&world.call("/api/1")).await, Ok(200));
        assert!(stored(&world.name).is_null());
    }
}

#[wasm_bindgen_test]
fn junk_on_object_prototype_widens_nothing() {
    let prototype = Object::get_prototype_of(&Object::new());
    let pollute = |name: &str, value: &JsValue| Reflect::set(&prototype, &name.into(), value).expect("set");
    pollute("access_token", &"ghost".into());
    pollute("origins", &js("['https://evil.test']"));
    let world = World::new("{}");
    store("polluted", &"{}".into());
    let states = (world.auth.state(), World::named("polluted", "{}").auth.state());
    let refused = world.auth.set_tokens(&js("{}")).is_err();
    for name in ["access_token", "origins"] {
        Reflect::delete_property(prototype.unchecked_ref::<Object>(), &name.into()).expect("deleted");
    }
    assert_eq!(states, ("signed-out".into(), "signed-out".into()));
    assert!(refused);
}

#[wasm_bindgen_test]
async fn subscribers_are_called_after_a_change_and_not_after_they_left() {
    let world = World::new("{}");
    let calls = Array::new();
    let into = calls.clone();
    let listener = Closure::<dyn Fn()>::new(move || {
        into.push(&JsValue::TRUE);
    });
    let subscribe: Function = world.auth.subscribe();
    let leave: Function =
        subscribe.call1(&JsValue::UNDEFINED, &listener.into_js_value()).expect("bound").unchecked_into();
    world.sign_in(60);
    assert_eq!(calls.length(), 1);
    let session = world.auth.session();
    assert!(Object::is_frozen(session.unchecked_ref::<Object>()) && Object::is(&session, &world.auth.session()));
    leave.call0(&JsValue::UNDEFINED).expect("left");
    let _ = world.auth.logout(&JsValue::UNDEFINED);
    assert_eq!(calls.length(), 1);
    assert!(parse("null").expect("null").is_null());
}

#[wasm_bindgen_test]
async fn an_instance_that_is_made_after_the_app_has_changed_its_storage_by_hand_reads_what_stands_there() {
    let access = |world: &World| text(&world.auth.session(), "accessToken");
    let source = |events: &Array| (events.length(), text(&events.get(0), "source"));
    let other = |count| (count, String::from("other-tab"));
    for kind in ["local", "session"] {
        let options = format!("{{'storage': '{kind}'}}");
        let area = storage_area(kind);
        let first = World::signed_in(&options);
        let (signins, refreshes, logouts) = (first.listen("signin"), first.listen("refresh"), first.listen("logout"));
        let again = || World::on(first.server.clone(), &first.name, &options);

        area.set_item(&first.name, "{\"access_token\":\"by-hand\"}").expect("storage");
        let second = again();
        assert_eq!((access(&second), access(&first)), ("by-hand".into(), "by-hand".into()), "{kind}");
        assert_eq!((source(&refreshes), signins.length(), logouts.length()), (other(1), 0, 0), "{kind}");

        area.remove_item(&first.name).expect("storage");
        let third = again();
        assert_eq!((third.auth.state(), first.auth.state()), ("signed-out".into(), "signed-out".into()), "{kind}");
        assert_eq!((source(&logouts), signins.length()), (other(1), 0), "{kind}");

        area.set_item(&first.name, "{\"access_token\":\"access-0\"}").expect("storage");
        let fourth = again();
        assert_eq!((fourth.auth.state(), access(&first)), ("signed-in".into(), "access-0".into()), "{kind}");
        assert_eq!((source(&signins), refreshes.length(), logouts.length()), (other(1), 1, 1), "{kind}");
        assert_eq!(status(&fourth.call("/api/1")).await, Ok(200), "{kind}");
    }
}

fn storage_area(kind: &str) -> web_sys::Storage {
    get(&js_sys::global(), if kind == "local" { "localStorage" } else { "sessionStorage" }).unchecked_into()
}

fn storage_event(name: &str, value: &str, area: &str) {
    let dispatch = js_sys::Function::new_with_args(
        "key, newValue, area",
        "dispatchEvent(new StorageEvent('storage', { key, newValue, storageArea: window[area] }))",
    );
    let _ = dispatch.call3(&JsValue::UNDEFINED, &name.into(), &value.into(), &area.into());
}

#[wasm_bindgen_test]
async fn a_logout_in_another_tab_is_known_from_its_event_before_storage_shows_it() {
    let world = World::signed_in("{}");
    let call = world.call("/held/1");
    let logouts = world.listen("logout");
    let ended = format!(
        "{{\"v\":1,\"epoch\":9e15,\"version\":1,\"reason\":\"bored\",\"code\":\"logged_out\",\"endpoint\":\"{}/token\"}}",
        origin()
    );
    storage_event(&world.name, &ended, "localStorage");
    assert_eq!(text(&crate::world::rejection(&call).await, "code"), "logged_out");
    assert_eq!((world.auth.state(), text(&logouts.get(0), "reason")), ("signed-out".into(), "bored".into()));
    // What stands below the highest epoch is put back.
    until(|| text(&world.stored(), "access_token").is_empty()).await;
}

#[wasm_bindgen_test]
async fn an_event_of_another_area_says_nothing_of_this_one() {
    let world = World::signed_in("{}");
    storage_event(&world.name, "{\"v\":1,\"epoch\":9e15,\"version\":1,\"code\":\"logged_out\"}", "sessionStorage");
    assert_eq!(world.auth.state(), "signed-in");
}

fn origin() -> String {
    text(&js_sys::Reflect::get(&js_sys::global(), &"location".into()).expect("a page"), "origin")
}

#[wasm_bindgen_test]
async fn a_disk_that_is_full_when_the_tokens_are_refreshed_keeps_no_spent_token() {
    let fill = "for (let size = 1 << 20; size; size >>= 1)
        try { for (let at = 0; ; at++) localStorage.setItem(`filler-${size}-${at}`, 'x'.repeat(size)); } catch {}";
    let empty =
        "for (const key of Object.keys(localStorage)) if (key.startsWith('filler-')) localStorage.removeItem(key)";
    let run = |code: &str| drop(Function::new_no_args(code).call0(&JsValue::NULL).expect("runs"));
    let world = World::signed_in("{}");
    let blocked = world.listen("storageblocked");
    let token: &'static str = Box::leak("a".repeat(10_000).into_boxed_str());
    let grant = format!("{{\"access_token\":\"{token}\",\"refresh_token\":\"refresh-1\"}}");
    world.server.grants.replace(vec![crate::server::Answer::Status(200, Box::leak(grant.into_boxed_str()))]);
    world.server.good.replace(token.into());
    run(fill);
    let answer = status(&world.call("/api/1")).await;
    let left = world.stored();
    run(empty);
    assert_eq!(answer, Ok(200), "this tab goes on in memory");
    assert!(left.is_null(), "other tabs find no spent refresh token");
    turn().await;
    assert_eq!((blocked.length(), world.auth.state()), (1, "signed-in".into()));
    assert_eq!((status(&world.call("/api/2")).await, world.server.token_requests.get()), (Ok(200), 1));
}
