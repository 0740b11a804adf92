//! INPUT of `screen`, `explain` and `rulebook gaps`: a table with a row a subject, from xlsx, csv or
//! Parquet.

use std::path::{Path, PathBuf};

use domain::{CellAddress, SubjectKind};
use engine::Rulebook;
use engine::judge::FactKey;
use engine::run::Input;
use engine::subjects::{Subjects, text_table};
use exchange::grid::{Cell, Content, Sheet, Workbook};
use miette::{IntoDiagnostic, WrapErr, miette};

use crate::words::Lang;

/// Names under which the column of identities may stand: rows above it are a title.
const SUBJECT_COLUMNS: [&str; 3] = ["subject_id", "uscc", "统一社会信用代码"];

/// Rows in which the headers are looked for.
const HEADER_ROWS_MAX: usize = 20;

/// A table of subjects, and where its cells stand in the file.
pub struct SubjectTable {
    path: PathBuf,
    /// Where it is, as the engine takes it.
    pub input: Input,
    /// Of a sheet: its name, the row number of each subject and the column of each header, from zero.
    places: Option<Places>,
}

struct Places {
    sheet: String,
    rows: Vec<u32>,
    columns: Vec<u16>,
}

impl SubjectTable {
    /// Opens a table; what kind of file it is, its first bytes say.
    pub fn open(path: &Path, lang: Lang) -> miette::Result<Self> {
        let named = || format!("{}", path.display());
        if path.is_dir() || is_parquet(path)? {
            let input = Input::Parquet(path.to_owned());
            return Ok(Self {
                path: path.to_owned(),
                input,
                places: None,
            });
        }
        let bytes = std::fs::read(path).into_diagnostic().wrap_err_with(named)?;
        let book = exchange::read_workbook(&bytes)
            .into_diagnostic()
            .wrap_err_with(named)?;
        let sheet = book
            .sheets
            .iter()
            .find(|sheet| !sheet.hidden && !sheet.rows.is_empty())
            .ok_or_else(|| miette!("{}", lang.with("rulebook-input-empty", path.display())))?;
        let read = read_sheet(&book, sheet);
        let table = text_table(&read.headers, read.cells)
            .into_diagnostic()
            .wrap_err_with(named)?;
        let places = Places {
            sheet: sheet.name.clone(),
            rows: read.rows,
            columns: read.columns,
        };
        Ok(Self {
            path: path.to_owned(),
            input: Input::Table(table),
            places: Some(places),
        })
    }

    /// All subjects with their facts.
    pub fn subjects(&self, rulebook: &Rulebook, kind: &SubjectKind) -> miette::Result<Subjects> {
        let named = || format!("{}", self.path.display());
        match &self.input {
            Input::Table(table) => Subjects::of_table(rulebook, kind, table)
                .into_diagnostic()
                .wrap_err_with(named),
            Input::Parquet(path) => Subjects::of_parquet(rulebook, kind, path)
                .into_diagnostic()
                .wrap_err_with(named),
        }
    }

    /// Where the cell of a fact of a subject stands, in words.
    pub fn source(&self, subjects: &Subjects, row: usize, key: &FactKey) -> Option<String> {
        let (column, name) = subjects.column_of(key)?;
        let file = self.path.file_name()?.to_string_lossy();
        let Some(places) = &self.places else {
            return Some(format!("{file} {name} {}", row + 1));
        };
        let cell = CellAddress {
            row: *places.rows.get(row)?,
            column: u32::from(*places.columns.get(column)?),
        };
        Some(if places.sheet.is_empty() {
            format!("{file} {cell}")
        } else {
            format!("{file} {}!{cell}", places.sheet)
        })
    }
}

fn is_parquet(path: &Path) -> miette::Result<bool> {
    use std::io::Read as _;
    let mut file = std::fs::File::open(path)
        .into_diagnostic()
        .wrap_err_with(|| format!("{}", path.display()))?;
    let mut magic = [0; 4];
    Ok(file.read_exact(&mut magic).is_ok() && &magic == b"PAR1")
}

struct ReadSheet {
    headers: Vec<String>,
    cells: Vec<Vec<Option<String>>>,
    rows: Vec<u32>,
    columns: Vec<u16>,
}

/// The table of a sheet: the headers stand in the first row that names the identities.
fn read_sheet(book: &Workbook, sheet: &Sheet) -> ReadSheet {
    let text = |cell: &Cell| cell_text(book, cell);
    let is_header = |row: &exchange::grid::SheetRow| {
        sheet
            .cells_of(row)
            .iter()
            .any(|cell| text(cell).is_some_and(|text| SUBJECT_COLUMNS.contains(&text.trim())))
    };
    let at = sheet
        .rows
        .iter()
        .take(HEADER_ROWS_MAX)
        .position(is_header)
        .unwrap_or(0);
    let mut read = ReadSheet {
        headers: Vec::new(),
        cells: Vec::new(),
        rows: Vec::new(),
        columns: Vec::new(),
    };
    let Some(header) = sheet.rows.get(at) else {
        return read;
    };
    for cell in sheet.cells_of(header) {
        if let Some(name) = text(cell).filter(|name| !name.trim().is_empty()) {
            read.headers.push(name.trim().to_owned());
            read.columns.push(cell.column);
            read.cells.push(Vec::new());
        }
    }
    for row in &sheet.rows[at + 1..] {
        let cells = sheet.cells_of(row);
        let values: Vec<Option<String>> = read
            .columns
            .iter()
            .map(|column| {
                let cell = cells.iter().find(|cell| cell.column == *column)?;
                text(cell).filter(|text| !text.trim().is_empty())
            })
            .collect();
        // A row with nothing under the headers is no subject.
        if values.iter().all(Option::is_none) {
            continue;
        }
        read.rows.push(row.row);
        for (column, value) in read.cells.iter_mut().zip(values) {
            column.push(value);
        }
    }
    read
}

/// What a cell says, as a text table would write it; an error of the spreadsheet is its sign.
fn cell_text(book: &Workbook, cell: &Cell) -> Option<String> {
    match cell.content() {
        Content::Text(id) | Content::Error(id) => Some(book.strings.get(id).to_owned()),
        Content::Bool(value) => Some(value.to_string()),
        Content::NoCachedValue => None,
        Content::Number(number) => {
            let format = book.formats.get(usize::from(cell.format)).copied();
            match format.and_then(|format| format.date(number, book.epoch_1904)) {
                Some(exchange::number_format::ShownDate::Full(_)) => {
                    exchange::number_format::day_of_serial(number, book.epoch_1904)
                        .map(|day| day.format("%Y-%m-%d").to_string())
                }
                _ => Some(number.to_decimal().normalize().to_string()),
            }
        }
    }
}
