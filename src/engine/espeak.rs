//! espeak-ng: more than a hundred languages, and phonemes for neural voices. Its library (GPL-3) is
//! opened at run time.
//!
//! Always behind a worker process: the library is one set of globals, aborts on some plausible
//! texts, and says a sentence differently depending on what it said before.

#[cfg(all(feature = "espeak", unix))]
mod clauses;
#[cfg(all(feature = "espeak", unix))]
mod ffi;
#[cfg(all(feature = "espeak", unix))]
mod speech;

pub(super) const INSTALL: &str = "install espeak-ng: `apt install libespeak-ng1` (Debian, Ubuntu), \
     `dnf install espeak-ng` (Fedora), `brew install espeak-ng` (macOS)";

#[cfg(not(all(feature = "espeak", unix)))]
pub(super) fn open() -> Result<Box<dyn super::Engine>, super::EngineError> {
    let message =
        "this build has no espeak: build it on a Unix with the feature `espeak` (it is a default one)";
    Err(super::EngineError::new(super::ErrorKind::Unavailable, message))
}

#[cfg(all(feature = "espeak", unix))]
pub(super) use speech::open;
