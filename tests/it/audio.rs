//! Samples to finished files: what the chain gives, heard through other people's decoders.

mod chain;
mod joined;
mod voice;
mod whole;

use bytes::Bytes;
use listen::audio::tags::{Chapter, Tags};
use listen::audio::{AudioError, Bitrate, ClipEncoder, Master, Mastered};

/// What files say of themselves: a text, and two chapters that end at these milliseconds.
fn tags(text: &str, ends_ms: [u32; 2], cover: Option<Bytes>) -> Tags {
    let [first, second] = ends_ms;
    let chapters = [("Wie es begann", 0, first), ("雨の朝", first, second)];
    Tags {
        title: "Rain over the harbour".to_owned(),
        author: "M. Østergård".to_owned(),
        publisher: "The Quay".to_owned(),
        published: "2026-11-22T08:30:00Z".to_owned(),
        lang: "en-gb".to_owned(),
        ai_note: "Read by an AI voice".to_owned(),
        text: text.to_owned(),
        chapters: chapters
            .map(|(title, start_ms, end_ms)| Chapter { title: title.to_owned(), start_ms, end_ms })
            .to_vec(),
        cover,
    }
}

/// A made utterance: what the engine gave, the segment's samples, its clip.
struct Segment {
    samples: Vec<i16>,
    clip: Vec<u8>,
    mastered: Mastered,
}

/// Pushes an engine's audio through the whole chain in chunks of these sizes, over and over.
fn make(
    input: &[i16],
    rate_hz: u32,
    gain_db: f32,
    bitrate: Bitrate,
    chunks: &[usize],
) -> Result<Segment, AudioError> {
    let mut master = Master::new(rate_hz, gain_db)?;
    let mut encoder = ClipEncoder::new(bitrate)?;
    let (mut samples, mut clip) = (Vec::new(), Vec::new());
    let mut rest = input;
    for chunk in chunks.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (now, later) = rest.split_at((*chunk).clamp(1, rest.len()));
        let before = samples.len();
        master.push(now, &mut samples);
        encoder.push(&samples[before..], &mut clip)?;
        rest = later;
    }
    let before = samples.len();
    let mastered = master.finish(&mut samples);
    encoder.push(&samples[before..], &mut clip)?;
    encoder.finish(mastered.frames, &mut clip)?;
    Ok(Segment { samples, clip, mastered })
}
