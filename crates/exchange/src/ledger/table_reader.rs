//! Walks over the rows of one table and makes records of them.

use domain::{CellAddress, Uscc, Value};
use rust_decimal::Decimal;

use super::SheetRead;
use super::columns::{Column, Columns};
use super::facts::Shape;
use super::record::{Entry, Note, Record, Refusal, Skipped};
use super::totals::Totals;
use crate::grid::{Cell, SheetRow};
use crate::reason::Reason;
use crate::table::View;
use crate::table::rows::{RowContext, RowKind, kind_of, numbers_columns};
use crate::value::{Reading, read_cell, stated_decimal};
use crate::vocabulary::LedgerKind;

/// What a row says.
struct RowParts {
    entries: Vec<Entry>,
    faults: Vec<Refusal>,
    unit_missing: bool,
}

/// Reads one table.
pub struct TableReader<'a, 'b> {
    view: &'a View<'a>,
    kind: LedgerKind,
    shape: Shape,
    columns: &'a Columns,
    context: RowContext,
    park: Option<(u32, String)>,
    read: &'b mut SheetRead,
    totals: Totals,
    /// Columns whose missing unit was said already.
    units_missed: Vec<u16>,
    first_body_row: Option<u32>,
    last_body_row: u32,
}

impl<'a, 'b> TableReader<'a, 'b> {
    /// A reader that puts what it finds into `read`.
    pub fn new(
        view: &'a View<'a>,
        (kind, shape): (LedgerKind, Shape),
        columns: &'a Columns,
        context: RowContext,
        park: Option<(u32, String)>,
        read: &'b mut SheetRead,
    ) -> Self {
        Self {
            view,
            kind,
            shape,
            columns,
            context,
            park,
            read,
            totals: Totals::default(),
            units_missed: Vec::new(),
            first_body_row: None,
            last_body_row: 0,
        }
    }
}

impl TableReader<'_, '_> {
    /// Reads all rows of the body, and checks the totals.
    pub fn read(mut self, body: &[SheetRow], sink: &mut dyn FnMut(Record)) {
        self.rows(body, sink);
        self.finish();
    }

    fn rows(&mut self, body: &[SheetRow], sink: &mut dyn FnMut(Record)) {
        for (place, row) in body.iter().enumerate() {
            if place == 0 && numbers_columns(self.view, row) {
                self.skip(row.row, "column_numbers");
                continue;
            }
            match kind_of(self.view, row, &self.context) {
                RowKind::Blank => continue,
                RowKind::Skipped(why) => {
                    self.skip(row.row, why);
                    continue;
                }
                RowKind::Total(word) => {
                    let stated = self.stated(row);
                    self.totals.total(word, stated);
                }
                RowKind::Heading(level) => {
                    let stated = self.stated(row);
                    self.totals.heading(level, stated);
                    self.skip(row.row, "section");
                }
                RowKind::Record => {
                    if let Some(record) = self.record(row) {
                        sink(record);
                    }
                }
            }
            if row.hidden {
                let column = self
                    .view
                    .own_cells(row)
                    .next()
                    .map_or(0, |cell| cell.column);
                self.note(
                    CellAddress {
                        row: row.row,
                        column: u32::from(column),
                    },
                    Reason::HiddenRow,
                );
            }
            self.first_body_row.get_or_insert(row.row);
            self.last_body_row = row.row;
        }
    }

    fn skip(&mut self, row: u32, why: &'static str) {
        self.read.skipped.push(Skipped { row, why });
    }

    fn note(&mut self, cell: CellAddress, reason: Reason) {
        self.read.notes.push(Note {
            cell: Some(cell),
            reason,
        });
    }

    /// The numbers of a total's row.
    fn stated(&mut self, row: &SheetRow) -> Vec<(u32, CellAddress, Decimal)> {
        let mut stated = Vec::new();
        for column in &self.columns.columns {
            let Some(slot) = column.slots.first().filter(|_| column.mapped) else {
                continue;
            };
            let Some(cell) = self.view.sheet.cell(row.row, column.column) else {
                continue;
            };
            let reading = read_cell(cell, self.view.book, &column.rule);
            let address = CellAddress {
                row: row.row,
                column: u32::from(column.column),
            };
            if let Some(number) = stated_decimal(&reading) {
                stated.push((*slot, address, number));
            } else if let Reading::Fault(reason @ (Reason::NoCachedValue | Reason::CellError(_))) =
                reading
            {
                self.read.notes.push(Note {
                    cell: Some(address),
                    reason,
                });
            }
        }
        stated
    }

    /// Reads a row; `None` if it is refused or says nothing.
    fn record(&mut self, row: &SheetRow) -> Option<Record> {
        let mut parts = RowParts {
            entries: Vec::with_capacity(self.columns.columns.len()),
            faults: Vec::new(),
            unit_missing: false,
        };
        self.read_cells(row, &mut parts);
        let RowParts {
            mut entries,
            mut faults,
            unit_missing,
        } = parts;
        if entries.is_empty() && faults.is_empty() && !unit_missing {
            return None;
        }
        if self.shape.leaves_value_open(&entries, &faults) {
            self.skip(row.row, "no_value");
            return None;
        }
        self.totals.count_row();
        self.complete(row.row, &mut entries, &mut faults);
        if faults.is_empty() && !unit_missing {
            self.read.accepted_rows += 1;
            return Some(Record {
                row: row.row,
                entries,
            });
        }
        self.read.refused_rows += 1;
        self.read.refused_row_numbers.push(row.row);
        self.read.refused.append(&mut faults);
        None
    }

    fn read_cells(&mut self, row: &SheetRow, parts: &mut RowParts) {
        let (view, columns) = (self.view, self.columns);
        let cells = view.sheet.cells_of(row);
        let mut next = 0;
        for column in &columns.columns {
            while next < cells.len() && cells[next].column < column.column {
                next += 1;
            }
            if column.numbering {
                continue;
            }
            if let Some(cell) = cells.get(next).filter(|cell| cell.column == column.column) {
                self.read_one(row.row, column, cell, true, parts);
            } else if view.has_merges(column.column)
                && let Some(seen) = view.seen(row.row, column.column)
                // Across columns a merged cell belongs to the first one alone.
                && seen.merge.is_none_or(|merge| merge.first_column == column.column)
            {
                self.read_one(row.row, column, seen.cell, false, parts);
            }
        }
    }

    /// Reads a cell into the parts of its row; `own` if it stands in the row itself.
    fn read_one(
        &mut self,
        row: u32,
        column: &Column,
        cell: &Cell,
        own: bool,
        parts: &mut RowParts,
    ) {
        let address = CellAddress {
            row,
            column: u32::from(column.column),
        };
        match read_cell(cell, self.view.book, &column.rule) {
            Reading::Nothing => {}
            Reading::Value {
                value,
                qualifier,
                unit,
            } => {
                let slot = column.slots[0];
                // A merged amount counts once, in the row where it stands.
                if own && column.mapped {
                    self.totals.add(slot, &value, column.currency());
                }
                parts.entries.push(Entry {
                    slot,
                    value,
                    qualifier,
                    unit,
                    cell: Some(address),
                });
            }
            Reading::Span(from, until) => {
                for (slot, read) in column.slots.iter().zip([from, until]) {
                    parts.entries.push(Entry {
                        slot: *slot,
                        value: Value::Date(read.date),
                        qualifier: read.qualifier,
                        unit: None,
                        cell: Some(address),
                    });
                }
            }
            Reading::UnitMissing => {
                parts.unit_missing = true;
                self.miss_unit(column);
            }
            Reading::Fault(reason) => {
                let variable = self.columns.slots[column.slots[0] as usize].key.clone();
                parts.faults.push(Refusal {
                    cell: address,
                    variable,
                    reason,
                });
            }
        }
    }

    fn miss_unit(&mut self, column: &Column) {
        if self.units_missed.contains(&column.column) {
            return;
        }
        self.units_missed.push(column.column);
        let variable = self.columns.slots[column.slots[0] as usize].key.clone();
        let cell = column.header_cell();
        self.read.refused.push(Refusal {
            cell,
            variable,
            reason: Reason::MissingUnit,
        });
    }

    /// What a row needs beside its cells: somebody it is about, a park, one meaning of a fact.
    fn complete(&mut self, row: u32, entries: &mut Vec<Entry>, faults: &mut Vec<Refusal>) {
        if let Some((slot, park)) = &self.park
            && !entries.iter().any(|entry| entry.slot == *slot)
        {
            let value = Value::Text(park.clone());
            let entry = Entry {
                slot: *slot,
                value,
                qualifier: String::new(),
                unit: None,
                cell: None,
            };
            entries.push(entry);
        }
        if self.kind == LedgerKind::Facts {
            self.shape.complete(row, entries, faults, self.columns);
            return;
        }
        let identity = self.kind.identity();
        let variable_of = |slot: u32| self.columns.slots[slot as usize].variable.as_str();
        let says_who = entries.iter().any(|entry| {
            identity.contains(&variable_of(entry.slot)) && entry.value != Value::Absent
        });
        let misread = faults
            .iter()
            .any(|fault| identity.contains(&fault.variable.as_str()));
        if !says_who && !misread {
            let column = self.context.identity.first().copied().unwrap_or_default();
            let label = if self.kind == LedgerKind::Projects {
                "项目名称"
            } else {
                "企业名称或统一社会信用代码"
            };
            faults.push(Refusal {
                cell: CellAddress {
                    row,
                    column: u32::from(column),
                },
                variable: identity[0].to_owned(),
                reason: Reason::MissingIdentity(label.to_owned()),
            });
        }
        for entry in entries.iter() {
            if let (Value::Code(code), Some(cell)) = (&entry.value, entry.cell)
                && variable_of(entry.slot).ends_with("uscc")
                && code
                    .parse::<Uscc>()
                    .is_ok_and(|code| !code.inner_check_holds())
            {
                self.read.notes.push(Note {
                    cell: Some(cell),
                    reason: Reason::InnerCheck(code.clone()),
                });
            }
        }
    }

    fn finish(self) {
        let (checks, notes) = self.totals.check(&self.columns.slots);
        self.read.totals.extend(checks);
        self.read.notes.extend(notes);
        if let Some(first) = self.first_body_row {
            // A table below another one ends the body of the sheet further down.
            let first = self.read.body.map_or(first, |(above, _)| above);
            self.read.body = Some((first, self.last_body_row));
        }
    }
}
