//! The scripts of the pages: plain modules, served as they stand here.

use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;

use crate::http::deliver::REVALIDATE;
use crate::http::document::Document;
use crate::http::error::Error;
use crate::http::extract::At;

/// Every script, by its name in addresses.
const SCRIPTS: &[(&str, &str)] = &[
    ("copy.js", include_str!("copy.js")),
    ("figures.js", include_str!("figures.js")),
    ("front.js", include_str!("front.js")),
    ("key.js", include_str!("key.js")),
    ("live.js", include_str!("live.js")),
    ("text.js", include_str!("text.js")),
    ("trial.js", include_str!("trial.js")),
    ("voices.js", include_str!("voices.js")),
];

/// `GET /page/{file}`.
pub(in crate::http) async fn script(
    At(file): At<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let found = SCRIPTS.iter().find(|(name, _)| *name == file);
    let (_, source) = found.ok_or_else(|| {
        Error::new(StatusCode::NOT_FOUND, "unknown_script", "the pages have no script of that name")
    })?;
    Ok(Document::new("text/javascript; charset=utf-8", REVALIDATE, *source).answer(&method, &headers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_import_is_there_and_none_is_foreign() {
        for (name, source) in SCRIPTS {
            for import in source.lines().filter(|line| line.starts_with("import ")) {
                let from = import.rsplit('\'').nth(1).unwrap_or_default();
                let file = from.strip_prefix("./").unwrap_or_default();
                assert!(SCRIPTS.iter().any(|(known, _)| *known == file), "{name}: {import}");
            }
            for sink in
                ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "DOMParser"]
            {
                assert!(!source.contains(sink), "{name}: {sink} is refused by the pages' policy");
            }
            assert!(source.starts_with("// @ts-check\n"), "{name}");
        }
    }
}
