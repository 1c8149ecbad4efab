//! One `serve` per database.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::PathBuf;

use super::SqliteCatalog;
use crate::catalog::{CatalogError, ErrorKind, Result};

/// The right to serve a database. It ends when this is dropped or the process dies, however it dies.
#[derive(Debug)]
pub struct ServeLock {
    file: File,
}

impl Drop for ServeLock {
    fn drop(&mut self) {
        // Closing alone would leave it to a process that is just being started and has the file open too,
        // until it runs its own program.
        let _ = self.file.unlock();
    }
}

impl SqliteCatalog {
    /// Takes the right to serve this database (a lock on the file beside it that ends in `.lock`), and
    /// makes what a dead owner had leased due again: there can be no other owner now.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] when another process serves it.
    pub async fn lock(&self) -> Result<ServeLock> {
        let lock = ServeLock::take(self.lock_path())?;
        self.reap_leases(None).await?;
        Ok(lock)
    }

    fn lock_path(&self) -> PathBuf {
        // Two names of one file must lead to one lock.
        let mut path = self.path.canonicalize().unwrap_or_else(|_| self.path.clone()).into_os_string();
        path.push(".lock");
        path.into()
    }
}

impl ServeLock {
    fn take(path: PathBuf) -> Result<Self> {
        let shown = path.display().to_string();
        let failed = |e: std::io::Error| {
            CatalogError::new(ErrorKind::Failed, format!("lock {shown}: {e}; let this user write that file"))
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut owner = String::new();
                let _ = file.take(20).read_to_string(&mut owner);
                let message = format!(
                    "lock {shown}: another `listen serve` (process {}) serves this database; stop it, or give \
                     another --db",
                    owner.trim()
                );
                return Err(CatalogError::new(ErrorKind::Conflict, message));
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        // The number is for people; the lock is what counts, so a full disk does not keep us from it.
        let _ = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()));
        Ok(Self { file })
    }
}
