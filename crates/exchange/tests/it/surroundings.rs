//! What stands around a table: who sends it in, its unit, its date, signatures, explanations.

use exchange::LedgerKind;
use rstest::rstest;

use crate::outline::C::{N, No, T};
use crate::outline::{C, book, read, refusals, values};

fn ledger(above: Vec<Vec<C>>, below: Vec<Vec<C>>) -> Vec<u8> {
    let mut rows = above;
    rows.push(vec![T("序号"), T("项目名称"), T("总投资"), T("开工时间")]);
    rows.push(vec![N(1.0), T("甲"), N(1.5), T("5月底")]);
    rows.push(vec![N(2.0), T("乙"), N(2.5), T("2023.12")]);
    rows.extend(below);
    book("Sheet1", &rows, &[])
}

#[rstest]
#[case(vec![vec![T("重点项目台账")], vec![T("填报单位：某高新区管委会　　单位：万元"), No, No, T("2024年5月31日")]], "万元")]
#[case(vec![vec![T("重点项目台账")], vec![T("填报单位：某高新区管委会  金额单位：亿元  填报日期：2024年5月")]], "亿元")]
#[case(vec![vec![T("填报单位："), T("某高新区管委会"), T("单位："), T("亿元")], vec![T("填报时间："), T("2024-05-31")]], "亿元")]
#[case(vec![vec![T("2024年5月项目进展（单位：亿元）")], vec![T("填报单位（盖章）：某高新区管委会"), No, T("填表人：张三")]], "亿元")]
#[case(vec![vec![T("填 报 单 位：某高新区管委会"), No, No, T("单　位：千元")], vec![T("统计时间：2024年1-5月"), T("截至2024年5月")]], "千元")]
#[case(vec![vec![T("填报单位：某高新区管委会金额单位：万元填报日期：2024.5.31")]], "万元")]
#[case(vec![vec![T("2024年5月重点项目表")], vec![T("报送单位：某高新区管委会"), No, No, T("（金额单位为亿元）")]], "亿元")]
#[case(vec![vec![T("单位：某高新区管委会"), No, No, T("单位：万美元")], vec![T("2024年5月")]], "万美元")]
fn sender_unit_and_date_are_read_from_the_lines_above(
    #[case] above: Vec<Vec<C>>,
    #[case] unit: &str,
) {
    let read = read(&ledger(above, Vec::new()), LedgerKind::Projects);
    let sheet = &read.sheets[0];
    assert_eq!(
        sheet.unit.as_ref().map(|unit| unit.words.as_str()),
        Some(unit)
    );
    assert_eq!(sheet.sender.as_deref(), Some("某高新区管委会"));
    assert_eq!((sheet.time.year, sheet.time.month), (Some(2024), Some(5)));
    assert_eq!(refusals(sheet), Vec::<String>::new());
    let row = sheet.records[0].row + 1;
    assert!(
        values(sheet, row).contains(&"started_on=2024-05-31 [底]".to_owned()),
        "{:?}",
        values(sheet, row)
    );
}

#[rstest]
#[case(vec![vec![T("合计"), No, N(4.0)], vec![T("注：1.本表含续建项目。")], vec![T("2.投资额以备案为准。")]])]
#[case(vec![vec![No, T("某高新区管委会")], vec![No, T("2024年5月31日")]])]
#[case(vec![vec![T("填表人：张三"), No, T("审核人：李四"), T("填报日期：2024年6月3日")]])]
#[case(vec![vec![], vec![T("说明：金额均为含税口径，"), No], vec![T("如有疑问请与项目办联系。")]])]
#[case(vec![vec![No, T("单位负责人（签字）：")], vec![No, T("联系电话：0375-1234567")]])]
fn what_stands_below_is_no_project(#[case] below: Vec<Vec<C>>) {
    let above = vec![vec![T("2024年重点项目台账")], vec![T("单位：亿元")]];
    let read = read(&ledger(above, below), LedgerKind::Projects);
    let sheet = &read.sheets[0];
    assert_eq!(
        (sheet.accepted_rows, sheet.refused_rows),
        (2, 0),
        "{:?}",
        refusals(sheet)
    );
    assert!(sheet.totals.iter().all(|total| total.agrees));
}

#[test]
fn a_parent_with_its_unit_in_brackets_is_no_line_about_the_table() {
    let rows = [
        vec![T("2024年重点项目台账")],
        vec![
            T("项目名称"),
            T("业主单位"),
            T("投资完成情况（单位：万元）"),
            No,
            T("其中："),
            No,
        ],
        vec![
            No,
            No,
            T("本年计划"),
            T("1-5月完成投资"),
            T("设备投资"),
            T("土建投资"),
        ],
        vec![T("甲"), T("甲公司"), N(1.0), N(2.0), N(3.0), N(4.0)],
    ];
    let merges = [(1, 2, 1, 3), (1, 4, 1, 5), (1, 0, 2, 0), (1, 1, 2, 1)];
    let read = read(&book("表", &rows, &merges), LedgerKind::Projects);
    let sheet = &read.sheets[0];
    assert_eq!(sheet.header, Some((1, 2)));
    assert_eq!(
        values(sheet, 4),
        [
            "name=甲",
            "owner=甲公司",
            "investment_plan_year=10000.00",
            "investment_done_year@2024-05=20000.00",
            "其中：/设备投资=3",
            "其中：/土建投资=4",
        ]
    );
}

#[test]
fn a_note_below_may_give_the_unit() {
    let below = vec![vec![T("注：1.本表金额单位为万元；2.含续建项目。")]];
    let read = read(
        &ledger(vec![vec![T("2024年台账")]], below),
        LedgerKind::Projects,
    );
    let sheet = &read.sheets[0];
    assert_eq!(sheet.refused_rows, 0, "{:?}", refusals(sheet));
    assert!(values(sheet, 3).contains(&"investment_total=15000.00".to_owned()));
}
