//! A rendition as a list of pieces. A rope knows lengths, not stores: whoever reads it brings the
//! bytes of its blobs.

#[cfg(test)]
mod tests;
mod wire;

use std::ops::Range;
use std::sync::LazyLock;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::FRAME_SAMPLES;
use super::clip::Bitrate;
use super::mp3::silent_frame;

/// Silent frames that lie ready to be cut from: 1.5 s.
const READY_FRAMES: usize = 64;

/// Bytes of a frame of samples.
const PCM_BYTES_PER_FRAME: usize = 2 * FRAME_SAMPLES;

/// Silent samples that lie ready to be cut from.
static ZEROS: [u8; READY_FRAMES * PCM_BYTES_PER_FRAME] = [0; READY_FRAMES * PCM_BYTES_PER_FRAME];

/// A piece of a rope. On the wire: `{"bytes":"base64"}`, `{"blob":["hex digest",offset,len]}`,
/// `{"silence":["mp3-64",frames]}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// Bytes that belong to this rope alone: a head.
    #[serde(with = "wire::base64")]
    Bytes(Bytes),
    /// Part of a blob.
    Blob(Blob),
    /// A run of silence.
    Silence(Silence),
}

/// Part of a blob: `len` bytes from `offset` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "wire::BlobRow", into = "wire::BlobRow")]
pub struct Blob {
    /// The SHA-256 it is stored under.
    pub digest: [u8; 32],
    /// Where the part starts, in bytes.
    pub offset: u64,
    /// Its length in bytes.
    pub len: u64,
}

/// A run of silent frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "wire::SilenceRow", into = "wire::SilenceRow")]
pub struct Silence {
    /// What a silent frame looks like.
    pub coding: Coding,
    /// How many there are.
    pub frames: u64,
}

/// What silence looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Coding {
    /// Samples of 16 bit.
    Pcm,
    /// MP3 frames of a bit rate.
    Mp3(Bitrate),
}

impl Coding {
    /// Bytes of a frame of 24 ms.
    #[must_use]
    pub fn bytes_per_frame(self) -> u64 {
        match self {
            Self::Pcm => PCM_BYTES_PER_FRAME as u64,
            Self::Mp3(bitrate) => bitrate.bytes_per_frame() as u64,
        }
    }

    /// As much silence as lies ready: a whole number of frames.
    fn ready(self) -> Bytes {
        static MP3: LazyLock<[Bytes; 3]> = LazyLock::new(|| {
            Bitrate::ALL.map(|bitrate| Bytes::from(silent_frame(bitrate).repeat(READY_FRAMES)))
        });
        match self {
            Self::Pcm => Bytes::from_static(&ZEROS),
            Self::Mp3(Bitrate::K48) => MP3[0].clone(),
            Self::Mp3(Bitrate::K64) => MP3[1].clone(),
            Self::Mp3(Bitrate::K96) => MP3[2].clone(),
        }
    }
}

impl Piece {
    /// Its length in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Blob(blob) => blob.len,
            Self::Silence(silence) => silence.frames.saturating_mul(silence.coding.bytes_per_frame()),
        }
    }

    /// Whether it has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Its bytes from `offset` on: `most` of them, or of silence as many as lie ready. Both lie
    /// within the piece, and `most` is not 0.
    fn part(&self, offset: u64, most: u64) -> Part {
        match self {
            Self::Bytes(bytes) => Part::Bytes(cut(bytes, offset, most)),
            Self::Blob(blob) => {
                Part::Blob(Blob { offset: blob.offset.saturating_add(offset), len: most, ..*blob })
            }
            Self::Silence(silence) => {
                let ready = silence.coding.ready();
                let phase = offset % silence.coding.bytes_per_frame();
                let most = most.min(ready.len() as u64 - phase);
                Part::Bytes(cut(&ready, phase, most))
            }
        }
    }
}

/// `len` bytes from `offset` on, both within `bytes`.
fn cut(bytes: &Bytes, offset: u64, len: u64) -> Bytes {
    bytes.slice(offset as usize..(offset + len) as usize)
}

/// What a reader of a rope has to give out next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// These bytes.
    Bytes(Bytes),
    /// This part of a blob.
    Blob(Blob),
}

impl Part {
    /// Its length in bytes; never 0.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a part is never empty")]
    pub fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Blob(blob) => blob.len,
        }
    }
}

/// A rendition: pieces laid side by side. On the wire it is the list of its pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Piece>", into = "Vec<Piece>")]
pub struct Rope {
    pieces: Vec<Piece>,
    /// Where each piece ends, in bytes from the start of the rope.
    ends: Vec<u64>,
}

impl Rope {
    /// A rope of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lays a piece at the end. Empty ones are left out.
    pub fn push(&mut self, piece: Piece) {
        if !piece.is_empty() {
            self.ends.push(self.len().saturating_add(piece.len()));
            self.pieces.push(piece);
        }
    }

    /// Its length in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Whether it has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Its pieces, in order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The bytes of a range, in order, as parts to give out; what lies beyond the end is left out.
    /// Finding the first takes O(log n); no bytes are copied.
    pub fn slice(&self, range: Range<u64>) -> Slice<'_> {
        let first = self.ends.partition_point(|piece_end| *piece_end <= range.start);
        let before = first.checked_sub(1).map_or(0, |before| self.ends[before]);
        let skip = range.start.saturating_sub(before);
        let left = range.end.min(self.len()).saturating_sub(range.start);
        Slice { pieces: &self.pieces[first..], skip, left }
    }
}

/// The parts of a range of a rope; see [`Rope::slice`].
#[derive(Clone, Debug)]
pub struct Slice<'a> {
    /// The piece that the next part comes from, and those after it.
    pieces: &'a [Piece],
    /// Bytes of the first piece that are behind us.
    skip: u64,
    /// Bytes to come.
    left: u64,
}

impl Iterator for Slice<'_> {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        if self.left == 0 {
            return None;
        }
        let (piece, rest) = self.pieces.split_first()?;
        let most = self.left.min(piece.len() - self.skip);
        let part = piece.part(self.skip, most);
        self.left -= part.len();
        self.skip += part.len();
        if self.skip == piece.len() {
            (self.pieces, self.skip) = (rest, 0);
        }
        Some(part)
    }
}

impl From<Vec<Piece>> for Rope {
    fn from(pieces: Vec<Piece>) -> Self {
        pieces.into_iter().collect()
    }
}

impl From<Rope> for Vec<Piece> {
    fn from(rope: Rope) -> Self {
        rope.pieces
    }
}

impl FromIterator<Piece> for Rope {
    fn from_iter<I: IntoIterator<Item = Piece>>(pieces: I) -> Self {
        let mut rope = Self::new();
        rope.extend(pieces);
        rope
    }
}

impl Extend<Piece> for Rope {
    fn extend<I: IntoIterator<Item = Piece>>(&mut self, pieces: I) {
        pieces.into_iter().for_each(|piece| self.push(piece));
    }
}
