//! That the voice is a machine's: the one place that has the words for it. Whatever leaves with
//! audio, or speaks for it, says so in these.

/// The note: in tags, manifests, transcripts, feeds, and the header [`AI_HEADER`].
pub const AI_NOTE: &str = "Read by an AI voice";

/// The note as a sentence, for running text.
pub const AI_SENTENCE: &str = "Read by an AI voice.";

/// Name of the HTTP header that carries the note beside audio.
pub const AI_HEADER: &str = "x-ai-generated";

/// The `purpose` of the `podcast:txt` element that says `true` (podcast namespace 1.0).
pub const AI_PURPOSE: &str = "ai-content";
