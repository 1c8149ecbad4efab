use id3::Tag;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn read(bytes: &[u8]) -> Tag {
    Tag::read_from2(Cursor::new(bytes)).unwrap()
}

fn full() -> Tags {
    Tags {
        title: "Regen über dem Hafen".to_owned(),
        author: "雨宮".to_owned(),
        publisher: "The Quay".to_owned(),
        published: "2026-11-22".to_owned(),
        lang: "de".to_owned(),
        ai_note: "Read by an AI voice".to_owned(),
        text: "Es regnete.\nDann regnete es.".to_owned(),
        chapters: vec![Chapter { title: "Eins".to_owned(), start_ms: 0, end_ms: 9_000 }],
        cover: Some(jpeg(1_000)),
    }
}

fn jpeg(len: usize) -> Bytes {
    let mut bytes = vec![0x55; len];
    bytes[..3].copy_from_slice(&[0xFF, 0xD8, 0xFF]);
    Bytes::from(bytes)
}

#[test]
fn everything_is_read_back() {
    let bytes = id3(&full());
    assert_eq!(bytes[..5], *b"ID3\x03\x00");
    let tag = read(&bytes);
    assert_eq!((tag.title(), tag.artist()), (Some("Regen über dem Hafen"), Some("雨宮")));
    assert_eq!((tag.album(), tag.year()), (Some("The Quay"), Some(2026)));
    assert_eq!(tag.get("TDAT").unwrap().content().text(), Some("2211"));
    assert_eq!(tag.get("TLAN").unwrap().content().text(), Some("deu"));
    let note = tag.extended_texts().next().unwrap();
    assert_eq!((&*note.description, &*note.value), ("AI voice", "Read by an AI voice"));
    let lyrics = tag.lyrics().next().unwrap();
    assert_eq!((&*lyrics.lang, &*lyrics.text), ("deu", "Es regnete.\nDann regnete es."));
    let chapter = tag.chapters().next().unwrap();
    assert_eq!((chapter.start_time, chapter.end_time, chapter.title()), (0, 9_000, Some("Eins")));
    assert_eq!(tag.tables_of_contents().next().unwrap().elements, ["c0"]);
    // The crate's reader leaves pictures as they are: Latin-1, MIME type, front cover, no description.
    let cover = tag.get("APIC").unwrap().content().to_unknown().unwrap().data.clone();
    assert_eq!(cover, [&b"\0image/jpeg\0\x03\0"[..], &jpeg(1_000)].concat());
    assert_eq!(id3(&full()), bytes, "the same tags give the same bytes");
}

#[test]
fn nothing_known_is_an_empty_tag() {
    assert_eq!(id3(&Tags::default()), b"ID3\x03\0\0\0\0\0\0");
    assert_eq!(list_info(&Tags::default()), b"LIST\x04\0\0\0INFO");
}

#[test]
fn what_does_not_fit_is_left_out_in_order() {
    let chapters = |count: u32| -> Vec<Chapter> {
        (0..count).map(|i| Chapter { title: "雨".repeat(300), start_ms: i, end_ms: i + 1 }).collect()
    };
    let count = |tag: &Tag, id: &str| tag.frames().filter(|frame| frame.id() == id).count();
    let parts = |tag: &Tag| (count(tag, "USLT"), count(tag, "APIC"), count(tag, "CHAP"));
    let text = "x".repeat(100_000);
    for (chapter_count, cover_bytes, kept) in [
        (20, COVER_BYTES_MAX, (1, 1, 20)),
        (20, COVER_BYTES_MAX + 1, (1, 0, 20)),
        (60, COVER_BYTES_MAX, (0, 1, 60)),
        (120, COVER_BYTES_MAX, (0, 0, 120)),
        (255, 1_000, (0, 0, 0)),
    ] {
        let cover = Some(jpeg(cover_bytes));
        let bytes = id3(&Tags { text: text.clone(), chapters: chapters(chapter_count), cover, ..full() });
        assert!(bytes.len() <= TAG_BYTES_MAX);
        assert_eq!(parts(&read(&bytes)), kept, "{chapter_count} chapters, cover of {cover_bytes}");
        assert_eq!(read(&bytes).title(), Some("Regen über dem Hafen"));
    }
}

#[test]
fn a_long_text_is_cut_at_a_character_to_32_kib() {
    for (text, chars) in [("a", 32_757), ("ß", 32_757), ("雨", 16_378), ("🎧", 8_189)] {
        let frames = text_frames(&Tags { text: text.repeat(50_000), ..Tags::default() });
        let mut tag = Tag::new();
        tag.add_frame(frames[0].clone());
        let size = encode(&tag).len() - 20;
        assert!(size <= TEXT_BYTES_MAX && size > TEXT_BYTES_MAX - 8, "{text}: {size}");
        let kept = read(&encode(&tag)).lyrics().next().unwrap().text.clone();
        assert!(kept.chars().count().abs_diff(chars) <= 1, "{text}: {}", kept.chars().count());
    }
}

#[test]
fn a_cover_is_jpeg_or_png() {
    let png = Bytes::from_static(b"\x89PNG\r\n\x1a\n....");
    for (cover, kept) in [(png, 1), (jpeg(9), 1), (Bytes::from_static(b"<svg/>"), 0), (Bytes::new(), 0)] {
        assert_eq!(cover_frames(&Tags { cover: Some(cover), ..Tags::default() }).len(), kept);
    }
}

#[test]
fn dates_that_are_none_are_left_out() {
    for (date, year, day) in [
        ("2026-11-22T10:00:00+01:00", "2026", "2211"),
        ("2026", "2026", ""),
        ("2026-11", "2026", ""),
        ("22 Nov 2026", "", ""),
        ("2026/11/22", "2026", ""),
        ("二〇二六年", "", ""),
        ("", "", ""),
    ] {
        assert_eq!((super::year(date), &*day_and_month(date)), (year, day), "{date}");
    }
}

#[test]
fn list_info_has_zero_terminated_texts_of_even_length() {
    let info = list_info(&Tags { title: "ab".to_owned(), author: "abc".to_owned(), ..Tags::default() });
    assert_eq!(info, b"LIST\x1c\0\0\0INFOINAM\x03\0\0\0ab\0\0IART\x04\0\0\0abc\0");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_texts_give_tags_within_bounds(
        title in ".{0,2000}", author in any::<String>(), date in any::<String>(), lang in any::<String>(),
        text in any::<String>(), repeat in 1usize..3_000, headings in vec(any::<String>(), 0..400),
        cover in proptest::option::of(vec(any::<u8>(), 0..60_000)),
    ) {
        let chapters = headings.into_iter().map(|title| Chapter { title, start_ms: 1, end_ms: 2 }).collect();
        let cover = cover.map(Bytes::from);
        let tags = Tags {
            author, published: date, lang, chapters, cover,
            text: text.repeat(repeat), publisher: title.clone(), ai_note: title.clone(), title,
        };
        let bytes = id3(&tags);
        prop_assert!(bytes.len() <= TAG_BYTES_MAX);
        prop_assert!(Tag::read_from2(Cursor::new(&bytes)).is_ok());
        prop_assert_eq!(id3_bytes(&[&bytes[..], b"\xff\xfb"].concat()), bytes.len() as u64);
        let info = list_info(&tags);
        prop_assert!(info.len().is_multiple_of(2));
        prop_assert_eq!(info[4..8].to_vec(), (info.len() as u32 - 8).to_le_bytes());
    }
}

#[test]
fn what_has_no_tag_or_half_of_one_has_no_more_bytes_than_it_has() {
    let tag = id3(&full());
    for bytes in [&b""[..], b"\xff\xfb\x90\x00", b"ID3", &tag[..8], &tag[..40]] {
        assert!(id3_bytes(bytes) <= bytes.len() as u64, "{bytes:?}");
    }
    assert_eq!(id3_bytes(b"\xff\xfb\x90\x00"), 0);
}

#[test]
fn a_vorbis_comment_fits_whatever_it_is_given() {
    let png = |bytes: usize| {
        let mut cover = b"\x89PNG\r\n\x1A\n".to_vec();
        cover.resize(bytes, 7);
        Bytes::from(cover)
    };
    for (text, cover, chapters) in
        [(0, 0, 0), (10, 100, 3), (200_000, COVER_BYTES_MAX, 1_000), (200_000, COVER_BYTES_MAX + 1, 1)]
    {
        let chapter = Chapter { title: "é\u{0}\n".repeat(500), start_ms: 3_723_004, end_ms: 3_724_000 };
        let tags = Tags {
            title: "T=\u{1F3A7}".to_owned(),
            ai_note: "Read by an AI voice".to_owned(),
            text: "ü".repeat(text),
            cover: Some(png(cover)),
            chapters: vec![chapter; chapters],
            ..Tags::default()
        };
        for with_cover in [false, true] {
            let bytes = vorbis_comment(&tags, with_cover);
            assert!(bytes.len() <= TAG_BYTES_MAX, "{}", bytes.len());
            let comments = comments_of(&bytes);
            assert_eq!(comments[0], "TITLE=T=\u{1F3A7}");
            assert_eq!(comments[1], "COMMENT=Read by an AI voice");
            assert!(comments.iter().all(|comment| !comment.contains('\0')));
            let has = |start: &str| comments.iter().any(|comment| comment.starts_with(start));
            assert_eq!(has("CHAPTER000=01:02:03.004"), chapters > 0 && chapters < 1_000);
            assert_eq!(has("METADATA_BLOCK_PICTURE="), with_cover && cover == 100);
        }
        assert_eq!(flac_picture(&tags).is_some(), (100..=COVER_BYTES_MAX).contains(&cover));
    }
}

/// What a comment holds, read as its specification says.
fn comments_of(bytes: &[u8]) -> Vec<String> {
    let mut rest = bytes;
    let mut next = |len: Option<usize>| {
        let len = len.unwrap_or_else(|| {
            let (size, tail) = rest.split_at(4);
            rest = tail;
            u32::from_le_bytes(size.try_into().unwrap()) as usize
        });
        let (now, tail) = rest.split_at(len);
        rest = tail;
        now.to_vec()
    };
    assert_eq!(next(None), b"listen");
    let count = u32::from_le_bytes(next(Some(4)).try_into().unwrap());
    let comments = (0..count).map(|_| String::from_utf8(next(None)).unwrap()).collect();
    assert!(rest.is_empty());
    comments
}
