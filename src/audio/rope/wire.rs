//! How pieces are written down: short, since a rendition has thousands of them.

use super::{Blob, Coding, Silence};
use crate::audio::clip::Bitrate;

/// `["hex digest", offset, len]`.
pub(super) type BlobRow = (String, u64, u64);

/// `["mp3-64", frames]`.
pub(super) type SilenceRow = (Coding, u64);

/// What is wrong with a piece.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPiece {
    /// A blob's name is not one.
    #[error("a digest is 64 hexadecimal digits")]
    Digest,
    /// A blob's end is beyond every file.
    #[error("a blob's part ends beyond every file")]
    Range,
    /// Silence in no coding of ours.
    #[error("silence is coded as pcm, mp3-48, mp3-64 or mp3-96")]
    Coding,
}

impl TryFrom<BlobRow> for Blob {
    type Error = BadPiece;

    fn try_from((hex_digest, offset, len): BlobRow) -> Result<Self, BadPiece> {
        let mut digest = [0; 32];
        hex::decode_to_slice(&hex_digest, &mut digest).map_err(|_| BadPiece::Digest)?;
        offset.checked_add(len).ok_or(BadPiece::Range)?;
        Ok(Self { digest, offset, len })
    }
}

impl From<Blob> for BlobRow {
    fn from(blob: Blob) -> Self {
        (hex::encode(blob.digest), blob.offset, blob.len)
    }
}

impl From<SilenceRow> for Silence {
    fn from((coding, frames): SilenceRow) -> Self {
        Self { coding, frames }
    }
}

impl From<Silence> for SilenceRow {
    fn from(silence: Silence) -> Self {
        (silence.coding, silence.frames)
    }
}

impl From<Coding> for String {
    fn from(coding: Coding) -> Self {
        match coding {
            Coding::Pcm => "pcm".to_owned(),
            Coding::Mp3(bitrate) => format!("mp3-{bitrate}"),
        }
    }
}

impl TryFrom<String> for Coding {
    type Error = BadPiece;

    fn try_from(name: String) -> Result<Self, BadPiece> {
        let all = Bitrate::ALL.map(Self::Mp3).into_iter().chain([Self::Pcm]);
        all.into_iter().find(|coding| String::from(*coding) == name).ok_or(BadPiece::Coding)
    }
}

/// Bytes as base64 text.
pub(super) mod base64 {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use bytes::Bytes;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(in super::super) fn serialize<S: Serializer>(bytes: &Bytes, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD.decode(text).map(Bytes::from).map_err(serde::de::Error::custom)
    }
}
