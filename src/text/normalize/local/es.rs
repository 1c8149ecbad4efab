//! Spanish.

use super::super::Rewrite;
use super::super::here::{Here, is_capital, say};
use super::super::token::Kind;
use super::When::{Always, Name, Number as BeforeNumber};
use super::acronyms::acronym;
use super::{
    Abbreviation, Currency, Language, Magnitude, Unit, abbreviation, acronyms, amounts, as_written, fraction,
    hour, minus, minutes, numeric_date, range, roman,
};

mod numerals;

pub(super) const SPANISH: Language = Language {
    digits: &[date, clock, range, fraction, ordinal, amounts::quantity, numerals::counted, amounts::number],
    words: &[dollars, abbreviation, king, or, acronym],
    marks: &[amounts::sign_first, minus, and],
    to: "a",
    score: "a",
    minus: "menos",
    currencies: &[
        Currency(&["€", "EUR"], "un euro", "euros", "céntimos"),
        Currency(&["US$", "$", "USD"], "un dólar", "dólares", "centavos"),
        Currency(&["£", "GBP"], "una libra", "libras", "peniques"),
        Currency(&["CHF"], "un franco suizo", "francos suizos", "céntimos"),
        Currency(&["¥"], "un yen", "yenes", "sen"),
    ],
    magnitudes: &[
        Magnitude(&["k", "mil"], "mil", "mil"),
        Magnitude(&["M", "m", "mill", "millones", "millón"], "un millón", "millones"),
        Magnitude(&["bn"], "mil millones", "mil millones"),
    ],
    of: |currency| format!("de {currency}"),
    with_cents: |whole, cents| format!("{whole} con {cents}"),
    units: &[
        Unit("‰", "un por mil", "por mil"),
        Unit("l/100 km", "un litro a los 100 kilómetros", "litros a los 100 kilómetros"),
        Unit("l/100km", "un litro a los 100 kilómetros", "litros a los 100 kilómetros"),
        Unit("km/h", "un kilómetro por hora", "kilómetros por hora"),
        Unit("m/s", "un metro por segundo", "metros por segundo"),
        Unit("km²", "un kilómetro cuadrado", "kilómetros cuadrados"),
        Unit("km2", "un kilómetro cuadrado", "kilómetros cuadrados"),
        Unit("m²", "un metro cuadrado", "metros cuadrados"),
        Unit("m2", "un metro cuadrado", "metros cuadrados"),
        Unit("m³", "un metro cúbico", "metros cúbicos"),
        Unit("°C", "un grado Celsius", "grados Celsius"),
        Unit("ºC", "un grado Celsius", "grados Celsius"),
        Unit("km", "un kilómetro", "kilómetros"),
        Unit("cm", "un centímetro", "centímetros"),
        Unit("mm", "un milímetro", "milímetros"),
        Unit("m", "un metro", "metros"),
        Unit("ha", "una hectárea", "hectáreas"),
        Unit("kg", "un kilo", "kilos"),
        Unit("mg", "un miligramo", "miligramos"),
        Unit("g", "un gramo", "gramos"),
        Unit("ml", "un mililitro", "mililitros"),
        Unit("l", "un litro", "litros"),
        Unit("kWh", "un kilovatio hora", "kilovatios hora"),
        Unit("MWh", "un megavatio hora", "megavatios hora"),
        Unit("GWh", "un gigavatio hora", "gigavatios hora"),
        Unit("kW", "un kilovatio", "kilovatios"),
        Unit("MW", "un megavatio", "megavatios"),
        Unit("GW", "un gigavatio", "gigavatios"),
        // The engine reads "byte" as a Spanish word.
        Unit("MB", "un megabait", "megabaits"),
        Unit("GB", "un gigabait", "gigabaits"),
        Unit("TB", "un terabait", "terabaits"),
        Unit("h", "una hora", "horas"),
        Unit("min", "un minuto", "minutos"),
    ],
    abbreviations: ABBREVIATIONS,
    fractions: &[
        ("1/2", "medio"),
        ("1/3", "un tercio"),
        ("2/3", "dos tercios"),
        ("1/4", "un cuarto"),
        ("3/4", "tres cuartos"),
    ],
    acronyms: acronyms::SPANISH,
    count: numerals::count,
    one: as_written,
    singular_below_two: false,
};

const ABBREVIATIONS: &[Abbreviation] = &[
    Abbreviation("p.ej.", "por ejemplo", Always),
    Abbreviation("etc.", "etcétera", Always),
    Abbreviation("EE.UU.", "Estados Unidos", Always),
    Abbreviation("EEUU", "Estados Unidos", Always),
    Abbreviation("n.º", "número", BeforeNumber),
    Abbreviation("n.°", "número", BeforeNumber),
    Abbreviation("nº", "número", BeforeNumber),
    Abbreviation("N.º", "número", BeforeNumber),
    Abbreviation("núm.", "número", BeforeNumber),
    Abbreviation("c/", "calle", Name),
    Abbreviation("Av.", "avenida", Name),
    Abbreviation("Avda.", "avenida", Name),
    Abbreviation("pág.", "página", BeforeNumber),
    Abbreviation("págs.", "páginas", BeforeNumber),
    Abbreviation("art.", "artículo", BeforeNumber),
    Abbreviation("cap.", "capítulo", BeforeNumber),
    Abbreviation("vol.", "volumen", BeforeNumber),
    Abbreviation("Sto.", "Santo", Name),
    Abbreviation("Sta.", "Santa", Name),
    Abbreviation("Dña.", "doña", Name),
    Abbreviation("Srta.", "señorita", Name),
    Abbreviation("Prof.", "profesor", Name),
    Abbreviation("Gral.", "general", Name),
    Abbreviation("Cía.", "compañía", Always),
    Abbreviation("a.C.", "antes de Cristo", Always),
    Abbreviation("d.C.", "después de Cristo", Always),
    Abbreviation("aprox.", "aproximadamente", Always),
    Abbreviation("tel.", "teléfono", Always),
    Abbreviation("Tel.", "teléfono", Always),
];

const MONTHS: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

/// Ordinals without their last vowel; from the eleventh on cardinals are said.
const ORDINALS: [&str; 11] =
    ["", "primer", "segund", "tercer", "cuart", "quint", "sext", "séptim", "octav", "noven", "décim"];

/// `el 12/03/2024`, `2024-03-12`.
fn date(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    let (day, month, year, next) = numeric_date(here)?;
    say(next, format!("{day} de {} de {year}", MONTHS[(month as usize - 1).min(11)]), "date")
}

/// `14.30 h`, `8:00`, `1:30`; the engine reads other times well.
fn clock(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    let hour = hour(here, here.at)?;
    let named = match hour {
        "1" => "una",
        "21" => "veintiuna",
        hour => hour,
    };
    let mark = here.text(here.at + 1);
    let minutes = minutes(here, here.at + 2).filter(|_| matches!(mark, ":" | "."));
    let after = here.at + if minutes.is_some() { 3 } else { 1 };
    let sign = here.skip_space(after);
    let is_clock = matches!(here.text(sign), "h" | "hs" | "hrs") && !here.is_glued_at(sign + 1);
    let next = if is_clock { sign + 1 } else { after };
    let after_hour = minutes.filter(|minutes| *minutes != "00").map_or(String::new(), |m| format!(" {m}"));
    let is_odd = is_clock || mark == ":" && (after_hour.is_empty() || named != hour);
    if here.is_glued_at(next) || here.text(next) == ":" || !is_odd || (minutes.is_none() && !is_clock) {
        return None;
    }
    let hours = match (is_clock, hour) {
        (true, "1") => " hora",
        (true, _) => " horas",
        _ => "",
    };
    say(next, format!("{named}{after_hour}{hours}"), "time")
}

/// `1.º`, `2.ª`, `3er`, `25.º`.
fn ordinal(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    let digits = here.text(here.at);
    let dot = usize::from(here.text(here.at + 1) == ".");
    let sign = here.text(here.at + 1 + dot);
    let next = here.at + 2 + dot;
    if here.is_glued_at(next) {
        return None;
    }
    let ending = match sign {
        "º" | "°" | "o" if dot == 1 || sign == "º" => "o",
        "ª" => "a",
        "er" => "",
        _ => return None,
    };
    let stem = digits.parse::<usize>().ok().and_then(|n| ORDINALS.get(n)).filter(|stem| !stem.is_empty());
    let words = match stem {
        // "primer" and "tercer" stand before a noun without their vowel.
        Some(stem) => format!("{stem}{ending}"),
        None => digits.to_owned(),
    };
    say(next, words, "ordinal")
}

/// `Felipe VI`, `Isabel II`: the engine reads the numerals from eleven on well.
fn king(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    const QUEENS: &[&str] =
        &["Isabel", "Juana", "María", "Catalina", "Victoria", "Cristina", "Margarita", "Beatriz", "Ana"];
    let numeral = here.text(here.at);
    let value = roman(numeral).filter(|value| (2..=10).contains(value))?;
    let name = here.word_before(here.at);
    if !is_capital(name) || matches!(numeral, "V" | "X") {
        return None;
    }
    let ending = if QUEENS.contains(&name) { "a" } else { "o" };
    say(here.at + 1, format!("{}{ending}", ORDINALS[value as usize]), "numeral")
}

/// `US$20`.
fn dollars(here: &Here<'_, '_>, language: &Language) -> Option<Rewrite> {
    (here.text(here.at) == "US").then(|| amounts::sign_first(here, language)).flatten()
}

/// `Ortega & Ruiz`.
fn and(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    let apart = here.at > 0 && here.is(here.at - 1, Kind::Space) && here.is(here.at + 1, Kind::Space);
    (here.text(here.at) == "&" && apart).then(|| (here.at + 1, "y".into(), "sign"))
}

/// `y/o`.
fn or(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    let is_or = matches!(here.text(here.at), "y" | "Y")
        && here.text(here.at + 1) == "/"
        && here.text(here.at + 2) == "o"
        && !here.is_glued_at(here.at + 3);
    is_or.then(|| (here.at + 3, "y o".into(), "sign"))
}
