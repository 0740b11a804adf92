//! Times the reading of a large project ledger against what calamine alone takes for the same file.
//!
//! `import_speed write FILE [ROWS]` writes the ledger, `import_speed calamine FILE` and `import_speed exchange FILE`
//! read it and print seconds and the most memory that was used.

use std::time::Instant;

use calamine::{Reader, Xlsx, open_workbook_from_rs};
use exchange::{LedgerKind, Options, each_record, read_workbook};
use rust_xlsxwriter::{Format, Workbook};

const COLUMNS: [(&str, Kind); 40] = [
    ("序号", Kind::Count),
    ("项目名称", Kind::Name),
    ("项目代码", Kind::Name),
    ("业主单位", Kind::Name),
    ("项目类别", Kind::Word),
    ("建设性质", Kind::Nature),
    ("所属产业", Kind::Word),
    ("所属园区", Kind::Word),
    ("建设地点", Kind::Word),
    ("主要建设内容", Kind::Name),
    ("计划总投资", Kind::Money),
    ("合同金额", Kind::Money),
    ("2024年计划投资", Kind::Money),
    ("2023年计划投资", Kind::Money),
    ("截至2023年底累计完成投资", Kind::Money),
    ("1-5月完成投资", Kind::Money),
    ("5月完成投资", Kind::Money),
    ("累计完成投资", Kind::Money),
    ("到位资金", Kind::Money),
    ("预计年产值", Kind::Money),
    ("预计年税收", Kind::Money),
    ("签约时间", Kind::Date),
    ("计划签约时间", Kind::Date),
    ("开工时间", Kind::Date),
    ("计划开工时间", Kind::Date),
    ("竣工时间", Kind::WordedDate),
    ("计划竣工时间", Kind::WordedDate),
    ("投产时间", Kind::Date),
    ("计划投产时间", Kind::Date),
    ("建筑面积（平方米）", Kind::Money),
    ("用地面积（亩）", Kind::Money),
    ("栋数", Kind::Count),
    ("形象进度", Kind::Word),
    ("存在问题", Kind::Word),
    ("下一步计划", Kind::Word),
    ("包保领导", Kind::Word),
    ("责任单位", Kind::Word),
    ("联系人", Kind::Word),
    ("联系电话", Kind::Count),
    ("备注", Kind::Word),
];

#[derive(Clone, Copy)]
enum Kind {
    Count,
    Name,
    Word,
    Nature,
    Money,
    Date,
    WordedDate,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let (mode, file) = (arguments[1].as_str(), arguments[2].as_str());
    if mode == "write" {
        let rows = arguments
            .get(3)
            .and_then(|rows| rows.parse().ok())
            .unwrap_or(100_000);
        write(file, rows);
        return;
    }
    let bytes = std::fs::read(file).expect("the ledger was written before");
    let start = Instant::now();
    let cells = if mode == "calamine" {
        by_calamine(&bytes)
    } else {
        by_exchange(&bytes)
    };
    tell(mode, start.elapsed().as_secs_f64(), cells);
}

#[expect(clippy::print_stdout, reason = "a measurement is the result")]
fn tell(mode: &str, seconds: f64, cells: usize) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap_or("?");
    println!("{mode} {seconds:.3} s {cells} values, at most{peak}");
}

fn by_calamine(bytes: &[u8]) -> usize {
    let mut book: Xlsx<_> =
        open_workbook_from_rs(std::io::Cursor::new(bytes)).expect("the ledger is an xlsx");
    let name = book.sheet_names()[0].clone();
    let range = book.worksheet_range(&name).expect("the sheet is there");
    range.used_cells().count()
}

fn by_exchange(bytes: &[u8]) -> usize {
    let book = read_workbook(bytes).expect("the ledger is an xlsx");
    let mut values = 0;
    let options = Options::new(LedgerKind::Projects);
    let sheets = each_record(&book, &options, &mut |_, _, record| {
        values += record.entries.len();
    });
    assert_eq!(sheets[0].refused_rows, 0, "{:?}", sheets[0].refused.first());
    values
}

fn write(file: &str, rows: u32) {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    sheet
        .write(0, 0, "2024年5月重点项目台账（单位：万元）")
        .expect("a title fits");
    for (column, (header, _)) in (0_u16..).zip(COLUMNS) {
        sheet.write(1, column, header).expect("a header fits");
    }
    for row in 0..rows {
        for (column, (_, kind)) in (0_u16..).zip(COLUMNS) {
            let number = row * 7 + u32::from(column);
            let at = row + 2;
            let written = match kind {
                Kind::Count => sheet.write(at, column, row + 1),
                Kind::Name => sheet.write(at, column, format!("项目{column}-{row}")),
                Kind::Word => sheet.write(at, column, format!("词语{}", number % 50)),
                Kind::Nature => sheet.write(at, column, ["新建", "续建", "技改"][row as usize % 3]),
                Kind::Money => sheet.write(at, column, f64::from(number % 999_983) / 100.0),
                Kind::Date => sheet.write_with_format(at, column, 45_000 + number % 700, &date),
                Kind::WordedDate => sheet.write(
                    at,
                    column,
                    format!("202{}年{}月底", number % 6, number % 12 + 1),
                ),
            };
            written.expect("a cell fits");
        }
    }
    workbook.save(file).expect("the ledger can be written");
}
