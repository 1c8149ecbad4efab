//! Where text, engine, audio and store meet: the plan of a rendition, flights, the renderer, the
//! timeline. The only place that calls an engine.

mod chapters;
mod check;
mod failure;
mod flight;
mod make;
mod plan;
mod purpose;
mod rendition;
mod renderer;
mod segment;
mod stream;
mod timeline;
/// Transcripts of a timeline.
pub mod transcript;

pub use chapters::chapters_json;
pub use failure::{Failure, FailureKind};
pub use plan::{Casting, Plan, pause_frames};
pub use purpose::Purpose;
pub use renderer::{Answer, Making, Renderer};
pub use rendition::{Form, Rendered, Rendition, RenditionTags, Shape, stream_head};
pub use segment::{Clips, Mark, Segment, blobs_of_record};
pub use stream::{Heard, heard, stream};
pub use timeline::{Length, MarksKind, Span, Timeline, Word, words};
