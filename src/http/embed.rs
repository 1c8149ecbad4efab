//! An article's player in a frame of its own, for pages of others; and what a page's author pastes to
//! have it.

mod snippets;

use std::sync::LazyLock;

use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use quick_xml::escape::escape;
use sha2::{Digest, Sha256};

use super::deliver::SHORT;
use super::document::Document;
use super::error::Error;
use super::extract::{At, article_id};
use super::{Site, jsonld, oembed, subscribers};
use crate::app::{AI_NOTE, Manifest, State as Made, Wish};
use crate::article::ArticleId;

const STYLE: &str = include_str!("embed/embed.css");
const CROSS_ORIGIN: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The one style, by its hash (CSP level 3 §2.3.1).
static STYLE_SOURCE: LazyLock<String> =
    LazyLock::new(|| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(STYLE))));

/// `GET /embed/{id}`: the player, to be shown in a frame.
pub(super) async fn frame(
    State(site): State<Site>,
    At(id): At<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let manifest = playable(&site, &article_id(&id)?).await?;
    let hosts = &site.app.config().embed_hosts;
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src {}; connect-src 'self'; media-src 'self' blob:; \
         img-src 'self' https:; base-uri 'none'; form-action 'none'; frame-ancestors {}",
        *STYLE_SOURCE,
        frame_ancestors(hosts, manifest.url.as_deref())
    );
    let html = frame_html(&manifest, &site.app.public_url());
    let mut response = Document::new("text/html; charset=utf-8", SHORT, html).answer(&method, &headers);
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, policy_value(&policy));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
    headers.insert(CROSS_ORIGIN, HeaderValue::from_static("cross-origin"));
    Ok(response)
}

/// `GET /embed/{id}/code`: what to paste into a page.
pub(super) async fn code(
    State(site): State<Site>,
    At(id): At<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let manifest = playable(&site, &article_id(&id)?).await?;
    let base = site.app.public_url();
    let facts = jsonld::of_article(&site, &manifest).await?;
    let body = snippets::html(&manifest, &base, &facts);
    let title = format!("Embed: {}", title_of(&manifest));
    let html = page(&manifest, &title, "", &body);
    let mut response = Document::new("text/html; charset=utf-8", SHORT, html).answer(&method, &headers);
    let policy = format!(
        "default-src 'none'; style-src {}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        *STYLE_SOURCE
    );
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy_value(&policy));
    Ok(response)
}

/// The manifest of an article that everybody may hear.
///
/// # Errors
/// An unknown or deleted article; one of a private feed; one that has no audio and will have none.
pub(super) async fn playable(site: &Site, id: &ArticleId) -> Result<Manifest, Error> {
    let manifest = site.app.manifest(id, &Wish::default()).await?;
    subscribers::refuse_private(site, id).await?;
    if manifest.state == Made::Failed && manifest.ready_revision.is_none() {
        return Err(Error::new(
            StatusCode::NOT_FOUND,
            "no_audio",
            "the article could not be read: it has no audio",
        ));
    }
    Ok(manifest)
}

/// The headline, or the id of an article that has none.
pub(super) fn title_of(manifest: &Manifest) -> &str {
    let title = manifest.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
    title.unwrap_or(manifest.id.as_str())
}

/// Who may show it in a frame: the service itself, the article's own site, and who the publisher names.
fn frame_ancestors(hosts: &[String], article: Option<&str>) -> String {
    if hosts.iter().any(|host| host == "*") {
        return "*".to_owned();
    }
    let own = article.and_then(|url| url::Url::parse(url).ok()).map(|url| url.origin());
    let own = own.filter(url::Origin::is_tuple).map(|origin| origin.ascii_serialization());
    let named = hosts.iter().cloned();
    std::iter::once("'self'".to_owned()).chain(own).chain(named).collect::<Vec<_>>().join(" ")
}

/// Our own policies are visible ASCII; should one ever not be, nothing at all is allowed.
fn policy_value(policy: &str) -> HeaderValue {
    HeaderValue::try_from(policy)
        .unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"))
}

fn frame_html(manifest: &Manifest, base: &str) -> String {
    let (id, title) = (&manifest.id, escape(title_of(manifest)));
    let canonical = manifest.url.clone().unwrap_or_else(|| format!("{base}/embed/{id}"));
    let canonical = escape(canonical.as_str());
    let head = format!(
        "<link rel=\"canonical\" href=\"{canonical}\">\n{}\
         <script type=\"module\" src=\"../listen-player.js\"></script>\n",
        oembed::discovery(base, id, title_of(manifest))
    );
    let headline = match &manifest.url {
        Some(_) => format!("<a href=\"{canonical}\" target=\"_top\">{title}</a>"),
        None => title.to_string(),
    };
    let by = manifest.byline.iter().chain(&manifest.publisher).map(|name| escape(name.as_str()));
    let facts: Vec<_> =
        [escape(manifest.label.as_str())].into_iter().chain(by).chain([AI_NOTE.into()]).collect();
    let body = format!(
        "<main class=\"card\">\n<p class=\"mark\" aria-hidden=\"true\"><i></i><i></i><i></i><i></i><i></i></p>\n\
         <h1>{headline}</h1>\n<p class=\"facts\">{}</p>\n<div class=\"sound\">\n\
         <listen-player src=\"../v1/articles/{id}\" duration=\"{}\" label=\"{}\">\n\
         <audio controls preload=\"none\" src=\"../v1/articles/{id}/audio.mp3\"></audio>\n\
         </listen-player>\n</div>\n</main>",
        facts.join(" · "),
        manifest.duration_ms.div_ceil(1000),
        escape(manifest.label.as_str()),
    );
    page(manifest, title_of(manifest), &head, &body)
}

fn page(manifest: &Manifest, title: &str, head: &str, body: &str) -> String {
    let lang: crate::article::Lang =
        manifest.lang.parse().unwrap_or_else(|_| crate::article::Lang::english());
    let direction = if lang.is_rtl() { "rtl" } else { "ltr" };
    format!(
        "<!doctype html>\n<html lang=\"{lang}\" dir=\"{direction}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         {head}<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n",
        escape(title)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_for_the_articles_own_site_and_those_who_are_named() {
        let hosts = |list: &[&str]| list.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>();
        for (named, article, expected) in [
            (hosts(&[]), None, "'self'"),
            (hosts(&[]), Some("https://paper.example:8443/a?b#c"), "'self' https://paper.example:8443"),
            (hosts(&["*.shop.example"]), Some("no address"), "'self' *.shop.example"),
            (hosts(&["a.example", "*"]), Some("https://paper.example/"), "*"),
            (hosts(&[]), Some("data:text/html,x"), "'self'"),
            (hosts(&[]), Some("https://päper.example/x"), "'self' https://xn--pper-loa.example"),
        ] {
            assert_eq!(frame_ancestors(&named, article), expected, "{article:?}");
        }
    }

    #[test]
    fn the_style_fetches_nothing_and_cannot_end_its_element() {
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import") && !STYLE.contains("</"));
    }
}
