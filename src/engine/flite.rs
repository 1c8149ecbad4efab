//! CMU Flite.

use super::{Engine, EngineError, ErrorKind};

pub(super) const INSTALL: &str =
    "apt install libflite1 (Debian, Ubuntu), dnf install flite (Fedora), brew install flite (macOS)";

pub(super) fn open() -> Result<Box<dyn Engine>, EngineError> {
    Err(EngineError::new(ErrorKind::Unavailable, format!("flite is not there yet: {INSTALL}")))
}
