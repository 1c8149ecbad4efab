//! MP3 as it is served: a tag, perhaps an Info frame, and frames of 24 ms.

/// Bytes of a frame at 64 kbit/s.
pub(crate) const FRAME_BYTES: usize = 192;

/// The audio frames: what is behind the ID3 tag and the Info frame. Panics when it is not whole frames.
pub(crate) fn audio_frames(mp3: &[u8]) -> &[u8] {
    assert!(mp3.starts_with(b"ID3"), "no tag at the start of {} bytes", mp3.len());
    // ID3v2 §3.1: the size is written in 7 bits a byte and does not count the header.
    let size = mp3[6..10].iter().fold(0, |size, byte| size << 7 | usize::from(*byte));
    let mut frames = &mp3[10 + size..];
    let has_info =
        frames.get(..FRAME_BYTES).is_some_and(|frame| frame.windows(4).any(|four| four == b"Info"));
    if has_info {
        frames = &frames[FRAME_BYTES..];
    }
    assert_eq!(frames.len() % FRAME_BYTES, 0, "whole frames");
    for (i, frame) in frames.chunks(FRAME_BYTES).enumerate() {
        // ISO 13818-3: eleven bits of sync, MPEG-2, Layer III.
        assert_eq!((frame[0], frame[1] & 0xF6), (0xFF, 0xF2), "frame {i}");
    }
    frames
}

/// Whether frame bytes hold anything but one repeated frame of silence.
pub(crate) fn sounds(frames: &[u8]) -> bool {
    let mut chunks = frames.chunks(FRAME_BYTES);
    let first = chunks.next();
    chunks.filter(|frame| Some(*frame) != first).count() > 2
}
