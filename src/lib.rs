//! `listen` gives every article a listen version: it finds the article in a page, splits it into
//! sentences, has a voice speak each of them, keeps every sentence's audio by the hash of what made
//! it, joins them exactly, and streams the result to article pages and podcast apps.
//!
//! The modules, in reading order. Which may use which is a table in `tests/tidy.rs`;
//! `ARCHITECTURE.md` is the map.

/// The nouns everything shares: article, block, language, note. No IO.
pub mod article;
/// Page → article → script. Pure and total: it returns notes, never an error.
pub mod text;
/// Samples → segments → clips → ropes: the house format. Pure but for the writer it is given.
pub mod audio;
/// Text-to-speech engines behind one trait, their voices and their worker processes.
pub mod engine;
/// Bytes by key: segment records and content-addressed blobs.
pub mod store;
/// Articles, revisions, finished renditions, keys of publishers, the render queue.
pub mod catalog;
/// Where text, engine, audio and store meet: plan, flights, renderer, timeline.
pub mod render;
/// One configuration: defaults < file < environment < flags.
pub mod config;
/// The verbs that the command line and HTTP call.
pub mod app;
/// The HTTP service.
pub mod http;
/// The command line, one file per subcommand.
pub mod cli;
