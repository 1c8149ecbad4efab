use crate::article::Lang;
use crate::text::spoken;

fn check(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(spoken(source, &Lang::english(), None).spoken, *expected, "{source}");
    }
}

#[test]
fn money_is_said_with_its_magnitude_and_cents() {
    check(&[
        ("It cost $1.5bn.", "It cost one point five billion dollars."),
        ("up €5m to £4.99", "up five million euros to four pounds ninety nine pence"),
        ("a US$20 fee", "a twenty U S dollar fee"),
        ("a $5 bill, or $1 each", "a five dollar bill, or one dollar each"),
        ("$5–10m a year", "five to ten million dollars a year"),
        ("$10.50-$12.75", "ten dollars fifty cents to twelve dollars seventy five cents"),
        ("£0.01 or 5€ or 30 EUR", "one penny or five euros or thirty euros"),
        ("$350/yr and Rs. 500", "three hundred and fifty dollars per year and five hundred rupees"),
    ]);
}

#[test]
fn dates_are_said_in_the_order_they_are_written() {
    check(&[
        ("on Nov. 22, 2026, in", "on November twenty second, twenty twenty six, in"),
        ("by 25 July 2012", "by the twenty fifth of July twenty twelve"),
        ("the 4th of July", "the fourth of July"),
        ("2026-11-22", "November twenty second twenty twenty six"),
        ("June 3-5", "June third to fifth"),
        ("the 1990s and '80s", "the nineteen nineties and eighties"),
        (
            "2019–2021 and 1998-99",
            "twenty nineteen to twenty twenty one and nineteen ninety eight to ninety nine",
        ),
        ("FY24 and Q3", "fiscal year twenty twenty four and Q three"),
        ("You may 5 times ask.", "You may five times ask."),
    ]);
}

#[test]
fn times_are_said_with_their_half_of_the_day_and_zone() {
    check(&[
        ("at 12:30pm", "at twelve thirty PM"),
        ("at 9:05 or 14:00 ET", "at nine oh five or fourteen hundred E T"),
        ("by 5 p.m. on Friday", "by five PM on Friday"),
        ("It ended at 5 p.m.", "It ended at five PM."),
        ("9am-5pm", "nine A M to five PM"),
        ("in 2:01:39", "in two hours one minute and thirty nine seconds"),
    ]);
}

#[test]
fn measures_have_their_units() {
    check(&[
        ("100 km/h in 20°C", "one hundred kilometers per hour in twenty degrees Celsius"),
        ("5 m² and 16GB", "five square meters and sixteen gigabytes"),
        ("6ft 2in, or 6'2\"", "six feet two inches, or six foot two"),
        ("a 5km race", "a five kilometer race"),
        ("5–10% more", "five to ten percent more"),
        ("5 in 10 people", "five in ten people"),
        ("1 kg, 2.5 kg", "one kilogram, two point five kilograms"),
    ]);
}

#[test]
fn ranges_and_scores_are_told_from_names() {
    check(&[
        ("10–15 people won 3-2", "ten to fifteen people won three to two"),
        ("a 50-50 chance", "a fifty fifty chance"),
        ("a 24/7 shop", "a twenty four seven shop"),
        ("2 1/2 cups, 3/4 full", "two and a half cups, three quarters full"),
        ("version 2.0.1", "version two point zero point one"),
        ("call 123-555-0100", "call one two three, five five five, zero one zero zero"),
        ("she called 911", "she called nine one one"),
        ("a 401(k) plan", "a four oh one k plan"),
    ]);
}

#[test]
fn abbreviations_and_titles_are_said_in_full() {
    check(&[
        ("Dr. Ruiz of St. Louis", "Doctor Ruiz of Saint Louis"),
        ("12 Elm St. is near Ocean Dr.", "twelve Elm Street is near Ocean Drive."),
        ("Gov. Lee vs. Sen. Fox", "Governor Lee versus Senator Fox"),
        ("No. 5, pp. 5-7", "number five, pages five to seven"),
        ("No. I said no.", "No. I said no."),
        ("e.g. tea, i.e. a drink", "for example tea, that is a drink"),
        ("John Q. Public Jr.", "John Q Public Junior."),
        ("Henry VIII, World War II, Part IV", "Henry the eighth, World War two, Part four"),
    ]);
}

#[test]
fn acronyms_are_spelled_or_said() {
    check(&[
        ("the U.S. and the US", "the U S and the U S"),
        ("NASA, NATO and the FBI", "NASA, NATO and the F B I"),
        ("OpenAI's CEOs", "Open A I's C E O's"),
        ("SaaS, R&D, AT&T", "sass, R and D, A T and T"),
        ("COVID-19, COP28, CO2", "COVID-nineteen, COP twenty eight, C O two"),
        ("It is NOT us.", "It is NOT us."),
        ("A MARKET CRASH SHOCKS EVERYONE", "A MARKET CRASH SHOCKS EVERYONE"),
    ]);
}

#[test]
fn addresses_on_the_web_are_read_without_their_ballast() {
    check(&[
        ("See https://www.example.com/news?id=7.", "See example dot com slash news."),
        ("mail jo@example.org", "mail jo at example dot org"),
        ("@listener likes #audio", "at listener likes hashtag audio"),
        ("the .NET team", "the dot NET team"),
    ]);
}

#[test]
fn signs_are_said_where_they_mean_something() {
    check(&[
        ("and/or, he/she", "and or, he or she"),
        ("C# & C++, ~5", "C sharp and C plus plus, about five"),
        ("below -4, or −4", "below minus four, or minus four"),
        ("a deal — and more--soon", "a deal, and more, soon"),
        ("well-known twenty-one", "well-known twenty-one"),
        ("Terms™ © here", "Terms here"),
    ]);
}

/// Each line of the fixture is said as it is written, or as it says after a tab.
#[test]
fn plain_prose_is_left_alone() {
    let prose = include_str!("../../../../tests/fixtures/plain-prose-en.txt");
    assert!(prose.lines().count() >= 300);
    for line in prose.lines() {
        let (source, expected) = line.split_once('\t').unwrap_or((line, line));
        assert_eq!(spoken(source, &Lang::english(), None).spoken, expected);
    }
}
