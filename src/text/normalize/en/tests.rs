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
        ("an 8\" pipe", "an eight inch pipe"),
        ("12\" long", "twelve inches long"),
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
fn numbers_that_are_names_are_said_in_pairs() {
    check(&[
        (
            "a Boeing 737-800, an Airbus A320-200 and a 787-9",
            "a Boeing seven thirty seven eight hundred, an Airbus A three twenty two hundred and a seven \
             eighty seven nine",
        ),
        (
            "the 747 took off, two 747s did not",
            "the seven forty seven took off, two seven forty sevens did not",
        ),
        ("an F-150 in Room 101", "an F-one fifty in Room one oh one"),
        ("flight BA2490 and Flight 370", "flight B A twenty four ninety and Flight three seventy"),
        (
            "737 people, 800-900 more",
            "seven hundred and thirty seven people, eight hundred to nine hundred more",
        ),
        ("the 777 people who came", "the seven hundred and seventy seven people who came"),
        ("a 500-600 range", "a five hundred to six hundred range"),
    ]);
}

#[test]
fn tags_are_said_in_their_words() {
    check(&[
        ("#MAGA2024 and #MeToo", "hashtag MAGA twenty twenty four and hashtag Me Too"),
        ("#BlackLivesMatter, @JoLind", "hashtag Black Lives Matter, at Jo Lind"),
        ("#nofilter, #NHS, #1", "hashtag nofilter, hashtag NHS, number one"),
    ]);
}

#[test]
fn a_stroke_between_letters_or_measures_is_not_said() {
    check(&[
        ("a P/E ratio, an A/B test", "a P E ratio, an A B test"),
        ("TCP/IP, AC/DC", "TCP I P, A C DC"),
        ("16GB/512GB", "sixteen gigabytes, five hundred and twelve gigabytes"),
        (
            "200g/7oz flour at 180C/350F/gas 4",
            "two hundred grams, seven ounces flour at one hundred and eighty degrees Celsius, three hundred \
             and fifty degrees Fahrenheit, gas four",
        ),
        ("upgrade/update", "upgrade slash update"),
    ]);
}

#[test]
fn kitchens_and_thermometers_are_read() {
    check(&[
        (
            "2 tbsp oil, 1 tsp salt, ½ tsp pepper",
            "two tablespoons oil, one teaspoon salt, one half teaspoon pepper",
        ),
        ("250g flour, a 4g phone", "two hundred and fifty grams flour, a four g phone"),
        (
            "35C in May, 36.6C now, seat 24F",
            "thirty five degrees Celsius in May, thirty six point six degrees Celsius now, seat twenty four F",
        ),
        ("5 ‰ of them", "five per thousand of them"),
        ("Cook 50 mins – 1 hr", "Cook fifty minutes to one hour"),
        ("a 23x13cm tin, 4 x 100m", "a twenty three by thirteen centimeter tin, four by one hundred meters"),
    ]);
}

#[test]
fn what_lasts_is_told_from_times_of_day() {
    check(&[
        ("in 3:43.13", "in three minutes forty three point one three seconds"),
        ("after 1h 23m and 2h30", "after one hour twenty three minutes and two hours thirty minutes"),
        ("1hr 20mins of it", "one hour twenty minutes of it"),
        ("a 5m pool", "a five meter pool"),
    ]);
}

#[test]
fn short_numbers_are_dialled_where_somebody_dials() {
    check(&[
        ("on 0800 1111", "on oh eight hundred, one one one one"),
        ("call Samaritans on 116 123", "call Samaritans on one one six, one two three"),
        ("He is 6' 2\" or 6'2\" tall", "He is six foot two or six foot two tall"),
    ]);
}

#[test]
fn markets_are_reported_in_full() {
    check(&[
        ("a 25bp cut, 0.5pp", "a twenty five basis point cut, zero point five percentage points"),
        ("up 47 pts, 2.9% y/y", "up forty seven points, two point nine percent year on year"),
        ("a 60/40 split of the 30-yr bond", "a sixty forty split of the thirty year bond"),
        (
            "est. 227K, est. 1887",
            "estimated two hundred and twenty seven thousand, established eighteen eighty seven",
        ),
        ("a 4K film, 5k people", "a four K film, five thousand people"),
        ("¥151.20, in '09", "one hundred and fifty one point two zero yen, in oh nine"),
        ("the FOMC and the VIX", "the F O M C and the vix"),
        ("the 1500m, 1,500m", "the fifteen hundred meters, one thousand five hundred meters"),
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
