//! A list as it stood at a past moment: the rows that stand since before it, and those that have
//! given way to others after it.

use crate::error::Result;
use crate::projection::columns::List;
use crate::projection::written_columns;
use crate::sql::{Param, Sql};
use crate::write::Write;

/// The rows of a list as of an entry, to be read from like a table. Lights are judgements of the
/// present and stay empty.
pub(super) fn table(list: &List, entry: i64) -> String {
    let columns = format!("{}, CAST(NULL AS TEXT) AS light", written_columns(list));
    let table = list.table;
    format!(
        "(SELECT {columns} FROM {table} WHERE entry_id <= {entry} \
         UNION ALL SELECT {columns} FROM {table}_past \
         WHERE entry_id <= {entry} AND until_entry > {entry}) AS past_rows"
    )
}

/// Keeps the rows of these subjects as they stood up to this write. Of what one write changes twice
/// the first state is kept.
pub(super) async fn keep(write: &Write, list: &List, subject_ids: &[Param]) -> Result<()> {
    let columns = written_columns(list);
    let table = list.table;
    for chunk in subject_ids.chunks(1_000) {
        let mut sql = Sql::new(&format!(
            "INSERT INTO {table}_past ({columns}, until_entry) SELECT {columns}, "
        ));
        sql.bind(write.entry_id());
        sql.push(" FROM ").push(table).push(" WHERE entry_id < ");
        sql.bind(write.entry_id()).push(" AND subject_id IN (");
        sql.bind_all(chunk.iter().cloned()).push(")");
        write.execute(sql).await?;
    }
    Ok(())
}
