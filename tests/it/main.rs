//! The integration tests: one binary, one module per boundary.

mod audio;
mod catalog;
mod cli;
mod engine;
mod http;
mod install;
mod outside;
mod player;
mod service;
mod site;
mod store;
mod text;
mod tmpfs;

/// Whether this build leaves an engine out on purpose. That is no missing library: what needs it is
/// proven by the builds that have it.
fn is_left_out(engine: &str) -> bool {
    (engine == "flite" && cfg!(not(feature = "flite")))
        || (engine == "espeak" && cfg!(not(feature = "espeak")))
        || (engine == "piper" && cfg!(not(all(feature = "piper", feature = "espeak"))))
}
