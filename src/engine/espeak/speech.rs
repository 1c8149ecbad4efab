//! espeak-ng as an engine.

use std::ffi::CString;
use std::path::{Path, PathBuf};

use super::INSTALL;
use super::clauses::clauses;
use super::ffi::{Api, Listed, Said};
use crate::article::Lang;
use crate::engine::{
    AudioSink, Clause, Description, Engine, EngineError, EngineVoice, ErrorKind, Request, WordMark, library,
};

/// espeak-ng's own pace, in what it calls words a minute, and the limits it keeps to.
const NORMAL_WPM: f32 = 175.0;
const WPM: std::ops::RangeInclusive<i32> = 80..=450;
/// Longest run of characters without a space that it is given. It aborts on plausible longer ones:
/// `s'` 70 times, `a.` 100 times (1.51 and 1.52).
const MAX_TOKEN_CHARS: usize = 60;
/// Files of the data folder that are looked at for the revision.
const MAX_DATA_FILES: usize = 5_000;

struct Espeak {
    api: Api,
    voices: Vec<Listed>,
}

pub(in crate::engine) fn open() -> Result<Box<dyn Engine>, EngineError> {
    let mut api = Api::open().map_err(|why| {
        EngineError::new(ErrorKind::Unavailable, format!("espeak-ng cannot be opened ({why}); {INSTALL}"))
    })?;
    let voices = api.voices();
    Ok(Box::new(Espeak { api, voices }))
}

impl Espeak {
    fn choose(&mut self, name: &str) -> Result<(), EngineError> {
        let identifier =
            self.voices.iter().find(|voice| name_of(voice) == name).map(|voice| &voice.identifier);
        match identifier {
            Some(identifier) if self.api.choose(identifier) => Ok(()),
            Some(_) => {
                let message = format!("espeak-ng's files for \"{name}\" do not load; {INSTALL}");
                Err(EngineError::new(ErrorKind::Unavailable, message))
            }
            None => Err(EngineError::new(ErrorKind::Refused, format!("espeak-ng has no voice \"{name}\""))),
        }
    }

    /// The name of the voice for a language, by the exact tag or its primary subtag.
    fn name_for(&self, lang: &Lang) -> Option<String> {
        let speaks = |tag: &str| {
            let by_name = self.voices.iter().find(|voice| name_of(voice) == tag);
            by_name.or_else(|| self.voices.iter().find(|voice| voice.langs.iter().any(|own| own == tag)))
        };
        // The plain "cmn" of 1.51 reads the pinyin of its own dictionary as English.
        let mandarin = matches!(lang.primary(), "zh" | "cmn").then(|| speaks("cmn-latn-pinyin")).flatten();
        mandarin.or_else(|| speaks(lang.as_str())).or_else(|| speaks(lang.primary())).map(name_of)
    }
}

/// The name by which a voice is asked for: the last part of its identifier, lower case: `de`, `en-us`.
fn name_of(voice: &Listed) -> String {
    voice.identifier.rsplit('/').next().unwrap_or_default().to_ascii_lowercase()
}

impl Engine for Espeak {
    fn describe(&mut self) -> Result<Description, EngineError> {
        let mut files = files_below(&self.api.data);
        files.extend(self.api.file.clone());
        let revision = library::digest(files.iter().map(|file| -> &Path { file }))
            .map_err(|why| EngineError::new(ErrorKind::Unavailable, why))?;
        let voices = self.voices.iter().map(|voice| {
            let langs = voice.langs.iter().filter_map(|tag| tag.parse().ok()).collect();
            EngineVoice::new(name_of(voice), langs)
        });
        Ok(Description {
            engine: "espeak".to_owned(),
            revision,
            deterministic: true,
            word_marks: true,
            voices: voices.collect(),
        })
    }

    fn speak(&mut self, request: &Request, sink: &mut dyn AudioSink) -> Result<Vec<WordMark>, EngineError> {
        let spaced = break_tokens(&request.text);
        let text = c_text(&spaced.text)?;
        self.choose(&request.voice)?;
        let wpm = ((NORMAL_WPM * request.rate).round() as i32).clamp(*WPM.start(), *WPM.end());
        match self.api.speak(&text, wpm, sink) {
            Some(said) if said.stopped => {
                Err(EngineError::new(ErrorKind::Stopped, "no more audio was wanted"))
            }
            Some(said) => Ok(marks(&said, &request.text, &spaced.from)),
            None => Err(EngineError::new(ErrorKind::Failed, "espeak-ng could not say this text")),
        }
    }

    fn phonemes(&mut self, text: &str, lang: &Lang) -> Result<Vec<Clause>, EngineError> {
        let spaced = break_tokens(text);
        let text = c_text(&spaced.text)?;
        let name = self.name_for(lang).ok_or_else(|| {
            EngineError::new(ErrorKind::Refused, format!("espeak-ng does not speak \"{lang}\""))
        })?;
        self.choose(&name)?;
        let mut clauses = clauses(&spaced.text, self.api.phonemes(&text));
        for Clause { text: range, .. } in &mut clauses {
            *range = spaced.byte(range.start)..spaced.byte(range.end);
        }
        Ok(clauses)
    }
}

fn c_text(text: &str) -> Result<CString, EngineError> {
    CString::new(text).map_err(|error| EngineError::new(ErrorKind::Refused, error.to_string()))
}

/// A text without long tokens.
struct Spaced {
    text: String,
    /// For every character of it and for its end, the byte of the source.
    from: Vec<u32>,
}

impl Spaced {
    /// The byte of the source for a byte of the text.
    fn byte(&self, at: u32) -> u32 {
        let chars = self.text[..self.text.floor_char_boundary(at as usize)].chars().count();
        self.from.get(chars).or(self.from.last()).copied().unwrap_or(0)
    }
}

/// Puts a space after every [`MAX_TOKEN_CHARS`] characters without one. Scripts that use no spaces
/// are left alone: their characters are words of their own to espeak-ng.
fn break_tokens(text: &str) -> Spaced {
    let mut spaced = Spaced { text: String::with_capacity(text.len()), from: Vec::new() };
    let mut run = 0;
    for (at, c) in text.char_indices() {
        run = if c.is_whitespace() || c >= '\u{0e00}' && c.is_alphabetic() { 0 } else { run + 1 };
        if run > MAX_TOKEN_CHARS {
            spaced.text.push(' ');
            spaced.from.push(at as u32);
            run = 1;
        }
        spaced.text.push(c);
        spaced.from.push(at as u32);
    }
    spaced.from.push(text.len() as u32);
    spaced
}

/// All files below a folder, in an order that does not depend on the system.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() && files.len() < MAX_DATA_FILES => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files.sort();
    files
}

/// Words from word events: the library sends several for one place in the text ("$5.50" is read as
/// five words) and one for several words that it runs together ("of the"), and it says where each
/// begins but not where it ends.
fn marks(said: &Said, text: &str, from: &[u32]) -> Vec<WordMark> {
    let mut marks: Vec<WordMark> = Vec::new();
    for (i, word) in said.words.iter().enumerate() {
        let byte = |chars: usize| from.get(chars).copied().unwrap_or(text.len() as u32);
        let range = byte(word.char_start)..byte(word.char_start + word.chars);
        let next_word = said.words.get(i + 1).map(|next| next.sample);
        let clause_end = said.ends.iter().copied().find(|end| *end > word.sample);
        let end = next_word.into_iter().chain(clause_end).min().unwrap_or(said.samples);
        match marks.last_mut() {
            Some(last) if range.start < last.text.end => last.audio.end = last.audio.end.max(end),
            _ => marks.push(WordMark { text: range, audio: word.sample..end }),
        }
    }
    let starts: Vec<u32> =
        marks.iter().skip(1).map(|mark| mark.text.start).chain([text.len() as u32]).collect();
    for (mark, next) in marks.iter_mut().zip(starts) {
        let unmarked = text.get(mark.text.end as usize..next as usize).unwrap_or("");
        let run_on = unmarked.trim_end_matches(|c: char| !c.is_alphanumeric());
        mark.text.end += run_on.len() as u32;
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::super::ffi::WordEvent;
    use super::*;

    #[test]
    fn only_long_tokens_are_broken_and_places_are_kept() {
        for same in ["a normal sentence, with co-operative words", &"们".repeat(200)] {
            assert_eq!(break_tokens(same).text, *same);
        }
        let long = "é'".repeat(70);
        let spaced = break_tokens(&long);
        assert!(spaced.text.split(' ').all(|token| token.chars().count() <= MAX_TOKEN_CHARS));
        assert_eq!(spaced.text.replace(' ', ""), long);
        for (c, from) in spaced.text.chars().zip(&spaced.from).filter(|(c, _)| *c != ' ') {
            assert!(long[*from as usize..].starts_with(c));
        }
        assert_eq!(spaced.from.len(), spaced.text.chars().count() + 1);
    }

    #[test]
    fn events_at_one_place_are_one_word_and_clauses_end_words() {
        let event = |char_start, chars, sample| WordEvent { char_start, chars, sample };
        let words =
            vec![event(0, 5, 0), event(6, 5, 100), event(6, 5, 200), event(13, 4, 500), event(18, 3, 600)];
        let said = Said { words, ends: vec![400, 800], samples: 900, stopped: false };
        let text = "Größe €5.50, also ünd of the!";
        let marks = marks(&said, text, &break_tokens(text).from);
        let seen: Vec<_> = marks
            .iter()
            .map(|mark| (&text[mark.text.start as usize..mark.text.end as usize], mark.audio.clone()))
            .collect();
        assert_eq!(
            seen,
            [("Größe", 0..100), ("€5.50", 100..400), ("also", 500..600), ("ünd of the", 600..800)]
        );
    }
}
