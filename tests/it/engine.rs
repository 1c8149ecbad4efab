//! Every engine, through the pool and through the worker protocol.

mod house_values;
mod pool;

use listen::engine::{Engines, ErrorKind};

/// True, loudly, when an engine's library is not on this machine; a failure where nothing may be skipped.
fn skip_without(engines: &Engines, engine: &str) -> bool {
    match engines.describe(engine) {
        Ok(_) => false,
        Err(error) if error.kind == ErrorKind::Unavailable => {
            assert!(std::env::var_os("LISTEN_TEST_STRICT").is_none(), "{error}");
            eprintln!("SKIPPED: {error}");
            true
        }
        Err(error) => panic!("{engine}: {error}"),
    }
}
