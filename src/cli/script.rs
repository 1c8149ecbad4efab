use std::fmt::Write as _;

use anyhow::ensure;
use clap::ValueEnum;

use super::{input, out};
use crate::app::{self, Preview};
use crate::article::{BlockKind, Lang, Note, NoteKind};
use crate::text::{self, ExtractOptions, Format, ScriptOptions};

/// The house pace, for estimates without a voice.
const WORDS_PER_MINUTE: f32 = 155.0;

/// Show what would be read of a page, and what was dropped and why
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  listen script article.md
  listen script page.html --json | jq '.notes'
  curl -s https://news.example/story | listen script - --format html")]
pub(super) struct Args {
    /// Pages: files, or - for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<String>,

    /// Print one JSON object per page
    #[arg(long)]
    json: bool,

    /// What the pages are written in; auto goes by a file's name, then by what it looks like
    #[arg(long, value_enum, default_value_t = FormatArg::Auto)]
    format: FormatArg,

    /// Their language, such as en or pt-BR; otherwise what the page says or looks like
    #[arg(long)]
    lang: Option<Lang>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatArg {
    Auto,
    Html,
    Markdown,
    Text,
}

impl From<FormatArg> for Format {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Auto => Self::Auto,
            FormatArg::Html => Self::Html,
            FormatArg::Markdown => Self::Markdown,
            FormatArg::Text => Self::Text,
        }
    }
}

pub(super) fn run(args: Args) -> anyhow::Result<()> {
    let mut failed = 0;
    for input in &args.inputs {
        if let Err(error) = show(input, &args) {
            if out::is_closed(&error) {
                return Err(error);
            }
            out::say(&format!("listen: {input}: {}", out::chain(&error)));
            failed += 1;
        }
    }
    ensure!(failed == 0, "{failed} of {} pages could not be read", args.inputs.len());
    Ok(())
}

fn show(name: &str, args: &Args) -> anyhow::Result<()> {
    let decoded = app::decode(&input::bytes(name)?, None)?;
    let format = match args.format {
        FormatArg::Auto => input::format_of(name),
        stated => stated.into(),
    };
    let options = ExtractOptions { format, url: None, lang: args.lang.clone() };
    let mut article = text::extract(&decoded.text, &options);
    article.notes.splice(0..0, decoded.notes);
    let preview =
        app::preview(name, &article, &text::script(&article, &ScriptOptions::default()), WORDS_PER_MINUTE);
    if args.json { out::json(&preview) } else { out::text(&for_an_editor(&preview)) }
}

fn for_an_editor(preview: &Preview) -> String {
    let mut out = String::new();
    let mut line = |text: &str| {
        let _ = writeln!(out, "{text}");
    };
    line(&format!(
        "── {} ── {}, {} words, {} min read, {}",
        preview.input, preview.lang, preview.words, preview.read_minutes, preview.label
    ));
    for (name, value) in [("byline", &preview.byline), ("published", &preview.published)] {
        if let Some(value) = value {
            line(&format!("{name}: {value}"));
        }
    }
    let mut sentences = preview.utterances.iter().peekable();
    for (block, index) in preview.blocks.iter().zip(0_u32..) {
        line("");
        let (mark, indent) = match block.kind {
            BlockKind::Title => ("# ", ""),
            BlockKind::Heading => ("## ", ""),
            BlockKind::Quote => ("", "> "),
            BlockKind::ListItem => ("- ", "  "),
            BlockKind::Dek | BlockKind::Paragraph => ("", ""),
        };
        let mut first = true;
        while let Some(sentence) = sentences.next_if(|sentence| sentence.block <= index) {
            line(&format!("{indent}{}{}", if first { mark } else { "" }, sentence.source));
            if sentence.spoken != sentence.source {
                line(&format!("{indent}    said: {}", sentence.spoken));
            }
            first = false;
        }
    }
    line("");
    for (heading, kind) in
        [("Dropped", NoteKind::Dropped), ("Repaired", NoteKind::Repaired), ("Rewritten", NoteKind::Rewritten)]
    {
        let notes: Vec<&Note> = preview.notes.iter().filter(|note| note.kind == kind).collect();
        if !notes.is_empty() {
            line(&format!("{heading}:"));
        }
        for note in notes {
            line(format!("  {}: {}", note.reason, note.text).trim_end_matches([' ', ':']));
        }
    }
    out
}
