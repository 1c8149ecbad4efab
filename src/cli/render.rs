use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};

use super::input::Page;
use super::{common, log, out, output, progress};
use crate::app::{AudioFormat, Finished, Studio, Submission, bitrate, this_program};
use crate::article::{listen_label, listen_minutes, read_minutes};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  listen render article.txt -o article.mp3
  listen render page.html -o page.wav --voice slt --timeline page.vtt
  listen render article.md -o article.opus
  curl -s https://news.example/story | listen render - -o - --format mp3 | mpv -")]
pub(super) struct Args {
    #[command(flatten)]
    page: Page,

    /// Where the audio goes: a file, or - for standard output
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// Its format, mp3, wav, opus or flac; otherwise what the file's name says
    #[arg(long)]
    format: Option<AudioFormat>,

    /// Bit rate of MP3 in kbit/s: 48, 64 or 96 [default: 64]
    #[arg(long, value_name = "KBPS")]
    bitrate: Option<u32>,

    /// Also write where each sentence lies: a .json, .vtt or .srt file
    #[arg(long, value_name = "FILE")]
    timeline: Option<PathBuf>,

    /// Print what was made as a JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: Args) -> anyhow::Result<()> {
    common::warm_up();
    let mut config = args.page.config()?;
    log::start_quietly(&config)?;
    if let Some(kbps) = args.bitrate {
        config.speech.mp3_kbps = bitrate(kbps)?.kbps();
    }
    // Nobody listens while it is made: no engine is kept ready for them.
    config.speech.listener_workers = 0;
    let format = output::format(&args.output, args.format)?;
    let times = args.timeline.as_deref().map(Times::of).transpose()?;
    let submission = args.page.submission()?;
    common::runtime()?.block_on(async {
        let studio = Studio::open(config, this_program()?).await?;
        let done = render(&studio, &args, submission, format, times).await;
        studio.close().await;
        done
    })
}

async fn render(
    studio: &Studio,
    args: &Args,
    submission: Submission,
    format: AudioFormat,
    times: Option<(&Path, Times)>,
) -> anyhow::Result<()> {
    let (prepared, ()) = tokio::join!(studio.prepare(&submission), studio.expect(&submission));
    let prepared = prepared?;
    let plan = Arc::new(studio.plan(&prepared, args.page.voice.as_deref(), args.page.rate).await?);
    let bar = progress::bar(plan.len() as u64, "sentences", args.json);
    let finished = studio.render(&plan, |made| bar.set(made as u64)).await?;
    bar.done();
    let rendition = studio.rendition(&prepared.article, &finished, format).await?;
    output::write(&args.output, studio.bytes(&rendition, &finished)).await?;
    if let Some((path, times)) = times {
        std::fs::write(path, times.text(&finished)?)
            .with_context(|| format!("writing {}", path.display()))?;
    }
    for (i, failure) in &finished.rendered.skipped {
        out::say(&format!("listen: sentence {i} could not be said and is left out: {failure}"));
    }
    report(args, &prepared.article, &finished, rendition.rope.len())
}

fn report(
    args: &Args,
    article: &crate::article::Article,
    finished: &Finished,
    bytes: u64,
) -> anyhow::Result<()> {
    let (words, ms) = (article.words(), finished.timeline.duration_ms());
    let label = listen_label(listen_minutes(ms));
    if args.json {
        let made = serde_json::json!({
            "output": args.output, "title": article.title, "bytes": bytes, "duration_ms": ms,
            "sentences": finished.plan.len(), "skipped": finished.rendered.skipped.len(),
            "voice": finished.plan.casting.voice, "words": words, "read_minutes": read_minutes(words),
            "listen_minutes": listen_minutes(ms), "label": label,
        });
        // Where the audio itself is on standard output, a program reads this beside it.
        if args.output == Path::new("-") {
            out::say(&made.to_string());
        } else {
            out::json(&made)?;
        }
    } else {
        let title = article.title.as_deref().unwrap_or("(no title)");
        let (minutes, seconds) = (ms / 60_000, ms / 1000 % 60);
        out::say(&format!(
            "{title}\n{label} · {minutes}:{seconds:02} · {} sentences · {}",
            finished.plan.len(),
            out::size(bytes)
        ));
    }
    Ok(())
}

/// How a timeline is written.
#[derive(Clone, Copy, Debug)]
enum Times {
    Json,
    Vtt,
    Srt,
}

impl Times {
    fn of(path: &Path) -> anyhow::Result<(&Path, Self)> {
        match path.extension().and_then(|ext| ext.to_str()) {
            Some("json") => Ok((path, Self::Json)),
            Some("vtt") => Ok((path, Self::Vtt)),
            Some("srt") => Ok((path, Self::Srt)),
            _ => bail!("--timeline {}: its name does not end in .json, .vtt or .srt", path.display()),
        }
    }

    fn text(self, finished: &Finished) -> anyhow::Result<String> {
        Ok(match self {
            Self::Json => serde_json::to_string_pretty(&finished.timeline_json())?,
            Self::Vtt => finished.vtt(),
            Self::Srt => finished.srt(),
        })
    }
}
