//! Why the ledger refuses or fails.

use sea_orm::DbErr;

/// What can go wrong between a caller and the ledger.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The database refused or could not be reached.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
    /// A file could not be read or written.
    #[error("a file failed: {0}")]
    Io(#[from] std::io::Error),
    /// Nothing of this kind has this id, or it lies outside the scope that was asked with.
    #[error("no {what} `{id}`")]
    NotFound {
        /// Kind of thing, such as `subject`.
        what: &'static str,
        /// What it was looked up by.
        id: String,
    },
    /// Something of this kind exists already.
    #[error("{what} `{id}` exists already")]
    Exists {
        /// Kind of thing.
        what: &'static str,
        /// What it is known by.
        id: String,
    },
    /// Several subjects answer to this name, and no code tells them apart.
    #[error("several subjects are named `{name}`: {candidates:?}")]
    Ambiguous {
        /// The name that was given.
        name: String,
        /// Ids of the subjects that have it.
        candidates: Vec<i64>,
    },
    /// A rule of the house forbids it.
    #[error("{0}")]
    Refused(&'static str),
    /// A stored value does not read back as what it should be.
    #[error("stored {what} is damaged: {detail}")]
    Damaged {
        /// What was read.
        what: &'static str,
        /// What was found.
        detail: String,
    },
    /// A filter, sort or cursor names something the list does not have.
    #[error("the list has no {0}")]
    BadQuery(String),
    /// A text holds a NUL, which PostgreSQL does not keep: no text of a person's does.
    #[error("a text holds a NUL character")]
    NulCharacter,
    /// A task of the runtime ended early.
    #[error("background work ended early: {0}")]
    Background(#[from] tokio::task::JoinError),
    /// The embedded database refused during reading in bulk or backup.
    #[error("the embedded database failed: {0}")]
    Embedded(#[from] rusqlite::Error),
    /// JSON could not be written or read.
    #[error("JSON failed: {0}")]
    Json(#[from] serde_json::Error),
}

/// What every call of the ledger gives back.
pub type Result<T, E = LedgerError> = std::result::Result<T, E>;

impl LedgerError {
    /// A missing thing, by what it was looked up by.
    pub(crate) fn not_found(what: &'static str, id: impl std::fmt::Display) -> Self {
        Self::NotFound {
            what,
            id: id.to_string(),
        }
    }

    /// A stored value that cannot be what it should be.
    pub(crate) fn damaged(what: &'static str, detail: impl std::fmt::Display) -> Self {
        Self::Damaged {
            what,
            detail: detail.to_string(),
        }
    }
}
