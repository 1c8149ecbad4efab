//! The integration tests: one binary, one module per boundary.

mod audio;
mod catalog;
mod cli;
mod engine;
mod http;
mod service;
mod site;
mod store;
mod tmpfs;
