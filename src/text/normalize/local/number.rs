//! Numbers as they are written on the continent: `1.234,56`, `12 500`, `3,5`.

use super::super::here::Here;
use super::super::token::Kind;
use super::Language;

/// Most groups of three digits in one number.
const GROUPS_MAX: usize = 6;

/// A number as it is written.
pub(super) struct Number {
    /// The digits before the comma, without what parts their groups.
    pub(super) whole: String,
    /// The digits after the comma.
    pub(super) fraction: Option<String>,
    /// It is written in groups of three.
    pub(super) grouped: bool,
    /// The groups are parted by white space.
    pub(super) spaced: bool,
    /// The fraction comes after a full stop.
    pub(super) pointed: bool,
    /// The token after it.
    pub(super) next: usize,
}

impl Number {
    /// The number that starts at a token.
    pub(super) fn at(here: &Here<'_, '_>, at: usize) -> Option<Self> {
        if !here.is(at, Kind::Digits) {
            return None;
        }
        let whole = here.text(at).to_owned();
        let mut number =
            Self { whole, fraction: None, grouped: false, spaced: false, pointed: false, next: at + 1 };
        if number.whole.len() <= 3 && !number.whole.starts_with('0') {
            number.take_groups(here);
        }
        let digits = here.is(number.next + 1, Kind::Digits) && !here.is_glued_at(number.next + 2);
        let goes_on =
            matches!(here.text(number.next + 2), "." | ",") && here.is(number.next + 3, Kind::Digits);
        let pointed = here.text(number.next) == "." && !number.grouped;
        if digits && !goes_on && (pointed || here.text(number.next) == ",") {
            number.fraction = Some(here.text(number.next + 1).to_owned());
            number.pointed = pointed;
            number.next += 2;
        }
        Some(number)
    }

    fn take_groups(&mut self, here: &Here<'_, '_>) {
        let group =
            |at: usize| here.is(at, Kind::Digits) && here.text(at).len() == 3 && !here.is(at + 1, Kind::Word);
        let first = here.text(self.next);
        self.spaced = here.is(self.next, Kind::Space);
        if !(first == "." || self.spaced && first.chars().count() == 1) {
            self.spaced = false;
            return;
        }
        let (start, digits) = (self.next, self.whole.len());
        for _ in 0..GROUPS_MAX {
            if here.text(self.next) != first || !group(self.next + 1) {
                break;
            }
            self.whole.push_str(here.text(self.next + 1));
            self.next += 2;
        }
        // "91 123 45 67" is a telephone number.
        if self.spaced && here.is(self.next, Kind::Space) && here.is(self.next + 1, Kind::Digits) {
            self.whole.truncate(digits);
            self.next = start;
        }
        self.grouped = self.next > start;
        self.spaced &= self.grouped;
    }

    /// Whether it is one thing.
    pub(super) fn is_one(&self) -> bool {
        self.whole == "1" && self.fraction.is_none()
    }

    /// Whether it is less than two.
    pub(super) fn is_below_two(&self) -> bool {
        matches!(self.whole.as_str(), "0" | "1")
    }

    /// As an engine is given it before what it counts (nothing, when it stands alone): digits without
    /// groups, and words where it reads digits wrong.
    pub(super) fn words(&self, language: &Language, noun: &str) -> String {
        let mark = if self.pointed { '.' } else { ',' };
        match &self.fraction {
            Some(fraction) => format!("{}{mark}{fraction}", self.whole),
            None => (language.count)(self, noun),
        }
    }
}
