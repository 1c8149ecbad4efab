use crate::audio::{FRAME_MS, Mastered};

/// Longest silence inside a sentence.
const INNER_SILENCE_MS_MAX: u64 = 4_000;

/// Shortest sound, whatever the text.
const VOICED_MS_MIN: u64 = 30;

/// Longest sound of one spoken character (digits and symbols take several words), and the start
/// that even one character may take, at the voice's own pace.
const MS_PER_CHAR_MAX: u64 = 900;
const MS_START_MAX: u64 = 3_000;

/// Shortest sound of one spoken letter at the voice's own pace; a voice that stops early is shorter.
const MS_PER_LETTER_MIN: u64 = 8;

/// Part of the engine's samples that may stand at full scale.
const CLIPPED_PER_MILLE_MAX: u64 = 20;

/// Whether a segment may be what `spoken` sounds like; the reason when it may not.
pub(super) fn check(spoken: &str, rate: f32, mastered: &Mastered, samples: u64) -> Result<(), String> {
    let voiced_ms = mastered.voiced_ms;
    if voiced_ms < VOICED_MS_MIN {
        return Err("the voice said nothing".to_owned());
    }
    if mastered.longest_inner_silence_ms > INNER_SILENCE_MS_MAX {
        return Err(format!("the voice was silent for {} ms", mastered.longest_inner_silence_ms));
    }
    if mastered.clipped_samples * 1000 > samples * CLIPPED_PER_MILLE_MAX {
        return Err(format!("{} of {samples} samples are clipped", mastered.clipped_samples));
    }
    let chars = spoken.chars().count() as u64;
    let letters = spoken.chars().filter(|c| c.is_alphabetic()).count() as u64;
    let length_ms = u64::from(mastered.frames) * FRAME_MS;
    let at_own_pace = |ms: u64| (ms as f32 / rate) as u64;
    if length_ms > at_own_pace(MS_START_MAX + chars * MS_PER_CHAR_MAX) {
        return Err(format!("{length_ms} ms are too long for {chars} characters"));
    }
    if length_ms < at_own_pace(letters * MS_PER_LETTER_MIN) {
        return Err(format!("{length_ms} ms are too short for {letters} letters"));
    }
    Ok(())
}
