//! Original files, kept once each under the SHA-256 of their bytes, outside the database.

use std::fs::File;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::Ledger;
use crate::error::{LedgerError, Result};
use crate::sql::Sql;
use crate::write::{Action, Stamp, Write};

/// A file the house keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFile {
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// Its name when it was first kept.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its size.
    pub bytes: i64,
}

impl Ledger {
    /// Keeps a file and leaves an audit entry, unless the same bytes are kept already.
    pub async fn keep_file(
        &self,
        stamp: &Stamp,
        name: &str,
        media_type: &str,
        content: Vec<u8>,
    ) -> Result<KeptFile> {
        let placed = self.place_file(content).await?;
        if let Some(kept) = self.kept_file(&placed.sha256).await? {
            return Ok(kept);
        }
        let mut write = self.begin(stamp).await?;
        let kept = write.keep_placed(&placed, name, media_type).await?;
        let action = Action::new("file.keep", "file", &kept.sha256)
            .with(json!({"name": name, "bytes": kept.bytes}));
        write.commit(action).await?;
        Ok(kept)
    }

    /// What is known of a kept file; `None` for bytes that are not kept here.
    pub async fn kept_file(&self, sha256: &str) -> Result<Option<KeptFile>> {
        let text = "SELECT sha256, name, media_type, bytes FROM files WHERE sha256 = $1";
        let row = self.database.row(Sql::with(text, [sha256.into()])).await?;
        row.map(|row| {
            Ok(KeptFile {
                sha256: row.at(0)?,
                name: row.at(1)?,
                media_type: row.at(2)?,
                bytes: row.at(3)?,
            })
        })
        .transpose()
    }

    /// The bytes of a kept file, tested against their SHA-256.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`] when the bytes on disk are not those that were kept.
    pub async fn file_content(&self, sha256: &str) -> Result<Vec<u8>> {
        let path = self.file_path(sha256)?;
        let wanted = sha256.to_owned();
        tokio::task::spawn_blocking(move || {
            let content = std::fs::read(&path).map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => LedgerError::not_found("file", &wanted),
                _ => error.into(),
            })?;
            if hex::encode(Sha256::digest(&content)) != wanted {
                return Err(LedgerError::damaged("file", wanted));
            }
            Ok(content)
        })
        .await?
    }

    /// Where a kept file lies on disk: `files/ab/cd…`.
    ///
    /// # Errors
    /// [`LedgerError::NotFound`] for what is no SHA-256 in lower-case hex.
    pub fn file_path(&self, sha256: &str) -> Result<PathBuf> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if sha256.len() != 64 || !sha256.bytes().all(hex) {
            return Err(LedgerError::not_found("file", sha256));
        }
        Ok(self.files_dir.join(&sha256[..2]).join(&sha256[2..]))
    }

    /// Puts bytes where they belong, before any transaction. Bytes that no row names do no harm.
    pub(crate) async fn place_file(&self, content: Vec<u8>) -> Result<Placed> {
        let files_dir = self.files_dir.to_path_buf();
        tokio::task::spawn_blocking(move || place(&files_dir, &content)).await?
    }

    pub(crate) fn files_dir(&self) -> &Path {
        &self.files_dir
    }
}

/// Bytes that lie on disk under their SHA-256.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub(crate) sha256: String,
    pub(crate) bytes: i64,
}

impl Write {
    /// Names placed bytes, within this write.
    pub(crate) async fn keep_placed(
        &mut self,
        placed: &Placed,
        name: &str,
        media_type: &str,
    ) -> Result<KeptFile> {
        let text = "INSERT INTO files (sha256, name, media_type, bytes, stored_entry) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (sha256) DO NOTHING";
        let params = [
            placed.sha256.as_str().into(),
            name.into(),
            media_type.into(),
            placed.bytes.into(),
            self.entry_id().into(),
        ];
        self.execute(Sql::with(text, params)).await?;
        Ok(KeptFile {
            sha256: placed.sha256.clone(),
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            bytes: placed.bytes,
        })
    }
}

/// Writes beside the target and renames: a file under its hash is whole, whenever the power fails.
fn place(files_dir: &Path, content: &[u8]) -> Result<Placed> {
    let sha256 = hex::encode(Sha256::digest(content));
    let folder = files_dir.join(&sha256[..2]);
    let target = folder.join(&sha256[2..]);
    let bytes = i64::try_from(content.len()).expect("a file in memory is counted in an i64");
    let placed = Placed { sha256, bytes };
    if is_whole(&target, &placed)? {
        return Ok(placed);
    }
    std::fs::create_dir_all(&folder)?;
    let beside = folder.join(format!("new-{}", uuid::Uuid::now_v7().simple()));
    let mut file = File::create(&beside)?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&beside, &target)?;
    File::open(&folder)?.sync_all()?;
    Ok(placed)
}

/// Whether the target holds these bytes. A damaged one is written anew.
fn is_whole(target: &Path, placed: &Placed) -> Result<bool> {
    let mut file = match File::open(target) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    Ok(sha256_of(&mut file)? == placed.sha256)
}

/// SHA-256 of all that is left to read, in hex.
pub(crate) fn sha256_of(reader: &mut impl Read) -> Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = reader.read(&mut buffer)?;
        if count == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(&buffer[..count]);
    }
}
