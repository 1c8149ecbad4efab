//! FLAC (RFC 9639), block by block: 16 bit, mono, a fixed block size.

use bytes::Bytes;
use flacenc::bitsink::ByteSink;
use flacenc::component::{BitRepr as _, StreamInfo};
use flacenc::config::Encoder;
use flacenc::encode_fixed_size_frame;
use flacenc::error::{Verified, Verify as _};
use flacenc::source::{Context, Fill as _, FrameBuf};

use super::{Before, check_length, failed};
use crate::audio::tags::{Tags, flac_picture, vorbis_comment};
use crate::audio::{AudioError, SAMPLE_RATE_HZ};

/// Samples of a block: 171 ms.
const BLOCK_SAMPLES: usize = 4096;

/// Bits of a sample.
const SAMPLE_BITS: usize = 16;

/// STREAMINFO numbers samples in 36 bits (§8.2).
const SAMPLES_MAX: u64 = (1 << 36) - 1;

/// A seek point about every ten seconds, and so many at most (§8.5).
const SEEK_SAMPLES: u64 = 10 * SAMPLE_RATE_HZ as u64;
const SEEK_POINTS_MAX: u64 = 1000;

/// Kinds of metadata blocks (§8.1).
const STREAMINFO: u8 = 0;
const SEEKTABLE: u8 = 3;
const VORBIS_COMMENT: u8 = 4;
const PICTURE: u8 = 6;

pub(super) struct FlacCoder {
    config: Verified<Encoder>,
    info: StreamInfo,
    block: FrameBuf,
    /// Hashes the samples, as STREAMINFO wants it.
    context: Context,
    sink: ByteSink,
    /// Samples that do not fill a block yet.
    waiting: Vec<i32>,
    announced: Option<u64>,
    blocks: usize,
    bytes: u64,
    smallest: usize,
    largest: usize,
    seek_every: u64,
    seek_points: Vec<[u8; 18]>,
    /// Metadata blocks behind STREAMINFO that are known before the sound is.
    known: Vec<(u8, Vec<u8>)>,
}

impl FlacCoder {
    pub(super) fn new(samples: u64, before: Before<'_>) -> Result<Self, AudioError> {
        if samples > SAMPLES_MAX {
            return Err(AudioError::Coder(format!("{samples} samples are more than FLAC can number")));
        }
        Self::open(Some(samples), before)
    }

    /// Of a stream, STREAMINFO leaves open what it may (§8.2): the number of samples, their digest, the
    /// sizes of frames. It has no seek table.
    pub(super) fn streaming(tags: &Tags) -> Result<Self, AudioError> {
        Self::open(None, Before::Tags(tags))
    }

    fn open(announced: Option<u64>, before: Before<'_>) -> Result<Self, AudioError> {
        let config = Encoder::default().into_verified().map_err(|(_, error)| failed(error))?;
        Ok(Self {
            config,
            info: StreamInfo::new(SAMPLE_RATE_HZ as usize, 1, SAMPLE_BITS).map_err(failed)?,
            block: FrameBuf::with_size(1, BLOCK_SAMPLES).map_err(failed)?,
            context: Context::new(SAMPLE_BITS, 1),
            sink: ByteSink::new(),
            waiting: Vec::with_capacity(2 * BLOCK_SAMPLES),
            announced,
            blocks: 0,
            bytes: 0,
            smallest: usize::MAX,
            largest: 0,
            seek_every: announced.map_or(u64::MAX, |samples| SEEK_SAMPLES.max(samples / SEEK_POINTS_MAX)),
            seek_points: Vec::new(),
            known: match before {
                Before::Tags(tags) => known(tags),
                // The sound does not depend on its head.
                Before::Head(_) => Vec::new(),
            },
        })
    }

    pub(super) fn push(&mut self, samples: &[i16], out: &mut Vec<u8>) -> Result<(), AudioError> {
        for part in samples.chunks(BLOCK_SAMPLES) {
            self.waiting.extend(part.iter().map(|sample| i32::from(*sample)));
            if self.waiting.len() >= BLOCK_SAMPLES {
                self.code(BLOCK_SAMPLES, out)?;
            }
        }
        Ok(())
    }

    /// Codes the first `samples` that wait.
    fn code(&mut self, samples: usize, out: &mut Vec<u8>) -> Result<(), AudioError> {
        let first = self.context.total_samples() as u64;
        if first >= self.seek_points.len() as u64 * self.seek_every {
            self.seek_points.push(seek_point(first, self.bytes, samples));
        }
        let block = &self.waiting[..samples];
        self.block.fill_interleaved(block).map_err(failed)?;
        self.context.fill_interleaved(block).map_err(failed)?;
        let frame =
            encode_fixed_size_frame(&self.config, &self.block, self.blocks, &self.info).map_err(failed)?;
        frame.write(&mut self.sink).map_err(failed)?;
        let coded = self.sink.as_slice();
        out.extend_from_slice(coded);
        self.smallest = self.smallest.min(coded.len());
        self.largest = self.largest.max(coded.len());
        self.bytes += coded.len() as u64;
        self.sink.clear();
        self.waiting.drain(..samples);
        self.blocks += 1;
        Ok(())
    }

    pub(super) fn finish(mut self, out: &mut Vec<u8>) -> Result<Bytes, AudioError> {
        if !self.waiting.is_empty() {
            self.code(self.waiting.len(), out)?;
        }
        check_length(self.announced, self.context.total_samples() as u64)?;
        self.head()
    }

    /// What stands before the sound: after the last sample all of it is known.
    pub(super) fn head(&self) -> Result<Bytes, AudioError> {
        let mut blocks = vec![(STREAMINFO, self.stream_info())];
        if !self.seek_points.is_empty() {
            blocks.push((SEEKTABLE, self.seek_points.concat()));
        }
        blocks.extend(self.known.iter().cloned());
        let mut head = b"fLaC".to_vec();
        let last = blocks.len() - 1;
        for (i, (kind, body)) in blocks.iter().enumerate() {
            let size = u32::try_from(body.len()).ok().filter(|size| *size < 1 << 24);
            let size = size.ok_or_else(|| failed("a block of metadata is over 16 MiB"))?;
            head.push(kind | if i == last { 0x80 } else { 0 });
            head.extend_from_slice(&size.to_be_bytes()[1..]);
            head.extend_from_slice(body);
        }
        Ok(Bytes::from(head))
    }

    /// RFC 9639 §8.2.
    fn stream_info(&self) -> Vec<u8> {
        let frame_bytes = |bytes: usize| u32::try_from(bytes).unwrap_or(0).min(0x00FF_FFFF).to_be_bytes();
        let smallest = if self.blocks == 0 { 0 } else { self.smallest };
        let mut info = Vec::with_capacity(34);
        for _ in ["least", "most"] {
            info.extend_from_slice(&(BLOCK_SAMPLES as u16).to_be_bytes());
        }
        info.extend_from_slice(&frame_bytes(smallest)[1..]);
        info.extend_from_slice(&frame_bytes(self.largest)[1..]);
        // 20 bits rate, 3 bits channels - 1, 5 bits sample size - 1, 36 bits number of samples.
        let samples = self.announced.unwrap_or(0);
        let packed = u64::from(SAMPLE_RATE_HZ) << 44 | (SAMPLE_BITS as u64 - 1) << 36 | samples;
        info.extend_from_slice(&packed.to_be_bytes());
        let digest = self.announced.map_or([0; 16], |_| self.context.md5_digest());
        info.extend_from_slice(&digest);
        info
    }
}

fn seek_point(sample: u64, offset: u64, samples: usize) -> [u8; 18] {
    let mut point = [0; 18];
    point[..8].copy_from_slice(&sample.to_be_bytes());
    point[8..16].copy_from_slice(&offset.to_be_bytes());
    point[16..].copy_from_slice(&u16::try_from(samples).unwrap_or(u16::MAX).to_be_bytes());
    point
}

fn known(tags: &Tags) -> Vec<(u8, Vec<u8>)> {
    let mut blocks = vec![(VORBIS_COMMENT, vorbis_comment(tags, false))];
    blocks.extend(flac_picture(tags).map(|picture| (PICTURE, picture)));
    blocks
}
