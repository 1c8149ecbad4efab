//! INPUT of a subcommand: a file, or `-`.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};

use crate::text::Format;

/// Largest page, in bytes.
const PAGE_BYTES_MAX: u64 = 5_000_000;

/// The bytes of a file, or of standard input for `-`.
pub(super) fn bytes(input: &str) -> anyhow::Result<Vec<u8>> {
    if input.starts_with("http://") || input.starts_with("https://") {
        bail!("fetching pages is not built yet; save the page and give the file, or pipe it in with -");
    }
    let mut bytes = Vec::new();
    if input == "-" {
        let stdin = std::io::stdin().lock();
        stdin.take(PAGE_BYTES_MAX + 1).read_to_end(&mut bytes).context("cannot read standard input")?;
    } else {
        let file = std::fs::File::open(input).with_context(|| format!("cannot open {input}"))?;
        file.take(PAGE_BYTES_MAX + 1)
            .read_to_end(&mut bytes)
            .with_context(|| format!("cannot read {input}"))?;
    }
    let most_mb = PAGE_BYTES_MAX / 1_000_000;
    ensure!(
        bytes.len() as u64 <= PAGE_BYTES_MAX,
        "{input} is over {most_mb} MB; give the article's page alone"
    );
    Ok(bytes)
}

/// What a file is written in, going by its name.
pub(super) fn format_of(input: &str) -> Format {
    match Path::new(input).extension().and_then(|ext| ext.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("html" | "htm" | "xhtml") => Format::Html,
        Some("md" | "markdown") => Format::Markdown,
        Some("txt" | "text") => Format::Text,
        _ => Format::Auto,
    }
}
