use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Plain lines come this often where there is no terminal, in parts of the whole.
const LINES: u64 = 10;

/// How far long work is: a bar on a terminal, a few plain lines elsewhere, nothing for programs.
pub(super) struct Progress {
    bar: ProgressBar,
    what: &'static str,
    plain: bool,
}

/// A download of so many bytes.
pub(super) fn bytes(len: u64, silent: bool) -> Progress {
    let progress = bar(len, "bytes", silent);
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {bytes}/{total_bytes} {bytes_per_sec} {eta}") {
        progress.bar.set_style(style);
    }
    progress
}

/// Work of `len` parts.
pub(super) fn bar(len: u64, what: &'static str, silent: bool) -> Progress {
    let terminal = std::io::stderr().is_terminal();
    let target =
        if terminal && !silent { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(len), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} {msg} {eta}") {
        bar.set_style(style);
    }
    bar.set_message(what);
    if terminal {
        bar.enable_steady_tick(Duration::from_millis(200));
    }
    Progress { bar, what, plain: !terminal && !silent }
}

impl Progress {
    /// So many parts are done.
    pub(super) fn set(&self, done: u64) {
        let (len, before) = (self.bar.length().unwrap_or(0).max(1), self.bar.position());
        self.bar.set_position(done);
        if self.plain && done * LINES / len > before * LINES / len {
            super::out::say(&format!("{done}/{len} {}", self.what));
        }
    }

    /// All is done; the bar goes away.
    pub(super) fn done(&self) {
        self.bar.finish_and_clear();
    }
}
