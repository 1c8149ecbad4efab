//! One sentence, one process.

use std::fs::File;
use std::io::{self, Read, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::Limits;
use super::command::Command;
use crate::article::Lang;
use crate::engine::heard::Wav;
use crate::engine::process::{Patient, WALL_PER_CPU, whole_seconds};
use crate::engine::{AudioSink, EngineError, ErrorKind, Request, Stop, os};

/// Longest file a program may write, in bytes.
const FILE_BYTES_MAX: u64 = 256 << 20;
/// What is read of its stderr, in bytes, and how many characters of it are told.
const STDERR_BYTES_MAX: u64 = 8 << 10;
const STDERR_CHARS_MAX: usize = 300;
/// What is read of its version, in bytes, and the processor time that may take.
const VERSION_BYTES_MAX: u64 = 64 << 10;
const VERSION_CPU: Duration = Duration::from_secs(2);
/// How long a program may take to end after its sound has ended, and how often one looks.
const LAST_WORDS: Duration = Duration::from_secs(2);
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Where and how programs of a voice run.
pub(super) struct Runner {
    /// The voice's folder: the program starts there.
    pub(super) folder: PathBuf,
    pub(super) limits: Limits,
    pub(super) ending: Arc<AtomicBool>,
}

impl Runner {
    /// Has the program say a text.
    pub(super) fn speak(
        &self,
        command: &Command,
        request: &Request,
        sink: &mut dyn AudioSink,
    ) -> Result<(), EngineError> {
        let cpu = self.limits.for_text(&request.text);
        let scratch = command.asks_for_file().then(tempfile::tempdir).transpose().map_err(no_room)?;
        let out = scratch.as_ref().map(|folder| folder.path().join("out.wav"));
        let text = (!command.asks_for_text()).then_some(request.text.as_str());
        let arguments = command.arguments(request, out.as_deref());
        let mut running = self.start(command, arguments, text, cpu)?;
        let said = match &out {
            None => Wav::open(&mut running.stdout).and_then(|mut wav| pour(&mut wav, sink)),
            // What it prints is of no interest, but its end is.
            Some(path) => discard(&mut running.stdout).and_then(|()| {
                running.wait(LAST_WORDS);
                pour(&mut Wav::open(File::open(path)?)?, sink)
            }),
        };
        match said {
            Ok(Poured::All) => running.well(),
            Ok(Poured::Stopped) => Err(EngineError::new(ErrorKind::Stopped, "no more audio was wanted")),
            Err(error) => Err(running.failed(error)),
        }
    }

    /// What the program prints of its version.
    pub(super) fn version(&self, command: &Command) -> Result<Vec<u8>, EngineError> {
        let request = Request {
            text: String::new(),
            voice: String::new(),
            lang: Lang::english(),
            rate: 1.0,
            sounds: Vec::new(),
        };
        let mut running = self.start(command, command.arguments(&request, None), None, VERSION_CPU)?;
        let mut told = Vec::new();
        let read = (&mut running.stdout).take(VERSION_BYTES_MAX).read_to_end(&mut told);
        match read {
            Ok(_) => running.well().map(|()| told),
            Err(error) => Err(running.failed(error)),
        }
    }

    fn start(
        &self,
        command: &Command,
        arguments: Vec<std::ffi::OsString>,
        text: Option<&str>,
        cpu: Duration,
    ) -> Result<Running, EngineError> {
        let program = command.program();
        // Of a name with a slash the folder is the voice's; others are looked for where programs are.
        let path = if program.contains('/') { self.folder.join(&program) } else { PathBuf::from(&program) };
        let path = if program.contains('/') { absolute(&path) } else { path };
        let stderr = tempfile::tempfile().map_err(no_room)?;
        let mut process = std::process::Command::new(path);
        process.args(arguments).stdout(Stdio::piped()).stderr(stderr.try_clone().map_err(no_room)?);
        process.stdin(if text.is_some() { Stdio::piped() } else { Stdio::null() });
        // The service's own secret is none of its business.
        process.env_remove("LISTEN_API_KEY");
        if self.folder.is_dir() {
            process.current_dir(&self.folder);
        }
        os::lead_group(&mut process);
        os::limit_child(&mut process, whole_seconds(cpu), FILE_BYTES_MAX);
        let unavailable = |why: String| {
            let message = format!(
                "cannot start the program {program}: {why}; install it, or mend `command` in the voice's voice.toml"
            );
            EngineError::new(ErrorKind::Unavailable, message)
        };
        let mut child = process.spawn().map_err(|error| unavailable(error.to_string()))?;
        let Some(stdout) = child.stdout.take() else { return Err(unavailable("it has no stdout".into())) };
        let left = cpu.saturating_mul(WALL_PER_CPU);
        let stdout = Patient { stdout, left, ending: Arc::clone(&self.ending) };
        let mut running = Running { program, child, stdout, stderr, status: None };
        if let (Some(text), Some(mut stdin)) = (text, running.child.stdin.take()) {
            // A text fits into any pipe; a program that does not read it says so by its sound.
            let _ = stdin.write_all(text.as_bytes()).and_then(|()| stdin.write_all(b"\n"));
        }
        Ok(running)
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn no_room(error: io::Error) -> EngineError {
    EngineError::new(ErrorKind::Failed, format!("no room for a temporary file: {error}"))
}

/// How handing over ended.
enum Poured {
    All,
    Stopped,
}

fn pour<R: Read>(wav: &mut Wav<R>, sink: &mut dyn AudioSink) -> io::Result<Poured> {
    loop {
        let samples = wav.next()?;
        if samples.is_empty() {
            return Ok(Poured::All);
        }
        if let Err(Stop) = sink.samples(wav.rate_hz(), &samples) {
            return Ok(Poured::Stopped);
        }
    }
}

/// Reads to the end, for as long as the program has.
fn discard(read: &mut impl Read) -> io::Result<()> {
    io::copy(read, &mut io::sink()).map(|_| ())
}

/// Reads what a program still prints behind its sound, as long as it prints.
fn discard_some(stdout: &mut Patient) {
    stdout.left = stdout.left.min(LAST_WORDS);
    let _ = discard(stdout);
}

/// A running program; it and all its children are killed when this is dropped.
struct Running {
    program: String,
    child: Child,
    stdout: Patient,
    stderr: File,
    /// How it ended, once it has been waited for; its process id is then no longer its own.
    status: Option<ExitStatus>,
}

impl Running {
    /// Its sound is there: a program that then ends badly has failed all the same.
    fn well(mut self) -> Result<(), EngineError> {
        discard_some(&mut self.stdout);
        match self.wait(LAST_WORDS) {
            // One that does not end has said what was wanted.
            None => Ok(()),
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(self.ended_badly(status)),
        }
    }

    /// What became of a program whose sound could not be read.
    fn failed(mut self, error: io::Error) -> EngineError {
        let message = match error.kind() {
            io::ErrorKind::ConnectionAborted => {
                return EngineError::new(ErrorKind::Stopped, "the service is ending");
            }
            io::ErrorKind::TimedOut => {
                let message = format!("{} was silent for too long and was ended", self.program);
                return EngineError::new(ErrorKind::Crashed, message);
            }
            _ => match self.wait(LAST_WORDS) {
                Some(status) if !status.success() => return self.ended_badly(status),
                _ => format!("{}: {error}", self.program),
            },
        };
        EngineError::new(ErrorKind::Failed, format!("{message}{}", self.complaint()))
    }

    fn ended_badly(&mut self, status: ExitStatus) -> EngineError {
        let (kind, how) = match os::signal_of(status) {
            Some(os::CPU_SIGNAL) => (ErrorKind::Crashed, "used up its processor time".to_owned()),
            Some(signal) => (ErrorKind::Crashed, format!("was ended by signal {signal}")),
            None => (ErrorKind::Failed, format!("ended with code {}", status.code().unwrap_or(-1))),
        };
        let complaint = self.complaint();
        EngineError::new(kind, format!("{} {how}{complaint}", self.program))
    }

    /// The start of what it wrote to stderr, on one line.
    fn complaint(&mut self) -> String {
        let mut told = Vec::new();
        let read = self
            .stderr
            .rewind()
            .and_then(|()| (&mut self.stderr).take(STDERR_BYTES_MAX).read_to_end(&mut told));
        let told = String::from_utf8_lossy(&told);
        let line: Vec<&str> =
            told.split(|c: char| c.is_control() || c == ' ').filter(|w| !w.is_empty()).collect();
        let line: String = line.join(" ").chars().take(STDERR_CHARS_MAX).collect();
        if read.is_err() || line.is_empty() { String::new() } else { format!(": {line}") }
    }

    fn wait(&mut self, at_most: Duration) -> Option<ExitStatus> {
        let since = Instant::now();
        while self.status.is_none() {
            if os::has_ended(&self.child) {
                // Before it is waited for: until then its id, and its group's, is nobody else's.
                os::kill_group(&mut self.child);
                self.status = self.child.wait().ok();
            } else if since.elapsed() < at_most {
                std::thread::sleep(LOOK_EVERY);
            } else {
                break;
            }
        }
        self.status
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.status.is_none() {
            os::kill_group(&mut self.child);
            let _ = self.child.wait();
        }
    }
}
