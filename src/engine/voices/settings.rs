//! What a `voice.toml` tells a voice's engine alone.

use std::path::PathBuf;

use serde::de::DeserializeOwned;

/// The table named after the engine (`[piper] model = "…"`) and the folder its file names start at. In a file with
/// `[[voice]]` tables, `[voice.piper]` holds for one of them and is laid over the file's `[piper]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// The folder of the `voice.toml`.
    pub folder: PathBuf,
    /// The table, as it is written; empty when there is none.
    pub table: toml::Table,
}

impl Settings {
    /// The table as the engine's own type, which refuses unknown keys (`deny_unknown_fields`).
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, String> {
        self.table.clone().try_into().map_err(|error| error.to_string().trim_end().replace('\n', " "))
    }

    /// The file of a name in the table: it stands beside the `voice.toml`, unless the name is a whole path.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}
