use std::collections::BTreeMap;

use anyhow::Context as _;
use serde::Serialize;

use super::remote;
use crate::app::this_program;
use crate::article::Lang;
use crate::cli::common::Common;
use crate::cli::{log, out};
use crate::config::Config;
use crate::engine::{Description, ENGINES, EngineInfo, EngineOptions, Engines, Servers, Voice, Voices};

/// Languages of a voice that the table names; a list for programs has all.
const LANGS_SHOWN: usize = 3;

#[derive(Debug, clap::Args)]
// These stand beside `voices` itself too, where the name of its own group is taken.
#[group(skip)]
#[command(after_help = "Examples:
  listen voices list --lang en
  listen voices list --json | jq -r '.voices[] | select(.installed) | .id'")]
pub(super) struct Args {
    /// Only those that speak this language, such as de
    #[arg(long)]
    lang: Option<Lang>,
    /// List the Piper voices that can be installed, instead of those that are there
    #[arg(long)]
    remote: bool,
    /// The index that lists them [env: LISTEN_VOICES_INDEX] [default: the piper-voices collection]
    #[arg(long, value_name = "URL", requires = "remote")]
    index: Option<String>,
    /// Print a JSON object: {"voices": [...], "engines": [...]}
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    engine: &'a str,
    name: &'a str,
    languages: &'a [Lang],
    title: &'a str,
    licence: &'a str,
    sample: &'a str,
    gain_db: f64,
    rate: f32,
    words_per_minute: f64,
    /// Whether it can speak here.
    installed: bool,
}

#[derive(Serialize)]
struct ListedEngine {
    name: &'static str,
    about: &'static str,
    installed: bool,
    /// How to get it.
    install: &'static str,
    /// Why it cannot speak here.
    problem: Option<String>,
}

/// An engine of the table, and what it says of itself or why it says nothing.
type Asked = (&'static EngineInfo, Result<Description, String>);

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let config = args.common.load(&args.common.flags())?;
    log::start_quietly(&config)?;
    if args.remote {
        return remote::list(&config, args.index.as_deref(), args.lang.as_ref(), args.json);
    }
    let dir = Some(config.voices.as_path()).filter(|dir| dir.is_dir());
    let voices = Voices::load(dir)?;
    let speaks = |voice: &Voice| {
        args.lang.as_ref().is_none_or(|lang| voice.langs.iter().any(|own| own.primary() == lang.primary()))
    };
    let chosen: Vec<&Voice> = voices.all().map(AsRef::as_ref).filter(|voice| speaks(voice)).collect();
    let asked = ask_engines(&config, &voices, &chosen)?;
    let can_speak = |voice: &Voice| {
        asked
            .get(voice.engine.as_str())
            .is_some_and(|(_, described)| described.as_ref().is_ok_and(|about| about.can_speak(&voice.name)))
    };
    let listed: Vec<Listed<'_>> = chosen.iter().map(|voice| listed(voice, can_speak(voice))).collect();
    if args.json {
        let engines: Vec<_> = asked.values().map(engine).collect();
        return out::json(&serde_json::json!({ "voices": listed, "engines": engines }));
    }
    if let (true, Some(lang)) = (listed.is_empty(), &args.lang) {
        out::say(&format!("no voice speaks \"{lang}\"; `listen voices` lists those there are"));
        return Ok(());
    }
    out::text(&table(&listed))?;
    for (info, described) in asked.values() {
        match described {
            Err(problem) => out::say(&format!("\n{} is not installed: {problem}", info.name)),
            Ok(about) => {
                for voice in chosen.iter().filter(|voice| voice.engine == info.name) {
                    if let Some(problem) = about.voice(&voice.name).and_then(|own| own.problem.as_ref()) {
                        out::say(&format!("\n{} cannot speak here: {problem}", voice.id));
                    }
                }
            }
        }
    }
    Ok(())
}

/// Asks the engines of these voices, without a cache or a database.
fn ask_engines(
    config: &Config,
    all: &Voices,
    chosen: &[&Voice],
) -> anyhow::Result<BTreeMap<&'static str, Asked>> {
    let options = EngineOptions {
        bulk_workers: 1,
        listener_workers: 0,
        voices: all.clone(),
        servers: Servers::new(all, crate::config::secret),
        onnxruntime: config.speech.onnxruntime.clone(),
        ..EngineOptions::new(this_program()?)
    };
    let engines = Engines::new(options).context("starting the engine threads")?;
    let wanted = ENGINES.iter().filter(|info| chosen.iter().any(|voice| voice.engine == info.name));
    let asked = wanted.map(|info| {
        let described = engines.describe(info.name).map(|about| (*about).clone());
        (info.name, (info, described.map_err(|error| error.message)))
    });
    let asked = asked.collect();
    engines.shutdown();
    Ok(asked)
}

fn listed(voice: &Voice, installed: bool) -> Listed<'_> {
    Listed {
        id: &voice.id,
        engine: &voice.engine,
        name: &voice.name,
        languages: &voice.langs,
        title: &voice.title,
        licence: &voice.licence,
        sample: &voice.sample,
        gain_db: voice.gain_db,
        rate: voice.rate,
        words_per_minute: voice.words_per_minute,
        installed,
    }
}

fn engine((info, described): &Asked) -> ListedEngine {
    ListedEngine {
        name: info.name,
        about: info.about,
        installed: described.is_ok(),
        install: info.install,
        problem: described.as_ref().err().cloned(),
    }
}

fn table(listed: &[Listed<'_>]) -> String {
    let rows: Vec<[String; 7]> = listed
        .iter()
        .map(|voice| {
            [
                voice.id.to_owned(),
                voice.engine.to_owned(),
                languages(voice.languages),
                format!("{:.0} wpm", voice.words_per_minute),
                format!("{:+.1} dB", voice.gain_db),
                if voice.installed { "yes" } else { "no" }.to_owned(),
                voice.title.to_owned(),
            ]
        })
        .collect();
    out::table(["VOICE", "ENGINE", "LANGUAGES", "PACE", "GAIN", "INSTALLED", "WHAT IT IS"], &rows)
}

fn languages(langs: &[Lang]) -> String {
    let shown: Vec<&str> = langs.iter().take(LANGS_SHOWN).map(Lang::as_str).collect();
    let more = if langs.len() > LANGS_SHOWN { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}
