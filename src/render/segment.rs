use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::timeline::MarksKind;
use crate::store::BlobRef;

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
    pub clips: BTreeMap<String, BlobRef>,
    /// Where the words come from.
    pub marks_kind: MarksKind,
    /// Its words.
    pub marks: Vec<Mark>,
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

impl Segment {
    /// Reads a record; `None` when it is damaged or of another version.
    #[must_use]
    pub fn parse(record: &[u8]) -> Option<Self> {
        serde_json::from_slice(record).ok().filter(|segment: &Self| segment.v == SEGMENT_VERSION)
    }

    /// The record's bytes.
    #[must_use]
    pub fn to_record(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("plain data with string keys always has a JSON form")
    }

    /// Every blob it names, for verification and garbage collection.
    pub fn blobs(&self) -> impl Iterator<Item = &BlobRef> {
        std::iter::once(&self.wav).chain(self.clips.values())
    }
}

/// The blobs a stored record names; for the store's verification, which cannot read records.
#[must_use]
pub fn blobs_of_record(record: &[u8]) -> Option<Vec<BlobRef>> {
    Segment::parse(record).map(|segment| segment.blobs().cloned().collect())
}
