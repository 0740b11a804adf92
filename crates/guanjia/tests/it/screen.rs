//! What `screen` writes for an officer: a workbook with a sheet in the words of the law and the office.

use std::process::Command;

use exchange::grid::{Content, Workbook};

/// A firm at its limits, one that fails three conditions, and one of which two facts are not known.
const FIRMS: &str = "\
subject_id,name,is_resident_enterprise,restricted_industry,taxable_income,average_staff,average_total_assets
A,甲公司,是,否,3000000.00,300,50000000.00
B,乙公司,是,否,3000000.01,300.25,50000000.01
C,丙公司,,否,2000000.00,12,许多
";

fn screened(language: &str) -> Workbook {
    let (dir, _) = run(language, "out.xlsx");
    let bytes = std::fs::read(dir.path().join("out.xlsx")).unwrap();
    exchange::read_workbook(&bytes).unwrap()
}

/// Screens the firms; gives the folder with the output, and what was said on standard error.
fn run(language: &str, output: &str) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let (input, output) = (dir.path().join("firms.csv"), dir.path().join(output));
    std::fs::write(&input, FIRMS).unwrap();
    let rulebook = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rulebook");
    let said = Command::new(env!("CARGO_BIN_EXE_guanjia"))
        .arg("screen")
        .arg(&input)
        .arg("-o")
        .arg(&output)
        .args(["--policy", "small_low_profit_cit"])
        .args(["--as-of", "2025-12-31", "--rulebook", rulebook])
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env("LANG", language)
        .output()
        .unwrap();
    assert!(said.status.success(), "{said:?}");
    (dir, String::from_utf8(said.stderr).unwrap())
}

/// The cells of a sheet, a row a line, with bars between.
pub fn lines(book: &Workbook, sheet: &str) -> Vec<String> {
    let text = |content| match content {
        Content::Text(id) => book.strings.get(id).to_owned(),
        Content::Number(number) => number.to_decimal().normalize().to_string(),
        other => format!("{other:?}"),
    };
    let sheet = book
        .sheets
        .iter()
        .find(|found| found.name == sheet)
        .unwrap();
    let line = |row| {
        let cells = sheet.cells_of(row).iter().map(|cell| text(cell.content()));
        cells.collect::<Vec<_>>().join("|")
    };
    sheet.rows.iter().map(line).collect()
}

#[test]
fn an_officer_reads_names_reasons_and_what_is_missing() {
    let book = screened("zh_CN.UTF-8");
    let names: Vec<&str> = book
        .sheets
        .iter()
        .map(|sheet| sheet.name.as_str())
        .collect();
    assert_eq!(names, ["verdicts", "筛查结果", "汇总", "notes"]);
    let expected = [
        "编号|名称|政策|结论|金额（元）|可节省（元）|择优选用|不符合的条件|还缺的数据",
        "A|甲公司|小型微利企业所得税优惠|符合|600000|600000|是",
        "B|乙公司|小型微利企业所得税优惠|不符合|年度应纳税所得额不超过300万元（差 0.01 元）；\
         从业人数不超过300人（季度平均，含接受的劳务派遣用工）（差 0.25）；\
         资产总额不超过5000万元（季度平均）（差 0.01 元）",
        "C|丙公司|小型微利企业所得税优惠|尚不能判定|400000|400000|资产总额（季度平均）；居民企业",
    ];
    assert_eq!(lines(&book, "筛查结果"), expected);
    let notes = lines(&book, "notes");
    assert_eq!(notes[1], "3|average_total_assets|许多|不是数字");
}

#[test]
fn bad_cells_have_words_for_people_and_codes_for_programs() {
    let (_, told) = run("zh_CN.UTF-8", "out.xlsx");
    assert_eq!(
        told,
        "G4“average_total_assets”列的“许多”不能用（不是数字），按不详处理\n"
    );
    let (dir, told) = run("en_GB.UTF-8", "out.csv");
    assert_eq!(
        told,
        "G4: \"许多\" in the column \"average_total_assets\" cannot be used (no number) and counts as not known\n"
    );
    let notes = std::fs::read_to_string(dir.path().join("out.csv.notes.csv")).unwrap();
    let expected = "row,column,value,reason\n3,average_total_assets,许多,not_a_number\n";
    assert_eq!(notes, expected);
}

#[test]
fn programs_read_the_same_whatever_the_language() {
    let (chinese, english) = (screened("zh_CN.UTF-8"), screened("en_GB.UTF-8"));
    assert_eq!(lines(&chinese, "verdicts"), lines(&english, "verdicts"));
    assert_eq!(
        lines(&english, "verdicts")[1],
        "A|small_low_profit_cit|eligible|600000|600000|true|income=0.00 staff=0.000000 assets=0.00"
    );
    assert!(lines(&english, "Results")[2].contains("(by 0.01 yuan)"));
}
