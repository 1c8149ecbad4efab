use serde::Serialize;

use crate::app::{IndexedVoice, Installer, Patience};
use crate::article::Lang;
use crate::cli::out;
use crate::config::Config;
use crate::engine::VOICE_FILE;

#[derive(Serialize)]
struct Remote<'a> {
    name: &'a str,
    id: String,
    language: Option<Lang>,
    title: String,
    quality: &'a str,
    speakers: u32,
    size_bytes: u64,
    installed: bool,
}

/// The index of the configuration, or another one.
pub(super) fn index(config: &Config, asked: Option<&str>) -> anyhow::Result<Installer> {
    let index = asked.unwrap_or(&config.voices_index);
    Installer::open(index, &config.voices, Patience::default())
}

/// Lists the voices that can be installed.
pub(super) fn list(
    config: &Config,
    asked: Option<&str>,
    lang: Option<&Lang>,
    json: bool,
) -> anyhow::Result<()> {
    let installer = index(config, asked)?;
    let speaks = |voice: &&IndexedVoice| {
        lang.is_none_or(|lang| voice.lang().is_some_and(|own| own.primary() == lang.primary()))
    };
    let listed: Vec<Remote<'_>> =
        installer.index().all().filter(speaks).map(|voice| remote(config, voice)).collect();
    if json {
        return out::json(&serde_json::json!({ "voices": listed }));
    }
    if let (true, Some(lang)) = (listed.is_empty(), lang) {
        out::say(&format!("the index has no voice that speaks \"{lang}\""));
        return Ok(());
    }
    out::text(&table(&listed))?;
    out::say(
        "\nEach has a licence of its own: `listen voices install NAME` shows it and asks before anything is downloaded.",
    );
    Ok(())
}

fn remote<'a>(config: &Config, voice: &'a IndexedVoice) -> Remote<'a> {
    let id = voice.id();
    Remote {
        name: &voice.key,
        language: voice.lang(),
        title: voice.title(),
        quality: &voice.quality,
        speakers: voice.num_speakers,
        size_bytes: voice.size_bytes(),
        installed: config.voices.join(&id).join(VOICE_FILE).is_file(),
        id,
    }
}

fn table(listed: &[Remote<'_>]) -> String {
    let rows: Vec<[String; 7]> = listed
        .iter()
        .map(|voice| {
            [
                voice.name.to_owned(),
                voice.language.as_ref().map_or_else(String::new, ToString::to_string),
                voice.quality.to_owned(),
                voice.speakers.to_string(),
                out::size(voice.size_bytes),
                if voice.installed { "yes" } else { "no" }.to_owned(),
                voice.title.clone(),
            ]
        })
        .collect();
    out::table(["NAME", "LANGUAGE", "QUALITY", "SPEAKERS", "SIZE", "INSTALLED", "WHAT IT IS"], &rows)
}
