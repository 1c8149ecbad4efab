use std::path::PathBuf;

use anyhow::Context as _;
use clap::error::ErrorKind;

use crate::config::{Config, ConfigError, Flags};
use crate::text;

/// The flags every subcommand knows.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Everywhere")]
pub(super) struct Common {
    /// Folder of the audio; all of it can be made again [env: LISTEN_CACHE] [default: cache]
    #[arg(long, value_name = "DIR")]
    cache: Option<String>,
    /// Where articles, keys and the queue are kept [env: LISTEN_DB] [default: sqlite:listen.db]
    #[arg(long, value_name = "URL")]
    db: Option<String>,
    /// Folder of installed voices, laid over the built-in ones [env: LISTEN_VOICES] [default: voices]
    #[arg(long, value_name = "DIR")]
    voices: Option<PathBuf>,
    /// Configuration file [env: LISTEN_CONFIG] [default: listen.toml when it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// What is logged: info, debug, or a filter such as listen=debug [env: LISTEN_LOG] [default: info]
    #[arg(long, value_name = "FILTER")]
    log: Option<String>,
    /// Log lines as JSON objects [env: LISTEN_LOG_JSON]
    #[arg(long)]
    log_json: bool,
}

/// The flags of a subcommand that has something to show.
#[derive(Debug, clap::Args)]
pub(super) struct Shown {
    /// Print a JSON object
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) common: Common,
}

impl Common {
    /// These flags, laid over the other sources by [`Common::load`].
    pub(super) fn flags(&self) -> Flags {
        Flags {
            cache: self.cache.clone(),
            db: self.db.clone(),
            voices: self.voices.clone(),
            log: self.log.clone(),
            log_json: self.log_json.then_some(true),
            ..Flags::default()
        }
    }

    /// The configuration under `flags` ([`Common::flags`] and a subcommand's own).
    ///
    /// # Errors
    /// See [`Config::load`].
    pub(super) fn load(&self, flags: &Flags) -> Result<Config, ConfigError> {
        Config::load(self.config.as_deref(), flags)
    }
}

/// Threads for what blocks: files and long computations. Without a limit of its own, a burst of looks
/// into a large cache would start hundreds, which then stay for a while with what they hold.
const BLOCKING_THREADS: usize = 48;

/// What asynchronous work runs on.
///
/// # Errors
/// When the system gives no threads.
pub(super) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().max_blocking_threads(BLOCKING_THREADS).build().context("starting threads")
}

/// Has the text front end get ready while the rest of the program starts. Without a thread for it, the first
/// page waits.
pub(super) fn warm_up() {
    let _ = std::thread::Builder::new().name("warm-up".to_owned()).spawn(text::warm_up);
}

/// Ends the program as for any wrong usage: the message on standard error, exit code 2.
pub(super) fn wrong_usage(message: &str) -> ! {
    clap::Error::raw(ErrorKind::ArgumentConflict, format!("{message}\n")).exit()
}

/// `20GB`, `500 MB`, `1TB`, or plain bytes; decimal units.
pub(super) fn size_bytes(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit.trim().to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "K" | "KB" => 1_000,
        "M" | "MB" => 1_000_000,
        "G" | "GB" => 1_000_000_000,
        "T" | "TB" => 1_000_000_000_000,
        _ => return Err("use a size such as 20GB or 500MB".to_owned()),
    };
    let number: u64 = number.parse().map_err(|_| "use a size such as 20GB or 500MB".to_owned())?;
    number.checked_mul(factor).ok_or_else(|| "that is more than there is".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in
            [("20GB", 20_000_000_000), ("500 mb", 500_000_000), ("7", 7), ("1T", 1_000_000_000_000)]
        {
            assert_eq!(size_bytes(text), Ok(bytes), "{text}");
        }
        for bad in ["", "GB", "-1GB", "1.5GB", "1XB", "99999999999999T"] {
            assert!(size_bytes(bad).is_err(), "{bad}");
        }
    }
}
