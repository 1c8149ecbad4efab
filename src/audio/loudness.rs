use ebur128::{Channel, EbuR128, Mode};

use super::{AudioError, SAMPLE_RATE_HZ};

/// The house's loudness, as [`Loudness::integrated_lufs`] reads it. A voice's gain takes it there.
pub const TARGET_LUFS: f64 = -16.0;

/// The house's highest true peak.
pub const TRUE_PEAK_MAX_DBTP: f64 = -1.0;

/// How loud a piece of audio is (ITU-R BS.1770-4, EBU R 128).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loudness {
    /// Loudness of the whole, gated, as both ears hear mono from two speakers (3 LU above a plain
    /// mono reading), in LUFS; negative infinity for silence.
    pub integrated_lufs: f64,
    /// The highest true peak in dB of full scale; negative infinity for digital silence.
    pub true_peak_dbtp: f64,
}

/// Measures samples of the house rate.
///
/// # Errors
/// [`AudioError::Loudness`] when the measure cannot be set up (no memory).
pub fn measure(samples: &[i16]) -> Result<Loudness, AudioError> {
    let read = || -> Result<Loudness, ebur128::Error> {
        let mut meter = EbuR128::new(1, SAMPLE_RATE_HZ, Mode::I | Mode::TRUE_PEAK)?;
        meter.set_channel(0, Channel::DualMono)?;
        meter.add_frames_i16(samples)?;
        let peak = meter.true_peak(0)?;
        Ok(Loudness { integrated_lufs: meter.loudness_global()?, true_peak_dbtp: 20.0 * peak.log10() })
    };
    read().map_err(|error| AudioError::Loudness(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_tone_reads_as_the_standard_says() {
        // EBU Tech 3341, case 1: 1 kHz at -23 dBFS in both channels reads -23 LUFS.
        let amplitude = 10f64.powf(-23.0 / 20.0) * 32_768.0;
        let tone: Vec<i16> = (0..20 * 24_000)
            .map(|n| (amplitude * (std::f64::consts::TAU * 1_000.0 * f64::from(n) / 24_000.0).sin()) as i16)
            .collect();
        let loudness = measure(&tone).unwrap();
        assert!((loudness.integrated_lufs + 23.0).abs() < 0.1, "{loudness:?}");
        assert!((loudness.true_peak_dbtp + 23.0).abs() < 0.2, "{loudness:?}");
    }

    #[test]
    fn silence_has_no_loudness() {
        for silence in [&[][..], &[0; 48_000][..]] {
            let loudness = measure(silence).unwrap();
            assert_eq!(
                (loudness.integrated_lufs, loudness.true_peak_dbtp),
                (f64::NEG_INFINITY, f64::NEG_INFINITY)
            );
        }
    }
}
