//! What is said when: transcripts and chapters of finished audio.

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use serde::Deserialize;

use super::Site;
use super::deliver::SHORT;
use super::document::Document;
use super::error::Error;
use super::extract::{Asked, At, WishQuery, article_id};
use crate::app::{Grain, Written};

/// How finely a transcript is timed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct GrainQuery {
    words: Option<String>,
}

impl GrainQuery {
    fn grain(&self) -> Result<Grain, Error> {
        match self.words.as_deref() {
            None | Some("0") => Ok(Grain::Sentences),
            Some("1") => Ok(Grain::Words),
            Some(_) => {
                Err(Error::invalid("bad_words", "words is 1 for times of words, 0 for none").about("words"))
            }
        }
    }
}

/// `GET /v1/articles/{id}/transcript.vtt`.
pub(super) async fn vtt(
    site: State<Site>,
    id: At<String>,
    wish: Asked<WishQuery>,
    Asked(grain): Asked<GrainQuery>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    answer(site, id, wish, Written::Vtt(grain.grain()?), &method, &headers).await
}

/// `GET /v1/articles/{id}/transcript.srt`.
pub(super) async fn srt(
    site: State<Site>,
    id: At<String>,
    wish: Asked<WishQuery>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    answer(site, id, wish, Written::Srt, &method, &headers).await
}

/// `GET /v1/articles/{id}/transcript.json`.
pub(super) async fn json(
    site: State<Site>,
    id: At<String>,
    wish: Asked<WishQuery>,
    Asked(grain): Asked<GrainQuery>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    answer(site, id, wish, Written::Json(grain.grain()?), &method, &headers).await
}

/// `GET /v1/articles/{id}/transcript.html`.
pub(super) async fn html(
    site: State<Site>,
    id: At<String>,
    wish: Asked<WishQuery>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    answer(site, id, wish, Written::Html, &method, &headers).await
}

/// `GET /v1/articles/{id}/chapters.json`.
pub(super) async fn chapters(
    site: State<Site>,
    id: At<String>,
    wish: Asked<WishQuery>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    answer(site, id, wish, Written::Chapters, &method, &headers).await
}

async fn answer(
    State(site): State<Site>,
    At(id): At<String>,
    Asked(wish): Asked<WishQuery>,
    what: Written,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, Error> {
    let text = site.app.written(&article_id(&id)?, &wish.wish()?, what).await?;
    Ok(Document::new(media_type(what), SHORT, text).answer(method, headers))
}

fn media_type(what: Written) -> &'static str {
    match what {
        Written::Vtt(_) => "text/vtt; charset=utf-8",
        Written::Srt => "application/x-subrip; charset=utf-8",
        Written::Json(_) => "application/json",
        Written::Html => "text/html; charset=utf-8",
        Written::Chapters => "application/json+chapters",
    }
}
