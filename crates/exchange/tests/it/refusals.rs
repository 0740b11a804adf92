//! Files that cannot be read, each with its own reason.

use std::io::{Cursor, Write};

use exchange::{LedgerKind, Options, ReadError, read_ledger};
use zip::write::SimpleFileOptions;

use crate::outline::C::T;
use crate::outline::book;

fn refusal(bytes: &[u8]) -> ReadError {
    read_ledger(bytes, "ledger", &Options::new(LedgerKind::Projects)).unwrap_err()
}

#[test]
fn a_file_without_bytes_is_empty() {
    assert_eq!(refusal(b""), ReadError::Empty);
}

#[test]
fn a_password_is_said_to_be_one() {
    assert_eq!(
        refusal(include_bytes!("../data/encrypted.xlsx")),
        ReadError::Encrypted
    );
}

#[test]
fn a_damaged_workbook_is_said_to_be_damaged() {
    let mut bytes = book("项目", &[vec![T("项目名称"), T("总投资")]], &[]);
    let name = b"xl/worksheets/sheet1.xml";
    let sheet = bytes
        .windows(name.len())
        .position(|window| window == name)
        .unwrap()
        + name.len();
    bytes[sheet + 20..sheet + 60].fill(0);
    assert!(matches!(refusal(&bytes), ReadError::Damaged(_)));
    assert!(matches!(refusal(&bytes[..sheet]), ReadError::Damaged(_)));
}

#[test]
fn a_picture_is_no_ledger() {
    assert_eq!(
        refusal(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ReadError::UnknownKind
    );
}

#[test]
fn a_document_under_the_name_of_a_table_is_no_ledger() {
    for text in ["%PDF-1.7\n1 0 obj", "\n<html><table><tr><td>项目名称"] {
        assert_eq!(refusal(text.as_bytes()), ReadError::UnknownKind, "{text}");
    }
}

#[test]
fn a_package_that_swells_is_refused_before_it_is_unpacked() {
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    package
        .start_file("xl/workbook.xml", SimpleFileOptions::default())
        .unwrap();
    package.write_all(&[0; 4096]).unwrap();
    let mut bytes = package.finish().unwrap().into_inner();
    let directory = bytes
        .windows(4)
        .position(|window| window == b"PK\x01\x02")
        .unwrap();
    let size = directory + 24..directory + 28;
    bytes[size.clone()].copy_from_slice(&(257_u32 * 1024 * 1024).to_le_bytes());
    assert_eq!(refusal(&bytes), ReadError::TooLarge);
    // A directory that says less than there is fills no memory either.
    bytes[size].copy_from_slice(&16_u32.to_le_bytes());
    assert!(matches!(refusal(&bytes), ReadError::Damaged(_)));
}

#[test]
fn more_rows_than_a_spreadsheet_has_are_refused() {
    let text = "a\n".repeat(1_048_577);
    assert_eq!(
        refusal(text.as_bytes()),
        ReadError::TooManyRows {
            sheet: String::new()
        }
    );
}

#[test]
fn more_columns_than_a_spreadsheet_has_are_refused() {
    let text = "a,".repeat(16_385);
    assert_eq!(
        refusal(text.as_bytes()),
        ReadError::TooManyColumns {
            sheet: String::new()
        }
    );
}

#[test]
fn a_part_that_would_be_read_many_times_is_refused() {
    let sheet = "<sheet name=\"s\" sheetId=\"1\" r:id=\"r1\"/>";
    let workbook = |sheets: usize| {
        format!(
            "<workbook><sheets>{}</sheets></workbook>",
            sheet.repeat(sheets)
        )
    };
    let read = |sheets: usize| {
        let parts = [
            (
                "_rels/.rels",
                "<Relationships><Relationship Id=\"r1\" Type=\"x/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
                    .to_owned(),
            ),
            ("xl/workbook.xml", workbook(sheets)),
            (
                "xl/_rels/workbook.xml.rels",
                "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
                    .to_owned(),
            ),
            (
                "xl/worksheets/sheet1.xml",
                "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>".to_owned(),
            ),
        ];
        let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            package
                .start_file(name, SimpleFileOptions::default())
                .unwrap();
            package.write_all(text.as_bytes()).unwrap();
        }
        exchange::read_workbook(&package.finish().unwrap().into_inner())
    };
    assert_eq!(read(1).unwrap().sheets.len(), 1);
    assert!(matches!(read(2), Err(ReadError::Damaged(_))));
}
