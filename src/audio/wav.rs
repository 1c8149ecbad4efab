use std::io::Cursor;

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

use super::{AudioError, FRAME_SAMPLES, SAMPLE_RATE_HZ};

/// Bytes before the samples, in segments and in ropes.
pub const HEADER_BYTES: usize = 44;

/// Bytes of a sample.
pub const BYTES_PER_SAMPLE: u64 = 2;

/// What a size says when it is not known yet.
const UNKNOWN: u32 = u32::MAX;

/// Bytes of the header that the RIFF size counts: all but its own id and size.
const HEADER_COUNTED: u64 = HEADER_BYTES as u64 - 8;

const SPEC: WavSpec = WavSpec {
    channels: 1,
    sample_rate: SAMPLE_RATE_HZ,
    bits_per_sample: 16,
    sample_format: SampleFormat::Int,
};

/// A segment's WAV: its samples stand from byte [`HEADER_BYTES`] to the end.
///
/// # Errors
/// [`AudioError::NotASegment`] when the samples are not whole frames; [`AudioError::TooLong`] over
/// 4 GiB.
pub fn encode(samples: &[i16]) -> Result<Vec<u8>, AudioError> {
    if !samples.len().is_multiple_of(FRAME_SAMPLES) {
        return Err(AudioError::NotASegment(format!("{} samples", samples.len())));
    }
    header(samples.len() as u64, 0)?;
    let mut bytes = Vec::with_capacity(HEADER_BYTES + 2 * samples.len());
    let mut writer = WavWriter::new(Cursor::new(&mut bytes), SPEC).map_err(not_a_segment)?;
    let mut block = writer.get_i16_writer(u32::try_from(samples.len()).unwrap_or(u32::MAX));
    samples.iter().for_each(|sample| block.write_sample(*sample));
    block.flush().map_err(not_a_segment)?;
    writer.finalize().map_err(not_a_segment)?;
    Ok(bytes)
}

/// The samples of a segment's WAV.
///
/// # Errors
/// [`AudioError::NotASegment`] for anything but what [`encode`] writes: another format, a broken or
/// cut file, bytes behind the samples, no whole frames.
pub fn decode(bytes: &[u8]) -> Result<Vec<i16>, AudioError> {
    let reader = WavReader::new(Cursor::new(bytes)).map_err(not_a_segment)?;
    if reader.spec() != SPEC {
        return Err(AudioError::NotASegment(format!("{:?}", reader.spec())));
    }
    let samples = reader.into_samples::<i16>().collect::<Result<Vec<_>, _>>().map_err(not_a_segment)?;
    if bytes.len() != HEADER_BYTES + 2 * samples.len() || !samples.len().is_multiple_of(FRAME_SAMPLES) {
        return Err(AudioError::NotASegment(format!("{} bytes, {} samples", bytes.len(), samples.len())));
    }
    Ok(samples)
}

/// The header of a WAV with `samples` samples and, behind them, `trailing` bytes of other chunks
/// (an even number).
///
/// # Errors
/// [`AudioError::TooLong`] when its sizes do not fit into 32 bits.
pub fn header(samples: u64, trailing: u32) -> Result<[u8; HEADER_BYTES], AudioError> {
    let data = samples.saturating_mul(BYTES_PER_SAMPLE);
    let riff = data.saturating_add(HEADER_COUNTED).saturating_add(u64::from(trailing));
    match (u32::try_from(riff), u32::try_from(data)) {
        // The largest value says "not known" (see streaming_header).
        (Ok(riff), Ok(data)) if riff != UNKNOWN => Ok(write_header(riff, data)),
        _ => Err(AudioError::TooLong { bytes: riff.saturating_add(8) }),
    }
}

/// The header of a WAV whose length is not known yet: sizes of 0xFFFFFFFF, which players take as
/// "until it ends".
#[must_use]
pub fn streaming_header() -> [u8; HEADER_BYTES] {
    write_header(UNKNOWN, UNKNOWN)
}

/// RIFF/WAVE with one `fmt ` chunk of PCM and the start of the `data` chunk.
fn write_header(riff_size: u32, data_size: u32) -> [u8; HEADER_BYTES] {
    const PCM: u16 = 1;
    let mut header = [0; HEADER_BYTES];
    let mut at = 0;
    let mut put = |bytes: &[u8]| {
        header[at..at + bytes.len()].copy_from_slice(bytes);
        at += bytes.len();
    };
    put(b"RIFF");
    put(&riff_size.to_le_bytes());
    put(b"WAVEfmt ");
    put(&16u32.to_le_bytes());
    put(&PCM.to_le_bytes());
    put(&SPEC.channels.to_le_bytes());
    put(&SPEC.sample_rate.to_le_bytes());
    put(&(SPEC.sample_rate * BYTES_PER_SAMPLE as u32).to_le_bytes());
    put(&(BYTES_PER_SAMPLE as u16).to_le_bytes());
    put(&SPEC.bits_per_sample.to_le_bytes());
    put(b"data");
    put(&data_size.to_le_bytes());
    header
}

fn not_a_segment(error: hound::Error) -> AudioError {
    AudioError::NotASegment(error.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_segment_comes_back_and_has_the_rope_s_header(
            frames in 0usize..4, sample in any::<i16>(),
        ) {
            let samples: Vec<i16> =
                (0..frames * FRAME_SAMPLES).map(|i| sample.wrapping_mul(i as i16)).collect();
            let bytes = encode(&samples).unwrap();
            prop_assert_eq!(&bytes[..HEADER_BYTES], &header(samples.len() as u64, 0).unwrap());
            prop_assert_eq!(decode(&bytes).unwrap(), samples);
        }

        #[test]
        fn no_bytes_are_read_as_a_segment_but_its_own(
            at in 0usize..HEADER_BYTES, flip in 1u8.., cut in 0usize..1196, junk in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let whole = encode(&[7; FRAME_SAMPLES]).unwrap();
            prop_assert!(decode(&junk).is_err());
            prop_assert!(decode(&whole[..cut]).is_err());
            let mut flipped = whole.clone();
            flipped[at] ^= flip;
            // Of the header, hound does not look at the RIFF size and the byte rate.
            if let Ok(samples) = decode(&flipped) {
                prop_assert_eq!(samples, vec![7; FRAME_SAMPLES]);
            }
            prop_assert!(decode(&[whole, vec![0; 2]].concat()).is_err());
        }
    }

    #[test]
    fn other_formats_are_refused() {
        for spec in [
            WavSpec { channels: 2, ..SPEC },
            WavSpec { sample_rate: 22_050, ..SPEC },
            WavSpec { bits_per_sample: 24, ..SPEC },
            WavSpec { bits_per_sample: 32, sample_format: SampleFormat::Float, ..SPEC },
        ] {
            let mut bytes = Vec::new();
            WavWriter::new(Cursor::new(&mut bytes), spec).unwrap().finalize().unwrap();
            assert!(decode(&bytes).is_err(), "{spec:?}");
        }
        assert!(encode(&[0; 575]).is_err());
    }

    #[test]
    fn four_gib_are_refused_by_a_message_that_names_mp3() {
        let most = (u64::from(u32::MAX) - 1 - 36) / 2;
        assert!(header(most, 0).is_ok());
        assert!(header(most, 2).is_err());
        assert!(header(most + 1, 0).unwrap_err().to_string().contains("MP3"));
        assert!(header(u64::MAX, u32::MAX).is_err());
    }

    #[test]
    fn a_stream_s_header_says_that_it_does_not_know() {
        let header = streaming_header();
        assert_eq!((&header[4..8], &header[40..44]), (&[0xFF; 4][..], &[0xFF; 4][..]));
        assert_eq!(header[8..40], super::header(0, 0).unwrap()[8..40]);
    }
}
