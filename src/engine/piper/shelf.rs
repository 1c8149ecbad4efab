//! The networks that are loaded, shared by all threads, and the digests of files.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use moka::sync::Cache;
use sha2::{Digest, Sha256};

use super::network::{Network, Runtime};

/// Networks that stay loaded. One of quality medium takes some 100 MB in rten.
const MAX_NETWORKS: u64 = 4;
/// Largest file of a network, in bytes. Those of quality high have 114 MB.
const MAX_NETWORK_BYTES: u64 = 512 * 1024 * 1024;
/// Digests that are remembered.
const MAX_DIGESTS: usize = 1_000;

static NETWORKS: LazyLock<Cache<(String, PathBuf), Arc<Network>>> =
    LazyLock::new(|| Cache::new(MAX_NETWORKS));
static DIGESTS: LazyLock<Mutex<HashMap<PathBuf, String>>> = LazyLock::new(Mutex::default);

/// Reads a file of at most so many bytes.
///
/// # Errors
/// When it cannot be read, with its name.
pub(super) fn read(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let named = |why: String| format!("{}: {why}", path.display());
    let about = std::fs::metadata(path).map_err(|error| named(error.to_string()))?;
    if about.len() > most {
        return Err(named(format!("{} bytes are too many, {most} is the limit", about.len())));
    }
    std::fs::read(path).map_err(|error| named(error.to_string()))
}

/// A file's SHA-256, looked at once: what a running service says of a voice stays true of it.
///
/// # Errors
/// When it cannot be read.
pub(super) fn digest(path: &Path) -> Result<String, String> {
    if let Some(known) = known(path) {
        return Ok(known);
    }
    let mut sha = Sha256::new();
    std::fs::File::open(path)
        .and_then(|mut file| std::io::copy(&mut file, &mut sha))
        .map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(remember(path, hex::encode(sha.finalize())))
}

fn known(path: &Path) -> Option<String> {
    DIGESTS.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
}

fn remember(path: &Path, digest: String) -> String {
    let mut digests = DIGESTS.lock().unwrap_or_else(PoisonError::into_inner);
    if digests.len() >= MAX_DIGESTS {
        digests.clear();
    }
    digests.entry(path.to_owned()).or_insert(digest).clone()
}

/// The network of a file in a runtime, loaded once, however many threads ask for it.
///
/// # Errors
/// When it is not the file of this digest, or no network that can be run; the message names it.
pub(super) fn network(runtime: &Runtime, path: &Path, sha256: &str) -> Result<Arc<Network>, String> {
    let load = || {
        let file = read(path, MAX_NETWORK_BYTES)?;
        if hex::encode(Sha256::digest(&file)) != sha256 {
            return Err(format!(
                "{} is not the file it was (its SHA-256 was {sha256}); install the voice again, or start the service again",
                path.display()
            ));
        }
        runtime.load(&file).map(Arc::new).map_err(|why| format!("{}: {why}", path.display()))
    };
    let name = (runtime.revision(), path.to_owned());
    NETWORKS.try_get_with(name, load).map_err(|why: Arc<String>| (*why).clone())
}
