//! What the documents promise and what the code has: routes, metrics, settings. Each is compared
//! both ways. A face that the code does not have at all yet is left alone.

use std::collections::BTreeSet;

use crate::source::{Source, read, words};

/// Names that begin like a metric and are none: fields of the manifest and of `listen script`.
const NOT_METRICS: &[&str] = &["listen_minutes", "listen_label"];
/// Variables of the tests, which a user never sets for the service.
const TEST_VARIABLES: &str = "LISTEN_TEST_";

pub(crate) fn check(files: &[Source]) -> Vec<String> {
    let readme = read("README.md").unwrap_or_default();
    let http = read("docs/http.md").unwrap_or_default();
    let metrics = read("docs/metrics.md").unwrap_or_default();
    let config = read("docs/config.md").unwrap_or_default();
    let mut findings = check_routes(files, &http, &readme);
    findings.extend(check_metrics(files, &metrics));
    findings.extend(check_settings(files, &config));
    findings
}

/// Every route of the router stands in docs/http.md or the README, every route that a table row of
/// docs/http.md begins with is in the router.
fn check_routes(files: &[Source], http: &str, readme: &str) -> Vec<String> {
    let router = files.iter().filter(|file| file.is_in(&["src/http.rs", "src/http/router.rs"]));
    let routes: Vec<_> =
        router.flat_map(|file| routes(file).into_iter().map(move |found| (file, found))).collect();
    let documented: Vec<_> =
        [http, readme].iter().flat_map(|document| quoted(document)).filter_map(path_of).collect();
    let mut findings = Vec::new();
    for (file, (at, route)) in &routes {
        if !documented.iter().any(|path| is_route_of(route, path)) {
            findings.push(file.finding(*at, &format!("the route `{route}` is not in docs/http.md")));
        }
    }
    if routes.is_empty() {
        return findings;
    }
    for path in first_cells(http).into_iter().filter_map(path_of) {
        if !routes.iter().any(|(_, (_, route))| is_route_of(route, path)) {
            findings.push(format!("docs/http.md: `{path}` is not in the router"));
        }
    }
    findings
}

/// The literals of `.route("…"` and its like.
fn routes(file: &Source) -> Vec<(usize, &str)> {
    let calls = [".route(", ".route_service(", ".nest_service("];
    let opens_call = |at: usize| calls.iter().any(|call| file.product[..at].trim_end().ends_with(call));
    file.strings().into_iter().filter(|(at, _)| opens_call(*at)).collect()
}

/// `GET /v1/articles?url=…` is about the route `/v1/articles`.
fn path_of(quoted: &str) -> Option<&str> {
    let path = quoted.split_whitespace().find(|word| word.starts_with('/'))?;
    Some(path.split(['?', '[']).next().unwrap_or(path))
}

/// Whether a documented path is served by a route: segment by segment, a parameter fits any.
fn is_route_of(route: &str, path: &str) -> bool {
    let (routed, written): (Vec<_>, Vec<_>) = (route.split('/').collect(), path.split('/').collect());
    let fits = |(a, b): (&&str, &&str)| a == b || a.contains('{') && !b.is_empty();
    routed.len() == written.len() && routed.iter().zip(&written).all(fits)
}

/// Every metric of the code stands in docs/metrics.md, and the other way round.
fn check_metrics(files: &[Source], document: &str) -> Vec<String> {
    let named: BTreeSet<_> = quoted(document).map(|name| name.split('{').next().unwrap_or(name)).collect();
    let named: BTreeSet<_> = named.into_iter().filter(|name| is_metric(name)).collect();
    let (mut findings, mut made) = (Vec::new(), BTreeSet::new());
    for file in files {
        for (at, name) in file.strings().into_iter().filter(|(_, string)| is_metric(string)) {
            made.insert(name);
            if !named.contains(name) {
                findings.push(file.finding(at, &format!("the metric `{name}` is not in docs/metrics.md")));
            }
        }
    }
    if !made.is_empty() {
        findings
            .extend(named.difference(&made).map(|name| format!("docs/metrics.md: nothing counts `{name}`")));
    }
    findings
}

fn is_metric(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    name.starts_with("listen_") && name.bytes().all(plain) && !NOT_METRICS.contains(&name)
}

/// Every `LISTEN_…` variable of the code and every field of a struct that the configuration file
/// fills stands in docs/config.md; every variable that it names is read.
fn check_settings(files: &[Source], document: &str) -> Vec<String> {
    let named: BTreeSet<_> = quoted(document).collect();
    let variables: BTreeSet<_> = named.iter().copied().filter(|name| is_variable(name)).collect();
    let (mut findings, mut read) = (Vec::new(), BTreeSet::new());
    for file in files {
        for (at, name) in file.strings().into_iter().filter(|(_, string)| is_variable(string)) {
            read.insert(name);
            if !variables.contains(name) {
                findings.push(file.finding(at, &format!("the variable `{name}` is not in docs/config.md")));
            }
        }
        for (at, key) in keys(file) {
            let is_key = |name: &&str| name.rsplit('.').next() == Some(key);
            let is_table = |name: &&str| name.trim_start_matches('[').split(['.', ']']).next() == Some(key);
            if !named.iter().any(|name| is_key(name) || is_table(name)) {
                findings.push(file.finding(at, &format!("the setting `{key}` is not in docs/config.md")));
            }
        }
    }
    if !read.is_empty() {
        let settings: BTreeSet<_> = files.iter().flat_map(keys).map(|(_, key)| key).collect();
        let unread = variables.difference(&read).filter(|name| !names_setting(name, &settings));
        findings.extend(unread.map(|name| format!("docs/config.md: nothing reads `{name}`")));
    }
    findings
}

/// Whether a variable is the one of a key: `LISTEN_LIMITS__BODY_BYTES` of `limits.body_bytes`.
fn names_setting(variable: &str, settings: &BTreeSet<&str>) -> bool {
    let path = variable.trim_start_matches("LISTEN_").to_ascii_lowercase();
    path.split("__").all(|key| settings.contains(key))
}

fn is_variable(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
    name.len() > 7
        && name.starts_with("LISTEN_")
        && name.bytes().all(plain)
        && !name.starts_with(TEST_VARIABLES)
}

/// The fields of the structs of `config` that derive `Deserialize`.
fn keys(file: &Source) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    if !file.is_in(&["src/config.rs", "src/config/"]) {
        return found;
    }
    for at in words(&file.product, "Deserialize") {
        let end = crate::source::item_end(&file.product, at);
        let derived = file.product[at..].find(']').map_or(end, |bracket| at + bracket + 1);
        let item = &file.product[derived..crate::source::item_end(&file.product, derived)];
        let Some(body) = item.find('{').filter(|_| words(item, "struct").next().is_some()) else { continue };
        for line in item[body + 1..].split_inclusive('\n') {
            let offset = derived + (line.as_ptr() as usize - item.as_ptr() as usize);
            let field = line.trim().trim_start_matches("pub(crate) ").trim_start_matches("pub ");
            if let Some((name, _)) = field.split_once(": ").filter(|(name, _)| is_field(name)) {
                let start = offset + line.find(name).unwrap_or(0);
                found.push((start, &file.text[start..start + name.len()]));
            }
        }
    }
    found
}

fn is_field(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// What stands between single backquotes, line by line.
fn quoted(document: &str) -> impl Iterator<Item = &str> {
    document.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// What stands between backquotes in the first cell of a table's row.
fn first_cells(document: &str) -> Vec<&str> {
    let rows = document.lines().filter(|line| line.starts_with("| `"));
    rows.filter_map(|row| row.split('|').nth(1)).flat_map(quoted).collect()
}

#[test]
fn routes_and_their_document_are_compared_both_ways() {
    let router = [Source::new(
        "src/http/router.rs",
        ".route(\n    \"/v1/a/{id}/{file}\", get(x)).route(\"/p\", get(y))",
    )];
    let document = "| `GET /v1/a/{id}/audio.mp3` | sound |\n| `/p?x=1` | page |";
    assert_eq!(check_routes(&router, document, ""), Vec::<String>::new());
    assert_eq!(check_routes(&router, "| `/v1/a/{id}/x` | |", "and `/p`"), Vec::<String>::new());
    assert_eq!(check_routes(&router, "| `/p` | |", "").len(), 1);
    assert_eq!(check_routes(&router, &format!("{document}\n| `DELETE /gone` | |"), "").len(), 1);
    assert_eq!(check_routes(&[], document, ""), Vec::<String>::new());
}

#[test]
fn metrics_and_their_document_are_compared_both_ways() {
    let code = [Source::new("src/x.rs", "counter!(\"listen_x_total\"); json!({\"listen_minutes\": 1})")];
    assert_eq!(check_metrics(&code, "`listen_x_total{op}` and `listen`"), Vec::<String>::new());
    assert_eq!(check_metrics(&code, "").len(), 1);
    assert_eq!(check_metrics(&code, "`listen_x_total`, `listen_y_seconds`").len(), 1);
}

#[test]
fn settings_and_their_document_are_compared_both_ways() {
    let text = "#[derive(Debug, Deserialize)]\n#[serde(deny_unknown_fields)]\npub struct C {\n    /// Where.\n    pub cache_limit: u64,\n}\n";
    let code = [Source::new(
        "src/config.rs",
        &format!("{text}const B: &str = \"LISTEN_BIND\";\n\"LISTEN_TEST_STRICT\""),
    )];
    assert_eq!(check_settings(&code, "`cache_limit` `LISTEN_BIND`"), Vec::<String>::new());
    assert_eq!(check_settings(&code, "`serve.cache_limit` `LISTEN_BIND`"), Vec::<String>::new());
    assert_eq!(
        check_settings(&code, "`cache_limit` `LISTEN_BIND` `LISTEN_CACHE_LIMIT`"),
        Vec::<String>::new()
    );
    assert_eq!(check_settings(&code, "`[cache_limit.x]` `LISTEN_BIND`"), Vec::<String>::new());
    assert_eq!(check_settings(&code, "`cache_limit` `LISTEN_BIND` `LISTEN_NO_SUCH`").len(), 1);
    assert_eq!(check_settings(&code, "`LISTEN_BIND`").len(), 1);
    assert_eq!(check_settings(&code, "`cache_limit`").len(), 1);
    assert_eq!(check_settings(&code, "`cache_limit` `LISTEN_BIND` `LISTEN_GONE`").len(), 1);
}
