//! The service over real connections.

mod access;
mod bodies;
mod chromium;
mod embedding;
mod feeds;
mod hub;
mod lexicon;
mod listening;
mod people;
mod private;
mod plays;
mod publishing;

/// A short article: title, three sentences, a heading, two sentences.
const FERRY: &str = "# The last ferry\n\nThe ferry left at seven. It came back at nine. Nobody was on board.\n\n\
                     ## What came after\n\nThe harbour closed in spring. The bell is still there.\n";
