//! Where a subcommand's audio goes: a file, or `-`.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use futures::TryStreamExt as _;

use super::out;
use crate::app::{AudioFormat, ByteStream};

/// The format that was asked for, or the one that the file's name says; MP3 for `-`.
///
/// # Errors
/// When nothing says what it is to be.
pub(super) fn format(output: &Path, asked: Option<AudioFormat>) -> anyhow::Result<AudioFormat> {
    if let Some(format) = asked {
        return Ok(format);
    }
    if output == Path::new("-") {
        return Ok(AudioFormat::Mp3);
    }
    let extension = output.extension().and_then(|ext| ext.to_str()).unwrap_or_default();
    extension.to_ascii_lowercase().parse().map_err(|_| {
        anyhow::anyhow!(
            "{}: its name ends in none of the formats there are ({names}); say --format, as in --format mp3",
            output.display(),
            names = AudioFormat::names()
        )
    })
}

/// Writes to a file beside the target first, so that a target is whole or not there.
///
/// # Errors
/// When the audio ends early, or the file cannot be written.
pub(super) async fn write(output: &Path, mut bytes: ByteStream) -> anyhow::Result<()> {
    if output == Path::new("-") {
        let mut stdout = out::stdout();
        while let Some(chunk) = bytes.try_next().await? {
            stdout.write_all(&chunk).context("writing to standard output")?;
        }
        return stdout.flush().context("writing to standard output");
    }
    let doing = || format!("writing {}", output.display());
    let dir = output.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // As an ordinary new file: what the umask leaves of it.
    let mode = std::fs::Permissions::from_mode(0o666);
    let mut file = tempfile::Builder::new().permissions(mode).tempfile_in(dir).with_context(doing)?;
    while let Some(chunk) = bytes.try_next().await? {
        file.write_all(&chunk).with_context(doing)?;
    }
    file.as_file().sync_all().with_context(doing)?;
    file.persist(output).with_context(doing)?;
    Ok(())
}
