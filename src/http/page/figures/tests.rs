use super::*;
use crate::app::{ArticleFigures, DayFigures, RevisionFigures};
use crate::article::Lang;

fn sentence(i: usize, reached: u64, text: &str) -> SentenceFigures {
    SentenceFigures { i, text: text.to_owned(), heard: u32::try_from(reached).unwrap_or(0), reached }
}

fn figures(sentences: Vec<SentenceFigures>) -> Figures {
    let plays = sentences.first().map_or(0, |first| first.reached);
    let totals = PlayTotals { plays, completed: plays / 2, seconds: plays * 61 };
    let revision = "0123456789abcdef".to_owned();
    Figures {
        id: "ferry".parse().expect("an id"),
        title: Some("The <last> ferry".to_owned()),
        lang: Lang::english(),
        totals,
        completion: 0.5,
        days: vec![DayFigures { day: "2026-11-26".to_owned(), totals }],
        revisions: vec![RevisionFigures { revision: revision.clone(), totals }],
        revision,
        sentences,
    }
}

#[test]
fn an_article_shows_how_far_it_is_heard_and_where_listeners_leave() {
    let sentences = [8, 8, 5, 4].iter().enumerate();
    let sentences =
        sentences.map(|(i, reached)| sentence(i, *reached, &format!("Sentence <{i}>."))).collect();
    let html = article(&figures(sentences));
    assert!(html.contains("<h1 lang=\"en\" dir=\"auto\">The &lt;last&gt; ferry</h1>"), "{html}");
    assert!(
        html.contains("<dd>8</dd>") && html.contains("<dd>50 %</dd>") && html.contains("<dd>8 min</dd>"),
        "{html}"
    );
    let leaves: Vec<_> = html.match_indices("<li><strong>−").map(|(at, _)| &html[at..at + 80]).collect();
    assert_eq!(leaves.len(), 2, "{leaves:?}");
    assert!(leaves[0].contains("38 %") && leaves[0].contains("Sentence &lt;1&gt;."), "{leaves:?}");
    assert!(leaves[1].contains("12 %") || leaves[1].contains("13 %"), "{leaves:?}");
    assert!(!html.contains("Revisions</h2>"), "one revision needs no choice");
}

#[test]
fn an_article_that_nobody_heard_says_so() {
    let html = article(&figures(vec![sentence(0, 0, "One.")]));
    assert!(html.contains("Nobody has listened to this article yet") && !html.contains("<svg"), "{html}");
}

#[test]
fn everybody_to_the_end_leaves_nowhere() {
    assert!(leaves(&[sentence(0, 3, "One."), sentence(1, 3, "Two.")], "en").contains("Everybody"));
}

#[test]
fn the_overview_leads_to_each_article() {
    let totals = PlayTotals { plays: 3, completed: 1, seconds: 7300 };
    let article = ArticleFigures {
        id: "ferry".parse().expect("an id"),
        title: None,
        lang: Lang::english(),
        totals,
        completion: 1.0 / 3.0,
    };
    let html =
        overview(&Overview { totals, completion: 1.0 / 3.0, days: Vec::new(), articles: vec![article] });
    assert!(html.contains("<a href=\"figures/ferry\" lang=\"en\" dir=\"auto\">ferry</a>"), "{html}");
    assert!(html.contains("<td>33 %</td><td>2 h 1 min</td>"), "{html}");
    let none =
        Overview { totals: PlayTotals::default(), completion: 0.0, days: Vec::new(), articles: Vec::new() };
    assert!(overview(&none).contains("Nobody has listened yet"));
}

#[test]
fn without_a_key_there_are_no_figures() {
    let html = locked("../");
    assert!(html.contains("src=\"../page/figures.js\"") && !html.contains("<dd>"), "{html}");
}
