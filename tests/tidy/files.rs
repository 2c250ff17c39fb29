//! The project's text files, as the rules read them.

use std::fs;
use std::path::{Path, PathBuf};

/// A text file, by its path from the root.
pub struct File {
    pub path: String,
    pub text: String,
}

impl File {
    pub fn has(&self, extensions: &[&str]) -> bool {
        Path::new(&self.path).extension().is_some_and(|own| extensions.iter().any(|known| own == *known))
    }

    /// Its lines of code, each with its number, without comments.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(at, line)| {
            let line = if line.trim_start().starts_with("//") { "" } else { line };
            (at + 1, line.split(" // ").next().unwrap_or(line))
        })
    }
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The text files in and below `folders`.
pub fn files(folders: &[&str]) -> Vec<File> {
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                if !path.ends_with("node_modules") && !path.ends_with(".next") {
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
