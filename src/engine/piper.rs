//! Piper voices (VITS networks in ONNX files), run in the threads of the service by rten, or by ONNX Runtime.
//!
//! Reading order: `settings`, what `voice.toml` says; `config`, what the file beside the network says;
//! `ids`, from phonemes to the numbers a network reads; `graph` and `network`, the network and
//! its two runtimes;
//! `words`, which word was said when; `speech`, the engine.

#[cfg(feature = "piper")]
mod config;
#[cfg(feature = "piper")]
mod given;
#[cfg(feature = "piper")]
mod graph;
#[cfg(feature = "piper")]
mod ids;
#[cfg(feature = "piper")]
mod network;
mod settings;
#[cfg(feature = "piper")]
mod shelf;
#[cfg(feature = "piper")]
mod speech;
#[cfg(all(feature = "piper", test))]
mod tests;
#[cfg(feature = "piper")]
mod words;

pub(super) const INSTALL: &str = "install a voice: `listen voices install`; its phonemes come from espeak-ng: \
     `apt install libespeak-ng1` (Debian, Ubuntu), `dnf install espeak-ng` (Fedora), `brew install espeak-ng` (macOS)";

pub(super) use settings::check;

#[cfg(not(feature = "piper"))]
pub(super) fn open(_: &super::opening::Opening) -> Result<Box<dyn super::Engine>, super::EngineError> {
    let message = "this build has no piper: build it with the feature `piper` (it is a default one)";
    Err(super::EngineError::new(super::ErrorKind::Unavailable, message))
}

#[cfg(feature = "piper")]
pub(super) use speech::open;
