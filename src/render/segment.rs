use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::timeline::MarksKind;
use crate::store::{BlobRef, Digest};

/// The record of a made segment, kept under its key. Written last: what it names is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Version of this shape.
    pub v: u32,
    /// Length in frames.
    pub frames: u32,
    /// Its sound, as a WAV file.
    pub wav: BlobRef,
    /// Its clips by encoder (name, version, quality, bit rate).
    pub clips: Clips,
    /// Where the words come from.
    pub marks_kind: MarksKind,
    /// Its words.
    pub marks: Vec<Mark>,
}

/// Clips by encoder, in the order of their names. Nearly all segments have one, and many are kept in
/// memory, where a map of its own would take a kilobyte for each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, BlobRef>", into = "BTreeMap<String, BlobRef>")]
pub struct Clips(Box<[(String, BlobRef)]>);

impl Clips {
    /// The clip of an encoder.
    #[must_use]
    pub fn get(&self, encoder: &str) -> Option<&BlobRef> {
        self.0.iter().find(|(name, _)| name == encoder).map(|(_, clip)| clip)
    }

    /// These and one more; another one of the same encoder is replaced.
    #[must_use]
    pub fn with(self, encoder: String, clip: BlobRef) -> Self {
        let mut clips = BTreeMap::from(self);
        clips.insert(encoder, clip);
        clips.into()
    }

    /// Every one.
    pub fn all(&self) -> impl Iterator<Item = &BlobRef> {
        self.0.iter().map(|(_, clip)| clip)
    }
}

impl From<BTreeMap<String, BlobRef>> for Clips {
    fn from(clips: BTreeMap<String, BlobRef>) -> Self {
        Self(clips.into_iter().collect())
    }
}

impl From<Clips> for BTreeMap<String, BlobRef> {
    fn from(clips: Clips) -> Self {
        clips.0.into_iter().collect()
    }
}

/// A word of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Bytes of the utterance's `spoken`.
    #[serde(rename = "t")]
    pub text: [u32; 2],
    /// Samples at the house rate, from the segment's start.
    #[serde(rename = "s")]
    pub samples: [u32; 2],
}

/// The version of [`Segment`] this build writes and reads.
pub(super) const SEGMENT_VERSION: u32 = 1;

/// A segment as it is kept: nothing else would tell a number on the disk that is not what it was.
#[derive(Serialize, Deserialize)]
struct Record<S> {
    /// SHA-256 of the segment's own JSON.
    sum: Digest,
    segment: S,
}

impl Segment {
    /// Reads a record; `None` when it is damaged or of another version.
    #[must_use]
    pub fn parse(record: &[u8]) -> Option<Self> {
        let Record { sum, segment } = serde_json::from_slice::<Record<Self>>(record).ok()?;
        (segment.v == SEGMENT_VERSION && segment.sum() == sum).then_some(segment)
    }

    /// The record's bytes.
    #[must_use]
    pub fn to_record(&self) -> Vec<u8> {
        json(&Record { sum: self.sum(), segment: self })
    }

    fn sum(&self) -> Digest {
        Digest::of(&json(self))
    }

    /// Every blob it names, for verification and garbage collection.
    pub fn blobs(&self) -> impl Iterator<Item = &BlobRef> {
        std::iter::once(&self.wav).chain(self.clips.all())
    }
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("plain data with string keys always has a JSON form")
}

/// The blobs a stored record names; for the store's verification, which cannot read records.
#[must_use]
pub fn blobs_of_record(record: &[u8]) -> Option<Vec<BlobRef>> {
    Segment::parse(record).map(|segment| segment.blobs().cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Ext;

    #[test]
    fn a_record_reads_back_and_any_other_byte_in_it_makes_it_none() {
        let segment = Segment {
            v: SEGMENT_VERSION,
            frames: 20,
            wav: BlobRef::of(Ext::WAV, b"wav"),
            clips: BTreeMap::from([("lame-64".to_owned(), BlobRef::of(Ext::MP3, b"mp3"))]).into(),
            marks_kind: MarksKind::Engine,
            marks: vec![Mark { text: [0, 5], samples: [120, 4800] }],
        };
        let record = segment.to_record();
        assert_eq!(Segment::parse(&record), Some(segment));
        for at in 0..record.len() {
            for bit in 0..8 {
                let mut damaged = record.clone();
                damaged[at] ^= 1 << bit;
                let read = Segment::parse(&damaged);
                assert_eq!(read, None, "bit {bit} of byte {at}: {}", String::from_utf8_lossy(&damaged));
            }
        }
    }
}
