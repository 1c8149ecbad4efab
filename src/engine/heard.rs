//! WAV as programs and servers write it: with sizes that are true, open (0xFFFFFFFF), or made up, and
//! read while it comes. `hound` takes sizes at their word.

use std::io::{self, ErrorKind, Read};

/// Bytes before the samples that are looked through.
const HEAD_BYTES_MAX: u64 = 1 << 20;

/// Samples that are handed over at once.
const BLOCK_FRAMES: usize = 4096;

/// Sample rates that are taken, in Hz.
const RATES_HZ: std::ops::RangeInclusive<u32> = 8_000..=192_000;

/// Channels that are mixed into one.
const CHANNELS_MAX: u16 = 8;

/// Sizes of `data` that say "not known": two largest numbers, and none.
const OPEN: [u32; 3] = [0, u32::MAX, 0x7FFF_FFFF];

/// The samples of a WAV, in the order in which they come.
pub(super) struct Wav<R> {
    read: R,
    rate_hz: u32,
    channels: usize,
    coding: Coding,
    /// Bytes of samples that are still to come; none when nobody knows.
    left: Option<u64>,
    /// A frame of samples of which only the first bytes have come.
    begun: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    U8,
    I16,
    I24,
    I32,
    F32,
}

impl Coding {
    fn bytes(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::I16 => 2,
            Self::I24 => 3,
            Self::I32 | Self::F32 => 4,
        }
    }

    #[allow(clippy::cast_possible_truncation, reason = "a float is clamped by the cast")]
    fn sample(self, bytes: &[u8]) -> i32 {
        match *bytes {
            [byte] => (i32::from(byte) - 128) << 8,
            [low, high] => i32::from(i16::from_le_bytes([low, high])),
            [_, low, high] => i32::from(i16::from_le_bytes([low, high])),
            [a, b, c, d] if self == Self::F32 => (f32::from_le_bytes([a, b, c, d]) * 32_767.0) as i32,
            [_, _, low, high] => i32::from(i16::from_le_bytes([low, high])),
            _ => 0,
        }
    }
}

impl<R: Read> Wav<R> {
    /// Reads the head.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidData`] for what is no WAV with samples; whatever reading fails with.
    pub(super) fn open(mut read: R) -> io::Result<Self> {
        let head: [u8; 12] = take(&mut read)?;
        if &head[..4] != b"RIFF" || &head[8..] != b"WAVE" {
            return Err(unfit("what came is no WAV"));
        }
        let mut seen = 0u64;
        let mut format = None;
        loop {
            let [a, b, c, d, size @ ..]: [u8; 8] = take(&mut read)?;
            let size = u32::from_le_bytes(size);
            if &[a, b, c, d] == b"data" {
                let (rate_hz, channels, coding) =
                    format.ok_or_else(|| unfit("the WAV does not say how its samples are written"))?;
                // Some write what would fill the largest file (espeak-ng: 0x7FFFF000).
                let left = (!OPEN.contains(&size) && size < 0x7FFF_0000).then_some(u64::from(size));
                let begun = Vec::new();
                return Ok(Self { read, rate_hz, channels, coding, left, begun });
            }
            // Chunks are padded to an even length.
            let padded = u64::from(size) + u64::from(size % 2);
            seen = seen.saturating_add(padded);
            if seen > HEAD_BYTES_MAX {
                return Err(unfit("the WAV has too much before its samples"));
            }
            let mut chunk = Vec::new();
            (&mut read).take(padded).read_to_end(&mut chunk)?;
            if &[a, b, c, d] == b"fmt " {
                format = Some(format_of(&chunk)?);
            }
        }
    }

    /// Samples a second.
    pub(super) fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// The next samples, its channels mixed into one; none at the end.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedEof`] when it ends before the length it told; whatever reading fails with.
    pub(super) fn next(&mut self) -> io::Result<Vec<i16>> {
        let frame = self.channels * self.coding.bytes();
        let mut block = std::mem::take(&mut self.begun);
        while block.len() < frame {
            let had = block.len();
            let room = (BLOCK_FRAMES * frame - had) as u64;
            let most = self.left.map_or(room, |left| left.min(room));
            if most == 0 {
                return Ok(Vec::new());
            }
            block.resize(had + usize::try_from(most).unwrap_or(frame), 0);
            let got = self.read.read(&mut block[had..])?;
            block.truncate(had + got);
            if got == 0 {
                return match self.left {
                    Some(1..) => Err(ErrorKind::UnexpectedEof.into()),
                    _ => Ok(Vec::new()),
                };
            }
            self.left = self.left.map(|left| left - got as u64);
        }
        let whole = block.len() / frame * frame;
        self.begun = block.split_off(whole);
        Ok(block.chunks_exact(frame).map(|frame| self.mixed(frame)).collect())
    }

    #[allow(clippy::cast_possible_truncation, reason = "clamped")]
    fn mixed(&self, frame: &[u8]) -> i16 {
        let samples = frame.chunks_exact(self.coding.bytes()).map(|bytes| self.coding.sample(bytes));
        let sum: i64 = samples.map(i64::from).sum();
        (sum / self.channels as i64).clamp(i64::from(i16::MIN), i64::from(i16::MAX)) as i16
    }
}

/// Rate, channels and coding of a `fmt ` chunk.
fn format_of(chunk: &[u8]) -> io::Result<(u32, usize, Coding)> {
    const PCM: u16 = 1;
    const FLOAT: u16 = 3;
    const EXTENSIBLE: u16 = 0xFFFE;
    let two = |at: usize| chunk.get(at..at + 2).map_or(0, |two| u16::from_le_bytes([two[0], two[1]]));
    let rate_hz = u32::from(two(4)) | u32::from(two(6)) << 16;
    let (channels, bits) = (two(2), two(14));
    // The extensible form has the real one at the start of its GUID.
    let tag = if two(0) == EXTENSIBLE { two(24) } else { two(0) };
    let coding = match (tag, bits) {
        (PCM, 8) => Coding::U8,
        (PCM, 16) => Coding::I16,
        (PCM, 24) => Coding::I24,
        (PCM, 32) => Coding::I32,
        (FLOAT, 32) => Coding::F32,
        _ => return Err(unfit(&format!("the WAV's samples (format {tag}, {bits} bits) are not read here"))),
    };
    if !RATES_HZ.contains(&rate_hz) || !(1..=CHANNELS_MAX).contains(&channels) {
        return Err(unfit(&format!("the WAV has {channels} channels at {rate_hz} Hz")));
    }
    Ok((rate_hz, usize::from(channels), coding))
}

fn take<const N: usize>(read: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    match read.read_exact(&mut bytes) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Err(unfit("it ended before any sound came"))
        }
        read => read.map(|()| bytes),
    }
}

fn unfit(why: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(tag: u16, channels: u16, bits: u16, data_size: u32, data: &[u8]) -> Vec<u8> {
        let mut wav = b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0".to_vec();
        wav.extend(tag.to_le_bytes());
        wav.extend(channels.to_le_bytes());
        wav.extend(22_050u32.to_le_bytes());
        wav.extend([0; 6]);
        wav.extend(bits.to_le_bytes());
        wav.extend(b"data");
        wav.extend(data_size.to_le_bytes());
        wav.extend(data);
        wav
    }

    /// Hands over a byte or two at a time, as a pipe may.
    struct Dripping<'a>(&'a [u8], usize);

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 += 1;
            let most = buffer.len().min(1 + self.1 % 2);
            self.0.read(&mut buffer[..most])
        }
    }

    fn heard(bytes: &[u8]) -> io::Result<Vec<i16>> {
        let mut wav = Wav::open(Dripping(bytes, 0))?;
        assert_eq!(wav.rate_hz(), 22_050);
        let mut all = Vec::new();
        loop {
            let next = wav.next()?;
            if next.is_empty() {
                return Ok(all);
            }
            all.extend(next);
        }
    }

    #[test]
    fn every_coding_and_every_kind_of_size_is_read() {
        let data = [1, 0, 2, 0, 0xFF, 0xFF, 4, 0];
        for size in [8, 0, u32::MAX, 0x7FFF_FFFF, 0x7FFF_F000] {
            assert_eq!(heard(&wav(1, 1, 16, size, &data)).unwrap(), [1, 2, -1, 4], "{size:x}");
        }
        assert_eq!(heard(&wav(1, 1, 16, 4, &data)).unwrap(), [1, 2], "what stands behind is no sound");
        assert_eq!(heard(&wav(1, 2, 16, 8, &data)).unwrap(), [1, 1], "two channels are one");
        assert_eq!(heard(&wav(1, 1, 8, 2, &[128, 255])).unwrap(), [0, 127 << 8]);
        assert_eq!(heard(&wav(1, 1, 24, 3, &[9, 1, 0])).unwrap(), [1]);
        assert_eq!(heard(&wav(1, 1, 32, 4, &[9, 9, 1, 0])).unwrap(), [1]);
        let loud: Vec<u8> = [1.0f32, -9.0, f32::NAN].iter().flat_map(|f| f.to_le_bytes()).collect();
        assert_eq!(heard(&wav(3, 1, 32, 12, &loud)).unwrap(), [32_767, i16::MIN, 0]);
        assert_eq!(heard(&wav(1, 1, 16, u32::MAX, &data[..5])).unwrap(), [1, 2], "half a sample is none");
    }

    #[test]
    fn what_is_no_wav_or_ends_too_soon_is_told() {
        let kind = |bytes: &[u8]| heard(bytes).unwrap_err().kind();
        let data = [1, 0, 2, 0];
        assert_eq!(kind(&wav(1, 1, 16, 400, &data)), ErrorKind::UnexpectedEof);
        for bad in [
            b"".to_vec(),
            b"RIFF".to_vec(),
            b"<!doctype html><title>Bad gateway</title>".to_vec(),
            b"ID3\x04\0\0\0\0\0\0\0\0".to_vec(),
            wav(85, 1, 16, 4, &data),
            wav(1, 0, 16, 4, &data),
            wav(1, 9, 16, 4, &data),
            wav(1, 1, 12, 4, &data),
            b"RIFF\0\0\0\0WAVEdata\x04\0\0\0abcd".to_vec(),
            b"RIFF\0\0\0\0WAVEjunk\xFF\xFF\xFF\x7F".to_vec(),
        ] {
            assert_eq!(kind(&bad), ErrorKind::InvalidData, "{bad:?}");
        }
    }
}
