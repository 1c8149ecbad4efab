//! The integration tests: one binary, one module per boundary.

mod engine;
mod audio;
mod cli;
