//! How a sheet was understood, in the words of a page: columns, first rows, what was refused and why.

use std::collections::HashMap;

use exchange::ledger::{LedgerRead, Record, SheetRead};
use exchange::vocabulary::Vocabulary;

use crate::shell::{display, figure};
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
    read.sheets
        .iter()
        .enumerate()
        .map(|(at, sheet)| view(at, sheet, first.get(at).unwrap_or(&nothing), labels, lang))
        .collect()
}

fn view(at: usize, sheet: &SheetRead, first: &[Record], labels: &Labels, lang: Lang) -> SheetView {
    let span = |span: Option<(u32, u32)>| match span {
        Some((from, until)) if from == until => (from + 1).to_string(),
        Some((from, until)) => format!("{}–{}", from + 1, until + 1),
        None => String::new(),
    };
    let shown: Vec<usize> = (0..sheet.slots.len()).collect();
    let refused = sheet
        .refused
        .iter()
        .take(REFUSED_SHOWN)
        .map(|refusal| SaidOfCell {
            cell: refusal.cell.to_string(),
            variable: labels.label(&refusal.variable),
            words: refusal.reason.text(language(lang)),
        });
    SheetView {
        at,
        name: sheet.name.clone(),
        header_rows: span(sheet.header),
        body_rows: span(sheet.body),
        unit: sheet
            .unit
            .as_ref()
            .map(|unit| unit.words.clone())
            .unwrap_or_default(),
        time: match (sheet.time.year, sheet.time.month) {
            (Some(year), Some(month)) => format!("{year}-{month:02}"),
            (Some(year), None) => year.to_string(),
            _ => String::new(),
        },
        accepted: sheet.accepted_rows,
        refused_rows: sheet.refused_rows,
        columns: sheet
            .columns
            .iter()
            .map(|column| column_view(sheet, column, labels))
            .collect(),
        heads: shown
            .iter()
            .map(|at| labels.label(&sheet.slots[*at].key))
            .collect(),
        rows: first
            .iter()
            .take(ROWS_SHOWN)
            .map(|record| row_view(record, &shown))
            .collect(),
        refused: refused.collect(),
        refused_more: sheet.refused.len().saturating_sub(REFUSED_SHOWN),
        totals: sheet
            .totals
            .iter()
            .map(|total| TotalView {
                cell: total.cell.to_string(),
                variable: labels.label(&total.variable),
                stated: total.stated.clone(),
                summed: total.summed.clone(),
                agrees: total.agrees,
            })
            .collect(),
        notes: sheet
            .notes
            .iter()
            .map(|note| SaidOfCell {
                cell: note.cell.map(|cell| cell.to_string()).unwrap_or_default(),
                variable: String::new(),
                words: note.reason.text(language(lang)),
            })
            .collect(),
        skipped: sheet.skipped.len(),
    }
}

fn column_view(
    sheet: &SheetRead,
    column: &exchange::ledger::Column,
    labels: &Labels,
) -> ColumnView {
    let slot = column
        .slots
        .first()
        .and_then(|slot| sheet.slots.get(*slot as usize));
    let takes_unit = slot.is_some_and(|slot| {
        use domain::ValueType as T;
        matches!(
            slot.value_type,
            T::Money | T::Number | T::Ratio | T::Integer
        )
    });
    ColumnView {
        letters: column.letters(),
        header: column.header.clone(),
        variable: slot
            .filter(|_| column.mapped)
            .map(|slot| slot.variable.clone())
            .unwrap_or_default(),
        period: slot
            .and_then(|slot| slot.period.as_ref())
            .map(ToString::to_string)
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

fn row_view(record: &Record, shown: &[usize]) -> RowView {
    let mut values = vec![String::new(); shown.len()];
    for entry in &record.entries {
        let words = match &entry.value {
            domain::Value::Money(money) if money.currency.is_cny() => {
                format!("{} 万元", display::wan(money.fen))
            }
            domain::Value::Money(money) => format!("{money} {}", money.currency.code()),
            domain::Value::Ratio(ratio) => display::percent(*ratio),
            other => other.to_string(),
        };
        if let Some(place) = values.get_mut(entry.slot as usize) {
            *place = figure::qualified(&entry.qualifier, &words);
        }
    }
    RowView {
        number: record.row + 1,
        values,
    }
}
