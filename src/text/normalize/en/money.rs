//! Amounts of money.

use super::super::Rewrite;
use super::super::token::Kind;
use super::quantity::{Number, unit_name};
use super::{Here, numbers, say};

/// A currency: its mark or code, one and several of it, one and several of its hundredth.
struct Currency {
    marks: &'static [&'static str],
    one: &'static str,
    many: &'static str,
    cent: &'static str,
    cents: &'static str,
}

const fn currency(marks: &'static [&'static str], names: [&'static str; 4]) -> Currency {
    let [one, many, cent, cents] = names;
    Currency { marks, one, many, cent, cents }
}

const CURRENCIES: &[Currency] = &[
    currency(&["$"], ["dollar", "dollars", "cent", "cents"]),
    currency(&["US$", "USD"], ["U S dollar", "U S dollars", "cent", "cents"]),
    currency(&["A$", "AU$", "AUD"], ["Australian dollar", "Australian dollars", "cent", "cents"]),
    currency(&["C$", "CA$", "CAD"], ["Canadian dollar", "Canadian dollars", "cent", "cents"]),
    currency(&["NZ$", "NZD"], ["New Zealand dollar", "New Zealand dollars", "cent", "cents"]),
    currency(&["HK$", "HKD"], ["Hong Kong dollar", "Hong Kong dollars", "cent", "cents"]),
    currency(&["S$", "SGD"], ["Singapore dollar", "Singapore dollars", "cent", "cents"]),
    currency(&["NT$", "TWD"], ["Taiwan dollar", "Taiwan dollars", "cent", "cents"]),
    currency(&["R$", "BRL"], ["real", "reais", "centavo", "centavos"]),
    currency(&["€", "EUR"], ["euro", "euros", "cent", "cents"]),
    currency(&["£", "GBP"], ["pound", "pounds", "penny", "pence"]),
    currency(&["¥", "￥", "JPY"], ["yen", "yen", "sen", "sen"]),
    currency(&["CNY", "RMB"], ["yuan", "yuan", "fen", "fen"]),
    currency(&["₹", "INR", "Rs"], ["rupee", "rupees", "paisa", "paise"]),
    currency(&["₩", "KRW"], ["won", "won", "jeon", "jeon"]),
    currency(&["₽", "RUB"], ["ruble", "rubles", "kopek", "kopeks"]),
    currency(&["₺"], ["lira", "lira", "kurus", "kurus"]),
    currency(&["₪", "ILS"], ["shekel", "shekels", "agora", "agorot"]),
    currency(&["₴"], ["hryvnia", "hryvnias", "kopeck", "kopecks"]),
    currency(&["₦"], ["naira", "naira", "kobo", "kobo"]),
    currency(&["₱"], ["peso", "pesos", "centavo", "centavos"]),
    currency(&["฿"], ["baht", "baht", "satang", "satang"]),
    currency(&["₫"], ["dong", "dong", "xu", "xu"]),
    currency(&["₿", "BTC"], ["bitcoin", "bitcoins", "cent", "cents"]),
    currency(&["CHF"], ["Swiss franc", "Swiss francs", "centime", "centimes"]),
    currency(&["SEK"], ["Swedish krona", "Swedish kronor", "ore", "ore"]),
    currency(&["NOK"], ["Norwegian krone", "Norwegian kroner", "ore", "ore"]),
    currency(&["DKK"], ["Danish krone", "Danish kroner", "ore", "ore"]),
    currency(&["ZAR"], ["rand", "rand", "cent", "cents"]),
    currency(&["MXN"], ["Mexican peso", "Mexican pesos", "centavo", "centavos"]),
];

fn find(mark: &str) -> Option<&'static Currency> {
    CURRENCIES.iter().find(|currency| currency.marks.contains(&mark))
}

/// `$1.5bn`, `€5m`, `£4.99`, `$150.25-$250.67`.
pub(super) fn symbol_first(here: &Here<'_, '_>) -> Option<Rewrite> {
    let currency = find(here.text(here.at))?;
    if here.is_glued_before(here.at) {
        return None;
    }
    amount(here, currency, here.at + 1)
}

/// `US$5`, `A$1.5bn`, `USD 5m`, `EUR 20`.
pub(super) fn code_first(here: &Here<'_, '_>) -> Option<Rewrite> {
    let code = here.text(here.at);
    if here.is_glued_before(here.at) || !(code == "Rs" || code.bytes().all(|b| b.is_ascii_uppercase())) {
        return None;
    }
    if here.text(here.at + 1) == "$" && code.len() <= 2 {
        let marked = format!("{code}$");
        return amount(here, find(&marked)?, here.at + 2);
    }
    let dot = usize::from(code == "Rs" && here.text(here.at + 1) == ".");
    amount(here, find(code)?, here.at + 1 + dot)
}

/// The amount that starts after the mark of a currency, with a range's second amount.
fn amount(here: &Here<'_, '_>, currency: &Currency, at: usize) -> Option<Rewrite> {
    let at = here.skip_space(at);
    let (first, next) = one_amount(here, currency, at)?;
    let dash = next;
    if matches!(here.text(dash), "-" | "–" | "—") {
        let after = dash + 1;
        let second = if find(here.text(after)).is_some() { after + 1 } else { after };
        let is_number = here.is(second, Kind::Digits);
        if let Some((words, end)) = is_number.then(|| one_amount(here, currency, second)).flatten() {
            let first = range_start(here, at, dash).unwrap_or(first);
            return say(end, format!("{first} to {words}"), "money");
        }
    }
    say(next, first, "money")
}

/// In "$5–10m" the first amount has neither magnitude nor the currency's name.
fn range_start(here: &Here<'_, '_>, at: usize, dash: usize) -> Option<String> {
    let named_again = find(here.text(dash + 1)).is_some();
    let number = Number::at(here, at)?;
    let bare = number.next == dash && number.fraction.as_ref().is_none_or(|f| f.len() != 2);
    (!named_again && bare).then(|| number.words())
}

fn one_amount(here: &Here<'_, '_>, currency: &Currency, at: usize) -> Option<(String, usize)> {
    let number = Number::at(here, at)?;
    let (words, mut next) = match magnitude(here, number.next) {
        Some((name, next)) => {
            let unit = if here.is_adjective(next) { currency.one } else { currency.many };
            (format!("{} {name} {unit}", number.words()), next)
        }
        None => (plain(here, currency, &number), number.next),
    };
    // An amount in a serial number ("$12@12%") is none.
    if here.is(next, Kind::Word) || here.text(next) == "@" {
        return None;
    }
    let mut words = words;
    let per = here.text(next + 1);
    if here.text(next) == "/"
        && here.is(next + 1, Kind::Word)
        && !here.is_glued_at(next + 2)
        && !super::is_capital(per)
    {
        words = format!("{words} per {}", unit_name(per, true).unwrap_or_else(|| per.to_owned()));
        next += 2;
    }
    Some((words, next))
}

/// An amount without a magnitude: with cents where two digits say so.
fn plain(here: &Here<'_, '_>, currency: &Currency, number: &Number) -> String {
    let adjective = here.is_adjective(number.next) || compounds(here, number.next);
    let name = |one: bool| if one || adjective { currency.one } else { currency.many };
    let Some(fraction) = &number.fraction else {
        return format!("{} {}", number.words(), name(number.whole == "1"));
    };
    // Nobody pays in hundredths of a yen or a won.
    if matches!(currency.cents, "sen" | "jeon") {
        return format!("{} {}", number.words(), name(false));
    }
    let kept = if fraction.len() > 2 { trim_zeros(fraction) } else { fraction };
    if kept.len() != 2 {
        return format!("{} {}", number.words(), name(false));
    }
    let cents = kept.trim_start_matches('0');
    let whole = number.whole.trim_start_matches('0');
    let cents_words =
        format!("{} {}", numbers::cardinal(kept), if cents == "1" { currency.cent } else { currency.cents });
    match (whole.is_empty(), cents.is_empty()) {
        (true, false) => cents_words,
        (_, true) => format!("{} {}", numbers::cardinal(whole), name(whole == "1")),
        (false, false) => format!("{} {} {cents_words}", numbers::cardinal(whole), name(whole == "1")),
    }
}

/// `$10-a-month`: the amount is part of an adjective.
fn compounds(here: &Here<'_, '_>, next: usize) -> bool {
    here.text(next) == "-" && matches!(here.text(next + 1), "a" | "an" | "per")
}

/// The digits without zeros at the end, but at least two.
fn trim_zeros(digits: &str) -> &str {
    let kept = digits.trim_end_matches('0').len().max(2);
    &digits[..kept]
}

/// The magnitude after an amount, and the token after it.
pub(super) fn magnitude(here: &Here<'_, '_>, at: usize) -> Option<(&'static str, usize)> {
    let glued = here.is(at, Kind::Word);
    let word = here.skip_space(at);
    if !here.is(word, Kind::Word) || here.is_glued_at(word + 1) {
        return None;
    }
    let name = match here.text(word) {
        "thousand" => "thousand",
        "million" | "mn" | "mln" | "mil" | "Mn" | "MM" => "million",
        "billion" | "bn" | "Bn" | "BN" | "bln" => "billion",
        "trillion" | "tn" | "trn" | "Tn" => "trillion",
        "k" | "K" if glued => "thousand",
        "m" | "M" if glued => "million",
        "b" | "B" if glued => "billion",
        "t" | "T" if glued => "trillion",
        "crore" => "crore",
        "lakh" => "lakh",
        _ => return None,
    };
    Some((name, word + 1))
}

/// `5€`, `20 EUR`, `1.5bn USD`: the currency after the number, and the token after it.
pub(super) fn currency_after(here: &Here<'_, '_>, number: &Number) -> Option<(String, usize)> {
    let large = magnitude(here, number.next);
    let at = large.map_or(number.next, |(_, next)| next);
    let mark = here.skip_space(at);
    let code = here.text(mark);
    let known = find(code).filter(|_| mark == at && code != "$" || code.len() == 3)?;
    if here.is_glued_at(mark + 1) || matches!(code, "BTC") {
        return None;
    }
    let words = match large {
        Some((name, _)) => format!("{} {name} {}", number.words(), known.many),
        None => plain(here, known, number),
    };
    Some((words, mark + 1))
}
