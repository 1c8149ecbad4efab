use std::io::{BufRead, Read, Write};

use anyhow::{Context, bail};
use clap::{Args as ClapArgs, Subcommand};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::article::Lang;
use crate::text;

/// Longest line that is read, in bytes.
const LINE_BYTES_MAX: u64 = 5_000_000;

#[derive(Debug, ClapArgs)]
#[command(after_help = "Text comes on standard input, a line at a time, and each line is answered at once.

Examples:
  echo 'Dr. Voss left. It was 7:30 p.m.' | listen text split
  echo 'It cost $1.5bn.' | listen text normalize
  listen text repair < dump.txt > mended.txt")]
pub(super) struct Args {
    #[command(subcommand)]
    work: Work,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// Split text into sentences, one a line
    #[command(after_help = "Examples:
  listen text split --lang de < article.txt
  echo '{\"id\": 1, \"text\": \"One. Two.\"}' | listen text split --json")]
    Split(Options),
    /// Put text into the words a voice is given
    #[command(after_help = "Examples:
  echo 'It cost $1.5bn in 2023.' | listen text normalize
  listen text normalize --json < requests.ndjson")]
    Normalize(Options),
    /// Mend text that was decoded with the wrong character set
    #[command(after_help = "Examples:
  echo 'The cafÃ© isnâ€™t far.' | listen text repair
  listen text repair --json < requests.ndjson")]
    Repair(Options),
}

#[derive(Clone, Debug, ClapArgs)]
struct Options {
    /// The language of the text
    #[arg(long, default_value = "en")]
    lang: Lang,
    /// Read lines of {"id", "text"} and answer each with a line of JSON
    #[arg(long)]
    json: bool,
}

#[derive(Deserialize)]
struct Request {
    id: Value,
    text: String,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: Value,
    #[serde(flatten)]
    result: Outcome<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome<'a> {
    Sentences(Vec<&'a str>),
    Spoken(String),
    Text(String),
}

/// What is done to one text.
type Job = for<'a> fn(&'a str, &Lang) -> Outcome<'a>;

pub(super) fn run(args: Args) -> anyhow::Result<()> {
    let (job, options): (Job, Options) = match args.work {
        Work::Split(options) => (split, options),
        Work::Normalize(options) => (normalize, options),
        Work::Repair(options) => (repair, options),
    };
    let stdin = std::io::stdin().lock();
    let stdout = std::io::BufWriter::new(super::out::stdout());
    lines(stdin, stdout, &options, job)
}

fn split<'a>(text: &'a str, lang: &Lang) -> Outcome<'a> {
    Outcome::Sentences(text::sentences(text, lang))
}

fn normalize<'a>(text: &'a str, lang: &Lang) -> Outcome<'a> {
    Outcome::Spoken(text::spoken(text, lang, None).spoken)
}

fn repair<'a>(text: &'a str, _lang: &Lang) -> Outcome<'a> {
    Outcome::Text(text::repair(text).text.into_owned())
}

/// Answers line by line, each before the next is read.
fn lines(mut input: impl BufRead, mut output: impl Write, options: &Options, job: Job) -> anyhow::Result<()> {
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let read = input
            .by_ref()
            .take(LINE_BYTES_MAX + 1)
            .read_until(b'\n', &mut line)
            .with_context(|| format!("line {number}: cannot read standard input"))?;
        if read == 0 {
            break;
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        } else if read as u64 > LINE_BYTES_MAX {
            bail!("line {number}: longer than {LINE_BYTES_MAX} bytes; break it up");
        }
        let text = std::str::from_utf8(&line).with_context(|| format!("line {number}: not UTF-8"))?;
        let text = text.strip_suffix('\r').unwrap_or(text);
        if options.json {
            answer_json(&mut output, text, &options.lang, job).with_context(|| format!("line {number}"))?;
        } else {
            answer_plain(&mut output, job(text, &options.lang))?;
        }
        // A program at the other end of a pipe waits for its answer before it asks again.
        output.flush()?;
    }
    Ok(())
}

fn answer_json(output: &mut impl Write, line: &str, lang: &Lang, job: Job) -> anyhow::Result<()> {
    if line.trim().is_empty() {
        return Ok(());
    }
    let Request { id, text } =
        serde_json::from_str(line).context("not a JSON object with \"id\" and \"text\"")?;
    let answer = serde_json::to_string(&Answer { id, result: job(&text, lang) })?;
    Ok(writeln!(output, "{answer}")?)
}

fn answer_plain(output: &mut impl Write, outcome: Outcome<'_>) -> std::io::Result<()> {
    match outcome {
        Outcome::Sentences(sentences) => {
            sentences.iter().try_for_each(|sentence| writeln!(output, "{sentence}"))
        }
        Outcome::Spoken(text) | Outcome::Text(text) => writeln!(output, "{text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_on(input: &str, json: bool, job: Job) -> anyhow::Result<String> {
        let mut output = Vec::new();
        lines(input.as_bytes(), &mut output, &Options { lang: Lang::english(), json }, job)?;
        Ok(String::from_utf8(output)?)
    }

    #[test]
    fn json_lines_are_answered_with_their_ids() {
        let input = "{\"id\": 7, \"text\": \"One. Two.\"}\n\n{\"id\": \"b\", \"text\": \"\", \"more\": 1}";
        let output = run_on(input, true, split).expect("an answer");
        assert_eq!(output, "{\"id\":7,\"sentences\":[\"One.\",\"Two.\"]}\n{\"id\":\"b\",\"sentences\":[]}\n");
    }

    #[test]
    fn a_bad_line_is_named_by_its_number() {
        let error = run_on("{\"id\":1,\"text\":\"a\"}\n{\"id\":2}\n", true, normalize).expect_err("no text");
        assert!(format!("{error:#}").starts_with("line 2: not a JSON object"), "{error:#}");
    }

    #[test]
    fn plain_text_goes_line_by_line() {
        assert_eq!(run_on("One. Two.\r\nThree", false, split).expect("an answer"), "One.\nTwo.\nThree\n");
    }

    #[test]
    fn a_line_too_long_is_refused() {
        let long = "a".repeat(usize::try_from(LINE_BYTES_MAX).expect("fits") + 1);
        assert!(run_on(&long, false, repair).is_err());
    }
}
