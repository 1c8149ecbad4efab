use std::sync::Arc;

use super::studio::Prepared;
use super::trials::TRIALS;
use super::types::{ListQuery, Listing, Published, Summary};
use super::{AppError, Kind, Manifest, Submission, Ui, Wish};
use crate::app::App;
use crate::article::{ArticleId, listen_minutes};
use crate::catalog::{ArticleQuery, Change, NewArticle, NewRevision, Received, State};
use crate::render::{Casting, Plan};
use crate::text::{FRONT_END_VERSION, Lexicon};

/// The queue's priority of a publisher's work.
const BULK: i64 = 0;

/// Articles on a page of a listing, unless asked otherwise.
const PAGE: u32 = 50;

impl App {
    /// Takes an article. When this returns, it is not lost: its audio is being made or will be.
    /// The same again changes nothing.
    ///
    /// # Errors
    /// A submission that does not fit; an article in which nothing can be read; an unknown voice or
    /// feed; a queue that is full.
    pub async fn put_article(&self, id: &ArticleId, submission: Submission) -> Result<Published, AppError> {
        let feed = feed_of(&submission).to_owned();
        if self.config().feed(&feed).is_none() {
            let known: Vec<&str> = self.config().feeds.keys().map(String::as_str).collect();
            let message = format!("there is no feed \"{feed}\"; the configuration has {}", known.join(", "));
            return Err(AppError::new(Kind::Unprocessable, "unknown_feed", message).about("feed"));
        }
        let feed = if submission.trial { TRIALS.to_owned() } else { feed };
        submission.check()?;
        let (lexicon, lexicon_changed_ms) = self.lexicon_in_force().await?;
        if let Some(manifest) = self.unchanged(id, &submission, lexicon_changed_ms).await? {
            return Ok(Published { created: false, manifest });
        }
        let prepared = self.inner.studio.front_end().prepare(&submission, &lexicon).await?;
        let rate = submission.rate.unwrap_or(1.0);
        let voice = submission.voice.as_deref();
        let plan = self.inner.studio.plan_in(Some(feed_of(&submission)), &prepared, voice, rate).await?;
        self.room_in_queue().await?;
        let put =
            self.inner.catalog.put_article(&new_article(id, &submission, feed, &prepared, &plan)).await?;
        if put.queued {
            self.inner.wake.notify_one();
        }
        self.inner.board.changed();
        tracing::info!(article = %id, change = ?put.change, sentences = plan.len(), "an article was put");
        let manifest = self.manifest(id, &Wish::default()).await?;
        Ok(Published { created: put.change == Change::Created, manifest })
    }

    /// The manifest, when exactly this was received before: nothing is read or planned anew, so an
    /// update of the front end or of a voice changes no article by itself. A publisher who has changed
    /// the lexicon since then and sends it again wants it said by the new one.
    async fn unchanged(
        &self,
        id: &ArticleId,
        submission: &Submission,
        lexicon_changed_ms: i64,
    ) -> Result<Option<Manifest>, AppError> {
        let Some(received) = self.inner.catalog.received(id).await? else { return Ok(None) };
        let Some(row) = self.inner.catalog.article(id).await? else { return Ok(None) };
        let same = received.submission == asked(submission) && received.body == body(submission).as_bytes();
        let lexicon_is_newer = lexicon_changed_ms >= row.summary.changed_ms;
        if !same || lexicon_is_newer || row.summary.deleted || row.summary.state == State::Failed {
            return Ok(None);
        }
        self.manifest(id, &Wish::default()).await.map(Some)
    }

    async fn room_in_queue(&self) -> Result<(), AppError> {
        let (waiting, most) =
            (self.inner.catalog.depth(None).await?.waiting_total(), self.config().limits.queue_depth);
        if waiting >= most {
            let message = format!(
                "{waiting} articles are waiting for their audio; {most} are the limit; send it again later"
            );
            return Err(AppError::new(Kind::Busy, "queue_full", message).retry_after(60));
        }
        Ok(())
    }

    /// What would be read of a submission, and what was dropped and why; no audio is made.
    ///
    /// # Errors
    /// See [`super::FrontEnd::preview`].
    pub async fn preview(&self, submission: &Submission) -> Result<super::Preview, AppError> {
        let (lexicon, _) = self.lexicon_in_force().await?;
        self.inner.studio.front_end().preview("-", submission, &lexicon).await
    }

    /// Plans an article anew from what was received, with the front end and voices of now.
    ///
    /// # Errors
    /// An unknown article, and all of [`App::put_article`].
    pub async fn rebuild(&self, id: &ArticleId) -> Result<Published, AppError> {
        let (lexicon, _) = self.lexicon_in_force().await?;
        rebuild(&self.inner.studio, self.inner.catalog.as_ref(), &lexicon, id).await?;
        self.inner.wake.notify_one();
        self.inner.board.changed();
        Ok(Published { created: false, manifest: self.manifest(id, &Wish::default()).await? })
    }

    /// Forgets an article. Its addresses answer that it is gone; segments that others use stay.
    ///
    /// # Errors
    /// When there is no such article.
    pub async fn delete_article(&self, id: &ArticleId) -> Result<(), AppError> {
        if self.inner.catalog.delete_article(id).await? {
            self.inner.ropes.invalidate_all();
            self.inner.granted.invalidate_all();
            self.inner.board.changed();
            return Ok(());
        }
        match self.inner.catalog.article(id).await? {
            Some(_) => Err(gone(id)),
            None => Err(unknown(id)),
        }
    }

    /// The newest article of a page's address; one that everybody may hear before one of a private feed.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn article_of_page(&self, url: &str) -> Result<Option<ArticleId>, AppError> {
        let without_private: Vec<String> = self.config().private_feeds().map(str::to_owned).collect();
        for without_feeds in [without_private, Vec::new()] {
            let query = ArticleQuery {
                url: Some(canonical(url)),
                without_feeds,
                limit: 1,
                ..ArticleQuery::default()
            };
            if let Some(found) = self.inner.catalog.articles(&query).await?.articles.pop() {
                return Ok(Some(found.id));
            }
        }
        Ok(None)
    }

    /// Articles, the newest first. Trials are left out, so a page may be shorter than asked for.
    ///
    /// # Errors
    /// A cursor that is none.
    pub async fn list(&self, query: ListQuery) -> Result<Listing, AppError> {
        let query = ArticleQuery {
            feed: query.feed,
            without_feeds: match query.with_private {
                true => Vec::new(),
                false => self.config().private_feeds().map(str::to_owned).collect(),
            },
            url: query.url.as_deref().map(canonical),
            limit: query.limit.unwrap_or(PAGE).clamp(1, 100),
            cursor: query.cursor,
        };
        let page = self.inner.catalog.articles(&query).await?;
        let mut articles = Vec::with_capacity(page.articles.len());
        for row in page.articles.into_iter().filter(|row| row.feed.as_deref() != Some(TRIALS)) {
            let planned = self.planned(&row.id, &row.current_revision).await?;
            let minutes = self.minutes(&row.id, &row.current_revision, row.state, &planned).await?;
            articles.push(Summary {
                id: row.id,
                title: row.title,
                byline: planned.article.byline.clone(),
                url: row.url,
                lang: planned.article.lang.clone(),
                published: row.published,
                state: row.state,
                revision: row.current_revision,
                ready_revision: row.ready_revision,
                words: usize::try_from(row.words).unwrap_or(usize::MAX),
                label: Ui::of(&planned.article.lang).label(minutes),
            });
        }
        Ok(Listing { articles, next: page.next })
    }
}

/// Plans an article anew from what was received, by a lexicon.
///
/// # Errors
/// An unknown article, and all of [`App::put_article`].
pub(super) async fn rebuild(
    studio: &super::Studio,
    catalog: &dyn crate::catalog::Catalog,
    lexicon: &Arc<Lexicon>,
    id: &ArticleId,
) -> Result<(), AppError> {
    let row = catalog.article(id).await?.ok_or_else(|| unknown(id))?;
    let received = catalog.received(id).await?.ok_or_else(|| gone(id))?;
    let mut submission: Submission = serde_json::from_str(&received.submission)
        .map_err(|error| AppError::internal("reading a stored submission", error))?;
    let body = String::from_utf8(received.body)
        .map_err(|error| AppError::internal("reading a stored submission", error))?;
    match received.content_type.as_str() {
        "text/html" => submission.html = Some(body),
        "text/markdown" => submission.markdown = Some(body),
        _ => submission.text = Some(body),
    }
    let prepared = studio.front_end().prepare(&submission, lexicon).await?;
    let rate = submission.rate.unwrap_or(1.0);
    let voice = submission.voice.as_deref();
    let plan = studio.plan_in(Some(feed_of(&submission)), &prepared, voice, rate).await?;
    let feed = row.summary.feed.clone().unwrap_or_else(|| "default".to_owned());
    let article = new_article(id, &submission, feed, &prepared, &plan);
    let revision = article.revision.name.clone();
    let put = catalog.put_article(&article).await?;
    if put.change == Change::Unchanged && put.state == State::Ready {
        catalog.enqueue(id, &revision, BULK).await?;
    }
    Ok(())
}

/// The feed that a submission is for.
fn feed_of(submission: &Submission) -> &str {
    submission.feed.as_deref().unwrap_or("default")
}

fn new_article(
    id: &ArticleId,
    submission: &Submission,
    feed: String,
    prepared: &Prepared,
    plan: &Plan,
) -> NewArticle {
    let article = prepared.article.clone();
    let words = article.words() as u64;
    NewArticle {
        id: id.clone(),
        publisher: None,
        feed: Some(feed),
        url: article.url.as_deref().map(canonical),
        received: Received {
            content_type: content_type(submission).to_owned(),
            body: body(submission).as_bytes().to_vec(),
            submission: asked(submission),
        },
        revision: NewRevision {
            name: plan.revision(&article),
            voice: plan.casting.voice.clone(),
            rate: f64::from(submission.rate.unwrap_or(1.0)),
            front_end_version: FRONT_END_VERSION,
            words,
            script: serde_json::to_string(plan).expect("plain data with string keys always has a JSON form"),
        },
        article,
        priority: BULK,
    }
}

fn body(submission: &Submission) -> &str {
    submission.body().map_or("", |(_, body)| body)
}

fn content_type(submission: &Submission) -> &'static str {
    match submission.body() {
        Ok((crate::text::Format::Html, _)) => "text/html",
        Ok((crate::text::Format::Markdown, _)) => "text/markdown",
        _ => "text/plain",
    }
}

/// Everything of a submission but its body, as JSON.
fn asked(submission: &Submission) -> String {
    let asked = Submission { html: None, markdown: None, text: None, ..submission.clone() };
    serde_json::to_string(&asked).expect("plain data with string keys always has a JSON form")
}

/// A page's address without what does not name the page: fragment, tracking parameters, a default
/// port, the case of the host.
fn canonical(address: &str) -> String {
    let Ok(mut url) = url::Url::parse(address) else { return address.to_owned() };
    url.set_fragment(None);
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| !tells_the_way(name))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    if kept.is_empty() {
        url.set_query(None);
    } else {
        url.query_pairs_mut().clear().extend_pairs(kept);
    }
    url.to_string()
}

/// Whether a parameter tells only where a reader came from.
fn tells_the_way(parameter: &str) -> bool {
    parameter.starts_with("utm_")
        || parameter.ends_with("clid")
        || matches!(parameter, "msclkid" | "mc_cid" | "mc_eid")
}

/// Minutes to hear an article before its audio is there.
pub(super) fn estimated_minutes(words: usize, casting: &Casting) -> u64 {
    let ms = words as f64 * 60_000.0 / f64::from(casting.words_per_minute.max(1.0));
    listen_minutes(ms as u64)
}

pub(super) fn unknown(id: &ArticleId) -> AppError {
    AppError::new(Kind::NotFound, "unknown_article", format!("there is no article {id}")).about("id")
}

pub(super) fn gone(id: &ArticleId) -> AppError {
    AppError::new(Kind::Gone, "deleted", format!("the article {id} was deleted")).about("id")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_whatever_led_to_it() {
        for (address, page) in [
            ("https://News.example:443/a?utm_source=x&id=3#top", "https://news.example/a?id=3"),
            ("https://news.example/a?utm_source=x&fbclid=y", "https://news.example/a"),
            ("https://news.example/a?msclkid=x&mc_eid=y", "https://news.example/a"),
            ("https://news.example/a?b=1&a=2", "https://news.example/a?b=1&a=2"),
            ("not an address", "not an address"),
        ] {
            assert_eq!(canonical(address), page);
        }
    }
}
