//! The integration tests: one binary, one module per boundary.

mod catalog;
mod store;
mod tmpfs;
