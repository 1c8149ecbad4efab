use anyhow::Context as _;
use tracing_subscriber::EnvFilter;

use crate::config::Config;

/// Starts the log on stderr: lines for people, or JSON objects.
///
/// # Errors
/// When the filter cannot be read, or a log has been started already.
pub(super) fn start(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log)
        .with_context(|| format!("log \"{}\" is no filter; use info, debug or listen=debug", config.log))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if config.log_json {
        builder.json().flatten_event(true).try_init()
    } else {
        builder.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init()
    };
    started.map_err(|error| anyhow::anyhow!("starting the log: {error}"))
}

/// The same for a command that talks to a person itself: only warnings, unless asked otherwise.
///
/// # Errors
/// See [`start`].
pub(super) fn start_quietly(config: &Config) -> anyhow::Result<()> {
    let usual = config.log == Config::default().log;
    let log = if usual { "warn".to_owned() } else { config.log.clone() };
    start(&Config { log, ..config.clone() })
}
