//! Writes the cells of any workbook into a new xlsx, with refused rows coloured and their reasons as notes.

use std::collections::HashMap;

use rust_xlsxwriter::{Color, Format, Note, Workbook, Worksheet, XlsxError};

use super::{Marks, ReturnError};
use crate::grid::{Cell, Content, Sheet, Workbook as Read};
use crate::number_format::{DateParts, NumberFormat};
use crate::open::read_workbook;
use crate::write::table::{WriteError, free_name};

/// The same cells as xlsx.
pub fn rebuild(bytes: &[u8], marks: &[Marks]) -> Result<Vec<u8>, ReturnError> {
    let book = read_workbook(bytes)?;
    Ok(write(&book, marks).map_err(WriteError::from)?)
}

fn write(book: &Read, marks: &[Marks]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let mut names = Vec::new();
    for (sheet, marks) in book.sheets.iter().zip(marks) {
        let worksheet = workbook.add_worksheet();
        worksheet.set_name(free_name(&sheet.name, 0, &mut names))?;
        worksheet.set_hidden(sheet.hidden);
        let mut writer = Writer {
            book,
            worksheet,
            formats: HashMap::new(),
        };
        writer.sheet(sheet, marks)?;
    }
    // A workbook needs a sheet that is seen.
    if book.sheets.iter().all(|sheet| sheet.hidden)
        && let Ok(first) = workbook.worksheet_from_index(0)
    {
        first.set_hidden(false);
    }
    workbook.save_to_buffer()
}

struct Writer<'a> {
    book: &'a Read,
    worksheet: &'a mut Worksheet,
    formats: HashMap<(u16, bool), Format>,
}

impl Writer<'_> {
    fn sheet(&mut self, sheet: &Sheet, marks: &Marks) -> Result<(), XlsxError> {
        for merge in &sheet.merges {
            let wide = merge.last_column > merge.first_column || merge.last_row > merge.first_row;
            if wide {
                let format = Format::new();
                // Ranges of a damaged file may overlap; the cells are written all the same.
                let _ = self.worksheet.merge_range(
                    merge.first_row,
                    merge.first_column,
                    merge.last_row,
                    merge.last_column,
                    "",
                    &format,
                );
            }
        }
        for row in &sheet.rows {
            let marked = marks.rows.binary_search(&row.row).is_ok();
            if marked {
                let blank = self.format(0, true);
                for column in marks.columns.0..=marks.columns.1 {
                    self.worksheet.write_blank(row.row, column, &blank)?;
                }
            }
            for cell in sheet.cells_of(row) {
                self.cell(row.row, cell, marked)?;
            }
            if row.hidden {
                self.worksheet.set_row_hidden(row.row)?;
            }
        }
        for (first, last) in &sheet.hidden_columns {
            for column in *first..=(*last).min(first.saturating_add(255)) {
                self.worksheet.set_column_hidden(column)?;
            }
        }
        for ((row, column), text) in &marks.comments {
            let note = Note::new(text.as_str()).set_author("管家").set_width(240);
            let column = u16::try_from(*column).unwrap_or(u16::MAX);
            self.worksheet.insert_note(*row, column, &note)?;
        }
        Ok(())
    }

    fn cell(&mut self, row: u32, cell: &Cell, marked: bool) -> Result<(), XlsxError> {
        let format = self.format(cell.format, marked);
        let column = cell.column;
        let words = |id| self.book.strings.get(id);
        match cell.content() {
            Content::Number(number) => match number.to_string().parse::<f64>() {
                Ok(float) => self
                    .worksheet
                    .write_number_with_format(row, column, float, &format)?,
                Err(_) => self.worksheet.write_string_with_format(
                    row,
                    column,
                    number.to_string(),
                    &format,
                )?,
            },
            Content::Text(id) | Content::Error(id) => {
                self.worksheet
                    .write_string_with_format(row, column, words(id), &format)?
            }
            Content::Bool(flag) => self
                .worksheet
                .write_boolean_with_format(row, column, flag, &format)?,
            Content::NoCachedValue => self.worksheet.write_blank(row, column, &format)?,
        };
        Ok(())
    }

    fn format(&mut self, number: u16, marked: bool) -> Format {
        let shown = self.book.formats.get(usize::from(number)).copied();
        self.formats
            .entry((number, marked))
            .or_insert_with(|| {
                let format =
                    Format::new().set_num_format(code(shown.unwrap_or(NumberFormat::General)));
                if marked {
                    format.set_background_color(Color::RGB(0x00FF_D9D9))
                } else {
                    format
                }
            })
            .clone()
    }
}

fn code(format: NumberFormat) -> String {
    match format {
        NumberFormat::General => "General".to_owned(),
        NumberFormat::Decimals(0) => "0".to_owned(),
        NumberFormat::Decimals(count) => format!("0.{}", "0".repeat(usize::from(count.min(15)))),
        NumberFormat::Percent => "0.00%".to_owned(),
        NumberFormat::Date(DateParts {
            year: true,
            month: true,
            day: false,
        }) => "yyyy\"年\"m\"月\"".to_owned(),
        NumberFormat::Date(DateParts {
            year: true,
            month: false,
            ..
        }) => "yyyy".to_owned(),
        NumberFormat::Date(DateParts { year: false, .. }) => "m\"月\"d\"日\"".to_owned(),
        NumberFormat::Date(_) => "yyyy-mm-dd".to_owned(),
        NumberFormat::Time => "hh:mm:ss".to_owned(),
        NumberFormat::Text => "@".to_owned(),
        NumberFormat::Currency(currency) => format!("[${currency}] #,##0.00"),
    }
}
