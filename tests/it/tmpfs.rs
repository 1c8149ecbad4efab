//! A small disk that can be filled.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use std::path::Path;
use std::process::Command;

/// A file system of its own, in memory; unmounted when dropped.
pub(crate) struct Tmpfs {
    dir: tempfile::TempDir,
}

impl Tmpfs {
    /// Mounts one of `bytes` bytes; needs root. Otherwise the test is skipped, loudly.
    pub(crate) fn mount(bytes: u64) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let size = format!("size={bytes}");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(dir.path()).output();
        let why = match mounted {
            Ok(done) if done.status.success() => return Some(Self { dir }),
            Ok(done) => String::from_utf8_lossy(&done.stderr).trim().to_owned(),
            Err(error) => error.to_string(),
        };
        assert!(std::env::var_os("LISTEN_TEST_STRICT").is_none_or(|strict| strict != "1"), "no tmpfs: {why}");
        eprintln!("SKIPPED: a full disk needs a tmpfs, which only root may mount: {why}");
        None
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        // Lazily: a connection that is still closing must not keep it.
        let _ = Command::new("umount").arg("-l").arg(self.dir.path()).output();
    }
}
