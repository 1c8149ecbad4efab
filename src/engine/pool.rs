//! The pool: threads that own engines, and two queues in front of them.
//!
//! Bulk threads run at low priority and take listeners' jobs before bulk jobs; listener threads take
//! nothing else, so that a listener never waits behind a publisher's archive. Every thread opens
//! each engine when it first needs it, in a worker process or in itself (`Host`).

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::guard::Guarded;
use super::opening::{BULK_NICE, Opening};
use super::worker::Broken;
use super::{
    Description, Engine, EngineError, EngineInfo, ErrorKind, Host, Limits, Servers, Voices, engine_info, os,
};

/// Bulk jobs that wait at most.
pub const MAX_BULK_JOBS: usize = 1_024;
/// Listeners' jobs that wait at most.
pub const MAX_LISTENER_JOBS: usize = 256;
/// How the message of a refused job starts when the queue is full (its kind is [`ErrorKind::Failed`]).
pub const QUEUE_FULL: &str = "too many sentences are waiting";
/// How long it is remembered that an engine, or a voice of it, cannot speak.
const FAILURE_REMEMBERED: Duration = Duration::from_secs(3);

/// What a pool is made of.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// The program that is run as `PROGRAM engine-worker NAME`: this one.
    pub worker_exe: PathBuf,
    /// The voices there are: engines with settings of their own find them here.
    pub voices: Voices,
    /// The keys of speech servers, and what is known of them.
    pub servers: Servers,
    /// The library of ONNX Runtime that runs Piper voices, in the place of the built-in runtime. Needs the
    /// feature `ort`; without it, Piper voices say so and do not speak. One process opens one library.
    pub onnxruntime: Option<PathBuf>,
    /// Threads for any work, at low priority; at least one.
    pub bulk_workers: usize,
    /// Threads for listeners' work alone.
    pub listener_workers: usize,
    /// Processor time of one sentence.
    pub limits: Limits,
    /// Audio of one sentence, in seconds.
    pub audio_limit_s: u32,
}

impl EngineOptions {
    /// A bulk worker a core, one for listeners, and limits that speech does not come near.
    #[must_use]
    pub fn new(worker_exe: impl Into<PathBuf>) -> Self {
        let bulk_workers = thread::available_parallelism().map_or(1, usize::from);
        let worker_exe = worker_exe.into();
        Self {
            worker_exe,
            voices: Voices::default(),
            servers: Servers::default(),
            onnxruntime: None,
            bulk_workers,
            listener_workers: 1,
            limits: Limits::default(),
            audio_limit_s: 300,
        }
    }
}

/// Work for an engine: it speaks, and does with the audio what it likes. It runs on one of the
/// pool's threads; an engine that cannot be opened answers every call with the reason.
pub type Job = Box<dyn FnOnce(&mut dyn Engine) + Send>;

/// Who waits for a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Nobody in particular: a publisher's articles.
    Bulk,
    /// Somebody who has pressed play.
    Listener,
}

/// The engines of a process. Dropping it ends its threads and worker processes.
pub struct Engines {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    described: Mutex<HashMap<&'static str, Described>>,
}

struct Described {
    at: Instant,
    result: Result<Arc<Description>, EngineError>,
}

struct Shared {
    options: EngineOptions,
    queues: Mutex<Queues>,
    work: Condvar,
    ending: Arc<AtomicBool>,
}

#[derive(Default)]
struct Queues {
    bulk: VecDeque<Waiting>,
    listener: VecDeque<Waiting>,
    next_id: u64,
    /// The engine that bulk threads open before there is work for it.
    expected: Option<&'static EngineInfo>,
}

struct Waiting {
    id: u64,
    engine: &'static EngineInfo,
    job: Job,
}

impl Engines {
    /// A pool; its threads start now, its engines when they are needed.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn new(options: EngineOptions) -> std::io::Result<Self> {
        os::share_heaps();
        let (bulk, listener) = (options.bulk_workers.max(1), options.listener_workers);
        let shared = Arc::new(Shared {
            options,
            queues: Mutex::default(),
            work: Condvar::new(),
            ending: Arc::default(),
        });
        let engines = Self { shared, threads: Mutex::default(), described: Mutex::default() };
        for i in 0..bulk + listener {
            let (lane, n) = if i < bulk { (Lane::Bulk, i) } else { (Lane::Listener, i - bulk) };
            let shared = Arc::clone(&engines.shared);
            let name = format!("voice-{}-{n}", if lane == Lane::Bulk { "bulk" } else { "listener" });
            let thread = thread::Builder::new().name(name).spawn(move || run(&shared, lane))?;
            lock(&engines.threads).push(thread);
        }
        Ok(engines)
    }

    /// What an engine has said of itself, if [`Engines::describe`] has asked it.
    #[must_use]
    pub fn described(&self, engine: &str) -> Option<Arc<Description>> {
        lock(&self.described).get(engine).and_then(|known| known.result.clone().ok())
    }

    /// Threads for any work.
    #[must_use]
    pub fn bulk_workers(&self) -> usize {
        self.shared.options.bulk_workers.max(1)
    }

    /// What an engine says of itself. Blocks until a thread is free to ask it, the first time; not
    /// to be called from inside a job.
    ///
    /// # Errors
    /// Of the engine, remembered for a few seconds; [`ErrorKind::Refused`] for an unknown one.
    pub fn describe(&self, engine: &str) -> Result<Arc<Description>, EngineError> {
        self.described_or_asked(engine, |_| true)
    }

    /// What an engine says of itself, for one who needs this voice of it: where the voice could not speak a
    /// few seconds ago (its file was not there), the engine is asked again. Blocks as
    /// [`Engines::describe`] does.
    ///
    /// # Errors
    /// See [`Engines::describe`]. A voice that cannot speak is none.
    pub fn describe_for(&self, engine: &str, voice: &str) -> Result<Arc<Description>, EngineError> {
        self.described_or_asked(engine, |about| about.can_speak(voice))
    }

    fn described_or_asked(
        &self,
        engine: &str,
        is_enough: impl Fn(&Description) -> bool,
    ) -> Result<Arc<Description>, EngineError> {
        let info = engine_info(engine)?;
        if let Some(known) = lock(&self.described).get_mut(info.name) {
            if known.result.as_deref().is_ok_and(is_enough) || known.at.elapsed() < FAILURE_REMEMBERED {
                return known.result.clone();
            }
            // Who comes while it is asked is told what was known.
            known.at = Instant::now();
        }
        let (answer, answered) = mpsc::channel();
        let job: Job = Box::new(move |engine| {
            let _ = answer.send(engine.describe());
        });
        self.submit(engine, Lane::Listener, job)?;
        let result = answered.recv().unwrap_or_else(|_| Err(ended())).map(Arc::new);
        lock(&self.described).insert(info.name, Described { at: Instant::now(), result: result.clone() });
        result
    }

    /// Has the bulk threads open an engine before there is work for it, so that the first sentences do
    /// not wait until its worker processes have started. An unknown engine is not expected.
    pub fn expect(&self, engine: &str) {
        if let Ok(info) = engine_info(engine) {
            lock(&self.shared.queues).expected = Some(info);
            self.shared.work.notify_all();
        }
    }

    /// Queues a job. It runs once, or is dropped unrun: when it is cancelled or the pool ends.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`] for an unknown engine; [`ErrorKind::Failed`] when the lane's queue is
    /// full ([`QUEUE_FULL`]) or the pool has ended.
    pub fn submit(&self, engine: &str, lane: Lane, job: Job) -> Result<Ticket, EngineError> {
        let engine = engine_info(engine)?;
        let mut queues = lock(&self.shared.queues);
        if self.shared.ending.load(Ordering::Relaxed) {
            return Err(ended());
        }
        let id = queues.next_id;
        let (queue, limit) = match lane {
            Lane::Bulk => (&mut queues.bulk, MAX_BULK_JOBS),
            Lane::Listener => (&mut queues.listener, MAX_LISTENER_JOBS),
        };
        if queue.len() >= limit {
            let message = format!("{QUEUE_FULL} ({limit}); try again in a little while");
            return Err(EngineError::new(ErrorKind::Failed, message));
        }
        queue.push_back(Waiting { id, engine, job });
        queues.next_id += 1;
        drop(queues);
        // All, because a listener thread that is woken for a bulk job would let it lie.
        self.shared.work.notify_all();
        Ok(Ticket { id, shared: Arc::downgrade(&self.shared) })
    }

    /// Jobs that wait in a lane.
    #[must_use]
    pub fn waiting(&self, lane: Lane) -> usize {
        let queues = lock(&self.shared.queues);
        match lane {
            Lane::Bulk => queues.bulk.len(),
            Lane::Listener => queues.listener.len(),
        }
    }

    /// Drops what waits, stops what is being said, ends the worker processes and waits for the
    /// threads. Jobs that are submitted later are refused.
    pub fn shutdown(&self) {
        let waiting = {
            let mut queues = lock(&self.shared.queues);
            self.shared.ending.store(true, Ordering::Relaxed);
            std::mem::take(&mut *queues)
        };
        self.shared.work.notify_all();
        drop(waiting);
        for thread in std::mem::take(&mut *lock(&self.threads)) {
            let _ = thread.join();
        }
    }
}

impl Drop for Engines {
    fn drop(&mut self) {
        self.shutdown();
    }
}

/// A queued job. Dropping the ticket leaves the job where it is.
pub struct Ticket {
    id: u64,
    shared: Weak<Shared>,
}

impl Ticket {
    /// Moves the job to the end of the listeners' queue, if it still waits among the bulk jobs.
    pub fn promote(&self) {
        let Some(shared) = self.shared.upgrade() else { return };
        let mut queues = lock(&shared.queues);
        if let Some(at) = queues.bulk.iter().position(|waiting| waiting.id == self.id)
            && let Some(waiting) = queues.bulk.remove(at)
        {
            queues.listener.push_back(waiting);
            drop(queues);
            shared.work.notify_all();
        }
    }

    /// Takes the job out of its queue and drops it; false when it has started or is done.
    pub fn cancel(&self) -> bool {
        let Some(shared) = self.shared.upgrade() else { return false };
        let mut queues = lock(&shared.queues);
        let Queues { bulk, listener, .. } = &mut *queues;
        let taken = [bulk, listener].into_iter().find_map(|queue| {
            let at = queue.iter().position(|waiting| waiting.id == self.id)?;
            queue.remove(at)
        });
        drop(queues);
        taken.is_some()
    }
}

/// A thread's life.
fn run(shared: &Shared, lane: Lane) {
    // Elsewhere a thread has no priority of its own, and the service's own must stay.
    if lane == Lane::Bulk && cfg!(target_os = "linux") {
        os::set_nice(BULK_NICE);
    }
    let mut engines: HashMap<&'static str, Box<dyn Engine>> = HashMap::new();
    let mut expecting = lane == Lane::Bulk;
    loop {
        let is_closed = |name: &str| expecting && !engines.contains_key(name);
        let Waiting { engine: info, job, .. } = match next(shared, lane, is_closed) {
            Next::End => return,
            Next::Work(waiting) => waiting,
            Next::Open(info) => {
                engines.insert(info.name, open(shared, info, lane, true));
                continue;
            }
        };
        let mut engine = engines.remove(info.name).unwrap_or_else(|| open(shared, info, lane, false));
        let mut unavailable = false;
        let done = catch_unwind(AssertUnwindSafe(|| {
            let audio_limit_s = shared.options.audio_limit_s;
            let mut guarded =
                Guarded { inner: &mut *engine, audio_limit_s, ending: &shared.ending, unavailable: false };
            job(&mut guarded);
            unavailable = guarded.unavailable;
        }));
        // After a panic its state is unknown, and what could not be opened may open next time.
        if done.is_ok() && !unavailable {
            engines.insert(info.name, engine);
        } else {
            // Without work there is no hurry.
            expecting = false;
        }
    }
}

/// What a thread does next.
enum Next {
    Work(Waiting),
    Open(&'static EngineInfo),
    End,
}

fn next(shared: &Shared, lane: Lane, is_closed: impl Fn(&str) -> bool) -> Next {
    let mut queues = lock(&shared.queues);
    loop {
        if shared.ending.load(Ordering::Relaxed) {
            return Next::End;
        }
        let waiting = match queues.listener.pop_front() {
            None if lane == Lane::Bulk => queues.bulk.pop_front(),
            first => first,
        };
        if let Some(waiting) = waiting {
            return Next::Work(waiting);
        }
        if let Some(info) = queues.expected.filter(|info| is_closed(info.name)) {
            return Next::Open(info);
        }
        queues = shared.work.wait(queues).unwrap_or_else(PoisonError::into_inner);
    }
}

fn open(shared: &Shared, info: &EngineInfo, lane: Lane, early: bool) -> Box<dyn Engine> {
    let EngineOptions { worker_exe, voices, servers, onnxruntime, limits, .. } = &shared.options;
    let opening = Opening {
        voices: voices.clone(),
        servers: servers.clone(),
        worker_exe: worker_exe.clone(),
        onnxruntime: onnxruntime.clone(),
        limits: *limits,
        ending: Arc::clone(&shared.ending),
        is_bulk: lane == Lane::Bulk,
    };
    match info.host {
        Host::Thread => (info.open)(&opening).unwrap_or_else(|error| Box::new(Broken(error))),
        Host::Process => {
            let mut engine = opening.worker(info);
            if early {
                engine.start_early();
            }
            Box::new(engine)
        }
    }
}

fn ended() -> EngineError {
    EngineError::new(ErrorKind::Failed, "the service is ending")
}

/// Nothing that holds these locks can leave half a change behind when it panics.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
