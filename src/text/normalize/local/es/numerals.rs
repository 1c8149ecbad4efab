//! Spanish numbers that change with what they count: `21 barcos` is "veintiún", `21 casas`
//! "veintiuna", `200 personas` "doscientas". The engine knows one form.

use super::super::super::Rewrite;
use super::super::super::here::{Here, say};
use super::super::{Language, Number};

/// The largest number that is put into words.
const VALUE_MAX: u64 = 999_999;

const ONES: [&str; 30] = [
    "",
    "un",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiún",
    "veintidós",
    "veintitrés",
    "veinticuatro",
    "veinticinco",
    "veintiséis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
];
const TENS: [&str; 10] =
    ["", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"];
const HUNDREDS: [&str; 10] = [
    "",
    "ciento",
    "doscient",
    "trescient",
    "cuatrocient",
    "quinient",
    "seiscient",
    "setecient",
    "ochocient",
    "novecient",
];

/// A number as it stands before what it counts, where the engine's own reading does not agree with it;
/// the digits elsewhere.
pub(super) fn count(number: &Number, noun: &str) -> String {
    let value: u64 = number.whole.parse().unwrap_or(0);
    let feminine = is_feminine(noun, "");
    if noun.is_empty() || !agrees_otherwise(value, feminine) || number.whole.starts_with('0') {
        return number.whole.clone();
    }
    words(value, feminine)
}

/// Whether a number's end or its hundreds change before a noun.
fn agrees_otherwise(value: u64, feminine: bool) -> bool {
    let one = |n: u64| n % 10 == 1 && n % 100 != 11 && n != 1;
    let hundreds = |n: u64| (200..1000).contains(&(n % 1000));
    value <= VALUE_MAX
        && (one(value) || one(value / 1000) || feminine && (hundreds(value) || hundreds(value / 1000)))
}

fn words(value: u64, feminine: bool) -> String {
    let (thousands, rest) = (value / 1000, value % 1000);
    let mut parts: Vec<String> = Vec::new();
    match thousands {
        0 => {}
        1 => parts.push("mil".to_owned()),
        _ => parts.push(format!("{} mil", below_thousand(thousands, feminine, false))),
    }
    if rest > 0 {
        parts.push(below_thousand(rest, feminine, feminine));
    }
    parts.join(" ")
}

/// `feminine` is for the hundreds, `una` for the last one: before "mil" it is always "un".
fn below_thousand(value: u64, feminine: bool, una: bool) -> String {
    let at = |n: u64| usize::try_from(n).unwrap_or(0);
    let (hundreds, rest) = (value / 100 % 10, value % 100);
    let mut parts: Vec<String> = Vec::new();
    match hundreds {
        0 => {}
        1 if rest == 0 => parts.push("cien".to_owned()),
        1 => parts.push(HUNDREDS[1].to_owned()),
        _ => parts.push(format!("{}{}", HUNDREDS[at(hundreds)], if feminine { "as" } else { "os" })),
    }
    let ones = |n: u64| match n {
        1 if una => "una",
        21 if una => "veintiuna",
        n => ONES[at(n)],
    };
    match rest {
        0 => {}
        1..30 => parts.push(ones(rest).to_owned()),
        _ if rest.is_multiple_of(10) => parts.push(TENS[at(rest / 10)].to_owned()),
        _ => parts.push(format!("{} y {}", TENS[at(rest / 10)], ones(rest % 10))),
    }
    parts.join(" ")
}

/// `21 barcos`, `200 personas`, `1 hora`: a number before what it counts.
pub(super) fn counted(here: &Here<'_, '_>, _: &Language) -> Option<Rewrite> {
    let number = Number::at(here, here.at)?;
    let noun = here.word_after(number.next);
    let value: u64 = number.whole.parse().ok()?;
    if number.fraction.is_some() || noun.is_empty() || number.whole.starts_with('0') {
        return None;
    }
    if value == 1 {
        let article = single(noun)?;
        return say(number.next, article, "number");
    }
    let before = here.word_before(here.at).to_lowercase();
    let is_year = !number.grouped
        && (1000..2100).contains(&value)
        && matches!(before.as_str(), "en" | "de" | "desde" | "hasta" | "del" | "año" | "y" | "a" | "entre");
    if !is_plural(noun) || is_year {
        return None;
    }
    let second = here.word_after(number.next + 2);
    let feminine =
        is_feminine(noun, second) || matches!(before.as_str(), "las" | "unas" | "otras" | "estas" | "esas");
    agrees_otherwise(value, feminine).then(|| (number.next, words(value, feminine).into(), "number"))
}

/// "un" or "una" for one of what is counted often. Elsewhere a lone `1` may be a name.
fn single(noun: &str) -> Option<&'static str> {
    match noun {
        "hora" | "semana" | "persona" | "casa" | "vez" | "taza" | "cucharada" | "cucharadita" | "pizca"
        | "cebolla" | "tonelada" | "milla" | "página" | "libra" | "mujer" | "noche" | "botella" => {
            Some("una")
        }
        "día" | "mes" | "año" | "minuto" | "segundo" | "euro" | "dólar" | "punto" | "gol" | "litro"
        | "kilo" | "gramo" | "metro" | "kilómetro" | "centímetro" | "diente" | "huevo" | "limón"
        | "paquete" | "vaso" | "millón" | "hombre" | "voto" | "barco" | "libro" | "siglo" | "grado" => {
            Some("un")
        }
        _ => None,
    }
}

/// Whether a word is the plural of a noun, or goes with one.
fn is_plural(word: &str) -> bool {
    const NO_NOUNS: &[&str] = &[
        "más", "menos", "tras", "los", "las", "unos", "unas", "sus", "mis", "tus", "antes", "después",
        "pues", "entonces", "además", "quizás", "es", "eras", "dos", "tres", "seis", "nos", "otros", "otras",
        "algunos", "algunas", "muchos", "muchas", "varios", "varias", "estos", "estas", "esos", "esas",
        "todos", "todas", "ellos", "ellas", "mientras", "apenas", "atrás", "jamás",
    ];
    word.ends_with('s')
        && word.chars().count() >= 3
        && word.starts_with(char::is_lowercase)
        && !NO_NOUNS.contains(&word)
}

/// Whether what is counted is feminine, by its ending; the word after it may be its adjective.
fn is_feminine(noun: &str, second: &str) -> bool {
    const MASCULINE: &[&str] = &[
        "días",
        "mapas",
        "planetas",
        "cometas",
        "tranvías",
        "guardias",
        "policías",
        "problemas",
        "sistemas",
        "temas",
        "programas",
        "idiomas",
        "climas",
        "poemas",
        "dramas",
        "diagramas",
        "síntomas",
        "diplomas",
        "esquemas",
        "dilemas",
        "fantasmas",
        "atletas",
        "colegas",
        "poetas",
    ];
    const FEMININE: &[&str] = &[
        "veces", "mujeres", "noches", "tardes", "clases", "calles", "partes", "muertes", "leyes", "redes",
        "paredes", "llaves", "naves", "sedes", "nubes", "flores", "manos", "fotos", "motos", "frases",
        "torres", "bases", "fases", "series", "sesiones",
    ];
    const ENDINGS: &[&str] = &["ciones", "siones", "dades", "tades", "tudes", "umbres"];
    const LISTS: &[&str] = &["listas", "vistas", "pistas", "revistas", "entrevistas", "aristas"];
    // Those who do something ("turistas") are masculine where nothing says otherwise.
    if MASCULINE.contains(&noun) || noun.ends_with("istas") && !LISTS.contains(&noun) {
        return false;
    }
    noun.ends_with("as")
        || FEMININE.contains(&noun)
        || ENDINGS.iter().any(|ending| noun.ends_with(ending))
        || noun.ends_with("es") && second.ends_with("as") && second.len() > 4
}
