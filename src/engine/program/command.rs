//! A command line with places for what changes from sentence to sentence.

use std::ffi::OsString;
use std::path::Path;

use serde::Deserialize;

use crate::engine::Request;

/// Most words of a command.
const WORDS_MAX: usize = 256;

/// The places there are, as a message lists them.
const PLACES: &str = "{text}, {out}, {lang}, {rate}, {rate*NUMBER}, {NUMBER/rate}, and {{ and }} for braces";

/// A program and its arguments.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub(super) struct Command(Vec<Vec<Part>>);

/// A part of an argument.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    Plain(String),
    /// The text.
    Text,
    /// A file that the program writes.
    Out,
    /// The language of the text.
    Lang,
    /// The speed times a number: words a minute, percents.
    Rate(f32),
    /// A number by the speed: lengths.
    PerRate(f32),
}

impl TryFrom<Vec<String>> for Command {
    type Error = String;

    fn try_from(words: Vec<String>) -> Result<Self, String> {
        if words.first().is_none_or(String::is_empty) || words.len() > WORDS_MAX {
            return Err(
                "a command is a list of words, the program first: [\"espeak-ng\", \"--stdout\"]".into()
            );
        }
        let words: Vec<Vec<Part>> = words.iter().map(|word| parts(word)).collect::<Result<_, _>>()?;
        let is_plain = |part: &Part| matches!(part, Part::Plain(_));
        if !words[0].iter().all(is_plain) {
            return Err("the program itself has no places in its name".to_owned());
        }
        Ok(Self(words))
    }
}

impl Command {
    /// Whether the text is an argument; otherwise it goes to stdin.
    pub(super) fn asks_for_text(&self) -> bool {
        self.has(&Part::Text)
    }

    /// Whether the sound is in a file; otherwise it comes from stdout.
    pub(super) fn asks_for_file(&self) -> bool {
        self.has(&Part::Out)
    }

    fn has(&self, wanted: &Part) -> bool {
        self.0.iter().flatten().any(|part| part == wanted)
    }

    /// The program's own name, as it is written.
    pub(super) fn program(&self) -> String {
        let word = self.0.first().into_iter().flatten();
        word.map(|part| if let Part::Plain(text) = part { text.as_str() } else { "" }).collect()
    }

    /// The arguments for one sentence.
    pub(super) fn arguments(&self, request: &Request, out: Option<&Path>) -> Vec<OsString> {
        self.0[1..].iter().map(|word| argument(word, request, out)).collect()
    }
}

fn argument(word: &[Part], request: &Request, out: Option<&Path>) -> OsString {
    let mut argument = OsString::new();
    for (i, part) in word.iter().enumerate() {
        match part {
            Part::Plain(text) => argument.push(text),
            Part::Text => {
                // Nobody's text is an option of the program.
                if i == 0 && request.text.starts_with(|c: char| c.is_ascii_punctuation()) {
                    argument.push(" ");
                }
                argument.push(&request.text);
            }
            Part::Out => argument.push(out.unwrap_or(Path::new("/dev/null"))),
            Part::Lang => argument.push(request.lang.as_str()),
            Part::Rate(1.0) => argument.push(format!("{:.3}", request.rate)),
            Part::Rate(times) => argument.push(format!("{}", (request.rate * times).round())),
            Part::PerRate(number) => argument.push(format!("{:.3}", number / request.rate)),
        }
    }
    argument
}

fn parts(word: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("{{") || rest.starts_with("}}") {
            plain.push(c);
            rest = &rest[2..];
        } else if let Some(inside) = rest.strip_prefix('{') {
            let unknown = || format!("\"{word}\" has a place that nobody knows; there are {PLACES}");
            let (name, after) = inside.split_once('}').ok_or_else(unknown)?;
            if !plain.is_empty() {
                parts.push(Part::Plain(std::mem::take(&mut plain)));
            }
            parts.push(place(name).ok_or_else(unknown)?);
            rest = after;
        } else {
            plain.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    if !plain.is_empty() || parts.is_empty() {
        parts.push(Part::Plain(plain));
    }
    Ok(parts)
}

fn place(name: &str) -> Option<Part> {
    let number = |text: &str| text.parse::<f32>().ok().filter(|number| number.is_finite() && *number > 0.0);
    match name {
        "text" => Some(Part::Text),
        "out" => Some(Part::Out),
        "lang" => Some(Part::Lang),
        "rate" => Some(Part::Rate(1.0)),
        _ => match (name.strip_prefix("rate*"), name.strip_suffix("/rate")) {
            (Some(times), _) => number(times).map(Part::Rate),
            (_, Some(by)) => number(by).map(Part::PerRate),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(words: &[&str]) -> Result<Command, String> {
        Command::try_from(words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    fn request(text: &str) -> Request {
        let lang = "de-at".parse().expect("a tag");
        Request { text: text.to_owned(), voice: "v".to_owned(), lang, rate: 1.25, sounds: Vec::new() }
    }

    #[test]
    fn places_are_filled_and_one_word_stays_one_argument() {
        let words = ["say", "{text}", "-s{rate*160}", "{1/rate}", "{rate}", "{{{lang}}}", "-o={out}", ""];
        let command = command(&words).unwrap();
        assert!(command.asks_for_text() && command.asks_for_file());
        assert_eq!(command.program(), "say");
        let text = "It's; $(rm -rf /) `x` \"y\"";
        let arguments = command.arguments(&request(text), Some(Path::new("/tmp/a b.wav")));
        assert_eq!(arguments, [text, "-s200", "0.800", "1.250", "{de-at}", "-o=/tmp/a b.wav", ""]);
    }

    #[test]
    fn a_text_is_never_an_option() {
        let command = command(&["say", "{text}", "--text={text}"]).unwrap();
        for text in ["-o /etc/passwd", "--help", "@file", "/dev/zero"] {
            let arguments = command.arguments(&request(text), None);
            assert_eq!(arguments, [format!(" {text}"), format!("--text={text}")].map(OsString::from));
        }
        assert_eq!(command.arguments(&request("Öl."), None)[0], "Öl.");
    }

    #[test]
    fn what_is_no_command_is_told() {
        for words in
            [&[][..], &[""], &["{text}"], &["say", "{txet}"], &["say", "{text"], &["say", "{rate*x}"]]
        {
            assert!(command(words).is_err(), "{words:?}");
        }
        assert!(command(&["say", "{x}"]).unwrap_err().contains("{rate*NUMBER}"));
        assert!(command(&vec!["x"; WORDS_MAX + 1]).is_err());
    }
}
