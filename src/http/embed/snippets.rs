//! What a page's author pastes.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use super::title_of;
use crate::app::Manifest;
use crate::http::oembed;

/// The page's body: each way to embed the article, with what to paste for it.
pub(super) fn html(manifest: &Manifest, base: &str, json_ld: &str) -> String {
    let mut html = format!(
        "<main class=\"code\">\n<h1>{}</h1>\n<p>Each block is whole: copy it as it is.</p>\n",
        escape(title_of(manifest))
    );
    for (heading, words, code) in [
        (
            "The player",
            "In the article, where the player is to stand. Without scripts the browser's own player is there. This \
             address has the player of today and of every upgrade; /docs/player says how to pin one by its digest.",
            player(manifest, base),
        ),
        (
            "A frame",
            "For pages that take no scripts of others. The article's own site may show it; others when the \
             service's embed_hosts names them.",
            oembed::frame(manifest, base, oembed::WIDTH, oembed::HEIGHT),
        ),
        ("The sound alone", "Works everywhere.", audio(manifest, base)),
        (
            "In the page's head",
            "So that apps, chats and podcast readers find the sound of the page.",
            head(manifest, base),
        ),
        (
            "For search engines",
            "The sound as schema.org describes it; anywhere in the page.",
            format!("<script type=\"application/ld+json\">\n{json_ld}\n</script>\n"),
        ),
    ] {
        let _ = write!(
            html,
            "<section>\n<h2>{heading}</h2>\n<p>{words}</p>\n<pre tabindex=\"0\"><code>{}</code></pre>\n</section>\n",
            escape(code.trim_end())
        );
    }
    html.push_str("</main>");
    html
}

fn player(manifest: &Manifest, base: &str) -> String {
    let (id, base) = (&manifest.id, escape(base));
    format!(
        "<script type=\"module\" src=\"{base}/listen-player.js\"></script>\n\
         <listen-player src=\"{base}/v1/articles/{id}\">\n  {}</listen-player>\n",
        audio(manifest, &base)
    )
}

fn audio(manifest: &Manifest, base: &str) -> String {
    let (id, base) = (&manifest.id, escape(base));
    format!("<audio controls preload=\"none\" src=\"{base}/v1/articles/{id}/audio.mp3\"></audio>\n")
}

/// Open Graph's `og:audio` (ogp.me), oEmbed's discovery, and the feed.
fn head(manifest: &Manifest, base: &str) -> String {
    let address = format!("{base}/v1/articles/{}/audio.mp3", manifest.id);
    let address = escape(address.as_str());
    let mut html = format!("<meta property=\"og:audio\" content=\"{address}\">\n");
    if base.starts_with("https://") {
        let _ = writeln!(html, "<meta property=\"og:audio:secure_url\" content=\"{address}\">");
    }
    html.push_str("<meta property=\"og:audio:type\" content=\"audio/mpeg\">\n");
    html.push_str(&oembed::discovery(base, &manifest.id, title_of(manifest)));
    let feed = format!("{base}{}", manifest.links.feed);
    let _ = writeln!(
        html,
        "<link rel=\"alternate\" type=\"application/rss+xml\" title=\"Podcast\" href=\"{}\">",
        escape(feed.as_str())
    );
    html
}
