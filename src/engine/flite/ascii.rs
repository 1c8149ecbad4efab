//! Flite knows ASCII: it drops the é of "café" and the ’ of "don’t". This writes them as it can read
//! them, and remembers where every byte came from.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// A text in ASCII.
pub(super) struct Folded {
    /// The text.
    pub(super) text: String,
    /// For every byte of it, the character of the source that it stands for.
    from: Vec<Range<u32>>,
}

impl Folded {
    /// Puts a comma behind the last word: Flite only pauses at a mark that touches one.
    fn pause(&mut self) {
        let word_end = self.text.trim_end().len();
        if self.text[..word_end].ends_with(|c: char| c.is_ascii_alphanumeric()) {
            let range = self.from[word_end - 1].clone();
            self.text.insert(word_end, ',');
            self.from.insert(word_end, range);
        }
    }

    /// The bytes of the source that a part of the text stands for.
    pub(super) fn source(&self, start: usize, end: usize) -> Range<u32> {
        match self.from.get(start..end) {
            Some([first, .., last]) => first.start..last.end,
            Some([only]) => only.clone(),
            _ => 0..0,
        }
    }
}

/// Writes `text` in ASCII; what has no likeness there becomes a space.
pub(super) fn fold(text: &str) -> Folded {
    let mut folded = Folded { text: String::with_capacity(text.len()), from: Vec::with_capacity(text.len()) };
    for (at, c) in text.char_indices() {
        if is_dash_between_words(c, &text[at + c.len_utf8()..], &folded.text) {
            folded.pause();
        }
        let range = at as u32..(at + c.len_utf8()) as u32;
        let before = folded.text.len();
        match c {
            c if c.is_ascii() => folded.text.push(c),
            c => match likeness(c) {
                Some(likeness) => folded.text.push_str(likeness),
                None => {
                    let parts =
                        std::iter::once(c).nfkd().map(|part| if part == '\u{2044}' { '/' } else { part });
                    folded.text.extend(parts.filter(char::is_ascii));
                }
            },
        }
        if folded.text.len() == before && !is_mark(c) {
            folded.text.push(' ');
        }
        folded.from.resize(folded.text.len(), range);
    }
    folded
}

/// An em dash, or an en dash with spaces around it.
fn is_dash_between_words(c: char, after: &str, before: &str) -> bool {
    matches!(c, '—' | '―') || (c == '–' && after.starts_with(' ') && before.ends_with(' '))
}

/// Combining marks and invisible characters inside words vanish instead of splitting the word.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fe0e}' | '\u{fe0f}')
}

/// Characters that Unicode does not decompose into ASCII.
fn likeness(c: char) -> Option<&'static str> {
    Some(match c {
        '‘' | '’' | '‛' | 'ʼ' | '′' => "'",
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' => "\"",
        '‐' | '‑' | '‒' | '–' | '−' => "-",
        '—' | '―' => " ",
        'æ' => "ae",
        'Æ' => "Ae",
        'œ' => "oe",
        'Œ' => "Oe",
        'ø' => "o",
        'Ø' => "O",
        'ß' => "ss",
        'þ' => "th",
        'Þ' => "Th",
        'ð' => "d",
        'Ð' | 'Đ' => "D",
        'đ' => "d",
        'ł' => "l",
        'Ł' => "L",
        'ı' => "i",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_and_quotes_keep_their_sound_and_their_place() {
        for (source, text) in [
            ("don’t", "don't"),
            ("Café Zürich, São Paulo", "Cafe Zurich, Sao Paulo"),
            ("cafe\u{301}s", "cafes"),
            ("Łódź – œuvre", "Lodz, - oeuvre"),
            ("5 km — no, — 5–6", "5 km,   no,   5-6"),
            ("co\u{ad}op", "coop"),
            ("北京 ok", "   ok"),
            ("“So—he”", "\"So, he\""),
            ("ﬁve½", "five1/2"),
        ] {
            assert_eq!(fold(source).text, text, "{source}");
        }
        let folded = fold("a “Çava” x");
        let at = folded.text.find("Cava").unwrap();
        assert_eq!(folded.source(at, at + 4), 5..10);
    }

    proptest! {
        #[test]
        fn every_byte_has_a_source_in_order(text in "\\PC{0,60}") {
            let folded = fold(&text);
            prop_assert!(folded.text.is_ascii());
            prop_assert_eq!(folded.text.len(), folded.from.len());
            for pair in folded.from.windows(2) {
                prop_assert!(pair[0] == pair[1] || pair[0].end <= pair[1].start);
            }
            for range in &folded.from {
                prop_assert!(text.get(range.start as usize..range.end as usize).is_some());
            }
        }
    }
}
