//! Who may use whom.

use crate::source::{Source, words};

/// A top-level module, and what of the others it may use: `"engine"` allows all of it,
/// `"article::Lang"` that one thing. A new arrow is one more entry here, for a reviewer to see.
const ARROWS: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    ("lib", &[]),
    ("cli", &["http", "app", "config", "engine", "text", "article"]),
    ("http", &["app", "article", "store", "audio::rope", "config::Feed", "config::is_cover_image"]),
    ("app", &["catalog", "render", "engine", "store", "text", "article", "audio", "config"]),
    ("catalog", &["article", "render"]),
    ("render", &["text", "engine", "audio", "store", "article"]),
    ("engine", &["article::Lang", "article::Sound", "article::count_words", "audio"]),
    ("text", &["article"]),
    ("audio", &[]),
    ("store", &[]),
    ("config", &[]),
    ("article", &[]),
];

pub(crate) fn check(files: &[Source]) -> Vec<String> {
    files.iter().flat_map(check_file).collect()
}

fn check_file(file: &Source) -> Vec<String> {
    let module = top_module(&file.path);
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == module) else {
        return vec![format!("{}:1: the module `{module}` has no row in tests/tidy/imports.rs", file.path)];
    };
    let mut findings = Vec::new();
    for (at, path) in used_paths(file) {
        let own = path.split("::").next() == Some(module);
        let may = allowed.iter().any(|arrow| path == *arrow || path.starts_with(&format!("{arrow}::")));
        // A macro of ours (`crate::name!`) and an item of the root have no module.
        let is_module = ARROWS.iter().any(|(name, _)| path.split("::").next() == Some(name));
        if is_module && !own && !may {
            let what = format!("`{module}` uses `{path}`; it may use: {}", allowed.join(", "));
            findings.push(file.finding(at, &what));
        }
    }
    findings
}

/// `text` of `src/text.rs` and of `src/text/split/rules.rs`.
fn top_module(path: &str) -> &str {
    let inside = path.trim_start_matches("src/");
    inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
}

/// Paths from the root of the crate that the product code of a file names, by `crate::`, by
/// `super::` up to the root, or by `listen::` in the program.
fn used_paths(file: &Source) -> Vec<(usize, String)> {
    let code = &file.product;
    let mut found = Vec::new();
    for root in ["crate::", "listen::"] {
        let name = root.trim_end_matches("::");
        for at in words(code, name).filter(|at| code[at + name.len()..].starts_with("::")) {
            found.extend(paths(code[at + root.len()..].trim_start()).into_iter().map(|path| (at, path)));
        }
    }
    let depth = file.path.trim_start_matches("src/").trim_end_matches(".rs").split('/').count();
    let to_root = "super::".repeat(depth);
    for at in words(code, "super") {
        let continues = code[..at].ends_with("super::");
        if let Some(rest) = code[at..].strip_prefix(&to_root).filter(|_| !continues) {
            found.extend(paths(rest).into_iter().map(|path| (at, path)));
        }
    }
    found
}

/// The leaves of a use tree: `a::{b, c::{d, e as f}}` is `a::b`, `a::c::d`, `a::c::e`.
fn paths(tree: &str) -> Vec<String> {
    if let Some(inside) = tree.strip_prefix('{') {
        return branches(inside).into_iter().flat_map(|branch| paths(branch.trim())).collect();
    }
    let end = tree.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(tree.len());
    let (name, rest) = tree.split_at(end);
    match rest.strip_prefix("::") {
        Some(deeper) if !name.is_empty() => {
            let below = paths(deeper.trim_start());
            if below.is_empty() {
                return vec![name.to_owned()];
            }
            below.into_iter().map(|path| format!("{name}::{path}")).collect()
        }
        _ if name.is_empty() => Vec::new(),
        _ => vec![name.to_owned()],
    }
}

/// What the commas of a group part, up to the brace that closes it.
fn branches(inside: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (i, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                found.push(&inside[start..i]);
                return found;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&inside[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    found
}

#[test]
fn a_wrong_arrow_is_found_however_it_is_written() {
    let findings = |path: &str, text: &str| check(&[Source::new(path, text)]);
    for (path, text) in [
        ("src/text.rs", "use crate::store::Key;"),
        ("src/text/split.rs", "fn f() { crate::audio::trim::trim(x) }"),
        ("src/text/split.rs", "use super::super::store;"),
        ("src/store.rs", "use super::audio;"),
        ("src/engine/flite.rs", "use crate::{\n    article::{Lang, Article},\n    audio,\n};"),
        ("src/http/audio.rs", "use crate::audio::{rope::Rope, frames};"),
        ("src/main.rs", "fn main() { listen::http::serve() }"),
        ("src/new.rs", ""),
    ] {
        assert_eq!(findings(path, text).len(), 1, "{path}: {text}: {:?}", findings(path, text));
    }
    for (path, text) in [
        ("src/engine/flite.rs", "use crate::article::Lang; use super::worker; use crate::engine::Engine;"),
        ("src/text/split.rs", "// crate::store\nuse super::Script; use crate::article::*;"),
        ("src/text.rs", "#[cfg(test)]\nmod tests { use crate::store::Key; }"),
        ("src/render/plan.rs", "use super::{super::text, timeline}; use crate::store::{self, Key};"),
        ("src/main.rs", "fn main() { listen::cli::main() }"),
    ] {
        assert_eq!(findings(path, text), Vec::<String>::new(), "{path}");
    }
}
