//! Which characters a voice may be given.

/// What becomes of a character on its way to a voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is given.
    Keep,
    /// It separates words.
    Space,
    /// It is left out without a word: it has no sound and no meaning for a listener.
    Drop,
    /// It is left out, and an editor should know: an emoji, a dingbat, an unknown character.
    Tell,
}

/// What becomes of a character.
pub(super) fn fate(c: char) -> Fate {
    match c {
        ' '..='~' => Fate::Keep,
        c if c.is_whitespace() => Fate::Space,
        // C0 and C1 controls: espeak-ng obeys some of them.
        c if c.is_control() => Fate::Drop,
        // Soft hyphen, zero-width and directional format characters, variation selectors, tags.
        '\u{AD}'
        | '\u{61C}'
        | '\u{180E}'
        | '\u{200B}'
        | '\u{200E}'
        | '\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E0FFF}' => Fate::Drop,
        '\u{200D}' | '\u{20E3}' | '\u{FFFC}' | '\u{FFFD}' => Fate::Drop,
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' => Fate::Tell,
        c if is_pictograph(c) => Fate::Tell,
        _ => Fate::Keep,
    }
}

/// Emoji, dingbats, box drawing and the like.
pub(super) fn is_pictograph(c: char) -> bool {
    matches!(c,
        '\u{2190}'..='\u{21FF}'    // arrows
        | '\u{2300}'..='\u{23FF}'  // technical
        | '\u{2400}'..='\u{245F}'  // control pictures, OCR
        | '\u{2500}'..='\u{25FF}'  // boxes, blocks, shapes
        | '\u{2600}'..='\u{26FF}'  // miscellaneous symbols
        | '\u{2700}'..='\u{27BF}'  // dingbats
        | '\u{27F0}'..='\u{27FF}' | '\u{2900}'..='\u{297F}' | '\u{2B00}'..='\u{2BFF}'
        | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}'
        | '\u{1F000}'..='\u{1FAFF}')
}
