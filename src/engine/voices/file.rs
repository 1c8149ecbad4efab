//! `voice.toml`: one voice, or an engine's voices as a table over common values.

use std::path::Path;

use serde::Deserialize;
use toml::{Spanned, Table};

use super::{Settings, Voice, VoiceError};
use crate::article::Lang;
use crate::engine::{ENGINES, MAX_RATE, MIN_RATE, engine_info};

/// A whole file. Values at the top hold for every `[[voice]]` that does not say otherwise; without
/// any `[[voice]]` they are the voice.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    engine: EngineName,
    id: Option<Id>,
    name: Option<String>,
    langs: Option<Vec<Lang>>,
    gain_db: Option<GainDb>,
    rate: Option<Rate>,
    words_per_minute: Option<WordsPerMinute>,
    title: Option<String>,
    licence: Option<String>,
    sample: Option<String>,
    #[serde(default)]
    voice: Vec<Spanned<Entry>>,
    piper: Option<Spanned<Table>>,
    program: Option<Spanned<Table>>,
    openai: Option<Spanned<Table>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: Option<Id>,
    name: Option<String>,
    langs: Option<Vec<Lang>>,
    gain_db: Option<GainDb>,
    rate: Option<Rate>,
    words_per_minute: Option<WordsPerMinute>,
    title: Option<String>,
    licence: Option<String>,
    sample: Option<String>,
    piper: Option<Spanned<Table>>,
    program: Option<Spanned<Table>>,
    openai: Option<Spanned<Table>>,
}

/// The tables that belong to engines, by the engine's name.
macro_rules! tables {
    ($of:expr) => {
        [("piper", &$of.piper), ("program", &$of.program), ("openai", &$of.openai)]
    };
}

/// The voices of a file.
pub(super) fn parse(folder: &str, path: &Path, text: &str) -> Result<Vec<Voice>, VoiceError> {
    let broken = |reason: String| VoiceError { path: path.to_owned(), reason };
    let file: File = toml::from_str(text).map_err(|error| broken(error.to_string().trim_end().to_owned()))?;
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    let folder_path = path.parent().unwrap_or(Path::new(""));
    let whole = |at: usize, own: &Entry| {
        let settings = settings(&file, own, folder_path, at)?;
        merge(&file, own, settings).map_err(|reason| (at, reason))
    };
    let at_line = |(at, reason): (usize, String)| broken(format!("line {}: {reason}", line(at)));
    if file.voice.is_empty() {
        let own = Entry { id: Some(Id(folder.to_owned())), ..Entry::default() };
        return Ok(vec![whole(0, &own).map_err(at_line)?]);
    }
    file.voice.iter().map(|entry| whole(entry.span().start, entry.get_ref()).map_err(at_line)).collect()
}

/// The engine's own table of a voice, or where in the file something is wrong with it, and what.
fn settings(file: &File, own: &Entry, folder: &Path, at: usize) -> Result<Settings, (usize, String)> {
    let engine = file.engine.0.as_str();
    let mut settings = Settings { folder: folder.to_owned(), table: Table::new() };
    let mut at = at;
    for (name, table) in tables!(file).into_iter().chain(tables!(own)) {
        let Some(table) = table else { continue };
        at = table.span().start;
        if name != engine {
            return Err((
                at,
                format!("[{name}] is of another engine than this file's, which is \"{engine}\""),
            ));
        }
        settings.table.extend(table.get_ref().clone());
    }
    match engine_info(engine).ok().and_then(|info| info.check) {
        Some(check) => check(&settings).map_err(|why| (at, format!("[{engine}]: {why}")))?,
        None if settings.table.is_empty() => {}
        None => return Err((at, format!("[{engine}]: {engine} takes no settings"))),
    }
    Ok(settings)
}

fn merge(file: &File, own: &Entry, settings: Settings) -> Result<Voice, String> {
    let missing = |what: &str| format!("`{what}` is missing");
    let text = |own: &Option<String>, common: &Option<String>, what| {
        own.as_ref().or(common.as_ref()).cloned().ok_or_else(|| missing(what))
    };
    let id = file.id.as_ref().filter(|_| file.voice.is_empty()).or(own.id.as_ref());
    // An engine that is told each voice's settings knows it by any name.
    let by_id = engine_info(&file.engine.0).is_ok_and(|info| info.check.is_some());
    let id_as_name = id.filter(|_| by_id).map(|id| id.0.clone());
    let langs = own.langs.as_ref().or(file.langs.as_ref()).filter(|langs| !langs.is_empty());
    Ok(Voice {
        id: id.ok_or_else(|| missing("id"))?.0.clone(),
        engine: file.engine.0.clone(),
        name: text(&own.name, &file.name.clone().or(id_as_name), "name")?,
        langs: langs.ok_or_else(|| missing("langs"))?.clone(),
        gain_db: own.gain_db.or(file.gain_db).ok_or_else(|| missing("gain_db"))?.0,
        rate: own.rate.or(file.rate).ok_or_else(|| missing("rate"))?.0,
        words_per_minute: own
            .words_per_minute
            .or(file.words_per_minute)
            .ok_or_else(|| missing("words_per_minute"))?
            .0,
        title: text(&own.title, &file.title, "title")?,
        licence: text(&own.licence, &file.licence, "licence")?,
        sample: text(&own.sample, &file.sample, "sample")?,
        settings,
    })
}

// Each value checks itself while it is read, so that the parser can say in which line it stands.

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct EngineName(String);

impl TryFrom<String> for EngineName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        engine_info(&name).map(|_| Self(name)).map_err(|error| error.message)
    }
}

#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
struct Id(String);

impl TryFrom<String> for Id {
    type Error = String;

    fn try_from(id: String) -> Result<Self, String> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-');
        let reserved = ENGINES.iter().any(|info| info.name == id && id != "tone");
        if (1..=64).contains(&id.len()) && id.bytes().all(fits) && !reserved {
            Ok(Self(id))
        } else {
            Err(format!("\"{id}\" is no id of a voice: 1 to 64 of a-z 0-9 . _ - and not an engine's name"))
        }
    }
}

macro_rules! number {
    ($name:ident, $inner:ty, $range:expr, $unit:literal) => {
        #[derive(Clone, Copy, Deserialize)]
        #[serde(try_from = "f64")]
        struct $name($inner);

        impl TryFrom<f64> for $name {
            type Error = String;

            fn try_from(value: f64) -> Result<Self, String> {
                let inner = value as $inner;
                if $range.contains(&inner) {
                    return Ok(Self(inner));
                }
                Err(format!("{value} is outside {:?} to {:?} {}", $range.start(), $range.end(), $unit))
            }
        }
    };
}

number!(GainDb, f64, (-40.0..=40.0), "dB");
number!(Rate, f32, (MIN_RATE..=MAX_RATE), "times the engine's own pace");
number!(WordsPerMinute, f64, (30.0..=600.0), "words a minute");
