//! Drawings of figures, as SVG in the page: they need no script and print well.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use crate::app::{DayFigures, SentenceFigures};

/// The drawing's own units; the page scales it.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 200.0;

/// Points of a curve; longer articles are drawn by every n-th sentence.
const POINTS_MAX: usize = 360;

/// Sentences that name themselves under the pointer.
const NAMED_MAX: usize = 240;

/// Longest text of a name, in characters.
const NAME_CHARS_MAX: usize = 120;

/// The drop-off curve of an article: how many of the plays came as far as each sentence, and in how many
/// it was heard.
pub(super) fn drop_off(sentences: &[SentenceFigures]) -> String {
    let most = sentences.first().map_or(0, |first| first.reached).max(1) as f64;
    let share = |plays: u64| (plays as f64 / most).min(1.0);
    let x = |i: usize| WIDTH * i as f64 / sentences.len().max(1) as f64;
    let y = |share: f64| HEIGHT * (1.0 - share);
    let last = sentences.last().map_or(0, |last| last.reached);
    let mut svg = format!(
        "<svg class=\"curve\" viewBox=\"0 -8 {WIDTH} {:.0}\" role=\"img\" \
         aria-label=\"Of all plays, {:.0} % reached the last sentence\">\n",
        HEIGHT + 16.0,
        100.0 * share(last)
    );
    for quarter in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let _ = writeln!(svg, "<path class=\"grid\" d=\"M0 {0:.1}H{WIDTH}\"/>", y(quarter));
    }
    let step = sentences.len().div_ceil(POINTS_MAX).max(1);
    let line = |value: &dyn Fn(&SentenceFigures) -> u64| {
        sentences.iter().enumerate().step_by(step).fold(String::new(), |mut line, (i, sentence)| {
            let at = y(share(value(sentence)));
            let to = x((i + step).min(sentences.len()));
            let _ =
                if i == 0 { write!(line, "M0 {at:.1}H{to:.1}") } else { write!(line, "V{at:.1}H{to:.1}") };
            line
        })
    };
    let reached = line(&|sentence| sentence.reached);
    if !reached.is_empty() {
        let _ = writeln!(svg, "<path class=\"area\" d=\"{reached}V{HEIGHT}H0Z\"/>");
        let _ = writeln!(svg, "<path class=\"heard\" d=\"{}\"/>", line(&|s| u64::from(s.heard)));
        let _ = writeln!(svg, "<path class=\"line\" d=\"{reached}\"/>");
    }
    if sentences.len() <= NAMED_MAX {
        for (i, sentence) in sentences.iter().enumerate() {
            let text: String = sentence.text.chars().take(NAME_CHARS_MAX).collect();
            let _ = writeln!(
                svg,
                "<rect class=\"spot\" x=\"{:.1}\" y=\"0\" width=\"{:.1}\" height=\"{HEIGHT}\"><title>{:.0} % · {}</title></rect>",
                x(i),
                x(i + 1) - x(i),
                100.0 * share(sentence.reached),
                escape(&text)
            );
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// Plays by day, as bars. Days without plays between two others are drawn empty.
pub(super) fn days(days: &[DayFigures]) -> String {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return String::new() };
    let number = |day: &DayFigures| day.day.parse::<jiff::civil::Date>().ok();
    let (Some(start), Some(end)) = (number(first), number(last)) else { return String::new() };
    let between = |date: jiff::civil::Date| f64::from((date - start).get_days());
    // At least a fortnight wide, so that a first day is no wall.
    let slots = (between(end) + 1.0).max(14.0);
    let most = days.iter().map(|day| day.totals.plays).max().unwrap_or(0).max(1) as f64;
    let width = WIDTH / slots;
    let mut svg = format!(
        "<svg class=\"days\" viewBox=\"0 -4 {WIDTH} 100\" role=\"img\" \
         aria-label=\"Plays by day, {} to {}; at most {most:.0} on one day\">\n\
         <path class=\"grid\" d=\"M0 92H{WIDTH}\"/>\n",
        first.day, last.day
    );
    for day in days {
        let Some(date) = number(day) else { continue };
        let height = (92.0 * day.totals.plays as f64 / most).max(1.0);
        let _ = writeln!(
            svg,
            "<rect class=\"bar\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{height:.1}\" rx=\"2\">\
             <title>{}: {} plays</title></rect>",
            between(date) * width + width * 0.15,
            92.0 - height,
            width * 0.7,
            day.day,
            day.totals.plays
        );
    }
    svg.push_str("</svg>\n");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::PlayTotals;

    fn sentence(i: usize, reached: u64, text: &str) -> SentenceFigures {
        SentenceFigures { i, text: text.to_owned(), heard: u32::try_from(reached).unwrap_or(0), reached }
    }

    #[test]
    fn a_curve_steps_down_from_all_plays() {
        let svg = drop_off(&[sentence(0, 4, "One."), sentence(1, 2, "<b> & \"")]);
        assert!(svg.contains("d=\"M0 0.0H360.0V100.0H720.0\""), "{svg}");
        assert!(svg.contains("50 % reached the last sentence"), "{svg}");
        assert!(svg.contains("<title>50 % · &lt;b&gt; &amp; &quot;</title>"), "{svg}");
    }

    #[test]
    fn a_curve_is_bounded_and_draws_nothing_of_nothing() {
        let none = drop_off(&[]);
        assert!(none.contains("0 % reached") && !none.contains("NaN"), "{none}");
        let unheard = drop_off(&[sentence(0, 0, "One.")]);
        assert!(!unheard.contains("NaN") && unheard.contains("0 % reached"), "{unheard}");
        let long: Vec<_> = (0..30_000).map(|i| sentence(i, 30_000 - i as u64, "x")).collect();
        assert!(drop_off(&long).len() < 20_000, "{}", drop_off(&long).len());
    }

    #[test]
    fn days_stand_where_they_were() {
        let day = |day: &str, plays| DayFigures {
            day: day.to_owned(),
            totals: PlayTotals { plays, completed: 0, seconds: 0 },
        };
        let svg = days(&[day("2026-02-27", 1), day("2026-03-02", 4)]);
        assert_eq!(svg.matches("<rect").count(), 2);
        assert!(svg.contains("2026-03-02: 4 plays") && svg.contains("height=\"92.0\""), "{svg}");
        // Three days later, a fortnight wide: 3 × 720 / 14 and the gap before the bar.
        assert!(svg.contains("x=\"162.0\""), "{svg}");
        assert_eq!(days(&[]), "");
    }
}
