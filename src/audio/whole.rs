//! Audio that cannot be joined by laying clips side by side, and is coded as one: FLAC, and Opus in
//! Ogg. Samples are pushed as they come and bytes come out as they are made, so that hours need no
//! more memory than seconds; what stands before them (the head, with tags and sizes) is known last.

mod flac;
#[cfg(feature = "opus")]
mod opus;

use bytes::Bytes;

use super::AudioError;
use super::tags::Tags;

/// A format that is coded as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Whole {
    /// FLAC (RFC 9639).
    Flac,
    /// Opus in Ogg (RFC 6716, RFC 7845).
    Opus,
}

impl Whole {
    /// Whether this build codes it.
    #[must_use]
    pub const fn is_built(self) -> bool {
        match self {
            Self::Flac => true,
            Self::Opus => cfg!(feature = "opus"),
        }
    }
}

/// What a coder puts before the sound.
#[derive(Clone, Copy, Debug)]
pub enum Before<'a> {
    /// A head of its own, with these tags.
    Tags(&'a Tags),
    /// The head that it gave before: the same samples then give the same bytes behind it.
    Head(&'a [u8]),
}

/// Codes one rendition.
pub struct WholeCoder(Coder);

enum Coder {
    Flac(Box<flac::FlacCoder>),
    #[cfg(feature = "opus")]
    Opus(Box<opus::OpusCoder>),
}

impl WholeCoder {
    /// A coder for `samples` samples of the house rate.
    ///
    /// # Errors
    /// [`AudioError::NotBuilt`] for a format that this build leaves out; [`AudioError::Coder`] when
    /// there are more samples than the format can number, or the head is none of its own.
    pub fn new(whole: Whole, samples: u64, before: Before<'_>) -> Result<Self, AudioError> {
        match whole {
            Whole::Flac => Ok(Self(Coder::Flac(Box::new(flac::FlacCoder::new(samples, before)?)))),
            #[cfg(feature = "opus")]
            Whole::Opus => Ok(Self(Coder::Opus(Box::new(opus::OpusCoder::new(samples, before)?)))),
            #[cfg(not(feature = "opus"))]
            Whole::Opus => Err(AudioError::NotBuilt("opus")),
        }
    }

    /// A coder for sound whose length nobody knows yet, and the head that stands before it: one that
    /// leaves open what is known last. The sound's bytes are to be sent as they come.
    ///
    /// # Errors
    /// [`AudioError::NotBuilt`] for a format that this build leaves out; [`AudioError::Coder`].
    pub fn streaming(whole: Whole, tags: &Tags) -> Result<(Self, Bytes), AudioError> {
        match whole {
            Whole::Flac => {
                let coder = flac::FlacCoder::streaming(tags)?;
                let head = coder.head()?;
                Ok((Self(Coder::Flac(Box::new(coder))), head))
            }
            #[cfg(feature = "opus")]
            Whole::Opus => {
                let coder = opus::OpusCoder::streaming(tags)?;
                let head = coder.head();
                Ok((Self(Coder::Opus(Box::new(coder))), head))
            }
            #[cfg(not(feature = "opus"))]
            Whole::Opus => Err(AudioError::NotBuilt("opus")),
        }
    }

    /// Takes the next samples and appends the bytes that are finished.
    ///
    /// # Errors
    /// [`AudioError::Coder`]; what came out is then to be thrown away.
    pub fn push(&mut self, samples: &[i16], out: &mut Vec<u8>) -> Result<(), AudioError> {
        match &mut self.0 {
            Coder::Flac(coder) => coder.push(samples, out),
            #[cfg(feature = "opus")]
            Coder::Opus(coder) => coder.push(samples, out),
        }
    }

    /// Appends the last bytes, and gives the head that stands before the first. (Of a stream the head
    /// has been sent by then.)
    ///
    /// # Errors
    /// [`AudioError::Coder`], also when another number of samples was pushed than announced.
    pub fn finish(self, out: &mut Vec<u8>) -> Result<Bytes, AudioError> {
        match self.0 {
            Coder::Flac(coder) => coder.finish(out),
            #[cfg(feature = "opus")]
            Coder::Opus(coder) => coder.finish(out),
        }
    }
}

fn failed(error: impl std::fmt::Display) -> AudioError {
    AudioError::Coder(error.to_string())
}

/// Samples announced and samples pushed must be the same: sizes and granules were written by them.
/// A stream announces none.
fn check_length(announced: Option<u64>, pushed: u64) -> Result<(), AudioError> {
    match announced {
        Some(announced) if announced != pushed => {
            Err(AudioError::Coder(format!("{pushed} samples came where {announced} were announced")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
