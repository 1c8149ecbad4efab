use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// The byte of a blob at an offset: every blob of the model has its own pattern.
fn blob_byte(digest: &[u8; 32], offset: u64) -> u8 {
    digest[0].wrapping_mul(31).wrapping_add((offset % 251) as u8)
}

fn flatten(piece: &Piece) -> Vec<u8> {
    match piece {
        Piece::Bytes(bytes) => bytes.to_vec(),
        Piece::Blob(blob) => read(blob),
        Piece::Silence(silence) => match silence.coding {
            Coding::Pcm => vec![0; 1_152 * silence.frames as usize],
            Coding::Mp3(bitrate) => silent_frame(bitrate).repeat(silence.frames as usize),
        },
    }
}

fn read(blob: &Blob) -> Vec<u8> {
    (blob.offset..blob.offset + blob.len).map(|offset| blob_byte(&blob.digest, offset)).collect()
}

fn collect(parts: impl Iterator<Item = Part>) -> Vec<u8> {
    parts.fold(Vec::new(), |mut all, part| {
        assert!(part.len() > 0, "a part is never empty");
        match part {
            Part::Bytes(bytes) => all.extend_from_slice(&bytes),
            Part::Blob(blob) => all.extend(read(&blob)),
        }
        all
    })
}

fn piece() -> impl Strategy<Value = Piece> {
    let coding = prop_oneof![
        Just(Coding::Pcm),
        Just(Coding::Mp3(Bitrate::K48)),
        Just(Coding::Mp3(Bitrate::K64)),
        Just(Coding::Mp3(Bitrate::K96)),
    ];
    prop_oneof![
        vec(any::<u8>(), 0..300).prop_map(|bytes| Piece::Bytes(Bytes::from(bytes))),
        (any::<[u8; 32]>(), 0u64..1_000, 0u64..2_000).prop_map(|(digest, offset, len)| Piece::Blob(Blob {
            digest,
            offset,
            len
        })),
        (coding, 0u64..150).prop_map(|(coding, frames)| Piece::Silence(Silence { coding, frames })),
    ]
}

proptest! {
    #[test]
    fn every_slice_is_the_one_of_the_flat_bytes(
        pieces in vec(piece(), 0..12), start in 0.0f64..1.1, len in 0.0f64..1.1,
    ) {
        let flat: Vec<u8> = pieces.iter().flat_map(flatten).collect();
        let rope = Rope::from(pieces);
        prop_assert_eq!(rope.len(), flat.len() as u64);
        prop_assert_eq!(rope.is_empty(), flat.is_empty());
        let start = (start * flat.len() as f64) as u64;
        let end = start + (len * flat.len() as f64) as u64;
        let cut = |at: u64| at.min(flat.len() as u64) as usize;
        prop_assert_eq!(collect(rope.slice(start..end)), &flat[cut(start)..cut(end)]);
    }

    #[test]
    fn slices_laid_side_by_side_are_the_whole(pieces in vec(piece(), 0..8), step in 1u64..5_000) {
        let rope = Rope::from(pieces);
        let whole = collect(rope.slice(0..rope.len()));
        let mut joined = Vec::new();
        let mut at = 0;
        while at < rope.len() {
            joined.extend(collect(rope.slice(at..at + step)));
            at += step;
        }
        prop_assert_eq!(joined, whole);
    }

    #[test]
    fn a_rope_comes_back_from_the_wire(pieces in vec(piece(), 0..12)) {
        let rope = Rope::from(pieces);
        let json = serde_json::to_string(&rope).unwrap();
        prop_assert_eq!(serde_json::from_str::<Rope>(&json).unwrap(), rope);
    }
}

#[test]
fn ranges_that_make_no_sense_are_empty() {
    let rope = Rope::from(vec![Piece::Bytes(Bytes::from_static(b"listen"))]);
    #[expect(clippy::reversed_empty_ranges, reason = "it is what a caller may get wrong")]
    for range in [4..2, 6..7, 6..6, u64::MAX..u64::MAX, u64::MAX..0] {
        assert_eq!(rope.slice(range.clone()).count(), 0, "{range:?}");
    }
    assert_eq!(collect(rope.slice(4..u64::MAX)), b"en");
    assert_eq!(Rope::new().slice(0..u64::MAX).count(), 0);
}

#[test]
fn lengths_beyond_every_file_do_not_overflow() {
    let silence = Piece::Silence(Silence { coding: Coding::Pcm, frames: u64::MAX });
    let rope = Rope::from(vec![silence.clone(), silence]);
    assert_eq!(rope.len(), u64::MAX);
    assert!(rope.slice(u64::MAX - 10..u64::MAX).map(|part| part.len()).sum::<u64>() == 10);
}

#[test]
fn pieces_are_written_in_short() {
    let rope = Rope::from(vec![
        Piece::Bytes(Bytes::from_static(b"ID3")),
        Piece::Blob(Blob { digest: [0xAB; 32], offset: 44, len: 1_152 }),
        Piece::Silence(Silence { coding: Coding::Mp3(Bitrate::K64), frames: 15 }),
        Piece::Silence(Silence { coding: Coding::Pcm, frames: 15 }),
    ]);
    let json = format!(
        r#"[{{"bytes":"SUQz"}},{{"blob":["{}",44,1152]}},{{"silence":["mp3-64",15]}},{{"silence":["pcm",15]}}]"#,
        "ab".repeat(32)
    );
    assert_eq!(serde_json::to_string(&rope).unwrap(), json);
}

#[test]
fn broken_pieces_are_refused() {
    let digest = "ab".repeat(32);
    for piece in [
        r#"{"blob":["abcd",0,1]}"#.to_owned(),
        format!(r#"{{"blob":["{digest}",1,{}]}}"#, u64::MAX),
        r#"{"silence":["mp3-128",1]}"#.to_owned(),
        r#"{"bytes":"*"}"#.to_owned(),
        r#"{"gap":1}"#.to_owned(),
    ] {
        assert!(serde_json::from_str::<Piece>(&piece).is_err(), "{piece}");
    }
}
