//! What a host and a worker say to each other: length-framed messages over the worker's stdin and
//! stdout. Written down for other programs in `docs/worker-protocol.md`; change the two together.
//!
//! A frame is two 32-bit little-endian lengths, a JSON head of the first length, and a body of the
//! second (16-bit little-endian samples in `audio`, empty elsewhere).

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Clause, Description, ErrorKind, Request, WordMark};
use crate::article::Lang;

/// The version both sides put in every head.
pub(super) const VERSION: u32 = 1;
/// Longest JSON head, in bytes.
pub(super) const MAX_HEAD_BYTES: usize = 512 * 1024;
/// Longest body, in bytes.
pub(super) const MAX_BODY_BYTES: usize = 256 * 1024;
/// Samples a worker puts into one frame at most; more become several frames.
pub(super) const SAMPLES_PER_FRAME: usize = 16 * 1024;

/// What a host asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(super) enum Ask {
    /// Answered by [`Answer::Description`].
    Describe {
        /// Processor time it may take, in seconds.
        cpu_limit_s: u64,
    },
    /// Answered by any number of [`Answer::Audio`], then [`Answer::Done`].
    Speak {
        #[serde(flatten)]
        request: Request,
        cpu_limit_s: u64,
    },
    /// Answered by [`Answer::Phonemes`].
    Phonemes { text: String, lang: Lang, cpu_limit_s: u64 },
}

impl Ask {
    pub(super) fn cpu_limit_s(&self) -> u64 {
        match self {
            Self::Describe { cpu_limit_s }
            | Self::Speak { cpu_limit_s, .. }
            | Self::Phonemes { cpu_limit_s, .. } => *cpu_limit_s,
        }
    }
}

/// What a worker answers. `Error` may come instead of any of them, and after audio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(super) enum Answer {
    Description(Description),
    Audio {
        rate_hz: u32,
    },
    Done {
        marks: Vec<WordMark>,
    },
    Phonemes {
        phonemes: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        clauses: Vec<Clause>,
    },
    Error {
        kind: ErrorKind,
        message: String,
    },
}

impl Answer {
    /// The answer to [`Ask::Phonemes`].
    pub(super) fn phonemes(clauses: Vec<Clause>) -> Self {
        let all: Vec<&str> = clauses.iter().map(|clause| clause.phonemes.as_str()).collect();
        Self::Phonemes { phonemes: all.join(" "), clauses }
    }
}

#[derive(Serialize, Deserialize)]
struct Head<T> {
    v: u32,
    #[serde(flatten)]
    message: T,
}

/// Writes one frame and flushes it.
pub(super) fn write<T: Serialize>(to: &mut impl Write, message: &T, body: &[u8]) -> io::Result<()> {
    let head = serde_json::to_vec(&Head { v: VERSION, message })?;
    if head.len() > MAX_HEAD_BYTES || body.len() > MAX_BODY_BYTES {
        return Err(broken(format!("a frame of {} + {} bytes is too long", head.len(), body.len())));
    }
    let mut frame = Vec::with_capacity(8 + head.len() + body.len());
    frame.extend_from_slice(&(head.len() as u32).to_le_bytes());
    frame.extend_from_slice(&(body.len() as u32).to_le_bytes());
    frame.extend_from_slice(&head);
    frame.extend_from_slice(body);
    to.write_all(&frame)?;
    to.flush()
}

/// Writes samples as `audio` frames.
pub(super) fn write_audio(to: &mut impl Write, rate_hz: u32, samples: &[i16]) -> io::Result<()> {
    for part in samples.chunks(SAMPLES_PER_FRAME) {
        let mut body = Vec::with_capacity(2 * part.len());
        part.iter().for_each(|sample| body.extend_from_slice(&sample.to_le_bytes()));
        write(to, &Answer::Audio { rate_hz }, &body)?;
    }
    Ok(())
}

/// The samples of an `audio` body. An odd last byte is no sample.
pub(super) fn samples_of(body: &[u8]) -> Vec<i16> {
    body.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

/// Reads one frame; `None` at the end of the stream between two frames.
pub(super) fn read<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<(T, Vec<u8>)>> {
    let mut lengths = [0; 8];
    if from.read(&mut lengths[..1])? == 0 {
        return Ok(None);
    }
    from.read_exact(&mut lengths[1..])?;
    let [a, b, c, d, e, f, g, h] = lengths;
    let head_bytes = u32::from_le_bytes([a, b, c, d]) as usize;
    let body_bytes = u32::from_le_bytes([e, f, g, h]) as usize;
    if head_bytes > MAX_HEAD_BYTES || body_bytes > MAX_BODY_BYTES {
        return Err(broken(format!("a frame claims {head_bytes} + {body_bytes} bytes")));
    }
    let mut head = vec![0; head_bytes];
    from.read_exact(&mut head)?;
    let mut body = vec![0; body_bytes];
    from.read_exact(&mut body)?;
    let head: Head<T> = serde_json::from_slice(&head).map_err(|error| broken(error.to_string()))?;
    if head.v != VERSION {
        return Err(broken(format!("protocol version {}, this side speaks {VERSION}", head.v)));
    }
    Ok(Some((head.message, body)))
}

fn broken(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn speak() -> Ask {
        let request = Request {
            text: "Grüß dich.".to_owned(),
            voice: "de".to_owned(),
            lang: Lang::english(),
            rate: 1.25,
            sounds: Vec::new(),
        };
        Ask::Speak { request, cpu_limit_s: 10 }
    }

    #[test]
    fn a_frame_comes_back_as_it_went() {
        let mut bytes = Vec::new();
        write(&mut bytes, &speak(), b"").unwrap();
        write_audio(&mut bytes, 16_000, &[1, -2, i16::MIN]).unwrap();
        let mut from = bytes.as_slice();
        assert_eq!(read::<Ask>(&mut from).unwrap(), Some((speak(), Vec::new())));
        let (answer, body) = read::<Answer>(&mut from).unwrap().unwrap();
        assert_eq!((answer, samples_of(&body)), (Answer::Audio { rate_hz: 16_000 }, vec![1, -2, i16::MIN]));
        assert!(read::<Answer>(&mut from).unwrap().is_none());
    }

    #[test]
    fn long_lengths_other_versions_and_torn_frames_are_errors() {
        let mut long = u32::MAX.to_le_bytes().to_vec();
        long.extend_from_slice(&[0; 4]);
        assert!(read::<Ask>(&mut long.as_slice()).is_err());
        let mut bytes = Vec::new();
        write(&mut bytes, &speak(), b"").unwrap();
        assert!(read::<Ask>(&mut &bytes[..bytes.len() - 1]).is_err());
        let json = br#"{"v":2,"op":"describe","cpu_limit_s":1}"#;
        let mut other = (json.len() as u32).to_le_bytes().to_vec();
        other.extend_from_slice(&[0; 4]);
        other.extend_from_slice(json);
        let error = read::<Ask>(&mut other.as_slice()).unwrap_err();
        assert!(error.to_string().contains("version 2"), "{error}");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read::<Answer>(&mut bytes.as_slice());
        }
    }
}
