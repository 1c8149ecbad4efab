//! Finished audio that can be handed out at once: nothing is read, made or waited for.

use std::any::Any;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::listen::rendition;
use super::service::{Face, Ready};
use super::{App, Rendition};

/// A rendition that was asked for a moment ago.
#[derive(Clone, Debug)]
pub struct AtHand {
    digest: String,
    ready: Arc<Ready>,
}

impl AtHand {
    /// What a face makes of the rendition: made once, and kept as long as the rendition lies ready. None
    /// when something of another kind is kept.
    pub fn face<T: Any + Send + Sync>(&self, make: impl FnOnce(&Rendition) -> T) -> Option<&T> {
        let make = || Face(Box::new(make(&rendition(self.digest.clone(), &self.ready))));
        self.ready.face.get_or_init(make).0.downcast_ref()
    }
}

impl App {
    /// A finished rendition by the name of its file (`DIGEST.mp3`), when it was asked for a moment ago.
    #[must_use]
    pub fn rendition_at_hand(&self, file: &str) -> Option<AtHand> {
        let ready = self.inner.ropes.get(file)?;
        let (digest, _) = file.rsplit_once('.')?;
        Some(AtHand { digest: digest.to_owned(), ready })
    }

    /// The bytes of a range of it, in pieces, when all of them lie in memory.
    #[must_use]
    pub fn bytes_at_hand(&self, rendition: &AtHand, range: Range<u64>) -> Option<Vec<Bytes>> {
        self.inner.studio.at_hand(&rendition.ready.readable, range)
    }
}
