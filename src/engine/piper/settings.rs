//! `[piper]` of a `voice.toml`.

use serde::Deserialize;

use crate::engine::Settings;

/// What a voice's file tells this engine.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(feature = "piper"), allow(dead_code, reason = "read only to be checked"))]
pub(super) struct Piper {
    /// The network's file.
    pub(super) model: String,
    /// The file that came with it; `MODEL.json` when absent.
    pub(super) config: Option<String>,
    /// Which speaker of a network with several: a name of its file, or a number.
    pub(super) speaker: Option<Speaker>,
    /// How lively it speaks, and how much its rhythm varies; its file's own values when absent, 0 for
    /// none.
    pub(super) noise_scale: Option<Noise>,
    /// See [`Piper::noise_scale`].
    pub(super) noise_w: Option<Noise>,
    /// The model's SHA-256. A file that has another is refused; without it, the file is hashed when the
    /// voice is first asked for.
    pub(super) sha256: Option<String>,
}

/// A speaker of a network.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Speaker {
    /// By its number.
    Id(u32),
    /// By its name.
    Name(String),
}

/// A share of random noise.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "f32")]
pub(super) struct Noise(pub(super) f32);

impl TryFrom<f32> for Noise {
    type Error = String;

    fn try_from(value: f32) -> Result<Self, String> {
        if (0.0..=2.0).contains(&value) {
            Ok(Self(value))
        } else {
            Err(format!("{value} is no noise: 0 to 2"))
        }
    }
}

/// Whether the table can be used.
pub(in crate::engine) fn check(settings: &Settings) -> Result<(), String> {
    let piper: Piper = settings.read()?;
    match piper.sha256 {
        Some(hex)
            if hex.len() != 64 || !hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) =>
        {
            Err("sha256 is 64 hexadecimal digits in lower case".to_owned())
        }
        _ => Ok(()),
    }
}
