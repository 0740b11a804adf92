//! Backup of all records and files into one file with its checksum, and the way back, into either
//! database.

mod container;
mod dump;
mod restore;

use std::collections::BTreeMap;
use std::path::Path;

use crate::Ledger;
use crate::error::Result;

pub use container::check_backup;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct BackupContents {
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
    /// Original files.
    pub files: u64,
    /// SHA-256 of the backup, in hex; its last line.
    #[serde(skip)]
    pub sha256: String,
}

/// The tables, so ordered that what is pointed at comes first, each with the columns that order it.
/// Sessions and counters of failed sign-ins are left out: who restores signs in anew. So are the uses of sources,
/// which the facts tell.
const TABLES: &[(&str, &str)] = &[
    ("audit_entries", "id"),
    ("terms", "id"),
    ("organisations", "id"),
    ("organisation_versions", "organisation_id, until_entry"),
    ("subjects", "id"),
    ("subject_versions", "subject_id, until_entry"),
    ("subject_keys", "zone_id, kind, scheme, key, subject_id"),
    ("files", "sha256"),
    ("sources", "id"),
    ("statements", "id"),
    ("confirmations", "id"),
    ("imports", "id"),
    ("import_mappings", "zone_id, sender, kind, header"),
    ("idempotency_keys", "caller, key"),
    ("users", "id"),
    ("grants", "id"),
    ("api_tokens", "id"),
    ("saved_views", "id"),
    ("settings", "key"),
    ("projects", "subject_id"),
    ("enterprises", "subject_id"),
    ("projects_past", "subject_id, until_entry"),
    ("enterprises_past", "subject_id, until_entry"),
];

impl Ledger {
    /// Writes a backup while others go on reading and writing. It holds one state of the database,
    /// and appears under its name only when it is whole.
    pub async fn backup(&self, target: &Path) -> Result<BackupContents> {
        dump::backup(self, target).await
    }

    /// Fills an empty database and an empty folder from a backup, checks every hash, and gives the
    /// ledger opened.
    ///
    /// # Errors
    /// [`crate::LedgerError::Damaged`] for a backup that is cut off or altered, before anything is
    /// written; [`crate::LedgerError::Refused`] when the database is not empty.
    pub async fn restore(
        backup: &Path,
        url: &str,
        files_dir: &Path,
    ) -> Result<(Self, BackupContents)> {
        restore::restore(backup, url, files_dir).await
    }
}
