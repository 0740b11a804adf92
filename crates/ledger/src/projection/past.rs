//! A list as it stood at a past moment: made from the facts known then, in a table that lives as
//! long as the question.

use sea_orm::{ConnectionTrait, DatabaseTransaction};

use crate::Ledger;
use crate::database::{self, Dialect};
use crate::error::Result;
use crate::facts::latest::fold;
use crate::projection::columns::List;
use crate::projection::{Reader, is_listed, row, written_columns};
use crate::scope::Scope;
use crate::sql::{Param, Sql};
use crate::subjects::{COLUMNS, Subject, read_subject};
use crate::time::AsOf;
use crate::write::placeholders;

pub(super) const TABLE: &str = "past_rows";

const CHUNK: i64 = 500;

/// A transaction in which [`TABLE`] holds the list of a zone as it stood. Lights are judgements of
/// the present and stay empty.
pub(super) async fn open(
    ledger: &Ledger,
    list: &'static List,
    scope: &Scope,
    zone_id: i64,
    as_of: AsOf,
) -> Result<DatabaseTransaction> {
    let entry = ledger.last_entry(as_of).await?;
    let known = ledger.terms.all(&ledger.database).await?;
    let mut reader = Reader::of_terms(known.terms());
    let transaction = ledger.database.snapshot().await?;
    let make = match ledger.database.dialect {
        Dialect::Sqlite => format!(
            "CREATE TEMP TABLE {TABLE} AS SELECT * FROM {} WHERE 1 = 0",
            list.table
        ),
        Dialect::Postgres => format!(
            "CREATE TEMP TABLE {TABLE} ON COMMIT DROP AS SELECT * FROM {} WHERE 1 = 0",
            list.table
        ),
    };
    transaction.execute_unprepared(&make).await?;
    if scope.is_empty() {
        return Ok(transaction);
    }
    let mut after = 0_i64;
    loop {
        let mut sql = Sql::new(&format!("SELECT {COLUMNS} FROM subjects WHERE kind = "));
        sql.bind(list.subject_kind)
            .push(" AND zone_id = ")
            .bind(zone_id);
        sql.push(" AND created_entry <= ").bind(entry);
        sql.push(" AND id > ").bind(after);
        sql.push(" ORDER BY id LIMIT ").bind(CHUNK);
        let found = database::rows(&transaction, ledger.database.dialect, sql).await?;
        let Some(end) = found.last() else {
            return Ok(transaction);
        };
        after = end.at(0)?;
        let mut subjects = Vec::with_capacity(found.len());
        for row in &found {
            let subject = ledger.subject_at(read_subject(row)?, entry).await?;
            subjects.extend(subject.filter(|subject| is_listed(subject.status)));
        }
        fill(ledger, &transaction, list, &mut reader, &subjects, entry).await?;
    }
}

async fn fill(
    ledger: &Ledger,
    transaction: &DatabaseTransaction,
    list: &'static List,
    reader: &mut Reader,
    subjects: &[Subject],
    entry: i64,
) -> Result<()> {
    if subjects.is_empty() {
        return Ok(());
    }
    let dialect = ledger.database.dialect;
    let ids: Vec<i64> = subjects.iter().map(|subject| subject.id).collect();
    let facts = crate::facts::facts_up_to(&ids, entry);
    // What was recorded up to an entry never changes, so it may be read beside the transaction.
    let mut latest = fold(ledger.fact_rows(facts).await?);
    let mut rows: Vec<Vec<Param>> = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let latest = latest.remove(&subject.id).unwrap_or_default();
        rows.push(row(list, subject, &latest, reader, entry)?);
    }
    let columns = written_columns(list);
    for chunk in rows.chunks(400) {
        let mut text = format!("INSERT INTO {TABLE} ({columns}) VALUES ");
        placeholders(&mut text, chunk.len(), chunk[0].len());
        let params: Vec<Param> = chunk.iter().flatten().cloned().collect();
        database::rows(transaction, dialect, Sql::in_order(text, params)).await?;
    }
    Ok(())
}
