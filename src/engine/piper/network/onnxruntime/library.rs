//! A library of ONNX Runtime, opened while the program runs.
#![allow(unsafe_code, reason = "opening a library and asking it for its functions are calls of C")]

use std::error::Error as _;
use std::ffi::CStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ort::environment::Environment;
use ort::logging::LogLevel;
use ort::operator::OperatorDomain;
use ort::session::Session;
use ort::sys::{ORT_API_VERSION, OrtApi, OrtApiBase};

use super::noise::NoiseOperator;
use crate::engine::piper::graph::NOISE_DOMAIN;

/// The library of this process. It has one, because its functions and its environment are global in `ort`.
static OPENED: Mutex<Option<(PathBuf, Result<Library, String>)>> = Mutex::new(None);

/// An ONNX Runtime that can run networks.
#[derive(Clone)]
pub(in crate::engine::piper) struct Library {
    environment: Environment,
    version: Arc<str>,
}

impl Library {
    /// Opens it, once in a process. A name without a slash is looked for where the system's libraries are.
    ///
    /// # Errors
    /// When it cannot be opened, is none of ONNX Runtime or too old, or another one has been opened; in words.
    pub(in crate::engine::piper) fn open(path: &Path) -> Result<Self, String> {
        let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((own, library)) = &*opened
            && own == path
        {
            return library.clone();
        }
        let (functions, version) = functions(path)?;
        if !ort::set_api(functions) {
            return Err("another library of it has been opened; start the program again".to_owned());
        }
        let library = environment().map_err(|error| error.to_string()).map(|environment| {
            tracing::info!(version, library = %path.display(), "Piper voices are run by ONNX Runtime");
            Self { environment, version: version.into() }
        });
        opened.insert((path.to_owned(), library)).1.clone()
    }

    /// Its name and version, for keys.
    pub(in crate::engine::piper) fn revision(&self) -> String {
        format!("onnxruntime-{}", self.version)
    }

    /// Reads a prepared network, to be run on the thread that asks.
    pub(super) fn session(&self, file: &[u8]) -> ort::Result<Session> {
        Session::builder(&self.environment)?
            // One thread is the caller's own: none is started, and none spins.
            .with_intra_threads(1)?
            .with_inter_threads(1)?
            // A plan of memory for every length that ever came would hold twice as much.
            .with_memory_pattern(false)?
            .with_operators(OperatorDomain::new(NOISE_DOMAIN)?.add(NoiseOperator)?)?
            .commit_from_memory(file)
    }
}

fn environment() -> ort::Result<Environment> {
    // What goes wrong comes back as an error too, and is told once.
    let log =
        |_: LogLevel, _: &str, _: &str, _: &str, message: &str| tracing::debug!("ONNX Runtime: {message}");
    let environment =
        ort::init().with_name("listen").with_telemetry(false).with_logger(Arc::new(log)).build()?;
    environment.set_log_level(LogLevel::Warning);
    Ok(environment)
}

/// The functions of a library, and its version.
fn functions(path: &Path) -> Result<(OrtApi, String), String> {
    // SAFETY: opening a library runs its initialisers; the operator names it as one to be trusted.
    let library = unsafe { libloading::Library::new(path) }.map_err(|error| {
        // The error's own text is "dlopen failed"; the loader's words are behind it.
        error.source().map_or_else(|| error.to_string(), ToString::to_string)
    })?;
    // SAFETY: the C API declares the function of this name so, in every version.
    let base = unsafe { library.get::<unsafe extern "C" fn() -> *const OrtApiBase>(b"OrtGetApiBase") }
        .map_err(|_| "it is no library of ONNX Runtime (it has no OrtGetApiBase)")?;
    // SAFETY: the function takes nothing, and returns null or a table that lives as long as the library.
    let base = unsafe { base().as_ref() }.ok_or("it is no library of ONNX Runtime (it has no functions)")?;
    // SAFETY: the function takes nothing, and returns null or a string that lives as long as the library.
    let version = unsafe {
        let version = (base.GetVersionString)();
        if version.is_null() { c"of an unknown version" } else { CStr::from_ptr(version) }
    };
    let version = version.to_string_lossy().into_owned();
    // SAFETY: the function takes any number; it returns null when it lacks that version, or else a table that
    // has at least the functions of that version and lives as long as the library.
    let functions = unsafe { (base.GetApi)(ORT_API_VERSION).as_ref() }.cloned();
    let functions = functions
        .ok_or_else(|| format!("it is ONNX Runtime {version}; 1.{ORT_API_VERSION} or newer is needed"))?;
    // It is never closed: its functions are called until the end.
    std::mem::forget(library);
    Ok((functions, version))
}

#[cfg(test)]
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
mod tests {
    use super::*;
    use std::process::Command;

    /// A library of our own that says it is ONNX Runtime 1.9.0, and has no newer functions.
    const OLD: &str = r#"
        #include <stdint.h>
        #include <stddef.h>
        static const void *get_api(uint32_t version) { return version <= 9 ? "" : NULL; }
        static const char *get_version(void) { return "1.9.0"; }
        static const struct { const void *(*api)(uint32_t); const char *(*version)(void); } base = {
            get_api, get_version
        };
        const void *OrtGetApiBase(void) { return &base; }
    "#;
    const EMPTY: &str = "const void *OrtGetApiBase(void) { return 0; }";
    const OTHER: &str = "int answer(void) { return 42; }";

    #[test]
    fn what_is_no_library_that_can_be_used_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let no_library = folder.path().join("text.so");
        std::fs::write(&no_library, "not a library").expect("it writes");
        for (path, why) in [
            (folder.path().join("missing.so"), "missing.so"),
            (no_library, "text.so"),
            (folder.path().to_owned(), "directory"),
            ("libonnxruntime-that-nobody-has.so".into(), "nobody-has"),
        ] {
            let error = Library::open(&path).err().unwrap_or_default();
            assert!(error.contains(why), "{why}: {error}");
        }
        for (name, source, why) in [
            ("other", OTHER, "no library of ONNX Runtime"),
            ("empty", EMPTY, "no library of ONNX Runtime"),
            ("old", OLD, "it is ONNX Runtime 1.9.0; 1.17 or newer is needed"),
        ] {
            let (code, library) = (folder.path().join("code.c"), folder.path().join(format!("{name}.so")));
            std::fs::write(&code, source).expect("it writes");
            let compiled =
                Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &code]).status();
            if compiled.is_err() {
                assert!(std::env::var_os("LISTEN_TEST_STRICT").is_none(), "there is no cc");
                eprintln!("SKIPPED: there is no cc");
                return;
            }
            let error = Library::open(&library).err().unwrap_or_default();
            assert!(error.contains(why), "{why}: {error}");
        }
    }
}
