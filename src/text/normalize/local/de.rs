//! German.

use super::super::Rewrite;
use super::super::here::{Here, is_capital, say};
use super::super::token::Kind;
use super::Number;
use super::When::{Always, Name, Number as BeforeNumber};
use super::acronyms::acronym;
use super::{
    Abbreviation, Currency, Language, Magnitude, Unit, abbreviation, acronyms, amounts, fraction, hour,
    minus, minutes, numbered, numeric_date, range, roman, without_zeros,
};

mod nouns;

pub(super) const GERMAN: Language = Language {
    digits: &[
        date,
        short_date,
        telephone,
        clock,
        score,
        range,
        nouns::half,
        fraction,
        nouns::decade,
        amounts::quantity,
        ordinal,
        nouns::single,
        amounts::number,
    ],
    words: &[abbreviation, street, chapter, king, acronym],
    marks: &[amounts::sign_first, nouns::half, minus],
    to: "bis",
    score: "zu",
    minus: "minus",
    currencies: &[
        Currency(&["€", "EUR"], "ein Euro", "Euro", "Cent"),
        Currency(&["US$", "$", "USD"], "ein Dollar", "Dollar", "Cent"),
        Currency(&["£", "GBP"], "ein Pfund", "Pfund", "Pence"),
        Currency(&["CHF", "Fr"], "ein Franken", "Franken", "Rappen"),
        Currency(&["¥"], "ein Yen", "Yen", "Sen"),
    ],
    magnitudes: &[
        Magnitude(&["Tsd", "T", "k"], "eintausend", "tausend"),
        Magnitude(&["Mio", "Mill", "m", "M", "mn", "Millionen", "Million"], "eine Million", "Millionen"),
        Magnitude(&["Mrd", "Md", "bn", "Milliarden", "Milliarde"], "eine Milliarde", "Milliarden"),
        Magnitude(&["Bio", "Billionen", "Billion"], "eine Billion", "Billionen"),
    ],
    of: str::to_owned,
    with_cents: |whole, cents| format!("{whole} {cents}"),
    units: &[
        Unit("‰", "ein Promille", "Promille"),
        Unit("l/100 km", "ein Liter pro 100 Kilometer", "Liter pro 100 Kilometer"),
        Unit("l/100km", "ein Liter pro 100 Kilometer", "Liter pro 100 Kilometer"),
        Unit("km/h", "ein Kilometer pro Stunde", "Kilometer pro Stunde"),
        Unit("m/s", "ein Meter pro Sekunde", "Meter pro Sekunde"),
        Unit("km²", "ein Quadratkilometer", "Quadratkilometer"),
        Unit("m²", "ein Quadratmeter", "Quadratmeter"),
        Unit("qm", "ein Quadratmeter", "Quadratmeter"),
        Unit("m³", "ein Kubikmeter", "Kubikmeter"),
        Unit("°C", "ein Grad Celsius", "Grad Celsius"),
        Unit("°F", "ein Grad Fahrenheit", "Grad Fahrenheit"),
        Unit("km", "ein Kilometer", "Kilometer"),
        Unit("cm", "ein Zentimeter", "Zentimeter"),
        Unit("mm", "ein Millimeter", "Millimeter"),
        Unit("m", "ein Meter", "Meter"),
        Unit("ha", "ein Hektar", "Hektar"),
        Unit("kg", "ein Kilogramm", "Kilogramm"),
        Unit("mg", "ein Milligramm", "Milligramm"),
        Unit("g", "ein Gramm", "Gramm"),
        Unit("ml", "ein Milliliter", "Milliliter"),
        Unit("l", "ein Liter", "Liter"),
        Unit("kWh", "eine Kilowattstunde", "Kilowattstunden"),
        Unit("MWh", "eine Megawattstunde", "Megawattstunden"),
        Unit("GWh", "eine Gigawattstunde", "Gigawattstunden"),
        Unit("TWh", "eine Terawattstunde", "Terawattstunden"),
        Unit("kW", "ein Kilowatt", "Kilowatt"),
        Unit("MW", "ein Megawatt", "Megawatt"),
        Unit("GW", "ein Gigawatt", "Gigawatt"),
        // The engine reads "byte" as a German word.
        Unit("kB", "ein Kilobait", "Kilobait"),
        Unit("MB", "ein Megabait", "Megabait"),
        Unit("GB", "ein Gigabait", "Gigabait"),
        Unit("TB", "ein Terabait", "Terabait"),
        Unit("EL", "ein Esslöffel", "Esslöffel"),
        Unit("TL", "ein Teelöffel", "Teelöffel"),
        Unit("h", "eine Stunde", "Stunden"),
        Unit("Std", "eine Stunde", "Stunden"),
        Unit("min", "eine Minute", "Minuten"),
        Unit("Min", "eine Minute", "Minuten"),
    ],
    abbreviations: ABBREVIATIONS,
    fractions: &[
        ("1/2", "ein halb"),
        ("1/3", "ein Drittel"),
        ("2/3", "zwei Drittel"),
        ("1/4", "ein Viertel"),
        ("3/4", "drei Viertel"),
    ],
    acronyms: acronyms::GERMAN,
    count,
    one: nouns::one,
    singular_below_two: false,
};

const ABBREVIATIONS: &[Abbreviation] = &[
    Abbreviation("z.B.", "zum Beispiel", Always),
    Abbreviation("d.h.", "das heißt", Always),
    Abbreviation("u.a.", "unter anderem", Always),
    Abbreviation("u.U.", "unter Umständen", Always),
    Abbreviation("z.T.", "zum Teil", Always),
    Abbreviation("i.d.R.", "in der Regel", Always),
    Abbreviation("o.ä.", "oder ähnlich", Always),
    Abbreviation("s.o.", "siehe oben", Always),
    Abbreviation("s.u.", "siehe unten", Always),
    Abbreviation("v.a.", "vor allem", Always),
    Abbreviation("v.Chr.", "vor Christus", Always),
    Abbreviation("n.Chr.", "nach Christus", Always),
    Abbreviation("usw.", "und so weiter", Always),
    Abbreviation("etc.", "et cetera", Always),
    Abbreviation("bzw.", "beziehungsweise", Always),
    Abbreviation("ca.", "circa", Always),
    Abbreviation("evtl.", "eventuell", Always),
    Abbreviation("ggf.", "gegebenenfalls", Always),
    Abbreviation("vgl.", "vergleiche", Always),
    Abbreviation("Vgl.", "Vergleiche", Always),
    Abbreviation("inkl.", "inklusive", Always),
    Abbreviation("zzgl.", "zuzüglich", Always),
    Abbreviation("mind.", "mindestens", Always),
    Abbreviation("max.", "maximal", Always),
    Abbreviation("geb.", "geboren", Always),
    Abbreviation("gest.", "gestorben", Always),
    Abbreviation("Jh.", "Jahrhundert", Always),
    Abbreviation("Jhd.", "Jahrhundert", Always),
    Abbreviation("Nr.", "Nummer", BeforeNumber),
    Abbreviation("Nrn.", "Nummern", BeforeNumber),
    Abbreviation("Abs.", "Absatz", BeforeNumber),
    Abbreviation("Art.", "Artikel", BeforeNumber),
    Abbreviation("Bd.", "Band", BeforeNumber),
    Abbreviation("Kap.", "Kapitel", BeforeNumber),
    Abbreviation("S.", "Seite", BeforeNumber),
    Abbreviation("Tel.", "Telefon", Always),
    Abbreviation("Dr.", "Doktor", Always),
    Abbreviation("Prof.", "Professor", Always),
    Abbreviation("St.", "Sankt", Name),
    Abbreviation("Hr.", "Herr", Name),
    Abbreviation("Hrn.", "Herrn", Name),
    Abbreviation("Fr.", "Frau", Name),
    Abbreviation("Str.", "Straße", Always),
];

const ONES: [&str; 20] = [
    "null",
    "ein",
    "zwei",
    "drei",
    "vier",
    "fünf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "elf",
    "zwölf",
    "dreizehn",
    "vierzehn",
    "fünfzehn",
    "sechzehn",
    "siebzehn",
    "achtzehn",
    "neunzehn",
];
const TENS: [&str; 10] =
    ["", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"];

/// A number below 100, as the first part of a word.
fn stem(n: usize) -> String {
    match (n / 10, n % 10) {
        (0 | 1, _) => ONES[n.min(19)].to_owned(),
        (tens, 0) => TENS[tens.min(9)].to_owned(),
        (tens, ones) => format!("{}und{}", ONES[ones], TENS[tens.min(9)]),
    }
}

/// `3` → `dritt`, to which an ending is put.
fn ordinal_stem(n: usize) -> String {
    match n {
        1 => "erst".to_owned(),
        3 => "dritt".to_owned(),
        7 => "siebt".to_owned(),
        8 => "acht".to_owned(),
        0..20 => format!("{}t", stem(n)),
        _ => format!("{}st", stem(n)),
    }
}

/// A number of four digits from the years that are said in hundreds; the engine reads them in
/// thousands.
fn count(number: &Number, _: &str) -> String {
    if number.grouped { number.whole.clone() } else { in_hundreds(&number.whole) }
}

fn in_hundreds(digits: &str) -> String {
    let value = digits.parse::<usize>().unwrap_or(0);
    if digits.len() != 4 || !(1100..2000).contains(&value) {
        return digits.to_owned();
    }
    let rest = match value % 100 {
        0 => String::new(),
        1 => "eins".to_owned(),
        rest => stem(rest),
    };
    format!("{}hundert{rest}", stem(value / 100))
}

/// The ending of an ordinal, by the word before it.
fn ending(here: &Here<'_, '_>, at: usize) -> &'static str {
    const DATIVE: &[&str] = &[
        "am", "im", "vom", "zum", "zur", "beim", "dem", "den", "des", "bis", "seit", "ab", "einem", "einer",
        "seinem", "ihrem", "seinen", "ihren", "diesem", "jedem", "seiner", "ihrer",
    ];
    const NOMINATIVE: &[&str] = &[
        "der", "die", "das", "ins", "dieser", "diese", "dieses", "jeder", "jede", "jedes", "eine", "seine",
        "ihre",
    ];
    const PREPOSITIONS: &[&str] = &[
        "in", "an", "auf", "bei", "mit", "nach", "seit", "von", "zu", "aus", "während", "vor", "trotz", "ab",
    ];
    let before = here.word_before(at).to_lowercase();
    let article = at.checked_sub(2).map_or("", |article| here.word_before(article)).to_lowercase();
    if DATIVE.contains(&before.as_str()) || before == "der" && PREPOSITIONS.contains(&article.as_str()) {
        "en"
    } else if NOMINATIVE.contains(&before.as_str()) {
        "e"
    } else {
        "er"
    }
}

/// `am 12.03.2024`, `2024-03-12`.
fn date(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    let (day, month, year, next) = numeric_date(here)?;
    let end = ending(here, here.at);
    let [day, month] = [day, month].map(|n| format!("{}{end}", ordinal_stem(n as usize)));
    say(next, format!("{day} {month} {}", in_hundreds(&year)), "date")
}

/// `am 1.5.`, `vom 12.3.`
fn short_date(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    const BEFORE: &[&str] = &["am", "vom", "zum", "bis", "ab", "seit", "dem", "den"];
    let part = |at: usize, most: usize| {
        let digits = here.text(at);
        let value = digits.parse::<usize>().ok().filter(|n| (1..=most).contains(n) && digits.len() <= 2)?;
        (here.is(at, Kind::Digits) && here.text(at + 1) == ".").then_some(value)
    };
    let (day, month) = (part(here.at, 31)?, part(here.at + 2, 12)?);
    let next = here.at + 4;
    if !BEFORE.contains(&here.word_before(here.at).to_lowercase().as_str()) || here.is_glued_at(next) {
        return None;
    }
    let next = if here.is_end(next) { next - 1 } else { next };
    say(next, format!("{}en {}en", ordinal_stem(day), ordinal_stem(month)), "date")
}

/// `14:30 Uhr`, `14.30 Uhr`, `1 Uhr`.
fn clock(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    let hour = hour(here, here.at)?;
    let named = if hour == "1" { "ein" } else { hour };
    if here.word_after(here.at + 1) == "Uhr" && hour == "1" {
        return say(here.at + 1, "ein", "time");
    }
    let minutes = minutes(here, here.at + 2)?;
    let mark = here.text(here.at + 1);
    let is_clock = here.word_after(here.at + 3) == "Uhr";
    let next = if is_clock { here.at + 5 } else { here.at + 3 };
    if !(mark == ":" || mark == "." && is_clock) || here.is_glued_at(next) || here.text(next) == ":" {
        return None;
    }
    let minutes = without_zeros(minutes);
    let words = if minutes == "0" { format!("{named} Uhr") } else { format!("{named} Uhr {minutes}") };
    say(next, words, "time")
}

/// `3:1`, `97:95`, `1:4`.
fn score(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    let second = here.at + 2;
    let fits = here.text(here.at + 1) == ":"
        && here.is(second, Kind::Digits)
        && here.text(here.at).len() <= 3
        && here.text(second).len() <= 3
        && !here.is_glued_at(second + 1)
        && !matches!(here.text(second + 1), ":" | "/");
    fits.then(|| (second + 1, format!("{} zu {}", here.text(here.at), here.text(second)).into(), "score"))
}

/// `der 3. Platz`, `am 21. Mai`, `vom 3. bis 5. Mai`: a full stop inside the sentence.
fn ordinal(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    const MONTHS: &[&str] = &[
        "Januar",
        "Jänner",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ];
    let digits = here.text(here.at);
    let value = digits.parse::<usize>().ok().filter(|n| (1..100).contains(n) && digits.len() <= 2)?;
    let stop = here.at + 1;
    let following = here.word_after(stop + 1);
    if here.text(stop) != "." {
        return None;
    }
    if let Some((words, next)) = until(here, value) {
        return say(next, words, "ordinal");
    }
    // A number at the head of a text counts its items.
    let heads = here.at == 0 && !MONTHS.contains(&following);
    if heads || following.chars().count() < 2 {
        return None;
    }
    say(stop + 1, format!("{}{}", ordinal_stem(value), ending(here, here.at)), "ordinal")
}

/// `3.–5. Mai`, from the first number on.
fn until(here: &Here<'_, '_>, value: usize) -> Option<(String, usize)> {
    let second = here.at + 3;
    let last = here.text(second).parse::<usize>().ok().filter(|n| (1..100).contains(n))?;
    let fits = matches!(here.text(here.at + 2), "–" | "-")
        && here.is(second, Kind::Digits)
        && here.text(second + 1) == "."
        && !here.word_after(second + 2).is_empty();
    let end = ending(here, here.at);
    fits.then(|| (format!("{}{end} bis {}{end}", ordinal_stem(value), ordinal_stem(last)), second + 2))
}

/// `Hauptstr. 12`, `Bahnhofstraße`: with a hyphen, or the engine says "st" for "scht".
fn street(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    const ENDINGS: &[&str] = &["straße", "straßen", "strasse", "strassen"];
    const STEM_CHARS_MIN: usize = 3;
    let word = here.text(here.at);
    let whole = ENDINGS.iter().find_map(|ending| Some((word.strip_suffix(ending)?, *ending)));
    if let Some((stem, ending)) = whole {
        return (stem.chars().count() >= STEM_CHARS_MIN)
            .then(|| (here.at + 1, format!("{stem}-{ending}").into(), "pronunciation"));
    }
    let stem = word.strip_suffix("str").filter(|stem| stem.chars().count() > 2 && is_capital(word))?;
    let dotted = here.text(here.at + 1) == "." && !here.is_glued_at(here.at + 2);
    let next = here.after_stop(here.at + 2);
    dotted.then(|| (next, format!("{stem}-straße").into(), "abbreviation"))
}

/// `Kapitel IV`.
fn chapter(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    numbered(
        here,
        &["kapitel", "teil", "band", "akt", "artikel", "abschnitt", "klasse", "stufe", "phase", "typ"],
    )
}

/// `030 123456`, `0171/1234567`: digit by digit, with a pause between the groups.
fn telephone(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    const GROUPS_MAX: usize = 6;
    const DIGITS: std::ops::RangeInclusive<usize> = 7..=14;
    let first = here.text(here.at);
    if !first.starts_with('0') || !(3..=5).contains(&first.len()) {
        return None;
    }
    let mut groups = vec![first];
    let mut next = here.at + 1;
    while groups.len() < GROUPS_MAX {
        let joint = if matches!(here.text(next), "/" | "-" | "–") { next + 1 } else { next };
        let group = here.skip_space(joint);
        if group == next || !here.is(group, Kind::Digits) {
            break;
        }
        groups.push(here.text(group));
        next = group + 1;
    }
    let digits: usize = groups.iter().map(|group| group.len()).sum();
    let goes_on = here.is_glued_at(next)
        || matches!(here.text(next), "." | "," | ":") && here.is(next + 1, Kind::Digits);
    let spaced = |group: &&str| group.chars().map(String::from).collect::<Vec<_>>().join(" ");
    (groups.len() > 1 && DIGITS.contains(&digits) && !goes_on)
        .then(|| (next, groups.iter().map(spaced).collect::<Vec<_>>().join(", ").into(), "telephone number"))
}

/// `Ludwig XIV.`, `Wilhelms II.`
fn king(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    let value = roman(here.text(here.at))?;
    let name = here.word_before(here.at);
    if !is_capital(name) || here.text(here.at + 1) != "." || here.is_glued_at(here.at + 2) {
        return None;
    }
    let stem = ordinal_stem(value as usize);
    let mut letters = stem.chars();
    let capital: String = letters.next()?.to_uppercase().chain(letters).collect();
    let words = if name.ends_with('s') { format!("des {capital}en") } else { format!("der {capital}e") };
    say(here.after_stop(here.at + 2), words, "numeral")
}
