//! What an engine is opened with.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::{EngineInfo, Limits, ProcessEngine, Servers, Voice, Voices, worker};

/// Priority of bulk threads and of their workers.
pub(super) const BULK_NICE: i32 = 10;

/// What surrounds an engine: the voices, whose own settings it may look up, and what it needs to
/// start workers of other engines.
#[derive(Clone, Debug, Default)]
#[allow(dead_code, reason = "which parts are used depends on the engines that are built")]
pub(crate) struct Opening {
    /// All voices there are.
    pub(super) voices: Voices,
    /// The program that is run as `PROGRAM engine-worker NAME`.
    pub(super) worker_exe: PathBuf,
    /// What threads share of speech servers.
    pub(super) servers: Servers,
    /// The library of ONNX Runtime that runs Piper voices, in the place of the built-in runtime.
    pub(super) onnxruntime: Option<PathBuf>,
    /// Processor time of one ask of a worker.
    pub(super) limits: Limits,
    /// Set when the service ends: whatever waits gives up.
    pub(super) ending: Arc<AtomicBool>,
    /// Whether it serves bulk work, at low priority.
    pub(super) is_bulk: bool,
}

impl Opening {
    /// The voices of one engine.
    #[allow(dead_code, reason = "as above")]
    pub(super) fn voices_of(&self, engine: &str) -> impl Iterator<Item = &Arc<Voice>> {
        self.voices.all().filter(move |voice| voice.engine == engine)
    }

    /// An engine of the table in a worker process, which starts when it is first asked.
    pub(super) fn worker(&self, info: &EngineInfo) -> ProcessEngine {
        let mut args = vec![worker::COMMAND.into(), info.name.into()];
        if self.is_bulk {
            args.extend(["--nice".into(), BULK_NICE.to_string().into()]);
        }
        ProcessEngine::new(info.name, self.worker_exe.clone(), args, self.limits)
            .until(Arc::clone(&self.ending))
    }
}
