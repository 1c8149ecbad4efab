//! Further renditions: those that are coded as one (Opus, FLAC), and MP3 at other bit rates. They are made
//! of a finished revision when somebody asks for them, once for all who ask, and recorded like any other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _, Shared, TryFutureExt as _};

use super::listen::{Recorded, replaced};
use super::queue::record;
use super::service::{Planned, Ready};
use super::studio::{CHANGED, Opening, Readable};
use super::types::AudioFormat;
use super::{App, AppError, Kind};
use crate::article::ArticleId;
use crate::audio::Bitrate;
use crate::catalog::{Finish, NewRendition};
use crate::render::{Form, Shape};

/// Renditions that are coded or wait to be at once; more are sent away.
const CODINGS_MAX: usize = 32;

/// How long a coding that failed is not tried again.
const FAILURE_SHARED: Duration = Duration::from_secs(5);

/// Wait that somebody who comes too early is told, in seconds.
const AGAIN_S: u64 = 5;

/// What is coded: the article, the revision, the format.
type Name = (ArticleId, String, AudioFormat);

type Coding = Shared<BoxFuture<'static, Result<(), Arc<AppError>>>>;

/// The codings under way.
#[derive(Default)]
pub(super) struct Codings(Mutex<HashMap<Name, Coding>>);

impl Codings {
    fn all(&self) -> MutexGuard<'_, HashMap<Name, Coding>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// The rendition of a finished revision as an MP3 at a bit rate: the revision's own, when that is its
    /// bit rate.
    ///
    /// # Errors
    /// See [`App::further`].
    pub(super) async fn at_bitrate(
        &self,
        id: &ArticleId,
        revision: &str,
        bitrate: Bitrate,
    ) -> Result<(String, Arc<Ready>), AppError> {
        if let Some((digest, own)) = self.finished(id, revision, AudioFormat::Mp3).await?
            && own.readable.shape == Shape::Joined(Form::Mp3(bitrate))
        {
            return Ok((digest, own));
        }
        self.further(id, revision, AudioFormat::Mp3At(bitrate)).await
    }

    /// The rendition of a finished revision in a further format; coded now, if it never was.
    ///
    /// # Errors
    /// When coding it fails, or takes longer than a listener waits.
    pub(super) async fn further(
        &self,
        id: &ArticleId,
        revision: &str,
        format: AudioFormat,
    ) -> Result<(String, Arc<Ready>), AppError> {
        if let Some(found) = self.finished(id, revision, format).await? {
            return Ok(found);
        }
        self.coded((id.clone(), revision.to_owned(), format), coding).await?;
        self.finished(id, revision, format).await?.ok_or_else(|| {
            AppError::internal("coding a rendition", anyhow::anyhow!("it is not in the catalog"))
        })
    }

    /// Makes a further rendition that cannot be made again as it was, and gives its new digest.
    ///
    /// # Errors
    /// See [`App::further`].
    pub(super) async fn anew(
        &self,
        id: &ArticleId,
        revision: &str,
        format: AudioFormat,
    ) -> Result<String, AppError> {
        self.coded((id.clone(), revision.to_owned(), format), coding).await?;
        let found = self.finished(id, revision, format).await?;
        found.map(|(digest, _)| digest).ok_or_else(|| no_samples(format))
    }

    /// Codes a recorded rendition again, whose blobs the cache has lost.
    ///
    /// # Errors
    /// [`Kind::Gone`] when it has other bytes now: its address is gone, and names the new one.
    pub(super) async fn recode(
        &self,
        id: &ArticleId,
        revision: &str,
        was: &Arc<Readable>,
    ) -> Result<(), AppError> {
        let Some(format) = AudioFormat::of_shape(was.shape) else { return Ok(()) };
        let was = Arc::clone(was);
        self.coded((id.clone(), revision.to_owned(), format), |app, name| healing(app, name, was)).await
    }

    /// Waits for a coding that is under way, or starts it. It goes on when nobody waits any more.
    async fn coded(
        &self,
        name: Name,
        start: impl FnOnce(App, Name) -> BoxFuture<'static, Result<(), AppError>>,
    ) -> Result<(), AppError> {
        let coding = {
            let mut all = self.inner.codings.all();
            if let Some(running) = all.get(&name) {
                running.clone()
            } else if all.len() >= CODINGS_MAX {
                let message = format!("{} renditions wait to be coded already; ask again later", all.len());
                return Err(AppError::new(Kind::Busy, "busy", message).retry_after(AGAIN_S));
            } else {
                let coding = start(self.clone(), name.clone()).map_err(Arc::new).boxed().shared();
                all.insert(name.clone(), coding.clone());
                self.inner.spawn(see_through(self.clone(), name, coding.clone()));
                coding
            }
        };
        let wait = Duration::from_secs(self.config().limits.clip_wait_s);
        match tokio::time::timeout(wait, coding).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(shared)) => Err(AppError {
                param: shared.param,
                retry_after_s: shared.retry_after_s,
                ..AppError::new(shared.kind, shared.code, shared.message.clone())
            }),
            Err(_) => Err(too_early("it is being coded in this format")),
        }
    }

    /// Further renditions are made of the samples: when those are others now, they are gone.
    pub(super) async fn forget_further(
        &self,
        id: &ArticleId,
        revision: &str,
        new: &[NewRendition],
    ) -> Result<(), AppError> {
        let old = self.inner.catalog.renditions_of(id, revision).await?;
        let stays = |format: &str, digest: &str| new.iter().any(|n| n.format == format && n.digest == digest);
        let wav = AudioFormat::Wav.extension();
        let changed = old.iter().any(|r| r.rendition.format == wav && !stays(wav, &r.rendition.digest));
        for stored in old.iter().filter(|_| changed) {
            let (digest, name) = (&stored.rendition.digest, &stored.rendition.format);
            if let Some(format) = AudioFormat::named(name).filter(|format| format.is_further()) {
                self.inner.catalog.mark_gone(digest, name, None).await?;
                self.forget_rope(digest, format);
            }
        }
        Ok(())
    }
}

/// The answer to somebody who asks for what is not there yet.
pub(super) fn too_early(why: &str) -> AppError {
    let message = format!("{why}; ask again in a few seconds");
    AppError::new(Kind::Conflict, "not_finished", message).retry_after(AGAIN_S)
}

/// Keeps a coding going until it ends or the service stops, and a failure known for a while.
async fn see_through(app: App, name: Name, coding: Coding) {
    let ending = async {
        if let Err(error) = coding.await {
            let cause = error.source.as_ref().map(|source| format!("{source:#}"));
            tracing::error!(article = %name.0, format = %name.2.name(), %error, cause, "a rendition could not be coded");
            tokio::time::sleep(FAILURE_SHARED).await;
        }
    };
    tokio::select! {
        () = app.inner.stop.cancelled() => {}
        () = ending => {}
    }
    app.inner.codings.all().remove(&name);
}

/// Codes a rendition that never was, and records it.
fn coding(app: App, name: Name) -> BoxFuture<'static, Result<(), AppError>> {
    async move { code(&app, &name, None).await.map(|_| ()) }.boxed()
}

/// Codes a rendition again. Should it have other bytes now, they take its place.
fn healing(app: App, name: Name, was: Arc<Readable>) -> BoxFuture<'static, Result<(), AppError>> {
    async move {
        match code(&app, &name, Some(was)).await {
            Err(error) if error.code == CHANGED => {
                let digest = code(&app, &name, None).await?;
                Err(replaced(&digest, name.2))
            }
            healed => healed.map(|_| ()),
        }
    }
    .boxed()
}

/// Codes a rendition of a finished revision and gives its digest; `was` is the one that is made again.
async fn code(app: &App, name: &Name, was: Option<Arc<Readable>>) -> Result<String, AppError> {
    let (id, revision, format) = name;
    let planned: Arc<Planned> = app.planned(id, revision).await?;
    let Some((_, wav)) = app.finished(id, revision, AudioFormat::Wav).await? else {
        return Err(no_samples(*format));
    };
    let source = Recorded {
        app: app.clone(),
        article: id.clone(),
        revision: revision.clone(),
        timeline: Arc::clone(&wav.timeline),
    };
    let (studio, is_new) = (&app.inner.studio, was.is_none());
    let tags = || studio.tags(&planned.article).of(&planned.plan, &wav.timeline);
    let started = std::time::Instant::now();
    let rendition = match (format.whole(), format) {
        (Some(whole), _) => {
            let opening = was.map_or_else(|| Opening::Tags(Box::new(tags())), Opening::Again);
            studio.code(whole, &wav.readable, &wav.timeline, source, opening).await?
        }
        (None, AudioFormat::Mp3At(bitrate)) => {
            studio.at_bitrate(*bitrate, &wav.readable, &wav.timeline, &source, &tags()).await?
        }
        (None, _) => {
            let error = anyhow::anyhow!("{format:?} is made with the revision");
            return Err(AppError::internal("coding a rendition", error));
        }
    };
    if is_new {
        let finish = Finish {
            article_id: id.clone(),
            revision: revision.clone(),
            claim: None,
            renditions: vec![record(&rendition, *format, &wav.timeline)?],
            notes: Vec::new(),
            clips: Vec::new(),
        };
        app.inner.catalog.finish(&finish).await?;
    }
    let (ms, bytes) = (started.elapsed().as_millis() as u64, rendition.rope.len());
    tracing::info!(article = %id, format = %format.name(), bytes, ms, again = !is_new, "a rendition was coded");
    app.forget_rope(&rendition.digest, *format);
    Ok(rendition.digest)
}

/// There is no WAV of it, which the other formats are made of.
pub(super) fn no_samples(format: AudioFormat) -> AppError {
    let format = format.extension();
    let message = format!("this article has no {format} audio; it may be over 4 GiB: take the MP3");
    AppError::new(Kind::Unprocessable, "no_such_rendition", message)
}

impl AudioFormat {
    /// The format of what is coded as one.
    fn of_shape(shape: Shape) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.whole().is_some_and(|whole| shape == Shape::Whole(whole)))
    }
}
