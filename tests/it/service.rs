//! The running service, as a program: what it makes, keeps, loses and finds again.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

mod cast;
mod clips;
mod damage;
mod disclosure;
mod disk;
mod edit;
mod engines;
mod events;
mod formats;
mod frames;
mod kill;
mod languages;
mod lexicon;
mod listeners;
mod long;
mod odd;
mod preview;
mod programs;
mod refusals;
mod same;
mod secrets;
mod site;
mod sound;
mod speech;
mod stop;
mod timeline;
mod transcripts;
mod wishes;
mod words;
