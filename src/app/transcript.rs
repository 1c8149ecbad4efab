use std::sync::Arc;

use super::service::{Planned, Ready};
use super::{AI_NOTE, App, AppError, AudioFormat, Kind, Wish};
use crate::article::ArticleId;
use crate::render::{chapters_json, transcript};

pub use crate::render::transcript::Grain;

/// What is written down of finished audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// A transcript as WebVTT.
    Vtt(Grain),
    /// A transcript as SubRip.
    Srt,
    /// A transcript as the podcast namespace's JSON.
    Json(Grain),
    /// A transcript as a page.
    Html,
    /// The chapters as the podcast namespace's JSON.
    Chapters,
}

impl App {
    /// What is written down of the last finished revision, in its text, on its timeline.
    ///
    /// # Errors
    /// See [`App::manifest`]; an article whose audio is not finished.
    pub async fn written(&self, id: &ArticleId, wish: &Wish, what: Written) -> Result<String, AppError> {
        let (planned, ready) = self.timed(id, wish).await?;
        let (article, plan, timeline) = (&planned.article, planned.plan.as_ref(), ready.timeline.as_ref());
        Ok(match what {
            Written::Vtt(grain) => transcript::vtt(plan, timeline, AI_NOTE, grain),
            Written::Srt => transcript::srt(plan, timeline),
            Written::Json(grain) => transcript::podcast(plan, timeline, grain).to_string(),
            Written::Html => transcript::html(article, plan, timeline, AI_NOTE),
            Written::Chapters => chapters_json(article, &plan.utterances, timeline).to_string(),
        })
    }

    async fn timed(&self, id: &ArticleId, wish: &Wish) -> Result<(Arc<Planned>, Arc<Ready>), AppError> {
        let row = self.row(id).await?;
        let not_yet = || {
            let message = "the audio is not finished, so its times are not known yet";
            AppError::new(Kind::Conflict, "not_finished", message).retry_after(5)
        };
        let granted = self.granted(&row, wish).await?;
        let name = granted.or_else(|| wish.rev.clone()).or(row.ready_revision).ok_or_else(not_yet)?;
        let planned = self.planned(id, &name).await?;
        let (_, ready) = self.finished(id, &name, AudioFormat::Mp3).await?.ok_or_else(not_yet)?;
        Ok((planned, ready))
    }
}
