//! Cells, headers and rows as nobody would design them and as they come every month.

use std::io::{Cursor, Read, Write};

use exchange::{LedgerKind, ReadError, read_workbook};
use rust_xlsxwriter::Workbook;
use zip::write::SimpleFileOptions;

use crate::outline::C::{F, N, No, T, X};
use crate::outline::{book, read, refusals, sheet, values};

#[test]
fn projects_numbered_in_chinese_are_projects() {
    let rows = [
        vec![T("序号"), T("项目名称"), T("总投资（万元）"), T("建设性质")],
        vec![T("一"), T("甲"), N(1.0)],
        vec![T("二"), T("乙"), N(2.0), T("新建")],
        vec![T("三"), T("丙"), N(3.0)],
        vec![T("合计"), T("3个项目"), N(6.0)],
    ];
    let ledger = read(&book("表", &rows, &[]), LedgerKind::Projects);
    assert_eq!(ledger.sheets[0].accepted_rows, 3);
    assert!(ledger.sheets[0].totals[0].agrees);
    let rows = [
        vec![T("序号"), T("项目名称"), T("总投资（万元）")],
        vec![T("一"), T("工业项目"), N(3.0)],
        vec![T("（一）"), T("甲"), N(1.0)],
        vec![T("（二）"), T("乙"), N(2.0)],
        vec![T("二"), T("农业项目"), N(4.0)],
        vec![T("（一）"), T("丙"), N(4.0)],
    ];
    let ledger = read(&book("表", &rows, &[]), LedgerKind::Projects);
    let sections = &ledger.sheets[0];
    assert_eq!(sections.accepted_rows, 3);
    assert_eq!(sections.skipped.len(), 2);
    assert!(sections.totals.iter().all(|total| total.agrees));
}

#[test]
fn a_subtotal_where_rows_are_numbered_is_one_whatever_stands_beside_it() {
    let rows = [
        vec![T("序号"), T("项目名称"), T("总投资（万元）")],
        vec![N(1.0), T("甲"), N(1.0)],
        vec![T("小计"), T("工业项目"), N(1.0)],
        vec![N(2.0), T("乙"), N(2.0)],
        vec![T("小计"), T("农业项目"), N(2.0)],
        vec![T("总　计"), T("全部项目"), N(3.0)],
    ];
    let read = read(&book("表", &rows, &[]), LedgerKind::Projects);
    assert_eq!(read.sheets[0].accepted_rows, 2);
    assert_eq!(read.sheets[0].totals.len(), 3);
    assert!(read.sheets[0].totals.iter().all(|total| total.agrees));
}

#[test]
fn units_stand_on_a_line_of_their_own_below_the_names() {
    let rows = [
        vec![
            T("序号"),
            T("项目名称"),
            T("总投资"),
            T("用地面积"),
            T("开工时间"),
            T("建筑面积"),
        ],
        vec![
            T("—"),
            T("—"),
            T("亿元"),
            T("亩"),
            T("年/月"),
            T("万平方米"),
        ],
        vec![N(1.0), T("甲"), N(1.5), N(20.0), T("2024.3"), N(2.0)],
    ];
    let read = read(&book("表", &rows, &[]), LedgerKind::Projects);
    let sheet = &read.sheets[0];
    assert_eq!(sheet.header, Some((0, 1)));
    assert_eq!(
        values(sheet, 3),
        [
            "name=甲",
            "investment_total=150000000.00",
            "land_area_mu=20",
            "started_on=2024-03",
            "floor_area_sqm=20000",
        ]
    );
}

#[test]
fn headers_are_known_in_whatever_brackets_and_lines() {
    let rows = [
        vec![
            T("项 目\n名 称"),
            T("计划总投资\n【亿元】"),
            T("本年计划投资\r\n(万元)"),
            T("1—5月\n完成投资\n（万元）"),
            T("用地面积\n亩"),
            T("资 金 到 位"),
            T("联系人\n（必填）"),
            T("*责任单位*"),
        ],
        vec![
            T("甲"),
            N(1.0),
            N(2.0),
            N(3.0),
            N(4.0),
            T("1万元"),
            T("张三"),
            T("发改局"),
        ],
    ];
    let read = read(&book("2024年5月", &rows, &[]), LedgerKind::Projects);
    assert_eq!(
        values(&read.sheets[0], 2),
        [
            "name=甲",
            "investment_total=100000000.00",
            "investment_plan_year=20000.00",
            "investment_done_year=30000.00",
            "land_area_mu=4",
            "investment_in_place=10000.00",
            "contact=张三",
            "responsible_department=发改局",
        ]
    );
}

#[test]
fn a_header_written_out_cell_by_cell_is_one_of_two_storeys() {
    let text = "序号,项目名称,投资（万元）,投资（万元）,备注\n序号,项目名称,总投资,本年计划,备注\n1,甲,10,2,无\n";
    let read = read(text.as_bytes(), LedgerKind::Projects);
    assert_eq!(read.sheets[0].header, Some((0, 1)));
    assert_eq!(
        values(&read.sheets[0], 3),
        [
            "name=甲",
            "investment_total=100000.00",
            "investment_plan_year=20000.00",
            "remarks=none"
        ]
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "one sheet, a row for each way")]
fn numbers_are_read_however_they_were_typed() {
    let rows = [
        vec![
            T("项目名称"),
            T("总投资（万元）"),
            T("合同金额（万元）"),
            T("栋数"),
            T("建筑面积（㎡）"),
        ],
        vec![
            T("甲"),
            T("\u{a0}1,234.50\u{a0}"),
            T("（50）"),
            T("２０余栋"),
            T("约3.5万㎡"),
        ],
        vec![
            T("乙"),
            T("1 234 567"),
            T("¥1,200.00"),
            T(" 3 "),
            T("1.2公顷"),
        ],
        vec![T("丙"), T("约1.2亿"), T("350万美元"), T("近10"), N(3.0)],
        vec![
            T("丁"),
            F(0.125, "0.0%"),
            X("=1/0", "#DIV/0!"),
            F(0.5, "0%"),
            X("=A1*2", "88.5"),
        ],
        vec![T("戊"), T("12.5%"), T("$12"), T("三"), T("10-20")],
        vec![
            T("己"),
            X("=1+1", "2"),
            X("=NA()", "#N/A"),
            T("1.5"),
            T("5亩"),
        ],
    ];
    let read = read(&book("表", &rows, &[]), LedgerKind::Projects);
    let sheet = &read.sheets[0];
    assert_eq!(
        values(sheet, 2),
        [
            "name=甲",
            "investment_total=12345000.00",
            "investment_contract=-500000.00",
            "buildings=20 [余]",
            "floor_area_sqm=35000 [约]",
        ]
    );
    assert_eq!(
        values(sheet, 3),
        [
            "name=乙",
            "investment_total=12345670000.00",
            "investment_contract=12000000.00",
            "buildings=3",
            "floor_area_sqm=12000",
        ]
    );
    assert_eq!(
        values(sheet, 4),
        [
            "name=丙",
            "investment_total=120000000.00 [约]",
            "investment_contract={value:3500000.00,currency:USD}",
            "buildings=10 [近]",
            "floor_area_sqm=3",
        ]
    );
    assert_eq!(
        refusals(sheet),
        [
            "B5 “12.5%”的单位“%”与本列不符",
            "C5 单元格本身有错误 #DIV/0!",
            "D5 “50%”的单位“%”与本列不符",
            "B6 “12.5%”的单位“%”与本列不符",
            "C6 单元格显示为USD，表头单位为CNY，两者不一致",
            "D6 “三”不是数字",
            "E6 “10-20”含有多个数字，一格只能填一个",
            "C7 单元格本身有错误 #N/A",
            "D7 “1.5”不是整数",
            "E7 “5亩”的单位“亩”与本列不符",
        ]
    );
}

#[test]
fn dates_are_read_however_they_were_typed() {
    let rows = [
        vec![T("2024年项目台账")],
        vec![
            T("项目名称"),
            T("开工时间"),
            T("计划竣工时间"),
            T("签约时间"),
            T("建设起止年限"),
        ],
        vec![
            T("甲"),
            F(45443.604, "yyyy/m/d h:mm"),
            T("24年12月底"),
            T("2024-05-31 08:30:00"),
            T("2022—2025"),
        ],
        vec![
            T("乙"),
            F(45443.0, "mmm-yy"),
            T("年内"),
            T("31/05/2024"),
            T("2022.3至2025.12"),
        ],
        vec![
            T("丙"),
            T("２０２４．３"),
            T("2025年三季度"),
            T("03/04/2024"),
            T("2024年3月-12月"),
        ],
        vec![
            T("丁"),
            T("二〇二四年五月"),
            T("2025年底前"),
            T("20.05.2020"),
            N(2024.0),
        ],
        vec![
            T("戊"),
            N(2024.12),
            T("5月中旬"),
            T("May 2024"),
            T("2022年1月—至今"),
        ],
    ];
    let read = read(&book("表", &rows, &[]), LedgerKind::Projects);
    let sheet = &read.sheets[0];
    let dates = |row| values(sheet, row)[1..].join("; ");
    assert_eq!(
        dates(3),
        "started_on=2024-05-31; completed_on_planned=2024-12-31 [底]; signed_on=2024-05-31; \
         build_from=2022; build_until=2025"
    );
    assert_eq!(
        dates(4),
        "started_on=2024-05; completed_on_planned=2024 [年内]; signed_on=2024-05-31; \
         build_from=2022-03; build_until=2025-12"
    );
    assert_eq!(
        dates(5),
        "started_on=2024-03; completed_on_planned=2025-09-30 [三季度]; signed_on=2024-04-03; \
         build_from=2024-03; build_until=2024-12"
    );
    assert_eq!(
        dates(6),
        "started_on=2024-05; completed_on_planned=2025-12-31 [底前]; signed_on=2020-05-20; \
         build_from=2024; build_until=2024"
    );
    assert_eq!(refusals(sheet), ["E7 “2022年1月—至今”不是日期"]);
}

/// A workbook with a part of it changed.
fn changed(bytes: &[u8], part: &str, change: &dyn Fn(String) -> String) -> Vec<u8> {
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..package.len() {
        let mut file = package.by_index(index).unwrap();
        let mut text = Vec::new();
        file.read_to_end(&mut text).unwrap();
        if file.name() == part {
            text = change(String::from_utf8(text).unwrap()).into_bytes();
        }
        out.start_file(file.name(), SimpleFileOptions::default())
            .unwrap();
        out.write_all(&text).unwrap();
    }
    out.finish().unwrap().into_inner()
}

#[test]
fn days_may_count_from_1904() {
    let rows = [
        vec![T("项目名称"), T("开工时间")],
        vec![T("甲"), F(43981.0, "yyyy-mm-dd")],
    ];
    let bytes = changed(&book("表", &rows, &[]), "xl/workbook.xml", &|xml| {
        xml.replace("<workbookPr ", "<workbookPr date1904=\"1\" ")
    });
    let read = read(&bytes, LedgerKind::Projects);
    assert_eq!(
        values(&read.sheets[0], 2),
        ["name=甲", "started_on=2024-05-31"]
    );
}

#[test]
fn what_a_merged_cell_hides_is_not_read() {
    let rows = [
        vec![T("项目名称"), T("总投资（万元）")],
        vec![T("甲"), N(1.0)],
        vec![T("乙"), N(987.0)],
        vec![T("合计"), N(1.0)],
    ];
    let bytes = changed(
        &book("表", &rows, &[]),
        "xl/worksheets/sheet1.xml",
        &|xml| {
            xml.replace(
                "</sheetData>",
                "</sheetData><mergeCells count=\"1\"><mergeCell ref=\"B2:B3\"/></mergeCells>",
            )
        },
    );
    let read = read(&bytes, LedgerKind::Projects);
    assert_eq!(
        values(&read.sheets[0], 3),
        ["name=乙", "investment_total=10000.00"]
    );
    assert!(read.sheets[0].totals[0].agrees);
}

#[test]
fn hidden_sheets_rows_and_columns_are_read_and_said_to_be_hidden() {
    let rows = [
        vec![T("项目名称"), T("总投资（万元）"), T("备注")],
        vec![T("甲"), N(1.0), T("a")],
        vec![T("乙"), N(2.0), T("b")],
        vec![T("合计"), N(3.0)],
    ];
    let mut workbook = Workbook::new();
    let cover = workbook.add_worksheet().set_name("封面").unwrap();
    cover.write(0, 0, "2024年重点项目台账汇编").unwrap();
    let first = workbook.add_worksheet().set_name("工业").unwrap();
    sheet(first, &rows, &[]);
    first.set_row_hidden(2).unwrap();
    first.set_column_hidden(2).unwrap();
    let second = workbook.add_worksheet().set_name("农业").unwrap();
    sheet(second, &rows, &[]);
    second.set_hidden(true);
    let read = read(&workbook.save_to_buffer().unwrap(), LedgerKind::Projects);
    let counts: Vec<(usize, usize)> = read
        .sheets
        .iter()
        .map(|sheet| (sheet.accepted_rows, sheet.notes.len()))
        .collect();
    assert_eq!(counts, [(0, 0), (2, 2), (2, 1)]);
    assert!(read.sheets[1].totals[0].agrees);
}

#[test]
fn headers_of_other_countries_are_known_by_their_words() {
    let text = "project_number;project_name;department;report_category;start_date;whole life cost;total_investment (£m)\n\
                MOD_1;Submarine, Dismantling;MOD;Military;29.03.13;£33.73;£26.19m\n\
                BEIS_2;10,000 Places;BEIS;Other;exempt;278;1,234.5\n";
    let read = read(text.as_bytes(), LedgerKind::Projects);
    let sheet = &read.sheets[0];
    assert_eq!(refusals(sheet), Vec::<String>::new());
    assert_eq!(
        values(sheet, 2),
        [
            "code=MOD_1",
            "name=Submarine, Dismantling",
            "responsible_department=MOD",
            "report_category=Military",
            "start_date=29.03.13",
            "whole life cost=£33.73",
            "investment_total={value:26190000.00,currency:GBP}",
        ]
    );
    assert_eq!(
        values(sheet, 3).last().map(String::as_str),
        Some("investment_total={value:1234500000.00,currency:GBP}")
    );
}

#[test]
fn a_letter_and_a_binary_workbook_are_no_ledger() {
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        (
            "_rels/.rels",
            "<Relationships><Relationship Id=\"r1\" Type=\"x/officeDocument\" Target=\"word/document.xml\"/></Relationships>",
        ),
        ("word/document.xml", "<w:document/>"),
    ] {
        package
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        package.write_all(text.as_bytes()).unwrap();
    }
    let bytes = package.finish().unwrap().into_inner();
    assert_eq!(read_workbook(&bytes).err(), Some(ReadError::UnknownKind));
}

#[test]
fn codes_that_were_kept_from_losing_their_zeros_are_plain_again() {
    let text = "项目名称,项目代码,联系电话\n甲,\"=\"\"0012-3\"\"\",=\"037512345\"\n";
    let read = read(text.as_bytes(), LedgerKind::Projects);
    assert_eq!(
        values(&read.sheets[0], 2),
        ["name=甲", "code=0012-3", "contact_phone=037512345"]
    );
}

#[test]
fn amounts_of_another_currency_may_have_a_column_of_their_own() {
    let rows = [
        vec![
            T("项目名称"),
            T("总投资（亿元）"),
            T("其中：外资（万美元）"),
            T("预计年产值"),
            No,
        ],
        vec![No, No, No, T("（亿元）"), No],
        vec![T("甲"), N(1.5), N(2.0), N(3.0), No],
    ];
    let read = read(&book("表", &rows, &[]), LedgerKind::Projects);
    let sheet = &read.sheets[0];
    assert_eq!(sheet.header, Some((0, 1)));
    assert_eq!(
        values(sheet, 3),
        [
            "name=甲",
            "investment_total=150000000.00",
            "其中：外资（万美元）=2",
            "revenue_expected=300000000.00"
        ]
    );
}

#[test]
fn rows_that_show_how_a_form_is_filled_in_are_no_projects() {
    let rows = [
        vec![
            T("序号"),
            T("项目名称*"),
            T("总投资（万元）*"),
            T("建设性质"),
        ],
        vec![T("填写要求"), T("与备案一致"), T("填数字"), T("新建/续建")],
        vec![T("示例"), T("某某项目"), N(10000.0), T("新建")],
        vec![N(1.0), T("甲"), N(100.0), T("新建")],
    ];
    let read = read(&book("表", &rows, &[]), LedgerKind::Projects);
    let sheet = &read.sheets[0];
    assert_eq!((sheet.accepted_rows, sheet.refused_rows), (1, 0));
    assert_eq!(sheet.skipped.len(), 2);
}
