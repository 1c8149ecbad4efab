//! The code pages that UTF-8 is most often read in by mistake, as tables from character to byte.

use std::sync::LazyLock;

use encoding_rs::Encoding;

/// IBM code page 437, bytes 0x80–0xFF; `encoding_rs` holds only the encodings of the web.
const CP437_HIGH: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}";

/// A single-byte code page.
pub(super) struct CodePage {
    /// One of the ISO pages, which have no signs in 0x80–0x9F.
    pub(super) iso: bool,
    /// Fewest neighbouring sequences that count as evidence; more where the page's characters also
    /// stand side by side in sound text (box drawing, for one).
    pub(super) run_min: usize,
    /// Only Western text is read out of it: its signs and letters mix so freely that other readings
    /// are mostly chance.
    pub(super) western: bool,
    /// `(character, byte)` of the bytes 0x80–0xFF, sorted by character.
    bytes: Vec<(char, u8)>,
}

impl CodePage {
    /// The byte that this page shows as `c`. A byte without a character counts as the C1 control of
    /// the same value, as careless decoders have it, and so does a byte that another decoder on the
    /// way took for Latin-1.
    pub(super) fn byte(&self, c: char) -> Option<u8> {
        if let '\u{80}'..='\u{9F}' = c {
            return u8::try_from(u32::from(c)).ok();
        }
        self.bytes.binary_search_by_key(&c, |entry| entry.0).ok().map(|at| self.bytes[at].1)
    }

    fn new(iso: bool, run_min: usize, western: bool, high_half: impl Iterator<Item = char>) -> Self {
        let mut bytes: Vec<(char, u8)> =
            high_half.zip(0x80..=0xFF).filter(|(c, _)| *c != '\u{FFFD}').collect();
        bytes.sort_unstable();
        Self { iso, run_min, western, bytes }
    }

    fn of(encoding: &'static Encoding) -> Self {
        let decode = move |byte: u8| {
            let (text, _) = encoding.decode_without_bom_handling(std::slice::from_ref(&byte));
            text.chars().next().unwrap_or('\u{FFFD}')
        };
        Self::new(
            encoding == encoding_rs::ISO_8859_2,
            1,
            encoding == encoding_rs::MACINTOSH,
            (0x80..=0xFF).map(decode),
        )
    }
}

/// The pages, likeliest first; between equally good readings the earlier page wins.
pub(super) static CODE_PAGES: LazyLock<Vec<CodePage>> = LazyLock::new(|| {
    vec![
        CodePage::of(encoding_rs::WINDOWS_1252),
        CodePage::of(encoding_rs::WINDOWS_1251),
        CodePage::of(encoding_rs::WINDOWS_1253),
        CodePage::of(encoding_rs::WINDOWS_1250),
        CodePage::of(encoding_rs::ISO_8859_2),
        CodePage::of(encoding_rs::WINDOWS_1257),
        CodePage::of(encoding_rs::WINDOWS_1254),
        CodePage::of(encoding_rs::MACINTOSH),
        CodePage::new(false, 2, false, CP437_HIGH.chars()),
    ]
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_gives_back_the_byte_of_a_character() {
        let euro: Vec<Option<u8>> = CODE_PAGES.iter().take(5).map(|page| page.byte('€')).collect();
        assert_eq!(euro, [Some(0x80), Some(0x88), Some(0x80), Some(0x80), None]);
        assert_eq!(CP437_HIGH.chars().count(), 128);
        assert_eq!(CODE_PAGES[2].byte('\u{9D}'), Some(0x9D));
    }
}
