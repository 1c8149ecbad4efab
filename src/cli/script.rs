use std::fmt::Write as _;

use anyhow::ensure;
use clap::ValueEnum;

use tokio::runtime::Runtime;

use super::common::{self, Common};
use super::input::{self, LexiconArg};
use super::{log, out};
use crate::app::{FrontEnd, Preview, PreviewUtterance};
use crate::article::{BlockKind, Lang, Note, NoteKind};
use crate::text::Format;

/// Show what would be read of a page, and what was dropped and why
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  listen script article.md
  listen script page.html --json | jq '.notes'
  listen script article.md --lexicon names.toml
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

    #[command(flatten)]
    lexicon: LexiconArg,

    #[command(flatten)]
    common: Common,
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
    let config = args.lexicon.load(&args.common)?;
    log::start_quietly(&config)?;
    let (front_end, runtime) = (FrontEnd::open(config)?, common::runtime()?);
    let mut failed = 0;
    for input in &args.inputs {
        if let Err(error) = show(input, &args, &front_end, &runtime) {
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

fn show(name: &str, args: &Args, front_end: &FrontEnd, runtime: &Runtime) -> anyhow::Result<()> {
    let mut submission = input::submission(name, args.format.into())?;
    submission.lang.clone_from(&args.lang);
    let preview = runtime.block_on(front_end.preview(name, &submission, front_end.lexicon()))?;
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
            let said = said_otherwise(sentence);
            if !said.is_empty() {
                line(&format!("{indent}    said: {}", said.join(", ")));
            }
            first = false;
        }
    }
    if preview.utterances.is_empty() {
        line("\nNothing would be read.");
    }
    line("");
    for (heading, kind) in
        [("Dropped", NoteKind::Dropped), ("Repaired", NoteKind::Repaired), ("Rewritten", NoteKind::Rewritten)]
    {
        let notes = grouped(&preview.notes, kind);
        if !notes.is_empty() {
            line(&format!("{heading}:"));
        }
        for (reason, texts) in notes {
            // What is rewritten is a word or two; what is dropped may be a sentence.
            let (before, between) =
                if kind == NoteKind::Rewritten { (" ", ", ") } else { ("\n    ", "\n    ") };
            line(format!("  {reason}:{before}{}", texts.join(between)).trim_end_matches([' ', ':', '\n']));
        }
    }
    out
}

/// The words of a sentence that are said in other words, each once: `2023 → twenty twenty three`. What
/// only differs in its marks (a dash that is a comma for the voice) is left out.
fn said_otherwise(sentence: &PreviewUtterance) -> Vec<String> {
    let mut said = Vec::new();
    for &[spoken_start, spoken_end, source_start, source_end] in &sentence.map {
        let spoken = sentence.spoken.get(spoken_start as usize..spoken_end as usize).unwrap_or_default();
        let source = sentence.source.get(source_start as usize..source_end as usize).unwrap_or_default();
        let shown = format!("{} → {spoken}", source.trim());
        let has_words = spoken.chars().any(char::is_alphanumeric);
        if spoken != source && has_words && !said.contains(&shown) {
            said.push(shown);
        }
    }
    said
}

/// The notes of a kind by their reasons, in the order of the page; a text that comes several times is
/// there once, with their number.
fn grouped(notes: &[Note], kind: NoteKind) -> Vec<(&str, Vec<String>)> {
    let mut groups: Vec<(&str, Vec<(&str, usize)>)> = Vec::new();
    for note in notes.iter().filter(|note| note.kind == kind) {
        let at = groups.iter().position(|(reason, _)| *reason == note.reason).unwrap_or_else(|| {
            groups.push((&note.reason, Vec::new()));
            groups.len() - 1
        });
        let texts = &mut groups[at].1;
        match texts.iter_mut().find(|(text, _)| *text == note.text) {
            Some((_, times)) => *times += 1,
            None => texts.push((&note.text, 1)),
        }
    }
    let shown = |(text, times): (&str, usize)| {
        if times == 1 { text.to_owned() } else { format!("{text} ({times}×)") }
    };
    groups.into_iter().map(|(reason, texts)| (reason, texts.into_iter().map(shown).collect())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_that_are_said_otherwise_are_shown_and_each_once() {
        let sentence = PreviewUtterance {
            block: 0,
            source: "AI — in 2023, AI.".to_owned(),
            text: String::new(),
            spoken: "A I, in twenty twenty three, A I.".to_owned(),
            map: vec![
                [0, 3, 0, 2],
                [3, 4, 2, 6],
                [5, 7, 7, 9],
                [8, 27, 10, 14],
                [27, 28, 14, 15],
                [29, 32, 16, 18],
                [32, 33, 18, 19],
            ],
            part: None,
            pause_ms: 0,
        };
        assert_eq!(said_otherwise(&sentence), ["AI → A I", "2023 → twenty twenty three"]);
    }

    #[test]
    fn notes_are_told_by_reason_and_counted() {
        let note = |reason: &str, text: &str| Note::new(NoteKind::Rewritten, reason, text);
        let notes =
            [note("acronym", "AI"), note("year", "2023"), note("acronym", "EU"), note("acronym", "AI")];
        let told = grouped(&notes, NoteKind::Rewritten);
        let expected =
            [("acronym", vec!["AI (2×)".to_owned(), "EU".to_owned()]), ("year", vec!["2023".to_owned()])];
        assert_eq!(told, expected);
        assert!(grouped(&notes, NoteKind::Dropped).is_empty());
    }
}
