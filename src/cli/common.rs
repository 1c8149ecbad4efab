use std::path::PathBuf;

use crate::config::{Config, ConfigError, Flags};

/// The flags every subcommand knows.
#[derive(Debug, clap::Args)]
pub(super) struct Common {
    /// Where audio that can be made again is kept: a folder, or s3://…, gs://…, az://… [env:
    /// LISTEN_CACHE] [default: cache]
    #[arg(long, value_name = "DIR|URL")]
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
