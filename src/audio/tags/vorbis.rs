use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;

use super::{CHAPTERS_MAX, Chapter, TAG_BYTES_MAX, TEXT_BYTES_MAX, Tags, field, picture_type};

/// Who wrote the file.
const VENDOR: &str = "listen";

/// The picture is the front cover, as in ID3.
const FRONT_COVER: u32 = 3;

/// A Vorbis comment (<https://xiph.org/vorbis/doc/v-comment.html>), as FLAC and Opus carry it, without
/// a framing bit: [`TAG_BYTES_MAX`] bytes at most. Parts that do not fit are left out whole, in this
/// order: text, cover, chapters. Opus has its cover in it (RFC 7845 §5.2.4), FLAC in a block of its own:
/// see [`flac_picture`].
#[must_use]
pub fn vorbis_comment(tags: &Tags, with_cover: bool) -> Vec<u8> {
    let cover = with_cover.then(|| flac_picture(tags)).flatten();
    let cover = cover.map(|picture| format!("METADATA_BLOCK_PICTURE={}", BASE64_STANDARD.encode(picture)));
    let optional = [
        text(&tags.text).map(|text| format!("LYRICS={text}")).into_iter().collect(),
        cover.into_iter().collect(),
        chapters(&tags.chapters),
    ];
    let attempts = (0..=optional.len()).map(|dropped| {
        let kept = optional.iter().skip(dropped).rev().flatten();
        write(&fields(tags).iter().chain(kept).map(String::as_str).collect::<Vec<_>>())
    });
    attempts.into_iter().find(|bytes| bytes.len() <= TAG_BYTES_MAX).unwrap_or_else(|| write(&[]))
}

/// The cover as a PICTURE block (RFC 9639 §8.8), when it is one. Its size in pixels is left open: that
/// is told by the picture.
#[must_use]
pub fn flac_picture(tags: &Tags) -> Option<Vec<u8>> {
    let cover: &Bytes = tags.cover.as_ref()?;
    let media_type = picture_type(cover)?;
    let mut block = FRONT_COVER.to_be_bytes().to_vec();
    block.extend_from_slice(&(media_type.len() as u32).to_be_bytes());
    block.extend_from_slice(media_type.as_bytes());
    // No description; width, height, depth, colours.
    block.extend_from_slice(&[0; 5 * 4]);
    block.extend_from_slice(&(cover.len() as u32).to_be_bytes());
    block.extend_from_slice(cover);
    Some(block)
}

fn fields(tags: &Tags) -> Vec<String> {
    [
        ("TITLE", &tags.title),
        ("ARTIST", &tags.author),
        ("ALBUM", &tags.publisher),
        ("DATE", &tags.published),
        ("LANGUAGE", &tags.lang),
        ("COMMENT", &tags.ai_note),
    ]
    .into_iter()
    .map(|(name, text)| (name, field(text)))
    .filter(|(_, text)| !text.is_empty())
    .map(|(name, text)| format!("{name}={text}"))
    .collect()
}

/// `CHAPTER001=00:01:02.003` and `CHAPTER001NAME=…` (<https://wiki.xiph.org/Chapter_Extension>).
fn chapters(chapters: &[Chapter]) -> Vec<String> {
    let numbered = chapters.iter().take(CHAPTERS_MAX).enumerate();
    numbered
        .flat_map(|(i, chapter)| {
            let (seconds, ms) = (chapter.start_ms / 1000, chapter.start_ms % 1000);
            let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
            [
                format!("CHAPTER{i:03}={hours:02}:{minutes:02}:{seconds:02}.{ms:03}"),
                format!("CHAPTER{i:03}NAME={}", field(&chapter.title)),
            ]
        })
        .collect()
}

/// The article's text, cut at a character to [`TEXT_BYTES_MAX`].
fn text(text: &str) -> Option<String> {
    let mut room = TEXT_BYTES_MAX;
    let fits = |c: &char| {
        let left = room.checked_sub(c.len_utf8());
        room = left.unwrap_or(0);
        left.is_some()
    };
    let kept: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).take_while(fits).collect();
    (!kept.is_empty()).then_some(kept)
}

fn write(comments: &[&str]) -> Vec<u8> {
    let counted = |text: &str| [&(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat();
    let mut bytes = counted(VENDOR);
    bytes.extend_from_slice(&(comments.len() as u32).to_le_bytes());
    comments.iter().for_each(|comment| bytes.extend_from_slice(&counted(comment)));
    bytes
}
