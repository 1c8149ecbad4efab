use std::time::{Duration, SystemTime};

use filetime::FileTime;
use serde_json::Value;

use super::{Program, files};

fn count(object: &Value, name: &str) -> u64 {
    object[name].as_u64().unwrap_or_else(|| panic!("{name} of {object}"))
}

/// Makes every file of the cache as old as if nobody had used it for a while.
fn age(program: &Program) {
    let old = FileTime::from(SystemTime::now() - Duration::from_secs(48 * 3600));
    for file in files(&program.path("cache")) {
        filetime::set_file_mtime(file, old).unwrap();
    }
}

#[test]
fn what_is_kept_is_counted_by_kind() {
    let program = Program::new();
    let made = program.rendered("lamp.mp3");
    let stats = program.run(&["cache", "stats", "--json"]).json();
    let sentences = count(&made, "sentences");
    assert_eq!(count(&stats, "records"), sentences);
    assert_eq!(count(&stats["blobs_by_ext"]["wav"], "files"), sentences);
    assert_eq!(count(&stats["blobs_by_ext"]["mp3"], "files"), sentences);
    let by_ext =
        count(&stats["blobs_by_ext"]["wav"], "bytes") + count(&stats["blobs_by_ext"]["mp3"], "bytes");
    assert_eq!(count(&stats, "blob_bytes"), by_ext);
    assert_eq!(count(&stats, "quarantined"), 0);

    let shown = program.run(&["cache"]).assert_code(0).text();
    for word in ["records", "blobs .wav", "blobs .mp3", "quarantine", "limit 20.0 GB"] {
        assert!(
            shown.contains(word) || word.starts_with("limit") && shown.contains("limit "),
            "{word}: {shown}"
        );
    }
}

#[test]
fn a_flipped_byte_is_found_named_and_moved_aside() {
    let program = Program::new();
    program.rendered("lamp.mp3");
    let whole = program.run(&["cache", "verify", "--json"]).json();
    assert_eq!((count(&whole, "corrupt_blobs"), whole["findings"].as_array().unwrap().len()), (0, 0));
    assert!(count(&whole, "blobs") > 0 && count(&whole, "records") > 0);

    let blobs = files(&program.path("cache/blobs"));
    let clip = blobs.iter().find(|path| path.extension().is_some_and(|ext| ext == "mp3")).unwrap();
    let mut bytes = std::fs::read(clip).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(clip, bytes).unwrap();
    age(&program);

    let ended = program.run(&["cache", "verify", "--json"]).assert_code(1);
    let found = ended.json_at_least();
    assert_eq!(count(&found, "corrupt_blobs"), 1);
    let name = clip.file_name().unwrap().to_str().unwrap();
    let named = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .any(|finding| finding["file"].as_str().unwrap().ends_with(name));
    assert!(named, "{found}");
    assert!(!clip.exists(), "a damaged file does not stay where it is served from");
    assert_eq!(count(&program.run(&["cache", "--json"]).json(), "quarantined"), 1);

    // The record still names it, so for people too it is not as it should be, until it is made again.
    let ended = program.run(&["cache", "verify"]).assert_code(1);
    assert!(ended.text().contains("a blob of this record is missing"), "{}", ended.text());
    program.rendered("again.mp3");
    program.run(&["cache", "verify"]).assert_code(0);
    assert_eq!(
        std::fs::read(program.path("lamp.mp3")).unwrap(),
        std::fs::read(program.path("again.mp3")).unwrap()
    );
}

#[test]
fn a_collection_keeps_to_the_limit_and_to_what_is_young() {
    let program = Program::new();
    program.rendered("lamp.mp3");
    let young = program.run(&["cache", "gc", "--cache-limit", "1", "--json"]).json();
    assert_eq!((count(&young, "records"), count(&young, "blobs")), (0, 0));
    age(&program);
    let within = program.run(&["cache", "gc", "--json"]).json();
    assert_eq!(count(&within, "before_bytes"), count(&within, "after_bytes"));
    let emptied = program.run(&["cache", "gc", "--cache-limit", "1", "--json"]).json();
    assert_eq!(count(&emptied, "after_bytes"), 0);
    assert!(count(&emptied, "records") > 0);
    assert!(!program.path("listen.db").exists(), "a collection makes no database");
}
