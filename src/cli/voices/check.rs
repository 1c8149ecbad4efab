use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use nix::sys::resource::{UsageWho, getrusage};

use crate::app::{Checkup, LOUDNESS_TOLERANCE_LU, PACE_TOLERANCE, Studio, this_program};
use crate::article::Lang;
use crate::cli::common::{self, Common};
use crate::cli::{input, log, out};

/// Unit of the system's peak memory: kilobytes, but bytes on macOS.
const MEMORY_UNIT_BYTES: u64 = if cfg!(target_os = "macos") { 1 } else { 1024 };

#[derive(Debug, clap::Args)]
#[command(
    after_help = "The voice reads a short text of the house, if there is one in its language; others need a text (--text). \
What comes out of the whole chain is measured. Exit code 1 when it is not −16 ± 1 LUFS, not \
155 ± 8 words a minute (other languages: the pace at which the same news take the same time), \
silent within a sentence for longer than a second, clipped, slower than real time, or when it cannot \
say a sentence. Where python3 has pocketsphinx, English is recognized again, and the words that it \
hears wrong are counted; they are no judgement between kinds of voices.

Examples:
  listen voices check rms
  listen voices check rms --json | jq .advice
  listen voices check espeak-de --text probe.txt"
)]
pub(super) struct Args {
    /// The voice
    voice: String,

    /// What it reads: a plain text file, or - for standard input
    #[arg(long, value_name = "FILE")]
    text: Option<String>,

    /// The language of the text [default: the voice's first; English for the house's own, if it can]
    #[arg(long)]
    lang: Option<Lang>,

    /// Print what was measured as a JSON object
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    common: Common,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let mut config = args.common.load(&args.common.flags())?;
    log::start_quietly(&config)?;
    let passage = args.text.as_deref().map(passage).transpose()?;
    // An empty cache and one worker, so that the time it takes says something.
    let cache = tempfile::tempdir().context("making a folder for the audio")?;
    config.cache = PathBuf::from(cache.path()).display().to_string();
    config.speech.bulk_workers = 1;
    let checkup = common::runtime()?.block_on(async {
        let studio = Studio::open(config, this_program()?).await?;
        let checkup = check(&studio, args, passage.as_deref()).await;
        studio.close().await;
        checkup
    })?;
    let memory_bytes = peak_memory_bytes();
    if args.json {
        let mut object = serde_json::to_value(&checkup)?;
        object["peak_memory_bytes"] = memory_bytes.into();
        out::json(&object)?;
    } else {
        out::text(&report(&checkup, memory_bytes))?;
    }
    ensure!(checkup.problems.is_empty(), "{}: {}", checkup.voice, checkup.problems.join("; "));
    Ok(())
}

async fn check(studio: &Studio, args: &Args, passage: Option<&str>) -> anyhow::Result<Checkup> {
    let voice = studio.voices().get(&args.voice)?;
    let speaks_english = voice.langs.iter().any(|lang| lang.primary() == "en");
    let lang = match (&args.lang, passage) {
        (Some(lang), _) => lang.clone(),
        (None, None) if speaks_english => Lang::english(),
        (None, _) => voice.langs.first().cloned().unwrap_or_else(Lang::english),
    };
    Ok(studio.check_voice(voice, &lang, passage).await?)
}

fn passage(input: &str) -> anyhow::Result<String> {
    let decoded = crate::app::decode(&input::bytes(input)?, None);
    Ok(decoded.with_context(|| format!("reading {input}"))?.text)
}

/// The most memory that this process or one of its ended workers had at a time.
fn peak_memory_bytes() -> Option<u64> {
    let peak = |who| getrusage(who).ok().and_then(|usage| u64::try_from(usage.max_rss()).ok());
    let peaks = [peak(UsageWho::RUSAGE_SELF), peak(UsageWho::RUSAGE_CHILDREN)];
    peaks.into_iter().flatten().max().map(|units| units * MEMORY_UNIT_BYTES)
}

fn heard(checkup: &Checkup) -> String {
    match checkup.word_error_percent {
        Some(percent) => format!("{percent:.1} % of the words, by pocketsphinx"),
        None => "not asked: English, and python3 with pocketsphinx, are needed".to_owned(),
    }
}

fn report(checkup: &Checkup, memory_bytes: Option<u64>) -> String {
    let level = |value: Option<f64>, unit: &str| {
        value.map_or_else(|| "silent".to_owned(), |value| format!("{value:.1} {unit}"))
    };
    let advice = checkup.advice;
    let target = checkup.target_words_per_minute;
    let rows = [
        ("loudness", format!("{}  (−16 ± {LOUDNESS_TOLERANCE_LU})", level(checkup.loudness_lufs, "LUFS"))),
        ("true peak", level(checkup.true_peak_dbtp, "dBTP")),
        ("pace", format!("{:.1} words a minute  ({target:.0} ± {PACE_TOLERANCE})", checkup.words_per_minute)),
        ("longest silence", format!("{} ms within a sentence", checkup.longest_silence_ms)),
        ("clipped", format!("{} samples", checkup.clipped_samples)),
        ("skipped", format!("{} sentences", checkup.skipped)),
        ("speed", format!("{:.0} times real time, one worker", 1.0 / checkup.real_time_factor.max(1e-4))),
        ("heard wrong", heard(checkup)),
        ("peak memory", memory_bytes.map_or_else(|| "unknown".to_owned(), out::size)),
        (
            "voice.toml",
            format!(
                "gain_db = {:.1}, rate = {:.2}, words_per_minute = {:.0}",
                advice.gain_db, advice.rate, advice.words_per_minute
            ),
        ),
    ];
    let (words, seconds) = (checkup.words, checkup.duration_ms as f64 / 1000.0);
    let mut text = format!(
        "{} ({}, {}): {words} words in {seconds:.1} s\n",
        checkup.voice, checkup.engine, checkup.lang
    );
    for (name, value) in rows {
        text.push_str(&format!("  {name:<16} {value}\n"));
    }
    text
}
