//! Opus in Ogg (RFC 7845): one logical stream, packets of 20 ms, pages of a second.

use std::io::Cursor;

use bytes::Bytes;
use ogg::writing::PacketWriteEndInfo as End;
use ogg::{PacketReader, PacketWriter};
use ropus::{Application, Bitrate, Channels, Encoder, Signal};

use super::{Before, check_length, failed};
use crate::audio::tags::{Tags, vorbis_comment};
use crate::audio::{AudioError, SAMPLE_RATE_HZ};

/// Bits a second, on average.
const BITS: u32 = 32_000;

/// Of 10, the most careful.
const COMPLEXITY: u8 = 10;

/// Samples of a packet: 20 ms.
const PACKET_SAMPLES: usize = 480;

/// Granules count samples at 48 kHz whatever the input's rate (§4).
const GRANULES_PER_SAMPLE: u64 = 48_000 / SAMPLE_RATE_HZ as u64;
const PACKET_GRANULES: u64 = PACKET_SAMPLES as u64 * GRANULES_PER_SAMPLE;

/// Packets of a page: a second (§3 advises no more, for seeking and streaming).
const PAGE_PACKETS: u64 = 50;

/// Longest packet of one frame (RFC 6716 §3.2.1).
const PACKET_BYTES_MAX: usize = 1275;

/// Number of the logical stream. It tells streams of one file apart, and ours has one.
const SERIAL: u32 = u32::from_be_bytes(*b"list");

pub(super) struct OpusCoder {
    encoder: Encoder,
    writer: PacketWriter<'static, Vec<u8>>,
    head: Bytes,
    /// Samples that do not fill a packet yet.
    waiting: Vec<i16>,
    announced: Option<u64>,
    pushed: u64,
    pre_skip: u64,
    packets: u64,
    /// Packets in all, what the encoder still holds at the end included.
    packets_due: u64,
    /// Where the sound ends (§4.4): what the last packet has beyond it is cut off by players.
    end: u64,
}

impl OpusCoder {
    pub(super) fn new(samples: u64, before: Before<'_>) -> Result<Self, AudioError> {
        Self::open(Some(samples), before)
    }

    /// Of a stream the end is known when it comes. Until then whole packets are coded, and one more is
    /// always due: the encoder holds samples back.
    pub(super) fn streaming(tags: &Tags) -> Result<Self, AudioError> {
        Self::open(None, Before::Tags(tags))
    }

    pub(super) fn head(&self) -> Bytes {
        self.head.clone()
    }

    fn open(announced: Option<u64>, before: Before<'_>) -> Result<Self, AudioError> {
        let encoder = Encoder::builder(SAMPLE_RATE_HZ, Channels::Mono, Application::Audio)
            .bitrate(Bitrate::Bits(BITS))
            .complexity(COMPLEXITY)
            .signal(Signal::Voice)
            .build()
            .map_err(failed)?;
        // At the input's rate, as in libopus.
        let pre_skip = u64::from(encoder.lookahead()) * GRANULES_PER_SAMPLE;
        let end = announced.map_or(u64::MAX, |samples| end_of(samples, pre_skip));
        let mut writer = PacketWriter::new(Vec::new());
        let packets = match before {
            Before::Tags(tags) => [opus_head(pre_skip), opus_tags(tags)],
            Before::Head(head) => packets_of(head)?,
        };
        for packet in packets {
            writer.write_packet(packet, SERIAL, End::EndPage, 0).map_err(failed)?;
        }
        let head = Bytes::from(std::mem::take(writer.inner_mut()));
        if let Before::Head(given) = before
            && head != given
        {
            return Err(failed("the head is none of this coder's"));
        }
        Ok(Self {
            encoder,
            writer,
            head,
            waiting: Vec::with_capacity(2 * PACKET_SAMPLES),
            announced,
            pushed: 0,
            pre_skip,
            packets: 0,
            packets_due: end.div_ceil(PACKET_GRANULES),
            end,
        })
    }

    pub(super) fn push(&mut self, samples: &[i16], out: &mut Vec<u8>) -> Result<(), AudioError> {
        self.pushed += samples.len() as u64;
        // Too few may become enough.
        check_length(self.announced.filter(|announced| *announced < self.pushed), self.pushed)?;
        for part in samples.chunks(PACKET_SAMPLES) {
            self.waiting.extend_from_slice(part);
            if self.waiting.len() >= PACKET_SAMPLES {
                self.code(out)?;
            }
        }
        Ok(())
    }

    /// Codes the first packet that waits.
    fn code(&mut self, out: &mut Vec<u8>) -> Result<(), AudioError> {
        let mut packet = vec![0; PACKET_BYTES_MAX];
        let bytes = self.encoder.encode(&self.waiting[..PACKET_SAMPLES], &mut packet).map_err(failed)?;
        packet.truncate(bytes);
        self.waiting.drain(..PACKET_SAMPLES);
        self.packets += 1;
        let end = match self.packets {
            last if last == self.packets_due => End::EndStream,
            full if full.is_multiple_of(PAGE_PACKETS) => End::EndPage,
            _ => End::NormalPacket,
        };
        let granule = (self.packets * PACKET_GRANULES).min(self.end);
        self.writer.write_packet(packet, SERIAL, end, granule).map_err(failed)?;
        out.append(self.writer.inner_mut());
        Ok(())
    }

    pub(super) fn finish(mut self, out: &mut Vec<u8>) -> Result<Bytes, AudioError> {
        check_length(self.announced, self.pushed)?;
        self.end = end_of(self.pushed, self.pre_skip);
        self.packets_due = self.end.div_ceil(PACKET_GRANULES);
        // The encoder gives its last samples when more come: silence, which the granules cut off.
        while self.packets < self.packets_due {
            self.waiting.resize(self.waiting.len().max(PACKET_SAMPLES), 0);
            self.code(out)?;
        }
        Ok(self.head)
    }
}

/// Where so many samples end, in granules.
fn end_of(samples: u64, pre_skip: u64) -> u64 {
    samples.saturating_mul(GRANULES_PER_SAMPLE).saturating_add(pre_skip)
}

/// RFC 7845 §5.1.
fn opus_head(pre_skip: u64) -> Vec<u8> {
    let mut head = b"OpusHead".to_vec();
    // Version, channels.
    head.extend_from_slice(&[1, 1]);
    head.extend_from_slice(&u16::try_from(pre_skip).unwrap_or(u16::MAX).to_le_bytes());
    head.extend_from_slice(&SAMPLE_RATE_HZ.to_le_bytes());
    // No gain; the mapping of mono and stereo.
    head.extend_from_slice(&[0, 0, 0]);
    head
}

/// RFC 7845 §5.2.
fn opus_tags(tags: &Tags) -> Vec<u8> {
    [b"OpusTags", &vorbis_comment(tags, true)[..]].concat()
}

/// The two packets of a head.
fn packets_of(head: &[u8]) -> Result<[Vec<u8>; 2], AudioError> {
    let mut reader = PacketReader::new(Cursor::new(head));
    let mut next = || match reader.read_packet() {
        Ok(Some(packet)) => Ok(packet.data),
        Ok(None) => Err(failed("the head is cut short")),
        Err(error) => Err(failed(error)),
    };
    Ok([next()?, next()?])
}
