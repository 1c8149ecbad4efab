use std::fmt;

/// What went wrong with a verb, in words a publisher or listener can act on.
#[derive(Debug)]
pub struct AppError {
    /// What sort of failure it is.
    pub kind: Kind,
    /// A stable name for programs: `unknown_voice`.
    pub code: &'static str,
    /// The field or parameter it is about.
    pub param: Option<&'static str>,
    /// What happened, and what to do.
    pub message: String,
    /// Seconds after which trying again makes sense.
    pub retry_after_s: Option<u64>,
    /// The cause, for the log; never shown to strangers.
    pub source: Option<anyhow::Error>,
}

/// Sorts of failure; HTTP turns each into one status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The request itself is malformed.
    Invalid,
    /// The request is well-formed, but what it asks cannot be done.
    Unprocessable,
    /// The body is over a limit.
    TooLarge,
    /// There is no such thing.
    NotFound,
    /// It was there and will not come back.
    Gone,
    /// It changed meanwhile.
    Conflict,
    /// It is not in the state that the request was made for.
    Stale,
    /// Too much is waiting already.
    Busy,
    /// Not now.
    Unavailable,
    /// This build does not have it.
    NotBuilt,
    /// Our fault.
    Internal,
}

impl AppError {
    /// A failure of a kind, with its code and words.
    #[must_use]
    pub fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self { kind, code, param: None, message: message.into(), retry_after_s: None, source: None }
    }

    /// Our fault; `doing` says what was being done.
    #[must_use]
    pub fn internal(doing: &str, source: impl Into<anyhow::Error>) -> Self {
        let source = source.into();
        Self {
            source: Some(source),
            ..Self::new(
                Kind::Internal,
                "internal",
                format!("{doing} failed; the service's log has the details"),
            )
        }
    }

    /// Names the field or parameter it is about.
    #[must_use]
    pub fn about(mut self, param: &'static str) -> Self {
        self.param = Some(param);
        self
    }

    /// Says when trying again makes sense.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for AppError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| {
            let cause: &(dyn std::error::Error + 'static) = source.as_ref();
            cause
        })
    }
}
