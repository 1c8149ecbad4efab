//! The rules of the house that a compiler does not know, each with a test that it can fail.
//!
//! A finding reads `path:line: what is wrong, and what to do`. To change a rule, change its table;
//! a reviewer sees it there.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

#[path = "tidy/documents.rs"]
mod documents;
#[path = "tidy/imports.rs"]
mod imports;
#[path = "tidy/places.rs"]
mod places;
#[path = "tidy/shape.rs"]
mod shape;
#[path = "tidy/source.rs"]
mod source;
#[path = "tidy/tracked.rs"]
mod tracked;

#[track_caller]
fn assert_tidy(findings: &[String]) {
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

#[test]
fn modules_use_only_what_they_may() {
    assert_tidy(&imports::check(&source::rust_files("src")));
}

#[test]
fn files_and_functions_are_short_and_in_their_place() {
    let files: Vec<_> = ["src", "tests", "benches"].into_iter().flat_map(source::rust_files).collect();
    assert_tidy(&shape::check(&files));
}

#[test]
fn each_concern_stays_in_its_module() {
    assert_tidy(&places::check(&source::rust_files("src")));
}

#[test]
fn documents_follow_the_code() {
    assert_tidy(&documents::check(&source::rust_files("src")));
}

#[test]
fn tracked_files_hold_nothing_of_one_machine() {
    assert_tidy(&tracked::check());
}
