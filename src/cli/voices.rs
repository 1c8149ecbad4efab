mod audition;
mod check;
mod install;
mod list;
mod remote;
mod remove;

use clap::{Args as ClapArgs, Subcommand};

#[derive(Debug, ClapArgs)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  listen voices                          all of them
  listen voices --lang de                those that speak German
  listen voices audition rms slt         rms.wav and slt.wav, to compare
  listen voices check espeak-de --text probe.txt
  listen voices list --remote --lang de  Piper voices that can be installed
  listen voices install de_DE-thorsten-medium"
)]
pub(super) struct Args {
    #[command(subcommand)]
    work: Option<Work>,
    #[command(flatten)]
    list: list::Args,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// List the voices there are (the default)
    List(list::Args),
    /// Hear voices: make a sound file of each one's sample sentence
    Audition(audition::Args),
    /// Measure a voice's loudness and pace, and say what its voice.toml should have
    Check(check::Args),
    /// Download a Piper voice and put it beside the others
    Install(install::Args),
    /// Remove an installed voice
    Remove(remove::Args),
}

pub(super) fn run(args: Args) -> anyhow::Result<()> {
    match args.work {
        None => list::run(&args.list),
        Some(Work::List(list)) => list::run(&list),
        Some(Work::Audition(audition)) => audition::run(&audition),
        Some(Work::Check(check)) => check::run(&check),
        Some(Work::Install(install)) => install::run(&install),
        Some(Work::Remove(remove)) => remove::run(&remove),
    }
}
