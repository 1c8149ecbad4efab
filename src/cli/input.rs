//! INPUT of a subcommand: a file, or `-`.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};

use super::common::Common;
use crate::app::{Submission, decode};
use crate::article::Lang;
use crate::config::{Config, ConfigError};
use crate::text::{Format, detect};

/// Largest page, in bytes.
const PAGE_BYTES_MAX: u64 = 5_000_000;

/// A page, and how it is read aloud.
#[derive(Debug, clap::Args)]
pub(super) struct Page {
    /// The page: a file, or - for standard input
    input: String,

    /// The voice; otherwise the language's. `listen voices` lists them
    #[arg(long, value_name = "ID")]
    pub(super) voice: Option<String>,

    /// Speed against the voice's own pace, 0.5 to 2.0
    #[arg(long, default_value_t = 1.0, value_name = "X")]
    pub(super) rate: f32,

    /// Its language, such as en or pt-BR; otherwise what the page says or looks like
    #[arg(long)]
    lang: Option<Lang>,

    #[command(flatten)]
    lexicon: LexiconArg,

    #[command(flatten)]
    common: Common,
}

/// The file of pronunciations.
#[derive(Debug, clap::Args)]
pub(super) struct LexiconArg {
    /// How names and terms are said: a TOML or JSON file [env: LISTEN_LEXICON]
    #[arg(long, value_name = "FILE")]
    lexicon: Option<PathBuf>,
}

impl LexiconArg {
    /// The configuration under these flags.
    ///
    /// # Errors
    /// See [`Common::load`].
    pub(super) fn load(&self, common: &Common) -> Result<Config, ConfigError> {
        let mut flags = common.flags();
        flags.lexicon.clone_from(&self.lexicon);
        common.load(&flags)
    }
}

impl Page {
    /// The configuration under its flags.
    ///
    /// # Errors
    /// See [`Common::load`].
    pub(super) fn config(&self) -> Result<Config, ConfigError> {
        self.lexicon.load(&self.common)
    }

    /// What is to be read.
    ///
    /// # Errors
    /// See [`submission`].
    pub(super) fn submission(&self) -> anyhow::Result<Submission> {
        let mut submission = submission(&self.input, Format::Auto)?;
        submission.lang.clone_from(&self.lang);
        submission.rate = Some(self.rate);
        submission.voice.clone_from(&self.voice);
        Ok(submission)
    }
}

/// A page as a submission: in the format that is stated, that its name says, or that it looks like.
///
/// # Errors
/// A file that cannot be read, is too large, or is no text.
pub(super) fn submission(input: &str, stated: Format) -> anyhow::Result<Submission> {
    let decoded = decode(&bytes(input)?, None).with_context(|| format!("reading {input}"))?;
    let format = [stated, format_of(input)].into_iter().find(|format| *format != Format::Auto);
    let format = format.unwrap_or_else(|| detect(&decoded.text));
    Ok(Submission { notes: decoded.notes, ..Submission::of_body(format, decoded.text) })
}

/// The bytes of a file, or of standard input for `-`.
pub(super) fn bytes(input: &str) -> anyhow::Result<Vec<u8>> {
    if input.starts_with("http://") || input.starts_with("https://") {
        bail!("fetching pages is not built yet; save the page and give the file, or pipe it in with -");
    }
    let mut bytes = Vec::new();
    if input == "-" {
        let stdin = std::io::stdin().lock();
        stdin.take(PAGE_BYTES_MAX + 1).read_to_end(&mut bytes).context("cannot read standard input")?;
    } else {
        let file = std::fs::File::open(input).with_context(|| format!("cannot open {input}"))?;
        file.take(PAGE_BYTES_MAX + 1)
            .read_to_end(&mut bytes)
            .with_context(|| format!("cannot read {input}"))?;
    }
    let most_mb = PAGE_BYTES_MAX / 1_000_000;
    ensure!(
        bytes.len() as u64 <= PAGE_BYTES_MAX,
        "{input} is over {most_mb} MB; give the article's page alone"
    );
    Ok(bytes)
}

/// What a file is written in, going by its name.
fn format_of(input: &str) -> Format {
    match Path::new(input).extension().and_then(|ext| ext.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("html" | "htm" | "xhtml") => Format::Html,
        Some("md" | "markdown") => Format::Markdown,
        Some("txt" | "text") => Format::Text,
        _ => Format::Auto,
    }
}
