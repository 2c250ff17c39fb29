//! Where the token goes: by parsed origin and path segment, however a URL is dressed up.

use crate::world::{World, js, status};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

/// Whether a call there carries the token, in each shape that it can be given in.
async fn carries(world: &World, url: &str) -> bool {
    let mut found = Vec::new();
    for init in [JsValue::UNDEFINED, js("{'headers': {'x-a': '1'}}")] {
        world.server.seen.borrow_mut().clear();
        let _ = status(&world.call_with(&url.into(), &init)).await;
        found.push(world.server.seen.borrow().iter().any(|seen| seen.authorization.is_some()));
    }
    assert_eq!(found[0], found[1], "{url}");
    found[0]
}

async fn all(world: &World, urls: &[&str], carried: bool) {
    for url in urls {
        assert_eq!(carries(world, url).await, carried, "{url:?}");
    }
}

#[wasm_bindgen_test]
async fn a_url_that_only_looks_like_an_allowed_one_gets_no_token() {
    let world = World::signed_in("{'origins': ['https://api.example.com']}");
    let looks = [
        "https://api.example.com.evil.test/",
        "https://api.example.com@evil.test/",
        "https://api.example.com:443@evil.test/",
        "https://api.example.com%40evil.test/",
        "https://evil.test/https://api.example.com/",
        "https://evil.test/?https://api.example.com/",
        "https://evil.test#@api.example.com/",
        "https://evil.test\\@api.example.com/",
        "https:\\\\evil.test\\@api.example.com",
        "//evil.test/",
        "///evil.test/",
        "\\\\evil.test/",
        "https://api.example.com:8443/",
        "http://api.example.com/",
        "http://api.example.com:443/",
        "https://api.example.com./",
        "https://example.com/",
        "https://xapi.example.com/",
        "https://api.example.co/",
        "https://api.example.comm/",
        "https://api-example.com/",
        "https://аpi.example.com/",
        "https://xn--pi-7kc.example.com/",
        "wss://api.example.com/",
        "ftp://api.example.com/",
        "blob:https://api.example.com/00000000-0000-0000-0000-000000000000",
        "data:text/html,https://api.example.com/",
        "javascript:fetch('https://api.example.com/')",
        "filesystem:https://api.example.com/temporary/x",
        "about:blank",
        "https://[",
        "",
        "/own",
    ];
    all(&world, &looks, false).await;
}

#[wasm_bindgen_test]
async fn an_allowed_origin_is_recognized_however_it_is_written() {
    let world = World::signed_in(
        "{'origins': ['HTTPS://API.Example.com:443', 'http://plain.test:80/', 'https://Bücher.test', 'https://dot.test.']}",
    );
    let same = [
        "https://api.example.com/",
        "https://API.EXAMPLE.COM/",
        "hTtPs://api.example.com",
        "https://api.example.com:443/x",
        "https://api.example.com:0443/x",
        "https://api%2Eexample.com/",
        "https://ａｐｉ.example.com/",
        "https://api。example.com/",
        " \n https://api.example.com/\t",
        "https:\\\\api.example.com\\x",
        "https://a\npi.example.com/",
        "https://api.example.com?q",
        "https://api.example.com#part",
        "http://plain.test/",
        "http://plain.test:80/",
        "https://bücher.test/",
        "https://BÜCHER.test/",
        "https://xn--bcher-kva.test/",
        "https://dot.test./",
    ];
    all(&world, &same, true).await;
    all(&world, &["https://plain.test/", "https://bucher.test/", "https://dot.test/"], false).await;
}

#[wasm_bindgen_test]
async fn a_prefix_is_matched_by_whole_segments_of_the_parsed_path() {
    let world = World::signed_in("{'origins': ['https://wide.test/v1/']}");
    let below = [
        "https://wide.test/v1",
        "https://wide.test/v1/a",
        "https://wide.test/x/../v1/a",
        "https://wide.test/v1/./a?b=/../",
        "https://wide.test/v1//a",
    ];
    all(&world, &below, true).await;
    let beside = [
        "https://wide.test/v1/../v2",
        "https://wide.test/v1/%2e%2e/v2",
        "https://wide.test/v1/%2E%2E%2fv2",
        "https://wide.test/v1/..\\v2",
        "https://wide.test/v1/..%5cv2",
        "https://wide.test/v1/..;/v2",
        "https://wide.test/v10",
        "https://wide.test/V1/a",
        "https://wide.test//v1/a",
        "https://wide.test/v1%2fa",
        "https://wide.test/?/v1/",
        "https://wide.test/#/v1/",
    ];
    all(&world, &beside, false).await;
}

#[wasm_bindgen_test]
async fn by_default_the_token_stays_on_the_page_s_own_origin() {
    let world = World::signed_in("{}");
    all(&world, &["/own", "own", "./own", "?own", "", "#part", "../../own"], true).await;
    let host = web_sys::window().expect("a page").location().host().expect("a host");
    let own = [format!("http://{host}/x"), format!("//{host}/x"), format!("HTTP://{host}")];
    all(&world, &own.each_ref().map(String::as_str), true).await;
    let others = [
        format!("https://{host}/"),
        format!("http://{host}.evil.test/"),
        format!("http://{host}@evil.test/"),
        format!("http://evil.{host}/"),
    ];
    all(&world, &others.each_ref().map(String::as_str), false).await;
}

#[wasm_bindgen_test]
async fn userinfo_in_a_url_is_left_to_the_browser_to_refuse() {
    let world = World::signed_in("{'origins': ['https://api.example.com']}");
    for url in ["https://user@api.example.com/", "https://user:secret@api.example.com/", "https://:@api.example.com/"] {
        let _ = status(&world.call(url)).await;
        let seen = world.server.seen.borrow_mut().pop().expect("a call");
        assert_eq!(seen.input, JsValue::from_str(url), "as it was given: the native function refuses it");
    }
}
