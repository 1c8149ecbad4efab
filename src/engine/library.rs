//! Shared libraries that are opened while the program runs.
#![allow(unsafe_code, reason = "opening a library runs its initialisers, and dladdr is a C function")]

use std::ffi::{CStr, OsString, c_void};
use std::fs::File;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};
use sha2::{Digest, Sha256};

/// Opens `lib{stem}.so.1` (or its macOS name), its symbols visible to libraries opened later.
pub(super) fn open(stem: &str) -> Result<Library, String> {
    let mut first_error = None;
    for name in names(stem) {
        // SAFETY: the libraries this program asks for (flite's, espeak-ng's) only set up their own
        // tables when they are loaded.
        match unsafe { Library::open(Some(&name), RTLD_NOW | RTLD_GLOBAL) } {
            Ok(library) => return Ok(library),
            // The error's own text is "dlopen failed"; the loader's words are behind it.
            Err(error) => {
                let why =
                    std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
                first_error = first_error.or(Some(why));
            }
        }
    }
    Err(first_error.unwrap_or_default())
}

fn names(stem: &str) -> Vec<String> {
    if cfg!(target_os = "macos") {
        // Homebrew's folders are not where the loader looks by itself.
        let folders = ["", "/opt/homebrew/lib/", "/usr/local/lib/"];
        let files = [format!("lib{stem}.1.dylib"), format!("lib{stem}.dylib")];
        folders.iter().flat_map(|folder| files.iter().map(move |file| format!("{folder}{file}"))).collect()
    } else {
        vec![format!("lib{stem}.so.1")]
    }
}

/// The file that the code or data at an address was loaded from.
pub(super) fn file_of(address: *const c_void) -> Option<PathBuf> {
    let mut about = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    // SAFETY: dladdr fills the struct, which is alive for the call, and only compares the address.
    if unsafe { libc::dladdr(address, about.as_mut_ptr()) } == 0 {
        return None;
    }
    // SAFETY: zeroed is a valid value of this plain struct, and dladdr has filled it.
    let name = unsafe { about.assume_init() }.dli_fname;
    if name.is_null() {
        return None;
    }
    // SAFETY: dladdr gives a string that lives as long as the library, which is never closed.
    let name = unsafe { CStr::from_ptr(name) };
    Some(PathBuf::from(OsString::from_vec(name.to_bytes().to_vec())))
}

/// The first 16 hex digits of a SHA-256 over files: their names without folders, and their content.
pub(super) fn digest<'a>(files: impl IntoIterator<Item = &'a Path>) -> Result<String, String> {
    let mut all = Sha256::new();
    for file in files {
        let mut one = Sha256::new();
        File::open(file)
            .and_then(|mut open| std::io::copy(&mut open, &mut one))
            .map_err(|error| format!("{}: {error}", file.display()))?;
        all.update(Sha256::digest(file.file_name().unwrap_or_default().as_encoded_bytes()));
        all.update(one.finalize());
    }
    Ok(hex::encode(&all.finalize()[..8]))
}
