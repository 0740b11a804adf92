//! Tables that `screen` cannot judge: what it says in both languages, and that it writes nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
use datafusion::parquet::arrow::ArrowWriter;
use domain::{Value, ValueType};
use exchange::write::table::{Table, TableColumn, workbook_of};

const RULES: &str = "\
variables:
  revenue: {label: {zh: 营业收入, en: Revenue}, subject: enterprise, type: money, period: none, sensitivity: public}
  staff: {label: {zh: 职工人数, en: Staff}, subject: enterprise, type: integer, period: none, sensitivity: public}
";

const PARAMETERS: &str = "\
parameters:
  staff_max:
    label: {zh: 人数上限, en: Staff at most}
    type: integer
    values: [{from: 2000-01-01, value: 300, legal: {cite: A law}}]
";

const POLICY: &str = "\
policy: reward
name: {zh: 奖励, en: Reward}
subject: enterprise
field: other
in_force: {from: 2000-01-01}
period: year
benefit: {kind: subsidy, amount: yuan(100)}
clauses:
  - {id: large, text: {zh: 收入够大, en: Large}, when: revenue >= yuan(1000)}
  - {id: small, text: {zh: 人数不多, en: Small}, when: staff <= p.staff_max}
";

fn written(dir: &Path) {
    let rules = dir.join("rules");
    std::fs::create_dir_all(rules.join("policies/other")).unwrap();
    std::fs::write(rules.join("variables.yaml"), RULES).unwrap();
    std::fs::write(rules.join("parameters.yaml"), PARAMETERS).unwrap();
    std::fs::write(rules.join("policies/other/reward.yaml"), POLICY).unwrap();
}

fn sheet(name: &str, rows: &[&[&str]]) -> Table {
    let column = |label: &&str| TableColumn::new(*label, ValueType::Text);
    let cell = |text: &&str| (!text.is_empty()).then(|| Value::Text((*text).to_owned()));
    Table {
        name: name.to_owned(),
        columns: rows[0].iter().map(column).collect(),
        rows: rows[1..]
            .iter()
            .map(|row| row.iter().map(cell).collect())
            .collect(),
    }
}

fn parquet(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn texts(cells: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

/// Tables with something wrong in each.
fn tables(dir: &Path) {
    let put = |name: &str, text: &str| std::fs::write(dir.join(name), text).unwrap();
    put("good.csv", "subject_id,revenue\nA,1000\n");
    put("empty.csv", "");
    put("blank.csv", "\n\n");
    put("torn.xlsx", "PK\u{3}\u{4} and no more");
    std::fs::write(dir.join("picture.png"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
    put("nobody.csv", "企业名称,营业收入\n甲,1000\n");
    put(
        "two_words.csv",
        "subject_id,营业收入,staff,revenue\nA,1,2,3\n",
    );
    put("one_word.csv", "subject_id,revenue,revenue\nA,1,2\n");
    put("twice.csv", "企业表\nstaff,uscc\n1,00420\n2,B\n3,00420\n");
    put("no_ids.csv", "subject_id,staff\n,1\nB,2\n,3\n");
    put("torn.parquet", "PAR1 and no more");
    std::fs::create_dir(dir.join("nothing")).unwrap();
    let cover = sheet("说明", &[&["请如实填写"], &["谢谢"]]);
    let nobody = sheet("企业", &[&["企业名称", "营业收入"], &["甲", "1000"]]);
    let twice = sheet(
        "企业",
        &[
            &["subject_id", "营业收入"],
            &["A", "1"],
            &["B", "2"],
            &["A", "3"],
        ],
    );
    for (name, sheets) in [
        ("nobody.xlsx", [cover.clone(), nobody]),
        ("twice.xlsx", [cover, twice]),
    ] {
        std::fs::write(dir.join(name), workbook_of(&sheets).unwrap()).unwrap();
    }
    let truths: ArrayRef = Arc::new(BooleanArray::from(vec![true, false, true]));
    let ids = texts(&["A", "B", "A"]);
    let type_of = vec![("subject_id", Arc::clone(&ids)), ("revenue", truths)];
    parquet(&dir.join("type.parquet"), type_of);
    let twice = vec![("subject_id", ids), ("staff", texts(&["1", "2", "3"]))];
    parquet(&dir.join("twice.parquet"), twice);
    // Somebody's earlier results, and a folder where a file is wanted.
    put("before.csv", "earlier results");
    std::fs::create_dir(dir.join("folder.parquet")).unwrap();
}

/// What is typed behind `guanjia screen`, and what is wrong with it.
const WRONG: [(&str, &str); 24] = [
    ("a file that is not there", "missing.xlsx -o out.csv"),
    ("no bytes", "empty.csv -o out.csv"),
    ("no words", "blank.csv -o out.csv"),
    ("a damaged workbook", "torn.xlsx -o out.xlsx"),
    ("no table", "picture.png -o out.csv"),
    ("no subject column", "nobody.csv -o before.csv"),
    ("no sheet with a subject column", "nobody.xlsx -o out.xlsx"),
    ("two words for one variable", "two_words.csv -o out.csv"),
    ("one word twice", "one_word.csv -o out.parquet"),
    ("an id twice, below a title", "twice.csv -o before.csv"),
    ("an id twice, in a sheet", "twice.xlsx -o out.parquet"),
    ("no id twice", "no_ids.csv -o out.xlsx"),
    (
        "an id twice, in Parquet",
        "twice.parquet -o out.parquet --layout wide",
    ),
    ("a column of a wrong type", "type.parquet -o out.parquet"),
    ("damaged Parquet", "torn.parquet -o out.parquet"),
    ("a folder without Parquet", "nothing -o out.parquet"),
    (
        "no such folder for the output",
        "good.csv -o reports/out.csv",
    ),
    (
        "a folder in the output's place",
        "good.csv -o folder.parquet",
    ),
    ("the output is the input", "good.csv -o ./good.csv"),
    ("an unknown kind of output", "good.csv -o out.doc"),
    (
        "an unknown kind of subject",
        "good.csv -o out.csv --subject enterprize",
    ),
    (
        "an unknown parameter",
        "good.csv -o out.csv --set staff_mox=5",
    ),
    (
        "a value of a wrong type",
        "good.csv -o out.csv --set staff_max=1.5",
    ),
    (
        "a cluster reads Parquet",
        "good.csv -o out.csv --cluster df://127.0.0.1:1",
    ),
];

fn guanjia(dir: &Path, language: &str, words: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_guanjia"))
        .args(words.split(' '))
        .args(["--rulebook", "rules", "--as-of", "2025-12-31"])
        .current_dir(dir)
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env("LANG", language)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// The names and contents of all that stands in a folder.
fn standing(dir: &Path) -> BTreeMap<String, Option<Vec<u8>>> {
    let entries = std::fs::read_dir(dir).unwrap();
    let named = entries.map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read(path).ok())
    });
    named.collect()
}

fn refusals(language: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path());
    tables(dir.path());
    let before = standing(dir.path());
    let mut all = String::new();
    for (what, typed) in WRONG {
        let output = guanjia(dir.path(), language, &format!("screen {typed}"));
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{what}: {told}");
        assert!(output.stdout.is_empty(), "{what}");
        assert!(standing(dir.path()) == before, "{what}: files have changed");
        writeln!(all, "{what}: {typed}\n{told}").unwrap();
    }
    all
}

#[test]
fn chinese_officers_read_what_is_wrong_and_how_to_mend_it() {
    insta::assert_snapshot!("refusals_zh", refusals("zh_CN.UTF-8"));
}

#[test]
fn english_readers_do_too() {
    insta::assert_snapshot!("refusals_en", refusals("en_GB.UTF-8"));
}

#[test]
fn other_commands_refuse_a_table_in_the_same_words() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path());
    tables(dir.path());
    let told = |words: &str| {
        let output = guanjia(dir.path(), "zh_CN.UTF-8", words);
        assert_eq!(output.status.code(), Some(2), "{words}");
        String::from_utf8(output.stderr).unwrap()
    };
    for table in ["twice.xlsx", "type.parquet", "nobody.csv", "missing.xlsx"] {
        let screen = told(&format!("screen {table} -o out.csv"));
        assert_eq!(screen, told(&format!("explain {table} A reward")));
        assert_eq!(screen, told(&format!("rulebook gaps {table}")));
    }
}

#[test]
fn a_cover_and_columns_that_are_no_facts_do_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path());
    let cover = sheet("封面", &[&["某高新区"], &["二〇二五年"]]);
    let firms = sheet(
        "企业",
        &[
            &["备注", "uscc", "revenue", "备注"],
            &["甲", "00420", "1000", "乙"],
        ],
    );
    let book = workbook_of(&[cover, firms]).unwrap();
    std::fs::write(dir.path().join("firms.xlsx"), book).unwrap();
    let output = guanjia(dir.path(), "zh_CN.UTF-8", "screen firms.xlsx -o out.csv");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert_eq!(told, "未识别、已略过的列：备注, 备注\n");
    let rows = std::fs::read_to_string(dir.path().join("out.csv")).unwrap();
    let row = rows.lines().nth(1).unwrap();
    assert_eq!(
        row,
        "00420,reward,unknown,100.00,100.00,false,,staff,large=0.00"
    );
}
