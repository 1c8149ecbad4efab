//! Who may do what: publishers show a key, and a service without any key takes publishing only from
//! programs on its own machine.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, FORWARDED, HOST, ORIGIN, VIA};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::Site;
use super::error::Error;

/// Says that a request comes from a program and not from a web page: a page cannot send it across
/// origins without being asked first.
const X_LISTEN: &str = "x-listen";

/// Longest key that is looked up.
const KEY_BYTES_MAX: usize = 256;

/// Whether an address can only be reached from this machine.
pub(super) fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

/// Middleware of the routes that need a publisher's key.
pub(super) async fn publishers_only(
    State(site): State<Site>,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    let (parts, body) = request.into_parts();
    admit_publisher(&site, &parts).await?;
    Ok(next.run(Request::from_parts(parts, body)).await)
}

/// Middleware of the routes for programs that speak OpenAI's protocol. They cannot help sending a key,
/// so where the service has none, any will do: it is as if none had been sent.
pub(super) async fn programs_only(
    State(site): State<Site>,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    let (parts, body) = request.into_parts();
    if site.on_loopback && !site.app.has_keys().await? {
        keyless(&parts)?;
    } else {
        admit_publisher(&site, &parts).await?;
    }
    Ok(next.run(Request::from_parts(parts, body)).await)
}

/// Lets a request pass that has a publisher's key, or needs none.
///
/// # Errors
/// 401 without a valid key; 403 where no key exists and the request may come from elsewhere.
pub(super) async fn admit_publisher(site: &Site, parts: &Parts) -> Result<(), Error> {
    if let Some(key) = bearer_key(&parts.headers)
        && site.app.is_publisher(key).await?
    {
        return Ok(());
    }
    // A key that was shown and does not fit is refused even where none is needed: it was revoked.
    if site.on_loopback && !parts.headers.contains_key(AUTHORIZATION) && !site.app.has_keys().await? {
        return keyless(parts);
    }
    Err(match bearer_key(&parts.headers) {
        Some(_) => Error::unauthorized(
            "unknown_key",
            "this key is not known or has been revoked; `listen keys list` shows the valid ones",
        ),
        None => Error::unauthorized(
            "missing_key",
            "this needs a publisher's key: send `Authorization: Bearer KEY` (`listen keys create` makes one)",
        ),
    })
}

/// The key of `Authorization: Bearer KEY` (RFC 6750 §2.1; the scheme is case-insensitive).
fn bearer_key(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let key = key.trim_matches(' ');
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty() && key.len() <= KEY_BYTES_MAX).then_some(key)
}

/// The rules where no key exists: only programs on this machine, not web pages and not what a proxy
/// passes on.
fn keyless(parts: &Parts) -> Result<(), Error> {
    let refuse = |code, message: &'static str| Err(Error::new(StatusCode::FORBIDDEN, code, message));
    if parts.headers.keys().any(|name| {
        *name == FORWARDED || *name == VIA || name == "x-real-ip" || name.as_str().starts_with("x-forwarded-")
    }) {
        return refuse(
            "keyless_forwarded",
            "this came through a proxy, and the service has no key yet: run `listen keys create` \
             (or set LISTEN_API_KEY) and send the key",
        );
    }
    let Some(host) = own_host(parts) else {
        return refuse(
            "keyless_foreign_host",
            "without a key the service is only for this machine: call it as localhost or 127.0.0.1, \
             or run `listen keys create` and send the key",
        );
    };
    if let Some(origin) = parts.headers.get(ORIGIN) {
        let own = format!("http://{host}");
        if !origin.as_bytes().eq_ignore_ascii_case(own.as_bytes()) {
            return refuse(
                "keyless_foreign_origin",
                "a web page of another origin asked for this; without a key only the service's own \
                 pages may: run `listen keys create` and send the key",
            );
        }
    }
    let sends_body = matches!(parts.method, Method::POST | Method::PUT);
    if sends_body && !needs_preflight(&parts.headers) {
        return refuse(
            "keyless_content_type",
            "any web page could send this content type; without a key add the header `X-Listen: 1`",
        );
    }
    Ok(())
}

/// The `Host` of a request, when it names this machine.
fn own_host(parts: &Parts) -> Option<&str> {
    let mut hosts = parts.headers.get_all(HOST).iter();
    let (host, None) = (hosts.next()?.to_str().ok()?, hosts.next()) else { return None };
    let of_target = parts.uri.authority().map(Authority::as_str);
    (is_own_name(host) && of_target.is_none_or(|target| target.eq_ignore_ascii_case(host))).then_some(host)
}

fn is_own_name(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    if authority.as_str().contains('@') {
        return false;
    }
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// Whether a browser would ask first (CORS-preflight) before sending this across origins: a content
/// type outside the safelist of the Fetch standard, or our own header.
fn needs_preflight(headers: &HeaderMap) -> bool {
    if headers.get(X_LISTEN).is_some_and(|value| value == "1") {
        return true;
    }
    let Some(content_type) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    !matches!(
        essence.as_str(),
        "" | "text/plain" | "application/x-www-form-urlencoded" | "multipart/form-data"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the keyless rules say to a request; `Ok` or the code of the refusal.
    fn verdict(method: &str, uri: &str, lines: &[(&str, &str)]) -> Result<(), &'static str> {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).expect("a request").into_parts();
        keyless(&parts).map_err(|error| {
            assert_eq!(error.status(), StatusCode::FORBIDDEN);
            error.code()
        })
    }

    const JSON: (&str, &str) = ("content-type", "application/json");
    const HOME: (&str, &str) = ("host", "127.0.0.1:5478");

    #[test]
    fn a_program_on_this_machine_needs_no_key() {
        for lines in [
            vec![HOME, JSON],
            vec![("host", "localhost:5478"), JSON],
            vec![("host", "LOCALHOST"), JSON],
            vec![("host", "[::1]:5478"), JSON],
            vec![("host", "127.9.9.9"), ("content-type", "text/html; charset=utf-8")],
            vec![HOME, ("content-type", "text/markdown")],
            vec![HOME, ("content-type", "text/plain"), ("x-listen", "1")],
            vec![HOME, ("x-listen", "1")],
            vec![HOME, JSON, ("origin", "http://127.0.0.1:5478")],
        ] {
            assert_eq!(verdict("PUT", "/v1/articles/a", &lines), Ok(()), "{lines:?}");
        }
        assert_eq!(verdict("DELETE", "/v1/articles/a", &[HOME]), Ok(()));
        assert_eq!(verdict("GET", "/v1/articles", &[HOME]), Ok(()));
    }

    #[test]
    fn what_a_proxy_passed_on_is_refused() {
        for name in
            ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded", "via", "x-real-ip"]
        {
            assert_eq!(verdict("PUT", "/", &[HOME, JSON, (name, "x")]), Err("keyless_forwarded"), "{name}");
            assert_eq!(verdict("GET", "/", &[HOME, (name, "")]), Err("keyless_forwarded"), "{name}");
        }
    }

    #[test]
    fn a_foreign_host_is_refused_because_names_can_be_rebound() {
        for host in [
            "example.org",
            "127.0.0.1.example.org",
            "10.0.0.1",
            "localhost.example.org",
            "",
            "a@localhost",
            "[::2]",
        ] {
            assert_eq!(verdict("GET", "/", &[("host", host)]), Err("keyless_foreign_host"), "{host}");
        }
        assert_eq!(verdict("GET", "/", &[]), Err("keyless_foreign_host"));
        assert_eq!(verdict("GET", "/", &[HOME, HOME]), Err("keyless_foreign_host"));
        assert_eq!(verdict("GET", "http://example.org/", &[HOME]), Err("keyless_foreign_host"));
    }

    #[test]
    fn a_foreign_origin_is_refused() {
        for origin in ["http://example.org", "null", "http://127.0.0.1:3000", "https://127.0.0.1:5478", ""] {
            let lines = [HOME, JSON, ("origin", origin)];
            assert_eq!(verdict("PUT", "/", &lines), Err("keyless_foreign_origin"), "{origin}");
        }
    }

    #[test]
    fn a_content_type_without_preflight_needs_our_header() {
        for content_type in [
            "text/plain",
            "text/plain;charset=utf-8",
            "Text/Plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "",
        ] {
            let lines = [HOME, ("content-type", content_type)];
            assert_eq!(verdict("POST", "/", &lines), Err("keyless_content_type"), "{content_type}");
            let lines = [HOME, ("content-type", content_type), ("x-listen", "yes")];
            assert_eq!(verdict("PUT", "/", &lines), Err("keyless_content_type"), "{content_type}");
        }
        assert_eq!(verdict("PUT", "/", &[HOME]), Err("keyless_content_type"));
    }

    #[test]
    fn a_key_is_read_as_rfc_6750_says() {
        let key = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, value.parse().expect("a header value"));
            bearer_key(&headers).map(str::to_owned)
        };
        assert_eq!(key("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(key("bearer  abc ").as_deref(), Some("abc"));
        for bad in ["abc", "Basic abc", "Bearer", "Bearer ", &format!("Bearer {}", "x".repeat(300))] {
            assert_eq!(key(bad), None, "{bad}");
        }
    }

    #[test]
    fn loopback_is_what_only_this_machine_reaches() {
        for (address, expected) in [
            ("127.0.0.1:1", true),
            ("127.1.2.3:1", true),
            ("[::1]:1", true),
            ("[::ffff:127.0.0.1]:1", true),
            ("0.0.0.0:1", false),
            ("[::]:1", false),
            ("192.168.0.1:1", false),
        ] {
            assert_eq!(is_loopback(address.parse().expect("an address")), expected, "{address}");
        }
    }
}
