use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::PathBuf;

use anyhow::{bail, ensure};

use super::remote;
use crate::app::{IndexedVoice, Staged, licence_of, measure, this_program};
use crate::cli::common::Common;
use crate::cli::{log, out, progress};
use crate::config::DEFAULT_FILE;
use crate::engine::VOICE_FILE;

/// Lines of a MODEL_CARD that are shown.
const CARD_LINES: usize = 60;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The voice's licence is shown first, and nothing is downloaded before you agree to it. A download that \
broke off goes on where it was. At the end the voice reads a short text, so that it is as loud and as \
quick as the others.

Examples:
  listen voices list --remote --lang en
  listen voices install en_US-ljspeech-medium
  listen voices install en_US-libritts_r-medium --speaker 3 --accept-licence
  listen voices install de_DE-thorsten-medium --index file:///mnt/piper-voices/voices.json")]
pub(super) struct Args {
    /// The voice, by its name in the index
    voice: String,

    /// Of a voice with several speakers, which: a name or a number [default: its own]
    #[arg(long)]
    speaker: Option<String>,

    /// Agree to the voice's licence without being asked
    #[arg(long, visible_alias = "accept-license")]
    accept_licence: bool,

    /// The index it is in [env: LISTEN_VOICES_INDEX] [default: the piper-voices collection]
    #[arg(long, value_name = "URL")]
    index: Option<String>,

    /// Print what was installed as a JSON object
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    common: Common,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let config = args.common.load(&args.common.flags())?;
    log::start_quietly(&config)?;
    ensure!(cfg!(feature = "piper"), "this build has no piper, so its voices would be of no use");
    let installer = remote::index(&config, args.index.as_deref())?;
    let voice = installer.index().find(&args.voice)?;
    let card = installer.card(voice)?;
    show(voice, card.as_deref());
    if !args.accept_licence {
        ask()?;
    }
    let bar = std::cell::OnceCell::new();
    let staged = installer.stage(voice, args.speaker.as_deref(), card.as_deref(), &mut |done| {
        bar.get_or_init(|| progress::bytes(done.of_bytes, args.json)).set(done.bytes);
    })?;
    if let Some(bar) = bar.get() {
        bar.done();
    }
    settle(args, staged, config.speech.onnxruntime)
}

fn show(voice: &IndexedVoice, card: Option<&str>) {
    out::say(&format!("{}: {}, {}", voice.key, voice.title(), out::size(voice.size_bytes())));
    if voice.num_speakers > 1 {
        out::say(&format!("It has {} speakers; choose one with --speaker.", voice.num_speakers));
    }
    if voice.quality == "high" {
        out::say("Quality high takes a core longer to make than to hear; medium is about six times faster.");
    }
    let Some(card) = card else {
        out::say("\nThe index has no MODEL_CARD for it, so its licence is not known.");
        return;
    };
    out::say("\nWhat its makers say (MODEL_CARD):\n");
    for line in card.lines().take(CARD_LINES) {
        let plain: String = line.chars().filter(|c| !c.is_control()).take(200).collect();
        out::say(&format!("  {plain}"));
    }
    let licence = licence_of(card).unwrap_or_else(|| "not stated; the text above may say more".to_owned());
    out::say(&format!("\nLicence: {licence}"));
}

fn ask() -> anyhow::Result<()> {
    if !io::stdin().is_terminal() {
        bail!("nobody is there to agree to the licence; say so with --accept-licence");
    }
    out::say("Do you agree to it, and install the voice? [y/N]");
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    ensure!(matches!(answer.trim(), "y" | "Y" | "yes"), "the voice was not installed");
    Ok(())
}

fn settle(args: &Args, staged: Staged, onnxruntime: Option<PathBuf>) -> anyhow::Result<()> {
    let id = staged.id().to_owned();
    out::say("It reads a short text, to be as loud and as quick as the others …");
    let measured = measure(&staged, &this_program()?, onnxruntime).map_err(|error| {
        error.context(format!("{id} is downloaded, but cannot speak yet; the next try goes on from here"))
    })?;
    let lang = staged.lang().to_owned();
    let folder = staged.settle(measured.as_ref())?;
    if args.json {
        return out::json(&serde_json::json!({
            "voice": id,
            "folder": folder,
            "gain_db": measured.map(|m| m.gain_db),
            "rate": measured.map(|m| m.rate),
            "words_per_minute": measured.map(|m| m.words_per_minute),
        }));
    }
    match measured {
        Some(m) => out::say(&format!(
            "{id} is installed: gain {:+.1} dB, rate {:.2}, {:.0} words a minute.",
            m.gain_db, m.rate, m.words_per_minute
        )),
        None => out::say(&format!(
            "{id} is installed. There is no text to measure it with in its language: set gain_db, rate and words_per_minute in {} by ear, or by `listen voices check {id} --text FILE`.",
            folder.join(VOICE_FILE).display()
        )),
    }
    out::say(&format!(
        "Hear it: listen voices audition {id}\nHave it read all articles of its language, in {DEFAULT_FILE}:\n  [speech]\n  voice_by_lang = {{ {lang} = \"{id}\" }}"
    ));
    Ok(())
}
