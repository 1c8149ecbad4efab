//! The pool with the engine that needs no library.

use std::sync::mpsc;

use listen::engine::{
    Engine, EngineOptions, Engines, ErrorKind, Job, Lane, MAX_BULK_JOBS, QUEUE_FULL, Request,
};

use super::{Heard, PATIENCE, Said, engines, request, speaking};

fn say(engines: &Engines, text: &str) -> Said {
    super::say(engines, "tone", Lane::Bulk, tone(text))
}

fn tone(text: &str) -> Request {
    request("tone-flaky", text)
}

/// Occupies a thread until the sender is dropped.
fn gate() -> (Job, mpsc::Sender<()>, mpsc::Receiver<()>) {
    let (open, closed) = mpsc::channel::<()>();
    let (started, has_started) = mpsc::channel();
    let job = move |_: &mut dyn Engine| {
        let _ = started.send(());
        let _ = closed.recv();
    };
    (Box::new(job), open, has_started)
}

#[test]
fn a_beep_for_every_word_with_exact_marks() {
    let engines = engines(1, 0);
    let Heard { samples, marks, .. } = say(&engines, "Ein zweites\tWört.").unwrap();
    let words: Vec<_> = marks.iter().map(|m| m.text.clone()).collect();
    assert_eq!(words, [0..3, 4..11, 12..18]);
    for pair in marks.windows(2) {
        assert!(pair[0].audio.end < pair[1].audio.start);
        let gap = pair[0].audio.end as usize..pair[1].audio.start as usize;
        assert!(samples[gap].iter().all(|&sample| sample == 0));
    }
    assert_eq!(say(&engines, "Ein zweites\tWört.").unwrap().samples, samples);
}

#[test]
fn errors_and_panics_leave_the_thread_working() {
    let engines = engines(1, 0);
    for (text, kind) in [
        ("a !fail", ErrorKind::Failed),
        ("a !refuse", ErrorKind::Refused),
        ("a !crash", ErrorKind::Crashed),
        (&"x".repeat(2_001), ErrorKind::Refused),
    ] {
        assert_eq!(say(&engines, text).unwrap_err().kind, kind, "{text}");
    }
    let (job, answered) = speaking(tone("a !panic"));
    engines.submit("tone", Lane::Bulk, job).unwrap();
    assert!(answered.recv_timeout(PATIENCE).is_err(), "a panicking job answers nothing");
    assert!(say(&engines, "still here").is_ok());
    assert_eq!(say(&engines, "!fail-once of pool").unwrap_err().kind, ErrorKind::Failed);
    assert!(say(&engines, "!fail-once of pool").is_ok());
}

#[test]
fn an_expected_engine_that_cannot_start_is_answered_for_when_it_is_asked() {
    let options =
        EngineOptions { bulk_workers: 1, listener_workers: 0, ..EngineOptions::new("/nowhere/listen") };
    let engines = Engines::new(options).unwrap();
    engines.expect("siren");
    engines.expect("flite");
    for _ in 0..2 {
        let unavailable = super::say(&engines, "flite", Lane::Bulk, tone("a")).unwrap_err();
        assert_eq!(unavailable.kind, ErrorKind::Unavailable, "{unavailable}");
        assert!(say(&engines, "still here").is_ok());
    }
}

#[test]
fn listeners_go_first_and_a_ticket_moves_or_takes_its_job() {
    let engines = engines(1, 0);
    let (job, open, started) = gate();
    engines.submit("tone", Lane::Bulk, job).unwrap();
    started.recv_timeout(PATIENCE).unwrap();
    let (order, ran) = mpsc::channel();
    let numbered = |n: u32| -> Job {
        let order = order.clone();
        Box::new(move |_: &mut dyn Engine| {
            let _ = order.send(n);
        })
    };
    engines.submit("tone", Lane::Bulk, numbered(1)).unwrap();
    let promoted = engines.submit("tone", Lane::Bulk, numbered(2)).unwrap();
    let cancelled = engines.submit("tone", Lane::Bulk, numbered(3)).unwrap();
    engines.submit("tone", Lane::Listener, numbered(4)).unwrap();
    promoted.promote();
    assert!(cancelled.cancel());
    assert!(!cancelled.cancel(), "a job is taken once");
    assert_eq!((engines.waiting(Lane::Bulk), engines.waiting(Lane::Listener)), (1, 2));
    drop((order, open));
    assert_eq!(ran.iter().collect::<Vec<_>>(), [4, 2, 1]);
    assert!(!promoted.cancel(), "it has run");
}

#[test]
fn a_listener_does_not_wait_behind_bulk_work() {
    let engines = engines(1, 1);
    let (job, _open, started) = gate();
    engines.submit("tone", Lane::Bulk, job).unwrap();
    started.recv_timeout(PATIENCE).unwrap();
    let (job, answered) = speaking(tone("now"));
    engines.submit("tone", Lane::Listener, job).unwrap();
    assert!(answered.recv_timeout(PATIENCE).unwrap().is_ok());
}

#[test]
fn a_full_queue_says_so() {
    let engines = engines(1, 0);
    let (job, open, started) = gate();
    engines.submit("tone", Lane::Bulk, job).unwrap();
    started.recv_timeout(PATIENCE).unwrap();
    for _ in 0..MAX_BULK_JOBS {
        engines.submit("tone", Lane::Bulk, Box::new(|_| {})).unwrap();
    }
    let refused = engines.submit("tone", Lane::Bulk, Box::new(|_| {})).err().unwrap();
    assert!(refused.kind == ErrorKind::Failed && refused.message.starts_with(QUEUE_FULL), "{refused}");
    drop(open);
}

#[test]
fn shutting_down_drops_what_waits_and_stops_what_is_said() {
    let engines = engines(1, 0);
    let (started, has_started) = mpsc::channel();
    let (hanging, hung) = mpsc::channel();
    let job: Job = Box::new(move |engine| {
        let _ = started.send(());
        let _ = hanging.send(engine.speak(&tone("!hang"), &mut Heard::default()));
    });
    engines.submit("tone", Lane::Bulk, job).unwrap();
    has_started.recv_timeout(PATIENCE).unwrap();
    let (waiting, dropped) = speaking(tone("never said"));
    engines.submit("tone", Lane::Bulk, waiting).unwrap();
    engines.shutdown();
    assert_eq!(hung.recv_timeout(PATIENCE).unwrap().unwrap_err().kind, ErrorKind::Stopped);
    assert!(dropped.recv_timeout(PATIENCE).is_err());
    assert!(engines.submit("tone", Lane::Bulk, Box::new(|_| {})).is_err());
}

#[test]
fn an_unknown_engine_is_refused_with_the_known_names() {
    let error = engines(1, 0).describe("siren").unwrap_err();
    assert!(
        error.kind == ErrorKind::Refused
            && error.message.contains("flite, espeak, piper, openai, program, tone"),
        "{error}"
    );
}

#[test]
fn audio_is_capped() {
    let exe = env!("CARGO_BIN_EXE_listen");
    let engines = Engines::new(EngineOptions { audio_limit_s: 1, ..EngineOptions::new(exe) }).unwrap();
    let error = say(&engines, &"word ".repeat(20)).unwrap_err();
    assert!(error.kind == ErrorKind::Failed && error.message.contains("longer than 1 s"), "{error}");
}
