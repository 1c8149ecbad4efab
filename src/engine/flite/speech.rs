//! Flite as an engine.

use std::ffi::CString;
use std::path::Path;

use super::INSTALL;
use super::ascii::{self, Folded};
use super::ffi::{Api, Failure, Utterance, Voice};
use crate::article::Lang;
use crate::engine::{
    AudioSink, Description, Engine, EngineError, EngineVoice, ErrorKind, Request, WordMark, library,
};

/// The English voices that Flite's packages carry, best first.
const VOICES: &[&str] = &["rms", "slt", "awb", "kal16"];

struct Flite {
    voices: Vec<(&'static str, Voice)>,
    api: Api,
}

pub(in crate::engine) fn open() -> Result<Box<dyn Engine>, EngineError> {
    let unavailable = |why: String| {
        EngineError::new(ErrorKind::Unavailable, format!("flite cannot be opened ({why}); {INSTALL}"))
    };
    let api = Api::open().map_err(unavailable)?;
    let mut voices = Vec::new();
    let mut first_error = None;
    for name in VOICES {
        match api.voice(name) {
            Ok(voice) => voices.push((*name, voice)),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    match (voices.is_empty(), first_error) {
        (true, why) => Err(unavailable(why.unwrap_or_default())),
        (false, _) => Ok(Box::new(Flite { voices, api })),
    }
}

impl Engine for Flite {
    fn describe(&mut self) -> Result<Description, EngineError> {
        let langs: Vec<Lang> = ["en", "en-us"].iter().filter_map(|tag| tag.parse().ok()).collect();
        let voices = self.voices.iter();
        let voices = voices.map(|(name, _)| EngineVoice::new(*name, langs.clone()));
        let files =
            self.api.files.iter().chain(self.voices.iter().filter_map(|(_, voice)| voice.file.as_ref()));
        let revision = library::digest(files.map(|file| -> &Path { file }))
            .map_err(|why| EngineError::new(ErrorKind::Unavailable, why))?;
        Ok(Description {
            engine: "flite".to_owned(),
            revision,
            deterministic: true,
            word_marks: true,
            voices: voices.collect(),
        })
    }

    /// All that Flite remembers of a sentence is how far its noise has come: 4 465 sentences in two other
    /// orders, with memory that was freed overwritten, gave the samples and marks of a fresh process each.
    fn start_afresh(&mut self) -> bool {
        self.api.restart_noise();
        true
    }

    fn speak(&mut self, request: &Request, sink: &mut dyn AudioSink) -> Result<Vec<WordMark>, EngineError> {
        let refused = |what: String| EngineError::new(ErrorKind::Refused, what);
        if request.lang.primary() != "en" {
            return Err(refused(format!("flite speaks English, not \"{}\"", request.lang)));
        }
        let known: Vec<_> = self.voices.iter().map(|(name, _)| *name).collect();
        let (_, voice) =
            self.voices.iter_mut().find(|(name, _)| *name == request.voice).ok_or_else(|| {
                refused(format!("flite has no voice \"{}\" here; it has {known:?}", request.voice))
            })?;
        let folded = ascii::fold(&request.text);
        if !folded.text.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
            return Err(refused(
                "flite reads Latin letters and digits; there are none in this text".to_owned(),
            ));
        }
        let text = CString::new(folded.text.as_str()).map_err(|error| refused(error.to_string()))?;
        let said = self.api.speak(voice, &text, request.rate, sink);
        match said {
            Ok(utterance) => Ok(marks(&utterance, &folded)),
            Err(Failure::Stopped) => Err(EngineError::new(ErrorKind::Stopped, "no more audio was wanted")),
            Err(Failure::NoSpeech) => {
                Err(EngineError::new(ErrorKind::Failed, "flite made no utterance of this text"))
            }
        }
    }
}

/// One mark for every token that was said: "$5.50" is four words to Flite and one to a reader.
fn marks(utterance: &Utterance<'_>, folded: &Folded) -> Vec<WordMark> {
    let at = |seconds: f32| {
        ((f64::from(seconds) * f64::from(utterance.rate_hz)).round() as u64).min(utterance.samples)
    };
    let mut marks: Vec<WordMark> = Vec::new();
    let mut token_of_last = None;
    let mut searched = 0;
    for word in utterance.words() {
        let Some((token, name)) = word.token() else { continue };
        let (start, end) = word.seconds();
        let audio = at(start)..at(end);
        if token_of_last == Some(token) {
            if let Some(mark) = marks.last_mut() {
                mark.audio.end = mark.audio.end.max(audio.end);
            }
            continue;
        }
        let Some((from, to)) = name.to_str().ok().and_then(|name| find(&folded.text, searched, name)) else {
            continue;
        };
        searched = to;
        if audio.start < audio.end {
            token_of_last = Some(token);
            marks.push(WordMark { text: folded.source(from, to), audio });
        }
    }
    marks
}

fn find(text: &str, from: usize, name: &str) -> Option<(usize, usize)> {
    let at = from + text.get(from..)?.find(name)?;
    (!name.is_empty()).then_some((at, at + name.len()))
}
