//! The verbs that the command line and HTTP call.

mod decode;
mod preview;

pub use decode::{BadEncoding, Decoded, decode};
pub use preview::{Preview, PreviewBlock, PreviewUtterance, preview};
