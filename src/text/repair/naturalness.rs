//! How likely two characters are to stand side by side in sound text. Mojibake puts symbols, quotes
//! and capitals where no language does; a repair is believed only when it makes text more natural.

/// What a character is, as far as its neighbours are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Lower,
    Upper,
    /// A letter without case: Hebrew, Arabic, Han, kana, …
    Letter,
    /// What may follow a word without a space: closing quotes, dashes, ellipsis, marks.
    Close,
    /// What precedes a word: opening quotes and inverted marks.
    Open,
    /// Signs that stand apart from words.
    Symbol,
    /// Superscripts, fractions, degree sign: natural after digits and ASCII letters only.
    Raised,
    Control,
    Lost,
    Other,
}

fn class(c: char) -> Class {
    match c {
        '\u{80}'..='\u{9F}' => Class::Control,
        '\u{FFFD}' => Class::Lost,
        '’' | '”' | '»' | '›' | '…' | '–' | '—' | '™' | '®' | '·' | '•' => Class::Close,
        '‘' | '“' | '„' | '‚' | '«' | '‹' | '¡' | '¿' => Class::Open,
        '°' | '²' | '³' | '¹' | '¼' | '½' | '¾' | 'º' | 'ª' => Class::Raised,
        '\u{A2}'..='\u{BE}'
        | '×'
        | '€'
        | '†'
        | '‡'
        | '‰'
        | 'ƒ'
        | 'ˆ'
        | '˜'
        | 'ˇ'
        | '˘'
        | '˛'
        | '˝'
        | '\u{384}'
        | '\u{385}'
        | '―'
        | '√'
        | '∞'
        | '≈'
        | '≠'
        | '≤'
        | '≥'
        | '∂'
        | '∑'
        | '∏'
        | '∫'
        | '\u{2500}'..='\u{259F}'
        | '⌐'
        | '∙' => Class::Symbol,
        _ if c.is_lowercase() => Class::Lower,
        _ if c.is_uppercase() => Class::Upper,
        _ if c.is_alphabetic() => Class::Letter,
        _ => Class::Other,
    }
}

fn is_letter(class: Class) -> bool {
    matches!(class, Class::Lower | Class::Upper | Class::Letter)
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52F}')
}

/// Whether `c` is a letter or sign that only serves mathematics next to `√`.
fn is_mathematical(c: char) -> bool {
    matches!(c, 'π' | '∞' | '∂' | '∑' | '∏' | '∫' | 'Ω' | 'µ')
}

/// How many of the neighbouring pairs in `chars` no sound text has.
pub(super) fn odd_pairs(chars: &[char]) -> usize {
    chars.windows(2).filter(|pair| is_odd(pair[0], pair[1])).count()
}

fn is_odd(a: char, b: char) -> bool {
    use Class::{Close, Control, Letter, Lost, Lower, Open, Other, Raised, Symbol, Upper};
    let (left, right) = (class(a), class(b));
    match (left, right) {
        (Control, _) | (_, Control) => true,
        (Lower | Upper | Letter, Lost) => !a.is_ascii(),
        (Lower, Upper) => !b.is_ascii() || !(a.is_ascii() || a == 'ß'),
        (Lower, Lower) if b == 'œ' => !a.is_ascii(),
        _ if a == '√' => !b.is_ascii() && !is_mathematical(b),
        (Lower | Upper | Letter, Symbol | Open) => true,
        (Lower | Upper | Letter, Raised) => !a.is_ascii(),
        (Symbol, Lower | Upper | Letter) => {
            !b.is_ascii() || matches!(a, '¶' | '¬' | '¦' | '†' | '‡' | 'ƒ' | '¸' | '©')
        }
        (Symbol, Other) => matches!(a, '¶' | '¬' | '¦') && b.is_ascii_digit(),
        (Raised, Lower | Upper | Letter) => !(a == '°' && matches!(b, 'C' | 'F' | 'K')),
        (Symbol | Raised, Symbol | Raised) => a != b,
        (Close, Lower | Upper | Open) if matches!(a, '™' | '®' | '›') => true,
        _ if is_letter(left) && is_letter(right) => is_cyrillic(a) != is_cyrillic(b),
        _ => false,
    }
}

/// Whether `sign` may close a word: a closing quote, a dash, an ellipsis, a no-break space.
pub(super) fn closes_a_word(sign: char) -> bool {
    class(sign) == Class::Close || sign == '\u{A0}'
}

/// Whether `c` is a sign that no word ends with, such as `ƒ`, `€` or `†`.
pub(super) fn is_stray(c: char) -> bool {
    matches!(class(c), Class::Symbol | Class::Control)
}

/// Whether Western texts hold `c`: Latin letters of the common blocks, punctuation and signs.
pub(super) fn is_western(c: char) -> bool {
    matches!(c, '\u{A0}'..='\u{17F}' | '\u{2000}'..='\u{2BFF}' | '\u{FB00}'..='\u{FB06}' | '\u{FFFD}')
}

/// Whether many texts hold `c`: letters of the larger living scripts, punctuation, signs, emoji.
pub(super) fn is_common(c: char) -> bool {
    is_western(c)
        || matches!(c,
            '\u{218}'..='\u{21B}' | '\u{386}'..='\u{3CE}' | '\u{400}'..='\u{45F}' | '\u{490}'..='\u{491}'
            | '\u{5D0}'..='\u{5EA}' | '\u{60C}'..='\u{64A}' | '\u{900}'..='\u{DFF}' | '\u{E00}'..='\u{E5B}'
            | '\u{1E00}'..='\u{1EFF}' | '\u{3000}'..='\u{30FF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{FF00}'..='\u{FF60}' | '\u{1F000}'..='\u{1FAFF}')
}

/// Whether some texts hold `c`: one of these alone is no proof that its reading is right.
pub(super) fn is_rare(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9F}' | '\u{180}'..='\u{217}' | '\u{21C}'..='\u{24F}' | '\u{2B0}'..='\u{36F}' | '\u{460}'..='\u{48F}'
        | '\u{492}'..='\u{5CF}' | '\u{5EB}'..='\u{60B}' | '\u{64B}'..='\u{6FF}' | '\u{E5C}'..='\u{EFF}'
        | '\u{10A0}'..='\u{10FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
}

/// Whether `c` is one of the letters that Han, Hangul and the like write without spaces: a run of
/// them proves more than one alone.
pub(super) fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
}
