//! House rules as tests: who may import whom, how long a file may be, and what no file may say.
//!
//! A rule that fails names the file and what is wrong with it.
#![cfg(not(target_arch = "wasm32"))]

mod files;
mod layers;

use files::{File, files, root};
use std::fs;

const MOST_LINES: usize = 300;
const MOST_COLUMNS: usize = 120;
const MOST_HEADER_LINES: usize = 12;

/// Fails with all that is wrong at once.
fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn the_root_holds_module_lines_and_nothing_that_runs() {
    let wrong: Vec<String> = files(&["src"])
        .iter()
        .filter(|file| file.path == "src/lib.rs")
        .flat_map(|file| {
            file.code().filter(|(_, code)| code.contains("fn ")).map(|(line, _)| format!("src/lib.rs:{line}"))
        })
        .collect();
    none(&wrong);
}

#[test]
fn no_file_is_longer_than_can_be_read_at_one_sitting() {
    let all = files(&["src", "tests", "js", "www", "scripts", "benches", "tools", "examples"]);
    // The types are one file, since that is what is published, and its length is that of the contract.
    let counts = |file: &File| file.has(&["rs", "js", "mjs", "ts", "css", "html"]) && file.path != "js/authfetch.d.ts";
    let long = |file: &&File| counts(file) && file.text.lines().count() > MOST_LINES;
    let told = |file: &File| format!("{}: {} lines, {MOST_LINES} at most", file.path, file.text.lines().count());
    none(&all.iter().filter(long).map(told).collect::<Vec<_>>());
}

/// The line with its texts emptied: neither formatter breaks one, and nor do we.
fn without_texts(line: &str) -> String {
    let mut left = String::new();
    let mut open = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match open {
            None => {
                left.push(c);
                open = Some(c).filter(|c| matches!(c, '"' | '`'));
            }
            Some(quote) if c == quote => {
                left.push(c);
                open = None;
            }
            Some(_) if c == '\\' => drop(chars.next()),
            Some(_) => {}
        }
    }
    left
}

#[test]
fn no_line_is_wider_than_the_formatters_make_it() {
    let mut wrong = Vec::new();
    for file in files(&["src", "tests", "js", "www", "scripts", "benches", "tools", "examples"]) {
        if file.has(&["rs", "js"]) {
            let widths = file.text.lines().map(|line| without_texts(line).chars().count()).enumerate();
            let wide = widths.filter(|(_, width)| *width > MOST_COLUMNS);
            wrong.extend(wide.map(|(at, width)| format!("{}:{}: {width} columns", file.path, at + 1)));
        }
    }
    none(&wrong);
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
            wrong.extend(
                words.iter().filter(|word| code.contains(**word)).map(|word| format!("{}:{line}: {word}", file.path)),
            );
        }
    }
    none(&wrong);
}

#[test]
fn every_lint_that_is_allowed_gives_its_reason() {
    let mut wrong = Vec::new();
    for file in files(&["src", "tests", "tools"]).iter().filter(|file| file.has(&["rs"])) {
        for (line, code) in file.code() {
            let allows =
                ["#[allow(", "#![allow(", "#[expect("].iter().any(|start| code.trim_start().starts_with(start));
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
    let mut all = files(&["src", "tests", "js", "www", "scripts", "benches", "tools", "docs", "examples"]);
    let at_the_root = |name: &str| Some(File { path: name.into(), text: fs::read_to_string(root().join(name)).ok()? });
    let names = [
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "Cargo.toml",
        "package.json",
    ];
    all.extend(names.iter().filter_map(|name| at_the_root(name)));
    let mut wrong = Vec::new();
    for file in &all {
        let text = file.text.to_ascii_lowercase();
        wrong.extend(
            words.iter().filter(|word| text.contains(**word)).map(|word| format!("{} names {word}", file.path)),
        );
    }
    none(&wrong);
}

#[test]
fn every_method_that_is_forbidden_has_its_reason() {
    let text = fs::read_to_string(root().join("clippy.toml")).expect("clippy.toml stands at the root");
    let entries: Vec<&str> = text.lines().filter(|line| line.contains("path = ")).collect();
    assert!(entries.len() > 8, "too few methods are forbidden");
    none(
        &entries.iter().filter(|line| !line.contains("reason = \"")).map(|line| (*line).to_owned()).collect::<Vec<_>>(),
    );
}
