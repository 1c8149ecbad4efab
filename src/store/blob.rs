//! The name of a blob: the digest of its bytes, what kind of file it is, and how long it is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Digest;

/// Longest [`Ext`], in bytes.
const EXT_BYTES_MAX: usize = 8;

/// The ending of a blob's file name: 1 to 8 of `a-z 0-9`, without the dot.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ext([u8; EXT_BYTES_MAX]);

impl Ext {
    /// `.wav`
    pub const WAV: Self = Self(*b"wav\0\0\0\0\0");
    /// `.mp3`
    pub const MP3: Self = Self(*b"mp3\0\0\0\0\0");
    /// `.opus`
    pub const OPUS: Self = Self(*b"opus\0\0\0\0");
    /// `.flac`
    pub const FLAC: Self = Self(*b"flac\0\0\0\0");

    /// The ending as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let len = self.0.iter().position(|b| *b == 0).unwrap_or(EXT_BYTES_MAX);
        std::str::from_utf8(&self.0[..len]).unwrap_or_default()
    }
}

impl fmt::Display for Ext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Ext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ext({self})")
    }
}

/// The text is not a file name ending.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a file name ending; use 1 to 8 of a-z 0-9")]
pub struct BadExt(String);

impl FromStr for Ext {
    type Err = BadExt;

    fn from_str(text: &str) -> Result<Self, BadExt> {
        let fits = (1..=EXT_BYTES_MAX).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if !fits {
            return Err(BadExt(text.chars().take(40).collect()));
        }
        let mut bytes = [0; EXT_BYTES_MAX];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Ext {
    type Error = BadExt;

    fn try_from(text: String) -> Result<Self, BadExt> {
        text.parse()
    }
}

impl From<Ext> for String {
    fn from(ext: Ext) -> Self {
        ext.as_str().to_owned()
    }
}

/// Where a blob is and what it must be: what records hold of their blobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BlobRef {
    /// SHA-256 of the bytes.
    pub digest: Digest,
    /// What kind of file it is.
    pub ext: Ext,
    /// Length in bytes.
    pub len: u64,
}

impl BlobRef {
    /// The reference to `bytes`, stored or not.
    #[must_use]
    pub fn of(ext: Ext, bytes: &[u8]) -> Self {
        Self { digest: Digest::of(bytes), ext, len: bytes.len() as u64 }
    }
}

impl fmt::Display for BlobRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.digest, self.ext)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_short_and_plain() {
        for good in ["wav", "mp3", "a", "12345678"] {
            assert_eq!(good.parse::<Ext>().map(|e| e.to_string()), Ok(good.to_owned()));
        }
        for bad in ["", "WAV", ".wav", "a/b", "..", "123456789", "m\0", "é"] {
            assert!(bad.parse::<Ext>().is_err(), "{bad}");
        }
        for (ext, text) in [(Ext::WAV, "wav"), (Ext::MP3, "mp3"), (Ext::OPUS, "opus"), (Ext::FLAC, "flac")] {
            assert_eq!(text.parse(), Ok(ext));
        }
    }

    #[test]
    fn a_reference_survives_json() {
        let blob = BlobRef::of(Ext::WAV, b"sound");
        let json = serde_json::to_string(&blob).unwrap();
        assert_eq!(json, format!("{{\"digest\":\"{}\",\"ext\":\"wav\",\"len\":5}}", blob.digest));
        assert_eq!(serde_json::from_str::<BlobRef>(&json).unwrap(), blob);
    }
}
