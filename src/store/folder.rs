//! The folder of a local store: what marks it as a cache, what a crash leaves in it, when its files
//! were last used, and how much room is left around it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::layout::{BLOBS, RECORDS};

/// First line of `CACHEDIR.TAG`, by which backup programs know that they may skip a folder
/// (<https://bford.info/cachedir/>).
const CACHEDIR_TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55
# This folder is a cache of `listen`: audio that can be made again. Deleting it loses nothing but time.
";

/// Keeps the audio out of git, and this folder's two text files in.
const GITIGNORE: &str = "*\n!.gitignore\n!README.md\n";

/// A folder on this machine.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    root: PathBuf,
}

/// How much room there is on the disk that holds the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disk {
    /// Size of the file system, in bytes.
    pub total_bytes: u64,
    /// What this user may still write, in bytes.
    pub free_bytes: u64,
}

impl Folder {
    /// Makes the folder if need be and marks it as a cache.
    pub(super) fn prepare(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        write_new(&root.join("CACHEDIR.TAG"), CACHEDIR_TAG)?;
        write_new(&root.join(".gitignore"), GITIGNORE)?;
        Ok(Self { root: root.to_owned() })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Removes the staging files (`name#1`) that a killed writer left, if they are older than `age`.
    /// Returns how many.
    pub(super) fn sweep(&self, age: Duration) -> io::Result<u64> {
        let mut removed = 0;
        for folder in [RECORDS, BLOBS] {
            for shard in entries(&self.root.join(folder))? {
                for file in entries(&shard?.path())? {
                    let file = file?;
                    if is_staging(&file.file_name())
                        && is_older(&file, age)
                        && fs::remove_file(file.path()).is_ok()
                    {
                        removed += 1;
                    }
                }
            }
        }
        Ok(removed)
    }

    /// Notes that a file was used now.
    pub(super) fn touch(&self, path: &object_store::path::Path) -> io::Result<()> {
        let path = self.root.join(path.as_ref());
        File::options().write(true).open(path)?.set_modified(SystemTime::now())
    }

    /// Writes so many bytes to a file without a name, gone when it is closed: whether there is room.
    pub(super) fn probe(&self, bytes: u64) -> io::Result<()> {
        let mut file = tempfile::tempfile_in(&self.root)?;
        io::copy(&mut io::repeat(0).take(bytes), &mut file)?;
        file.sync_all()
    }

    /// The disk around it; none where that cannot be asked.
    pub(super) fn disk(&self) -> Option<Disk> {
        disk(&self.root)
    }
}

/// The disk that holds a path; none where that cannot be asked.
#[cfg(unix)]
pub(super) fn disk(path: &Path) -> Option<Disk> {
    let disk = nix::sys::statvfs::statvfs(path).ok()?;
    // These C types are 32 bit wide on some platforms and 64 on others.
    #[allow(clippy::useless_conversion, reason = "not useless everywhere")]
    let (fragment, blocks, available) =
        (u64::from(disk.fragment_size()), u64::from(disk.blocks()), u64::from(disk.blocks_available()));
    Some(Disk {
        total_bytes: blocks.saturating_mul(fragment),
        free_bytes: available.saturating_mul(fragment),
    })
}

#[cfg(not(unix))]
pub(super) fn disk(_: &Path) -> Option<Disk> {
    None
}

/// The entries of a folder; nothing when it is not there or is a file.
fn entries(path: &Path) -> io::Result<impl Iterator<Item = io::Result<fs::DirEntry>>> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => Some(entries),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => None,
        Err(error) => return Err(error),
    };
    Ok(entries.into_iter().flatten())
}

fn is_staging(name: &std::ffi::OsStr) -> bool {
    let suffix = name.to_str().and_then(|name| name.rsplit_once('#')).map(|(_, suffix)| suffix);
    suffix.is_some_and(|s| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit()))
}

fn is_older(file: &fs::DirEntry, age: Duration) -> bool {
    let modified = file.metadata().and_then(|meta| meta.modified());
    modified.is_ok_and(|time| time.elapsed().is_ok_and(|elapsed| elapsed > age))
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}
