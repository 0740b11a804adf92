//! How a sheet was understood, in the words of a page: columns, first rows, what was refused and why.

use std::collections::HashMap;

use domain::money::{Currency, Money};
use domain::{SubjectKind, Value, ValueType};
use exchange::LedgerKind;
use exchange::ledger::{Column, LedgerRead, Record, SheetRead, Slot};
use exchange::vocabulary::Vocabulary;
use rust_decimal::Decimal;

use crate::shell::figure;
use crate::words::Lang;

use super::new::language;

/// Rows of a sheet that the page shows.
pub const ROWS_SHOWN: usize = 8;
/// Refused cells of a sheet that the page lists; the returned workbook has all.
const REFUSED_SHOWN: usize = 50;

/// Units that can be chosen for a column.
pub const UNITS: [&str; 16] = [
    "元",
    "万元",
    "亿元",
    "美元",
    "万美元",
    "欧元",
    "%",
    "‰",
    "个",
    "家",
    "人",
    "平方米",
    "万平方米",
    "亩",
    "公顷",
    "项",
];

/// A sheet on the page.
pub struct SheetView {
    /// Its place in the file.
    pub at: usize,
    /// Its name; empty for a text table.
    pub name: String,
    /// Rows of its header as the spreadsheet numbers them; empty without a table.
    pub header_rows: String,
    /// First and last row of its body.
    pub body_rows: String,
    /// The unit line's unit.
    pub unit: String,
    /// Who sends it in, as its lines say.
    pub sender: String,
    /// The ledger's own year and month.
    pub time: String,
    /// How many rows can go in.
    pub accepted: usize,
    /// How many rows cannot.
    pub refused_rows: usize,
    /// Its columns.
    pub columns: Vec<ColumnView>,
    /// Headers over the first rows.
    pub heads: Vec<String>,
    /// The first rows as they were understood.
    pub rows: Vec<RowView>,
    /// Cells that were refused, the first ones.
    pub refused: Vec<SaidOfCell>,
    /// How many more there are.
    pub refused_more: usize,
    /// Totals against the sums of their rows.
    pub totals: Vec<TotalView>,
    /// What refuses nothing and is worth knowing.
    pub notes: Vec<SaidOfCell>,
    /// Rows that hold no record.
    pub skipped: usize,
}

/// A column on the page.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one condition of the template"
)]
pub struct ColumnView {
    /// Its letters.
    pub letters: String,
    /// Its place among the columns of the file, for the fields of the form: two tables below one another
    /// have columns of the same letters.
    pub key: String,
    /// Its header.
    pub header: String,
    /// The variable it was given; empty where none was found.
    pub variable: String,
    /// The period it is about.
    pub period: String,
    /// The unit of its numbers.
    pub unit: String,
    /// Whether its unit is one of those offered.
    pub unit_listed: bool,
    /// Whether a unit can be chosen for it.
    pub takes_unit: bool,
    /// Whether it only numbers the rows.
    pub numbering: bool,
    /// Whether its variable is none of the vocabulary, but its own header.
    pub is_own: bool,
}

impl SheetView {
    /// Whether a total is not the sum of its rows.
    pub fn disagrees(&self) -> bool {
        self.totals.iter().any(|total| !total.agrees)
    }
}

/// A row on the page.
pub struct RowView {
    /// Its number in the spreadsheet.
    pub number: u32,
    /// Its values under the heads.
    pub values: Vec<String>,
}

/// Something said of a cell.
pub struct SaidOfCell {
    /// The cell; empty for the whole sheet.
    pub cell: String,
    /// Its variable, in words.
    pub variable: String,
    /// What.
    pub words: String,
}

/// A total on the page.
pub struct TotalView {
    /// Its cell.
    pub cell: String,
    /// What is summed, in words.
    pub variable: String,
    /// What it says.
    pub stated: String,
    /// What its rows come to.
    pub summed: String,
    /// Whether they agree.
    pub agrees: bool,
}

/// Labels of variables in a language.
pub struct Labels(HashMap<String, String>);

impl Labels {
    /// The labels of a vocabulary.
    pub fn of(vocabulary: &Vocabulary, lang: Lang) -> Self {
        let label = |variable: &exchange::vocabulary::Variable| {
            (
                variable.name.clone(),
                lang.pick(&variable.label_zh, &variable.label_en).to_owned(),
            )
        };
        Self(vocabulary.variables.iter().map(label).collect())
    }

    /// Whether a variable is of the vocabulary.
    pub fn knows(&self, variable: &str) -> bool {
        self.0.contains_key(variable)
    }

    /// The label of a variable; a period behind its name is kept.
    pub fn label(&self, key: &str) -> String {
        let (name, period) = key
            .split_once('@')
            .map_or((key, ""), |(name, period)| (name, period));
        let words = self.0.get(name).map_or(name, String::as_str);
        if period.is_empty() {
            words.to_owned()
        } else {
            format!("{words} {period}")
        }
    }
}

/// The sheets of a file in the words of a page; `first` are their first records.
pub fn views(
    read: &LedgerRead,
    first: &[Vec<Record>],
    labels: &Labels,
    lang: Lang,
) -> Vec<SheetView> {
    let nothing = Vec::new();
    let kind = match read.kind {
        LedgerKind::Projects => SubjectKind::Project,
        LedgerKind::Enterprises => SubjectKind::Enterprise,
        LedgerKind::Facts => super::facts::kind_unknown(),
    };
    let sheets = read.sheets.iter().enumerate();
    sheets
        .map(|(at, sheet)| {
            let words = Words {
                sheet,
                kind: &kind,
                labels,
                lang,
            };
            words.view(at, first.get(at).unwrap_or(&nothing))
        })
        .collect()
}

/// What a sheet is put into words with.
struct Words<'a> {
    sheet: &'a SheetRead,
    kind: &'a SubjectKind,
    labels: &'a Labels,
    lang: Lang,
}

impl Words<'_> {
    fn view(&self, at: usize, first: &[Record]) -> SheetView {
        let (sheet, labels) = (self.sheet, self.labels);
        let span = |span: Option<(u32, u32)>| match span {
            Some((from, until)) if from == until => (from + 1).to_string(),
            Some((from, until)) => format!("{}–{}", from + 1, until + 1),
            None => String::new(),
        };
        let refused = sheet.refused.iter().take(REFUSED_SHOWN);
        let unit = sheet.unit.as_ref().map(|unit| unit.words.clone());
        SheetView {
            at,
            name: sheet.name.clone(),
            header_rows: span(sheet.header),
            body_rows: span(sheet.body),
            unit: unit.unwrap_or_default(),
            sender: sheet.sender.clone().unwrap_or_default(),
            time: sheet.time.period().map_or_else(String::new, |period| {
                figure::period_words(&period, self.lang)
            }),
            accepted: sheet.accepted_rows,
            refused_rows: sheet.refused_rows,
            columns: (0..sheet.columns.len())
                .map(|place| self.column(place))
                .collect(),
            heads: sheet
                .slots
                .iter()
                .map(|slot| labels.label(&slot.key))
                .collect(),
            rows: first
                .iter()
                .take(ROWS_SHOWN)
                .map(|record| self.row(record))
                .collect(),
            refused: refused
                .map(|refusal| SaidOfCell {
                    cell: refusal.cell.to_string(),
                    variable: labels.label(&refusal.variable),
                    words: refusal.reason.text(language(self.lang)),
                })
                .collect(),
            refused_more: sheet.refused.len().saturating_sub(REFUSED_SHOWN),
            totals: self.totals(),
            notes: sheet
                .notes
                .iter()
                .map(|note| SaidOfCell {
                    cell: note.cell.map(|cell| cell.to_string()).unwrap_or_default(),
                    variable: String::new(),
                    words: note.reason.text(language(self.lang)),
                })
                .collect(),
            skipped: sheet.skipped.len(),
        }
    }

    fn totals(&self) -> Vec<TotalView> {
        let totals = self.sheet.totals.iter();
        totals
            .map(|total| TotalView {
                cell: total.cell.to_string(),
                variable: self.labels.label(&total.variable),
                stated: self.total(&total.variable, &total.stated),
                summed: self.total(&total.variable, &total.summed),
                agrees: total.agrees,
            })
            .collect()
    }

    /// A total in the unit of its column.
    fn total(&self, key: &str, number: &str) -> String {
        let slots = &self.sheet.slots;
        let known = slots.iter().position(|slot| slot.key == key);
        let (Some(place), Ok(number)) = (known, number.parse::<Decimal>()) else {
            return number.to_owned();
        };
        let of_slot = |column: &&Column| column.slots.iter().any(|slot| *slot as usize == place);
        let column = self.sheet.columns.iter().find(of_slot);
        let value = match slots[place].value_type {
            ValueType::Money => {
                let currency = Currency::from_code(column.map_or("CNY", Column::currency));
                let amount = Money::from_decimal(number, currency.unwrap_or_else(Currency::cny));
                amount.map_or(Value::Number(number), Value::Money)
            }
            _ => Value::Number(number),
        };
        self.value(&slots[place], &value, "", None)
    }

    fn value(&self, slot: &Slot, value: &Value, qualifier: &str, unit: Option<&str>) -> String {
        let unit = unit.or(slot.unit.as_deref()).unwrap_or_default();
        let shown = figure::shown(self.kind, &slot.variable, Some(value), unit, self.lang);
        figure::in_a_line(qualifier, &shown)
    }

    fn row(&self, record: &Record) -> RowView {
        let slots = &self.sheet.slots;
        let mut values = vec![String::new(); slots.len()];
        for entry in &record.entries {
            let place = entry.slot as usize;
            if let Some(slot) = slots.get(place) {
                let unit = entry.unit.as_deref();
                values[place] = self.value(slot, &entry.value, &entry.qualifier, unit);
            }
        }
        RowView {
            number: record.row + 1,
            values,
        }
    }

    fn column(&self, place: usize) -> ColumnView {
        let (sheet, labels) = (self.sheet, self.labels);
        let column = &sheet.columns[place];
        let slot = column
            .slots
            .first()
            .and_then(|slot| sheet.slots.get(*slot as usize));
        let takes_unit = slot.is_some_and(|slot| {
            matches!(
                slot.value_type,
                ValueType::Money | ValueType::Number | ValueType::Ratio | ValueType::Integer
            )
        });
        ColumnView {
            letters: column.letters(),
            key: self.key(place),
            header: column.header.clone(),
            variable: slot
                .filter(|_| column.mapped)
                .map(|slot| slot.variable.clone())
                .unwrap_or_default(),
            period: slot
                .and_then(|slot| slot.period.as_ref())
                .map(|period| figure::period_words(period, self.lang))
                .unwrap_or_default(),
            unit: column
                .unit
                .as_ref()
                .map(|unit| unit.words.clone())
                .unwrap_or_default(),
            unit_listed: column
                .unit
                .as_ref()
                .is_none_or(|unit| UNITS.contains(&unit.words.as_str())),
            takes_unit: takes_unit || column.unit.is_some(),
            is_own: column.mapped && slot.is_some_and(|slot| !labels.knows(&slot.variable)),
            numbering: column.numbering,
        }
    }

    /// The letters of a column; with its place where a column above has the same.
    fn key(&self, place: usize) -> String {
        let (above, column) = (&self.sheet.columns[..place], &self.sheet.columns[place]);
        let letters = column.letters();
        if above.iter().any(|other| other.column == column.column) {
            format!("{letters}-{place}")
        } else {
            letters
        }
    }
}
