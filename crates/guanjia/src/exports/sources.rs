//! The sources of facts in words, each looked up once.

use std::collections::HashMap;

use domain::{CellAddress, SourceRef};
use ledger::{FactRecord, Ledger, LedgerError};

/// Sources that were looked up.
#[derive(Default)]
pub struct Sources {
    known: HashMap<i64, SourceRef>,
    files: HashMap<String, String>,
}

/// Where a fact comes from: the file or form, the sheet, the cell or sentence.
pub struct Place {
    /// Name of the file, or the form or call.
    pub file: String,
    /// Name of the sheet; empty for none.
    pub sheet: String,
    /// The cell or the sentence; empty for none.
    pub spot: String,
}

impl Sources {
    /// The source of a fact.
    pub async fn of(&mut self, ledger: &Ledger, fact: &FactRecord) -> Result<Place, LedgerError> {
        let source = if let Some(known) = self.known.get(&fact.source_id) {
            known.clone()
        } else {
            // Of a sheet's source only file and sheet are kept: the cell is the fact's own.
            let cell = fact.cell.or(Some(CellAddress { row: 0, column: 0 }));
            let source = ledger.source(fact.source_id, cell).await?;
            self.known.insert(fact.source_id, source.clone());
            source
        };
        Ok(match source {
            SourceRef::Cell {
                file_sha256, sheet, ..
            } => Place {
                file: self.file(ledger, &file_sha256).await?,
                sheet,
                spot: fact.cell.map(|cell| cell.to_string()).unwrap_or_default(),
            },
            SourceRef::Quote { file_sha256, quote } => Place {
                file: self.file(ledger, &file_sha256).await?,
                sheet: String::new(),
                spot: quote,
            },
            SourceRef::Form { form } => Place {
                file: form,
                sheet: String::new(),
                spot: String::new(),
            },
            SourceRef::Api { request_id, quote } => Place {
                file: request_id,
                sheet: String::new(),
                spot: quote.unwrap_or_default(),
            },
        })
    }

    async fn file(&mut self, ledger: &Ledger, sha256: &str) -> Result<String, LedgerError> {
        if let Some(name) = self.files.get(sha256) {
            return Ok(name.clone());
        }
        let kept = ledger.kept_file(sha256).await?;
        let name = kept.map_or_else(|| sha256.to_owned(), |file| file.name);
        self.files.insert(sha256.to_owned(), name.clone());
        Ok(name)
    }
}
