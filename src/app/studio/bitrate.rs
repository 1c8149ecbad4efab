use std::sync::Arc;

use super::Studio;
use super::output::{Readable, Source};
use crate::app::AppError;
use crate::audio::rope::{Blob, Piece, Rope, Silence};
use crate::audio::tags::{Tags, id3};
use crate::audio::{Bitrate, mp3};
use crate::render::{Form, Rendition, Shape, Timeline};

impl Studio {
    /// The sound of a WAV's rope as an MP3 at any bit rate: each sentence is coded again from its samples,
    /// and laid where it lies. A house of that bit rate makes the same bytes.
    ///
    /// # Errors
    /// Sound that cannot be read or made again; a store that does not take it.
    pub(in crate::app) async fn at_bitrate(
        &self,
        bitrate: Bitrate,
        wav: &Arc<Readable>,
        timeline: &Timeline,
        source: &impl Source,
        tags: &Tags,
    ) -> Result<Rendition, AppError> {
        let _turn = self.turn_to_code().await?;
        let form = Form::Mp3(bitrate);
        let frames = u32::try_from(timeline.frames).unwrap_or(u32::MAX);
        let mut rope = Rope::from(vec![Piece::Bytes(mp3::head(&id3(tags), frames, bitrate))]);
        for piece in wav.rope.pieces() {
            match piece {
                // The WAV's own head and tags.
                Piece::Bytes(_) => {}
                Piece::Silence(Silence { frames, .. }) => rope.push(silence(form, *frames)),
                Piece::Blob(sound) => {
                    let whole = Blob { offset: 0, len: sound.offset + sound.len, ..*sound };
                    let samples = self.part(wav, &whole, source).await?;
                    let clip = self.renderer.clip(samples, bitrate).await?;
                    rope.push(Piece::Blob(Blob {
                        digest: *clip.digest.as_bytes(),
                        offset: 0,
                        len: clip.len,
                    }));
                }
            }
        }
        rope.push(silence(form, u64::from(mp3::TAIL_FRAMES)));
        Ok(Rendition::of_rope(Shape::Joined(form), rope, timeline.frames))
    }
}

fn silence(form: Form, frames: u64) -> Piece {
    Piece::Silence(Silence { coding: form.coding(), frames })
}
