//! Pieces → the text a voice is given, with its map.

use super::safe::{Fate, fate};
use super::{MapRow, Piece, Say, TOKEN_BYTES_MAX};
use crate::article::is_unspaced_char;

/// After so many bytes a token is broken at the next good place.
const TOKEN_BYTES_SOFT: usize = TOKEN_BYTES_MAX / 2;

/// Most combining marks on one letter.
const COMBINING_MAX: usize = 3;

/// Most letters with a full stop each, one after the other: espeak-ng takes them for one
/// abbreviation, whatever stands between, and aborts on long ones.
const DOTTED_MAX: usize = 16;

/// Writes pieces one after the other.
pub(super) struct Writer<'a> {
    source: &'a str,
    spoken: String,
    map: Vec<MapRow>,
    /// The row that is being written.
    row: Option<Row>,
    /// The last piece was put in other words.
    after_words: bool,
    /// A space goes before the next character.
    space: bool,
    /// Bytes since the last space.
    token_bytes: usize,
    /// Combining marks since the last letter.
    combining: usize,
    /// Letters and digits since anything else.
    letters: usize,
    /// Single letters with a full stop since the last longer word.
    dotted: usize,
    /// Characters left out that an editor should know of.
    dropped: usize,
}

struct Row {
    spoken_start: usize,
    source_start: usize,
    source_end: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self {
            source,
            spoken: String::with_capacity(source.len() + source.len() / 8),
            map: Vec::new(),
            row: None,
            after_words: false,
            space: false,
            token_bytes: 0,
            combining: 0,
            letters: 0,
            dotted: 0,
            dropped: 0,
        }
    }

    pub(super) fn piece(&mut self, piece: Piece<'_>) {
        match &piece.say {
            Say::Verbatim => {
                let text = &self.source[piece.source.clone()];
                if std::mem::take(&mut self.after_words) {
                    self.part(text);
                }
                for (at, c) in text.char_indices() {
                    let start = piece.source.start + at;
                    self.take(c, start, start + c.len_utf8(), true);
                }
            }
            Say::Words(words, _) => {
                self.close();
                self.part(words);
                for c in words.chars() {
                    self.take(c, piece.source.start, piece.source.end, false);
                }
                self.close();
                self.after_words = true;
            }
        }
    }

    /// The text, its map, and how many characters were left out.
    pub(super) fn finish(mut self) -> (String, Vec<MapRow>, usize) {
        self.close();
        (self.spoken, self.map, self.dropped)
    }

    /// Keeps words apart that came from different pieces.
    fn part(&mut self, next: &str) {
        let before = self.spoken.chars().next_back();
        let unspaced = before.is_some_and(is_unspaced_char) && next.starts_with(is_unspaced_char);
        if before.is_some_and(char::is_alphanumeric) && next.starts_with(char::is_alphanumeric) && !unspaced {
            self.space = true;
        }
    }

    fn take(&mut self, c: char, source_start: usize, source_end: usize, verbatim: bool) {
        match fate(c) {
            Fate::Keep => {}
            Fate::Space => return self.gap(verbatim),
            Fate::Drop => return,
            Fate::Tell => {
                self.dropped += 1;
                return self.gap(verbatim);
            }
        }
        if c == ' ' || self.is_endless_abbreviation(c) {
            return self.gap(verbatim);
        }
        if unicode_normalization::char::is_combining_mark(c) {
            self.combining += 1;
            if self.combining > COMBINING_MAX {
                return;
            }
        } else {
            self.combining = 0;
            let soft = self.token_bytes >= TOKEN_BYTES_SOFT && self.is_good_break(c);
            if soft || self.token_bytes + c.len_utf8() + COMBINING_MAX * 4 > TOKEN_BYTES_MAX {
                self.gap(verbatim);
            }
        }
        if self.space && !self.spoken.is_empty() {
            self.spoken.push(' ');
            self.token_bytes = 0;
        }
        self.space = false;
        let row = self.row.get_or_insert(Row { spoken_start: self.spoken.len(), source_start, source_end });
        row.source_end = source_end;
        self.spoken.push(c);
        self.token_bytes += c.len_utf8();
    }

    /// Whether a full stop goes on with an abbreviation of too many letters.
    fn is_endless_abbreviation(&mut self, c: char) -> bool {
        if c.is_alphanumeric() {
            self.letters += 1;
            if self.letters > 1 {
                self.dotted = 0;
            }
            return false;
        }
        if c == '.' && self.letters == 1 {
            self.dotted += 1;
        }
        self.letters = 0;
        c == '.' && self.dotted > DOTTED_MAX
    }

    /// White space: it ends a row of verbatim text; words for one piece stay one row.
    fn gap(&mut self, verbatim: bool) {
        self.letters = 0;
        self.space = true;
        if verbatim {
            self.close();
        }
    }

    /// Whether a long token may be broken before `next`.
    fn is_good_break(&self, next: char) -> bool {
        let Some(last) = self.spoken.chars().next_back() else {
            return false;
        };
        let hiragana = |c: char| ('\u{3041}'..='\u{309F}').contains(&c);
        let han = |c: char| ('\u{4E00}'..='\u{9FFF}').contains(&c);
        (!last.is_alphanumeric() && next.is_alphanumeric() && !matches!(last, '\'' | '’' | '.' | ','))
            || (hiragana(last) && han(next))
    }

    fn close(&mut self) {
        if let Some(row) = self.row.take() {
            let bytes = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            self.map.push([
                bytes(row.spoken_start),
                bytes(self.spoken.len()),
                bytes(row.source_start),
                bytes(row.source_end),
            ]);
        }
    }
}
