//! The `listen` program: parse, run, print the error chain, exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    listen::cli::main()
}
