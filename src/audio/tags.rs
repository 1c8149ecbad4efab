mod language;
#[cfg(test)]
mod tests;
mod vorbis;

use std::io::Cursor;

use bytes::Bytes;
use id3::frame::{Content, ExtendedText, Frame, Lyrics, Picture, PictureType, TableOfContents};
use id3::{Encoder, Encoding, Tag, TagLike as _, Version};

pub use vorbis::{flac_picture, vorbis_comment};

/// Largest ID3 tag. Parts that do not fit are left out whole, in this order: text, cover, chapters.
pub const TAG_BYTES_MAX: usize = 96 * 1024;

/// Largest text frame (USLT); the text is cut at a character to fit.
pub const TEXT_BYTES_MAX: usize = 32 * 1024;

/// Largest cover; a larger one is left out.
pub const COVER_BYTES_MAX: usize = 48 * 1024;

/// Longest title, author, publisher, chapter title and note, in characters; longer ones are cut.
const FIELD_CHARS_MAX: usize = 300;

/// Most chapters: CTOC counts its entries in one byte. What comes later is left out.
const CHAPTERS_MAX: usize = 255;

/// Description of the user-defined text frame that says what kind of voice reads.
const VOICE_FRAME: &str = "AI voice";

/// What a file says about itself. Empty texts are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// The article's title.
    pub title: String,
    /// Who wrote it.
    pub author: String,
    /// Who published it: the album.
    pub publisher: String,
    /// When it was published: RFC 3339, or a date that starts with `YYYY`.
    pub published: String,
    /// The language as a BCP 47 tag.
    pub lang: String,
    /// Says that an AI voice reads.
    pub ai_note: String,
    /// The article's text.
    pub text: String,
    /// The chapters, in order.
    pub chapters: Vec<Chapter>,
    /// The cover: JPEG or PNG; anything else is left out.
    pub cover: Option<Bytes>,
}

/// A chapter of a rendition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// Its heading.
    pub title: String,
    /// Where it starts, in milliseconds of the rendition.
    pub start_ms: u32,
    /// Where it ends.
    pub end_ms: u32,
}

/// The ID3v2.3 tag (<https://id3.org/id3v2.3.0>, chapters after <https://id3.org/id3v2-chapters-1.0>)
/// that stands before an MP3: [`TAG_BYTES_MAX`] bytes at most. The same tags always give the same
/// bytes.
#[must_use]
pub fn id3(tags: &Tags) -> Vec<u8> {
    let optional = [text_frames(tags), cover_frames(tags), chapter_frames(tags)];
    let attempts = (0..=optional.len()).map(|dropped| {
        let mut tag = Tag::new();
        let kept = optional.iter().skip(dropped).rev().flatten();
        field_frames(tags).iter().chain(kept).for_each(|frame| {
            tag.add_frame(frame.clone());
        });
        encode(&tag)
    });
    attempts.into_iter().find(|bytes| bytes.len() <= TAG_BYTES_MAX).unwrap_or_default()
}

/// How long the ID3v2 tag is that `mp3` begins with, in bytes; 0 without one.
#[must_use]
pub fn id3_bytes(mp3: &[u8]) -> u64 {
    let mut from = Cursor::new(mp3);
    match Tag::skip(&mut from) {
        Ok(true) => from.position().min(mp3.len() as u64),
        _ => 0,
    }
}

/// The LIST/INFO chunk that stands behind the samples of a WAV: an even number of bytes.
#[must_use]
pub fn list_info(tags: &Tags) -> Vec<u8> {
    let mut info = b"INFO".to_vec();
    for (id, text) in [
        (b"INAM", &tags.title),
        (b"IART", &tags.author),
        (b"IPRD", &tags.publisher),
        (b"ICRD", &tags.published),
        (b"ICMT", &tags.ai_note),
    ] {
        let text = field(text);
        if !text.is_empty() {
            // Zero-terminated, and padded to an even length that the size does not count.
            let size = text.len() as u32 + 1;
            info.extend_from_slice(id);
            info.extend_from_slice(&size.to_le_bytes());
            info.extend_from_slice(text.as_bytes());
            info.resize(info.len() + 1 + size as usize % 2, 0);
        }
    }
    let size = info.len() as u32;
    [b"LIST", &size.to_le_bytes()[..], &info].concat()
}

fn encode(tag: &Tag) -> Vec<u8> {
    let mut bytes = Vec::new();
    match Encoder::new().version(Version::Id3v23).encode(tag, &mut bytes) {
        Ok(()) => bytes,
        // A Vec takes everything and the frames are of known kinds; without a tag the audio plays.
        Err(_) => Vec::new(),
    }
}

fn field_frames(tags: &Tags) -> Vec<Frame> {
    let lang = if tags.lang.is_empty() { "" } else { language::iso_639_2(&tags.lang) };
    let mut frames: Vec<Frame> = [
        ("TIT2", field(&tags.title)),
        ("TPE1", field(&tags.author)),
        ("TALB", field(&tags.publisher)),
        ("TYER", year(&tags.published).to_owned()),
        ("TDAT", day_and_month(&tags.published)),
        ("TLAN", lang.to_owned()),
    ]
    .into_iter()
    .filter(|(_, text)| !text.is_empty())
    .map(|(id, text)| text_frame(id, text))
    .collect();
    let note = field(&tags.ai_note);
    if !note.is_empty() {
        let encoding = encoding_of(&note);
        let text = ExtendedText { description: VOICE_FRAME.to_owned(), value: note };
        frames.push(Frame::from(text).set_encoding(Some(encoding)));
    }
    frames
}

fn text_frames(tags: &Tags) -> Vec<Frame> {
    let text: String = tags.text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    if text.is_empty() {
        return Vec::new();
    }
    let encoding = encoding_of(&text);
    // Before the text: encoding, language, byte order mark and end of an empty description, byte
    // order mark.
    let mut room = TEXT_BYTES_MAX - (1 + 3 + 4 + 2);
    let fits = |c: &char| {
        let bytes = if encoding == Encoding::Latin1 { 1 } else { 2 * c.len_utf16() };
        room = room.saturating_sub(bytes);
        room > 0
    };
    let text = text.chars().take_while(fits).collect();
    let lang = language::iso_639_2(&tags.lang).to_owned();
    vec![Frame::from(Lyrics { lang, description: String::new(), text }).set_encoding(Some(encoding))]
}

fn cover_frames(tags: &Tags) -> Vec<Frame> {
    let Some((cover, mime_type)) = tags.cover.as_ref().and_then(|cover| Some((cover, picture_type(cover)?)))
    else {
        return Vec::new();
    };
    let picture = Picture {
        mime_type: mime_type.to_owned(),
        picture_type: PictureType::CoverFront,
        description: String::new(),
        data: cover.to_vec(),
    };
    vec![Frame::from(picture).set_encoding(Some(Encoding::Latin1))]
}

/// The media type of a cover that is taken; none for a larger one, or another kind.
fn picture_type(cover: &[u8]) -> Option<&'static str> {
    match cover {
        _ if cover.len() > COVER_BYTES_MAX => None,
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some("image/png"),
        _ => None,
    }
}

fn chapter_frames(tags: &Tags) -> Vec<Frame> {
    if tags.chapters.is_empty() {
        return Vec::new();
    }
    let chapters = tags.chapters.iter().take(CHAPTERS_MAX).enumerate();
    let named = chapters.map(|(i, chapter)| (format!("c{i}"), chapter)).collect::<Vec<_>>();
    let contents = TableOfContents {
        element_id: "toc".to_owned(),
        top_level: true,
        ordered: true,
        elements: named.iter().map(|(id, _)| id.clone()).collect(),
        frames: Vec::new(),
    };
    let mut frames = vec![Frame::with_content("CTOC", Content::TableOfContents(contents))];
    frames.extend(named.into_iter().map(|(element_id, chapter)| {
        Frame::from(id3::frame::Chapter {
            element_id,
            start_time: chapter.start_ms,
            end_time: chapter.end_ms,
            // All bits set: the times count, not byte offsets.
            start_offset: u32::MAX,
            end_offset: u32::MAX,
            frames: vec![text_frame("TIT2", field(&chapter.title))],
        })
    }));
    frames
}

fn text_frame(id: &str, text: String) -> Frame {
    let encoding = encoding_of(&text);
    Frame::text(id, text).set_encoding(Some(encoding))
}

/// The shorter of the two encodings of ID3v2.3 that has all of the text.
fn encoding_of(text: &str) -> Encoding {
    if text.chars().all(|c| u32::from(c) <= 0xFF) { Encoding::Latin1 } else { Encoding::UTF16 }
}

/// A text as one line without control characters, cut to [`FIELD_CHARS_MAX`].
fn field(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(FIELD_CHARS_MAX).collect()
}

/// `YYYY`, or nothing.
fn year(published: &str) -> &str {
    published.get(..4).filter(|year| year.bytes().all(|b| b.is_ascii_digit())).unwrap_or("")
}

/// `DDMM` of `YYYY-MM-DD…`, or nothing.
fn day_and_month(published: &str) -> String {
    match published.as_bytes() {
        [_, _, _, _, b'-', m1, m2, b'-', d1, d2, ..]
            if [m1, m2, d1, d2].iter().all(|b| b.is_ascii_digit()) =>
        {
            [*d1, *d2, *m1, *m2].map(char::from).iter().collect()
        }
        _ => String::new(),
    }
}
