//! The frames of an MP3 that are not speech. All are MPEG-2 Layer III, 24 000 Hz, mono, without CRC
//! (ISO 13818-3, ISO 11172-3 §2.4.1).

use bytes::Bytes;

use super::clip::Bitrate;

/// Frames of silence that end an MP3: a decoder gives a sample 1105 samples late, so it needs two
/// more frames to give the last one.
pub const TAIL_FRAMES: u32 = 2;

/// Bytes of the Info frame. Its header always says 64 kbit/s, whatever the audio has: a frame of
/// 48 kbit/s is too small for it.
pub const INFO_BYTES: usize = 192;

/// Samples that a decoder shall drop at the start, besides its own 529: LAME's delay.
const ENCODER_DELAY: u32 = 576;

/// Samples that a decoder shall drop at the end: of the [`TAIL_FRAMES`], what is not the delay.
const ENCODER_PADDING: u32 = 576;

/// Where the Info tag stands in its frame: behind the header and the side information.
const INFO_OFFSET: usize = 4 + SIDE_INFO_BYTES;

/// Side information of a mono MPEG-2 frame.
const SIDE_INFO_BYTES: usize = 9;

/// The Info tag has all of its fields: frames, bytes, seek table, quality.
const INFO_FLAGS: u32 = 0b1111;

/// Entries of the seek table, one for each hundredth of the time.
const TOC_ENTRIES: u64 = 100;

/// Highest frequency LAME keeps, in units of 100 Hz; of interest to people only.
const LOWPASS_100_HZ: u8 = 120;

/// One frame of silence: a frame that carries no spectrum at all. A pause is a run of them.
#[must_use]
pub fn silent_frame(bitrate: Bitrate) -> Bytes {
    let mut frame = vec![0; bitrate.bytes_per_frame()];
    frame[..4].copy_from_slice(&header(bitrate));
    Bytes::from(frame)
}

/// What stands before the clips of an MP3 of `audio_frames` frames: the tag, and the Info frame by
/// which a decoder gives exactly `audio_frames · 576` samples and knows the length without reading
/// on. After the clips come [`TAIL_FRAMES`] silent frames.
#[must_use]
pub fn head(tag: &[u8], audio_frames: u32, bitrate: Bitrate) -> Bytes {
    let mut head = Vec::with_capacity(tag.len() + INFO_BYTES);
    head.extend_from_slice(tag);
    head.extend_from_slice(&info_frame(audio_frames, bitrate));
    Bytes::from(head)
}

/// Frame header: sync, MPEG-2, Layer III, no CRC; bit rate, 24 000 Hz, no padding; mono, original.
const fn header(bitrate: Bitrate) -> [u8; 4] {
    let index = match bitrate {
        Bitrate::K48 => 6,
        Bitrate::K64 => 8,
        Bitrate::K96 => 10,
    };
    [0xFF, 0xF3, index << 4 | 0b01 << 2, 0xC4]
}

/// The frame that players read before the audio: Xing's fields, then LAME's
/// (<http://gabriel.mp3-tech.org/mp3infotag.html>). Fields that nothing is known for are 0.
fn info_frame(audio_frames: u32, bitrate: Bitrate) -> [u8; INFO_BYTES] {
    let frames = audio_frames.saturating_add(TAIL_FRAMES);
    let audio_bytes = u64::from(frames) * bitrate.bytes_per_frame() as u64;
    let bytes = INFO_BYTES as u64 + audio_bytes;

    let mut fields = Vec::with_capacity(INFO_BYTES);
    fields.extend_from_slice(&header(Bitrate::K64));
    fields.resize(INFO_OFFSET, 0);
    fields.extend_from_slice(b"Info");
    fields.extend_from_slice(&INFO_FLAGS.to_be_bytes());
    fields.extend_from_slice(&frames.to_be_bytes());
    fields.extend_from_slice(&u32::try_from(bytes).unwrap_or(u32::MAX).to_be_bytes());
    fields.extend((0..TOC_ENTRIES).map(|percent| toc_entry(percent, audio_bytes)));
    fields.extend_from_slice(&50u32.to_be_bytes());

    fields.extend_from_slice(b"LAME3.100");
    // Revision 0 of the tag; constant bit rate.
    fields.extend_from_slice(&[0x01, LOWPASS_100_HZ]);
    // No peak, no replay gains, no encoder flags.
    fields.extend_from_slice(&[0; 4 + 2 + 2 + 1]);
    fields.push(u8::try_from(bitrate.kbps()).unwrap_or(u8::MAX));
    let pads = ENCODER_DELAY << 12 | ENCODER_PADDING;
    fields.extend_from_slice(&pads.to_be_bytes()[1..]);
    // Mono, source of 32 kHz or less, no mp3gain, no preset.
    fields.extend_from_slice(&[0; 1 + 1 + 2]);
    fields.extend_from_slice(&u32::try_from(bytes).unwrap_or(u32::MAX).to_be_bytes());
    // The checksum of the audio is not known from lengths alone; 0 is what other writers put there.
    fields.extend_from_slice(&[0; 2]);
    fields.extend_from_slice(&crc16(&fields).to_be_bytes());

    let mut frame = [0; INFO_BYTES];
    frame[..fields.len()].copy_from_slice(&fields);
    frame
}

/// Where a hundredth of the time lies, in 256ths of the file without its tag.
fn toc_entry(percent: u64, audio_bytes: u64) -> u8 {
    let at = INFO_BYTES as u64 + audio_bytes / TOC_ENTRIES * percent;
    let total = INFO_BYTES as u64 + audio_bytes;
    u8::try_from(at.saturating_mul(256) / total).unwrap_or(u8::MAX)
}

/// CRC-16 as LAME has it: polynomial 0x8005, reflected, from 0 (CRC-16/ARC).
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xA001 } else { crc >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_one_of_the_catalogue() {
        assert_eq!(crc16(b"123456789"), 0xBB3D, "CRC-16/ARC check value");
    }

    #[test]
    fn silent_frames_have_the_header_of_their_bitrate() {
        for bitrate in Bitrate::ALL {
            let frame = silent_frame(bitrate);
            assert_eq!(frame.len(), bitrate.bytes_per_frame());
            let kbps = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96][usize::from(frame[2] >> 4)];
            assert_eq!(kbps, bitrate.kbps(), "ISO 13818-3, table of bit rates of Layer III");
        }
    }

    #[test]
    fn the_info_frame_says_frames_bytes_and_gaps() {
        let frame = info_frame(1_000, Bitrate::K48);
        assert_eq!(&frame[INFO_OFFSET..INFO_OFFSET + 4], b"Info");
        assert_eq!(frame[21..25], 1_002u32.to_be_bytes());
        assert_eq!(frame[25..29], (192 + 1_002 * 144u32).to_be_bytes());
        assert_eq!((frame[29], frame[29 + 50], frame[29 + 99]), (0, 128, 253));
        assert_eq!(&frame[133..142], b"LAME3.100");
        assert_eq!(frame[154..157], [0x24, 0x02, 0x40], "delay 576, padding 576");
        assert_eq!(frame[167..169], crc16(&frame[..167]).to_be_bytes());
    }

    #[test]
    fn lengths_beyond_the_fields_do_not_overflow() {
        for bitrate in Bitrate::ALL {
            let frame = info_frame(u32::MAX, bitrate);
            assert_eq!(frame[25..29], u32::MAX.to_be_bytes());
        }
    }
}
