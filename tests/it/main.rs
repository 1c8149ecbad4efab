//! The integration tests: one binary, one module per boundary.

mod engine;
mod audio;
mod catalog;
mod store;
mod tmpfs;
mod service;
