//! The workbook that goes back: the same package, rows coloured, reasons at their cells.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use exchange::{LedgerKind, returned_workbook};

use crate::outline::{outline, read};

const MESSY: &[u8] = include_bytes!("../data/messy.xlsx");

fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut part = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            part.read_to_end(&mut content).unwrap();
            (part.name().to_owned(), content)
        })
        .collect()
}

#[test]
fn only_what_must_change_changes_in_the_package() {
    let back = returned_workbook(MESSY, &read(MESSY, LedgerKind::Projects)).unwrap();
    let (before, after) = (parts(MESSY), parts(&back));
    let changed: Vec<&str> = after
        .iter()
        .filter(|(name, content)| before.get(*name) != Some(content))
        .map(|(name, _)| name.as_str())
        .collect();
    let expected = [
        "[Content_Types].xml",
        "xl/comments/comment1.xml",
        "xl/drawings/commentsDrawing1.vml",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
    ];
    let may_change: Vec<&str> = changed
        .iter()
        .copied()
        .filter(|name| !expected.contains(name))
        .collect();
    assert!(may_change.is_empty(), "{changed:?}");
    assert!(before.keys().all(|name| after.contains_key(name)));
}

#[test]
fn reasons_stand_beside_the_comments_that_were_there() {
    let back = returned_workbook(MESSY, &read(MESSY, LedgerKind::Projects)).unwrap();
    let parts = parts(&back);
    let comments = parts.iter().find(|(name, _)| {
        name.contains("comment") && !name.contains("vml") && !name.contains("rels")
    });
    let text = String::from_utf8(comments.unwrap().1.clone()).unwrap();
    assert!(text.contains("原有批注"));
    for (cell, reason) in [
        ("F9", "“三百”不是数字"),
        ("I9", "“未开工”不是日期"),
        ("D14", "“二期”不是数字"),
    ] {
        let at = text
            .find(&format!("ref=\"{cell}\""))
            .unwrap_or_else(|| panic!("no comment at {cell}"));
        let end = at + text[at..].find("</comment>").unwrap();
        assert!(text[at..end].contains(reason), "{cell}: {}", &text[at..end]);
    }
}

#[test]
fn what_comes_back_reads_as_it_did() {
    for bytes in [
        MESSY,
        include_bytes!("../data/messy.xls"),
        include_bytes!("../data/messy.ods"),
    ] {
        let first = read(bytes, LedgerKind::Projects);
        let back = returned_workbook(bytes, &first).unwrap();
        let again = read(&back, LedgerKind::Projects);
        let records = |read: &exchange::LedgerRead| read.sheets[0].records.clone();
        assert_eq!(records(&again), records(&first));
        let cells = |read: &exchange::LedgerRead| {
            read.sheets[0]
                .refused
                .iter()
                .map(|refusal| refusal.cell)
                .collect::<Vec<_>>()
        };
        assert_eq!(cells(&again), cells(&first), "{}", outline(&again));
    }
}

#[test]
fn a_text_file_comes_back_as_a_workbook_with_the_same_cells() {
    let text = "项目名称,总投资（万元）,开工时间\n甲,三百,2024.1\n乙,2,5月底\n";
    let first = read(text.as_bytes(), LedgerKind::Projects);
    let back = returned_workbook(text.as_bytes(), &first).unwrap();
    let again = read(&back, LedgerKind::Projects);
    assert_eq!(again.sheets[0].refused, first.sheets[0].refused);
    let comments = parts(&back).remove("xl/comments1.xml").unwrap();
    let comments = String::from_utf8(comments).unwrap();
    assert!(
        comments.contains("ref=\"B2\"") && comments.contains("ref=\"C3\""),
        "{comments}"
    );
}
