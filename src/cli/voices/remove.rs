use crate::app::remove_voice;
use crate::cli::common::Common;
use crate::cli::{log, out};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Articles that the voice has read keep their audio. They are read by another voice when they change.

Examples:
  listen voices remove en_us-ljspeech-medium")]
pub(super) struct Args {
    /// The voice
    voice: String,

    /// Print what was removed as a JSON object
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    common: Common,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let config = args.common.load(&args.common.flags())?;
    log::start_quietly(&config)?;
    let removed = remove_voice(&config.voices, &args.voice)?;
    if args.json {
        return out::json(&serde_json::json!({ "folder": removed.folder, "bytes": removed.bytes }));
    }
    out::say(&format!(
        "{} is removed: {} are free again",
        removed.folder.display(),
        out::size(removed.bytes)
    ));
    if removed.others {
        out::say("The folder has other files too; they are left.");
    }
    Ok(())
}
