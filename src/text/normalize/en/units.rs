//! Units of measure.

use super::super::token::Kind;
use super::Here;

/// How a unit is written, and how one and several of it are said (American spelling: the words that
/// English voices know best).
type Entry = (&'static str, &'static str, &'static str);

const UNITS: &[Entry] = &[
    ("km", "kilometer", "kilometers"),
    ("m", "meter", "meters"),
    ("cm", "centimeter", "centimeters"),
    ("mm", "millimeter", "millimeters"),
    ("µm", "micrometer", "micrometers"),
    ("μm", "micrometer", "micrometers"),
    ("nm", "nanometer", "nanometers"),
    ("mi", "mile", "miles"),
    ("ft", "foot", "feet"),
    ("in", "inch", "inches"),
    ("yd", "yard", "yards"),
    ("yds", "yard", "yards"),
    ("kg", "kilogram", "kilograms"),
    ("kgs", "kilogram", "kilograms"),
    ("g", "gram", "grams"),
    ("mg", "milligram", "milligrams"),
    ("µg", "microgram", "micrograms"),
    ("t", "ton", "tons"),
    ("kt", "kiloton", "kilotons"),
    ("Mt", "megaton", "megatons"),
    ("lb", "pound", "pounds"),
    ("lbs", "pound", "pounds"),
    ("oz", "ounce", "ounces"),
    ("l", "liter", "liters"),
    ("L", "liter", "liters"),
    ("ml", "milliliter", "milliliters"),
    ("cl", "centiliter", "centiliters"),
    ("gal", "gallon", "gallons"),
    ("ha", "hectare", "hectares"),
    ("W", "watt", "watts"),
    ("kW", "kilowatt", "kilowatts"),
    ("MW", "megawatt", "megawatts"),
    ("GW", "gigawatt", "gigawatts"),
    ("kWh", "kilowatt hour", "kilowatt hours"),
    ("MWh", "megawatt hour", "megawatt hours"),
    ("GWh", "gigawatt hour", "gigawatt hours"),
    ("TWh", "terawatt hour", "terawatt hours"),
    ("V", "volt", "volts"),
    ("kV", "kilovolt", "kilovolts"),
    ("mAh", "milliamp hour", "milliamp hours"),
    ("Hz", "hertz", "hertz"),
    ("kHz", "kilohertz", "kilohertz"),
    ("MHz", "megahertz", "megahertz"),
    ("GHz", "gigahertz", "gigahertz"),
    ("B", "byte", "bytes"),
    ("kB", "kilobyte", "kilobytes"),
    ("KB", "kilobyte", "kilobytes"),
    ("MB", "megabyte", "megabytes"),
    ("GB", "gigabyte", "gigabytes"),
    ("TB", "terabyte", "terabytes"),
    ("PB", "petabyte", "petabytes"),
    ("kbps", "kilobit per second", "kilobits per second"),
    ("Mbps", "megabit per second", "megabits per second"),
    ("Gbps", "gigabit per second", "gigabits per second"),
    ("bp", "basis point", "basis points"),
    ("bps", "basis point", "basis points"),
    ("pp", "percentage point", "percentage points"),
    ("pts", "point", "points"),
    ("mph", "mile per hour", "miles per hour"),
    ("kph", "kilometer per hour", "kilometers per hour"),
    ("kmh", "kilometer per hour", "kilometers per hour"),
    ("mpg", "mile per gallon", "miles per gallon"),
    ("rpm", "revolution per minute", "revolutions per minute"),
    ("fps", "frame per second", "frames per second"),
    ("psi", "pound per square inch", "pounds per square inch"),
    ("hp", "horsepower", "horsepower"),
    ("dB", "decibel", "decibels"),
    ("kcal", "kilocalorie", "kilocalories"),
    ("cal", "calorie", "calories"),
    ("ms", "millisecond", "milliseconds"),
    ("s", "second", "seconds"),
    ("sec", "second", "seconds"),
    ("secs", "second", "seconds"),
    ("min", "minute", "minutes"),
    ("mins", "minute", "minutes"),
    ("h", "hour", "hours"),
    ("hr", "hour", "hours"),
    ("hrs", "hour", "hours"),
    ("d", "day", "days"),
    ("wk", "week", "weeks"),
    ("yr", "year", "years"),
    ("yrs", "year", "years"),
    ("mo", "month", "months"),
    ("pc", "percent", "percent"),
    ("pct", "percent", "percent"),
    ("ppm", "part per million", "parts per million"),
    ("tbsp", "tablespoon", "tablespoons"),
    ("tbsps", "tablespoon", "tablespoons"),
    ("tsp", "teaspoon", "teaspoons"),
    ("tsps", "teaspoon", "teaspoons"),
    ("cc", "cc", "cc"),
    ("px", "pixel", "pixels"),
    ("bbl", "barrel", "barrels"),
];

/// Units of one letter that are also names of things ("4s", "5G", "2B", "2d"): no unit after a number.
const DOUBTFUL: &[&str] = &["s", "d", "B", "V", "W", "t", "h", "l", "L", "g", "cal", "mo"];

/// Units that are words or names when they stand apart from the number ("5 in 10", "3 t").
const GLUED_ONLY: &[&str] = &["in", "pc", "pp", "cc", "ms", "px", "ha", "Mt"];

/// What stands after a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    singular: String,
    plural: String,
    apart: bool,
}

/// The entry for a written unit: as it is, or in lower case where that is unmistakable (`12KG`).
pub(super) fn find(written: &str) -> Option<&'static Entry> {
    let exact = UNITS.iter().find(|entry| entry.0 == written);
    exact.or_else(|| {
        let lower = written.to_lowercase();
        let certain = written.len() >= 2
            && !matches!(written, "MM" | "IN" | "PC" | "MS" | "MO" | "HA" | "Pc" | "In" | "Mi" | "MI");
        UNITS.iter().find(|entry| certain && entry.0.to_lowercase() == lower)
    })
}

impl Unit {
    pub(super) fn name(&self, singular: bool) -> &str {
        if singular { &self.singular } else { &self.plural }
    }

    /// Whether white space may stand between it and the number.
    pub(super) fn may_stand_apart(&self) -> bool {
        self.apart
    }

    fn new(singular: &str, plural: &str, apart: bool) -> Self {
        Self { singular: singular.to_owned(), plural: plural.to_owned(), apart }
    }

    /// The unit that starts at a token, and the token after it.
    pub(super) fn at(here: &Here<'_, '_>, at: usize) -> Option<(Self, usize)> {
        match here.text(at) {
            "%" => return Some((Self::new("percent", "percent", true), at + 1)),
            "‰" => return Some((Self::new("per thousand", "per thousand", true), at + 1)),
            "°" | "º" => return Some(Self::degrees(here, at)),
            "℃" => return Some((Self::new("degree Celsius", "degrees Celsius", true), at + 1)),
            _ => {}
        }
        if !here.is(at, Kind::Word) {
            return None;
        }
        if let Some(square) = Self::square(here, at) {
            return Some(square);
        }
        if let Some(degrees) = Self::bare_degrees(here, at) {
            return Some(degrees);
        }
        let written = here.text(at);
        let entry = find(written)?;
        if here.is(at + 1, Kind::Digits) {
            return None;
        }
        if let Some(found) = Self::compound(here, at, entry) {
            return Some(found);
        }
        if DOUBTFUL.contains(&written) && !here.is_measure_head(at) {
            return None;
        }
        // "6ft 2in", "5 in." but not "5 in 10"
        let apart = !GLUED_ONLY.contains(&written) && !written.chars().all(char::is_uppercase)
            || written.len() > 1 && written.ends_with('B')
            || matches!(written, "MW" | "GW");
        let stop = here.text(at + 1) == "."
            && !here.is_end(at + 2)
            && entry.0.len() > 1
            && (here.word_after(at + 2).starts_with(char::is_lowercase)
                || matches!(here.text(at + 2), "," | ";" | ":" | ")" | "?"));
        Some((Self::new(entry.1, entry.2, apart), at + 1 + usize::from(stop)))
    }

    fn degrees(here: &Here<'_, '_>, at: usize) -> (Self, usize) {
        let next = here.skip_space(at + 1);
        let scale = match here.text(next) {
            "C" => " Celsius",
            "F" => " Fahrenheit",
            _ => return (Self::new("degree", "degrees", false), at + 1),
        };
        if here.is_glued_at(next + 1) {
            return (Self::new("degree", "degrees", false), at + 1);
        }
        (Self::new(&format!("degree{scale}"), &format!("degrees{scale}"), true), next + 1)
    }

    /// `30C`, `350F`, `36.6C`: degrees without their sign; a seat or a gate has its name before it.
    fn bare_degrees(here: &Here<'_, '_>, at: usize) -> Option<(Self, usize)> {
        const NUMBERED: &[&str] = &[
            "seat",
            "seats",
            "row",
            "gate",
            "flat",
            "room",
            "unit",
            "section",
            "apartment",
            "size",
            "platform",
            "group",
            "class",
            "schedule",
            "line",
            "type",
            "level",
            "form",
            "number",
            "no",
        ];
        let name = match here.text(at) {
            "C" => "Celsius",
            "F" => "Fahrenheit",
            _ => return None,
        };
        let number = at.checked_sub(1).filter(|&number| here.is(number, Kind::Digits))?;
        let decimal = number >= 2 && here.text(number - 1) == "." && here.is(number - 2, Kind::Digits);
        let first = if decimal { number - 2 } else { number };
        let certain = decimal || (2..=3).contains(&here.text(number).len());
        let numbered = NUMBERED.contains(&here.word_before(first).to_lowercase().as_str());
        (certain && !numbered && !here.is_glued_before(first) && !here.is_glued_at(at + 1))
            .then(|| (Self::new(&format!("degree {name}"), &format!("degrees {name}"), false), at + 1))
    }

    /// `m²`, `km³`, `sq km`, `cubic m`.
    fn square(here: &Here<'_, '_>, at: usize) -> Option<(Self, usize)> {
        let power = |sign: &str| match sign {
            "²" => Some("square"),
            "³" => Some("cubic"),
            _ => None,
        };
        if let Some(power) = power(here.text(at + 1)) {
            let entry = find(here.text(at))?;
            return Some((
                Self::new(&format!("{power} {}", entry.1), &format!("{power} {}", entry.2), true),
                at + 2,
            ));
        }
        if here.text(at) == "sq" {
            let dot = usize::from(here.text(at + 1) == ".");
            let unit = here.skip_space(at + 1 + dot);
            let entry = find(here.text(unit))?;
            let stop = usize::from(here.text(unit + 1) == "." && !here.is_end(unit + 2));
            return Some((
                Self::new(&format!("square {}", entry.1), &format!("square {}", entry.2), true),
                unit + 1 + stop,
            ));
        }
        None
    }

    /// `km/h`, `kg/m³`.
    fn compound(here: &Here<'_, '_>, at: usize, entry: &Entry) -> Option<(Self, usize)> {
        if here.text(at + 1) != "/" || !here.is(at + 2, Kind::Word) {
            return None;
        }
        let (per, next) = match Self::square(here, at + 2) {
            Some((unit, next)) => (unit.singular, next),
            None => (find(here.text(at + 2))?.1.to_owned(), at + 3),
        };
        Some((Self::new(&format!("{} per {per}", entry.1), &format!("{} per {per}", entry.2), true), next))
    }
}

/// Units that are written after a hyphen where they tell what kind a thing is: `30-yr bond`.
pub(super) fn hyphenated<'a>(here: &Here<'_, 'a>, hyphen: usize) -> Option<&'static str> {
    const UNITS: &[&str] = &[
        "yr", "hr", "hrs", "min", "sec", "km", "cm", "mm", "ft", "mi", "mph", "kg", "lb", "lbs", "oz", "ml",
        "kW", "MW", "GW", "kWh", "GB", "MB", "TB", "gal", "mo", "wk",
    ];
    let written: &'a str = here.text(hyphen + 1);
    let fits = here.text(hyphen) == "-" && UNITS.contains(&written) && !here.is_glued_at(hyphen + 2);
    find(written).filter(|_| fits).map(|entry| entry.1)
}

impl Here<'_, '_> {
    /// Whether a doubtful unit is one after all: grams, liters and hours after a number that is not
    /// a name ("250g flour", "2l of milk", "2h 30").
    fn is_measure_head(&self, at: usize) -> bool {
        let glued = at > 0 && self.is(at - 1, Kind::Digits);
        let after = self.word_after(at + 1);
        match self.text(at) {
            "g" if glued => {
                let decimal = at >= 2 && self.text(at - 2) == ".";
                self.text(at - 1).len() >= 2 || decimal || after == "of" || self.text(at + 1) == "/"
            }
            "g" | "l" | "L" => after == "of" || at > 0 && self.is(at - 1, Kind::Space),
            "h" | "W" | "V" => glued,
            // "9.58s", but not "iPhone 4s"
            "s" => glued && at >= 2 && self.text(at - 2) == ".",
            _ => false,
        }
    }
}
