//! What can go wrong with a catalog, and what it means for the caller.

/// What the caller does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// What was asked about is not there.
    NotFound,
    /// Somebody else has it now; nothing was changed.
    Conflict,
    /// The caller's mistake.
    Invalid,
    /// Too much at once: try again in a moment.
    Busy,
    /// The disk is full: nothing was changed; tell the operator.
    Full,
    /// This build cannot do it.
    Unsupported,
    /// Something else; the message says what to do.
    Failed,
}

/// What went wrong, and with what.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct CatalogError {
    kind: ErrorKind,
    message: String,
    #[source]
    cause: Option<sqlx::Error>,
}

impl CatalogError {
    /// An error in the words of `message`.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), cause: None }
    }

    /// What to do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The same, told with what was being done.
    pub(super) fn while_doing(mut self, what: &str) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }
}

impl From<sqlx::Error> for CatalogError {
    fn from(cause: sqlx::Error) -> Self {
        let (kind, message) = explain(&cause);
        Self { kind, message: message.to_owned(), cause: Some(cause) }
    }
}

/// SQLite's result codes (<https://www.sqlite.org/rescode.html>).
mod sqlite_code {
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const READONLY: i32 = 8;
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const FULL: i32 = 13;
    pub(super) const CANTOPEN: i32 = 14;
    pub(super) const CONSTRAINT: i32 = 19;
    pub(super) const NOTADB: i32 = 26;
    /// The shared-memory file could not grow.
    pub(super) const IOERR_SHMSIZE: i32 = 10 | (19 << 8);
}

fn explain(error: &sqlx::Error) -> (ErrorKind, &'static str) {
    use sqlite_code as code;

    let extended = match error {
        sqlx::Error::PoolTimedOut => return (ErrorKind::Busy, "the database is busy; try again"),
        sqlx::Error::Database(error) => error.code().and_then(|code| code.parse::<i32>().ok()),
        _ => None,
    };
    let Some(extended) = extended else { return (ErrorKind::Failed, "the database failed") };
    if extended == code::IOERR_SHMSIZE {
        return (ErrorKind::Full, "the disk that holds the database is full; make room");
    }
    match extended & 0xff {
        code::BUSY | code::LOCKED => (ErrorKind::Busy, "the database is busy; try again"),
        code::FULL => (ErrorKind::Full, "the disk that holds the database is full; make room"),
        code::CONSTRAINT => (ErrorKind::Conflict, "the database refused a row that does not fit the others"),
        code::READONLY => (
            ErrorKind::Failed,
            "the database may not be written; let this user write the file and its folder",
        ),
        code::CANTOPEN => (
            ErrorKind::Failed,
            "the database file cannot be opened; check its path and rights, or give another with --db",
        ),
        code::NOTADB => (ErrorKind::Failed, "the file is not a database of `listen`; give another with --db"),
        code::CORRUPT => (ErrorKind::Failed, "the database file is damaged; restore it from a backup"),
        _ => (ErrorKind::Failed, "the database failed"),
    }
}
