//! Pages for people: what is there and plays, and the reference. Rendered here, without scripts.

mod front;
mod shell;

use std::sync::LazyLock;

use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::Response;
use serde::Deserialize;

use super::Site;
use super::deliver::REVALIDATE;
use super::document::Document;
use super::error::Error;
use super::extract::Asked;
use crate::app::ListQuery;

/// Articles on one page.
const ARTICLES: u32 = 20;

/// The reference of the routes, as it stands in the repository.
const REFERENCE: &str = include_str!("../../docs/http.md");

/// Where a page of the listing starts.
#[derive(Debug, Deserialize)]
pub(super) struct From {
    after: Option<String>,
}

/// `GET /`: what is there, how to listen to it, and how to publish.
pub(super) async fn front(
    State(site): State<Site>,
    Asked(from): Asked<From>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let query = ListQuery { cursor: from.after.clone(), limit: Some(ARTICLES), ..ListQuery::default() };
    let listing = site.app.list(query).await?;
    let needs_key = !site.on_loopback || site.app.has_keys().await?;
    let shown = front::Shown {
        public_url: &site.app.public_url(),
        publisher: &site.app.config().publisher,
        listing: &listing,
        first: from.after.is_none(),
        needs_key,
    };
    Ok(answer(front::html(&shown), &method, &headers))
}

/// `GET /docs`: the reference.
pub(super) async fn docs(method: Method, headers: HeaderMap) -> Response {
    static HTML: LazyLock<String> = LazyLock::new(|| {
        let mut main = String::from("<main class=\"reference\">");
        let options = pulldown_cmark::Options::ENABLE_TABLES;
        pulldown_cmark::html::push_html(&mut main, pulldown_cmark::Parser::new_ext(REFERENCE, options));
        main.push_str("</main>");
        shell::html("HTTP reference · listen", &main)
    });
    answer(HTML.clone(), &method, &headers)
}

fn answer(html: String, method: &Method, request: &HeaderMap) -> Response {
    let mut response = Document::new("text/html; charset=utf-8", REVALIDATE, html).answer(method, request);
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, shell::POLICY.clone());
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    response
}
