//! The inside of a worker process: `listen engine-worker NAME [--nice N] [--once]`.
//!
//! It opens its engine once. Each ask starts from the state the engine was opened in: the engine goes
//! back to it, or, where it cannot, the worker forks for the ask. When an ask ends badly the worker
//! ends too, without an answer: its host sees the end of the stream and starts another. It ends at
//! the end of stdin, and with its host.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::process::ExitCode;

use super::opening::Opening;
use super::os::{self, Ended};
use super::wire::{self, Answer, Ask};
use super::{AudioSink, Clause, Description, Engine, EngineError, Request, Stop, WordMark, engine_info};

/// The hidden subcommand.
pub(super) const COMMAND: &str = "engine-worker";
/// Samples that are held back at most, besides as many as have been sent of a sentence: fewer than the first
/// frame of an MP3 takes. What waits is never longer than what is being heard, and an engine here is many
/// times faster than speech.
const FIRST_SAMPLES: usize = 640;
/// Exit code when a sentence's process crashed.
pub(super) const CHILD_DIED: u8 = 70;
/// Exit code when a sentence's process used up its processor time.
pub(super) const CHILD_OVERRAN: u8 = 71;

/// Runs as an engine's worker when the arguments say so, and returns how it ended. Must be called
/// before the process has a second thread.
pub fn run_if_asked(args: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let mut args = args.into_iter().skip(1);
    if args.next()? != COMMAND {
        return None;
    }
    let args: Option<Vec<String>> = args.map(|arg| arg.into_string().ok()).collect();
    Some(match args.as_deref().and_then(parse) {
        Some(options) => run(&options),
        None => {
            let _ = writeln!(io::stderr(), "usage: listen {COMMAND} NAME [--nice N] [--once]");
            ExitCode::from(2)
        }
    })
}

#[derive(Debug, PartialEq)]
struct Options {
    engine: String,
    nice: Option<i32>,
    once: bool,
}

fn parse(args: &[String]) -> Option<Options> {
    let (engine, mut rest) = args.split_first()?;
    let mut options = Options { engine: engine.clone(), nice: None, once: !os::FORKS };
    while let Some((flag, others)) = rest.split_first() {
        match (flag.as_str(), others) {
            ("--once", others) => (options.once, rest) = (true, others),
            ("--nice", [nice, others @ ..]) => (options.nice, rest) = (Some(nice.parse().ok()?), others),
            _ => return None,
        }
    }
    Some(options)
}

fn run(options: &Options) -> ExitCode {
    os::die_with_parent();
    if let Some(nice) = options.nice {
        os::set_nice(nice);
    }
    let Ok(mut out) = os::take_stdout() else {
        return ExitCode::FAILURE;
    };
    os::limit_memory();
    let mut engine: Box<dyn Engine> =
        match engine_info(&options.engine).and_then(|info| (info.open)(&Opening::default())) {
            Ok(engine) => engine,
            Err(error) => Box::new(Broken(error)),
        };
    let mut asks = io::stdin().lock();
    loop {
        let ask = match wire::read::<Ask>(&mut asks) {
            Ok(Some((ask, _))) => ask,
            Ok(None) => return ExitCode::SUCCESS,
            Err(_) => return ExitCode::FAILURE,
        };
        if options.once {
            answer(&mut *engine, &ask, &mut out);
            return ExitCode::SUCCESS;
        }
        let in_own_process = !engine.start_afresh();
        let work = || answer(&mut *engine, &ask, &mut out);
        let ended = if in_own_process {
            os::in_child(ask.cpu_limit_s(), work)
        } else {
            os::in_this(ask.cpu_limit_s(), work)
        };
        match ended {
            Ok(Ended::Well) => {}
            Ok(Ended::Overran) => return ExitCode::from(CHILD_OVERRAN),
            Ok(Ended::Badly) | Err(_) => return ExitCode::from(CHILD_DIED),
        }
    }
}

fn answer(engine: &mut dyn Engine, ask: &Ask, out: &mut File) {
    let answered = match ask {
        Ask::Describe { .. } => engine.describe().map(Answer::Description),
        Ask::Phonemes { text, lang, .. } => engine.phonemes(text, lang).map(Answer::phonemes),
        Ask::Speak { request, .. } => {
            let mut to_host = ToHost::new(out);
            let said = engine.speak(request, &mut to_host);
            // As with the answer below.
            let _ = to_host.flush();
            said.map(|marks| Answer::Done { marks })
        }
    };
    let answer = answered.unwrap_or_else(|error| Answer::Error { kind: error.kind, message: error.message });
    // When this fails the host is gone, and nobody is left to tell.
    let _ = wire::write(out, &answer, &[]);
}

/// Hands audio on in parts that grow with what has been said: the first soon, since somebody may be
/// waiting for it, and later ones rarely, since each wakes the host.
struct ToHost<'a> {
    out: &'a mut File,
    rate_hz: u32,
    held: Vec<i16>,
    sent: usize,
}

impl<'a> ToHost<'a> {
    fn new(out: &'a mut File) -> Self {
        Self { out, rate_hz: 0, held: Vec::new(), sent: 0 }
    }

    fn flush(&mut self) -> io::Result<()> {
        wire::write_audio(self.out, self.rate_hz, &self.held)?;
        self.sent += self.held.len();
        self.held.clear();
        Ok(())
    }
}

impl AudioSink for ToHost<'_> {
    fn samples(&mut self, rate_hz: u32, samples: &[i16]) -> Result<(), Stop> {
        if rate_hz != self.rate_hz {
            self.flush().map_err(|_| Stop)?;
            self.rate_hz = rate_hz;
        }
        self.held.extend_from_slice(samples);
        if self.held.len() >= self.sent.clamp(FIRST_SAMPLES, wire::SAMPLES_PER_FRAME) {
            self.flush().map_err(|_| Stop)?;
        }
        Ok(())
    }
}

/// An engine that could not be opened: it answers everything with the reason.
pub(super) struct Broken(pub(super) EngineError);

impl Engine for Broken {
    fn describe(&mut self) -> Result<Description, EngineError> {
        Err(self.0.clone())
    }

    fn speak(&mut self, _: &Request, _: &mut dyn AudioSink) -> Result<Vec<WordMark>, EngineError> {
        Err(self.0.clone())
    }

    fn phonemes(&mut self, _: &str, _: &crate::article::Lang) -> Result<Vec<Clause>, EngineError> {
        Err(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_command_line_makes_a_worker() {
        assert!(run_if_asked(["listen", "serve"].map(OsString::from)).is_none());
        assert!(run_if_asked(["listen"].map(OsString::from)).is_none());
        let parsed = |args: &[&str]| parse(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>());
        let plain = Options { engine: "tone".to_owned(), nice: None, once: !os::FORKS };
        assert_eq!(parsed(&["tone"]), Some(plain));
        let full = Options { engine: "tone".to_owned(), nice: Some(10), once: true };
        assert_eq!(parsed(&["tone", "--nice", "10", "--once"]), Some(full));
        for wrong in [&[][..], &["tone", "--nice"], &["tone", "--nice", "x"], &["tone", "more"]] {
            assert_eq!(parsed(wrong), None, "{wrong:?}");
        }
    }
}
