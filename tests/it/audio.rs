//! Samples to finished files: what the chain gives, heard through other people's decoders.

mod chain;
mod joined;
mod voice;
mod whole;

use listen::audio::{AudioError, Bitrate, ClipEncoder, Master, Mastered};

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
