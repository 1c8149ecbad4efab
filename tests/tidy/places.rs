//! Things that have one place: what may be named only there, and what a module must not name.

use crate::source::{Source, words};

/// These names stand only in these files and folders.
const ONLY_IN: &[(&[&str], &[&str], &str)] = &[
    (
        &["unsafe"],
        &[
            "src/engine/library.rs",
            "src/engine/os.rs",
            "src/engine/flite.rs",
            "src/engine/flite/",
            "src/engine/espeak.rs",
            "src/engine/espeak/",
            "src/engine/piper/network/onnxruntime/library.rs",
            "src/engine/worker.rs",
            "src/engine/worker/",
            "src/audio/clip.rs",
        ],
        "foreign functions and processes have their files; elsewhere it is safe Rust",
    ),
    (
        &["env::var", "env::vars", "env::var_os", "env::vars_os", "figment"],
        &["src/config.rs", "src/config/"],
        "only `config` reads the environment",
    ),
    (&["axum", "StatusCode"], &["src/http.rs", "src/http/"], "only `http` knows HTTP"),
    (&["rodio"], &["src/cli/play.rs"], "only `listen play` makes sound here"),
    (&["sqlx"], &["src/catalog.rs", "src/catalog/"], "only `catalog` knows its database"),
    (&["object_store"], &["src/store.rs", "src/store/"], "only `store` knows where bytes are kept"),
    (&["libloading"], &["src/engine.rs", "src/engine/"], "only engines open libraries"),
    (&["mp3lame_encoder"], &["src/audio.rs", "src/audio/"], "only `audio` codes sound"),
];

/// These names do not stand in these files and folders.
const NEVER_IN: &[(&[&str], &[&str], &str)] = &[
    (
        &["std::fs", "std::net", "std::process", "tokio", "SystemTime", "Instant", "tracing"],
        &["src/article.rs", "src/text.rs", "src/text/"],
        "`text` and `article` do no IO and know no time",
    ),
    (
        &["std::fs", "std::net", "std::process", "tokio", "async"],
        &["src/audio.rs", "src/audio/"],
        "`audio` is synchronous, and pure but for the writer it is given",
    ),
    (&["async", "await"], &["src/engine/flite.rs", "src/engine/espeak.rs"], "an engine is blocking"),
];

pub(crate) fn check(files: &[Source]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in files {
        for (names, places, why) in ONLY_IN.iter().filter(|(_, places, _)| !file.is_in(places)) {
            findings.extend(named(file, names, &format!("belongs in {}: {why}", places.join(", "))));
        }
        for (names, _, why) in NEVER_IN.iter().filter(|(_, places, _)| file.is_in(places)) {
            findings.extend(named(file, names, &format!("does not belong here: {why}")));
        }
    }
    findings
}

fn named(file: &Source, names: &[&str], what: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for name in names {
        findings.extend(words(&file.product, name).map(|at| file.finding(at, &format!("`{name}` {what}"))));
    }
    findings
}

#[test]
fn a_misplaced_name_is_found() {
    for (path, text) in [
        ("src/store.rs", "fn f() { unsafe { g() } }"),
        ("src/cli/serve.rs", "fn f() { std::env::var(\"X\"); }"),
        ("src/app.rs", "use axum::http::HeaderMap;"),
        ("src/app.rs", "fn f() -> http::StatusCode {}"),
        ("src/audio/clip.rs", "use rodio::Source;"),
        ("src/render.rs", "use object_store::path::Path;"),
        ("src/text/split.rs", "use std::fs::read;"),
        ("src/audio/rope.rs", "async fn f() {}"),
    ] {
        let findings = check(&[Source::new(path, text)]);
        assert_eq!(findings.len(), 1, "{path}: {text}: {findings:?}");
        assert!(findings[0].starts_with(&format!("{path}:1: ")), "{findings:?}");
    }
    for (path, text) in [
        ("src/engine/flite.rs", "fn f() { unsafe { g() } }"),
        ("src/config/file.rs", "fn f() { std::env::var(\"X\"); }"),
        ("src/cli/serve.rs", "#[arg(env = \"LISTEN_BIND\")] // unsafe, axum\nstruct S;"),
        ("src/http/errors.rs", "use axum::http::StatusCode;"),
        ("src/text/split.rs", "fn instant(tokio_like: u8) {}"),
    ] {
        assert_eq!(check(&[Source::new(path, text)]), Vec::<String>::new(), "{path}");
    }
}
