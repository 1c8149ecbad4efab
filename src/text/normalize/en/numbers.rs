//! Numbers in English words.

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

const SCALES: [&str; 12] = [
    "",
    "thousand",
    "million",
    "billion",
    "trillion",
    "quadrillion",
    "quintillion",
    "sextillion",
    "septillion",
    "octillion",
    "nonillion",
    "decillion",
];

/// Longer numbers are read digit by digit.
const DIGITS_MAX: usize = SCALES.len() * 3;

/// `854` → `eight hundred and fifty four`. The last group takes an "and", larger ones do not.
/// Leading zeros are not said; a number of too many digits is read digit by digit.
pub(super) fn cardinal(digits: &str) -> String {
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return ONES[0].to_owned();
    }
    if digits.len() > DIGITS_MAX || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return one_by_one(digits);
    }
    let mut words: Vec<&str> = Vec::new();
    let groups = digits.len().div_ceil(3);
    let mut end = digits.len() - (groups - 1) * 3;
    let mut start = 0;
    for group in (0..groups).rev() {
        let value: usize = digits[start..end].parse().unwrap_or(0);
        if value > 0 {
            let with_and = group == 0 && (value >= 100 || !words.is_empty());
            hundreds(value, with_and, &mut words);
            if group > 0 {
                words.push(SCALES[group]);
            }
        }
        start = end;
        end += 3;
    }
    words.join(" ")
}

/// A number below 1000.
fn hundreds(value: usize, with_and: bool, words: &mut Vec<&'static str>) {
    if value >= 100 {
        words.extend([ONES[value / 100 % 10], "hundred"]);
    }
    let rest = value % 100;
    if rest == 0 {
        return;
    }
    if with_and {
        words.push("and");
    }
    if rest < 20 {
        words.push(ONES[rest]);
    } else {
        words.push(TENS[rest / 10]);
        if !rest.is_multiple_of(10) {
            words.push(ONES[rest % 10]);
        }
    }
}

/// `21` → `twenty first`.
pub(super) fn ordinal(digits: &str) -> String {
    let words = cardinal(digits).replace(" and ", " ");
    let (head, last) = words.rsplit_once(' ').map_or(("", words.as_str()), |(head, last)| (head, last));
    let last = match last {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        other => other.strip_suffix('y').map_or_else(|| format!("{other}th"), |stem| format!("{stem}ieth")),
    };
    if head.is_empty() { last } else { format!("{head} {last}") }
}

/// `407` → `four zero seven`.
pub(super) fn one_by_one(digits: &str) -> String {
    let words: Vec<&str> =
        digits.bytes().filter(u8::is_ascii_digit).map(|b| ONES[usize::from(b - b'0')]).collect();
    words.join(" ")
}

/// A year of four digits, as it is said: `1999`, `2005`, `1906`, `1800`.
pub(super) fn year(digits: &str) -> String {
    if digits.len() != 4 || digits.starts_with('0') {
        return cardinal(digits);
    }
    let (century, rest) = digits.split_at(2);
    match (century, rest) {
        (_, "00") if century.ends_with('0') => cardinal(digits),
        (_, "00") => format!("{} hundred", cardinal(century)),
        _ if century.ends_with('0') && rest.starts_with('0') => cardinal(digits).replace(" and ", " "),
        _ if rest.starts_with('0') => format!("{} oh {}", cardinal(century), cardinal(rest)),
        _ => format!("{} {}", cardinal(century), cardinal(rest)),
    }
}

/// The plural of a spelled-out number or ordinal: `twenty` → `twenties`, `third` → `thirds`.
pub(super) fn plural(words: &str) -> String {
    match words.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if words.ends_with("six") => format!("{words}es"),
        None => format!("{words}s"),
    }
}

/// A number of a house, a flight or a road: `1428` in pairs, `123` as `one twenty three`.
pub(super) fn in_pairs(digits: &str) -> String {
    let zero_inside = digits.len() == 3 && digits.as_bytes().get(1) == Some(&b'0') && !digits.ends_with('0');
    match digits.len() {
        3 if zero_inside => one_by_one(digits),
        3 if !digits.ends_with("00") => {
            format!("{} {}", cardinal(&digits[..1]), cardinal(&digits[1..]))
        }
        4 => year(digits),
        n if n > 4 => one_by_one(digits),
        _ => cardinal(digits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cardinals() {
        for (digits, words) in [
            ("0", "zero"),
            ("000", "zero"),
            ("13", "thirteen"),
            ("40", "forty"),
            ("101", "one hundred and one"),
            ("18052", "eighteen thousand and fifty two"),
            ("123000", "one hundred twenty three thousand"),
            ("1000000", "one million"),
            ("1000001", "one million and one"),
        ] {
            assert_eq!(cardinal(digits), words);
        }
        assert_eq!(cardinal(&"1".repeat(40)), one_by_one(&"1".repeat(40)));
    }

    #[test]
    fn ordinals_and_plurals() {
        for (digits, words) in
            [("1", "first"), ("12", "twelfth"), ("20", "twentieth"), ("101", "one hundred first")]
        {
            assert_eq!(ordinal(digits), words);
        }
        assert_eq!(plural("twenty"), "twenties");
        assert_eq!(plural("six"), "sixes");
    }

    #[test]
    fn years() {
        for (digits, words) in [
            ("1999", "nineteen ninety nine"),
            ("1906", "nineteen oh six"),
            ("1800", "eighteen hundred"),
            ("2000", "two thousand"),
            ("2006", "two thousand six"),
            ("2026", "twenty twenty six"),
        ] {
            assert_eq!(year(digits), words);
        }
    }
}
