//! Characters of a month, counted in a file beside the `voice.toml`, for all processes that use the voice.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use serde::{Deserialize, Serialize};

use crate::engine::{EngineError, ErrorKind};

/// The file in the voice's folder.
const FILE: &str = "characters.json";
const LOCK: &str = "characters.lock";
/// How long the file may be another's (who only reads and writes a few bytes), and how often one looks.
const LOCK_WAIT: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A budget of a voice.
pub(super) struct Budget {
    folder: PathBuf,
    most: u64,
    patience: Duration,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Used {
    /// `2026-11`, in UTC.
    month: String,
    characters: u64,
}

impl Budget {
    /// So many characters a month, counted in this folder.
    pub(super) fn new(folder: &Path, most: u64) -> Self {
        Self { folder: folder.to_owned(), most, patience: LOCK_WAIT }
    }

    /// Takes so many characters from this month's.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] when they are used up, or cannot be counted.
    pub(super) fn spend(&self, characters: u64) -> Result<(), EngineError> {
        let month = this_month();
        let spent = self.change(|used| {
            let before = if used.month == month { used.characters } else { 0 };
            let after = before.saturating_add(characters);
            if after > self.most {
                return Err(before);
            }
            *used = Used { month: month.clone(), characters: after };
            Ok(())
        });
        let unavailable = |message| Err(EngineError::new(ErrorKind::Unavailable, message));
        match spent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(before)) => unavailable(format!(
                "{before} of {} characters were sent in {month} (limits.chars_per_month in {}); raise it, or wait for the next month",
                self.most,
                self.folder.join("voice.toml").display(),
            )),
            Err(error) => unavailable(format!(
                "the characters that are sent cannot be counted in {}: {error}",
                self.folder.join(FILE).display()
            )),
        }
    }

    /// Gives back characters that the server did not take.
    pub(super) fn give_back(&self, characters: u64) {
        let month = this_month();
        let given = self.change(|used| {
            if used.month == month {
                used.characters = used.characters.saturating_sub(characters);
            }
            Ok::<(), ()>(())
        });
        if let Err(error) = given {
            tracing::warn!(%error, "characters that were not used could not be given back");
        }
    }

    /// Changes the count while nobody else does; what `change` refuses is not written.
    fn change<E>(&self, change: impl FnOnce(&mut Used) -> Result<(), E>) -> io::Result<Result<(), E>> {
        let _held = self.lock()?;
        let path = self.folder.join(FILE);
        let mut used: Used = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Used::default(),
            Err(error) => return Err(error),
        };
        if let Err(refused) = change(&mut used) {
            return Ok(Err(refused));
        }
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(&serde_json::to_vec(&used)?)?;
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|error| error.error)?;
        Ok(Ok(()))
    }

    fn lock(&self) -> io::Result<Flock<File>> {
        let since = Instant::now();
        let path = self.folder.join(LOCK);
        let mut file = File::options().create(true).append(true).open(&path)?;
        loop {
            match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
                Ok(held) => return Ok(held),
                Err((back, Errno::EWOULDBLOCK)) if since.elapsed() < self.patience => file = back,
                Err((_, Errno::EWOULDBLOCK)) => {
                    let why = format!(
                        "another program has held {} for {} s; end it, and the lock goes with it",
                        path.display(),
                        self.patience.as_secs()
                    );
                    return Err(io::Error::new(io::ErrorKind::TimedOut, why));
                }
                Err((_, error)) => return Err(error.into()),
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

fn this_month() -> String {
    jiff::Timestamp::now().strftime("%Y-%m").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_is_counted_for_all_and_stops_at_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (Budget::new(folder.path(), 100), Budget::new(folder.path(), 100));
        one.spend(60).unwrap();
        let refused = other.spend(41).unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Unavailable);
        assert!(refused.message.contains("60 of 100"), "{}", refused.message);
        other.spend(40).unwrap();
        other.give_back(15);
        one.spend(15).unwrap();
        assert!(one.spend(1).is_err());
        let old = Used { month: "2020-01".to_owned(), characters: 100 };
        fs::write(folder.path().join(FILE), serde_json::to_vec(&old).unwrap()).unwrap();
        one.spend(100).unwrap();
        let files = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files, 2, "the count and its lock");
    }

    #[test]
    fn what_cannot_be_counted_is_not_spent() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "not a count").unwrap();
        assert_eq!(Budget::new(folder.path(), 100).spend(1).unwrap_err().kind, ErrorKind::Unavailable);
        let nowhere = Budget::new(&folder.path().join("nowhere"), 100);
        assert!(nowhere.spend(1).unwrap_err().message.contains("nowhere"));
    }

    #[test]
    fn a_lock_that_is_not_given_back_is_told_and_not_waited_for_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let budget = Budget { patience: Duration::ZERO, ..Budget::new(folder.path(), 100) };
        let held = budget.lock().unwrap();
        let error = budget.spend(1).unwrap_err();
        assert!(error.kind == ErrorKind::Unavailable && error.message.contains(LOCK), "{error}");
        drop(held);
        budget.spend(1).unwrap();
    }

    #[test]
    fn many_at_once_spend_each_character_once() {
        let folder = tempfile::tempdir().unwrap();
        let spent: usize = std::thread::scope(|scope| {
            let spend = || (0..10).filter(|_| Budget::new(folder.path(), 50).spend(1).is_ok()).count();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(spend)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(spent, 50);
    }
}
