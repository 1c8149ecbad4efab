//! The command line, one file per subcommand. It parses, calls a verb, prints.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the program's voice on a terminal")]

mod common;
mod input;
mod log;
mod progress;
mod render;
mod script;
mod serve;
mod text;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Gives every article a listen version.
#[derive(Debug, Parser)]
#[command(name = "listen", version, propagate_version = true)]
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
    /// Show what would be read of a page, and what was dropped and why
    Script(script::Args),
    /// Work on plain text: split into sentences, normalize for a voice, repair mojibake
    Text(text::Args),
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
        Command::Script(args) => script::run(args),
        Command::Text(args) => text::run(args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("listen: {error:#}");
            ExitCode::FAILURE
        }
    }
}
