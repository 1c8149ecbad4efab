//! The sound of an article as schema.org describes it, to be pasted into its page.

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use serde_json::{Value, json};

use super::Site;
use super::deliver::SHORT;
use super::document::Document;
use super::embed::title_of;
use super::error::Error;
use super::extract::{At, article_id};
use crate::app::{AI_NOTE, AppError, Audio, AudioFormat, Manifest, Rendition, Wish};

/// Longest transcript, in bytes; a longer one is cut at a paragraph's end.
const TRANSCRIPT_BYTES_MAX: usize = 64 << 10;

/// `GET /v1/articles/{id}/jsonld`.
pub(super) async fn show(
    State(site): State<Site>,
    At(id): At<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let manifest = site.app.manifest(&article_id(&id)?, &Wish::default()).await?;
    let text = of_article(&site, &manifest).await?;
    Ok(Document::new("application/ld+json", SHORT, text).answer(&method, &headers))
}

/// The JSON, as it may stand in a `script` element.
///
/// # Errors
/// When the catalog cannot be read.
pub(super) async fn of_article(site: &Site, manifest: &Manifest) -> Result<String, Error> {
    let finished = match &manifest.ready_revision {
        None => None,
        Some(_) => match site.app.audio(&manifest.id, AudioFormat::Mp3, &Wish::default()).await? {
            Audio::Finished(rendition) => Some(rendition),
            Audio::Unfinished(_) => None,
        },
    };
    let value = audio_object(manifest, finished.as_ref(), &site.app.public_url());
    let text = serde_json::to_string_pretty(&value)
        .map_err(|error| AppError::internal("writing the answer", error))?;
    Ok(pasteable(&text))
}

/// Nothing in it can end the element it is pasted into, or be taken for markup.
fn pasteable(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// An `AudioObject` (schema.org). The audio's address is the one that always serves the last finished
/// state, because what was pasted stays as it is.
fn audio_object(manifest: &Manifest, finished: Option<&Rendition>, base: &str) -> Value {
    let id = &manifest.id;
    let mut object = json!({
        "@context": "https://schema.org",
        "@type": "AudioObject",
        "name": title_of(manifest),
        "description": AI_NOTE,
        "contentUrl": format!("{base}/v1/articles/{id}/audio.mp3"),
        "encodingFormat": "audio/mpeg",
        "embedUrl": format!("{base}/embed/{id}"),
        "inLanguage": manifest.lang,
        "isAccessibleForFree": true,
        "transcript": transcript(manifest),
    });
    if let Some(finished) = finished {
        object["duration"] = duration(finished.duration_ms).into();
        object["contentSize"] = finished.bytes.to_string().into();
        object["uploadDate"] = jiff::Timestamp::from_millisecond(finished.finished_ms)
            .map(|time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
            .unwrap_or_default()
            .into();
        object["caption"] = json!({
            "@type": "MediaObject",
            "contentUrl": format!("{base}{}", manifest.links.vtt),
            "encodingFormat": "text/vtt",
        });
    }
    if let Some(url) = &manifest.url {
        object["associatedArticle"] = article(manifest, url);
    }
    object
}

fn article(manifest: &Manifest, url: &str) -> Value {
    let mut article = json!({
        "@type": "NewsArticle",
        "@id": url,
        "url": url,
        "headline": title_of(manifest),
        "inLanguage": manifest.lang,
    });
    let published = manifest.published.as_deref();
    for (name, value) in [("datePublished", published), ("image", manifest.image.as_deref())] {
        if let Some(value) = value {
            article[name] = value.into();
        }
    }
    if let Some(byline) = &manifest.byline {
        article["author"] = json!({ "@type": "Person", "name": byline });
    }
    if let Some(publisher) = &manifest.publisher {
        article["publisher"] = json!({ "@type": "Organization", "name": publisher });
    }
    article
}

/// What is read, a blank line between two paragraphs.
fn transcript(manifest: &Manifest) -> String {
    let mut text = String::new();
    let mut block = None;
    let mut whole = 0;
    for sentence in &manifest.sentences {
        match block {
            Some(last) if last == sentence.block => text.push(' '),
            Some(_) => {
                whole = text.len();
                text.push_str("\n\n");
            }
            None => {}
        }
        block = Some(sentence.block);
        text.push_str(&sentence.text);
        if text.len() > TRANSCRIPT_BYTES_MAX {
            text.truncate(whole);
            break;
        }
    }
    text
}

/// ISO 8601, in whole seconds: `PT5M2S`.
fn duration(ms: u64) -> String {
    let seconds = ms.saturating_add(500) / 1000;
    let mut text = "PT".to_owned();
    for (count, unit) in [(seconds / 3600, 'H'), (seconds / 60 % 60, 'M'), (seconds % 60, 'S')] {
        if count > 0 || (unit == 'S' && text.len() == 2) {
            text.push_str(&format!("{count}{unit}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_iso_8601_says() {
        for (ms, text) in [
            (0, "PT0S"),
            (499, "PT0S"),
            (301_600, "PT5M2S"),
            (60_000, "PT1M"),
            (3_600_000, "PT1H"),
            (3_723_000, "PT1H2M3S"),
        ] {
            assert_eq!(duration(ms), text);
        }
    }

    #[test]
    fn what_is_pasted_stays_in_its_element() {
        let text = pasteable(&json!({ "name": "</script><!-- & ]]>" }).to_string());
        assert!(!text.contains(['<', '>', '&']), "{text}");
        let read: Value = serde_json::from_str(&text).expect("JSON still");
        assert_eq!(read["name"], "</script><!-- & ]]>");
    }
}
