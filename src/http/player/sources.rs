//! The player as it was written, for those who want to read it. What is served is made of it by
//! `scripts/player.mjs`, and is part of the repository.

use std::fmt::Write as _;

macro_rules! modules {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../player/", $name, ".js")))),*]
    };
}

/// Modules by name.
type Modules = &'static [(&'static str, &'static str)];

/// What a page loads.
const ENTRY: Modules = modules![
    "listen-player",
    "shell",
    "style",
    "strings",
    "manifest",
    "part",
    "surroundings",
    "basics",
    "types"
];

/// What is fetched before somebody plays.
const DESK: Modules = modules![
    "desk",
    "controls",
    "controls-style",
    "menu",
    "sound",
    "whole",
    "stream",
    "chain",
    "clips",
    "reading",
    "align",
    "match",
    "session",
];

/// All modules of a script, each behind its name.
pub(super) fn readable(script: &str) -> String {
    let modules = if script == "desk" { DESK } else { ENTRY };
    let mut text = String::new();
    for (name, source) in modules {
        let _ = writeln!(text, "// ---- src/player/{name}.js\n\n{source}");
    }
    text
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    const SUMS: &str = include_str!("../../player/dist/SHA256SUMS");

    #[test]
    fn what_is_served_was_made_of_these_sources() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/player");
        let mut found = Vec::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "js") {
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                found.push(format!("{}  {name}", hex::encode(Sha256::digest(std::fs::read(&path).unwrap()))));
            }
        }
        found.sort_by(|a, b| a[64..].cmp(&b[64..]));
        let made: Vec<_> = SUMS.lines().map(str::to_owned).collect();
        assert_eq!(
            found, made,
            "the player's sources were changed: run `node scripts/player.mjs` (./test has terser)"
        );
    }

    #[test]
    fn every_module_can_be_read() {
        let mut shown: Vec<_> = ENTRY.iter().chain(DESK).map(|(name, _)| format!("{name}.js")).collect();
        shown.sort();
        let made: Vec<_> = SUMS.lines().map(|line| line[66..].to_owned()).collect();
        assert_eq!(shown, made);
    }
}
