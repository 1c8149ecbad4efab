//! What an engine needs to be judged, and the trouble that can be made for it.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use listen::engine::{EngineOptions, Engines, Limits, Servers, Voices};

use super::super::{voices, write_voice};
use crate::site::Site;

/// The key of our own service.
const KEY: &str = "test-key";

/// What an engine is given.
#[derive(Clone, Copy)]
pub(super) struct Given {
    pub(super) bulk_workers: usize,
    /// Most audio of an utterance.
    pub(super) audio_limit_s: u32,
    pub(super) limits: Limits,
}

impl Default for Given {
    fn default() -> Self {
        Self { bulk_workers: 1, audio_limit_s: 300, limits: Limits::default() }
    }
}

/// Trouble in the middle of a sentence.
#[derive(Clone, Copy, Debug)]
pub(super) enum Trouble {
    /// What speaks is gone.
    Crash,
    /// What speaks says no more.
    Hang,
}

impl Trouble {
    const ALL: [Self; 2] = [Self::Crash, Self::Hang];

    /// The file that makes it, once.
    fn file(self, folder: &Path) -> PathBuf {
        folder.join(match self {
            Self::Crash => "crash",
            Self::Hang => "hang",
        })
    }

    /// The trouble that is made in a folder; it is not made again.
    fn take(folder: &Path) -> Option<Self> {
        Self::ALL.into_iter().find(|trouble| std::fs::remove_file(trouble.file(folder)).is_ok())
    }
}

/// Engines, and what must live as long.
pub(super) struct Rig {
    engines: Engines,
    _service: Option<Service>,
    folder: tempfile::TempDir,
}

impl Deref for Rig {
    type Target = Engines;

    fn deref(&self) -> &Engines {
        &self.engines
    }
}

impl Rig {
    /// The engines that are built in, with the voices of the tests; their workers are started by a script,
    /// where there may be trouble.
    pub(super) fn built_in(given: Given, in_trouble: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Self::options(folder.path(), in_trouble);
        Self::new(folder, given, options, None)
    }

    fn options(folder: &Path, in_trouble: bool) -> EngineOptions {
        let listen = PathBuf::from(env!("CARGO_BIN_EXE_listen"));
        let worker_exe = if in_trouble { stumbling(&listen, folder) } else { listen };
        EngineOptions { voices: voices(), ..EngineOptions::new(worker_exe) }
    }

    /// As [`Rig::built_in`], where Piper voices are run by ONNX Runtime.
    #[cfg(feature = "ort")]
    pub(super) fn onnxruntime(given: Given, in_trouble: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Self::options(folder.path(), in_trouble);
        // Without one, Piper's voices say that they cannot speak, and the tests are skipped.
        let library = crate::outside::onnxruntime().unwrap_or_else(|| "/nowhere/libonnxruntime.so".into());
        let onnxruntime = Some(library);
        Self::new(folder, given, EngineOptions { onnxruntime, ..options }, None)
    }

    /// A program that hums: the voice `hum`.
    pub(super) fn program(given: Given, _: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let hum = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/speech/hum.py");
        let table = format!(
            "[program]\ncommand = [\"python3\", {:?}, \"{{rate}}\"]\nversion = [\"python3\", \"--version\"]\n\
             limits = {{ cpu_s = {} }}\n",
            hum.display().to_string(),
            given.limits.cpu.as_secs()
        );
        write_voice(folder.path(), "hum", "program", &table);
        let voices = Voices::load(Some(folder.path())).unwrap();
        let options = EngineOptions::new(env!("CARGO_BIN_EXE_listen"));
        Self::new(folder, given, EngineOptions { voices, ..options }, None)
    }

    /// Our own service behind a line that can break: the voice `cloud`.
    pub(super) fn openai(given: Given, _: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let service = Service::start();
        let trouble = folder.path().join("cloud");
        let table = format!(
            "[openai]\nbase_url = \"{}/v1\"\napi_key_env = \"K\"\nmodel = \"tts-1\"\nvoice = \"tone\"\n\
             limits = {{ retries = 0, silence_s = 10 }}\n",
            line_to(&service.site.as_ref().unwrap().url, trouble)
        );
        write_voice(folder.path(), "cloud", "openai", &table);
        let voices = Voices::load(Some(folder.path())).unwrap();
        let servers = Servers::new(&voices, |_| Some(KEY.to_owned()));
        let options = EngineOptions::new(env!("CARGO_BIN_EXE_listen"));
        Self::new(folder, given, EngineOptions { voices, servers, ..options }, Some(service))
    }

    fn new(
        folder: tempfile::TempDir,
        given: Given,
        options: EngineOptions,
        service: Option<Service>,
    ) -> Self {
        let Given { bulk_workers, audio_limit_s, limits } = given;
        let options = EngineOptions { bulk_workers, audio_limit_s, limits, ..options };
        let engines = Engines::new(options).expect("the system gives threads");
        Self { engines, _service: service, folder }
    }

    /// Makes trouble for the next sentence of a voice, or for the next start of a worker.
    pub(super) fn make(&self, trouble: Trouble, voice: &str) {
        let own = self.folder.path().join(voice);
        let folder = if own.is_dir() { own } else { self.folder.path().to_owned() };
        std::fs::write(trouble.file(&folder), "").unwrap();
    }
}

/// A program that runs engine workers as `listen` does, but for one that dies of its first ask beside a file
/// `crash`, and one that never answers beside `hang`.
fn stumbling(listen: &Path, folder: &Path) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let script = format!(
        "#!/bin/sh\nif rm '{0}/crash' 2>/dev/null; then head -c 8 >/dev/null; kill -9 $$; fi\n\
         if rm '{0}/hang' 2>/dev/null; then sleep 3600; fi\nexec '{1}' \"$@\"\n",
        folder.display(),
        listen.display()
    );
    let path = folder.join("listen");
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// Our own service, whose voice beeps, and what it runs on.
struct Service {
    runtime: tokio::runtime::Runtime,
    site: Option<Site>,
}

impl Service {
    fn start() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let site = Some(runtime.block_on(Site::start_with_key()));
        Self { runtime, site }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(site) = self.site.take() {
            self.runtime.block_on(site.stop());
        }
    }
}

/// An address that leads to another, until there is trouble in a folder. It ends with the tests.
fn line_to(address: &str, folder: PathBuf) -> String {
    let to: Arc<str> = address.trim_start_matches("http://").into();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let (to, folder) = (Arc::clone(&to), folder.clone());
            std::thread::spawn(move || {
                let Ok(far) = TcpStream::connect(&*to) else { return };
                let (Ok(back), Ok(front)) = (far.try_clone(), near.try_clone()) else { return };
                std::thread::spawn(move || carry(back, front, None));
                carry(near, far, Some(&folder));
            });
        }
    });
    address
}

/// Carries bytes until one side ends, or there is trouble; then both do.
fn carry(mut from: TcpStream, mut to: TcpStream, folder: Option<&Path>) {
    let mut part = [0; 16 << 10];
    while let Ok(read @ 1..) = from.read(&mut part) {
        match folder.and_then(Trouble::take) {
            Some(Trouble::Crash) => break,
            // The answer never comes; the one who waits for it goes at last.
            Some(Trouble::Hang) => {
                while let Ok(1..) = from.read(&mut part) {}
                break;
            }
            None => {}
        }
        if to.write_all(&part[..read]).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

/// Little time, so that what hangs is not waited for long.
pub(super) fn impatient() -> Given {
    let limits = Limits { cpu: Duration::from_secs(1), cpu_per_byte: Duration::ZERO };
    Given { limits, ..Given::default() }
}
