//! espeak-ng.

use super::{Engine, EngineError, ErrorKind};

pub(super) const INSTALL: &str = "apt install libespeak-ng1 (Debian, Ubuntu), dnf install espeak-ng (Fedora), brew install espeak-ng (macOS)";

pub(super) fn open() -> Result<Box<dyn Engine>, EngineError> {
    Err(EngineError::new(ErrorKind::Unavailable, format!("espeak-ng is not there yet: {INSTALL}")))
}
