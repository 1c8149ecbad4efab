//! The page at `/`.

use std::fmt::Write as _;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use quick_xml::escape::escape;

use super::shell;
use crate::app::{Listing, State, Summary};

/// What the page is rendered from.
pub(super) struct Shown<'a> {
    /// The address of the service.
    pub(super) public_url: &'a str,
    /// The site or paper, when the configuration names it.
    pub(super) publisher: &'a str,
    /// The articles of this page.
    pub(super) listing: &'a Listing,
    /// It is the first page.
    pub(super) first: bool,
    /// Publishing needs a key.
    pub(super) needs_key: bool,
}

/// The whole page.
pub(super) fn html(shown: &Shown<'_>) -> String {
    let title = if shown.publisher.is_empty() { "listen" } else { shown.publisher };
    let mut body = format!(
        "<header>\n<p class=\"mark\" aria-hidden=\"true\"><i></i><i></i><i></i><i></i><i></i></p>\n\
         <h1>{}</h1>\n<p class=\"lead\">Articles, read aloud by an AI voice.</p>\n</header>\n<main>\n\
         <section aria-labelledby=\"articles\">\n<h2 id=\"articles\">Articles</h2>\n",
        escape(title)
    );
    body.push_str(&articles(shown));
    body.push_str("</section>\n");
    if shown.first {
        body.push_str(&publish(shown));
    }
    body.push_str("</main>\n<footer>\n<nav aria-label=\"Service\"><ul>\n");
    body.push_str("<li><a href=\"feeds/default.xml\">Podcast feed</a></li>\n");
    body.push_str("<li><a href=\"docs\">HTTP reference</a></li>\n");
    body.push_str("<li><a href=\"readyz\">Status</a></li>\n</ul></nav>\n</footer>");
    shell::html(title, &body)
}

fn articles(shown: &Shown<'_>) -> String {
    let Listing { articles, next } = shown.listing;
    if articles.is_empty() {
        return "<p class=\"none\">Nothing here yet. The first article takes one command; see below.</p>\n"
            .to_owned();
    }
    let mut html = String::from("<ol class=\"articles\">\n");
    for article in articles {
        html.push_str(&card(article));
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

fn card(article: &Summary) -> String {
    let Summary { id, lang, .. } = article;
    let title = article.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
    let title = escape(title.unwrap_or(id.as_str()));
    let direction = if lang.is_rtl() { "rtl" } else { "ltr" };
    let mut html = format!(
        "<li><article aria-labelledby=\"title-{id}\">\n\
         <h3 id=\"title-{id}\" lang=\"{lang}\" dir=\"{direction}\">{title}</h3>\n\
         <p class=\"facts\"><span class=\"label\">{}</span> <code>{id}</code>{}</p>\n",
        escape(article.label.as_str()),
        state(article)
    );
    if can_play(article) {
        let _ = writeln!(
            html,
            "<audio controls preload=\"none\" aria-labelledby=\"title-{id}\" \
             src=\"v1/articles/{id}/audio.mp3\"></audio>"
        );
    }
    html.push_str("</article></li>\n");
    html
}

/// An older finished state plays on when the current one failed.
fn can_play(article: &Summary) -> bool {
    article.state != State::Failed || article.ready_revision.is_some()
}

fn state(article: &Summary) -> &'static str {
    match article.state {
        State::Ready => "",
        State::Queued => " <span class=\"state\">queued; press play to hear it now</span>",
        State::Rendering => " <span class=\"state\">being read; plays already</span>",
        State::Failed => " <span class=\"state failed\">could not be read</span>",
    }
}

fn publish(shown: &Shown<'_>) -> String {
    let url = escape(shown.public_url);
    let (key, note) = if shown.needs_key {
        (
            " \\\n  -H \"Authorization: Bearer $LISTEN_API_KEY\"",
            "<p>Publishing needs a key: <code>listen keys create</code> makes one.</p>\n",
        )
    } else {
        (
            "",
            "<p>From this machine no key is needed. For others, <code>listen keys create</code> makes one.</p>\n",
        )
    };
    format!(
        "<section aria-labelledby=\"publish\">\n<h2 id=\"publish\">Publish an article</h2>\n\
         <p>Send a page as HTML, Markdown or plain text; its listen version plays while it is being made.</p>\n\
         <pre tabindex=\"0\" aria-label=\"Command that publishes an article\"><code>curl -X PUT {url}/v1/articles/my-article \\\n  \
         -H 'Content-Type: text/markdown'{key} \\\n  --data-binary @article.md</code></pre>\n{note}\
         <p>Send it again after an edit, and only the changed sentences are spoken anew. \
         The <a href=\"docs\">HTTP reference</a> has the rest; \
         podcast apps take the <a href=\"feeds/default.xml\">feed</a>.</p>\n</section>\n"
    )
}

#[cfg(test)]
mod tests;
