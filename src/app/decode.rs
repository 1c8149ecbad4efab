//! Bytes → text: byte-order mark, declared charset, UTF-8, or what the bytes look like.

use encoding_rs::Encoding;

use crate::article::{Note, NoteKind};

/// Bytes looked at for `<meta charset>`; HTML asks for it within 1024 (WHATWG HTML §4.2.5.4), pages
/// are less strict.
const DECLARATION_BYTES_MAX: usize = 4096;

/// Share of control characters above which bytes are not text: one in this many.
const CONTROLS_ONE_IN: usize = 10;

/// A page's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// What was guessed or replaced on the way.
    pub notes: Vec<Note>,
}

/// Why bytes are not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadEncoding {
    /// A byte that no text has.
    #[error("this is not text: a zero byte at offset {offset}; give HTML, Markdown or plain text")]
    Zero {
        /// Where it is, in bytes from the start.
        offset: usize,
    },
    /// Many control characters.
    #[error(
        "this is not text: mostly control characters, the first at offset {offset}; give HTML, Markdown or plain text"
    )]
    Controls {
        /// Where the first one is, in bytes from the start.
        offset: usize,
    },
}

/// Turns a page's bytes into text: by its byte-order mark, else by the charset that the sender or
/// the page declares, else as UTF-8, else by what it looks like (told in a note).
///
/// # Errors
/// [`BadEncoding`] when the bytes are no text at all.
pub fn decode(bytes: &[u8], declared_charset: Option<&str>) -> Result<Decoded, BadEncoding> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return Ok(decode_in(encoding, bytes, Vec::new()));
    }
    refuse_binary(bytes)?;
    let declared = declared_charset
        .and_then(|label| Encoding::for_label(label.trim().as_bytes()))
        .or_else(|| declared_in_page(bytes));
    if let Some(encoding) = declared {
        let (_, malformed) = encoding.decode_without_bom_handling(bytes);
        if !malformed {
            return Ok(decode_in(encoding, bytes, Vec::new()));
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Decoded { text: text.to_owned(), notes: Vec::new() });
    }
    if is_nearly_utf8(bytes) {
        return Ok(decode_in(encoding_rs::UTF_8, bytes, Vec::new()));
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guessed = detector.guess(None, chardetng::Utf8Detection::Allow);
    let note = Note::new(NoteKind::Repaired, "text encoding guessed", guessed.name());
    Ok(decode_in(guessed, bytes, vec![note]))
}

/// Whether a text is UTF-8 but for a few broken places, as a file that was cut or joined.
fn is_nearly_utf8(bytes: &[u8]) -> bool {
    const SOUND_FOR_ONE_BROKEN: usize = 4;
    let (mut sound, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    sound >= broken * SOUND_FOR_ONE_BROKEN
}

fn decode_in(encoding: &'static Encoding, bytes: &[u8], mut notes: Vec<Note>) -> Decoded {
    let (text, _, malformed) = encoding.decode(bytes);
    if malformed {
        notes.push(Note::new(NoteKind::Repaired, "bytes that are no text replaced", encoding.name()));
    }
    Decoded { text: text.into_owned(), notes }
}

fn refuse_binary(bytes: &[u8]) -> Result<(), BadEncoding> {
    if let Some(offset) = bytes.iter().position(|byte| *byte == 0) {
        return Err(BadEncoding::Zero { offset });
    }
    let is_control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\n' | b'\r' | b'\t' | 0x0C | 0x1B);
    let controls = bytes.iter().filter(|byte| is_control(byte)).count();
    match bytes.iter().position(is_control) {
        Some(offset) if controls * CONTROLS_ONE_IN > bytes.len() => Err(BadEncoding::Controls { offset }),
        _ => Ok(()),
    }
}

/// The charset of `<meta charset=…>` or `<meta http-equiv=content-type content="…charset=…">`.
fn declared_in_page(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(DECLARATION_BYTES_MAX)];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let tags = head.match_indices("<meta").map(|(start, _)| {
        let tag = &head[start..];
        &tag[..tag.find('>').unwrap_or(tag.len())]
    });
    let label = tags.filter_map(|tag| tag.split_once("charset").map(|(_, rest)| rest)).find_map(|rest| {
        let value = rest.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
        let end = value
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':')))
            .unwrap_or(value.len());
        Some(value[..end].to_owned())
    })?;
    Encoding::for_label(label.as_bytes()).map(|encoding| {
        // A page that could be read to find this is not in UTF-16 (WHATWG HTML §13.2.3.2).
        if encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE {
            encoding_rs::UTF_8
        } else {
            encoding
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8], declared: Option<&str>) -> String {
        decode(bytes, declared).map(|decoded| decoded.text).unwrap_or_default()
    }

    #[test]
    fn bytes_are_read_as_the_page_says() {
        let (greek, _, _) = encoding_rs::WINDOWS_1253.encode("<meta charset=windows-1253><p>Καλημέρα");
        assert!(text(&greek, None).ends_with("Καλημέρα"));
        let (latin, _, _) = encoding_rs::WINDOWS_1252.encode("Café");
        assert_eq!(text(&latin, Some("iso-8859-1")), "Café");
        assert_eq!(text("\u{FEFF}Café".as_bytes(), Some("windows-1251")), "Café");
        assert_eq!(text(b"\xFF\xFEC\0a\0", None), "Ca");
        assert_eq!(
            text("Café".as_bytes(), Some("us-ascii")),
            "CafÃ©",
            "a declaration that can be true is believed"
        );
        assert_eq!(text("Café — 中".as_bytes(), Some("shift_jis-nonsense")), "Café — 中");
    }

    #[test]
    fn an_undeclared_page_is_guessed_and_that_is_told() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode("Вчера в городе открыли новый мост через реку.");
        let decoded = decode(&bytes, None).expect("text");
        assert_eq!(decoded.text, "Вчера в городе открыли новый мост через реку.");
        assert_eq!(decoded.notes.len(), 1);
    }

    #[test]
    fn a_broken_place_in_utf8_breaks_nothing_else() {
        let decoded =
            decode(b"Caf\xC3\xA9, \xE2\x80\x9Cna\xC3\xAFve\xE2\x80\x9D \xC3\x28 \xE2\x82\xAC5", None)
                .expect("text");
        assert_eq!(decoded.text, "Café, “naïve” \u{FFFD}( €5");
        assert_eq!(decoded.notes.len(), 1);
    }

    #[test]
    fn what_is_no_text_is_refused_with_the_place() {
        assert_eq!(decode(b"abc\0def", None), Err(BadEncoding::Zero { offset: 3 }));
        assert_eq!(decode(b"a\x01\x02\x03b", None), Err(BadEncoding::Controls { offset: 1 }));
        assert_eq!(text(b"", None), "");
    }
}
