use std::str::FromStr;

use crate::app::{AppError, AudioFormat, Kind};

/// What speech is coded in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpeechFormat {
    /// A file.
    File(AudioFormat),
    /// Samples alone: 24 000 Hz, mono, 16 bit signed, little-endian.
    Pcm,
}

impl SpeechFormat {
    /// The formats this build makes, the one that is meant when none is named first.
    pub fn built() -> impl Iterator<Item = Self> {
        let files = AudioFormat::ALL.into_iter().filter(|format| format.is_built());
        files.map(Self::File).chain([Self::Pcm])
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::File(format) => format.extension(),
            Self::Pcm => "pcm",
        }
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::File(format) => format.media_type(),
            Self::Pcm => "audio/pcm",
        }
    }
}

impl FromStr for SpeechFormat {
    type Err = AppError;

    fn from_str(name: &str) -> Result<Self, AppError> {
        Self::built().find(|format| format.name() == name).ok_or_else(|| {
            let built: Vec<_> = Self::built().map(Self::name).collect();
            let name: String = name.chars().take(40).collect();
            let message = format!("response_format \"{name}\" is not made here; use {}", built.join(", "));
            AppError::new(Kind::Invalid, "unknown_format", message).about("response_format")
        })
    }
}
