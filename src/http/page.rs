//! Pages for people: what is there and plays, what was heard, and the documentation. Rendered here; the
//! scripts that a page has only add to it.

mod curve;
mod docs;
mod figures;
mod front;
mod scripts;
mod shell;

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

pub(super) use scripts::script;

use super::deliver::{NO_STORE, REVALIDATE};
use super::document::Document;
use super::error::Error;
use super::extract::{Asked, At, article_id};
use super::{Site, access};
use crate::app::{ListQuery, State as Made, Summary};

/// Articles on one page.
const ARTICLES: u32 = 20;

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
    let mut progress = Vec::with_capacity(listing.articles.len());
    for article in &listing.articles {
        progress.push(progress_of(&site, article).await);
    }
    let needs_key = !site.on_loopback || site.app.has_keys().await?;
    let (problems, voices) = (site.app.readiness().await.problems, site.app.speakers().await);
    let shown = front::Shown {
        public_url: &site.app.public_url(),
        publisher: &site.app.config().publisher,
        listing: &listing,
        progress: &progress,
        first: from.after.is_none(),
        needs_key,
        problems: &problems,
        voices: &voices,
    };
    Ok(answer(front::html(&shown), &method, &headers))
}

/// How far an article is that is being made. One that was deleted meanwhile is nowhere.
async fn progress_of(site: &Site, article: &Summary) -> Option<(usize, usize)> {
    match article.state {
        Made::Queued | Made::Rendering => site.app.progress(&article.id, &article.revision).await.ok(),
        Made::Ready | Made::Failed => None,
    }
}

/// Which revision's figures are asked for.
#[derive(Debug, Deserialize)]
pub(super) struct OfRevision {
    rev: Option<String>,
}

/// `GET /figures`: what was heard, for those who show a key.
pub(super) async fn figures(State(site): State<Site>, request: Request) -> Result<Response, Error> {
    let (parts, _) = request.into_parts();
    if access::admit_publisher(&site, &parts).await.is_err() {
        return Ok(for_publishers(StatusCode::UNAUTHORIZED, figures::locked("")));
    }
    let overview = site.app.figures_overview().await?;
    Ok(for_publishers(StatusCode::OK, figures::overview(&overview)))
}

/// `GET /figures/{id}`: what was heard of one article, for those who show a key.
pub(super) async fn figures_of(
    State(site): State<Site>,
    At(id): At<String>,
    Asked(query): Asked<OfRevision>,
    request: Request,
) -> Result<Response, Error> {
    let (parts, _) = request.into_parts();
    if access::admit_publisher(&site, &parts).await.is_err() {
        return Ok(for_publishers(StatusCode::UNAUTHORIZED, figures::locked("../")));
    }
    let figures = site.app.figures(&article_id(&id)?, query.rev.as_deref()).await?;
    Ok(for_publishers(StatusCode::OK, figures::article(&figures)))
}

/// `GET /docs`: the first document of the documentation.
pub(super) async fn docs(method: Method, headers: HeaderMap) -> Result<Response, Error> {
    document(None, &method, &headers)
}

/// `GET /docs/{name}`: a document.
pub(super) async fn doc(At(name): At<String>, method: Method, headers: HeaderMap) -> Result<Response, Error> {
    document(Some(&name), &method, &headers)
}

fn document(name: Option<&str>, method: &Method, headers: &HeaderMap) -> Result<Response, Error> {
    let html = docs::html(name).ok_or_else(|| {
        Error::new(StatusCode::NOT_FOUND, "unknown_document", "there is no such document; /docs lists them")
    })?;
    Ok(answer(html.to_owned(), method, headers))
}

fn answer(html: String, method: &Method, request: &HeaderMap) -> Response {
    guarded(Document::new("text/html; charset=utf-8", REVALIDATE, html).answer(method, request))
}

/// A page that no cache keeps.
fn for_publishers(status: StatusCode, html: String) -> Response {
    let mut response = axum::response::Html(html).into_response();
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(axum::http::header::CACHE_CONTROL, HeaderValue::from_static(NO_STORE));
    headers.insert(axum::http::header::VARY, HeaderValue::from_static("authorization"));
    guarded(response)
}

fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, shell::POLICY.clone());
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    response
}
