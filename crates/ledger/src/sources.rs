//! Where facts come from: sheets and cells of kept files, quoted sentences, forms, calls.

use std::collections::{BTreeSet, HashMap};

use domain::{CellAddress, SourceRef};
use sha2::{Digest, Sha256};

use crate::Ledger;
use crate::error::{LedgerError, Result};
use crate::facts::{FactRecord, FactRow, Statement};
use crate::scope::Scope;
use crate::sql::{Row, Sql};
use crate::time::Timestamp;
use crate::write::Write;

/// Where a fact was taken from, and who put it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceOfFact {
    /// The fact.
    pub fact: FactRecord,
    /// The place, down to the cell or the sentence.
    pub source: SourceRef,
    /// Name of the file as it was first kept; `None` where the source is no file, or the file is not
    /// kept here.
    pub file_name: Option<String>,
    /// The import it came with; `None` where it came by itself.
    pub import_id: Option<i64>,
    /// Who recorded it.
    pub actor: String,
}

/// Where a fact was taken from, as a note beside many others says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceOfFact {
    /// The fact.
    pub fact_id: i64,
    /// The place, down to the cell or the sentence.
    pub source: SourceRef,
    /// Name of the file as it was first kept; `None` where the source is no file, or the file is not
    /// kept here.
    pub file_name: Option<String>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who recorded it.
    pub actor: String,
}

pub(crate) const COLUMNS: &str = "id, entry_id, kind, file_sha256, sheet, quote, form, request_id";

/// The columns of a source. A cell's own place stands in the fact.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Columns<'a> {
    kind: &'static str,
    fields: [Option<&'a str>; 5],
}

impl<'a> Columns<'a> {
    fn of(source: &'a SourceRef) -> Self {
        let (kind, fields) = match source {
            SourceRef::Cell {
                file_sha256, sheet, ..
            } => (
                "sheet",
                [Some(file_sha256.as_str()), Some(sheet), None, None, None],
            ),
            SourceRef::Quote { file_sha256, quote } => (
                "quote",
                [Some(file_sha256.as_str()), None, Some(quote), None, None],
            ),
            SourceRef::Form { form } => ("form", [None, None, None, Some(form.as_str()), None]),
            SourceRef::Api { request_id, quote } => (
                "api",
                [
                    None,
                    None,
                    quote.as_deref(),
                    None,
                    Some(request_id.as_str()),
                ],
            ),
        };
        Self { kind, fields }
    }

    fn digest(&self) -> String {
        digest(self.kind, self.fields)
    }
}

fn digest(kind: &str, fields: [Option<&str>; 5]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(kind);
    for field in fields {
        match field {
            Some(text) => {
                hasher.update((text.len() as u64).to_be_bytes());
                hasher.update(text);
            }
            None => hasher.update([0xff; 8]),
        }
    }
    hex::encode(hasher.finalize())
}

/// Id, entry and digest of a stored source, the digest made from what is stored.
pub(crate) fn digest_again(row: &Row) -> Result<(i64, i64, String)> {
    let fields: [Option<String>; 5] = [row.at(3)?, row.at(4)?, row.at(5)?, row.at(6)?, row.at(7)?];
    let fields = fields.each_ref().map(Option::as_deref);
    Ok((
        row.at(0)?,
        row.at(1)?,
        digest(&row.at::<String>(2)?, fields),
    ))
}

impl Write {
    /// The id of a source, kept once, and the cell where it is one.
    pub(crate) async fn source(
        &mut self,
        source: &SourceRef,
    ) -> Result<(i64, Option<CellAddress>)> {
        let cell = match source {
            SourceRef::Cell { cell, .. } => Some(*cell),
            _ => None,
        };
        let columns = Columns::of(source);
        let digest = columns.digest();
        let known = Sql::with(
            "SELECT id FROM sources WHERE digest = $1",
            [digest.as_str().into()],
        );
        if let Some(row) = self.row(known).await? {
            return Ok((row.at(0)?, cell));
        }
        let id = self.next_id("sources").await?;
        self.digest().source(id, &digest);
        let mut sql = Sql::new(
            "INSERT INTO sources (file_sha256, sheet, quote, form, request_id, kind, digest, id, \
             entry_id) VALUES (",
        );
        sql.bind_all(columns.fields.map(|field| field.map(str::to_owned)));
        sql.push(", ").bind(columns.kind);
        sql.push(", ").bind(digest);
        sql.push(", ").bind_all([id, self.entry_id()]).push(")");
        self.execute(sql).await?;
        Ok((id, cell))
    }
}

impl Ledger {
    /// A stored source, with the cell that the fact names.
    pub async fn source(&self, source_id: i64, cell: Option<CellAddress>) -> Result<SourceRef> {
        let text = format!("SELECT {COLUMNS} FROM sources WHERE id = $1");
        let row = self
            .database
            .row(Sql::with(&text, [source_id.into()]))
            .await?;
        let row = row.ok_or_else(|| LedgerError::not_found("source", source_id))?;
        source_ref(&row, cell)
    }

    /// Where these facts were taken from, those outside the scope left out, in the order of their ids.
    pub async fn places_of_facts(&self, scope: &Scope, ids: &[i64]) -> Result<Vec<PlaceOfFact>> {
        let mut found = Vec::new();
        for chunk in ids.chunks(1_000) {
            let mut facts = HashMap::new();
            for fact in self.fact_rows(holding(scope, chunk)).await? {
                facts.insert(fact.id, fact);
            }
            let facts: Vec<&FactRow> = chunk.iter().filter_map(|id| facts.get(id)).collect();
            let sources = self.sources_of(&facts).await?;
            for fact in facts {
                let Some(row) = sources.get(&(fact.source_id, fact.entry_id)) else {
                    continue;
                };
                found.push(PlaceOfFact {
                    fact_id: fact.id,
                    source: source_ref(row, fact.cell())?,
                    file_name: row.at(8)?,
                    recorded_at: Timestamp(row.at(9)?),
                    actor: row.at(10)?,
                });
            }
        }
        found.sort_by_key(|place| place.fact_id);
        Ok(found)
    }

    /// The sources of these facts, with the name of the file, the moment and the actor, by source and entry.
    async fn sources_of(&self, facts: &[&FactRow]) -> Result<HashMap<(i64, i64), Row>> {
        let columns = COLUMNS.replace(", ", ", s.");
        let pairs: BTreeSet<(i64, i64)> = facts
            .iter()
            .map(|fact| (fact.source_id, fact.entry_id))
            .collect();
        let mut found = HashMap::with_capacity(pairs.len());
        if pairs.is_empty() {
            return Ok(found);
        }
        let mut sql = Sql::new(&format!(
            "SELECT s.{columns}, k.name, e.recorded_at, e.actor, e.id FROM (VALUES "
        ));
        for (at, (source, entry)) in pairs.into_iter().enumerate() {
            sql.push(if at == 0 { "(" } else { ", (" });
            sql.bind_all([source, entry]).push(")");
        }
        sql.push(
            ") AS v JOIN sources s ON s.id = v.column1 JOIN audit_entries e ON e.id = v.column2 \
             LEFT JOIN files k ON k.sha256 = s.file_sha256",
        );
        for row in self.database.rows(sql).await? {
            found.insert((row.at(0)?, row.at(11)?), row);
        }
        Ok(found)
    }

    /// The way from a fact back to the cell or sentence that it came from.
    pub async fn source_of_fact(&self, scope: &Scope, fact_id: i64) -> Result<SourceOfFact> {
        let fact = self.fact(scope, fact_id).await?;
        let source = self.source(fact.source_id, fact.cell).await?;
        let file_name = match &source {
            SourceRef::Cell { file_sha256, .. } | SourceRef::Quote { file_sha256, .. } => {
                self.kept_file(file_sha256).await?.map(|file| file.name)
            }
            _ => None,
        };
        let import = "SELECT id FROM imports WHERE entry_id = $1";
        let import = self
            .database
            .row(Sql::with(import, [fact.entry_id.into()]))
            .await?;
        let actor = self.audit_entry(fact.entry_id).await?;
        Ok(SourceOfFact {
            source,
            file_name,
            import_id: import.map(|row| row.at(0)).transpose()?,
            actor: actor.map_or_else(String::new, |entry| entry.actor),
            fact,
        })
    }
}

/// The statements within a scope that hold these facts.
fn holding(scope: &Scope, ids: &[i64]) -> Sql {
    let columns = Statement::COLUMNS.replace(", ", ", c.");
    let mut sql = Sql::new(&format!(
        "SELECT c.{columns} FROM statements c JOIN subjects j ON j.id = c.subject_id \
         WHERE c.id IN (SELECT (SELECT MAX(h.id) FROM statements h WHERE h.id <= v.column1) FROM (VALUES "
    ));
    for (at, id) in ids.iter().enumerate() {
        sql.push(if at == 0 { "(" } else { ", (" });
        sql.bind(*id).push(")");
    }
    sql.push(") AS v) AND ");
    scope.restrict_subjects(&mut sql, "j.id", "j.owner_id", "j.path");
    sql
}

fn source_ref(row: &Row, cell: Option<CellAddress>) -> Result<SourceRef> {
    let kind: String = row.at(2)?;
    let damaged = || LedgerError::damaged("source", &kind);
    let field = |place| row.at::<Option<String>>(place)?.ok_or_else(damaged);
    Ok(match kind.as_str() {
        "sheet" => SourceRef::Cell {
            file_sha256: field(3)?,
            sheet: field(4)?,
            cell: cell.ok_or_else(damaged)?,
        },
        "quote" => SourceRef::Quote {
            file_sha256: field(3)?,
            quote: field(5)?,
        },
        "form" => SourceRef::Form { form: field(6)? },
        "api" => SourceRef::Api {
            request_id: field(7)?,
            quote: row.at(5)?,
        },
        _ => return Err(damaged()),
    })
}
