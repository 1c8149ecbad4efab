//! How long files, functions and traits may be, and where files lie.

use crate::source::{Source, item_end, words};

const FILE_LINES_MAX: usize = 700;
/// Longer files are listed, not refused.
const FILE_LINES_SMELL: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;
const TRAIT_METHODS_MAX: usize = 7;

pub(crate) fn check(files: &[Source]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in files {
        let lines = file.text.lines().count();
        if lines > FILE_LINES_MAX {
            findings.push(format!("{}:1: {lines} lines, at most {FILE_LINES_MAX}; split it", file.path));
        } else if lines > FILE_LINES_SMELL {
            eprintln!("{}: {lines} lines, a smell from {FILE_LINES_SMELL} on", file.path);
        }
        if file.path.starts_with("src/") && file.path.ends_with("/mod.rs") {
            findings.push(format!("{}:1: a module is foo.rs beside foo/, not foo/mod.rs", file.path));
        }
        findings.extend(long_functions(file));
        findings.extend(wide_traits(file));
    }
    findings.extend(dead_files(files));
    findings
}

fn long_functions(file: &Source) -> Vec<String> {
    let mut findings = Vec::new();
    for at in words(&file.code, "fn").filter(|at| file.code[at + 2..].starts_with(' ')) {
        let lines = file.line_of(item_end(&file.code, at)) - file.line_of(at) + 1;
        if lines > FUNCTION_LINES_MAX {
            let name = file.code[at + 3..].split(['(', '<']).next().unwrap_or("");
            let what = format!("`{name}` has {lines} lines, at most {FUNCTION_LINES_MAX}; split it");
            findings.push(file.finding(at, &what));
        }
    }
    findings
}

fn wide_traits(file: &Source) -> Vec<String> {
    let mut findings = Vec::new();
    for at in words(&file.product, "trait").filter(|at| file.product[at + 5..].starts_with(' ')) {
        let body = &file.product[at..item_end(&file.product, at)];
        // Default bodies could hold functions of their own; none does.
        let methods = words(body, "fn").filter(|at| body[at + 2..].starts_with(' ')).count();
        if methods > TRAIT_METHODS_MAX {
            let what =
                format!("a trait of {methods} methods, at most {TRAIT_METHODS_MAX}; make a function over it");
            findings.push(file.finding(at, &what));
        }
    }
    findings
}

/// Files under `src/` that no `mod` line names: they are not compiled.
fn dead_files(files: &[Source]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.path.starts_with("src/")) {
        let Some((folder, name)) = file.path.trim_end_matches(".rs").rsplit_once('/') else { continue };
        if matches!(file.path.as_str(), "src/main.rs" | "src/lib.rs") || name == "mod" {
            continue;
        }
        let parent = if folder == "src" { "src/lib.rs".to_owned() } else { format!("{folder}.rs") };
        let declares =
            |parent: &Source| words(&parent.code, name).any(|at| parent.code[..at].ends_with("mod "));
        if !files.iter().any(|file| file.path == parent && declares(file)) {
            findings.push(format!("{}:1: {parent} has no `mod {name};`, so nobody compiles this", file.path));
        }
    }
    findings
}

#[test]
fn long_wide_misplaced_and_dead_is_found() {
    let function = |lines: usize| format!("fn f(x: [u8; 4]) {{\n{}}}\n", "    g();\n".repeat(lines - 2));
    let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}", function(71));
    let root = Source::new("src/lib.rs", "mod a;");
    let findings = |path: &str, text: &str| {
        check(&[Source::new("src/lib.rs", "mod a; mod b;"), Source::new(path, text)])
    };
    for (path, text) in [
        ("src/a.rs", "\n".repeat(701).as_str()),
        ("src/a.rs", &function(71)),
        ("src/a.rs", &tests),
        ("src/a.rs", &format!("pub trait T {{ {} }}", "fn f(&self); ".repeat(8))),
        ("src/a/mod.rs", ""),
        ("src/c.rs", ""),
        ("src/a/b.rs", ""),
    ] {
        assert_eq!(findings(path, text).len(), 1, "{path}: {:?}", findings(path, text));
    }
    let fine = format!("{}type F = fn (u8);\npub trait T {{ {} }}", function(70), "fn f(&self); ".repeat(7));
    assert_eq!(check(&[root, Source::new("src/a.rs", &fine)]), Vec::<String>::new());
}
