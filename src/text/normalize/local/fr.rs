//! French.

use super::super::Rewrite;
use super::super::here::{Here, is_capital, say};
use super::When::{Always, Name, Number as BeforeNumber};
use super::acronyms::acronym;
use super::{
    Abbreviation, Currency, Language, Magnitude, Unit, abbreviation, acronyms, amounts, as_written, digits,
    fraction, hour, minus, minutes, numbered, numeric_date, range, roman, without_zeros,
};

pub(super) const FRENCH: Language = Language {
    digits: &[date, clock, range, fraction, ordinal, feminine, amounts::quantity],
    words: &[abbreviation, century, king, chapter, acronym],
    marks: &[amounts::sign_first, minus],
    to: "à",
    score: "à",
    minus: "moins",
    currencies: &[
        Currency(&["€", "EUR"], "un euro", "euros", "centimes"),
        Currency(&["US$", "$US", "$", "USD"], "un dollar", "dollars", "cents"),
        Currency(&["£", "GBP"], "une livre", "livres", "pence"),
        Currency(&["CHF"], "un franc suisse", "francs suisses", "centimes"),
        Currency(&["¥"], "un yen", "yens", "sens"),
    ],
    magnitudes: &[
        Magnitude(&["k"], "mille", "mille"),
        Magnitude(&["M", "m", "Mio", "millions", "million"], "un million", "millions"),
        Magnitude(&["Md", "Mds", "Mrd", "bn", "milliards", "milliard"], "un milliard", "milliards"),
    ],
    of: |currency| {
        let vowel = currency.starts_with(['e', 'é', 'a', 'o', 'u', 'i']);
        if vowel { format!("d'{currency}") } else { format!("de {currency}") }
    },
    with_cents: |whole, cents| format!("{whole} {cents}"),
    units: &[
        Unit("‰", "un pour mille", "pour mille"),
        Unit("l/100 km", "un litre aux 100 kilomètres", "litres aux 100 kilomètres"),
        Unit("l/100km", "un litre aux 100 kilomètres", "litres aux 100 kilomètres"),
        Unit("L/100 km", "un litre aux 100 kilomètres", "litres aux 100 kilomètres"),
        Unit("km/h", "un kilomètre à l'heure", "kilomètres à l'heure"),
        Unit("m/s", "un mètre par seconde", "mètres par seconde"),
        Unit("km²", "un kilomètre carré", "kilomètres carrés"),
        Unit("m²", "un mètre carré", "mètres carrés"),
        Unit("m³", "un mètre cube", "mètres cubes"),
        Unit("°C", "un degré Celsius", "degrés Celsius"),
        Unit("km", "un kilomètre", "kilomètres"),
        Unit("cm", "un centimètre", "centimètres"),
        Unit("mm", "un millimètre", "millimètres"),
        Unit("m", "un mètre", "mètres"),
        Unit("ha", "un hectare", "hectares"),
        Unit("kg", "un kilo", "kilos"),
        Unit("mg", "un milligramme", "milligrammes"),
        Unit("g", "un gramme", "grammes"),
        Unit("ml", "un millilitre", "millilitres"),
        Unit("cl", "un centilitre", "centilitres"),
        Unit("l", "un litre", "litres"),
        Unit("L", "un litre", "litres"),
        Unit("kWh", "un kilowattheure", "kilowattheures"),
        Unit("MWh", "un mégawattheure", "mégawattheures"),
        Unit("GWh", "un gigawattheure", "gigawattheures"),
        Unit("TWh", "un térawattheure", "térawattheures"),
        Unit("kW", "un kilowatt", "kilowatts"),
        Unit("MW", "un mégawatt", "mégawatts"),
        Unit("GW", "un gigawatt", "gigawatts"),
        Unit("ko", "un kilooctet", "kilooctets"),
        Unit("Mo", "un mégaoctet", "mégaoctets"),
        Unit("Go", "un gigaoctet", "gigaoctets"),
        Unit("To", "un téraoctet", "téraoctets"),
        Unit("min", "une minute", "minutes"),
    ],
    abbreviations: ABBREVIATIONS,
    fractions: &[
        ("1/2", "un demi"),
        ("1/3", "un tiers"),
        ("2/3", "deux tiers"),
        ("1/4", "un quart"),
        ("3/4", "trois quarts"),
    ],
    acronyms: acronyms::FRENCH,
    count: digits,
    one: as_written,
    singular_below_two: true,
};

const ABBREVIATIONS: &[Abbreviation] = &[
    Abbreviation("M.", "Monsieur", Name),
    Abbreviation("MM.", "Messieurs", Name),
    Abbreviation("Mmes", "Mesdames", Name),
    Abbreviation("Me", "Maître", Name),
    Abbreviation("Mgr", "Monseigneur", Name),
    Abbreviation("n°", "numéro", BeforeNumber),
    Abbreviation("N°", "numéro", BeforeNumber),
    Abbreviation("nº", "numéro", BeforeNumber),
    Abbreviation("nos", "numéros", BeforeNumber),
    Abbreviation("c.à s.", "cuillère à soupe", Always),
    Abbreviation("c.à c.", "cuillère à café", Always),
    Abbreviation("c.à", "cuillère à", Always),
    Abbreviation("p.ex.", "par exemple", Always),
    Abbreviation("c.-à-d.", "c'est-à-dire", Always),
    Abbreviation("av.J.-C.", "avant Jésus-Christ", Always),
    Abbreviation("apr.J.-C.", "après Jésus-Christ", Always),
    Abbreviation("av.", "avenue", Name),
    Abbreviation("p.", "page", BeforeNumber),
    Abbreviation("pp.", "pages", BeforeNumber),
    Abbreviation("vol.", "volume", BeforeNumber),
    Abbreviation("chap.", "chapitre", BeforeNumber),
    Abbreviation("art.", "article", BeforeNumber),
    Abbreviation("env.", "environ", BeforeNumber),
    Abbreviation("tél.", "téléphone", Always),
    Abbreviation("Tél.", "Téléphone", Always),
];

const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// `le 12/03/2024`, `2024-03-12`.
fn date(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    let (day, month, year, next) = numeric_date(here)?;
    let month = MONTHS[(month as usize - 1).min(11)];
    let day = if day == 1 { "premier".to_owned() } else { day.to_string() };
    say(next, format!("{day} {month} {year}"), "date")
}

/// `14h30`, `14 h 30`, `8h`.
fn clock(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    let hour = hour(here, here.at)?;
    let mark = here.skip_space(here.at + 1);
    if here.text(mark) != "h" {
        return None;
    }
    let hours = match hour {
        "0" => "zéro heure".to_owned(),
        "1" => "une heure".to_owned(),
        "21" => "vingt et une heures".to_owned(),
        hour => format!("{hour} heures"),
    };
    let place = here.skip_space(mark + 1);
    // "8 h 30", but not "de 8 h 12 personnes"
    let same = (place > mark + 1) == (mark > here.at + 1);
    match minutes(here, place).filter(|_| same && !here.is_glued_at(place + 1)) {
        Some("00") => say(place + 1, hours, "time"),
        Some(minutes) => say(place + 1, format!("{hours} {}", without_zeros(minutes)), "time"),
        None if here.is_glued_at(mark + 1) => None,
        None => say(mark + 1, hours, "time"),
    }
}

/// `1re`, `2e`, `2nde`, `19ème`: the engine knows `1er` and most of `3ème`.
fn ordinal(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    let digits = here.text(here.at);
    if here.is_glued_at(here.at + 2) {
        return None;
    }
    let words = match (digits, here.text(here.at + 1)) {
        ("1", "re" | "ère") => "première".to_owned(),
        ("1", "res" | "ères") => "premières".to_owned(),
        ("1", "ers") => "premiers".to_owned(),
        ("2", "nd") => "second".to_owned(),
        ("2", "nde") => "seconde".to_owned(),
        (_, "e" | "es" | "ème" | "èmes" | "eme" | "emes") => nth(digits),
        _ => return None,
    };
    say(here.at + 2, words, "ordinal")
}

/// An ordinal as the engine says it right: it does not turn the f of "neuf" into a v, and says the z of
/// "quatre-vingts" before another vowel.
fn nth(digits: &str) -> String {
    const TENS: [&str; 10] = [
        "",
        "diz-",
        "vingt-",
        "trente-",
        "quarante-",
        "cinquante-",
        "soixante-",
        "soixante-diz-",
        "quatre-vingt-",
        "quatre-vingt-diz-",
    ];
    match (digits.parse::<usize>(), digits.len()) {
        (Ok(80), _) => "quatre-vingtième".to_owned(),
        (Ok(value), 1 | 2) if value % 10 == 9 => format!("{}neuvième", TENS[value / 10]),
        _ => format!("{digits}ème"),
    }
}

/// `21 heures`, `1 personne`: the engine says "un".
fn feminine(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    const NOUNS: &[&str] = &[
        "heure",
        "minute",
        "seconde",
        "semaine",
        "année",
        "journée",
        "nuit",
        "personne",
        "femme",
        "fille",
        "page",
        "maison",
        "voiture",
        "tonne",
        "tasse",
        "cuillère",
        "pincée",
        "gousse",
        "fois",
        "place",
        "étoile",
        "victoire",
        "défaite",
        "école",
        "entreprise",
        "ville",
        "commune",
        "voix",
        "famille",
        "question",
        "chanson",
        "boîte",
        "bouteille",
        "tranche",
        "part",
    ];
    let noun = here.word_after(here.at + 1);
    let singular = noun.strip_suffix('s').filter(|_| !NOUNS.contains(&noun)).unwrap_or(noun);
    let words = match here.text(here.at) {
        "1" => "une",
        "21" => "vingt et une",
        "31" => "trente et une",
        "41" => "quarante et une",
        "51" => "cinquante et une",
        "61" => "soixante et une",
        _ => return None,
    };
    // "numéro 1 voix" and the like have a name before a lone number.
    let counts = words != "une" || !matches!(here.word_before(here.at), "numéro" | "n" | "page" | "chaîne");
    (counts && NOUNS.contains(&singular)).then(|| (here.at + 1, words.into(), "number"))
}

/// `chapitre IV`.
fn chapter(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    numbered(
        here,
        &["chapitre", "tome", "acte", "livre", "partie", "article", "titre", "volume", "phase", "type"],
    )
}

/// `XXIe siècle`, `Ier`.
fn century(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    let word = here.text(here.at);
    if word == "Ier" {
        return say(here.at + 1, "premier", "numeral");
    }
    let numeral = word.strip_suffix("ème").or_else(|| word.strip_suffix('e'))?;
    let value = roman(numeral)?;
    let named =
        matches!(here.word_after(here.at + 1), "siècle" | "siècles" | "République" | "arrondissement");
    (named || numeral.len() > 1).then(|| (here.at + 1, nth(&value.to_string()).into(), "numeral"))
}

/// `Louis XIV`, `Napoléon III`.
fn king(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    let numeral = here.text(here.at);
    let value = roman(numeral).filter(|value| *value > 1)?;
    let named = is_capital(here.word_before(here.at)) && !matches!(numeral, "V" | "X");
    named.then(|| (here.at + 1, value.to_string().into(), "numeral"))
}
