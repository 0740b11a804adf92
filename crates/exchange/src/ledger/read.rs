//! Reads the sheets of a workbook row by row as one ledger.

use domain::{CellAddress, ValueType};
use sha2::{Digest, Sha256};

use super::columns::{Above, Column, Columns, Slot, columns_of};
use super::facts::Shape;
use super::mapping::Mapping;
use super::record::{Record, Skipped};
use super::table_reader::TableReader;
use super::{LedgerRead, SheetRead};
use crate::grid::Workbook;
use crate::open::{ReadError, read_workbook};
use crate::reason::Reason;
use crate::table::rows::{RowContext, last_row_of_body, section_level};
use crate::table::{Layout, View, find, lies_on_its_side};
use crate::value::fold::one_line;
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
        records[sheet].push(record);
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
                read.note(None, Reason::HiddenSheet);
            }
            read_sheet(&view, options, &mut read, &mut |slots, record| {
                sink(place, slots, record);
            });
            read
        })
        .collect()
}

/// A table that is about somebody, ready to be read.
struct Table {
    layout: Layout,
    shape: Shape,
    columns: Columns,
    context: RowContext,
    park: Option<(u32, String)>,
}

fn read_sheet(
    view: &View<'_>,
    options: &Options,
    read: &mut SheetRead,
    sink: &mut dyn FnMut(&[Slot], Record),
) {
    let kind = options.vocabulary.kind;
    if kind != LedgerKind::Facts && lies_on_its_side(view, &options.vocabulary) {
        read.note(None, Reason::LiesOnItsSide);
        return;
    }
    let mut tables: Vec<Table> = Vec::new();
    for layout in find(view, &options.vocabulary) {
        let above = Above {
            slots: tables
                .last()
                .map_or_else(Vec::new, |table| table.columns.slots.clone()),
            time: tables.first().map(|table| table.layout.lines.time),
        };
        match table_of(view, layout, options, above) {
            Ok(table) => tables.push(table),
            Err(left) => leave(view, &left, tables.is_empty(), read),
        }
    }
    // Records of every table point into the slots of all of them.
    let slots = tables
        .last()
        .map_or_else(Vec::new, |table| table.columns.slots.clone());
    for (place, table) in tables.into_iter().enumerate() {
        let Table {
            layout,
            shape,
            mut columns,
            context,
            park,
        } = table;
        if place == 0 {
            read.header = Some(layout.header);
            read.unit.clone_from(&layout.lines.unit);
            read.sender.clone_from(&layout.lines.sender);
            read.time = layout.lines.time;
        } else {
            skip_top(view, &layout, read);
        }
        hidden_columns(view, &columns, read);
        read.notes.append(&mut columns.notes);
        TableReader::new(view, (kind, shape), &columns, context, park, read).read(
            &view.sheet.rows[layout.body],
            &mut |record| {
                sink(&slots, record);
            },
        );
        read.columns.append(&mut columns.columns);
    }
    read.slots = slots;
    read.in_order();
}

/// A table that is not read, with whether its headers mean something.
struct Left {
    layout: Layout,
    says_something: bool,
}

/// Makes a table of a layout; its slots follow those of the tables above it.
fn table_of(
    view: &View<'_>,
    layout: Layout,
    options: &Options,
    above: Above,
) -> Result<Table, Box<Left>> {
    const MAPPED_MIN: usize = 3;
    let kind = options.vocabulary.kind;
    let mut columns = columns_of(view, &layout, &options.vocabulary, options, above);
    let shape = Shape::of(view, &layout, kind, &mut columns);
    let identity = identity_of(kind, &shape, &columns);
    if identity.is_empty() && kind != LedgerKind::Facts {
        let mapped = columns.columns.iter().filter(|column| column.mapped);
        let says_something = mapped.count() >= MAPPED_MIN;
        return Err(Box::new(Left {
            layout,
            says_something,
        }));
    }
    let explains = match kind {
        LedgerKind::Projects => is_explanation(&columns),
        LedgerKind::Enterprises => false,
        // Any table of words could be one of facts; by its name a cover is none.
        LedgerKind::Facts => shape.is_wide() && names_no_ledger(&view.sheet.name),
    };
    if explains {
        return Err(Box::new(Left {
            layout,
            says_something: false,
        }));
    }
    let park = options
        .park
        .as_deref()
        .map(|park| park_slot(&mut columns, park));
    let context = row_context(view, &layout, &columns, identity);
    Ok(Table {
        layout,
        shape,
        columns,
        context,
        park,
    })
}

/// Says that a table was left unread, and of one below another which rows those were.
fn leave(view: &View<'_>, left: &Left, is_first: bool, read: &mut SheetRead) {
    let rows = &view.sheet.rows;
    if is_first {
        if left.says_something {
            read.note(None, Reason::NoIdentityColumn);
        }
        return;
    }
    skip_top(view, &left.layout, read);
    let first = rows[left.layout.body.start - 1];
    let column = view.own_cells(&first).next().map_or(0, |cell| cell.column);
    let cell = CellAddress {
        row: first.row,
        column: u32::from(column),
    };
    read.note(Some(cell), Reason::NoIdentityColumn);
    for row in &rows[left.layout.body.clone()] {
        read.skipped.push(Skipped {
            row: row.row,
            why: "other_table",
        });
    }
}

/// The lines and the header of a table below another one.
fn skip_top(view: &View<'_>, layout: &Layout, read: &mut SheetRead) {
    for row in &view.sheet.rows[layout.top.clone()] {
        let is_header = (layout.header.0..=layout.header.1).contains(&row.row);
        read.skipped.push(Skipped {
            row: row.row,
            why: if is_header { "header" } else { "title" },
        });
    }
}

fn names_no_ledger(sheet: &str) -> bool {
    ["说明", "封面", "目录", "须知", "Notes", "README"]
        .iter()
        .any(|word| sheet.contains(word))
}

/// `项目 | 说明` over a few lines explains a form; a ledger says more of its projects.
fn is_explanation(columns: &Columns) -> bool {
    const COLUMNS_MAX: usize = 3;
    const WORDS: [&str; 4] = ["name", "remarks", "content", "category"];
    let named = columns
        .columns
        .iter()
        .any(|c| c.header == "项目" || c.header == "名称");
    let only_words = columns
        .columns
        .iter()
        .filter(|column| column.mapped)
        .all(|column| {
            column
                .slots
                .iter()
                .all(|slot| WORDS.contains(&columns.slots[*slot as usize].key.as_str()))
        });
    let several = (2..=COLUMNS_MAX).contains(&columns.columns.len());
    named && only_words && several
}

fn identity_of(kind: LedgerKind, shape: &Shape, columns: &Columns) -> Vec<u16> {
    if let Some(subject) = shape.subject_column() {
        return vec![subject];
    }
    let names = kind.identity();
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
            unit: None,
        });
        columns.slots.len() - 1
    });
    (u32::try_from(place).unwrap_or(0), park.to_owned())
}

fn hidden_columns(view: &View<'_>, columns: &Columns, read: &mut SheetRead) {
    for column in &columns.columns {
        if view.sheet.column_hidden(column.column) {
            read.note(Some(column.header_cell()), Reason::HiddenColumn);
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
        section_level: u8::MAX,
    };
    let body = &view.sheet.rows[layout.body.clone()];
    context.last_row = last_row_of_body(view, body, &context);
    let until = body.partition_point(|row| row.row <= context.last_row);
    context.section_level = section_level(view, &body[..until], &context);
    context
}
