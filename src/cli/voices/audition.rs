use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::app::{Studio, reading, this_program};
use crate::article::Lang;
use crate::cli::common::{self, Common};
use crate::cli::{log, out, output, play};
use crate::engine::Voice;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  listen voices audition rms                         makes rms.wav
  listen voices audition rms slt awb                 rms.wav, slt.wav and awb.wav
  listen voices audition slt -o slt.mp3 --text 'The 8:15 costs $3.'
  listen voices audition espeak-de --play")]
pub(super) struct Args {
    /// The voices
    #[arg(required = true, value_name = "VOICE")]
    ids: Vec<String>,

    /// Where the sound of one voice goes: a .wav or .mp3 file, or - for MP3 on standard output
    /// [default: VOICE.wav]
    #[arg(short, long, value_name = "FILE", conflicts_with = "play")]
    output: Option<PathBuf>,

    /// What is said, instead of the voice's own sample
    #[arg(long)]
    text: Option<String>,

    /// The language of the text [default: the voice's first]
    #[arg(long)]
    lang: Option<Lang>,

    /// Play it on this machine's loudspeaker
    #[arg(long)]
    play: bool,

    /// Print what was made as a JSON object a voice
    #[arg(long, conflicts_with = "play")]
    json: bool,

    #[command(flatten)]
    common: Common,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    if args.output.is_some() && args.ids.len() > 1 {
        common::wrong_usage("--output is for one voice; without it every voice has its file, VOICE.wav");
    }
    let config = args.common.load(&args.common.flags())?;
    log::start_quietly(&config)?;
    let speaker = if args.play { Some(play::Speaker::open()?) } else { None };
    let runtime = common::runtime()?;
    let studio = runtime.block_on(Studio::open(config, this_program()?))?;
    // All names first: one that is wrong should not cost the others' work.
    let voices = args.ids.iter().map(|id| studio.voices().get(id).cloned());
    let done = voices.collect::<Result<Vec<_>, _>>().map_err(anyhow::Error::from).and_then(|voices| {
        voices.iter().try_for_each(|voice| match &speaker {
            Some(speaker) => aloud(&runtime, &studio, args, voice, speaker),
            None => runtime.block_on(to_file(&studio, args, voice)),
        })
    });
    runtime.block_on(studio.close());
    done
}

fn lang(args: &Args, voice: &Voice) -> Lang {
    args.lang.clone().or_else(|| voice.langs.first().cloned()).unwrap_or_else(Lang::english)
}

fn aloud(
    runtime: &tokio::runtime::Runtime,
    studio: &Studio,
    args: &Args,
    voice: &Voice,
    speaker: &play::Speaker,
) -> anyhow::Result<()> {
    let prepared = reading(args.text.as_deref().unwrap_or(&voice.sample), &lang(args, voice));
    let plan = runtime.block_on(studio.plan(&prepared, Some(&voice.id), 1.0))?;
    out::line(&format!("── {} ──", voice.id))?;
    speaker.play(runtime, studio, Arc::new(plan))
}

async fn to_file(studio: &Studio, args: &Args, voice: &Voice) -> anyhow::Result<()> {
    let output = args.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}.wav", voice.id)));
    let format = output::format(&output, None)?;
    let prepared = reading(args.text.as_deref().unwrap_or(&voice.sample), &lang(args, voice));
    let plan = Arc::new(studio.plan(&prepared, Some(&voice.id), 1.0).await?);
    let finished = studio.render(&plan, |_| ()).await?;
    let rendition = studio.rendition(&prepared.article, &finished, format).await?;
    output::write(&output, studio.bytes(&rendition, &finished)).await?;
    let ms = finished.timeline.duration_ms();
    let made = serde_json::json!({
        "voice": voice.id, "output": output, "duration_ms": ms, "bytes": rendition.rope.len(),
    });
    let to_stdout = output == Path::new("-");
    match (args.json, to_stdout) {
        (true, false) => out::json(&made)?,
        (true, true) => out::say(&made.to_string()),
        (false, _) => out::say(&format!("{}: {:.1} s of {}", output.display(), ms as f64 / 1000.0, voice.id)),
    }
    Ok(())
}
