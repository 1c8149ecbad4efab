use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt as _;
use tokio::sync::{SemaphorePermit, mpsc};

use super::Studio;
use super::output::{Readable, Source, ext};
use crate::app::{AppError, Kind};
use crate::audio::rope::{Blob, Piece, Rope};
use crate::audio::tags::Tags;
use crate::audio::whole::{Before, Whole, WholeCoder};
use crate::audio::{AudioError, FRAME_SAMPLES, wav};
use crate::render::{Rendition, Shape, Timeline};
use crate::store::StoreError;

/// What is coded as one is kept in blobs of this length. So a range of hours reads, verifies and holds
/// no more than what it needs, and a damaged place is found where it is.
const BLOB_BYTES: usize = 256 << 10;

/// Chunks that wait for the coder, and blobs that wait for the store.
const WAITING_MAX: usize = 4;

/// What stands before what is coded.
#[derive(Clone, Debug)]
pub(in crate::app) enum Opening {
    /// A new head, with these tags.
    Tags(Box<Tags>),
    /// That of the rendition that is made again; another one is an error ([`CHANGED`]).
    Again(Arc<Readable>),
}

/// Code of the error when what is coded now has other bytes than the rendition had.
pub(in crate::app) const CHANGED: &str = "coded_otherwise";

impl Studio {
    /// Codes the sound of a WAV's rope as one, and keeps it in blobs as it comes: no more than a few
    /// chunks are in memory, however long it is.
    ///
    /// # Errors
    /// Sound that cannot be read or made again; a store that does not take it; a coder that fails.
    pub(in crate::app) async fn code(
        &self,
        whole: Whole,
        wav: &Arc<Readable>,
        timeline: &Timeline,
        source: impl Source + 'static,
        opening: Opening,
    ) -> Result<Rendition, AppError> {
        let _turn = self.turn_to_code().await?;
        let samples = timeline.frames * FRAME_SAMPLES as u64;
        let start = wav::HEADER_BYTES as u64;
        let sound = self.read(wav, start..start + samples * wav::BYTES_PER_SAMPLE, source);
        let (send_sound, take_sound) = mpsc::channel(WAITING_MAX);
        let (send_blobs, take_blobs) = mpsc::channel(WAITING_MAX);
        let before = opening.clone();
        let coding =
            tokio::task::spawn_blocking(move || run(whole, samples, &before, take_sound, &send_blobs));
        // Each side ends when the other does: their channels close.
        let feeding = async move {
            let mut sound = sound;
            while let Some(chunk) = sound.try_next().await? {
                if send_sound.send(chunk).await.is_err() {
                    break;
                }
            }
            Ok::<_, AppError>(())
        };
        let shape = Shape::Whole(whole);
        let (fed, kept) = tokio::join!(feeding, self.keep(shape, take_blobs));
        fed?;
        let blobs = kept?;
        let head = coding
            .await
            .map_err(|error| AppError::internal("coding a rendition", error))?
            .map_err(|error| AppError::internal("coding a rendition", error))?;
        match opening {
            Opening::Tags(_) => {
                let pieces = std::iter::once(Piece::Bytes(head)).chain(blobs);
                Ok(Rendition::of_rope(shape, pieces.collect(), timeline.frames))
            }
            Opening::Again(was) if same(&was.rope, &blobs) => {
                Ok(Rendition::of_rope(shape, was.rope.clone(), timeline.frames))
            }
            Opening::Again(_) => {
                let message = "this audio cannot be coded again as it was";
                Err(AppError::new(Kind::Gone, CHANGED, message))
            }
        }
    }

    /// Waits for its turn: each coding takes a core for as long as it lasts.
    pub(super) async fn turn_to_code(&self) -> Result<SemaphorePermit<'_>, AppError> {
        let stopping = |error| AppError::internal("waiting to code a rendition", error);
        self.coding.acquire().await.map_err(stopping)
    }

    /// Puts blobs into the store as they come.
    async fn keep(&self, shape: Shape, mut blobs: mpsc::Receiver<Vec<u8>>) -> Result<Vec<Piece>, AppError> {
        let mut pieces = Vec::new();
        while let Some(bytes) = blobs.recv().await {
            let kept = self.renderer.store().put_blob(ext(shape), Bytes::from(bytes)).await;
            let blob = kept.map_err(not_kept)?;
            pieces.push(Piece::Blob(Blob { digest: *blob.digest.as_bytes(), offset: 0, len: blob.len }));
        }
        Ok(pieces)
    }
}

fn not_kept(error: StoreError) -> AppError {
    let message = format!("the coded audio could not be kept: {error}; MP3 and WAV are there meanwhile");
    AppError::new(Kind::Unavailable, "cache", message).retry_after(30)
}

/// Whether a rope's blobs are these.
fn same(rope: &Rope, blobs: &[Piece]) -> bool {
    rope.pieces().iter().filter(|piece| matches!(piece, Piece::Blob(_))).eq(blobs)
}

/// The coder's side: samples in, blobs out, the head at the end.
fn run(
    whole: Whole,
    samples: u64,
    opening: &Opening,
    mut sound: mpsc::Receiver<Bytes>,
    blobs: &mpsc::Sender<Vec<u8>>,
) -> Result<Bytes, AudioError> {
    let before = match opening {
        Opening::Tags(tags) => Before::Tags(tags),
        Opening::Again(was) => match was.rope.pieces().first() {
            Some(Piece::Bytes(head)) => Before::Head(head),
            _ => return Err(AudioError::Coder("the rendition has no head".to_owned())),
        },
    };
    let mut coder = WholeCoder::new(whole, samples, before)?;
    let (mut block, mut out) = (Vec::new(), Vec::with_capacity(2 * BLOB_BYTES));
    while let Some(chunk) = sound.blocking_recv() {
        let (pairs, rest) = chunk.as_chunks();
        if !rest.is_empty() {
            return Err(AudioError::Coder("the sound came in half samples".to_owned()));
        }
        block.clear();
        block.extend(pairs.iter().map(|pair| i16::from_le_bytes(*pair)));
        coder.push(&block, &mut out)?;
        while out.len() >= BLOB_BYTES {
            let later = out.split_off(BLOB_BYTES);
            give(std::mem::replace(&mut out, later), blobs)?;
        }
    }
    let head = coder.finish(&mut out)?;
    while !out.is_empty() {
        let later = out.split_off(out.len().min(BLOB_BYTES));
        give(std::mem::replace(&mut out, later), blobs)?;
    }
    Ok(head)
}

fn give(blob: Vec<u8>, blobs: &mpsc::Sender<Vec<u8>>) -> Result<(), AudioError> {
    blobs.blocking_send(blob).map_err(|_| AudioError::Coder("it was stopped".to_owned()))
}
