//! The command line, one file per subcommand. It parses, calls a verb, prints.

mod cache;
mod common;
mod input;
mod keys;
mod log;
mod out;
mod output;
mod play;
mod progress;
mod rebuild;
mod render;
mod script;
mod serve;
mod text;
mod voices;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Gives every article a listen version
#[derive(Debug, Parser)]
#[command(
    name = "listen",
    version,
    propagate_version = true,
    after_help = "Examples:
  listen render article.md -o article.mp3   make a sound file of a page
  listen script article.md                  what would be read, and what was dropped
  listen serve --sample                     run the service, with something to listen to
  listen voices                             the voices this machine has

`listen COMMAND --help` explains a command, with examples."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service: publish over HTTP, listen on pages and in podcast apps
    Serve(serve::Args),
    /// Make the listen version of a page: a sound file
    Render(render::Args),
    /// Play a page on this machine's loudspeaker
    Play(play::Args),
    /// Show what would be read of a page, and what was dropped and why
    Script(script::Args),
    /// Work on plain text: split into sentences, normalize for a voice, repair mojibake
    Text(text::Args),
    /// List, hear and measure the voices
    Voices(voices::Args),
    /// Look after the kept audio: count, verify, bring under a limit
    Cache(cache::Args),
    /// Make, list and revoke the keys of publishers
    Keys(keys::Args),
    /// Plan stored articles anew, with the front end and voices of now
    Rebuild(rebuild::Args),
}

/// Parses the command line and runs it. Exit code 0: done, 1: failed, 2: wrong usage.
#[must_use]
pub fn main() -> ExitCode {
    // First of all: a worker forks, which is only sound before any thread, runtime or logger exists.
    if let Some(ended) = crate::engine::run_if_asked(std::env::args_os()) {
        return ended;
    }
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Serve(args) => serve::run(args),
        Command::Render(args) => render::run(args),
        Command::Play(args) => play::run(&args),
        Command::Script(args) => script::run(args),
        Command::Text(args) => text::run(args),
        Command::Voices(args) => voices::run(args),
        Command::Cache(args) => cache::run(args),
        Command::Keys(args) => keys::run(args),
        Command::Rebuild(args) => rebuild::run(args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if out::is_closed(&error) => ExitCode::SUCCESS,
        Err(error) => {
            out::say(&format!("listen: {}", out::chain(&error)));
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_teaches_by_example() {
        fn check(command: &clap::Command) {
            let name = command.get_name();
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Examples:\n"), "{name} has no examples");
            assert!(help.contains(name), "{name} has examples of something else: {help}");
            assert!(command.get_about().is_some(), "{name} does not say what it is");
            command.get_subcommands().filter(|below| below.get_name() != "help").for_each(check);
        }
        check(&Cli::command());
    }
}
