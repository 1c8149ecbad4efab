//! The text front end alone, without the service around it, so that a target is built in minutes:
//! `article` and `text` are links to the project's own modules, which use nothing else of it.
#![allow(dead_code, missing_docs, reason = "the project's own build looks at these")]

pub mod article;
pub mod text;

pub mod checks;

pub use libfuzzer_sys;

/// A fuzz target that gives its input to a function of [`checks`].
///
/// A panic of a library that the front end catches is no finding, so the hook that ends the process
/// at any panic is taken off; one that gets out of the check still ends it.
#[macro_export]
macro_rules! target {
    ($name:ident) => {
        use $crate::libfuzzer_sys;
        libfuzzer_sys::fuzz_target!(
            init: std::panic::set_hook(Box::new(|info| eprintln!("{info}"))),
            |data: &[u8]| $crate::checks::$name(&String::from_utf8_lossy(data))
        );
    };
}
