use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use futures::TryStreamExt as _;

use super::common::Common;
use super::{log, progress};
use crate::app::{AudioFormat, Finished, Studio, Submission, bitrate, decode, this_program};
use crate::article::{Lang, listen_label, listen_minutes, read_minutes};
use crate::text::{Format, detect};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  listen render article.txt -o article.mp3
  listen render page.html -o page.wav --voice slt --timeline page.vtt
  curl -s https://news.example/story | listen render - -o - --format mp3 | mpv -")]
pub(super) struct Args {
    /// The page: a file, or - for standard input
    input: String,

    /// Where the audio goes: a file, or - for standard output
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// Its format, mp3 or wav; otherwise what the file's name says
    #[arg(long)]
    format: Option<AudioFormat>,

    /// Bit rate of MP3 in kbit/s: 48, 64 or 96 [default: 64]
    #[arg(long, value_name = "KBPS")]
    bitrate: Option<u32>,

    /// The voice; otherwise the language's. `listen voices` lists them
    #[arg(long, value_name = "ID")]
    voice: Option<String>,

    /// Speed against the voice's own pace, 0.5 to 2.0
    #[arg(long, default_value_t = 1.0, value_name = "X")]
    rate: f32,

    /// Its language, such as en or pt-BR; otherwise what the page says or looks like
    #[arg(long)]
    lang: Option<Lang>,

    /// Also write where each sentence lies: a .json, .vtt or .srt file
    #[arg(long, value_name = "FILE")]
    timeline: Option<PathBuf>,

    /// Print what was made as a JSON object
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    common: Common,
}

pub(super) fn run(args: Args) -> anyhow::Result<()> {
    let mut config = args.common.load(&args.common.flags())?;
    log::start_quietly(&config)?;
    if let Some(kbps) = args.bitrate {
        config.speech.mp3_kbps = bitrate(kbps)?.kbps();
    }
    let format = format(&args)?;
    let times = args.timeline.as_deref().map(Times::of).transpose()?;
    let submission = submission(&args)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting")?;
    runtime.block_on(async {
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
    let prepared = studio.prepare(&submission).await?;
    let plan = Arc::new(studio.plan(&prepared, args.voice.as_deref(), args.rate).await?);
    let bar = progress::bar(plan.len() as u64, "sentences", args.json);
    let finished = studio.render(&plan, |i| bar.set(i as u64 + 1)).await?;
    bar.done();
    let rendition = studio.join(&prepared.article, &finished, format)?;
    write(&args.output, studio.bytes(&rendition, &finished)).await?;
    if let Some((path, times)) = times {
        std::fs::write(path, times.text(&finished)?)
            .with_context(|| format!("writing {}", path.display()))?;
    }
    for (i, failure) in &finished.rendered.skipped {
        eprintln!("listen: sentence {i} could not be said and is left out: {failure}");
    }
    report(args, &prepared.article, &finished, rendition.rope.len());
    Ok(())
}

fn report(args: &Args, article: &crate::article::Article, finished: &Finished, bytes: u64) {
    let (words, ms) = (article.words(), finished.timeline.duration_ms());
    let label = listen_label(listen_minutes(ms));
    if args.json {
        let made = serde_json::json!({
            "output": args.output, "title": article.title, "bytes": bytes, "duration_ms": ms,
            "sentences": finished.plan.len(), "skipped": finished.rendered.skipped.len(),
            "voice": finished.plan.casting.voice, "words": words, "read_minutes": read_minutes(words),
            "listen_minutes": listen_minutes(ms), "label": label,
        });
        eprintln!("{made}");
    } else {
        let title = article.title.as_deref().unwrap_or("(no title)");
        let (minutes, seconds) = (ms / 60_000, ms / 1000 % 60);
        eprintln!(
            "{title}\n{label} · {minutes}:{seconds:02} · {} sentences · {bytes} bytes",
            finished.plan.len()
        );
    }
}

fn format(args: &Args) -> anyhow::Result<AudioFormat> {
    if let Some(format) = args.format {
        return Ok(format);
    }
    if args.output == Path::new("-") {
        return Ok(AudioFormat::Mp3);
    }
    let extension = args.output.extension().and_then(|ext| ext.to_str()).unwrap_or_default();
    extension.to_ascii_lowercase().parse().map_err(|_| {
        anyhow::anyhow!(
            "{}: its name does not end in .mp3 or .wav; say --format mp3 or --format wav",
            args.output.display()
        )
    })
}

/// The page as a submission, by its name or by what it looks like.
fn submission(args: &Args) -> anyhow::Result<Submission> {
    let bytes = super::input::bytes(&args.input)?;
    let text = decode(&bytes, None).with_context(|| format!("reading {}", args.input))?.text;
    let format = match super::input::format_of(&args.input) {
        Format::Auto => detect(&text),
        named => named,
    };
    let mut submission = Submission::of_body(format, text);
    submission.lang = args.lang.clone();
    submission.rate = Some(args.rate);
    Ok(submission)
}

/// Writes to a file beside the target first, so that a target is whole or not there.
async fn write(output: &Path, mut bytes: crate::app::ByteStream) -> anyhow::Result<()> {
    if output == Path::new("-") {
        let mut stdout = std::io::stdout().lock();
        while let Some(chunk) = bytes.try_next().await? {
            stdout.write_all(&chunk).context("writing to standard output")?;
        }
        return Ok(stdout.flush()?);
    }
    let doing = || format!("writing {}", output.display());
    let dir = output.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // As an ordinary new file: what the umask leaves of it.
    let mode = std::fs::Permissions::from_mode(0o666);
    let mut file = tempfile::Builder::new().permissions(mode).tempfile_in(dir).with_context(doing)?;
    while let Some(chunk) = bytes.try_next().await? {
        file.write_all(&chunk).with_context(doing)?;
    }
    file.as_file().sync_all().with_context(doing)?;
    file.persist(output).with_context(doing)?;
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
