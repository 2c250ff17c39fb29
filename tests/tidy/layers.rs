//! The pure half names nothing that acts or asks, and the browser's half imports downwards only.

use super::files::{File, files};
use super::none;

/// The layers of `src/browser`, lowest first. A file may import those of lower layers, and whatever lies in its own
/// layer; a leaf only what [`LEAVES_OF_LEAVES`] allows. A file named nowhere is a leaf.
const BOTTOM: &[&str] =
    &["abort", "debug", "effects::tabs", "effects::timers", "error", "fetch", "promise", "tokens", "url"];
/// The session's driver asks the effects to do something. They know no session: what has come of them is told by
/// number, or awaited.
const DRIVER: &[&str] = &["session"];
const CALLS: &[&str] = &["call"];
const TOP: &[&str] = &["auth_fetch", "mod"];

/// Leaves that are made of other leaves.
const LEAVES_OF_LEAVES: &[(&str, &[&str])] = &[
    ("effects::revocation", &["effects::token_endpoint", "endpoint", "options"]),
    ("effects::token_endpoint", &["effects::reply", "endpoint", "options"]),
    ("csrf", &["parser"]),
    ("endpoint", &["parser"]),
    ("options", &["csrf", "effects::lifecycle", "effects::storage", "endpoint", "parser"]),
    ("vault", &["record"]),
];

/// What the pure half may not name.
const IMPURE: &[&str] = &[
    "crate::browser",
    "js_sys",
    "web_sys",
    "wasm_bindgen",
    "gloo",
    "futures::",
    "std::time",
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
    "std::cell",
    "async ",
    "println!",
    "rand::",
    "log::",
    "unsafe ",
];

/// The first names that follow `prefix` in `code`: of `super::{a, b::C}` these are `a` and `b`.
fn imports(code: &str, prefix: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let rest = &code[at + prefix.len()..];
        let name = |text: &str| -> String {
            text.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
        };
        let Some(list) = rest.strip_prefix('{') else {
            names.push(name(rest));
            continue;
        };
        let (mut depth, mut start) = (0_i32, 0);
        for (end, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    names.push(name(&list[start..end]));
                    start = end + 1;
                    if c == '}' {
                        break;
                    }
                }
                _ => {}
            }
        }
    }
    names
}

/// The layer's number and name.
fn layer(module: &str) -> (u8, &'static str) {
    let folder = module.split("::").next().unwrap_or(module);
    let of = |layer: &[&str]| layer.contains(&folder);
    match () {
        () if BOTTOM.contains(&module) => (0, "the bottom"),
        () if of(DRIVER) => (2, "the driver"),
        () if of(CALLS) => (3, "the calls"),
        () if of(TOP) => (4, "the top"),
        () => (1, "the leaves"),
    }
}

fn may_import(from: &str, to: &str) -> bool {
    let (own, others) = (layer(from).0, layer(to).0);
    let leaf_of_leaf = || LEAVES_OF_LEAVES.iter().any(|(leaf, made_of)| *leaf == from && made_of.contains(&to));
    others < own || (others == own && (own != 1 || leaf_of_leaf()))
}

/// The module of a file: of those in `effects` each is one of its own.
fn module(file: &File) -> String {
    let path = file.path.trim_start_matches("src/browser/").trim_end_matches(".rs");
    match path.split_once('/') {
        Some(("effects", name)) if name != "mod" => format!("effects::{name}"),
        Some((folder, _)) => folder.to_owned(),
        None => path.to_owned(),
    }
}

/// What a file of `src/browser` imports of it.
fn imports_of(file: &File, code: &str) -> Vec<String> {
    let path = file.path.trim_start_matches("src/browser/");
    // Inside a folder of a module `super` is the module itself.
    let beside = if path.contains('/') { "" } else { "super::" };
    let mut names = imports(code, "crate::browser::");
    let mut effects = imports(code, "crate::browser::effects::");
    if !beside.is_empty() {
        names.extend(imports(code, beside));
        effects.extend(imports(code, "super::effects::"));
    } else if path.starts_with("effects/") {
        effects.extend(imports(code, "super::"));
    }
    names.retain(|name| name != "effects");
    names.extend(effects.into_iter().map(|name| format!("effects::{name}")));
    names
}

#[test]
fn the_pure_half_names_nothing_that_acts_or_asks() {
    let mut wrong = Vec::new();
    for file in files(&["src/protocol"]) {
        for (line, code) in file.code() {
            wrong.extend(
                IMPURE
                    .iter()
                    .filter(|word| code.contains(**word))
                    .map(|word| format!("{}:{line} names {word}", file.path)),
            );
            let beside = imports(code, "crate::").into_iter().filter(|name| name != "protocol");
            wrong.extend(beside.map(|name| format!("{}:{line} imports crate::{name}", file.path)));
        }
    }
    none(&wrong);
}

#[test]
fn the_browser_s_half_imports_downwards_only() {
    let all = files(&["src/browser"]);
    let all: Vec<&File> = all.iter().filter(|file| file.has(&["rs"])).collect();
    let known: Vec<String> = all.iter().map(|file| module(file)).collect();
    let mut wrong = Vec::new();
    for file in &all {
        let from = module(file);
        let code: String = file.code().map(|(_, line)| line.trim_end().to_owned() + "\n").collect();
        for to in imports_of(file, &code) {
            if known.contains(&to) && to != from && !may_import(&from, &to) {
                let (own, others) = (layer(&from).1, layer(&to).1);
                wrong.push(format!(
                    "{} ({own}) imports {to} ({others}); a file that is named in no layer of {} is a leaf",
                    file.path,
                    file!(),
                ));
            }
        }
        let beyond =
            imports(&code, "crate::").into_iter().filter(|name| !["protocol", "browser"].contains(&name.as_str()));
        wrong.extend(beyond.map(|name| format!("{} imports crate::{name}", file.path)));
    }
    none(&wrong);
}

#[test]
fn the_rule_of_layers_tells_right_from_wrong() {
    for (from, to) in [
        ("auth_fetch", "promise"),
        ("session", "effects::lifecycle"),
        ("effects::claim", "effects::tabs"),
        ("call", "session"),
        ("options", "effects::storage"),
        ("new", "promise"),
    ] {
        assert!(may_import(from, to), "{from} may import {to}");
    }
    for (from, to) in [
        ("promise", "vault"),
        ("abort", "new"),
        ("vault", "options"),
        ("effects::storage", "session"),
        ("effects::lifecycle", "session"),
        ("effects::lifecycle", "effects::claim"),
        ("effects::timers", "effects::claim"),
        ("session", "call"),
        ("effects::lifecycle", "call"),
        ("call", "auth_fetch"),
    ] {
        assert!(!may_import(from, to), "{from} may not import {to}");
    }
    let code = "use super::{clock::{self, Timer}, error};\nuse super::js::get;\nuse super::a::{b, c};";
    assert_eq!(imports(code, "super::"), ["clock", "error", "js", "a"]);
    let file = |path: &str| File { path: path.into(), text: String::new() };
    let effects =
        "use super::timers;\nuse crate::browser::effects::{claim, tabs::Locks};\nuse crate::browser::js::Val;";
    let of = |path| imports_of(&file(path), effects);
    assert_eq!(of("src/browser/effects/reply.rs"), ["js", "effects::claim", "effects::tabs", "effects::timers"]);
    assert_eq!(of("src/browser/session/driver.rs"), ["js", "effects::claim", "effects::tabs"]);
    assert_eq!(module(&file("src/browser/effects/reply.rs")), "effects::reply");
    assert_eq!(module(&file("src/browser/session/driver.rs")), "session");
    assert_eq!(module(&file("src/browser/vault.rs")), "vault");
}
