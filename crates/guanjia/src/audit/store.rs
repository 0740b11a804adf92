//! The audit's own questions to the database: entries that an auditor may see, filtered and counted.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use ledger::{AsOf, Row, Sql, Timestamp};

use super::filter::Filter;
use crate::app::App;
use crate::clock;
use crate::shell::{PageError, Permission, Viewer, display};
use crate::words::Lang;

/// An entry, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    /// When it was recorded; `None` beyond the calendar.
    pub recorded_at: Option<DateTime<Utc>>,
    /// Who acted: a login, or what the program signs its own writes with.
    pub actor: String,
    /// Whether it was an account.
    pub by_account: bool,
    /// What was done.
    pub action: String,
    /// Kind of thing it was done to.
    pub object_kind: String,
    /// Which one.
    pub object_id: String,
    /// JSON, or empty.
    pub detail: String,
    /// How many facts it recorded.
    pub facts: i64,
    /// Digest of the rows it recorded.
    pub rows_digest: String,
    /// Hash of the entry before.
    pub prev_hash: String,
    /// Its hash.
    pub hash: String,
}

impl Entry {
    /// Who acted, for people. An account is called by its login, whatever that is.
    pub fn who(&self, lang: Lang) -> String {
        if self.by_account {
            self.actor.clone()
        } else {
            display::actor(&self.actor, lang)
        }
    }
}

const COLUMNS: &str = "id, recorded_at, actor, action, object_kind, object_id, detail, \
     facts_until - facts_from, rows_digest, prev_hash, hash, user_id";

/// Entries that fit the filter and that the viewer may see, newest first.
pub async fn entries(
    app: &App,
    viewer: &Viewer,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<Entry>, PageError> {
    let mut sql = Sql::new(&format!("SELECT {COLUMNS} FROM audit_entries WHERE "));
    seen_by(viewer, &mut sql);
    narrow(filter, &mut sql);
    if let Ok(before) = filter.before.parse::<i64>() {
        sql.push(" AND id < ").bind(before);
    }
    sql.push(" ORDER BY id DESC LIMIT ").bind(limit);
    app.ledger.rows(sql).await?.iter().map(read).collect()
}

/// How many entries fit the filter, whatever the page.
pub async fn count(app: &App, viewer: &Viewer, filter: &Filter) -> Result<i64, PageError> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM audit_entries WHERE ");
    seen_by(viewer, &mut sql);
    narrow(filter, &mut sql);
    match app.ledger.row(sql).await? {
        Some(row) => Ok(row.at(0)?),
        None => Ok(0),
    }
}

/// One entry; `None` when there is none, or the viewer may not see it.
pub async fn entry(app: &App, viewer: &Viewer, id: i64) -> Result<Option<Entry>, PageError> {
    let mut sql = Sql::new(&format!("SELECT {COLUMNS} FROM audit_entries WHERE "));
    seen_by(viewer, &mut sql);
    sql.push(" AND id = ").bind(id);
    app.ledger.row(sql).await?.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<Entry, PageError> {
    Ok(Entry {
        id: row.at(0)?,
        recorded_at: Timestamp(row.at(1)?).to_datetime(),
        actor: row.at(2)?,
        action: row.at(3)?,
        object_kind: row.at(4)?,
        object_id: row.at(5)?,
        detail: row.at(6)?,
        facts: row.at(7)?,
        rows_digest: row.at(8)?,
        prev_hash: row.at(9)?,
        hash: row.at(10)?,
        by_account: row.at::<Option<i64>>(11)?.is_some(),
    })
}

/// The condition that the viewer may see an entry, at the moment the page shows.
pub fn seen_by(viewer: &Viewer, sql: &mut Sql) {
    let (zone, paths) = reach(viewer);
    if sees_zone(zone, &paths) {
        sql.push("(zone_id = ").bind(viewer.zone_id());
        sql.push(" OR (zone_id IS NULL AND (user_id IN (");
        people_of_zone(viewer.zone_id(), zone, sql);
        sql.push(") OR (object_kind = 'user' AND object_id IN (SELECT CAST(person AS TEXT) FROM (");
        people_of_zone(viewer.zone_id(), zone, sql);
        sql.push(") AS people)) OR (user_id IS NULL AND object_kind <> 'user'))))");
    } else {
        sql.push("user_id IN (");
        people_of_parts(&paths, sql);
        sql.push(")");
    }
    if let AsOf::At(moment) = viewer.reading() {
        sql.push(" AND recorded_at <= ").bind(moment.0);
    }
}

/// The condition's inner question for the people that the viewer may know: of the whole zone, or of the
/// parts that are audited.
pub fn people(viewer: &Viewer, sql: &mut Sql) {
    let (zone, paths) = reach(viewer);
    if sees_zone(zone, &paths) {
        people_of_zone(viewer.zone_id(), zone, sql);
    } else {
        people_of_parts(&paths, sql);
    }
}

/// The path of the zone shown, and the paths that the viewer audits in it.
fn reach(viewer: &Viewer) -> (&str, Vec<&str>) {
    let zone = viewer.zone.as_ref().map_or("", |zone| zone.path.as_str());
    let paths = viewer
        .grants
        .iter()
        .filter(|grant| grant.zone_id == viewer.zone_id() && grant.role.may(Permission::SeeAudit))
        .filter_map(|grant| grant.path.as_deref())
        .collect();
    (zone, paths)
}

fn sees_zone(zone: &str, paths: &[&str]) -> bool {
    !zone.is_empty() && paths.contains(&zone)
}

/// Whoever holds or held a role in the zone, over an enterprise of it, or over the installation.
fn people_of_zone(zone_id: i64, path: &str, sql: &mut Sql) {
    sql.push(
        "SELECT g.user_id AS person FROM grants g LEFT JOIN organisations o ON o.id = g.organisation_id \
         LEFT JOIN subjects s ON s.id = g.subject_id WHERE s.zone_id = ",
    );
    sql.bind(zone_id);
    sql.push(" OR (g.organisation_id IS NULL AND g.subject_id IS NULL) OR ");
    under(path, "o.path", sql);
}

/// Whoever holds or held a role in one of these parts of the tree, or over an enterprise in it.
fn people_of_parts(paths: &[&str], sql: &mut Sql) {
    sql.push(
        "SELECT g.user_id FROM grants g LEFT JOIN organisations o ON o.id = g.organisation_id \
         LEFT JOIN subjects s ON s.id = g.subject_id WHERE 1 = 0",
    );
    for path in paths {
        for column in ["o.path", "s.path"] {
            sql.push(" OR ");
            under(path, column, sql);
        }
    }
}

fn under(path: &str, column: &str, sql: &mut Sql) {
    let length = i32::try_from(path.len()).unwrap_or(i32::MAX);
    sql.push(&format!("SUBSTR({column}, 1, {length}) = "))
        .bind(path);
}

fn narrow(filter: &Filter, sql: &mut Sql) {
    if !filter.who.trim().is_empty() {
        sql.push(" AND LOWER(actor) LIKE ")
            .bind(containing(filter.who.trim()));
        sql.push(" ESCAPE '!'");
    }
    let action = filter.action.trim();
    if !action.is_empty() {
        let mut beyond = action.to_owned();
        beyond.push(char::MAX);
        sql.push(" AND action >= ").bind(action);
        sql.push(" AND action < ").bind(beyond);
    }
    for (column, value) in [("object_kind", &filter.kind), ("object_id", &filter.object)] {
        if !value.trim().is_empty() {
            sql.push(&format!(" AND {column} = ")).bind(value.trim());
        }
    }
    if let Some(moment) = filter.first_day().and_then(beginning_of) {
        sql.push(" AND recorded_at >= ").bind(moment.0);
    }
    let after = filter
        .last_day()
        .and_then(|day| day.checked_add_days(Days::new(1)));
    if let Some(moment) = after.and_then(beginning_of) {
        sql.push(" AND recorded_at < ").bind(moment.0);
    }
}

/// A pattern for text that contains this, whatever signs stand in it.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for sign in text.to_lowercase().chars() {
        if matches!(sign, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(sign);
    }
    pattern.push('%');
    pattern
}

fn beginning_of(day: NaiveDate) -> Option<Timestamp> {
    let midnight = day
        .and_time(NaiveTime::MIN)
        .and_local_timezone(clock::zone())
        .single()?;
    Some(Timestamp::from(midnight.to_utc()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_patterns_are_looked_for_as_they_are() {
        assert_eq!(containing("Li_50%!"), "%li!_50!%!!%");
    }

    #[test]
    fn a_day_begins_at_midnight_in_shanghai() {
        let day = NaiveDate::from_ymd_opt(2024, 3, 1).unwrap();
        let moment = beginning_of(day).and_then(Timestamp::to_datetime).unwrap();
        assert_eq!(moment.to_rfc3339(), "2024-02-29T16:00:00+00:00");
    }
}
