//! Articles: publish, delete, find, describe.

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::deliver::{NO_STORE, REVALIDATE, SHORT};
use super::document::Document;
use super::error::Error;
use super::extract::{Asked, At, WishQuery, article_id};
use super::{Site, access, body, cors};
use crate::app::{ListQuery, Manifest, State as Made};

/// Most articles on a page of a listing.
const LIMIT_MAX: u32 = 100;

/// `PUT /v1/articles/{id}`: publishes an article, or a new state of it.
pub(super) async fn put(
    State(site): State<Site>,
    At(id): At<String>,
    request: Request,
) -> Result<Response, Error> {
    let id = article_id(&id)?;
    let submission = body::submission(&site, request).await?;
    let published = site.app.put_article(&id, submission).await?;
    let status = if published.created { StatusCode::CREATED } else { StatusCode::OK };
    let mut response = (status, axum::Json(published.manifest)).into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(NO_STORE));
    if published.created
        && let Ok(location) = HeaderValue::try_from(format!("/v1/articles/{id}"))
    {
        headers.insert(LOCATION, location);
    }
    Ok(response)
}

/// `DELETE /v1/articles/{id}`.
pub(super) async fn delete(State(site): State<Site>, At(id): At<String>) -> Result<StatusCode, Error> {
    site.app.delete_article(&article_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /v1/articles`: an article by its address alone.
pub(super) async fn create() -> Error {
    Error::new(
        StatusCode::NOT_IMPLEMENTED,
        "fetch_not_built",
        "fetching a page by its address is not built yet; send the page with PUT /v1/articles/{id}",
    )
    .about("url")
}

/// `POST /v1/preview`: what would be read, and what was dropped and why.
pub(super) async fn preview(State(site): State<Site>, request: Request) -> Result<Response, Error> {
    let submission = body::submission(&site, request).await?;
    let script = site.app.preview(&submission).await?;
    Ok(([(CACHE_CONTROL, NO_STORE)], axum::Json(script)).into_response())
}

/// `GET /v1/articles/{id}`: the manifest.
pub(super) async fn manifest(
    State(site): State<Site>,
    At(id): At<String>,
    Asked(query): Asked<WishQuery>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let manifest = site.app.manifest(&article_id(&id)?, &query.wish()?).await?;
    Ok(Document::json(manifest_cache(&manifest), &manifest)?.answer(&method, &headers))
}

/// A finished manifest may be kept for a moment; while audio is made every look counts.
fn manifest_cache(manifest: &Manifest) -> &'static str {
    let settled =
        manifest.state == Made::Ready && manifest.ready_revision.as_ref() == Some(&manifest.revision);
    if settled { SHORT } else { REVALIDATE }
}

/// Which articles are asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Listed {
    url: Option<String>,
    feed: Option<String>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// `GET /v1/articles`: a look-up by `?url=`, open to everybody; without it the listing, which needs a
/// key.
pub(super) async fn list(
    State(site): State<Site>,
    Asked(query): Asked<Listed>,
    request: Request,
) -> Result<Response, Error> {
    let (parts, _) = request.into_parts();
    if let Some(url) = query.url {
        let found = find(&site, url, &parts.method, &parts.headers).await;
        let mut response = found.into_response();
        cors::open(response.headers_mut());
        return Ok(response);
    }
    access::admit_publisher(&site, &parts).await?;
    if query.limit.is_some_and(|limit| !(1..=LIMIT_MAX).contains(&limit)) {
        return Err(Error::invalid("bad_limit", "limit is out of range; use 1 to 100").about("limit"));
    }
    let wanted = ListQuery {
        url: None,
        feed: query.feed,
        with_private: true,
        cursor: query.cursor,
        limit: query.limit,
    };
    let listing = site.app.list(wanted).await?;
    Ok(([(CACHE_CONTROL, NO_STORE)], axum::Json(listing)).into_response())
}

async fn find(site: &Site, url: String, method: &Method, headers: &HeaderMap) -> Result<Response, Error> {
    let listing = site.app.list(ListQuery { url: Some(url), ..ListQuery::default() }).await?;
    Ok(Document::json(SHORT, &listing)?.answer(method, headers))
}
