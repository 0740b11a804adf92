//! Reads the sheets of a workbook row by row as one ledger.

use domain::{CellAddress, Uscc, Value, ValueType};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use super::columns::{Column, Columns, Slot, columns_of, identity_names};
use super::facts::Shape;
use super::mapping::Mapping;
use super::record::{Entry, Note, Record, Refusal, Skipped};
use super::totals::Totals;
use super::{LedgerRead, SheetRead};
use crate::grid::{SheetRow, Workbook};
use crate::open::{ReadError, read_workbook};
use crate::reason::Reason;
use crate::table::rows::{RowContext, RowKind, kind_of, last_row_of_body, numbers_columns};
use crate::table::{Layout, View, find};
use crate::value::fold::one_line;
use crate::value::{Reading, read_cell, stated_decimal};
use crate::vocabulary::{LedgerKind, Vocabulary};

/// How a file is to be read.
#[derive(Debug, Clone)]
pub struct Options {
    /// The variables that columns may hold, and by them the kind of ledger.
    pub vocabulary: Vocabulary,
    /// The park of rows that name none.
    pub park: Option<String>,
    /// What was chosen for this sender's headers.
    pub mapping: Mapping,
}

impl Options {
    /// The built-in vocabulary of a ledger, nothing chosen.
    pub fn new(kind: LedgerKind) -> Self {
        Self {
            vocabulary: Vocabulary::built_in(kind),
            park: None,
            mapping: Mapping::default(),
        }
    }
}

/// Reads a file with all its records.
///
/// # Errors
/// [`ReadError`], when the file as a whole cannot be read.
pub fn read_ledger(
    bytes: &[u8],
    file_name: &str,
    options: &Options,
) -> Result<LedgerRead, ReadError> {
    let book = read_workbook(bytes)?;
    let mut records: Vec<Vec<Record>> = book.sheets.iter().map(|_| Vec::new()).collect();
    let mut sheets = each_record(&book, options, &mut |sheet, _, record| {
        records[sheet].push(record)
    });
    for (sheet, records) in sheets.iter_mut().zip(records) {
        sheet.records = records;
    }
    Ok(LedgerRead {
        file: file_name.to_owned(),
        sha256: hex::encode(Sha256::digest(bytes)),
        kind: options.vocabulary.kind,
        sheets,
    })
}

/// Hands on every record as it is read, with the number of its sheet and the slots that its entries point
/// to; gives all else that is to be said of the sheets. Memory stays that of the workbook.
pub fn each_record(
    book: &Workbook,
    options: &Options,
    sink: &mut dyn FnMut(usize, &[Slot], Record),
) -> Vec<SheetRead> {
    let sheets = book.sheets.iter().enumerate();
    sheets
        .map(|(place, sheet)| {
            let view = View::new(book, sheet);
            let mut read = SheetRead {
                name: sheet.name.clone(),
                ..SheetRead::default()
            };
            if sheet.hidden {
                read.notes.push(Note {
                    cell: None,
                    reason: Reason::HiddenSheet,
                });
            }
            if let Some(layout) = find(&view, &options.vocabulary) {
                read_table(&view, &layout, options, &mut read, &mut |slots, record| {
                    sink(place, slots, record);
                });
            }
            read
        })
        .collect()
}

fn read_table(
    view: &View<'_>,
    layout: &Layout,
    options: &Options,
    read: &mut SheetRead,
    sink: &mut dyn FnMut(&[Slot], Record),
) {
    let kind = options.vocabulary.kind;
    let mut columns = columns_of(view, layout, &options.vocabulary, options);
    let shape = Shape::of(view, layout, kind, &mut columns);
    let identity = identity_of(kind, &shape, &columns);
    if identity.is_empty() && kind != LedgerKind::Facts {
        if columns
            .columns
            .iter()
            .filter(|column| column.mapped)
            .count()
            > 2
        {
            read.notes.push(Note {
                cell: None,
                reason: Reason::NoIdentityColumn,
            });
        }
        return;
    }
    let park = options
        .park
        .as_deref()
        .map(|park| park_slot(&mut columns, park));
    read.header = Some(layout.header);
    read.unit.clone_from(&layout.lines.unit);
    read.time = layout.lines.time;
    hidden_columns(view, &columns, read);
    read.notes.append(&mut columns.notes);
    let context = row_context(view, layout, &columns, identity);
    let mut reader = TableReader {
        view,
        kind,
        shape,
        columns: &columns,
        context,
        park,
        read,
        totals: Totals::default(),
        units_missed: Vec::new(),
        first_body_row: None,
        last_body_row: 0,
    };
    reader.rows(layout.header.1, sink);
    reader.finish();
    read.columns = columns.columns;
    read.slots = columns.slots;
}

fn identity_of(kind: LedgerKind, shape: &Shape, columns: &Columns) -> Vec<u16> {
    if let Some(subject) = shape.subject_column() {
        return vec![subject];
    }
    let names = identity_names(kind);
    let is_identity = |column: &&Column| {
        column.mapped
            && column
                .slots
                .iter()
                .any(|slot| names.contains(&columns.slots[*slot as usize].variable.as_str()))
    };
    columns
        .columns
        .iter()
        .filter(is_identity)
        .map(|column| column.column)
        .collect()
}

/// The park given beside the file: the slot of the park column, or one of its own.
fn park_slot(columns: &mut Columns, park: &str) -> (u32, String) {
    let known = columns.slots.iter().position(|slot| slot.key == "park");
    let place = known.unwrap_or_else(|| {
        columns.slots.push(Slot {
            key: "park".to_owned(),
            variable: "park".to_owned(),
            period: None,
            value_type: ValueType::Text,
        });
        columns.slots.len() - 1
    });
    (u32::try_from(place).unwrap_or(0), park.to_owned())
}

fn hidden_columns(view: &View<'_>, columns: &Columns, read: &mut SheetRead) {
    for column in &columns.columns {
        if view.sheet.column_hidden(column.column) {
            let cell = Some(column.header_cell());
            read.notes.push(Note {
                cell,
                reason: Reason::HiddenColumn,
            });
        }
    }
}

fn row_context(
    view: &View<'_>,
    layout: &Layout,
    columns: &Columns,
    identity: Vec<u16>,
) -> RowContext {
    let figures = columns.columns.iter().filter(|column| {
        matches!(
            column.rule.value_type,
            ValueType::Money | ValueType::Integer | ValueType::Number | ValueType::Ratio
        )
    });
    let header_rows = view
        .sheet
        .rows
        .iter()
        .filter(|row| (layout.header.0..=layout.header.1).contains(&row.row));
    let mut context = RowContext {
        numbering: columns
            .columns
            .iter()
            .find(|c| c.numbering)
            .map(|c| c.column),
        identity,
        figures: figures.map(|column| column.column).collect(),
        header: header_rows
            .map(|row| {
                view.own_cells(row)
                    .map(|c| (c.column, one_line(&view.words_of(c))))
                    .collect()
            })
            .collect(),
        titles: layout.lines.titles.clone(),
        last_column: columns.columns.last().map_or(0, |column| column.column),
        last_row: u32::MAX,
    };
    context.last_row = last_row_of_body(view, layout.header.1 + 1, &context);
    context
}

struct TableReader<'a, 'b> {
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

impl TableReader<'_, '_> {
    fn rows(&mut self, header_row: u32, sink: &mut dyn FnMut(&[Slot], Record)) {
        let rows = &self.view.sheet.rows;
        let start = rows.partition_point(|row| row.row <= header_row);
        for (place, row) in rows[start..].iter().enumerate() {
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
                        sink(&self.columns.slots, record);
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
        let mut entries: Vec<Entry> = Vec::with_capacity(self.columns.columns.len());
        let mut faults: Vec<Refusal> = Vec::new();
        let mut unit_missing = false;
        let cells = self.view.sheet.cells_of(row);
        let mut next = 0;
        for column in &self.columns.columns {
            while next < cells.len() && cells[next].column < column.column {
                next += 1;
            }
            if column.numbering {
                continue;
            }
            let own = cells.get(next).filter(|cell| cell.column == column.column);
            let (cell, own) = match own {
                Some(cell) => (cell, true),
                None if self.view.has_merges(column.column) => {
                    let Some(seen) = self.view.seen(row.row, column.column) else {
                        continue;
                    };
                    // Across columns a merged cell belongs to the first one alone.
                    if seen
                        .merge
                        .is_some_and(|merge| merge.first_column != column.column)
                    {
                        continue;
                    }
                    (seen.cell, false)
                }
                None => continue,
            };
            let address = CellAddress {
                row: row.row,
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
                    if own && column.mapped {
                        self.totals.add(slot, &value, column.currency());
                    }
                    entries.push(Entry {
                        slot,
                        value,
                        qualifier,
                        unit,
                        cell: Some(address),
                    });
                }
                Reading::Span(from, until) => {
                    for (slot, read) in column.slots.iter().zip([from, until]) {
                        let (value, qualifier) = (Value::Date(read.date), read.qualifier);
                        let cell = Some(address);
                        entries.push(Entry {
                            slot: *slot,
                            value,
                            qualifier,
                            unit: None,
                            cell,
                        });
                    }
                }
                Reading::UnitMissing => {
                    unit_missing = true;
                    self.miss_unit(column);
                }
                Reading::Fault(reason) => {
                    let variable = self.columns.slots[column.slots[0] as usize].key.clone();
                    faults.push(Refusal {
                        cell: address,
                        variable,
                        reason,
                    });
                }
            }
        }
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
        let names = identity_names(self.kind);
        let variable_of = |slot: u32| self.columns.slots[slot as usize].variable.as_str();
        let named = entries
            .iter()
            .any(|entry| names.contains(&variable_of(entry.slot)) && entry.value != Value::Absent);
        let faulty = faults
            .iter()
            .any(|fault| names.contains(&fault.variable.as_str()));
        if !named && !faulty {
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
                variable: names[0].to_owned(),
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
        self.read.totals = checks;
        self.read.notes.extend(notes);
        self.read.body = self.first_body_row.map(|first| (first, self.last_body_row));
        self.read
            .refused
            .sort_by_key(|refusal| (refusal.cell.row, refusal.cell.column));
        let order = |cell: Option<CellAddress>| cell.map(|cell| (cell.row, cell.column));
        self.read.notes.sort_by_key(|note| order(note.cell));
    }
}
