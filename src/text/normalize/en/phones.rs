//! Telephone numbers, and numbers with several points: `123-555-0100`, `2.0.1`, `10.0.0.1`.

use super::super::Rewrite;
use super::super::token::Kind;
use super::{Here, numbers, say};

/// Most groups of a telephone number.
const GROUPS_MAX: usize = 7;

/// Fewest digits of a telephone number.
const DIGITS_MIN: usize = 7;

/// Fewest digits of a number that somebody is told to dial, in two groups.
const DIALLED_DIGITS_MIN: usize = 6;

/// Fewest digits of a telephone number that only its leading zero tells.
const TRUNK_DIGITS_MIN: usize = 10;

/// First groups of British service numbers, which may be short: `0800 1111`.
const SERVICES: &[&str] = &[
    "0300", "0303", "0330", "0333", "0343", "0344", "0345", "0370", "0371", "0800", "0808", "0843", "0844",
    "0845", "0870", "0871", "0872",
];

/// Words after which a spaced number is dialled: `call 116 123`.
const DIALLED: &[&str] = &["call", "dial", "ring", "phone", "text", "freephone", "helpline"];

/// Most parts of a dotted number.
const PARTS_MAX: usize = 8;

/// `123-123-5678`, `(123) 123-5678`, `+44 20 7946 0000`, `1-800-GO-U-HAUL`, `111-11-1111`.
pub(super) fn phone(here: &Here<'_, '_>) -> Option<Rewrite> {
    if here.is_glued_before(here.at) || matches!(here.before(here.at), "-" | "." | "," | "/" | "$") {
        return None;
    }
    let mut groups: Vec<&str> = Vec::new();
    let mut at = here.at;
    let dialled = is_dialled(here);
    let plus = here.text(at) == "+";
    at += usize::from(plus);
    let mut hyphens = 0;
    let mut brackets = false;
    while groups.len() < GROUPS_MAX {
        let start = groups.len();
        if here.text(at) == "("
            && here.is(at + 1, Kind::Digits)
            && here.text(at + 2) == ")"
            && here.text(at + 1).len() <= 4
        {
            groups.push(here.text(at + 1));
            brackets = true;
            at += 3;
        } else if here.is(at, Kind::Digits) || (hyphens >= 2 && is_letters(here.text(at))) {
            groups.push(here.text(at));
            at += 1;
        }
        if groups.len() == start {
            return None;
        }
        let joint = match here.text(at) {
            "-" | "‑" | "." => 1,
            _ if here.is(at, Kind::Space) => 1,
            _ if brackets && here.is(at, Kind::Digits) => 0,
            _ => break,
        };
        let dash = here.text(at) == "-" || here.text(at) == "‑";
        let trunk = is_trunk(groups[0]);
        let spaced_ok = plus || brackets || trunk || dialled;
        let most = if trunk { 6 } else { 4 };
        let goes_on = here.is(at + joint, Kind::Digits) && here.text(at + joint).len() <= most
            || here.text(at + joint) == "(" && plus && here.is(at + joint + 1, Kind::Digits)
            || dash && hyphens >= 1 && is_letters(here.text(at + joint));
        if !goes_on
            || !(dash || spaced_ok || here.text(at) == "." && groups.len() <= 3 && is_dotted_phone(here))
        {
            break;
        }
        hyphens += usize::from(dash || here.text(at) == ".");
        at += joint;
    }
    let digits: usize = groups.iter().map(|group| group.len()).sum();
    let shaped = plus && groups.len() >= 2
        || brackets && groups.len() >= 2
        || hyphens >= 2
        || groups.len() >= 2 && is_trunk(groups[0]) && digits >= TRUNK_DIGITS_MIN
        || groups.len() >= 2 && SERVICES.contains(&groups[0])
        || is_local(&groups, hyphens)
        || dialled && groups.len() == 2 && groups[0].len() == 3;
    let enough = if dialled { DIALLED_DIGITS_MIN } else { DIGITS_MIN };
    if !shaped || digits < enough || here.is_glued_at(at) || groups.iter().any(|group| group.len() > 9) {
        return None;
    }
    let words: Vec<String> = groups.iter().map(|group| group_words(group)).collect();
    say(at, format!("{}{}", if plus { "plus " } else { "" }, words.join(", ")), "telephone number")
}

/// `020 7946 0000`: a number starts with a zero where it is dialled inside a country.
fn is_trunk(group: &str) -> bool {
    group.starts_with('0') && (3..=5).contains(&group.len())
}

/// "call 116 123", "call the helpline on 116 123".
fn is_dialled(here: &Here<'_, '_>) -> bool {
    let before = here.word_before(here.at).to_lowercase();
    let back = |words: usize| here.at.checked_sub(2 * words).map_or("", |at| here.text(at)).to_lowercase();
    DIALLED.contains(&before.as_str())
        || before == "on" && (2..=4).any(|words| DIALLED.contains(&back(words).as_str()))
}

/// `555-0100`.
fn is_local(groups: &[&str], hyphens: usize) -> bool {
    hyphens == 1 && matches!(groups, [a, b] if a.len() == 3 && b.len() == 4)
}

/// `123.555.0100`.
fn is_dotted_phone(here: &Here<'_, '_>) -> bool {
    let lengths = [here.text(here.at).len(), here.text(here.at + 2).len(), here.text(here.at + 4).len()];
    lengths == [3, 3, 4] && here.text(here.at + 3) == "."
}

fn is_letters(text: &str) -> bool {
    !text.is_empty() && text.len() <= 8 && text.bytes().all(|b| b.is_ascii_uppercase())
}

fn group_words(group: &str) -> String {
    match group {
        _ if is_letters(group) => group.to_owned(),
        _ if SERVICES.contains(&group) && group.ends_with("00") => {
            format!("oh {}", numbers::cardinal(&group[1..]))
        }
        _ if group.len() == 3 && group.ends_with("00") && !group.starts_with('0') => numbers::cardinal(group),
        _ => numbers::one_by_one(group),
    }
}

/// `2.0.1`, `10.0.0.1`, `v1.2.3`.
pub(super) fn dotted(here: &Here<'_, '_>) -> Option<Rewrite> {
    if here.text(here.at + 1) != "." || here.text(here.at + 3) != "." || here.before(here.at) == "." {
        return None;
    }
    let mut parts = vec![here.text(here.at)];
    let mut at = here.at + 1;
    while here.text(at) == "." && here.is(at + 1, Kind::Digits) && parts.len() < PARTS_MAX {
        parts.push(here.text(at + 1));
        at += 2;
    }
    let address = parts.len() == 4 && parts.iter().all(|part| part.len() <= 3);
    if parts.len() < 3 || here.is_glued_at(at) {
        return None;
    }
    let words: Vec<String> = parts
        .iter()
        .map(|part| {
            if address || part.starts_with('0') { numbers::one_by_one(part) } else { numbers::cardinal(part) }
        })
        .collect();
    say(at, words.join(if address { " dot " } else { " point " }), "version")
}
