//! The text front end from outside: the bodies of the fuzz targets over their seeds, and what the
//! documents say of other languages.

use std::path::{Path, PathBuf};

use listen::{article, text};

#[path = "../../fuzz/src/checks.rs"]
#[expect(unreachable_pub, reason = "the fuzz targets are another crate")]
mod checks;
mod growth;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = read.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

/// Every target runs over every target's seeds: what one stage is given, the next may be given too.
#[test]
fn the_fuzz_targets_hold_for_their_seeds() {
    let mut seeds = 0;
    for folder in files(&root().join("fuzz/seeds")) {
        for file in files(&folder) {
            let bytes = std::fs::read(&file).expect("a seed");
            let input = String::from_utf8_lossy(&bytes);
            for (_, check) in checks::CHECKS {
                check(&input);
            }
            seeds += 1;
        }
    }
    assert!(seeds >= checks::CHECKS.len() * 2, "{seeds} seeds");
}

#[test]
fn every_fuzz_target_has_its_check_and_its_seeds() {
    let names = |folder: &str| -> Vec<String> {
        let stem = |path: PathBuf| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        files(&root().join(folder)).into_iter().map(stem).collect()
    };
    let mut known: Vec<&str> = checks::CHECKS.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    assert_eq!(names("fuzz/targets"), known);
    assert_eq!(names("fuzz/seeds"), known);
    let manifest = std::fs::read_to_string(root().join("fuzz/Cargo.toml")).expect("a manifest");
    for name in known {
        assert!(manifest.contains(&format!("path = \"targets/{name}.rs\"")), "{name} is not in Cargo.toml");
    }
}

/// The table of docs/languages.md: what is written, and what a voice is given for it.
#[test]
fn other_languages_are_given_as_their_document_says() {
    let document = std::fs::read_to_string(root().join("docs/languages.md")).expect("the document");
    let mut lang: Option<article::Lang> = None;
    let mut rows = 0;
    for line in document.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            let tag = heading.split('`').nth(1);
            lang = tag.and_then(|tag| tag.parse().ok());
        }
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let (Some(lang), [_, written, given, _]) = (&lang, cells.as_slice()) else { continue };
        let (Some(written), Some(given)) = (code(written), code(given)) else { continue };
        assert_eq!(text::spoken(written, lang, None).spoken, given, "{lang}: {written}");
        rows += 1;
    }
    assert!(rows >= 3 * 40, "{rows} rows");
}

fn code(cell: &str) -> Option<&str> {
    cell.strip_prefix('`')?.strip_suffix('`')
}
