//! The report of an import, in the form of the contract. Its words are always Chinese.

use domain::source::column_letters;
use domain::{CellAddress, Value};
use serde_json::{Map, Value as Json, json};

use super::{Column, LedgerRead, Record, SheetRead};
use crate::reason::Language;
use crate::vocabulary::LedgerKind;

/// What becomes of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Rows that went in, or in a dry run would.
    pub accepted: usize,
    /// Rows that were refused.
    pub refused: usize,
    /// Rows that are in the ledger already, word for word.
    pub unchanged: usize,
    /// Rows that stand in place of others.
    pub superseded: usize,
}

/// The report of a file.
pub fn report(read: &LedgerRead, counts: Counts) -> Json {
    json!({
        "file": read.file,
        "sha256": read.sha256,
        "as": kind_name(read.kind),
        "accepted": counts.accepted,
        "refused": counts.refused,
        "unchanged": counts.unchanged,
        "superseded": counts.superseded,
        "sheets": read.sheets.iter().map(sheet).collect::<Vec<_>>(),
    })
}

/// The word of `--as` for a ledger.
pub fn kind_name(kind: LedgerKind) -> &'static str {
    match kind {
        LedgerKind::Projects => "projects",
        LedgerKind::Enterprises => "enterprises",
        LedgerKind::Facts => "facts",
    }
}

fn sheet(read: &SheetRead) -> Json {
    let header_rows: Vec<u32> = read
        .header
        .map_or_else(Vec::new, |(first, last)| (first + 1..=last + 1).collect());
    let rows: Vec<u32> = read
        .body
        .map_or_else(Vec::new, |(first, last)| vec![first + 1, last + 1]);
    json!({
        "name": read.name,
        "header_rows": header_rows,
        "rows": rows,
        "unit": read.unit.as_ref().map(|unit| unit.words.clone()),
        "columns": read.columns.iter().flat_map(|c| column(c, read)).collect::<Vec<_>>(),
        "unmapped": read
            .columns
            .iter()
            .filter(|column| !column.mapped && !column.numbering)
            .map(Column::letters)
            .collect::<Vec<_>>(),
        "records": read.records.iter().map(|r| record(r, read)).collect::<Vec<_>>(),
        "refused": read.refused.iter().map(|refusal| json!({
            "row": refusal.cell.row_number(),
            "cell": refusal.cell.to_string(),
            "variable": refusal.variable,
            "message": refusal.reason.text(Language::Chinese),
        })).collect::<Vec<_>>(),
        "totals": read.totals.iter().map(|total| json!({
            "row": total.cell.row_number(),
            "cell": total.cell.to_string(),
            "variable": total.variable,
            "stated": total.stated,
            "summed": total.summed,
            "agrees": total.agrees,
        })).collect::<Vec<_>>(),
        "skipped": read
            .skipped
            .iter()
            .map(|skipped| json!({"row": skipped.row + 1, "why": skipped.why}))
            .collect::<Vec<_>>(),
        "notes": read.notes.iter().map(|note| json!({
            "row": note.cell.map(CellAddress::row_number),
            "cell": note.cell.map(|cell| cell.to_string()),
            "message": note.reason.text(Language::Chinese),
        })).collect::<Vec<_>>(),
    })
}

fn column(column: &Column, read: &SheetRead) -> Vec<Json> {
    let slots = column.slots.iter().filter(|_| column.mapped);
    slots
        .map(|slot| {
            let slot = &read.slots[*slot as usize];
            json!({
                "column": column_letters(u32::from(column.column)),
                "header": column.header,
                "variable": slot.variable,
                "unit": column.unit.as_ref().map(|unit| unit.words.clone()),
                "period": slot.period.as_ref().map(ToString::to_string),
            })
        })
        .collect()
}

/// One record: its values and qualifiers by variable.
pub fn record(record: &Record, read: &SheetRead) -> Json {
    let (mut values, mut qualifiers) = (Map::new(), Map::new());
    for entry in &record.entries {
        let key = &read.slots[entry.slot as usize].key;
        values.insert(key.clone(), value(&entry.value));
        if !entry.qualifier.is_empty() {
            qualifiers.insert(key.clone(), Json::String(entry.qualifier.clone()));
        }
    }
    json!({"row": record.row + 1, "values": values, "qualifiers": qualifiers})
}

/// A value as the report and the interface for programs write it.
pub fn value(value: &Value) -> Json {
    match value {
        Value::Money(money) if !money.currency.is_cny() => {
            json!({"value": money.to_string(), "currency": money.currency.code()})
        }
        other => Json::String(other.to_string()),
    }
}
