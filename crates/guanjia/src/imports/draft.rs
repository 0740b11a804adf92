//! A file that was sent and is not taken in yet. The file itself waits in the file store; the session
//! of who sent it remembers what it is and how its columns are to be read.

use exchange::LedgerKind;
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use super::kind;
use crate::shell::PageError;

const KEY: &str = "import_drafts";

/// Drafts that a session remembers; the oldest is forgotten first.
const DRAFTS_MAX: usize = 8;

/// A file that waits to be taken in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// SHA-256 of the kept file.
    pub sha256: String,
    /// Its name as it came.
    pub file_name: String,
    /// What it is read as.
    pub kind: LedgerKind,
    /// The zone it goes into.
    pub zone_id: i64,
    /// The organisation whose ledger it is.
    pub organisation_id: i64,
    /// What is read otherwise than it would be guessed.
    pub mapping: exchange::Mapping,
    /// Whether the person chose something of it on the page: then it is remembered for the sender.
    pub changed: bool,
}

impl Draft {
    /// How addresses call it.
    pub fn id(&self) -> String {
        format!("{}-{}", kind::id(self.kind), &self.sha256[..16])
    }

    /// Remembers it in the session, in place of an earlier one of the same file.
    pub async fn remember(self, session: &Session) -> Result<(), PageError> {
        let mut drafts = all(session).await?;
        drafts.retain(|known| known.id() != self.id());
        drafts.push(self);
        let surplus = drafts.len().saturating_sub(DRAFTS_MAX);
        drafts.drain(..surplus);
        session
            .insert(KEY, drafts)
            .await
            .map_err(|error| PageError::internal(&error))
    }

    /// The draft of an address: one of this session's own, of the zone that is shown.
    pub async fn find(session: &Session, zone_id: i64, id: &str) -> Result<Self, PageError> {
        let drafts = all(session).await?;
        let found = drafts
            .into_iter()
            .find(|draft| draft.zone_id == zone_id && draft.id() == id);
        found.ok_or(PageError::NotFound)
    }

    /// Forgets it: it was taken in.
    pub async fn forget(&self, session: &Session) -> Result<(), PageError> {
        let mut drafts = all(session).await?;
        drafts.retain(|known| known.id() != self.id());
        session
            .insert(KEY, drafts)
            .await
            .map_err(|error| PageError::internal(&error))
    }
}

async fn all(session: &Session) -> Result<Vec<Draft>, PageError> {
    let drafts = session
        .get(KEY)
        .await
        .map_err(|error| PageError::internal(&error))?;
    Ok(drafts.unwrap_or_default())
}
