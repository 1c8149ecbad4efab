//! One episode.

use std::io;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use quick_xml::escape::escape;

use super::{Channel, ai_content, date, true_or_false};
use crate::app::{AI_SENTENCE, AudioFormat, Episode, EpisodeAudio};
use crate::config::is_cover_image;
use crate::http::xml::{Xml, around, cut_name, description, empty, name, text, with};

/// Longest name of a person, in characters (podcast namespace 1.0, "Person").
pub(super) const PERSON_CHARS_MAX: usize = 128;

/// The transcripts by the ending of their addresses: media type, and whether it holds captions, that is
/// times (podcast namespace 1.0, "Transcript").
const TRANSCRIPTS: &[(&str, &str, bool)] = &[
    ("vtt", "text/vtt", true),
    ("srt", "application/x-subrip", true),
    ("json", "application/json", false),
    ("html", "text/html", false),
];

/// Writes one.
pub(super) fn item(xml: &mut Xml, channel: &Channel<'_>, episode: &Episode) -> io::Result<()> {
    // Stable for as long as the article exists: not the audio's address, which changes with it, and
    // not the service's, which may move.
    let guid = format!("listen:{}:{}", channel.name, episode.id);
    let seconds = ((episode.duration_ms + 500) / 1000).max(1);
    around(xml, "item", &[], |xml| {
        text(xml, "title", &name(&episode.title))?;
        if let Some(url) = &episode.url {
            text(xml, "link", url)?;
        }
        with(xml, "guid", &[("isPermaLink", "false")], &guid)?;
        text(xml, "pubDate", &date(episode.published_ms))?;
        text(xml, "description", &description(&format!("{}\n\n{AI_SENTENCE}", episode.summary.trim())))?;
        text(xml, "content:encoded", &notes_html(episode))?;
        let (address, length) = (audio_address(channel, AudioFormat::Mp3, &episode.digest), episode.bytes);
        let attributes = [("url", address.as_str()), ("length", &length.to_string()), ("type", "audio/mpeg")];
        empty(xml, "enclosure", &attributes)?;
        text(xml, "itunes:duration", &seconds.to_string())?;
        text(xml, "itunes:episodeType", "full")?;
        text(xml, "itunes:explicit", true_or_false(channel.feed.explicit))?;
        if let Some(byline) = &episode.byline {
            text(xml, "itunes:author", &name(byline))?;
            person(xml, byline)?;
        }
        let cover =
            episode.image.as_deref().filter(|image| channel.feed.episode_images && is_cover_image(image));
        if let Some(image) = cover {
            empty(xml, "itunes:image", &[("href", image)])?;
        }
        texts(xml, channel, episode)?;
        let mut audio: Vec<&EpisodeAudio> = episode.audio.iter().collect();
        audio.sort_by_key(|audio| audio.format != AudioFormat::Mp3);
        audio.into_iter().try_for_each(|audio| alternate(xml, channel, episode, audio))?;
        ai_content(xml)
    })
}

/// Who wrote it.
pub(super) fn person(xml: &mut Xml, name: &str) -> io::Result<()> {
    let name = cut_name(name, PERSON_CHARS_MAX);
    with(xml, "podcast:person", &[("role", "author"), ("group", "writing")], &name)
}

/// What is read along, of just this audio: transcripts, and chapters where there are headings.
fn texts(xml: &mut Xml, channel: &Channel<'_>, episode: &Episode) -> io::Result<()> {
    let address = |file: &str| {
        let path = format!("/v1/articles/{}/{file}", episode.id);
        channel.address(&path, &[("rev", &episode.revision)])
    };
    for (ending, media_type, captions) in TRANSCRIPTS {
        let url = address(&format!("transcript.{ending}"));
        let mut attributes =
            vec![("url", url.as_str()), ("type", media_type), ("language", episode.lang.as_str())];
        if *captions {
            attributes.push(("rel", "captions"));
        }
        empty(xml, "podcast:transcript", &attributes)?;
    }
    if episode.has_headings {
        let url = address("chapters.json");
        empty(xml, "podcast:chapters", &[("url", &url), ("type", "application/json+chapters")])?;
    }
    Ok(())
}

/// One form of its audio, with the hash to check it by (podcast namespace 1.0, "Alternate Enclosure").
fn alternate(
    xml: &mut Xml,
    channel: &Channel<'_>,
    episode: &Episode,
    audio: &EpisodeAudio,
) -> io::Result<()> {
    let length = audio.bytes.to_string();
    let bits_a_second = (audio.bytes * 8000 / episode.duration_ms.max(1)).to_string();
    let title = audio.format.extension().to_ascii_uppercase();
    let mut attributes = vec![
        ("type", audio.format.media_type()),
        ("length", &length),
        ("bitrate", &bits_a_second),
        ("lang", episode.lang.as_str()),
        ("title", &title),
    ];
    if audio.digest == episode.digest && audio.format == AudioFormat::Mp3 {
        attributes.push(("default", "true"));
    }
    around(xml, "podcast:alternateEnclosure", &attributes, |xml| {
        let address = audio_address(channel, audio.format, &audio.digest);
        empty(xml, "podcast:source", &[("uri", &address)])?;
        if let Some(sha384) = &audio.sha384 {
            let value = format!("sha384-{}", BASE64_STANDARD.encode(sha384));
            empty(xml, "podcast:integrity", &[("type", "sri"), ("value", &value)])?;
        }
        Ok(())
    })
}

/// The address of finished audio. It names the bytes, cannot be guessed, and needs no key.
fn audio_address(channel: &Channel<'_>, format: AudioFormat, digest: &str) -> String {
    format!("{}/audio/{digest}.{}", channel.public_url, format.extension())
}

/// The show notes: the image, the first words, the way to the article, and that no human reads.
fn notes_html(episode: &Episode) -> String {
    let mut html = format!("<p>{}</p>", escape(episode.summary.trim()));
    if let Some(image) = &episode.image {
        html.push_str(&format!("<p><img src=\"{}\" alt=\"\"></p>", escape(image.as_str())));
    }
    if let Some(url) = &episode.url {
        html.push_str(&format!("<p><a href=\"{}\">Read the article</a></p>", escape(url.as_str())));
    }
    html.push_str(&format!("<p>{AI_SENTENCE}</p>"));
    html
}
