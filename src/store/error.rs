//! What can go wrong with a store, and what it means for the caller.

use std::error::Error;
use std::io;

/// What the caller does about an error. None of them stops a listener from hearing what was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The disk (or its quota) is full: stop bulk work, keep serving, tell the operator.
    Full,
    /// The files may not be read or written: tell the operator.
    Denied,
    /// This build or this kind of store cannot do it.
    Unsupported,
    /// Something else; trying again may help.
    Failed,
}

/// What a store was doing; the label `op` of `listen_store_errors_total`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// Opening the store.
    Open,
    /// Reading a record.
    GetRecord,
    /// Writing a record.
    PutRecord,
    /// Reading a blob.
    GetBlob,
    /// Writing a blob.
    PutBlob,
    /// Moving something bad aside.
    Quarantine,
    /// Listing, checking or removing files.
    Tend,
}

impl Op {
    /// Its name in the metric.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::GetRecord => "get_record",
            Self::PutRecord => "put_record",
            Self::GetBlob => "get_blob",
            Self::PutBlob => "put_blob",
            Self::Quarantine => "quarantine",
            Self::Tend => "tend",
        }
    }
}

/// What went wrong, and with what.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    kind: ErrorKind,
    op: Op,
    message: String,
}

impl StoreError {
    pub(super) fn new(kind: ErrorKind, op: Op, message: impl Into<String>) -> Self {
        Self { kind, op, message: message.into() }
    }

    /// An error of the layer below, in words about `what`; its kind is found in the causes.
    pub(super) fn because(op: Op, what: &str, cause: &(dyn Error + 'static)) -> Self {
        let kind = kind_of(cause);
        let advice = match kind {
            ErrorKind::Full => "the disk is full; make room or lower --cache-limit",
            ErrorKind::Denied => "permission denied; let this user read and write the cache folder",
            ErrorKind::Unsupported => "not supported here",
            ErrorKind::Failed => "failed",
        };
        Self::new(kind, op, format!("cache: {what}: {advice} ({})", innermost(cause)))
    }

    /// What to do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What the store was doing.
    #[must_use]
    pub fn op(&self) -> Op {
        self.op
    }

    /// Counts it in `listen_store_errors_total`.
    pub(super) fn counted(self) -> Self {
        metrics::counter!("listen_store_errors_total", "op" => self.op.as_str()).increment(1);
        self
    }
}

fn kind_of(error: &(dyn Error + 'static)) -> ErrorKind {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => return ErrorKind::Full,
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    return ErrorKind::Denied;
                }
                _ => {}
            }
        }
        cause = error.source();
    }
    ErrorKind::Failed
}

fn innermost<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_found_under_layers() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer")]
        struct Outer(#[source] io::Error);

        let table = [
            (io::ErrorKind::StorageFull, ErrorKind::Full),
            (io::ErrorKind::QuotaExceeded, ErrorKind::Full),
            (io::ErrorKind::PermissionDenied, ErrorKind::Denied),
            (io::ErrorKind::ReadOnlyFilesystem, ErrorKind::Denied),
            (io::ErrorKind::UnexpectedEof, ErrorKind::Failed),
        ];
        for (io_kind, kind) in table {
            let error = StoreError::because(Op::PutBlob, "writing x", &Outer(io_kind.into()));
            assert_eq!(error.kind(), kind, "{io_kind}");
            assert!(error.to_string().contains("writing x"));
        }
    }
}
