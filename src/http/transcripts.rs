//! What is said when: transcripts and chapters of finished audio.

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
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

/// `GET /v1/articles/{id}/transcript.vtt` and whatever else may tell the times of words (`?words=1`).
pub(super) fn timed(what: fn(Grain) -> Written) -> MethodRouter<Site> {
    get(move |site, id, wish, Asked(asked): Asked<GrainQuery>, method, headers| async move {
        answer(site, id, wish, what(asked.grain()?), method, headers).await
    })
}

/// `GET /v1/articles/{id}/transcript.srt` and whatever else has one form.
pub(super) fn plain(what: Written) -> MethodRouter<Site> {
    get(move |site, id, wish, method, headers| answer(site, id, wish, what, method, headers))
}

async fn answer(
    State(site): State<Site>,
    At(id): At<String>,
    Asked(wish): Asked<WishQuery>,
    what: Written,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let text = site.app.written(&article_id(&id)?, &wish.wish()?, what).await?;
    Ok(Document::new(media_type(what), SHORT, text).answer(&method, &headers))
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
