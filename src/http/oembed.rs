//! oEmbed 1.0: the player of a page that somebody links to (oembed.com).

use std::io;

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use quick_xml::Writer;
use quick_xml::escape::escape;
use quick_xml::events::{BytesDecl, Event};
use serde::{Deserialize, Serialize};

use super::deliver::SHORT;
use super::document::Document;
use super::embed::{playable, title_of};
use super::error::Error;
use super::extract::Asked;
use super::xml::{around, text};
use super::{Site, cors};
use crate::app::{AppError, Manifest};
use crate::article::ArticleId;

/// The frame's size in pixels, unless less is asked for.
pub(super) const WIDTH: u32 = 600;
pub(super) const HEIGHT: u32 = 160;

/// Seconds for which a consumer may keep an answer.
const CACHE_AGE_S: u32 = 3600;

/// What a consumer asks (oEmbed §2.2).
#[derive(Deserialize)]
pub(super) struct Question {
    url: Option<String>,
    maxwidth: Option<u32>,
    maxheight: Option<u32>,
    format: Option<String>,
}

/// An answer of the type `rich` (oEmbed §2.3.4.4).
#[derive(Serialize)]
struct Rich {
    r#type: &'static str,
    version: &'static str,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    author_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_name: Option<String>,
    provider_url: String,
    cache_age: u32,
    html: String,
    width: u32,
    height: u32,
}

/// `GET /oembed?url=…`.
pub(super) async fn answer(
    State(site): State<Site>,
    Asked(question): Asked<Question>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let format = question.format.as_deref().unwrap_or("json");
    if !matches!(format, "json" | "xml") {
        let message = "oEmbed is answered as json or xml";
        return Err(Error::new(StatusCode::NOT_IMPLEMENTED, "format_not_offered", message).about("format"));
    }
    let Some(url) = question.url.as_deref().filter(|url| !url.is_empty()) else {
        let message = "add ?url= with the address of the article's page or of its /embed/ page";
        return Err(Error::invalid("no_url", message).about("url"));
    };
    for (name, size) in [("maxwidth", question.maxwidth), ("maxheight", question.maxheight)] {
        if size == Some(0) {
            return Err(Error::invalid("bad_size", format!("{name} is 0; use 1 or more")).about(name));
        }
    }
    let Some(id) = article_at(&site, url).await? else {
        let message = "no article of this service has that address";
        return Err(Error::new(StatusCode::NOT_FOUND, "unknown_url", message).about("url"));
    };
    let manifest = playable(&site, &id).await?;
    let rich = rich(&manifest, &site.app.public_url(), &question);
    let document = match format {
        "xml" => Document::new("text/xml; charset=utf-8", SHORT, xml(&rich)?),
        _ => Document::json(SHORT, &rich)?,
    };
    let mut response = document.answer(&method, &headers);
    cors::open(response.headers_mut());
    Ok(response)
}

/// The article that an address is of: its page's own, or one of ours.
async fn article_at(site: &Site, url: &str) -> Result<Option<ArticleId>, Error> {
    let base = site.app.public_url();
    let ours = ["/embed/", "/v1/articles/"]
        .iter()
        .find_map(|path| url.strip_prefix(base.as_str())?.strip_prefix(path))
        .and_then(|rest| rest.split(['?', '#', '/']).next()?.parse().ok());
    match ours {
        Some(id) => Ok(Some(id)),
        None => Ok(site.app.article_of_page(url).await?),
    }
}

fn rich(manifest: &Manifest, base: &str, question: &Question) -> Rich {
    let width = WIDTH.min(question.maxwidth.unwrap_or(WIDTH));
    let height = HEIGHT.min(question.maxheight.unwrap_or(HEIGHT));
    Rich {
        r#type: "rich",
        version: "1.0",
        title: title_of(manifest).to_owned(),
        author_name: manifest.byline.clone(),
        provider_name: manifest.publisher.clone(),
        provider_url: format!("{base}/"),
        cache_age: CACHE_AGE_S,
        html: frame(manifest, base, width, height),
        width,
        height,
    }
}

/// The frame that shows an article's player.
pub(super) fn frame(manifest: &Manifest, base: &str, width: u32, height: u32) -> String {
    let title = format!("Listen: {}", title_of(manifest));
    format!(
        "<iframe src=\"{}/embed/{}\" width=\"{width}\" height=\"{height}\" title=\"{}\" loading=\"lazy\" \
         allow=\"autoplay\" style=\"border:0;max-width:100%\"></iframe>",
        escape(base),
        manifest.id,
        escape(title.as_str()),
    )
}

/// The links by which a page says where its oEmbed is (oEmbed §4).
pub(super) fn discovery(base: &str, id: &ArticleId, title: &str) -> String {
    let of = utf8_percent_encode(&format!("{base}/embed/{id}"), NON_ALPHANUMERIC).to_string();
    let (base, title) = (escape(base), escape(title));
    ["json", "xml"]
        .map(|format| {
            let kind = if format == "json" { "application" } else { "text" };
            format!(
                "<link rel=\"alternate\" type=\"{kind}/{format}+oembed\" \
                 href=\"{base}/oembed?url={of}&amp;format={format}\" title=\"{title}\">\n"
            )
        })
        .concat()
}

fn xml(rich: &Rich) -> Result<Vec<u8>, Error> {
    let write = || -> io::Result<Vec<u8>> {
        let mut xml = Writer::new(Vec::new());
        let declaration = BytesDecl::new("1.0", Some("utf-8"), Some("yes"));
        xml.write_event(Event::Decl(declaration))?;
        around(&mut xml, "oembed", &[], |xml| {
            text(xml, "type", rich.r#type)?;
            text(xml, "version", rich.version)?;
            text(xml, "title", &rich.title)?;
            for (name, value) in [("author_name", &rich.author_name), ("provider_name", &rich.provider_name)]
            {
                if let Some(value) = value {
                    text(xml, name, value)?;
                }
            }
            text(xml, "provider_url", &rich.provider_url)?;
            text(xml, "cache_age", &rich.cache_age.to_string())?;
            text(xml, "html", &rich.html)?;
            text(xml, "width", &rich.width.to_string())?;
            text(xml, "height", &rich.height.to_string())
        })?;
        Ok(xml.into_inner())
    };
    Ok(write().map_err(|error| AppError::internal("writing the answer", error))?)
}
