//! Articles to publish: as many different short sentences as a test wants, the same every time.

const WHO: [&str; 12] = [
    "The ferry",
    "A baker",
    "The mayor",
    "Our cook",
    "A nurse",
    "The choir",
    "The pilot",
    "A clerk",
    "The coach",
    "My aunt",
    "The guard",
    "A diver",
];
const DOES: [&str; 10] = ["saw", "met", "fed", "hid", "drew", "sold", "kept", "lost", "won", "led"];
const WHAT: [&str; 11] = [
    "the old map",
    "a red kite",
    "two goats",
    "the last tram",
    "a jar of salt",
    "the spare key",
    "six hens",
    "the blue door",
    "a wet dog",
    "the long rope",
    "one plum",
];
const WHEN: [&str; 7] =
    ["at dawn", "on Friday", "by the sea", "in the rain", "near the mill", "after tea", "without a word"];

/// Sentence `n`; every `n` below 9240 gives another one.
pub(crate) fn sentence(n: usize) -> String {
    let (who, n) = (WHO[n % WHO.len()], n / WHO.len());
    let (does, n) = (DOES[n % DOES.len()], n / DOES.len());
    let (what, n) = (WHAT[n % WHAT.len()], n / WHAT.len());
    format!("{who} {does} {what} {}.", WHEN[n % WHEN.len()])
}

/// Sentences `from..from + count` in paragraphs of four.
pub(crate) fn article(from: usize, count: usize) -> String {
    // Steps of 37 (coprime with the number of sentences) make neighbours differ in more than a word.
    let sentences: Vec<String> = (from..from + count).map(|n| sentence(n * 37 % 9240)).collect();
    sentences.chunks(4).map(|four| four.join(" ")).collect::<Vec<_>>().join("\n\n")
}
