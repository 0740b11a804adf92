//! OpenDocument spreadsheets: settings of the content part, then its tables.

use std::collections::HashSet;
use std::io::{BufReader, Read};

use quick_xml::events::Event;

use super::ReadError;
use super::ods_table::read_table;
use super::package::Package;
use super::xml::{attribute, damaged, raw_attribute, reader};
use crate::grid::{FileFormat, Strings, Workbook};
use crate::number_format::{DateParts, NumberFormat};

/// Formats that cells of this kind of file point to, in the order of [`Workbook::formats`].
pub const FORMATS: [NumberFormat; 5] = [
    NumberFormat::General,
    NumberFormat::Percent,
    NumberFormat::Date(DateParts {
        year: true,
        month: true,
        day: true,
    }),
    NumberFormat::Time,
    NumberFormat::Decimals(2),
];

/// The most filled cells that repeated rows and columns of a file may add to those that are written.
const REPEATS_MAX: usize = 1_000_000;

/// Reads the content part.
pub fn read(package: &mut Package<'_>) -> Result<Workbook, ReadError> {
    if is_encrypted(package)? {
        return Err(ReadError::Encrypted);
    }
    let stream = package
        .stream("content.xml")?
        .ok_or(ReadError::UnknownKind)?;
    let mut xml = reader(BufReader::with_capacity(64 * 1024, stream));
    let mut buffer = Vec::new();
    let mut workbook = Workbook {
        format: FileFormat::Ods,
        sheets: Vec::new(),
        strings: Strings::default(),
        formats: FORMATS.to_vec(),
        epoch_1904: false,
    };
    let mut style = String::new();
    let mut repeats_left = REPEATS_MAX;
    let mut hidden_styles = HashSet::new();
    let mut spreadsheet = false;
    loop {
        match xml.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Start(element) | Event::Empty(element) => match element.name().as_ref() {
                b"style:style" => style = attribute(&element, b"name").unwrap_or_default(),
                b"style:table-properties"
                    if raw_attribute(&element, b"display").as_deref() == Some(b"false") =>
                {
                    hidden_styles.insert(style.clone());
                }
                b"office:spreadsheet" => spreadsheet = true,
                b"table:table" => {
                    let name = attribute(&element, b"name").unwrap_or_default();
                    let hidden = attribute(&element, b"style-name")
                        .is_some_and(|style| hidden_styles.contains(&style));
                    let mut sheet =
                        read_table(&mut xml, &name, &mut workbook.strings, &mut repeats_left)?;
                    sheet.name = name;
                    sheet.hidden = hidden;
                    workbook.sheets.push(sheet);
                }
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
        buffer.clear();
    }
    if spreadsheet {
        Ok(workbook)
    } else {
        Err(ReadError::UnknownKind)
    }
}

fn is_encrypted(package: &mut Package<'_>) -> Result<bool, ReadError> {
    let Some(mut manifest) = package.stream("META-INF/manifest.xml")? else {
        return Ok(false);
    };
    let mut text = Vec::new();
    manifest.read_to_end(&mut text).map_err(damaged)?;
    Ok(String::from_utf8_lossy(&text).contains("encryption-data"))
}
