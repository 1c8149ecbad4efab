//! The operator's page: what was heard, of everything and of one article.

use std::fmt::Write as _;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use quick_xml::escape::escape;

use super::curve;
use super::shell::{self, Page};
use crate::app::{Figures, Overview, PlayTotals, SentenceFigures};

/// Places that are shown as those where listeners leave.
const LEAVES_SHOWN: usize = 5;

const SCRIPTS: &[&str] = &["page/figures.js"];

/// What stands here for those who show no key. The script asks for one and puts the figures in its place.
pub(super) fn locked(root: &str) -> String {
    let main = "<h1>Figures</h1>\n<section class=\"card\" id=\"locked\">\n\
        <p>How often articles are heard, and how far, is for publishers.</p>\n\
        <p><button class=\"strong\" id=\"unlock\" type=\"button\" hidden>Enter a key</button></p>\n\
        <noscript><p>This page needs a script to send your key. Without one, ask on the command line:</p>\n\
        <pre tabindex=\"0\" aria-label=\"Command that shows the figures\"><code>curl -H \"Authorization: Bearer $LISTEN_API_KEY\" …/v1/figures</code></pre></noscript>\n\
        </section>\n";
    page(root, "Figures", main)
}

/// The figures of everything.
pub(super) fn overview(overview: &Overview) -> String {
    let mut main = String::from("<h1>Figures</h1>\n");
    main.push_str(PROMISE);
    main.push_str(&tiles(&overview.totals, overview.completion));
    if overview.articles.is_empty() {
        main.push_str(
            "<p class=\"card\">Nobody has listened yet. Players report when a visit ends; \
             the first play shows up here.</p>\n",
        );
        return page("", "Figures", &main);
    }
    section(&mut main, "Plays by day", &curve::days(&overview.days));
    let mut table = String::from(
        "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">Article</th><th scope=\"col\">Plays</th>\
         <th scope=\"col\">To the end</th><th scope=\"col\">Heard</th></tr></thead>\n<tbody>\n",
    );
    for article in &overview.articles {
        let (id, lang) = (&article.id, &article.lang);
        let title = article.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
        let _ = writeln!(
            table,
            "<tr><th scope=\"row\"><a href=\"figures/{id}\" lang=\"{lang}\" dir=\"auto\">{}</a></th>\
             <td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(title.unwrap_or(id.as_str())),
            article.totals.plays,
            percent(article.completion),
            heard(article.totals.seconds)
        );
    }
    table.push_str("</tbody></table></div>\n");
    section(&mut main, "Most played", &table);
    page("", "Figures", &main)
}

/// The figures of one article.
pub(super) fn article(figures: &Figures) -> String {
    let title = figures.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
    let title = title.unwrap_or(figures.id.as_str());
    let mut main = format!(
        "<p class=\"back\"><a href=\"../figures\">All figures</a></p>\n\
         <h1 lang=\"{}\" dir=\"auto\">{}</h1>\n{PROMISE}{}",
        figures.lang,
        escape(title),
        tiles(&figures.totals, figures.completion)
    );
    if figures.totals.plays == 0 {
        main.push_str("<p class=\"card\">Nobody has listened to this article yet.</p>\n");
        return page("../", title, &main);
    }
    section(&mut main, "How far they listen", &how_far(figures));
    section(&mut main, "Where they leave", &leaves(&figures.sentences, &figures.lang.to_string()));
    section(&mut main, "Plays by day", &curve::days(&figures.days));
    section(&mut main, "Sentence by sentence", &sentences(figures));
    if figures.revisions.len() > 1 {
        section(&mut main, "Revisions", &revisions(figures));
    }
    page("../", title, &main)
}

const PROMISE: &str = "<p class=\"lead\">Sums only: no cookie, no identifier, no address of a listener is kept. \
    Listeners who ask not to be counted are not.</p>\n";

fn page(root: &str, title: &str, main: &str) -> String {
    shell::html(&Page { title: &format!("{title} · listen"), here: "Figures", root, main, scripts: SCRIPTS })
}

fn section(main: &mut String, heading: &str, body: &str) {
    let id = heading.to_lowercase().replace(' ', "-");
    let _ = write!(
        main,
        "<section class=\"card\" aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{heading}</h2>\n{body}</section>\n"
    );
}

fn tiles(totals: &PlayTotals, completion: f64) -> String {
    format!(
        "<dl class=\"tiles\">\n<div><dt>Plays</dt><dd>{}</dd></div>\n<div><dt>To the end</dt><dd>{}</dd></div>\n\
         <div><dt>Heard</dt><dd>{}</dd></div>\n</dl>\n",
        totals.plays,
        percent(completion),
        heard(totals.seconds)
    )
}

fn how_far(figures: &Figures) -> String {
    format!(
        "{}<p class=\"legend\"><span class=\"key reached\"></span> reached this sentence or a later one \
         <span class=\"key heard\"></span> heard it. From the first sentence to the last, of {} plays.</p>\n",
        curve::drop_off(&figures.sentences),
        figures.sentences.first().map_or(0, |first| first.reached)
    )
}

/// The sentences after which most plays end, the end itself aside.
fn leaves(sentences: &[SentenceFigures], lang: &str) -> String {
    let plays = sentences.first().map_or(0, |first| first.reached).max(1);
    let mut left: Vec<(&SentenceFigures, u64)> = sentences
        .windows(2)
        .map(|pair| (&pair[0], pair[0].reached.saturating_sub(pair[1].reached)))
        .filter(|(_, left)| *left > 0)
        .collect();
    left.sort_by_key(|(sentence, left)| (std::cmp::Reverse(*left), sentence.i));
    if left.is_empty() {
        return "<p>Everybody who started heard it to the end.</p>\n".to_owned();
    }
    let mut list = String::from("<ol class=\"leaves\">\n");
    for (sentence, left) in left.into_iter().take(LEAVES_SHOWN) {
        let _ = writeln!(
            list,
            "<li><strong>−{}</strong> after <q lang=\"{lang}\" dir=\"auto\">{}</q></li>",
            percent(left as f64 / plays as f64),
            escape(sentence.text.as_str())
        );
    }
    list.push_str("</ol>\n");
    list
}

fn sentences(figures: &Figures) -> String {
    let plays = figures.sentences.first().map_or(0, |first| first.reached).max(1) as f64;
    let mut table = String::from(
        "<details><summary>Show all sentences</summary>\n<div class=\"wide\"><table>\n<thead><tr>\
         <th scope=\"col\">Sentence</th><th scope=\"col\">Reached</th><th scope=\"col\">Heard</th></tr></thead>\n<tbody>\n",
    );
    for sentence in &figures.sentences {
        let _ = writeln!(
            table,
            "<tr><td lang=\"{}\" dir=\"auto\">{}</td><td>{}</td><td>{}</td></tr>",
            figures.lang,
            escape(sentence.text.as_str()),
            percent(sentence.reached as f64 / plays),
            sentence.heard
        );
    }
    table.push_str("</tbody></table></div>\n</details>\n");
    table
}

fn revisions(figures: &Figures) -> String {
    let mut list = String::from("<ul class=\"revisions\">\n");
    for revision in &figures.revisions {
        let name = utf8_percent_encode(&revision.revision, NON_ALPHANUMERIC);
        let shown = if revision.revision == figures.revision { " aria-current=\"true\"" } else { "" };
        let _ = writeln!(
            list,
            "<li><a href=\"?rev={name}\"{shown}><code>{name}</code></a> {} plays</li>",
            revision.totals.plays
        );
    }
    list.push_str("</ul>\n");
    list
}

fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

fn heard(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests;
