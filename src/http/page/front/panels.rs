//! What a publisher finds under the articles: a text to try, voices, and what goes where.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use super::Shown;
use crate::app::Speaker;
use crate::http::player;

/// Voices of one engine that get a card each; of more, one is chosen from a list.
const CARDS_MAX: usize = 8;

/// Longest text to try, in characters: a page or two.
const TRIAL_CHARS_MAX: usize = 20_000;

const TRIAL: &str = "The night ferry left at 9:45 p.m. with $1.5bn in the hold.\n\nDr. Voss counted it twice. \
    “It is all there,” she said, and St. Anne’s light went out behind them.";

/// Paste a text, see what would be said, hear it.
pub(super) fn trial(shown: &Shown<'_>) -> String {
    let mut html = format!(
        "<section class=\"card\" aria-labelledby=\"trial\">\n<h2 id=\"trial\">Try a text</h2>\n\
         <p>See what a voice is given, and hear it. It stands in no list and no feed, and is gone after a day.</p>\n\
         <noscript><p class=\"note\">This needs a script. Without one: <code>listen play FILE</code> or \
         <code>listen script FILE</code>.</p></noscript>\n<form id=\"trial-form\">\n\
         <p><label for=\"trial-text\">Text, Markdown or HTML</label>\n\
         <textarea id=\"trial-text\" rows=\"6\" maxlength=\"{TRIAL_CHARS_MAX}\" required dir=\"auto\">{TRIAL}</textarea></p>\n\
         <p class=\"row\"><label for=\"trial-voice\">Voice</label>\n<select id=\"trial-voice\">\n\
         <option value=\"\">of the text’s language</option>\n",
    );
    options(&mut html, shown.voices);
    html.push_str(
        "</select>\n<button type=\"submit\" name=\"do\" value=\"listen\" class=\"strong\">Listen</button>\n\
         <button type=\"submit\" name=\"do\" value=\"preview\">Show the script</button></p>\n</form>\n\
         <p id=\"trial-said\" class=\"note\" role=\"status\"></p>\n<div id=\"trial-player\"></div>\n\
         <div id=\"trial-script\"></div>\n</section>\n",
    );
    html
}

fn options(html: &mut String, voices: &[Speaker]) {
    for voice in voices {
        let _ = writeln!(html, "<option value=\"{}\">{}</option>", escape(&voice.id), escape(&voice.title));
    }
}

/// The voices that can speak here, each with a line to hear it by.
pub(super) fn voices(voices: &[Speaker]) -> String {
    let mut html = String::from(
        "<section class=\"card\" aria-labelledby=\"voices\">\n<h2 id=\"voices\">Voices</h2>\n\
         <noscript><p class=\"note\">To hear one: <code>listen voices audition NAME</code>.</p></noscript>\n",
    );
    if voices.is_empty() {
        html.push_str("<p>No voice can speak on this machine yet; <a href=\"readyz\">the status</a> says what is missing.</p>\n");
    }
    for engine in voices.chunk_by(|a, b| a.engine == b.engine) {
        if engine.len() <= CARDS_MAX {
            html.push_str("<ul class=\"voices\">\n");
            for voice in engine {
                let _ = writeln!(html, "<li>{}</li>", speaker(voice));
            }
            html.push_str("</ul>\n");
        } else {
            let name = escape(engine[0].engine.as_str());
            let _ = write!(
                html,
                "<form class=\"row audition\"><label for=\"voice-of-{name}\">{name}, {} voices</label>\n\
                 <select id=\"voice-of-{name}\">\n",
                engine.len()
            );
            for voice in engine {
                let _ = writeln!(
                    html,
                    "<option value=\"{}\" data-lang=\"{}\" data-sample=\"{}\">{}</option>",
                    escape(voice.id.as_str()),
                    voice.lang,
                    escape(voice.sample.as_str()),
                    escape(voice.title.as_str())
                );
            }
            html.push_str("</select>\n<button type=\"submit\">Hear it</button></form>\n");
        }
    }
    html.push_str("<p id=\"voice-said\" class=\"note\" role=\"status\"></p>\n</section>\n");
    html
}

fn speaker(voice: &Speaker) -> String {
    let Speaker { id, title, sample, lang, .. } = voice;
    let (id, title, sample) = (escape(id.as_str()), escape(title.as_str()), escape(sample.as_str()));
    format!(
        "<p class=\"who\"><strong>{title}</strong> <code>{id}</code></p>\n\
         <p class=\"sample\" lang=\"{lang}\" dir=\"auto\">{sample}</p>\n\
         <button type=\"button\" class=\"hear\" value=\"{id}\" data-lang=\"{lang}\" \
         data-sample=\"{sample}\">Hear it<span class=\"unseen\">: {title}</span></button>"
    )
}

/// What goes on an article's page, with the newest article as the example.
pub(super) fn embed(shown: &Shown<'_>) -> String {
    let url = escape(shown.public_url);
    let newest = shown.listing.articles.first();
    let id = newest.map_or_else(|| "my-article".to_owned(), |article| article.id.to_string());
    let mut html = String::from(
        "<section class=\"card\" aria-labelledby=\"embed\">\n<h2 id=\"embed\">Put it on your page</h2>\n\
         <p>The player marks the sentence that is read in your article’s own text and changes nothing in it. \
         Where there is no script, the audio tag inside it plays.</p>\n",
    );
    let (script, digest) = (&player::entry().path, &player::entry().integrity);
    let player = format!(
        "<script type=\"module\" crossorigin src=\"{url}{script}\"\n  integrity=\"{digest}\"></script>\n\
         <listen-player src=\"{url}/v1/articles/{id}\">\n  <audio controls preload=\"none\" src=\"{url}/v1/articles/{id}/audio.mp3\"></audio>\n\
         </listen-player>"
    );
    let audio = format!("<audio controls preload=\"none\" src=\"{url}/v1/articles/{id}/audio.mp3\"></audio>");
    let feed = format!(
        "<link rel=\"alternate\" type=\"application/rss+xml\" title=\"Listen\" href=\"{url}/feeds/default.xml\">"
    );
    for (name, code) in
        [("The player", player), ("The audio alone", audio), ("The podcast feed, in the page’s head", feed)]
    {
        html.push_str(&snippet(name, &code));
    }
    if newest.is_some() {
        let _ = writeln!(
            html,
            "<p class=\"note\">This script never changes under its address; <code>{url}/listen-player.js</code> takes \
             updates as they come. <a href=\"embed/{id}/code\">More ways for this article</a>: a frame and oEmbed, Open \
             Graph, schema.org. Attributes and events of the player are in <a href=\"docs/player\">its document</a>.</p>"
        );
    }
    html.push_str("</section>\n");
    html
}

/// How an article gets here.
pub(super) fn publish(shown: &Shown<'_>) -> String {
    let url = shown.public_url;
    let (key, note) = if shown.needs_key {
        (
            " \\\n  -H \"Authorization: Bearer $LISTEN_API_KEY\"",
            "<p class=\"note\">Publishing needs a key: <code>listen keys create</code> makes one.</p>\n",
        )
    } else {
        (
            "",
            "<p class=\"note\">From this machine no key is needed. For others, <code>listen keys create</code> makes one.</p>\n",
        )
    };
    let command = format!(
        "curl -X PUT {url}/v1/articles/my-article \\\n  -H 'Content-Type: text/markdown'{key} \\\n  \
         --data-binary @article.md"
    );
    format!(
        "<section class=\"card\" aria-labelledby=\"publish\">\n<h2 id=\"publish\">Publish an article</h2>\n\
         <p>Send a page as HTML, Markdown or plain text; its listen version plays while it is being made. \
         Send it again after an edit, and only the changed sentences are spoken anew. \
         The <a href=\"docs\">HTTP reference</a> has the rest.</p>\n{}{note}</section>\n",
        snippet("In a shell", &command)
    )
}

/// A piece to copy, with its name. The button is shown by the script that makes it work.
fn snippet(name: &str, code: &str) -> String {
    format!(
        "<figure class=\"snippet\"><figcaption>{name}<button type=\"button\" class=\"copy\" hidden>Copy</button></figcaption>\n\
         <pre tabindex=\"0\" role=\"group\" aria-label=\"{name}\"><code>{}</code></pre></figure>\n",
        escape(code)
    )
}
