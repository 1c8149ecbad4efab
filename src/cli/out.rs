//! What a subcommand prints: results on standard output, words for people on standard error.

use std::io::{self, ErrorKind, Write};

use serde::Serialize;

/// Nobody reads standard output any more (`listen … | head`): the program is done, and that is no
/// failure.
#[derive(Debug, thiserror::Error)]
#[error("standard output is closed")]
struct Closed;

/// Standard output. A reader that leaves is an error that [`is_closed`] knows again.
pub(super) struct Stdout(io::StdoutLock<'static>);

/// Standard output, to write to in pieces.
pub(super) fn stdout() -> Stdout {
    Stdout(io::stdout().lock())
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(mark)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(mark)
    }
}

fn mark(error: io::Error) -> io::Error {
    if error.kind() == ErrorKind::BrokenPipe { io::Error::new(ErrorKind::BrokenPipe, Closed) } else { error }
}

/// Prints a text as it is.
///
/// # Errors
/// When standard output cannot be written.
pub(super) fn text(text: &str) -> anyhow::Result<()> {
    let mut stdout = stdout();
    stdout.write_all(text.as_bytes())?;
    Ok(stdout.flush()?)
}

/// Prints a line.
///
/// # Errors
/// See [`text`].
pub(super) fn line(line: &str) -> anyhow::Result<()> {
    text(&format!("{line}\n"))
}

/// Prints a value as one line of JSON.
///
/// # Errors
/// See [`text`].
pub(super) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    line(&serde_json::to_string(value)?)
}

/// Says something to the person at the terminal. When nobody listens it is lost.
pub(super) fn say(words: &str) {
    let _ = writeln!(io::stderr().lock(), "{words}");
}

/// Whether a failure is only that nobody reads standard output any more.
pub(super) fn is_closed(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.is::<Closed>()
            || cause
                .downcast_ref::<io::Error>()
                .and_then(io::Error::get_ref)
                .is_some_and(|inner| inner.is::<Closed>())
    })
}

/// An error and its causes in one line. A cause that only repeats what stands before it is left out.
pub(super) fn chain(error: &anyhow::Error) -> String {
    let mut words = error.to_string();
    let mut before = words.clone();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !before.contains(&cause) {
            words = format!("{words}: {cause}");
        }
        before = cause;
    }
    words
}

/// Rows under a head, in columns as wide as their widest cell; the last one has no end.
pub(super) fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    let width = |text: &str| text.chars().count();
    let mut widths = head.map(width);
    for row in rows {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = width(cell).max(*widest);
        }
    }
    let mut out = String::new();
    for row in std::iter::once(&head.map(str::to_owned)).chain(rows) {
        let mut line = String::new();
        for (cell, widest) in row.iter().zip(widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', widest + 2 - width(cell)));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// A number of bytes as people read it, in decimal units.
pub(super) fn size(bytes: u64) -> String {
    let units = [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match units.into_iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => format!("{:.1} {name}", bytes as f64 / unit as f64),
        None => format!("{bytes} B"),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn a_reader_that_left_is_known_again_and_other_pipes_are_not() {
        let left = mark(ErrorKind::BrokenPipe.into());
        assert!(is_closed(&anyhow::Error::from(left).context("writing to standard output")));
        let other: io::Result<()> = Err(ErrorKind::BrokenPipe.into());
        assert!(!is_closed(&other.context("asking a worker").unwrap_err()));
    }

    #[test]
    fn a_chain_says_nothing_twice() {
        let error = anyhow::anyhow!("the disk is full").context("the disk is full").context("keeping a.wav");
        assert_eq!(chain(&error), "keeping a.wav: the disk is full");
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["é".to_owned(), "1".to_owned()], ["long".to_owned(), String::new()]];
        assert_eq!(table(["ID", "N"], &rows), "ID    N\né     1\nlong\n");
    }

    #[test]
    fn sizes_are_written_as_people_write_them() {
        for (bytes, words) in [(0, "0 B"), (999, "999 B"), (1_500, "1.5 kB"), (20_000_000_000, "20.0 GB")] {
            assert_eq!(size(bytes), words);
        }
    }
}
