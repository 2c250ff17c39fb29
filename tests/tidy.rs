//! House rules as tests: who may import whom, how long a file may be, and what no file may say.
//!
//! A rule that fails names the file and what is wrong with it.
#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::{Path, PathBuf};

/// The layers of `src/browser`, lowest first. A file may import those of lower layers, and whatever lies in its own
/// folder; a leaf what [`LEAVES_OF_LEAVES`] allows. A file named nowhere is a leaf.
const GROUND: &[&str] = &["js"];
const SESSION: &[&str] = &["session"];
const FLOWS: &[&str] = &["call"];
const TOP: &[&str] = &["auth_fetch", "mod"];

/// Leaves that are made of other leaves.
const LEAVES_OF_LEAVES: &[(&str, &[&str])] =
    &[("events", &["debug"]), ("options", &["error", "parser", "storage"]), ("parser", &["error"]), ("tokens", &["record"])];

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

const MOST_LINES: usize = 300;
const MOST_HEADER_LINES: usize = 12;

/// A text file, by its path from the root.
struct File {
    path: String,
    text: String,
}

impl File {
    fn has(&self, extensions: &[&str]) -> bool {
        Path::new(&self.path).extension().is_some_and(|own| extensions.iter().any(|known| own == *known))
    }

    /// Its lines of code, each with its number, without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(at, line)| {
            let line = if line.trim_start().starts_with("//") { "" } else { line };
            (at + 1, line.split(" // ").next().unwrap_or(line))
        })
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The text files in and below `folders`.
fn files(folders: &[&str]) -> Vec<File> {
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                if !path.ends_with("node_modules") {
                    open.push(path);
                }
            } else if let Ok(text) = fs::read_to_string(&path) {
                let path = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                found.push(File { path, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Fails with all that is wrong at once.
fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

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
                IMPURE.iter().filter(|word| code.contains(**word)).map(|word| format!("{}:{line} names {word}", file.path)),
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
        let beyond = imports(&code, "crate::").into_iter().filter(|name| !["protocol", "browser"].contains(&name.as_str()));
        wrong.extend(beyond.map(|name| format!("{} imports crate::{name}", file.path)));
    }
    none(&wrong);
}

#[test]
fn the_rule_of_layers_tells_right_from_wrong() {
    for (from, to) in [("auth_fetch", "js"), ("session", "clock"), ("call", "session"), ("options", "error"), ("new", "js")] {
        assert!(may_import(from, to), "{from} may import {to}");
    }
    for (from, to) in [("js", "error"), ("clock", "storage"), ("clock", "new"), ("session", "call"), ("call", "auth_fetch")] {
        assert!(!may_import(from, to), "{from} may not import {to}");
    }
    let code = "use super::{clock::{self, Timer}, error};\nuse super::js::get;\nuse super::a::{b, c};";
    assert_eq!(imports(code, "super::"), ["clock", "error", "js", "a"]);
}

#[test]
fn the_root_holds_module_lines_and_nothing_that_runs() {
    let wrong: Vec<String> = files(&["src"])
        .iter()
        .filter(|file| file.path == "src/lib.rs")
        .flat_map(|file| file.code().filter(|(_, code)| code.contains("fn ")).map(|(line, _)| format!("src/lib.rs:{line}")))
        .collect();
    none(&wrong);
}

#[test]
fn no_file_is_longer_than_can_be_read_at_one_sitting() {
    let all = files(&["src", "tests", "js", "www", "scripts", "benches", "tools"]);
    let long = |file: &&File| file.has(&["rs", "js", "mjs", "ts", "css", "html"]) && file.text.lines().count() > MOST_LINES;
    let told = |file: &File| format!("{}: {} lines, {MOST_LINES} at most", file.path, file.text.lines().count());
    none(&all.iter().filter(long).map(told).collect::<Vec<_>>());
}

#[test]
fn every_source_file_says_what_it_is_in_a_few_lines() {
    let mut wrong = Vec::new();
    for file in files(&["src"]).iter().filter(|file| file.has(&["rs"])) {
        let header = file.text.lines().take_while(|line| line.starts_with("//!")).count();
        if !(1..=MOST_HEADER_LINES).contains(&header) {
            wrong.push(format!("{}: {header} header lines, 1 to {MOST_HEADER_LINES} wanted", file.path));
        }
    }
    none(&wrong);
}

#[test]
fn nothing_is_left_undone_and_nothing_panics_in_passing() {
    let mut wrong = Vec::new();
    for file in files(&["src"]).iter().filter(|file| file.has(&["rs"])) {
        for (line, code) in file.code() {
            let words = ["todo!", "unimplemented!", "unreachable!", "dbg!", "panic!(", ".unwrap()", ".expect("];
            wrong.extend(words.iter().filter(|word| code.contains(**word)).map(|word| format!("{}:{line}: {word}", file.path)));
        }
    }
    none(&wrong);
}

#[test]
fn every_lint_that_is_allowed_gives_its_reason() {
    let mut wrong = Vec::new();
    for file in files(&["src", "tests", "tools"]).iter().filter(|file| file.has(&["rs"])) {
        for (line, code) in file.code() {
            let allows = ["#[allow(", "#![allow(", "#[expect("].iter().any(|start| code.trim_start().starts_with(start));
            if allows && !code.contains("reason = ") {
                wrong.push(format!("{}:{line}: {}", file.path, code.trim()));
            }
        }
    }
    none(&wrong);
}

#[test]
fn no_file_names_the_place_it_was_written_in() {
    // Put together here, so that this file does not name them.
    let words = [concat!("farm", "-studio"), concat!("/wo", "rk/"), concat!("issue", " #")];
    let mut all = files(&["src", "tests", "js", "www", "scripts", "benches", "tools"]);
    let at_the_root = |name: &str| Some(File { path: name.into(), text: fs::read_to_string(root().join(name)).ok()? });
    let names = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "Cargo.toml", "package.json"];
    all.extend(names.iter().filter_map(|name| at_the_root(name)));
    let mut wrong = Vec::new();
    for file in &all {
        let text = file.text.to_ascii_lowercase();
        wrong.extend(words.iter().filter(|word| text.contains(**word)).map(|word| format!("{} names {word}", file.path)));
    }
    none(&wrong);
}

#[test]
fn every_method_that_is_forbidden_has_its_reason() {
    let text = fs::read_to_string(root().join("clippy.toml")).expect("clippy.toml stands at the root");
    let entries: Vec<&str> = text.lines().filter(|line| line.contains("path = ")).collect();
    assert!(entries.len() > 8, "too few methods are forbidden");
    none(&entries.iter().filter(|line| !line.contains("reason = \"")).map(|line| (*line).to_owned()).collect::<Vec<_>>());
}
