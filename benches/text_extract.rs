//! How fast each stage of the text front end is, from a page to its script.
//! `cargo bench --bench text_extract`
#![allow(missing_docs, reason = "a benchmark has no readers of its documentation")]

use divan::Bencher;
use divan::counter::BytesCount;
use listen::article::Lang;
use listen::text::{self, ExtractOptions, Format, ScriptOptions};

const PROSE: &str = include_str!("../tests/fixtures/plain-prose-en.txt");

/// Paragraphs of ten sentences: about 20 kB, an article of some length.
fn paragraphs() -> Vec<String> {
    let lines: Vec<&str> = PROSE.lines().map(|line| line.split('\t').next().unwrap_or(line)).collect();
    lines.chunks(10).map(|chunk| chunk.join(" ")).collect()
}

/// A page as its text: menus, the article, slots of advertisements, comments.
fn dump() -> String {
    let body = paragraphs().join("\n\nAdvertisement\n\n");
    format!(
        "Home\nNews\nSport\n\nThe harbour opens again after a long winter\n\nBy Ana Torres · 3h ago · 9 min read\n\n\
         {body}\n\nDiscussion (2)\n\nJo Lind: Lovely.\n\nRelated articles\n"
    )
}

/// A page as publishers send it: as much markup around the article as there is text in it.
fn html() -> String {
    let menu =
        "<li class=\"menu__item\"><a class=\"menu__link\" href=\"/news/town\">Town</a></li>\n".repeat(150);
    let teaser = "<div class=\"card\"><a href=\"/x\"><img src=\"x.jpg\" alt=\"\"><h3>Ferry sold again</h3></a></div>\n";
    let body: String = paragraphs().iter().map(|text| format!("<p class=\"body\">{text}</p>\n")).collect();
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><title>The harbour opens again</title></head><body><nav><ul>{menu}</ul>\
         </nav><main><article><h1>The harbour opens again</h1>{body}</article></main><aside>{}</aside></body></html>",
        teaser.repeat(60)
    )
}

fn markdown() -> String {
    format!(
        "---\ntitle: The harbour\n---\n\n# The harbour\n\n{}\n",
        paragraphs().join("\n\n## And then\n\n> ")
    )
}

/// Text in which every tenth sentence was read in the wrong code page.
fn damaged() -> String {
    let broken = "The ferry â€” the last one â€” isnâ€™t sold, and the cafÃ© is shut.";
    paragraphs().iter().map(|text| format!("{text} {broken}\n")).collect()
}

#[divan::bench]
fn repair_sound(bencher: Bencher<'_, '_>) {
    let text = paragraphs().join("\n").replace('.', "…");
    bencher.counter(BytesCount::of_str(&text)).bench(|| text::repair(&text).text.len());
}

#[divan::bench]
fn repair_damaged(bencher: Bencher<'_, '_>) {
    let text = damaged();
    bencher.counter(BytesCount::of_str(&text)).bench(|| text::repair(&text).text.len());
}

#[divan::bench(args = [Format::Html, Format::Text, Format::Markdown])]
fn extract(bencher: Bencher<'_, '_>, format: &Format) {
    let page = match format {
        Format::Html => html(),
        Format::Markdown => markdown(),
        Format::Text | Format::Auto => dump(),
    };
    let options = ExtractOptions { format: *format, ..ExtractOptions::default() };
    bencher.counter(BytesCount::of_str(&page)).bench(|| text::extract(&page, &options).blocks.len());
}

#[divan::bench(args = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "da", "el", "zh", "ja"])]
fn sentences(bencher: Bencher<'_, '_>, lang: &str) {
    let lang: Lang = lang.parse().expect("a tag");
    let mut text = paragraphs().join("\n\n").repeat(5);
    if lang.is_unspaced() {
        text = text.replace(". ", "。").replace(' ', "字");
    }
    bencher.counter(BytesCount::of_str(&text)).bench(|| text::sentences(&text, &lang).len());
}

#[divan::bench(args = ["en", "de", "it"])]
fn spoken(bencher: Bencher<'_, '_>, lang: &str) {
    let lang: Lang = lang.parse().expect("a tag");
    let text = paragraphs().join(" ") + &" It cost $1.5bn on 12.03.2024, or 3,50 € a piece.".repeat(100);
    bencher.counter(BytesCount::of_str(&text)).bench(|| text::spoken(&text, &lang, None).spoken.len());
}

/// From a page's bytes to its utterances.
#[divan::bench]
fn page_to_script(bencher: Bencher<'_, '_>) {
    let page = html();
    let script = || {
        let article = text::extract(&page, &ExtractOptions::default());
        text::script(&article, &ScriptOptions::default()).utterances.len()
    };
    bencher.counter(BytesCount::of_str(&page)).bench(script);
}

fn main() {
    divan::main();
}
