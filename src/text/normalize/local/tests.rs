use super::super::{Spoken, spoken};
use crate::article::Lang;

fn said(lang: &str, source: &str) -> Spoken {
    let lang: Lang = lang.parse().expect("a tag");
    spoken(source, &lang, None)
}

/// What each text is given as, and that every row of its map lies where it says.
fn check(lang: &str, cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        let Spoken { spoken, map, .. } = said(lang, source);
        assert_eq!(spoken, *expected, "{lang}: {source}");
        let (mut spoken_end, mut source_end) = (0, 0);
        for &[a, b, c, d] in &map {
            let (a, b, c, d) = (a as usize, b as usize, c as usize, d as usize);
            assert!(spoken_end <= a && a < b && source_end <= c && c < d, "{source}: {map:?}");
            assert!(spoken.get(a..b).is_some() && source.get(c..d).is_some(), "{source}: {map:?}");
            (spoken_end, source_end) = (b, d);
        }
        assert_eq!(spoken_end, spoken.len(), "{source}: the end is not mapped");
    }
}

fn unchanged(lang: &str, texts: &[&str]) {
    for text in texts {
        let Spoken { spoken, notes, .. } = said(lang, text);
        assert_eq!((spoken.as_str(), notes.len()), (*text, 0), "{lang}");
    }
}

/// The part of the source that the map gives for a part of what is said.
fn source_of<'a>(lang: &str, source: &'a str, words: &str) -> &'a str {
    let Spoken { spoken, map, .. } = said(lang, source);
    let start = spoken.find(words).unwrap_or_else(|| panic!("{words:?} is not in {spoken:?}"));
    let rows = || map.iter().filter(|[a, b, ..]| (*a as usize) < start + words.len() && *b as usize > start);
    let from = rows().map(|row| row[2]).min().expect("a row");
    let to = rows().map(|row| row[3]).max().expect("a row");
    &source[from as usize..to as usize]
}

#[test]
fn german_is_put_into_words() {
    check(
        "de",
        &[
            ("Sie kam am 12.03.2024 an.", "Sie kam am zwölften dritten 2024 an."),
            (
                "Der 1.5.1998 war ein Freitag.",
                "Der erste fünfte neunzehnhundertachtundneunzig war ein Freitag.",
            ),
            ("Ab dem 1.5. gilt das.", "Ab dem ersten fünften gilt das."),
            ("Im 19. Jahrhundert war es so.", "Im neunzehnten Jahrhundert war es so."),
            ("Das ist der 3. Platz.", "Das ist der dritte Platz."),
            ("Um 14:30 Uhr geht es los.", "Um 14 Uhr 30 geht es los."),
            ("Es war 1 Uhr.", "Es war ein Uhr."),
            ("Das kostet 3,50 €.", "Das kostet 3 Euro 50."),
            ("Das kostet 0,99 €.", "Das kostet 99 Cent."),
            ("Es fehlen 1,5 Mrd. Euro.", "Es fehlen 1,5 Milliarden Euro."),
            ("Genau 1 Mio. Gäste kamen.", "Genau eine Million Gäste kamen."),
            ("Er fuhr 100 km/h.", "Er fuhr 100 Kilometer pro Stunde."),
            ("Es blieben 1 km.", "Es blieben ein Kilometer."),
            ("Es kamen 10–15 Leute.", "Es kamen 10 bis 15 Leute."),
            ("Sie siegten 3:1.", "Sie siegten 3 zu 1."),
            ("Das war 1999.", "Das war neunzehnhundertneunundneunzig."),
            ("Es waren −4 Grad.", "Es waren minus 4 Grad."),
            ("Nimm z. B. Brot.", "Nimm zum Beispiel Brot."),
            ("Es kamen ca. 30 Gäste.", "Es kamen circa 30 Gäste."),
            ("Er wohnt Hauptstr. 12.", "Er wohnt Haupt-straße 12."),
            ("Die Bahnhofstraße ist eine Straße.", "Die Bahnhof-straße ist eine Straße."),
            ("Ludwig XIV. starb.", "Ludwig der Vierzehnte starb."),
            ("In den 1990er Jahren.", "In den neunzehnhundertneunziger Jahren."),
            ("In den 1920ern und 2010ern.", "In den neunzehnhundertzwanzigern und 2010ern."),
            ("Ein Glas für 1 €.", "Ein Glas für einen Euro."),
            ("Es kostet nur 1,50 €.", "Es kostet nur einen Euro 50."),
            ("Mit 1 Mio. Euro.", "Mit einer Million Euro."),
            ("In 1 Stunde, vor 1 Tag.", "In einer Stunde, vor einem Tag."),
            ("Nimm 1/2 Liter Milch.", "Nimm einen halben Liter Milch."),
            ("Mit 1/2 l Milch.", "Mit einem halben Liter Milch."),
            ("Es waren -5 °C, um -1 km.", "Es waren minus 5 Grad Celsius, um minus ein Kilometer."),
            ("Nach ½ Stunde.", "Nach einer halben Stunde."),
            ("Es hat 16 GB und 3 ‰.", "Es hat 16 Gigabait und 3 Promille."),
            ("Er braucht 5 l/100 km.", "Er braucht 5 Liter pro 100 Kilometer."),
            ("Lies Kapitel IV.", "Lies Kapitel 4."),
            ("Die EU, die USA und die AfD.", "Die E U, die U S A und die A F D."),
            ("Der US-Präsident und die NATO.", "Der U S-Präsident und die NATO."),
            ("Ruf 030 123456 an.", "Ruf 0 3 0, 1 2 3 4 5 6 an."),
            ("Stand 12.3.24.", "Stand zwölfter dritter 2024."),
        ],
    );
    assert_eq!(source_of("de", "Es fehlen 1,5 Mrd. Euro heute.", "Milliarden Euro"), "1,5 Mrd. Euro");
    assert_eq!(source_of("de", "Es fehlen 1,5 Mrd. Euro heute.", "heute"), "heute.");
}

#[test]
fn french_is_put_into_words() {
    check(
        "fr",
        &[
            ("Elle arrive le 12/03/2024.", "Elle arrive le 12 mars 2024."),
            ("Depuis le 01/05/2023, tout va.", "Depuis le premier mai 2023, tout va."),
            ("Publié 2024-03-12.", "Publié 12 mars 2024."),
            ("Rendez-vous à 14h30.", "Rendez-vous à 14 heures 30."),
            ("Rendez-vous à 14 h 05.", "Rendez-vous à 14 heures 5."),
            ("Fini à 21h.", "Fini à vingt et une heures."),
            ("Cela coûte 3,50 €.", "Cela coûte 3 euros 50."),
            ("Cela coûte 1,5 €.", "Cela coûte 1,5 euro."),
            ("Il manque 5 M€.", "Il manque 5 millions d'euros."),
            ("Il manque 1,5 Md€.", "Il manque 1,5 milliard d'euros."),
            ("Il manque 250 k€.", "Il manque 250 mille euros."),
            ("C'est la 1re place.", "C'est la première place."),
            ("C'est le 2e tour.", "C'est le 2ème tour."),
            ("Au XXIe siècle, rien.", "Au 21ème siècle, rien."),
            ("Louis XIV est mort.", "Louis 14 est mort."),
            ("M. Dupont est venu.", "Monsieur Dupont est venu."),
            ("Il roule à 100 km/h.", "Il roule à 100 kilomètres à l'heure."),
            ("Entre 10–15 personnes.", "Entre 10 à 15 personnes."),
            ("Il faisait −4 degrés.", "Il faisait moins 4 degrés."),
            ("Le n° 7 gagne.", "Le numéro 7 gagne."),
            ("Au 19ème siècle.", "Au diz-neuvième siècle."),
            ("Le XIXe, le 9e, le 80e.", "Le diz-neuvième, le neuvième, le quatre-vingtième."),
            ("Il a 21 pages et 1 heure.", "Il a vingt et une pages et une heure."),
            ("Il a 21 livres et 3 ‰.", "Il a 21 livres et 3 pour mille."),
            ("L'UE, la BCE et l'ONU.", "L'U E, la B C E et l'ONU."),
            ("Une c. à café, 2 c. à s. d'huile.", "Une cuillère à café, 2 cuillère à soupe d'huile."),
            ("Voir le chapitre IV.", "Voir le chapitre 4."),
            ("Le 12/3/24, 5 l/100 km.", "Le 12 mars 2024, 5 litres aux 100 kilomètres."),
        ],
    );
    assert_eq!(source_of("fr", "Il manque 5 M€ ici.", "millions d'euros"), "5 M€");
    assert_eq!(source_of("fr", "Il manque 5 M€ ici.", "ici"), "ici.");
}

#[test]
fn spanish_is_put_into_words() {
    check(
        "es",
        &[
            ("Llega el 12/03/2024.", "Llega el 12 de marzo de 2024."),
            ("Publicado 2024-03-12.", "Publicado 12 de marzo de 2024."),
            ("Empieza a las 8:00.", "Empieza a las 8."),
            ("Empieza a la 1:30.", "Empieza a la una 30."),
            ("Empieza a las 14.30 h.", "Empieza a las 14 30 horas."),
            ("Cuesta 3,50 €.", "Cuesta 3 euros con 50."),
            ("Cuesta 0,99 €.", "Cuesta 99 céntimos."),
            ("Faltan 5 M€.", "Faltan 5 millones de euros."),
            ("Pagó US$20 ayer.", "Pagó 20 dólares ayer."),
            ("La 2.ª vez fue mejor.", "La segunda vez fue mejor."),
            ("El 3er puesto es suyo.", "El tercer puesto es suyo."),
            ("Felipe VI llegó.", "Felipe sexto llegó."),
            ("Isabel II reinó.", "Isabel segunda reinó."),
            ("EE. UU. ganó.", "Estados Unidos ganó."),
            ("Iba a 100 km/h.", "Iba a 100 kilómetros por hora."),
            ("Vinieron 10–15 personas.", "Vinieron 10 a 15 personas."),
            ("Estaban a −4 grados.", "Estaban a menos 4 grados."),
            ("Ortega & Ruiz abren.", "Ortega y Ruiz abren."),
            ("Pan y/o vino.", "Pan y o vino."),
            ("Hay 21 barcos y 21 casas.", "Hay veintiún barcos y veintiuna casas."),
            ("Cuesta 21 € o 31,50 €.", "Cuesta veintiún euros o treinta y un euros con 50."),
            ("Vinieron 200 personas.", "Vinieron doscientas personas."),
            ("Son 1.021 mujeres.", "Son mil veintiuna mujeres."),
            ("Las 241.000 libras.", "Las doscientas cuarenta y un mil libras."),
            ("Los 21 problemas y 1 hora.", "Los veintiún problemas y una hora."),
            ("Tiene 16 GB y 3 ‰.", "Tiene 16 gigabaits y 3 por mil."),
            ("La UE, el FMI y la ONU.", "La U E, el F M I y la ONU."),
            ("En la c/ Mayor.", "En la calle Mayor."),
            ("Gasta 5 l/100 km.", "Gasta 5 litros a los 100 kilómetros."),
            ("El 12/3/24 llegó.", "El 12 de marzo de 2024 llegó."),
        ],
    );
    assert_eq!(source_of("es", "Faltan 5 M€ hoy.", "millones de euros"), "5 M€");
    assert_eq!(source_of("es", "Faltan 5 M€ hoy.", "hoy"), "hoy.");
}

#[test]
fn what_the_engine_reads_well_and_what_is_no_amount_stays() {
    unchanged(
        "de",
        &[
            "Es waren 25 Gäste.",
            "Die Version 2.4.1 ist da.",
            "Der Wert lag bei 3,5.",
            "Siehe example.com/a/12.",
            "Im Jahr 2024 kam sie.",
            "Auf Platz 1 Stunden später.",
            "Die Version 12.3.24 kam.",
            "ALLES NEU IM HAFEN",
            "Es ist NUR ein Wort, und UNHÖRBAR AM ENDE.",
            "Der BND, Papst Pius IX und der TÜV.",
            "Er lief mit.",
            "Das A und das O.",
        ],
    );
    unchanged(
        "fr",
        &[
            "Il y avait 25 invités.",
            "La version 2.4.1 est là.",
            "Le taux est de 3,5.",
            "Elle a reçu une lettre de M.",
            "En 1999, il est parti.",
            "Le 21 mai est un mardi.",
        ],
    );
    unchanged(
        "es",
        &[
            "Había 25 invitados.",
            "La versión 2.4.1 está aquí.",
            "El índice es de 3,5.",
            "En 1999 se fue.",
            "El siglo XXI empieza.",
            "Salió a las 14:30.",
            "El 21 de mayo, en 2001 personas y 200 barcos.",
            "Fórmula 1 regresa.",
            "Llame al 91 123 45 67.",
        ],
    );
}

#[test]
fn other_languages_keep_their_digits() {
    for lang in ["it", "pl", "nl", "pt"] {
        unchanged(lang, &["12.03.2024, 3,50 € / 5 km, XIV."]);
    }
}
