//! Ledgers with one trouble each, and one with all of them.

use exchange::{ColumnChoice, LedgerKind, Mapping, Options, read_ledger};
use insta::assert_snapshot;

use crate::outline::C::{F, N, No, T};
use crate::outline::{book, outline, read, values};

const MESSY: &[u8] = include_bytes!("../data/messy.xlsx");

#[test]
fn everything_at_once_is_understood() {
    assert_snapshot!("messy", outline(&read(MESSY, LedgerKind::Projects)));
}

#[test]
fn a_missing_unit_is_asked_for_once_and_zero_needs_none() {
    let rows = [
        vec![T("项目台账")],
        vec![],
        vec![T("项目名称"), T("投资"), No, T("备注")],
        vec![No, T("总投资"), T("年度计划投资")],
        vec![T("甲"), N(100.0), N(0.0)],
        vec![T("乙"), T("约3亿元"), N(50.0)],
        vec![T("丙"), N(0.0), N(0.0)],
        vec![T("丁"), T("约3亿元"), No, T("单位写在格里")],
    ];
    let bytes = book("Sheet1", &rows, &[(2, 1, 2, 2), (2, 0, 3, 0), (2, 3, 3, 3)]);
    assert_snapshot!("missing_unit", outline(&read(&bytes, LedgerKind::Projects)));
}

#[test]
fn totals_on_top_sum_their_sections_and_merged_amounts_count_once() {
    let rows = [
        vec![T("重点项目汇总表")],
        vec![T("单位：亿元")],
        vec![
            T("序号"),
            T("名称"),
            T("类型"),
            T("投资"),
            No,
            T("开工时间"),
            T("联系人及电话"),
        ],
        vec![No, No, No, T("总投资"), T("累计完成投资")],
        vec![T("合计"), No, No, N(16.0), N(4.0)],
        vec![T("小计"), No, No, N(10.0), N(3.0)],
        vec![
            N(1.0),
            T("A"),
            T("工业"),
            N(4.0),
            N(1.0),
            T("3月"),
            T("张三 138"),
        ],
        vec![N(2.0), T("B"), No, N(6.0), N(2.0), T("年底")],
        vec![T("小计"), No, No, N(6.0), N(1.0)],
        vec![N(3.0), T("C"), T("农业"), N(6.0), N(1.0), T("5月中旬")],
        vec![N(4.0), T("D"), No, No, N(0.0)],
        vec![T("填表人：张三"), No, No, T("联系电话：1234")],
    ];
    let bytes = book("2023年", &rows, &[(6, 2, 7, 2), (9, 3, 10, 3)]);
    assert_snapshot!(
        "totals_on_top",
        outline(&read(&bytes, LedgerKind::Projects))
    );
}

#[test]
fn page_breaks_repeat_titles_and_headers() {
    let rows = [
        vec![T("2024年项目台账")],
        vec![T("单位：万元")],
        vec![T("项目名称"), T("总投资")],
        vec![T("甲"), N(1.0)],
        vec![T("乙"), N(2.0)],
        vec![T("本页合计"), N(3.0)],
        vec![],
        vec![T("2024年项目台账")],
        vec![T("单位：万元")],
        vec![T("项目名称"), T("总投资")],
        vec![T("丙"), N(3.0)],
        vec![T("本页合计"), N(4.0)],
        vec![T("总计"), N(6.0)],
        vec![T("注：1.含续建项目。")],
        vec![T("2.不含储备项目")],
    ];
    let bytes = book("项目", &rows, &[]);
    assert_snapshot!("page_breaks", outline(&read(&bytes, LedgerKind::Projects)));
}

#[test]
fn headings_of_sections_may_carry_their_sums() {
    let rows = [
        vec![T("序号"), T("项目名称"), T("总投资（万元）"), T("建设性质")],
        vec![T("甲"), T("乙"), N(1.0), N(2.0)],
        vec![T("一"), T("工业项目（2个）"), N(3.0)],
        vec![N(1.0), T("A"), N(1.0), T("新建")],
        vec![N(2.0), T("B"), N(2.0), T("技改")],
        vec![T("二"), T("农业项目（1个）"), N(5.0)],
        vec![N(3.0), T("C"), N(4.0), T("改扩建")],
        vec![T("合计"), No, N(7.0)],
    ];
    let bytes = book("项目", &rows, &[]);
    assert_snapshot!(
        "headings_with_sums",
        outline(&read(&bytes, LedgerKind::Projects))
    );
}

#[test]
fn numbers_are_read_as_their_format_shows_them() {
    let rows = [
        vec![T("填报日期：2024年5月31日")],
        vec![
            T("项目"),
            T("投资额（万美元）"),
            T("开工 时间"),
            T("建筑面积(万㎡)"),
            T("栋数"),
            T("完成比例"),
            T("PPP"),
        ],
        vec![
            T("甲"),
            F(12.5, "\"$\"#,##0.00"),
            F(45413.0, "yyyy\"年\"m\"月\""),
            N(2.5),
            T("21栋"),
            F(0.125, "0.0%"),
            T("BOT"),
        ],
        vec![
            T("乙"),
            N(0.0),
            F(45413.0, "m\"月\"d\"日\""),
            T("1.2公顷"),
            T("约5"),
            T("95%"),
            T("是"),
        ],
        vec![
            T("丙"),
            T("无"),
            N(2024.9),
            T("3000平方米"),
            N(3.0),
            T("0.5"),
            T("无"),
        ],
        vec![T("丁"), N(7.0), F(2024.1, "0.00"), No, N(21.5)],
        vec![T("戊"), F(7.0, "\"¥\"0.00"), N(2024.1), T("5亩")],
        vec![T("己"), No, N(45000.0)],
        vec![T("庚"), No, T("2024.1")],
    ];
    let bytes = book("台账", &rows, &[]);
    assert_snapshot!("formats", outline(&read(&bytes, LedgerKind::Projects)));
}

#[test]
fn enterprises_have_years_in_their_headers_and_codes_that_check() {
    let rows = [
        vec![T("企业经营情况表（2023年）")],
        vec![T("单位：万元、人")],
        vec![
            T("序号"),
            T("企业名称"),
            T("统一社会信用代码"),
            T("营业收入"),
            No,
            T("从业人员"),
            T("研发费用占比"),
            T("高新技术企业证书有效期止"),
            T("是否上市"),
            T("企业规模"),
        ],
        vec![No, No, No, T("2023年"), T("2022年")],
        vec![
            N(1.0),
            T("甲公司"),
            T("91410400MA0000015T"),
            N(100.0),
            N(90.0),
            N(20.0),
            T("5%"),
            T("无"),
            T("是"),
            T("小型"),
        ],
        vec![
            N(2.0),
            T("乙公司"),
            T("９1350100m000100y43 "),
            No,
            T("-"),
            T(" 1,200 人"),
            No,
            T("2025年6月"),
            T("否"),
        ],
        vec![N(3.0), T("丙公司"), T("91350100M000100Y44"), N(1.0)],
        vec![N(4.0), T("丁公司"), T("91310000MA1K000006"), N(1.0)],
        vec![N(5.0), No, No, N(5.0)],
        vec![T("合计"), No, No, N(107.0), N(90.0), N(1220.0)],
    ];
    let merges = [
        (2, 3, 2, 4),
        (2, 0, 3, 0),
        (2, 1, 3, 1),
        (2, 2, 3, 2),
        (2, 5, 3, 5),
    ];
    let bytes = book("企业", &rows, &merges);
    assert_snapshot!(
        "enterprises",
        outline(&read(&bytes, LedgerKind::Enterprises))
    );
}

#[test]
fn facts_stand_one_a_row_or_one_a_column() {
    let long = [
        vec![
            T("主体"),
            T("指标"),
            T("时期"),
            T("数值"),
            T("单位"),
            T("限定词"),
        ],
        vec![
            T("高新区"),
            T("工业增速"),
            T("2024-01/2024-02"),
            T("14.3"),
            T("%"),
        ],
        vec![T("甲公司"), T("员工"), T("2023"), N(52.0), T("人"), T("约")],
        vec![T("甲公司"), T("收入"), T("2023"), No, T("万元")],
        vec![T("甲公司"), T("收入"), T("2022"), T("abc"), T("万元")],
        vec![No, T("收入"), T("2021"), N(5.0), T("万元")],
    ];
    let wide = [
        vec![T("2024年1-5月主要经济指标")],
        vec![T("单位：万元")],
        vec![
            T("园区"),
            T("规模以上工业总产值"),
            T("固定资产投资"),
            T("增速（%）"),
            T("从业人员（人）"),
        ],
        vec![T("东园"), N(100.0), N(200.0), N(12.5), N(30.0)],
        vec![T("西园"), N(50.0), T("约20"), T("-3"), N(20.0)],
        vec![T("合计"), N(150.0), N(220.0), No, N(50.0)],
    ];
    let long = outline(&read(&book("长表", &long, &[]), LedgerKind::Facts));
    let wide = outline(&read(&book("宽表", &wide, &[]), LedgerKind::Facts));
    assert_snapshot!("facts", format!("{long}{wide}"));
}

#[test]
fn choices_of_a_person_stand_over_the_guess() {
    let rows = [
        vec![T("项目名称"), T("投资"), T("情况")],
        vec![T("甲"), N(3.0), T("主体三层")],
    ];
    let bytes = book("项目", &rows, &[]);
    let choice = |variable: &str, unit: Option<&str>| ColumnChoice {
        variable: Some(variable.to_owned()),
        unit: unit.map(str::to_owned),
    };
    let mut mapping = Mapping::default();
    mapping
        .by_header
        .insert("投资".to_owned(), choice("investment_total", Some("亿元")));
    mapping
        .by_header
        .insert("情况".to_owned(), choice("physical_progress", None));
    let options = Options {
        mapping,
        park: Some("东园".to_owned()),
        ..Options::new(LedgerKind::Projects)
    };
    let read = read_ledger(&bytes, "ledger", &options).unwrap();
    assert_snapshot!("choices", outline(&read));
}

#[test]
fn a_unit_that_was_chosen_counts_only_where_the_sheet_has_none() {
    let mut options = Options::new(LedgerKind::Projects);
    options.mapping.unit = Some("万元".to_owned());
    let total = |line: &'static str| {
        let rows = [
            vec![T(line)],
            vec![T("项目名称"), T("总投资")],
            vec![T("甲"), N(1.0)],
        ];
        let read = read_ledger(&book("表", &rows, &[]), "ledger", &options).unwrap();
        values(&read.sheets[0], 3)[1].clone()
    };
    assert_eq!(total("单位：亿元"), "investment_total=100000000.00");
    assert_eq!(total("重点项目"), "investment_total=10000.00");
}

#[test]
fn a_unit_line_may_name_the_units_of_areas_too() {
    let rows = [
        vec![T("单位：万元、万平方米、亩")],
        vec![
            T("项目名称"),
            T("总投资"),
            T("建筑面积"),
            T("用地面积"),
            T("栋数"),
        ],
        vec![T("甲"), N(1.5), N(2.0), N(3.0), N(4.0)],
    ];
    let read = read(&book("表", &rows, &[]), LedgerKind::Projects);
    assert_eq!(
        values(&read.sheets[0], 3),
        [
            "name=甲",
            "investment_total=15000.00",
            "floor_area_sqm=20000",
            "land_area_mu=3",
            "buildings=4",
        ]
    );
}

#[test]
fn spacing_alone_shows_the_storeys_of_a_table_of_facts() {
    let rows = [
        vec![T("各市人口与产值")],
        vec![],
        vec![No, No, T("年末人口"), No, T("产值")],
        vec![],
        vec![T("地区"), T("代码"), T("2022"), T("2023"), T("2023")],
        vec![No, No, T("(1,000)"), T("(1,000)"), T("(亿元)")],
        vec![],
        vec![T("东市"), T("A"), N(11.5), N(12.5), N(20.0)],
        vec![T("西市"), T("B"), N(3.5), N(4.5), N(9.0)],
    ];
    let read = read(&book("表", &rows, &[]), LedgerKind::Facts);
    let sheet = &read.sheets[0];
    assert_eq!((sheet.header, sheet.body), (Some((2, 5)), Some((7, 8))));
    assert_eq!(sheet.columns[3].header, "年末人口/2023/(1,000)");
}

#[test]
fn a_project_called_like_a_column_is_no_line_of_column_numbers() {
    let rows = [
        vec![T("项目名称"), T("总投资（万元）"), T("合同金额（万元）")],
        vec![T("甲"), N(1.0), N(2.0)],
        vec![T("乙"), N(3.0), N(4.0)],
    ];
    let read = read(&book("表", &rows, &[]), LedgerKind::Projects);
    assert_eq!(read.sheets[0].records.len(), 2);
}
