//! The pure half names nothing that acts or asks, and the browser's half imports downwards only.

use super::files::{File, files};
use super::none;

/// The layers of `src/browser`, lowest first. A file may import those of lower layers, and whatever lies in its own
/// folder; a leaf what [`LEAVES_OF_LEAVES`] allows. A file named nowhere is a leaf.
const GROUND: &[&str] = &["js"];
const SESSION: &[&str] = &["session"];
const FLOWS: &[&str] = &["call"];
const TOP: &[&str] = &["auth_fetch", "mod"];

/// Leaves that are made of other leaves.
const LEAVES_OF_LEAVES: &[(&str, &[&str])] = &[
    ("endpoint", &["parser"]),
    ("events", &["debug"]),
    ("options", &["endpoint", "error", "parser", "storage"]),
    ("parser", &["error"]),
    ("tokens", &["record"]),
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
    let of = |layer: &[&str]| layer.contains(&module);
    match () {
        () if of(GROUND) => (0, "the ground"),
        () if of(SESSION) => (2, "the session"),
        () if of(FLOWS) => (3, "the flows"),
        () if of(TOP) => (4, "the top"),
        () => (1, "the leaves"),
    }
}

fn may_import(from: &str, to: &str) -> bool {
    let (own, others) = (layer(from).0, layer(to).0);
    let leaf_of_leaf = || LEAVES_OF_LEAVES.iter().any(|(leaf, made_of)| *leaf == from && made_of.contains(&to));
    others < own || (others == own && (own != 1 || leaf_of_leaf()))
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
    let module = |file: &File| file.path.trim_start_matches("src/browser/").split(['/', '.']).next().map(String::from);
    let known: Vec<String> = all.iter().filter_map(module).collect();
    let mut wrong = Vec::new();
    for file in &all {
        let Some(from) = module(file) else { continue };
        let code: String = file.code().map(|(_, line)| line.trim_end().to_owned() + "\n").collect();
        // Inside a folder of a module `super` is the module itself.
        let flat = !file.path.trim_start_matches("src/browser/").contains('/');
        let beside = if flat { imports(&code, "super::") } else { Vec::new() };
        for to in beside.into_iter().chain(imports(&code, "crate::browser::")) {
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
    for (from, to) in
        [("auth_fetch", "js"), ("session", "clock"), ("call", "session"), ("options", "error"), ("new", "js")]
    {
        assert!(may_import(from, to), "{from} may import {to}");
    }
    for (from, to) in
        [("js", "error"), ("clock", "storage"), ("clock", "new"), ("session", "call"), ("call", "auth_fetch")]
    {
        assert!(!may_import(from, to), "{from} may not import {to}");
    }
    let code = "use super::{clock::{self, Timer}, error};\nuse super::js::get;\nuse super::a::{b, c};";
    assert_eq!(imports(code, "super::"), ["clock", "error", "js", "a"]);
}
