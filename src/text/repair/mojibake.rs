//! UTF-8 that was read in a single-byte code page (`â€™` for `’`), put right where the reading is
//! certain. Every place is judged by itself, so a text that mixes sound and broken sentences keeps
//! the sound ones as they are.

use super::naturalness::{closes_a_word, is_common, is_ideograph, is_rare, is_stray, is_western, odd_pairs};
use super::pages::{CODE_PAGES, CodePage};

/// Times a text can have been misread over and again; each pass takes one layer off.
const LAYERS_MAX: usize = 4;

/// Characters judged together; longer runs are judged in pieces, so that time stays linear.
const RUN_CHARS_MAX: usize = 192;

/// A place that was put right.
pub(super) struct Mend {
    /// What stood there.
    pub(super) broken: String,
    /// What it says.
    pub(super) sound: String,
}

/// The text with its mojibake put right, or `None` when there is none.
pub(super) fn mend(text: &str) -> Option<(String, Vec<Mend>)> {
    if text.is_ascii() {
        return None;
    }
    let mut mends = Vec::new();
    let mut judge = Judge::of(text);
    let mut sound: Option<Vec<char>> = None;
    for _ in 0..LAYERS_MAX {
        let chars = sound.take().unwrap_or_else(|| text.chars().collect());
        let told = mends.len();
        // First what is certain by itself; then, for the pages that were seen at work, what lost a
        // byte on the way (a no-break space folded to a space, a `?`).
        let certain = judge.pass(&chars, false, &mut mends);
        let layer = if judge.seen.contains(&true) { judge.pass(&certain, true, &mut mends) } else { certain };
        let done = mends.len() == told;
        sound = Some(layer);
        if done {
            break;
        }
    }
    (!mends.is_empty()).then(|| (sound.unwrap_or_default().into_iter().collect(), mends))
}

/// What is known of a text while it is read.
struct Judge {
    /// The pages in the order they are tried.
    order: Vec<usize>,
    /// Which pages were seen at work.
    seen: Vec<bool>,
}

impl Judge {
    fn of(text: &str) -> Self {
        let mut order: Vec<usize> = (0..CODE_PAGES.len()).collect();
        // ISO pages have controls where the Windows ones have signs.
        if text.contains(is_central_european_sign) {
            order.sort_by_key(|at| (*at > 1 && !CODE_PAGES[*at].iso, *at));
        }
        Self { order, seen: vec![false; CODE_PAGES.len()] }
    }

    fn pass(&mut self, chars: &[char], lossy: bool, mends: &mut Vec<Mend>) -> Vec<char> {
        let mut out = Vec::with_capacity(chars.len());
        let (mut at, mut mended_to) = (0, 0);
        while at < chars.len() {
            let best = if chars[at].is_ascii() || is_amid_garble(&chars[mended_to..at], chars[at]) {
                None
            } else {
                self.best_run(chars, at, lossy)
            };
            if let Some(run) = best {
                mends.push(Mend {
                    broken: chars[at..at + run.chars].iter().collect(),
                    sound: run.sound.iter().collect(),
                });
                out.extend(run.sound);
                at += run.chars;
                mended_to = at;
            } else {
                out.push(chars[at]);
                at += 1;
            }
        }
        out
    }

    /// The believable reading at `at` that makes the text most natural.
    fn best_run(&mut self, chars: &[char], at: usize, lossy: bool) -> Option<Run> {
        let mut best: Option<Run> = None;
        let mut best_gain = 0;
        for &page in &self.order {
            if lossy && !self.seen[page] {
                continue;
            }
            let Some(run) = Run::read(chars, at, &CODE_PAGES[page], lossy) else { continue };
            let gain = run.gain(chars, at, &CODE_PAGES[page], self.seen[page]);
            if gain > best_gain {
                (best, best_gain) = (Some(run), gain);
            }
        }
        let best = best?;
        for (page, seen) in self.seen.iter_mut().enumerate() {
            *seen |=
                Run::read(chars, at, &CODE_PAGES[page], lossy).is_some_and(|run| run.sound == best.sound);
        }
        Some(best)
    }
}

/// Whether `c` is a control in whose place windows-1250 has a sign: the text was not read in it.
fn is_central_european_sign(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9F}') && !matches!(c, '\u{81}' | '\u{83}' | '\u{88}' | '\u{90}' | '\u{98}')
}

/// Neighbouring sequences that one page explains.
struct Run {
    /// What they say.
    sound: Vec<char>,
    /// Characters of the text they take.
    chars: usize,
    /// How many sequences.
    sequences: usize,
    /// How many of them lost a byte.
    lost: usize,
}

impl Run {
    fn read(chars: &[char], at: usize, page: &CodePage, lossy: bool) -> Option<Self> {
        let mut run = Self { sound: Vec::new(), chars: 0, sequences: 0, lost: 0 };
        while run.chars < RUN_CHARS_MAX {
            let Some(sequence) = Sequence::read(&chars[at + run.chars..], page, lossy) else {
                break;
            };
            run.sound.extend(sequence.sound);
            run.chars += sequence.chars;
            run.sequences += 1;
            run.lost += usize::from(sequence.lost);
        }
        (run.sequences > 0).then_some(run)
    }

    /// How much more natural the reading makes the text; 0 when it is not to be believed.
    fn gain(&self, chars: &[char], at: usize, page: &CodePage, page_seen: bool) -> usize {
        let may_hold = |c: &char| {
            if page.western { is_western(*c) } else { is_common(*c) || is_rare(*c) }
        };
        if self.sequences < page.run_min || !self.sound.iter().all(|c| *c == ' ' || may_hold(c)) {
            return 0;
        }
        let end = at + self.chars;
        let broken = &chars[at..end];
        let before = at.checked_sub(1).map(|i| chars[i]);
        let after = chars.get(end).copied();
        let framed = |inner: &[char]| -> Vec<char> {
            before.into_iter().chain(inner.iter().copied()).chain(after).collect()
        };
        let mut odd = odd_pairs(&framed(broken)) + self.lone_capital(chars, at) + self.lost;
        if page_seen {
            odd += usize::from(is_sign_of_three(broken[0], page, &self.sound)) + two_capitals(chars, at);
        } else if self.sequences == 1 && looks_like_word_end(broken) {
            return 0;
        }
        let framed = framed(&self.sound);
        let odd_after = framed.windows(2).filter(|pair| !is_next_layer(pair)).map(odd_pairs).sum::<usize>();
        let rare = self.sound.iter().filter(|c| is_rare(**c)).count();
        let chance = if self.sequences > 1 && self.sound.iter().copied().all(is_ideograph) {
            1
        } else if page_seen {
            0
        } else {
            rare
        };
        odd.saturating_sub(odd_after + chance)
    }

    /// `Ã` or `Â` before a closing sign (`Ã“`, `Â»`), and any capital there in a longer run: evidence
    /// too, unless a word in capitals ends here.
    fn lone_capital(&self, chars: &[char], at: usize) -> usize {
        let after_capitals = at >= 2 && chars[at - 1].is_uppercase() && chars[at - 2].is_uppercase();
        let after_capital = at >= 1 && chars[at - 1].is_uppercase();
        let lead = chars[at];
        let closes = chars.get(at + 1).copied().is_some_and(closes_a_word);
        if !closes || after_capitals || !lead.is_uppercase() {
            return 0;
        }
        let lead_tells = matches!(lead, 'Ã' | 'Â') || (self.sequences >= 2 && !after_capital);
        usize::from(lead_tells)
    }
}

/// Whether a sequence of three is read as general punctuation or a sign, as most broken ones are.
fn is_sign_of_three(lead: char, page: &CodePage, sound: &[char]) -> bool {
    page.byte(lead) == Some(0xE2) && sound.iter().all(|c| matches!(c, '\u{2000}'..='\u{2BFF}'))
}

/// Two accented capitals inside a word of small letters.
fn two_capitals(chars: &[char], at: usize) -> usize {
    let is_capital = |i: usize| chars.get(i).is_some_and(|c| c.is_uppercase() && !c.is_ascii());
    let goes_on_small = chars.get(at + 2).is_some_and(|c| c.is_lowercase());
    usize::from(is_capital(at) && is_capital(at + 1) && goes_on_small)
}

/// Whether a pair is mojibake of windows-1252 itself: text that was misread more than once shows it
/// after a layer is taken off, and it does not speak against the reading.
fn is_next_layer(pair: &[char]) -> bool {
    let byte = |at: usize| CODE_PAGES[0].byte(pair[at]);
    matches!(byte(0), Some(0xC2..=0xF4)) && matches!(byte(1), Some(0x80..=0xBF))
}

/// A small letter and closing signs only (`é…”`, `à »`): how a quotation ends in sound text.
fn looks_like_word_end(broken: &[char]) -> bool {
    broken[0].is_lowercase() && broken[1..].iter().copied().all(closes_a_word)
}

/// Whether what stands right before a lead character is mojibake that cannot be read: then neither
/// can what follows.
fn is_amid_garble(before: &[char], lead: char) -> bool {
    const LOOK_BACK: usize = 12;
    let joined = before.iter().rev().take(LOOK_BACK).take_while(|c| !c.is_ascii());
    let mut stray = is_stray(lead);
    for c in joined {
        if stray && c.is_lowercase() {
            return true;
        }
        stray |= is_stray(*c);
    }
    false
}

/// One character's worth of misread bytes.
struct Sequence {
    sound: Vec<char>,
    chars: usize,
    /// Whether a byte of it was lost.
    lost: bool,
}

impl Sequence {
    fn of(sound: char, chars: usize) -> Self {
        Self { sound: vec![sound], chars, lost: false }
    }

    fn read(chars: &[char], page: &CodePage, lossy: bool) -> Option<Self> {
        let lead = page.byte(*chars.first()?)?;
        let length = match lead {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => return None,
        };
        let tail: Vec<Tail> = chars.iter().skip(1).take(length - 1).map(|c| Tail::of(*c, page)).collect();
        let whole: Option<Vec<u8>> = tail.iter().map(|tail| tail.byte()).collect();
        if let Some(tail_bytes) = whole.filter(|bytes| bytes.len() == length - 1) {
            return decode(lead, &tail_bytes, chars, page);
        }
        if !lossy {
            return None;
        }
        Self::read_lossy(lead, length, &tail, chars).map(|sequence| Self { lost: true, ..sequence })
    }

    /// A sequence that lost a byte: a no-break space that became a space can be known, another loss
    /// leaves the replacement character.
    fn read_lossy(lead: u8, length: usize, tail: &[Tail], chars: &[char]) -> Option<Self> {
        let spaces = tail.iter().filter(|tail| matches!(tail, Tail::Space)).count();
        if length == 2 && spaces == 1 {
            return read_lost_space(lead, chars);
        }
        let lost = tail.iter().take_while(|tail| !matches!(tail, Tail::Foreign)).count();
        let has_mark = tail.iter().any(|tail| matches!(tail, Tail::Lost));
        let question = tail.iter().any(|tail| matches!(tail, Tail::Question));
        if lost == length - 1 && spaces == 1 && !has_mark && !question {
            let bytes: Vec<u8> =
                std::iter::once(lead).chain(tail.iter().map(|tail| tail.byte().unwrap_or(0xA0))).collect();
            let sound = std::str::from_utf8(&bytes).ok()?.chars().next()?;
            return is_common(sound).then(|| Self::of(sound, length));
        }
        if spaces > 0 || (question && length == 2 && lead > 0xC3) {
            return None;
        }
        if lost == length - 1 && (has_mark || question) {
            return Some(Self::of('\u{FFFD}', length));
        }
        // The mark stands for all that was lost, so fewer characters than bytes may be left.
        let end = tail.iter().position(|tail| matches!(tail, Tail::Lost))?;
        (end < lost).then(|| Self::of('\u{FFFD}', end + 2))
    }
}

/// What can follow a lead byte.
enum Tail {
    Byte(u8),
    Space,
    Question,
    Lost,
    Foreign,
}

impl Tail {
    fn of(c: char, page: &CodePage) -> Self {
        match (c, page.byte(c)) {
            (_, Some(byte @ 0x80..=0xBF)) => Self::Byte(byte),
            (' ', _) => Self::Space,
            ('?', _) => Self::Question,
            ('\u{FFFD}', _) => Self::Lost,
            _ => Self::Foreign,
        }
    }

    fn byte(&self) -> Option<u8> {
        if let Self::Byte(byte) = self { Some(*byte) } else { None }
    }
}

/// `Ã ` is `à` with its own space after it, but for Portuguese `às`, `àquele`; other leads only
/// where a word goes on (`Å veices` is `Šveices`).
fn read_lost_space(lead: u8, chars: &[char]) -> Option<Sequence> {
    let rest = &chars[2..];
    let goes_on = rest.first().is_some_and(|c| c.is_lowercase());
    let starts =
        |word: &str| rest.len() >= word.len() && word.chars().eq(rest.iter().take(word.len()).copied());
    let sound = std::str::from_utf8(&[lead, 0xA0]).ok()?.chars().next()?;
    match lead {
        0xC2 => Some(Sequence::of('\u{A0}', 2)),
        0xC3 if ["s ", "quele", "quela", "quilo"].iter().any(|word| starts(word)) => {
            Some(Sequence::of('à', 2))
        }
        0xC3 => Some(Sequence { sound: vec!['à', ' '], chars: 2, lost: true }),
        0xC5 if goes_on => Some(Sequence::of(sound, 2)),
        _ => None,
    }
}

/// UTF-8, or CESU-8's two halves of a surrogate pair (Unicode Technical Report 26).
fn decode(lead: u8, tail: &[u8], chars: &[char], page: &CodePage) -> Option<Sequence> {
    let mut bytes = [lead, 0, 0, 0];
    bytes[1..=tail.len()].copy_from_slice(tail);
    if let Ok(text) = std::str::from_utf8(&bytes[..=tail.len()]) {
        return text.chars().next().map(|sound| Sequence::of(sound, tail.len() + 1));
    }
    let unit = |lead: u8, tail: &[u8]| {
        (lead == 0xED && tail.len() == 2)
            .then(|| 0xD000 | u16::from(tail[0] & 0x3F) << 6 | u16::from(tail[1] & 0x3F))
    };
    let low: Option<Vec<u8>> = chars.get(3..6)?.iter().map(|c| page.byte(*c)).collect();
    let low = low?;
    let units = [unit(lead, tail)?, unit(low[0], &low[1..])?];
    let sound = char::decode_utf16(units).next()?.ok()?;
    Some(Sequence::of(sound, 6))
}
