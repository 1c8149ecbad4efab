//! What no file of the project may hold, whatever its kind.

use std::path::Path;
use std::process::Command;

/// Parts of paths and of talk that mean something on one machine or to one person only. Written in
/// two pieces, so that this file does not hold them.
const FORBIDDEN: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/fa", "rm/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/tmp/", "tools"),
    concat!("issue", " #"),
    concat!("FIX", "ME"),
    concat!("co-authored", "-by"),
    concat!("ai ass", "istant"),
    concat!("<<<<", "<<< "),
];

const FILE_BYTES_MAX: usize = 1 << 20;

pub(crate) fn check() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut findings = Vec::new();
    for path in files(root) {
        // A file that was deleted and not yet committed is still listed.
        let Ok(bytes) = std::fs::read(root.join(&path)) else { continue };
        findings.extend(check_file(&path, &bytes));
        if path.ends_with(".md") {
            let folder = root.join(&path).parent().map(Path::to_path_buf).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            let dead = links(&text).filter(|link| !folder.join(link).exists());
            findings.extend(dead.map(|link| format!("{path}: links to {link}, which is not there")));
        }
    }
    findings
}

/// The files git tracks or would track; a source archive without git has nothing to check.
fn files(root: &Path) -> Vec<String> {
    if !root.join(".git").exists() {
        return Vec::new();
    }
    // A checkout of another user (a container's) is read all the same.
    let listed = Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output();
    match listed {
        Ok(listed) if listed.status.success() => {
            String::from_utf8_lossy(&listed.stdout).split_terminator('\0').map(str::to_owned).collect()
        }
        failed => {
            eprintln!("SKIPPED: git does not list the files of this tree: {failed:?}");
            assert!(std::env::var_os("LISTEN_TEST_STRICT").is_none(), "{failed:?}");
            Vec::new()
        }
    }
}

fn check_file(path: &str, bytes: &[u8]) -> Vec<String> {
    let mut findings = Vec::new();
    if bytes.len() > FILE_BYTES_MAX {
        findings.push(format!(
            "{path}:1: {} bytes; weights and sound are made or fetched, not kept here",
            bytes.len()
        ));
    }
    let Ok(text) = str::from_utf8(bytes) else { return findings };
    if path.ends_with(".lock") {
        return findings;
    }
    for (i, line) in text.lines().enumerate() {
        let low = line.to_lowercase();
        for word in FORBIDDEN.iter().filter(|word| low.contains(&word.to_lowercase())) {
            findings.push(format!("{path}:{}: holds \"{word}\"", i + 1));
        }
    }
    findings
}

/// Where a Markdown text links to inside the project.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    targets.filter(|target| !target.is_empty() && !target.contains(':'))
}

#[test]
fn links_inside_the_project_are_found() {
    let text = "[a](docs/a.md#top), [b](https://example.org/b), [c](#here), [d](../d.md)";
    assert_eq!(links(text).collect::<Vec<_>>(), ["docs/a.md", "../d.md"]);
}

#[test]
fn a_forbidden_word_and_a_blob_are_found() {
    for word in FORBIDDEN {
        let text = format!("fine\nsee {} there\n", word.to_uppercase());
        let findings = check_file("docs/x.md", text.as_bytes());
        assert_eq!(findings.len(), 1, "{word}: {findings:?}");
        assert!(findings[0].starts_with("docs/x.md:2: "));
    }
    assert_eq!(check_file("x.bin", &vec![0xFF; FILE_BYTES_MAX + 1]).len(), 1);
    assert_eq!(check_file("x.md", "a frame\u{2F}work, homework/".as_bytes()), Vec::<String>::new());
}
