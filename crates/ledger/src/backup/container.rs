//! The form of a backup: lines of JSON and the bytes of files between them, then the SHA-256 of all.
//!
//! ```text
//! guanjia-backup 1
//! {"table":"facts","columns":["id",…]}
//! [1,7,…]                                one line a row
//! {"file":"<sha256>","bytes":12}
//! <12 bytes>
//! {"end":{"rows":{…},"files":1}}
//! sha256 <hex of all before this line>
//! ```

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::backup::BackupContents;
use crate::error::{LedgerError, Result};

const FIRST_LINE: &str = "guanjia-backup 1\n";
const CHECK: &str = "sha256 ";

/// A backup being written, beside its target.
pub(super) struct Writer {
    out: BufWriter<File>,
    hasher: Sha256,
    beside: PathBuf,
    target: PathBuf,
    contents: BackupContents,
    table: String,
}

impl Writer {
    pub(super) fn create(target: &Path) -> Result<Self> {
        let mut beside = target.as_os_str().to_owned();
        beside.push(".part");
        let beside = PathBuf::from(beside);
        let mut writer = Self {
            out: BufWriter::with_capacity(1 << 20, File::create(&beside)?),
            hasher: Sha256::new(),
            beside,
            target: target.to_path_buf(),
            contents: BackupContents::default(),
            table: String::new(),
        };
        writer.bytes(FIRST_LINE.as_bytes())?;
        Ok(writer)
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.hasher.update(bytes);
        Ok(self.out.write_all(bytes)?)
    }

    fn line(&mut self, line: &Json) -> Result<()> {
        let mut text = line.to_string();
        text.push('\n');
        self.bytes(text.as_bytes())
    }

    pub(super) fn table(&mut self, name: &str, columns: &[String]) -> Result<()> {
        name.clone_into(&mut self.table);
        self.contents.rows.insert(name.to_owned(), 0);
        self.line(&json!({"table": name, "columns": columns}))
    }

    pub(super) fn row(&mut self, values: Vec<Json>) -> Result<()> {
        *self.contents.rows.entry(self.table.clone()).or_default() += 1;
        self.line(&Json::Array(values))
    }

    pub(super) fn file(&mut self, sha256: &str, content: &[u8]) -> Result<()> {
        self.contents.files += 1;
        self.line(&json!({"file": sha256, "bytes": content.len()}))?;
        self.bytes(content)?;
        self.bytes(b"\n")
    }

    /// Writes the checksum and puts the backup under its name.
    pub(super) fn finish(mut self) -> Result<BackupContents> {
        self.line(&json!({"end": self.contents}))?;
        let sha256 = hex::encode(self.hasher.finalize());
        self.out
            .write_all(format!("{CHECK}{sha256}\n").as_bytes())?;
        let file = self
            .out
            .into_inner()
            .map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()?;
        std::fs::rename(&self.beside, &self.target)?;
        self.contents.sha256 = sha256;
        Ok(self.contents)
    }
}

/// A piece of a backup.
pub(super) enum Piece {
    Table { name: String, columns: Vec<String> },
    Row(Vec<Json>),
    File { sha256: String, content: Vec<u8> },
    End(BackupContents),
}

/// A backup being read.
pub(super) struct Reader {
    input: BufReader<File>,
    line: Vec<u8>,
}

impl Reader {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let mut reader = Self {
            input: BufReader::with_capacity(1 << 20, File::open(path)?),
            line: Vec::new(),
        };
        reader.read_line()?;
        if reader.line == FIRST_LINE.as_bytes() {
            Ok(reader)
        } else {
            Err(damaged("its first line is not that of a backup"))
        }
    }

    fn read_line(&mut self) -> Result<()> {
        self.line.clear();
        self.input.read_until(b'\n', &mut self.line)?;
        Ok(())
    }

    pub(super) fn next(&mut self) -> Result<Piece> {
        self.read_line()?;
        let mut line: Json =
            serde_json::from_slice(&self.line).map_err(|_| damaged("a line cannot be read"))?;
        if let Json::Array(values) = line {
            return Ok(Piece::Row(values));
        }
        if let Some(name) = line["table"].as_str() {
            let name = name.to_owned();
            let columns = serde_json::from_value(line["columns"].take())?;
            return Ok(Piece::Table { name, columns });
        }
        if let (Some(sha256), Some(bytes)) = (line["file"].as_str(), line["bytes"].as_u64()) {
            let mut content = Vec::new();
            (&mut self.input).take(bytes).read_to_end(&mut content)?;
            if hex::encode(Sha256::digest(&content)) != sha256 {
                return Err(damaged("a file is not what it was"));
            }
            self.read_line()?;
            return Ok(Piece::File {
                sha256: sha256.to_owned(),
                content,
            });
        }
        if !line["end"].is_null() {
            return Ok(Piece::End(serde_json::from_value(line["end"].take())?));
        }
        Err(damaged("a line is of no known kind"))
    }
}

/// Tests a backup against its own checksum; gives the SHA-256.
///
/// # Errors
/// [`LedgerError::Damaged`] when it is cut off, altered, or no backup.
pub fn check_backup(path: &Path) -> Result<String> {
    const TAIL: usize = CHECK.len() + 64 + 1;
    let mut input = File::open(path)?;
    let size = input.metadata()?.len();
    let body = size
        .checked_sub(TAIL as u64)
        .filter(|body| *body > FIRST_LINE.len() as u64)
        .ok_or_else(|| damaged("it is too short"))?;
    let sha256 = crate::files::sha256_of(&mut (&mut input).take(body))?;
    let mut tail = String::new();
    input
        .read_to_string(&mut tail)
        .map_err(|_| damaged("its last line is no checksum"))?;
    if tail == format!("{CHECK}{sha256}\n") {
        Ok(sha256)
    } else {
        Err(damaged("its checksum does not fit"))
    }
}

pub(super) fn damaged(detail: &str) -> LedgerError {
    LedgerError::damaged("backup", detail)
}
