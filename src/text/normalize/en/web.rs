//! Addresses on the web: pages, mail, file names.

use super::super::Rewrite;
use super::super::token::Kind;
use super::times::spaced;
use super::{Here, numbers, say};

/// Longest address that is looked at, in tokens.
const TOKENS_MAX: usize = 200;

/// Longest path that is read out, in bytes; of a longer one only the site is named.
const PATH_BYTES_MAX: usize = 48;

/// Endings of names that need no other sign of an address.
const ENDINGS: &[&str] = &[
    "com", "org", "net", "edu", "gov", "mil", "int", "info", "biz", "io", "ai", "co", "uk", "de", "fr", "es",
    "it", "nl", "eu", "us", "ca", "au", "jp", "cn", "in", "br", "ru", "ch", "se", "no", "app", "dev", "tv",
    "me", "news", "blog", "pdf", "jpg", "jpeg", "png", "gif", "txt", "html", "htm", "css", "csv", "zip",
    "mp3", "mp4", "exe", "js", "json", "xml", "doc", "docx", "py", "rs",
];

/// Endings that are words or are said as words.
const SPOKEN_ENDINGS: &[&str] = &[
    "com", "org", "net", "gov", "info", "biz", "app", "dev", "me", "news", "blog", "zip", "in", "no", "it",
    "us", "int", "gif", "mil", "co", "doc",
];

/// An address that starts here, at the start of a run without white space.
pub(super) fn address(here: &Here<'_, '_>) -> Option<Rewrite> {
    let first = here.at == 0
        || here.is(here.at - 1, Kind::Space)
        || matches!(here.before(here.at), "(" | "[" | "\"" | "“" | "<" | "‘" | "'");
    if !first {
        return None;
    }
    let tokens = here.tokens.get(here.at..)?;
    let end = tokens
        .iter()
        .take(TOKENS_MAX)
        .position(|t| t.kind == Kind::Space || matches!(t.text, "<" | ">" | "\"" | "”" | ")" | "(" | "|"));
    let tokens = &tokens[..end.unwrap_or(tokens.len().min(TOKENS_MAX))];
    let dotted = tokens.iter().any(|t| matches!(t.text, "." | "@" | "/"));
    if !dotted || tokens.len() < 3 {
        return None;
    }
    let start = tokens[0].start;
    let last = tokens.last()?;
    let run = &here.source[start..last.start + last.text.len()];
    let run = run.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '’', ']', '…', '*']);
    let words = words(run)?;
    let next = here.at + tokens.iter().take_while(|t| t.start < start + run.len()).count();
    say(next, words, "web address")
}

/// An address in words, when it is one.
fn words(run: &str) -> Option<String> {
    let (scheme, rest) = match run.split_once("://") {
        Some((scheme, rest)) if !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            (scheme, rest)
        }
        Some(_) => return None,
        None => ("", run),
    };
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    let stripped = rest.len() < run.len();
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    let (site, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mailed = site.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if !(stripped || mailed || is_name(site)) || !is_plain(site) {
        return None;
    }
    let mut spoken = String::new();
    if !matches!(scheme, "" | "http" | "https") {
        spoken.push_str(scheme);
    }
    part(site, true, &mut spoken);
    let path = path.trim_end_matches('/');
    if !path.is_empty() && path.len() <= PATH_BYTES_MAX && is_plain(path) {
        spoken.push_str(" slash ");
        part(path, false, &mut spoken);
    }
    Some(spoken.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// `example.com`, `photo.jpg`: names with full stops and a known ending.
fn is_name(site: &str) -> bool {
    let Some((head, ending)) = site.rsplit_once('.') else { return false };
    let labels = head.split('.').all(|label| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    });
    let named = head.bytes().any(|b| b.is_ascii_lowercase()) || head.len() > 2;
    labels && named && head.bytes().any(|b| b.is_ascii_alphabetic()) && ENDINGS.contains(&ending)
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic())
}

/// A part of an address, sign by sign.
fn part(text: &str, site: bool, spoken: &mut String) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let same = |c: char| {
            c.is_ascii_alphabetic() == first.is_ascii_alphabetic()
                && c.is_ascii_digit() == first.is_ascii_digit()
        };
        let run = if first.is_ascii_alphanumeric() {
            rest.find(|c| !same(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (piece, tail) = rest.split_at(run);
        let last_label = site && tail.is_empty();
        spoken.push(' ');
        match first {
            '0'..='9' => spoken.push_str(&digits(piece)),
            _ if first.is_ascii_alphabetic() => {
                spoken.push_str(&letters(piece, last_label || tail.starts_with('.')))
            }
            '.' => spoken.push_str("dot"),
            '/' => spoken.push_str("slash"),
            '-' => spoken.push_str("dash"),
            '_' => spoken.push_str("underscore"),
            '@' => spoken.push_str("at"),
            ':' => spoken.push_str("colon"),
            '+' => spoken.push_str("plus"),
            '~' => spoken.push_str("tilde"),
            '=' => spoken.push_str("equals"),
            '&' => spoken.push_str("and"),
            _ => {}
        }
        rest = tail;
    }
}

fn digits(digits: &str) -> String {
    if digits.len() == 4 && digits.ends_with("00") {
        numbers::cardinal(digits)
    } else {
        numbers::one_by_one(digits)
    }
}

fn letters(piece: &str, label: bool) -> String {
    let lower = piece.to_ascii_lowercase();
    let vowels = lower.bytes().any(|b| matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y'));
    let ending = label && ENDINGS.contains(&lower.as_str()) && !SPOKEN_ENDINGS.contains(&lower.as_str());
    if matches!(lower.as_str(), "jpg" | "jpeg") {
        return "jay peg".to_owned();
    }
    if (!vowels && lower.len() <= 4) || (ending && lower.len() <= 4) {
        spaced(&piece.to_ascii_uppercase())
    } else {
        piece.to_owned()
    }
}
