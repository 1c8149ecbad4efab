//! The page at `/`: what is there and plays, and the ways in.

mod panels;

use std::fmt::Write as _;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use quick_xml::escape::escape;

use super::shell::{self, Page};
use crate::app::{Listing, Speaker, State, Summary};

const SCRIPTS: &[&str] = &["listen-player.js", "page/front.js"];

/// What the page is rendered from.
pub(super) struct Shown<'a> {
    /// The address of the service.
    pub(super) public_url: &'a str,
    /// The site or paper, when the configuration names it.
    pub(super) publisher: &'a str,
    /// The articles of this page.
    pub(super) listing: &'a Listing,
    /// For each article that is being made: sentences that are made, and all of them.
    pub(super) progress: &'a [Option<(usize, usize)>],
    /// It is the first page.
    pub(super) first: bool,
    /// Publishing needs a key.
    pub(super) needs_key: bool,
    /// What is missing for the service to do its work.
    pub(super) problems: &'a [String],
    /// The voices that can speak here.
    pub(super) voices: &'a [Speaker],
}

/// The whole page.
pub(super) fn html(shown: &Shown<'_>) -> String {
    let title = if shown.publisher.is_empty() { "listen" } else { shown.publisher };
    let heading = match shown.publisher {
        "" => "Every article, read aloud.".to_owned(),
        publisher => format!("{}, read aloud.", escape(publisher)),
    };
    let mut main = format!(
        "<div class=\"hero\">\n<h1>{heading}</h1>\n<p class=\"lead\">Listen versions by an AI voice, sentence by \
         sentence: sound at once, from anywhere in the text.</p>\n</div>\n"
    );
    main.push_str(&problems(shown.problems));
    main.push_str("<section aria-labelledby=\"articles\">\n<h2 id=\"articles\">Articles</h2>\n");
    main.push_str(&articles(shown));
    main.push_str("</section>\n");
    if shown.first {
        main.push_str(&panels::trial(shown));
        main.push_str(&panels::voices(shown.voices));
        main.push_str(&panels::embed(shown));
        main.push_str(&panels::publish(shown));
    }
    shell::html(&Page { title, here: "Articles", root: "", main: &main, scripts: SCRIPTS })
}

fn problems(problems: &[String]) -> String {
    if problems.is_empty() {
        return String::new();
    }
    let mut html = String::from(
        "<section class=\"card warning\" aria-labelledby=\"problems\">\n\
         <h2 id=\"problems\">Not ready to speak</h2>\n<ul>\n",
    );
    for problem in problems {
        let _ = writeln!(html, "<li>{}</li>", escape(problem.as_str()));
    }
    html.push_str("</ul>\n<p>What is accepted meanwhile waits, and is read as soon as this is mended.</p>\n</section>\n");
    html
}

fn articles(shown: &Shown<'_>) -> String {
    let Listing { articles, next } = shown.listing;
    if articles.is_empty() {
        return "<p class=\"card none\" id=\"nothing\">Nothing here yet. Try a text below, or publish the first \
                article with one command.</p>\n<ol class=\"articles\" id=\"list\"></ol>\n"
            .to_owned();
    }
    let mut html = String::from("<ol class=\"articles\" id=\"list\">\n");
    for (i, article) in articles.iter().enumerate() {
        html.push_str(&card(article, shown.progress.get(i).copied().flatten()));
    }
    html.push_str("</ol>\n");
    if next.is_some() || !shown.first {
        html.push_str("<nav class=\"pages\" aria-label=\"Pages\">");
        if !shown.first {
            html.push_str("<a href=\"./\">Newest</a>");
        }
        if let Some(next) = next {
            let next = utf8_percent_encode(next, NON_ALPHANUMERIC);
            let _ = write!(html, "<a rel=\"next\" href=\"./?after={next}\">Older articles</a>");
        }
        html.push_str("</nav>\n");
    }
    html
}

fn card(article: &Summary, progress: Option<(usize, usize)>) -> String {
    let Summary { id, lang, .. } = article;
    let title = article.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
    let title = escape(title.unwrap_or(id.as_str()));
    let direction = if lang.is_rtl() { "rtl" } else { "ltr" };
    let heading = match article.url.as_deref().filter(|url| is_web_address(url)) {
        Some(url) => format!("<a href=\"{}\" rel=\"noreferrer\">{title}</a>", escape(url)),
        None => title.to_string(),
    };
    let mut html = format!(
        "<li class=\"card\" data-id=\"{id}\" data-state=\"{}\"><article aria-labelledby=\"title-{id}\">\n\
         <h3 id=\"title-{id}\" lang=\"{lang}\" dir=\"{direction}\">{heading}</h3>\n{}",
        article.state.as_str(),
        facts(article, progress)
    );
    if can_play(article) {
        let _ = writeln!(
            html,
            "<listen-player src=\"v1/articles/{id}\" label=\"{}\" for=\"#text-{id}\" click-to-seek \
             lang=\"{lang}\">\n\
             <audio controls preload=\"none\" aria-labelledby=\"title-{id}\" \
             src=\"v1/articles/{id}/audio.mp3\"></audio>\n</listen-player>",
            escape(article.label.as_str())
        );
    }
    html.push_str("</article></li>\n");
    html
}

/// The line under a title, and how far its audio is. `live.js` puts a newer one in its place.
fn facts(article: &Summary, progress: Option<(usize, usize)>) -> String {
    let minutes = crate::article::read_minutes(article.words);
    let mut html = format!(
        "<div class=\"facts\"><span class=\"label\">{}</span><span>{minutes} min read</span>\
         <span class=\"tongue\">{}</span>{}<a class=\"ways\" href=\"embed/{}/code\">Embed</a></div>\n",
        escape(article.label.as_str()),
        article.lang,
        state(article),
        article.id
    );
    if let Some((made, all)) = progress {
        let _ = writeln!(
            html,
            "<div class=\"making\"><progress max=\"{all}\" value=\"{made}\" aria-label=\"Sentences made\"></progress>\
             <span>{made} of {all} sentences</span></div>"
        );
    }
    html
}

/// An older finished state plays on when the current one failed.
fn can_play(article: &Summary) -> bool {
    article.state != State::Failed || article.ready_revision.is_some()
}

fn state(article: &Summary) -> &'static str {
    match article.state {
        State::Ready => "",
        State::Queued => "<span class=\"state\">queued; press play to hear it now</span>",
        State::Rendering => "<span class=\"state\">being read; plays already</span>",
        State::Failed => "<span class=\"state failed\">could not be read</span>",
    }
}

/// What may stand in a link: an article's address is what its publisher wrote.
fn is_web_address(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

#[cfg(test)]
mod tests;
