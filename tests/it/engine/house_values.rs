//! The numbers in `voice.toml` are what the voices measure. With `-- --nocapture` it prints the
//! numbers to write there.

use std::sync::Arc;
use std::sync::mpsc;

use listen::article::Lang;
use listen::engine::calibrate::{Calibration, Passage, calibrate};
use listen::engine::{EngineError, Engines, Lane, Voice, Voices};

use super::{engines, skip_without};

/// What another version of a library may differ by.
const GAIN_TOLERANCE_DB: f64 = 1.0;
const PACE_TOLERANCE: f64 = 8.0;

fn measure(engines: &Engines, voice: &Arc<Voice>, lang: &Lang) -> Result<Calibration, EngineError> {
    let (answer, answered) = mpsc::channel();
    let (voice, lang) = (Arc::clone(voice), lang.clone());
    let engine = voice.engine.clone();
    let job = Box::new(move |engine: &mut dyn listen::engine::Engine| {
        let _ = answer.send(calibrate(engine, &voice, &lang));
    });
    engines.submit(&engine, Lane::Bulk, job)?;
    answered.recv().expect("the job was dropped unrun")
}

fn measures_what_it_says(engine: &str) {
    let engines = engines(2, 0);
    if skip_without(&engines, engine) {
        return;
    }
    let voices = Voices::load(None).unwrap();
    let mut off = Vec::new();
    for voice in voices.all().filter(|voice| voice.engine == engine) {
        let lang = &voice.langs[0];
        if Passage::for_lang(lang).is_none() {
            continue;
        }
        let c = measure(&engines, voice, lang).unwrap();
        println!(
            "{}: gain_db = {:.1}, rate = {:.2}, words_per_minute = {:.0}  # {:.1} LUFS, {:.1} dBTP",
            voice.id,
            c.gain_db,
            c.rate,
            c.words_per_minute,
            c.measured.loudness_lufs,
            c.measured.true_peak_dbtp
        );
        let pace_off = (c.words_per_minute - voice.words_per_minute).abs();
        let rate_off = f64::from((c.rate / voice.rate - 1.0).abs()) * voice.words_per_minute;
        if (c.gain_db - voice.gain_db).abs() > GAIN_TOLERANCE_DB || pace_off.max(rate_off) > PACE_TOLERANCE {
            off.push(format!("{}: {c:?}", voice.id));
        }
    }
    assert!(off.is_empty(), "write these into voice.toml: {off:#?}");
}

#[test]
fn flite_voices_have_the_house_loudness_and_pace() {
    measures_what_it_says("flite");
}

#[test]
fn espeak_voices_have_the_house_loudness_and_pace() {
    measures_what_it_says("espeak");
}

#[test]
fn tones_have_the_house_loudness_and_pace() {
    measures_what_it_says("tone");
}
