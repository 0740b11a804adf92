//! Fast lists: one row per project and per enterprise, made from its facts in the transaction that
//! records them.

mod columns;
mod compute;
mod light;
mod list;
mod narrow;
mod past;
mod query;
mod rebuild;
mod schedule;

use crate::error::Result;
use crate::facts::latest::Latest;
use crate::sort_key::{initials, lookup_key, sort_key};
use crate::sql::{Param, Sql};
use crate::subjects::{COLUMNS, Subject, SubjectStatus, read_subject};
use crate::write::Write;

pub use columns::{
    Column, ColumnKind, ENTERPRISES, EnterpriseRow, List, ListRow, PROJECTS, ProjectRow, RowHead,
};
pub use light::Light;
pub use list::{Page, Totals};
pub use query::{Bound, Cursor, Filter, ListQuery, Sort};

pub(crate) use compute::Reader;

/// The list that subjects of this kind stand in; `None` for kinds without one.
pub(crate) fn list_of(subject_kind: &str) -> Option<&'static List> {
    [&PROJECTS, &ENTERPRISES]
        .into_iter()
        .find(|list| list.subject_kind == subject_kind)
}

/// The columns that a refresh writes, in the order of [`row`].
pub(crate) fn written_columns(list: &List) -> String {
    let mut names = "subject_id, zone_id, organisation_id, path, owner_id, name, name_key, \
         search, code, status, invented, year, marks, entry_id"
        .to_owned();
    for column in list.columns {
        names.push_str(", ");
        names.push_str(column.name);
    }
    names
}

/// The values of a row.
pub(crate) fn row(
    list: &List,
    subject: &Subject,
    latest: &Latest,
    reader: &Reader,
    entry: i64,
) -> Result<Vec<Param>> {
    let made = reader.cells(list, latest)?;
    let mut row: Vec<Param> = vec![
        subject.id.into(),
        subject.zone_id.into(),
        subject.organisation_id.into(),
        subject.path.as_str().into(),
        subject.owner_id.into(),
        subject.name.as_str().into(),
        sort_key(&subject.name).into(),
        search_text(subject).into(),
        subject.code.clone().into(),
        subject.status.as_str().into(),
        i64::from(subject.invented).into(),
        made.year.into(),
        made.marks.into(),
        entry.into(),
    ];
    row.extend(made.values);
    Ok(row)
}

/// What people type to find a subject: name, pinyin initials and code, a line each.
fn search_text(subject: &Subject) -> String {
    let name = lookup_key(&subject.name);
    let code = lookup_key(subject.code.as_deref().unwrap_or_default());
    format!("{name}\n{}\n{code}", initials(&subject.name))
}

/// Makes the rows of these subjects again from the facts that count.
pub(crate) async fn refresh(write: &mut Write, subjects: &[(i64, Latest)]) -> Result<()> {
    let mut reader = None;
    for chunk in subjects.chunks(500) {
        let mut sql = Sql::new(&format!("SELECT {COLUMNS} FROM subjects WHERE id IN ("));
        sql.bind_all(chunk.iter().map(|(id, _)| *id));
        sql.push(") AND kind IN ('project', 'enterprise')");
        let found = write.rows(sql).await?;
        let found = found.iter().map(read_subject).collect::<Result<Vec<_>>>()?;
        if found.is_empty() {
            continue;
        }
        if reader.is_none() {
            reader = Some(Reader::of_write(write).await?);
        }
        let reader = reader.as_ref().expect("made just before");
        refresh_found(write, reader, &found, chunk).await?;
    }
    Ok(())
}

async fn refresh_found(
    write: &mut Write,
    reader: &Reader,
    found: &[Subject],
    facts: &[(i64, Latest)],
) -> Result<()> {
    for list in [&PROJECTS, &ENTERPRISES] {
        let mut rows = Vec::new();
        for subject in found {
            if subject.kind.as_str() != list.subject_kind {
                continue;
            }
            if !is_listed(subject.status) {
                past::keep(write, list, &[subject.id.into()]).await?;
                let text = format!("DELETE FROM {} WHERE subject_id = $1", list.table);
                write.execute(Sql::with(&text, [subject.id.into()])).await?;
                continue;
            }
            let latest = facts.iter().find(|(id, _)| *id == subject.id);
            let (_, latest) = latest.expect("asked for by the ids of these facts");
            rows.push(row(list, subject, latest, reader, write.entry_id())?);
        }
        let ids: Vec<Param> = rows.iter().map(|row| row[0].clone()).collect();
        upsert(write, list, &ids, rows).await?;
    }
    Ok(())
}

pub(crate) fn is_listed(status: SubjectStatus) -> bool {
    matches!(status, SubjectStatus::Active | SubjectStatus::Closed)
}

/// Puts rows in place of those of the same subjects, which are kept as the past. `known` are those that may have one.
pub(crate) async fn upsert(
    write: &Write,
    list: &List,
    known: &[Param],
    rows: Vec<Vec<Param>>,
) -> Result<()> {
    past::keep(write, list, known).await?;
    replace(write, list, rows).await
}

/// Puts rows in place of those of the same subjects. The light stays until it is judged again.
async fn replace(write: &Write, list: &List, rows: Vec<Vec<Param>>) -> Result<()> {
    let columns = written_columns(list);
    let sets: Vec<String> = columns
        .split(", ")
        .skip(1)
        .map(|name| format!("{name} = excluded.{name}"))
        .collect();
    let conflict = format!(
        " ON CONFLICT (subject_id) DO UPDATE SET {}",
        sets.join(", ")
    );
    write.insert_or(list.table, &columns, rows, &conflict).await
}

/// Makes the rows of these subjects again, reading their facts first.
pub(crate) async fn refresh_subjects(write: &mut Write, ids: &[i64]) -> Result<()> {
    let latest = write.latest(ids).await?;
    refresh(write, &latest).await
}
