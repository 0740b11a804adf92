//! Files as they come: other formats, other encodings, other people's tables.

use exchange::{LedgerKind, read_text_table};
use insta::assert_snapshot;

use crate::outline::{outline, read};

#[test]
fn the_same_ledger_reads_the_same_from_every_format() {
    let of = |bytes: &[u8]| {
        let sheet = read(bytes, LedgerKind::Projects).sheets.remove(0);
        (
            sheet.header,
            sheet.body,
            sheet.records,
            sheet.refused,
            sheet.skipped,
        )
    };
    let xlsx = of(include_bytes!("../data/messy.xlsx"));
    assert_eq!(of(include_bytes!("../data/messy.ods")), xlsx);
    assert_eq!(of(include_bytes!("../data/messy.xls")), xlsx);
}

#[test]
fn formats_and_hidden_parts_of_an_old_workbook_are_seen() {
    let xls = outline(&read(
        include_bytes!("../data/formats.xls"),
        LedgerKind::Projects,
    ));
    let ods = outline(&read(
        include_bytes!("../data/formats.ods"),
        LedgerKind::Projects,
    ));
    assert_eq!(xls, ods);
    assert_snapshot!("formats_xls", xls);
}

#[test]
fn a_text_file_in_gbk_is_read() {
    let bytes = include_bytes!("../data/gbk.csv");
    assert_snapshot!("gbk", outline(&read(bytes, LedgerKind::Projects)));
}

#[test]
fn yearbook_tables_have_headers_of_several_storeys() {
    let bytes = include_bytes!("../data/yearbook-migration.xlsx");
    let mut read = read(bytes, LedgerKind::Facts);
    read.sheets.truncate(2);
    assert_snapshot!("yearbook", outline(&read));
}

#[test]
fn years_in_headers_are_periods() {
    let mut read = read(
        include_bytes!("../data/national-gdp.xls"),
        LedgerKind::Facts,
    );
    read.sheets[0].records.truncate(2);
    assert_snapshot!("national_gdp", outline(&read));
}

#[test]
fn tables_of_other_countries_are_read_as_facts() {
    let nyc = read(include_bytes!("../data/nyc.csv"), LedgerKind::Facts);
    assert_eq!((nyc.accepted_rows(), nyc.refused_rows()), (24, 0));
    let gmpp = read(include_bytes!("../data/gmpp.csv"), LedgerKind::Facts);
    assert_eq!((gmpp.accepted_rows(), gmpp.refused_rows()), (8, 0));
}

#[test]
fn a_plain_table_keeps_its_texts() {
    let table = read_text_table(include_bytes!("../data/nyc.csv")).unwrap();
    assert_eq!(table.columns[1], "PID");
    assert_eq!(table.rows[0].cells[12].as_deref(), Some("-4318643.37"));
}
