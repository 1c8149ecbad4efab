//! From phonemes to the numbers that a network reads.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;

use super::config::{Config, Source};
use crate::engine::Clause;

/// Most numbers in one run of a network. Its memory grows with them (about 600 MB at this length, some
/// ten seconds of speech, for a voice of quality medium); what is longer is said in several runs.
pub(super) const MAX_IDS: usize = 450;

/// What a network reads in one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Piece {
    /// The numbers.
    pub(super) ids: Vec<i32>,
    /// Where in them the words are.
    pub(super) words: Vec<Word>,
}

/// A word in phonemes, or the part of one that lies in a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Its clause.
    pub(super) clause: usize,
    /// Its numbers, each sound with the pad behind it.
    pub(super) ids: Range<usize>,
    /// How many sounds it has.
    pub(super) sounds: usize,
}

/// How well a run may end behind a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Never,
    Word,
    Clause,
}

struct Symbol {
    ids: Vec<i32>,
    /// The clause and the number of the word it is of.
    word: Option<(usize, usize)>,
    is_sound: bool,
    end: End,
}

/// The runs in which clauses are said: one a sentence, or several where that is too long.
pub(super) fn pieces(clauses: &[Clause], config: &Config) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut sentence: Vec<Symbol> = Vec::new();
    for (i, clause) in clauses.iter().enumerate() {
        add_clause(&mut sentence, i, clause, config);
        let is_end = clause.phonemes.ends_with(['.', '?', '!']);
        if is_end || i + 1 == clauses.len() {
            pieces.extend(pack(std::mem::take(&mut sentence), config));
        }
    }
    pieces
}

fn add_clause(sentence: &mut Vec<Symbol>, clause: usize, text: &Clause, config: &Config) {
    let space = config.ids_of(" ").map(<[i32]>::to_vec);
    let gap = |end| space.clone().map(|ids| Symbol { ids, word: None, is_sound: false, end });
    if !sentence.is_empty() {
        sentence.extend(gap(End::Clause));
    }
    for (n, word) in text.phonemes.split_whitespace().enumerate() {
        if n > 0 {
            sentence.extend(gap(End::Word));
        }
        for symbol in symbols(word, config) {
            let is_mark = matches!(symbol.as_str(), "." | "?" | "!" | "," | ":" | ";");
            match ids(&symbol, config) {
                Some(ids) => sentence.push(Symbol {
                    ids,
                    word: (!is_mark).then_some((clause, n)),
                    is_sound: symbol.chars().any(char::is_alphabetic),
                    end: End::Never,
                }),
                None => tracing::debug!(symbol, "a voice has no such symbol; it is left out"),
            }
        }
    }
}

/// The symbols of a word: characters in decomposed form, and the clusters that the voice has as one.
fn symbols(word: &str, config: &Config) -> Vec<String> {
    let word: String = word.nfd().collect();
    let mut symbols = Vec::new();
    let mut rest = word.as_str();
    while let Some(first) = rest.chars().next() {
        let cluster = config.clusters.iter().find(|cluster| rest.starts_with(cluster.as_str()));
        let symbol = cluster.map_or(&rest[..first.len_utf8()], String::as_str);
        rest = &rest[symbol.len()..];
        match config.replaced.get(symbol) {
            Some(others) => symbols.extend(others.iter().cloned()),
            None => symbols.push(symbol.to_owned()),
        }
    }
    symbols
}

fn ids(symbol: &str, config: &Config) -> Option<Vec<i32>> {
    let found = config.ids_of(symbol).map(<[i32]>::to_vec);
    if found.is_some() || config.source != Source::Text {
        return found;
    }
    config.ids_of(&symbol.to_lowercase()).map(<[i32]>::to_vec)
}

/// Cuts what is too long for a run, at the end of a clause where there is one.
fn pack(mut symbols: Vec<Symbol>, config: &Config) -> Vec<Piece> {
    let [start, pad, end] = ["^", "_", "$"].map(|name| config.ids_of(name).unwrap_or_default());
    let room = MAX_IDS.saturating_sub(start.len() + pad.len() + end.len());
    let mut pieces = Vec::new();
    while !symbols.is_empty() {
        let cut = cut(&symbols, pad.len(), room);
        let rest = symbols.split_off(cut);
        let mut piece = Piece::default();
        piece.ids.extend([start, pad].concat());
        let mut words: Vec<(usize, usize)> = Vec::new();
        for symbol in trimmed(&symbols) {
            let from = piece.ids.len();
            piece.ids.extend_from_slice(&symbol.ids);
            piece.ids.extend_from_slice(pad);
            let to = piece.ids.len();
            let Some(word) = symbol.word else { continue };
            match piece.words.last_mut().filter(|_| words.last() == Some(&word)) {
                Some(last) => {
                    last.ids.end = to;
                    last.sounds += usize::from(symbol.is_sound);
                }
                None => {
                    words.push(word);
                    piece.words.push(Word { clause: word.0, ids: from..to, sounds: symbol.is_sound.into() });
                }
            }
        }
        piece.ids.extend_from_slice(end);
        if piece.words.iter().any(|word| word.sounds > 0) {
            pieces.push(piece);
        }
        symbols = rest;
    }
    pieces
}

/// Without the gaps at its ends.
fn trimmed(symbols: &[Symbol]) -> &[Symbol] {
    let is_gap = |symbol: &Symbol| symbol.end != End::Never;
    let first = symbols.iter().position(|symbol| !is_gap(symbol)).unwrap_or(symbols.len());
    let last = symbols.iter().rposition(|symbol| !is_gap(symbol)).map_or(first, |last| last + 1);
    &symbols[first..last]
}

/// How many symbols go into the next run: at least one.
fn cut(symbols: &[Symbol], pad: usize, room: usize) -> usize {
    let mut used = 0;
    // The best end in the second half of the room; of equals the last.
    let mut best: Option<(End, usize)> = None;
    for (i, symbol) in symbols.iter().enumerate() {
        used += symbol.ids.len() + pad;
        if used > room {
            return best.map_or(i.max(1), |(_, cut)| cut);
        }
        let is_late = symbol.end == End::Word || used * 2 > room;
        if symbol.end != End::Never && is_late && best.is_none_or(|(end, _)| symbol.end >= end) {
            best = Some((symbol.end, i + 1));
        }
    }
    symbols.len()
}

#[cfg(test)]
mod tests {
    use super::super::config::tests::{read, sample};
    use super::*;
    use proptest::prelude::*;

    fn clause(phonemes: &str) -> Clause {
        Clause { phonemes: phonemes.to_owned(), text: 0..1 }
    }

    fn config() -> Config {
        read(&sample(), "").expect("a good file")
    }

    #[test]
    fn every_symbol_has_a_pad_behind_it_and_unknown_ones_leave_none() {
        let pieces = pieces(&[clause("ab, "), clause("bx a.")], &config());
        let [piece] = pieces.as_slice() else { panic!("{pieces:?}") };
        assert_eq!(piece.ids, [1, 0, 4, 0, 5, 0, 6, 0, 3, 0, 5, 0, 3, 0, 4, 0, 7, 0, 2]);
        let words: Vec<_> =
            piece.words.iter().map(|word| (word.clause, word.ids.clone(), word.sounds)).collect();
        assert_eq!(words, [(0, 2..6, 2), (1, 10..12, 1), (1, 14..16, 1)]);
    }

    #[test]
    fn clusters_replacements_and_combining_marks_are_the_voice_s_own() {
        let ids = |phonemes: &str| pieces(&[clause(phonemes)], &config())[0].ids.clone();
        assert_eq!(ids("baɪ."), [1, 0, 5, 0, 9, 0, 7, 0, 2]);
        assert_eq!(ids("aʔ."), [1, 0, 4, 0, 8, 0, 7, 0, 2]);
        assert_eq!(ids("\u{e3}."), [1, 0, 4, 0, 11, 0, 7, 0, 2], "ã is a and a tilde");
    }

    #[test]
    fn sentences_are_said_one_by_one_and_silent_ones_not_at_all() {
        let said =
            pieces(&[clause("a,"), clause("b?"), clause("!"), clause("zz."), clause("ab.")], &config());
        assert_eq!(said.len(), 2);
        assert_eq!(pieces(&[], &config()), []);
    }

    #[test]
    fn long_sentences_are_cut_at_the_last_clause_that_fits_or_at_a_word() {
        let clauses: Vec<Clause> =
            (0..5).map(|_| clause(&format!("{}ab,", "ab ab ab a ".repeat(9)))).collect();
        let cut = pieces(&clauses, &config());
        assert!(cut.iter().all(|piece| piece.ids.len() <= MAX_IDS), "{cut:?}");
        assert!(cut.iter().all(|piece| piece.ids.ends_with(&[6, 0, 2])), "each ends with a comma");
        let words = pieces(&[clause(&"abab ".repeat(100))], &config());
        assert!(words.len() > 1 && words.iter().all(|piece| piece.ids.len() <= MAX_IDS));
        assert_eq!(words.iter().map(|piece| piece.words.len()).sum::<usize>(), 100);
        let one = pieces(&[clause(&"ab".repeat(500))], &config());
        assert_eq!(one.iter().flat_map(|piece| &piece.words).map(|word| word.sounds).sum::<usize>(), 1_000);
    }

    proptest! {
        #[test]
        fn runs_are_short_and_nothing_is_lost(texts in proptest::collection::vec("[ab ]{0,300}[.,?]", 0..8)) {
            let clauses: Vec<Clause> = texts.iter().map(|text| clause(text)).collect();
            let pieces = pieces(&clauses, &config());
            prop_assert!(pieces.iter().all(|piece| piece.ids.len() <= MAX_IDS));
            let sounds: usize = pieces.iter().flat_map(|piece| &piece.words).map(|word| word.sounds).sum();
            prop_assert_eq!(sounds, texts.iter().flat_map(|text| text.chars()).filter(|c| "ab".contains(*c)).count());
        }
    }
}
