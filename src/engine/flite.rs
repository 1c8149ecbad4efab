//! CMU Flite: English, exact about word times, small. Its libraries are opened at run time.
//!
//! Always behind a worker process: its synthesis draws noise from global state, and its errors end the
//! process.

#[cfg(all(feature = "flite", unix))]
mod ascii;
#[cfg(all(feature = "flite", unix))]
mod ffi;
#[cfg(all(feature = "flite", unix))]
mod speech;

pub(super) const INSTALL: &str = "install Flite: `apt install libflite1` (Debian, Ubuntu), \
     `dnf install flite` (Fedora), `brew install flite` (macOS)";

#[cfg(not(all(feature = "flite", unix)))]
pub(super) fn open() -> Result<Box<dyn super::Engine>, super::EngineError> {
    let message =
        "this build has no flite: build it on a Unix with the feature `flite` (it is a default one)";
    Err(super::EngineError::new(super::ErrorKind::Unavailable, message))
}

#[cfg(all(feature = "flite", unix))]
pub(super) use speech::open;
