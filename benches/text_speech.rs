//! How fast prose becomes sentences, and sentences what a voice is given.
//! `cargo bench --bench text_speech`
#![allow(missing_docs, reason = "a benchmark has no readers of its documentation")]

use divan::Bencher;
use divan::counter::BytesCount;
use listen::article::Lang;
use listen::text;

const PROSE: &str = include_str!("../tests/fixtures/plain-prose-en.txt");

/// About 100 kB of English prose in paragraphs of ten sentences.
fn prose() -> String {
    let lines: Vec<&str> = PROSE.lines().map(|line| line.split('\t').next().unwrap_or(line)).collect();
    let paragraphs: Vec<String> = lines.chunks(10).map(|chunk| chunk.join(" ")).collect();
    paragraphs.join("\n\n").repeat(6)
}

#[divan::bench(args = ["en", "de", "it"])]
fn sentences(bencher: Bencher<'_, '_>, lang: &str) {
    let text = prose();
    let lang: Lang = lang.parse().expect("a tag");
    bencher.counter(BytesCount::of_str(&text)).bench(|| text::sentences(&text, &lang).len());
}

#[divan::bench(args = ["en", "de"])]
fn spoken(bencher: Bencher<'_, '_>, lang: &str) {
    let text = prose();
    let lang: Lang = lang.parse().expect("a tag");
    bencher.counter(BytesCount::of_str(&text)).bench(|| text::spoken(&text, &lang, None).spoken.len());
}

fn main() {
    divan::main();
}
