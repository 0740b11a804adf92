//! What a cell, a header or a line around a table says: amounts, dates, units, times, formats.

use exchange::grid::Exact;
use exchange::number_format::{NumberFormat, day_of_serial};
use exchange::table::{lines, rows};
use exchange::value::Unit;
use exchange::value::date::parse_date;
use exchange::value::fold::{compact, fold, one_line};
use exchange::value::number::parse_quantity;
use exchange::value::unit::units_of_line;
use exchange::vocabulary::{LedgerKind, Vocabulary, take_time};

use crate::{Seed, workbook};

/// Reads the bytes as each of these things, and as a ledger of one column: the first line is its header, the
/// others are its cells and the line above it.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for line in text.lines() {
        words(line);
    }
    let mut all = text.lines();
    let header = all.next().unwrap_or_default();
    let cells: Vec<&str> = all.collect();
    let above = cells.last().copied().unwrap_or_default();
    let mut ledger = format!("{}\n项目名称,企业名称,{}\n", quoted(above), quoted(header));
    for cell in &cells {
        ledger.push_str("甲,乙有限公司,");
        ledger.push_str(&quoted(cell));
        ledger.push('\n');
    }
    workbook::ledgers(ledger.as_bytes());
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn words(text: &str) {
    let folded = fold(text);
    let _ = (compact(text), one_line(text), lines::is_line(text));
    let _ = (parse_quantity(&folded), Unit::parse(text));
    let _ = (
        units_of_line(text),
        rows::total_word(text),
        take_time(&folded),
    );
    for year in [None, Some(2024)] {
        if let Ok(read) = parse_date(text, year) {
            assert!(read.date.earliest() <= read.date.latest());
        }
    }
    let format = NumberFormat::from_code(text);
    if let Some(number) = Exact::parse(text.trim()) {
        let again = Exact::parse(&number.to_string()).map(Exact::to_decimal);
        assert_eq!(
            again,
            Some(number.to_decimal()),
            "a number is what it writes"
        );
        for epoch_1904 in [false, true] {
            let _ = (
                format.date(number, epoch_1904),
                day_of_serial(number, epoch_1904),
            );
        }
        let _ = number.to_integer();
    }
}

/// Cells as people write them below the headers of the ledgers.
pub fn seeds() -> Vec<Seed> {
    let written = "1,234.56万元\n约3.2亿元\n１２．５％\n(1,200)\n三千五百万\n2亿3000万元\n100万元/年\n500-800万元\n\
        12.5亩\n8.6万㎡\n1.2e3\n2024年3月底\n预计5月上旬\n2022-2025\n2024.10\n2024年3月至12月\n二〇二四年一季度\n\
        20240315\n45352\n2024-02-30\n03/04/2024\n是\n无数据\n91310000MA1FL0000X\n单位：万元、亩\n填报日期：2024年4月5日\n\
        截至2024年3月底累计完成投资（万元）\n2024年1-5月营业收入同比增长（%）\n其中：设备投资\n合计\n\
        yyyy\"年\"m\"月\"d\"日\";@\n[$-804]#,##0.00_);[Red]\\(¥#,##0.00\\)\n0.00%\n[h]:mm:ss";
    let written: Vec<&str> = written.lines().collect();
    let headers = [LedgerKind::Projects, LedgerKind::Enterprises]
        .into_iter()
        .flat_map(|kind| Vocabulary::built_in(kind).variables);
    let below = |at: usize| {
        [at, at * 7 + 3]
            .map(|at| written[at % written.len()])
            .join("\n")
    };
    let mut seeds: Vec<Seed> = headers
        .enumerate()
        .map(|(at, variable)| {
            let text = format!("{}\n{}", variable.label_zh, below(at));
            Seed::new(format!("cell-{at:03}"), text)
        })
        .collect();
    for (at, header) in written.iter().enumerate() {
        seeds.push(Seed::new(
            format!("header-{at:03}"),
            format!("{header}\n{}", below(at)),
        ));
    }
    seeds
}
