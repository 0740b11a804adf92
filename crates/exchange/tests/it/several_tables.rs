//! More than one table in a sheet, and tables that are none of ours.

use exchange::ledger::SheetRead;
use exchange::{Language, LedgerKind, returned_workbook};

use crate::outline::C::{N, No, T};
use crate::outline::{book, read, refusals, values};

fn notes(sheet: &SheetRead) -> Vec<String> {
    let notes = sheet.notes.iter();
    notes
        .map(|note| note.reason.text(Language::Chinese))
        .collect()
}

fn skipped(sheet: &SheetRead) -> Vec<(u32, &'static str)> {
    let skipped = sheet.skipped.iter();
    skipped
        .map(|skipped| (skipped.row + 1, skipped.why))
        .collect()
}

#[test]
fn a_second_table_below_has_its_own_columns_unit_and_year() {
    let rows = [
        vec![T("2024年重点项目台账")],
        vec![T("单位：万元")],
        vec![T("序号"), T("项目名称"), T("总投资"), T("本年计划")],
        vec![N(1.0), T("甲"), N(100.0), N(10.0)],
        vec![N(2.0), T("乙"), N(200.0), N(20.0)],
        vec![T("合计"), No, N(300.0), N(30.0)],
        vec![],
        vec![T("2023年签约项目")],
        vec![T("单位：亿元")],
        vec![
            T("项目名称"),
            T("签约时间"),
            T("合同金额"),
            T("联系人"),
            T("年度计划投资"),
        ],
        vec![T("丙"), T("5月"), N(3.0), T("张三"), N(1.0)],
        vec![T("丁"), T("未签约"), N(4.0), T("李四"), N(2.0)],
        vec![T("合计"), No, N(7.0), No, N(3.0)],
    ];
    let bytes = book("Sheet1", &rows, &[]);
    let read = read(&bytes, LedgerKind::Projects);
    let sheet = &read.sheets[0];
    assert_eq!(sheet.header, Some((2, 2)));
    assert_eq!(sheet.body, Some((3, 12)));
    assert_eq!(
        values(sheet, 5),
        [
            "name=乙",
            "investment_total=2000000.00",
            "investment_plan_year=200000.00"
        ]
    );
    assert_eq!(
        values(sheet, 11),
        [
            "name=丙",
            "signed_on=2023-05",
            "investment_contract=300000000.00",
            "contact=张三",
            "investment_plan_year@2023=100000000.00",
        ]
    );
    assert_eq!(refusals(sheet), ["B12 “未签约”不是日期"]);
    assert_eq!(skipped(sheet), [(8, "title"), (9, "title"), (10, "header")]);
    assert!(
        sheet.totals.iter().all(|total| total.agrees),
        "{:?}",
        sheet.totals
    );
    assert_eq!(sheet.totals.len(), 4);
    assert!(returned_workbook(&bytes, &read).is_ok());
}

#[test]
fn a_repeated_header_with_another_unit_is_another_table() {
    let rows = [
        vec![T("2024年重点项目台账")],
        vec![T("单位：万元")],
        vec![T("项目名称"), T("总投资")],
        vec![T("甲"), N(1.0)],
        vec![],
        vec![T("单位：亿元")],
        vec![T("项目名称"), T("总投资")],
        vec![T("乙"), N(1.0)],
    ];
    let read = read(&book("Sheet1", &rows, &[]), LedgerKind::Projects);
    let sheet = &read.sheets[0];
    assert_eq!(values(sheet, 4), ["name=甲", "investment_total=10000.00"]);
    assert_eq!(
        values(sheet, 8),
        ["name=乙", "investment_total=100000000.00"]
    );
}

#[test]
fn a_small_table_above_a_large_one_is_not_lost() {
    let rows = [
        vec![T("项目名称"), T("总投资（万元）")],
        vec![T("甲"), N(1.0)],
        vec![],
        vec![
            T("项目名称"),
            T("业主单位"),
            T("总投资（万元）"),
            T("开工时间"),
            T("联系人"),
        ],
        vec![T("乙"), T("乙公司"), N(2.0), T("2024.5"), T("张三")],
    ];
    let read = read(&book("Sheet1", &rows, &[]), LedgerKind::Projects);
    let sheet = &read.sheets[0];
    assert_eq!(values(sheet, 2), ["name=甲", "investment_total=10000.00"]);
    assert_eq!(values(sheet, 5).len(), 5);
}

#[test]
fn a_summary_below_makes_no_projects() {
    let rows = [
        vec![T("序号"), T("项目名称"), T("总投资（万元）")],
        vec![N(1.0), T("甲"), N(1.0)],
        vec![],
        vec![T("分部门汇总")],
        vec![T("责任单位"), T("项目个数"), T("总投资（万元）")],
        vec![T("发改局"), N(1.0), N(1.0)],
    ];
    let read = read(&book("Sheet1", &rows, &[]), LedgerKind::Projects);
    let sheet = &read.sheets[0];
    assert_eq!((sheet.accepted_rows, sheet.refused_rows), (1, 0));
    assert_eq!(
        skipped(sheet),
        [(4, "title"), (5, "header"), (6, "other_table")]
    );
    assert_eq!(notes(sheet).len(), 1);
}

#[test]
fn a_table_on_its_side_is_said_to_be_one() {
    let rows = [
        vec![T("项目名称"), T("甲"), T("乙"), T("丙")],
        vec![T("总投资（万元）"), N(1.0), N(2.0), N(3.0)],
        vec![T("业主单位"), T("甲公司"), T("乙公司"), T("丙公司")],
        vec![T("开工时间"), T("2024.3"), T("2024.4"), T("2024.5")],
    ];
    let read = read(&book("Sheet1", &rows, &[]), LedgerKind::Projects);
    let sheet = &read.sheets[0];
    assert_eq!((sheet.header, sheet.records.len()), (None, 0));
    assert!(notes(sheet)[0].contains("转置"), "{:?}", notes(sheet));
}
