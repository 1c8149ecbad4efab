//! An engine in a process of its own, seen from the host.

use std::ffi::OsString;
use std::io::{self, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use metrics::counter;

use super::wire::{self, Answer, Ask};
use super::{
    AudioSink, Clause, Description, Engine, EngineError, ErrorKind, Request, Stop, WordMark, os,
    worker::CHILD_OVERRAN,
};
use crate::article::Lang;

/// Wall-clock time a worker may take for every second of its processor time, so that a busy machine
/// never skips a sentence.
pub(super) const WALL_PER_CPU: u32 = 10;
/// How often a waiting host looks whether the service ends.
const ENDING_CHECK: Duration = Duration::from_millis(100);
/// What is read of a worker's stdout at once: a few tenths of a second of audio, or one long part of it.
const READ_BYTES: usize = 48 * 1024;
/// Settings of glibc's heap for workers; nothing elsewhere. A sentence fills some megabytes of heap
/// from many small pieces: memory is asked for in large steps and not given back in between, or the
/// system would be entered for each page of each sentence.
const HEAP: (&str, &str) = (
    "GLIBC_TUNABLES",
    "glibc.malloc.top_pad=16777216:glibc.malloc.trim_threshold=1073741824:glibc.malloc.mmap_threshold=1073741824",
);
/// How long a worker that has closed its stdout may take to end.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How long one ask may keep a worker busy, in processor time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For any ask.
    pub cpu: Duration,
    /// More for every byte of text.
    pub cpu_per_byte: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { cpu: Duration::from_secs(10), cpu_per_byte: Duration::from_millis(20) }
    }
}

impl Limits {
    /// For an ask with this much text.
    pub(super) fn for_text(&self, text: &str) -> Duration {
        let bytes = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.cpu.saturating_add(self.cpu_per_byte.saturating_mul(bytes))
    }
}

/// The limit in the unit of the protocol, which is the system's.
pub(super) fn whole_seconds(limit: Duration) -> u64 {
    limit.as_secs() + u64::from(limit.subsec_nanos() > 0)
}

/// An engine in a worker process: `listen engine-worker NAME`, or any program that speaks the
/// protocol of `docs/worker-protocol.md`. The process is started when it is first needed and again
/// after it has died, overran its time, or was stopped in the middle of a sentence.
///
/// The system ends the process with the thread that started it, so it belongs on one long-lived thread.
pub struct ProcessEngine {
    name: String,
    program: PathBuf,
    args: Vec<OsString>,
    limits: Limits,
    ending: Arc<AtomicBool>,
    worker: Option<Worker>,
}

impl ProcessEngine {
    /// The engine that `program args…` is. `name` stands in messages and metrics.
    #[must_use]
    pub fn new(name: &str, program: PathBuf, args: Vec<OsString>, limits: Limits) -> Self {
        let ending = Arc::default();
        Self { name: name.to_owned(), program, args, limits, ending, worker: None }
    }

    /// Has it give up as soon as `ending` is set.
    pub(super) fn until(mut self, ending: Arc<AtomicBool>) -> Self {
        self.ending = ending;
        self
    }

    /// Starts the worker before it is needed. What keeps it from starting is answered to the first ask.
    pub(super) fn start_early(&mut self) {
        self.worker = self.start().ok();
    }

    /// Asks the worker, hands audio to `sink`, and returns the answer that ended the exchange.
    fn ask(
        &mut self,
        ask: &Ask,
        cpu: Duration,
        sink: Option<&mut dyn AudioSink>,
    ) -> Result<Answer, EngineError> {
        let mut worker = match self.worker.take() {
            Some(worker) => worker,
            None => self.start()?,
        };
        match worker.ask(ask, cpu.saturating_mul(WALL_PER_CPU), sink) {
            Ok(answer) => {
                if os::FORKS {
                    self.worker = Some(worker);
                }
                match answer {
                    Answer::Error { kind, message } => Err(EngineError::new(kind, message)),
                    answer => Ok(answer),
                }
            }
            Err(lost) => {
                let lost = worker.end(lost);
                counter!("listen_worker_restarts_total", "engine" => self.name.clone(), "reason" => lost.reason())
                    .increment(1);
                Err(EngineError::new(lost.kind(), format!("{}: {}", self.name, lost.words())))
            }
        }
    }

    fn start(&self) -> Result<Worker, EngineError> {
        let mut command = Command::new(&self.program);
        command.args(&self.args).env(HEAP.0, HEAP.1);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        os::lead_group(&mut command);
        let unavailable = |what: String| {
            let message =
                format!("cannot start the {} worker ({}): {what}", self.name, self.program.display());
            EngineError::new(ErrorKind::Unavailable, message)
        };
        let mut child = command.spawn().map_err(|error| unavailable(error.to_string()))?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(unavailable("it has no pipes".to_owned()));
        };
        let stdout = Patient { stdout, left: Duration::ZERO, ending: Arc::clone(&self.ending) };
        Ok(Worker { child, stdin, stdout: BufReader::with_capacity(READ_BYTES, stdout), status: None })
    }
}

impl Engine for ProcessEngine {
    fn describe(&mut self) -> Result<Description, EngineError> {
        let cpu = self.limits.for_text("");
        match self.ask(&Ask::Describe { cpu_limit_s: whole_seconds(cpu) }, cpu, None)? {
            Answer::Description(description) => Ok(description),
            other => Err(self.astray(&other)),
        }
    }

    fn speak(&mut self, request: &Request, sink: &mut dyn AudioSink) -> Result<Vec<WordMark>, EngineError> {
        let cpu = self.limits.for_text(&request.text);
        let ask = Ask::Speak { request: request.clone(), cpu_limit_s: whole_seconds(cpu) };
        match self.ask(&ask, cpu, Some(sink))? {
            Answer::Done { marks } => Ok(marks),
            other => Err(self.astray(&other)),
        }
    }

    fn phonemes(&mut self, text: &str, lang: &Lang) -> Result<Vec<Clause>, EngineError> {
        let cpu = self.limits.for_text(text);
        let ask =
            Ask::Phonemes { text: text.to_owned(), lang: lang.clone(), cpu_limit_s: whole_seconds(cpu) };
        match self.ask(&ask, cpu, None)? {
            Answer::Phonemes { phonemes, clauses } if clauses.is_empty() => {
                Ok(vec![Clause { phonemes, text: 0..text.len() as u32 }])
            }
            Answer::Phonemes { clauses, .. } => Ok(clauses),
            other => Err(self.astray(&other)),
        }
    }
}

impl ProcessEngine {
    /// An answer to another question: the two sides are out of step, so the worker is given up.
    fn astray(&mut self, answer: &Answer) -> EngineError {
        self.worker = None;
        let message = format!("{}: the worker answered another question ({answer:?})", self.name);
        EngineError::new(ErrorKind::Crashed, message)
    }
}

/// Why a worker is of no more use.
enum Lost {
    Crashed,
    CpuLimit,
    WallLimit,
    Protocol(io::Error),
    Stopped,
    Ending,
}

impl Lost {
    fn reason(&self) -> &'static str {
        match self {
            Self::Crashed => "crashed",
            Self::CpuLimit => "cpu_limit",
            Self::WallLimit => "wall_limit",
            Self::Protocol(_) => "protocol",
            Self::Stopped => "stopped",
            Self::Ending => "ending",
        }
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::Stopped | Self::Ending => ErrorKind::Stopped,
            _ => ErrorKind::Crashed,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Crashed => "the worker crashed on this text".to_owned(),
            Self::CpuLimit => "the worker used up its processor time on this text".to_owned(),
            Self::WallLimit => "the worker was silent for too long".to_owned(),
            Self::Protocol(error) => format!("the worker broke the protocol: {error}"),
            Self::Stopped => "no more audio was wanted".to_owned(),
            Self::Ending => "the service is ending".to_owned(),
        }
    }
}

impl From<io::Error> for Lost {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut => Self::WallLimit,
            io::ErrorKind::ConnectionAborted => Self::Ending,
            io::ErrorKind::InvalidData => Self::Protocol(error),
            _ => Self::Crashed,
        }
    }
}

/// A running worker; it and all its children are killed when this is dropped.
struct Worker {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<Patient>,
    /// How it ended, once it has been waited for; its process id is then no longer its own.
    status: Option<ExitStatus>,
}

impl Worker {
    fn ask(
        &mut self,
        ask: &Ask,
        wall: Duration,
        mut sink: Option<&mut dyn AudioSink>,
    ) -> Result<Answer, Lost> {
        self.stdout.get_mut().left = wall;
        match wire::write(&mut self.stdin, ask, &[]) {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(Lost::Protocol(error)),
            // A worker that reads no more may still say why, so what it has written is read first.
            Err(_) | Ok(()) => {}
        }
        loop {
            let (answer, body) = wire::read::<Answer>(&mut self.stdout)?.ok_or(Lost::Crashed)?;
            match (answer, &mut sink) {
                (Answer::Audio { rate_hz }, Some(sink)) => {
                    sink.samples(rate_hz, &wire::samples_of(&body)).map_err(|Stop| Lost::Stopped)?;
                }
                (answer, _) => return Ok(answer),
            }
        }
    }

    /// Ends it, and says of a crash which kind it was.
    fn end(mut self, lost: Lost) -> Lost {
        if !matches!(lost, Lost::Crashed) {
            return lost;
        }
        // The stream has ended, so the process is ending; killing it at once would hide how.
        let since = Instant::now();
        while since.elapsed() < LAST_WORDS {
            if let Ok(Some(status)) = self.child.try_wait() {
                self.status = Some(status);
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let Some(status) = self.status else { return Lost::Crashed };
        let overran =
            status.code() == Some(CHILD_OVERRAN.into()) || os::signal_of(status) == Some(os::CPU_SIGNAL);
        if overran { Lost::CpuLimit } else { Lost::Crashed }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if self.status.is_none() {
            os::kill_group(&mut self.child);
            let _ = self.child.wait();
        }
    }
}

/// A worker's stdout that is waited for only so long: time the sink takes does not count.
pub(super) struct Patient {
    pub(super) stdout: ChildStdout,
    pub(super) left: Duration,
    pub(super) ending: Arc<AtomicBool>,
}

impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.ending.load(Ordering::Relaxed) {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            let since = Instant::now();
            let ready = os::wait_readable(&self.stdout, self.left.min(ENDING_CHECK))?;
            self.left = self.left.saturating_sub(since.elapsed());
            if ready {
                return self.stdout.read(buffer);
            }
            if self.left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
        }
    }
}
