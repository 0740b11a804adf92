//! The filtered entries as a workbook.

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::{Value, ValueType};
use exchange::write::table::{Table, TableColumn, write_table};
use ledger::Action;
use serde_json::json;

use super::entries::action_words;
use super::filter::Filter;
use super::names::Names;
use super::store::{self, Entry};
use crate::app::App;
use crate::clock;
use crate::shell::{PageError, Viewer};
use crate::words::Lang;

/// Most rows of an export: as many as a sheet holds, less its header and some room.
const ROWS_MAX: i64 = 1_000_000;

/// Media type of an xlsx workbook.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `GET /audit/export`.
pub async fn download(
    State(app): State<App>,
    viewer: Viewer,
    Query(filter): Query<Filter>,
) -> Result<Response, PageError> {
    if let Some(fault) = filter.fault(viewer.lang) {
        return Err(PageError::BadRequest(fault));
    }
    let entries = store::entries(&app, &viewer, &filter, ROWS_MAX).await?;
    let names = Names::of(&app, &viewer, &entries).await?;
    let count = entries.len();
    let lang = viewer.lang;
    let bytes = tokio::task::spawn_blocking(move || write_table(&table(entries, &names, lang)))
        .await
        .map_err(|error| PageError::internal(&error))?
        .map_err(|error| PageError::internal(&error))?;
    let detail = json!({"rows": count, "filter": filter.address("", None)});
    let action = Action::new("export.audit", "audit", "")
        .in_zone(viewer.zone_id())
        .with(detail);
    app.ledger.note(&viewer.stamp(), action).await?;
    let name = format!(
        "attachment; filename=\"audit-{}.xlsx\"",
        clock::day_of(viewer.now)
    );
    let headers = [
        (header::CONTENT_TYPE, XLSX.to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, bytes).into_response())
}

fn table(entries: Vec<Entry>, names: &Names, lang: Lang) -> Table {
    let column = |key: &str, kind: ValueType, width: f64| {
        let mut column = TableColumn::new(lang.find(key).unwrap_or_default(), kind);
        column.width = Some(width);
        column
    };
    Table {
        name: lang.t("nav-audit"),
        columns: vec![
            column("audit-number", ValueType::Integer, 10.0),
            column("audit-moment", ValueType::Text, 26.0),
            column("audit-filter-who", ValueType::Text, 16.0),
            column("audit-filter-action", ValueType::Text, 20.0),
            column("audit-action-id", ValueType::Text, 20.0),
            column("audit-object", ValueType::Text, 40.0),
            column("audit-object-id", ValueType::Text, 24.0),
            column("audit-facts", ValueType::Integer, 12.0),
            column("audit-detail", ValueType::Text, 48.0),
            column("audit-hash", ValueType::Text, 68.0),
        ],
        rows: entries
            .into_iter()
            .map(|entry| cells(entry, names, lang))
            .collect(),
    }
}

fn cells(entry: Entry, names: &Names, lang: Lang) -> Vec<Option<Value>> {
    let text = |words: String| (!words.is_empty()).then_some(Value::Text(words));
    let moment = entry.recorded_at.map(|moment| {
        let local = moment.with_timezone(&clock::zone());
        Value::Text(local.to_rfc3339_opts(chrono::SecondsFormat::Micros, false))
    });
    let thing = names.thing(&entry, lang).to_string();
    vec![
        Some(Value::Integer(entry.id)),
        moment,
        text(entry.actor),
        text(action_words(&entry.action, lang)),
        text(entry.action),
        text(thing),
        text(format!("{} {}", entry.object_kind, entry.object_id)),
        Some(Value::Integer(entry.facts)),
        text(entry.detail),
        text(entry.hash),
    ]
}
