//! `screen` as the page of the contract has it: what it reads, what it writes, and that an explanation says
//! the same.

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray,
};
use datafusion::arrow::datatypes::{DataType, UInt64Type};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value as Json;

use crate::rule_place::{FIRMS, rules};

#[test]
fn screen_writes_a_row_for_each_subject_and_policy() {
    let place = rules();
    place.write("firms.csv", FIRMS);
    let words = "screen firms.csv -o out.csv --as-of 2024-12-31 --format json";
    let did = place.run_in("zh_CN.UTF-8", words);
    assert_eq!(did.code, Some(0), "{}", did.err);
    let written = place.read("out.csv");
    let lines: Vec<&str> = written.lines().collect();
    assert_eq!(
        lines,
        [
            "subject_id,policy,verdict,amount,saves,chosen,failed,missing,gaps",
            "B,grant,eligible,0.02,0.02,true,,,few=0 large=0.00 valid=0",
            "B,title,eligible,,,false,,,",
            "A,grant,ineligible,,,false,few large valid,,few=-1 large=-0.01",
            "A,title,ineligible,,,false,resident,,",
            "C,grant,unknown,0.01,0.01,false,,staff until,large=900.00",
            "C,title,unknown,,,false,,flag,",
            "D,grant,unknown,0.33,0.33,false,,revenue until,few=299",
            "D,title,eligible,,,false,,,",
        ]
    );
    let summary = did.json();
    assert_eq!(
        summary.to_string(),
        "[{\"policy\":\"grant\",\"eligible\":1,\"ineligible\":1,\"unknown\":2,\"not_in_force\":0,\
         \"amount\":0.02,\"saves\":0.02,\"saves_chosen\":0.02},\
         {\"policy\":\"title\",\"eligible\":2,\"ineligible\":1,\"unknown\":1,\"not_in_force\":0,\
         \"amount\":0.0,\"saves\":0.0,\"saves_chosen\":0.0}]"
    );
    assert!(did.err.contains("备注"), "{}", did.err);
    let notes = place.read("out.csv.notes.csv");
    let notes: Vec<&str> = notes.lines().collect();
    assert_eq!(
        notes,
        [
            "row,column,value,reason",
            "3,职工总数,many,not_a_number",
            "4,营业收入,0.005,finer_than_hundredth",
            "4,证书有效期止,2024/12/31,not_a_date",
        ]
    );
    // The same on any machine.
    let english = place.run(words);
    assert_eq!(place.read("out.csv"), written);
    assert_eq!(english.json(), summary);
    // A day later one of the two is not in force.
    let words = "screen firms.csv -o out.csv --as-of 2025-01-01 --policy grant";
    assert_eq!(place.run(words).code, Some(0));
    let after = place.read("out.csv");
    assert_eq!(
        after.lines().nth(1),
        Some("B,grant,not_in_force,,,false,,,")
    );
    assert_eq!(after.lines().count(), 5);
}

#[test]
fn a_table_without_subjects_or_with_one_twice_cannot_be_screened() {
    let place = rules();
    for (table, words) in [
        ("name,revenue\nA,1\n", "subject_id"),
        ("uscc,revenue\nA,1\nB,2\nA,3\n", "A"),
        ("subject_id,revenue,营业收入\nA,1,2\n", "revenue"),
    ] {
        place.write("firms.csv", table);
        for command in ["screen firms.csv -o out.csv", "rulebook gaps firms.csv"] {
            let did = place.run(command);
            assert_eq!(did.code, Some(2), "{table}");
            assert!(did.err.contains(words), "{}", did.err);
            assert!(did.out.is_empty(), "{}", did.out);
        }
        assert!(!place.path("out.csv").exists());
    }
    assert_eq!(place.run("screen nothing.csv -o out.csv").code, Some(2));
    place.write("firms.csv", "subject_id\nA\n");
    assert_eq!(place.run("screen firms.csv -o out.txt").code, Some(2));
    assert_eq!(
        place.run("screen firms.csv -o out.csv --layout wide").code,
        Some(2)
    );
    assert_eq!(
        place.run("screen firms.csv -o out.csv --set staff=1").code,
        Some(2)
    );
    assert_eq!(
        place.run("screen firms.csv -o out.csv --set share=x").code,
        Some(2)
    );
    assert_eq!(
        place
            .run("screen firms.csv -o out.csv --format markdown")
            .code,
        Some(2)
    );
}

#[test]
fn typed_columns_are_read_by_their_types() {
    let place = rules();
    parquet(
        &place.path("firms.parquet"),
        vec![
            ("uscc", Arc::new(StringArray::from(vec!["A", "B", "C"]))),
            // A float is taken by its shortest decimal.
            (
                "营业收入",
                Arc::new(Float64Array::from(vec![100.1, 0.1 + 0.2, 1e3])),
            ),
            ("rd", Arc::new(Int64Array::from(vec![Some(1), None, None]))),
            (
                "rd.none",
                Arc::new(BooleanArray::from(vec![None, Some(true), Some(false)])),
            ),
            ("staff", Arc::new(Float64Array::from(vec![1.0, 1.5, 300.0]))),
            ("colour", Arc::new(Int64Array::from(vec![1, 2, 3]))),
            (
                "colour.none",
                Arc::new(BooleanArray::from(vec![true, true, true])),
            ),
        ],
    );
    let words = "screen firms.parquet -o out.csv --as-of 2024-12-31 --policy grant";
    let did = place.run(words);
    assert_eq!(did.code, Some(0), "{}", did.err);
    let written = place.read("out.csv");
    let lines: Vec<&str> = written.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "A,grant,unknown,0.33,0.33,false,,until,few=299 large=0.10",
            "B,grant,unknown,,,false,,revenue staff until,",
            "C,grant,unknown,,,false,,rd until,few=0 large=900.00",
        ]
    );
    assert!(did.err.contains("colour, colour.none"), "{}", did.err);
    assert_eq!(place.read("out.csv.notes.csv").lines().count(), 3);
}

fn parquet(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns
            .into_iter()
            .map(|(name, column)| (name, column, true)),
    )
    .unwrap();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn parquet_keeps_lists_maps_decimals_and_truth() {
    let place = rules();
    place.write("firms.csv", FIRMS);
    for (layout, wanted) in [
        (
            "long",
            "subject_id Utf8, policy Utf8, verdict Utf8, amount Decimal128(38, 2), saves Decimal128(38, 2), \
             chosen Boolean, failed List(Utf8), missing List(Utf8), gaps Map",
        ),
        (
            "wide",
            "subject_id Utf8, grant.failed UInt64, grant.unknown UInt64, grant.amount Decimal128(18, 2), \
             grant.saves Decimal128(18, 2), grant.chosen Boolean, grant.gap.few Int64, \
             grant.gap.large Decimal128(18, 2), grant.gap.valid Int64, title.failed UInt64, \
             title.unknown UInt64, title.amount Decimal128(18, 2), title.saves Decimal128(18, 2), \
             title.chosen Boolean",
        ),
    ] {
        let words = format!("screen firms.csv -o out.parquet --layout {layout} --as-of 2024-12-31");
        let did = place.run(&words);
        assert_eq!(did.code, Some(0), "{}", did.err);
        let batch = read_parquet(&place.path("out.parquet"));
        let fields: Vec<String> = batch
            .schema()
            .fields()
            .iter()
            .map(|field| match field.data_type() {
                DataType::List(item) => format!("{} List({})", field.name(), item.data_type()),
                DataType::Map(..) => format!("{} Map", field.name()),
                other => format!("{} {other}", field.name()),
            })
            .collect();
        assert_eq!(fields.join(", "), wanted);
        if layout == "wide" {
            let masks = |name: &str| {
                let column = batch.column_by_name(name).unwrap();
                column.as_primitive::<UInt64Type>().values().to_vec()
            };
            // Bit k is clause k, in the order of the file.
            assert_eq!(masks("grant.failed"), [0, 0b111, 0, 0]);
            assert_eq!(masks("grant.unknown"), [0, 0, 0b101, 0b110]);
        }
    }
}

#[test]
fn a_changed_law_is_set_beside_the_law() {
    let place = rules();
    place.write("firms.csv", FIRMS);
    let words = "screen firms.csv -o out.csv --as-of 2024-12-31 --policy grant --format json";
    let did = place.run(&format!("{words} --set p.share=2/3 --set staff_max=301"));
    assert_eq!(did.code, Some(0), "{}", did.err);
    let both = did.json();
    assert_eq!(both["law"][0]["amount"], 0.02);
    assert_eq!(both["changed"][0]["amount"], 0.03);
    assert_eq!((&both["gainers"], &both["losers"]), (&1.into(), &0.into()));
    assert!(both["by"].is_object());
    // What is written is the changed law.
    let written = place.read("out.csv");
    assert_eq!(
        written.lines().nth(1),
        Some("B,grant,eligible,0.03,0.03,true,,,few=1 large=0.00 valid=0")
    );
}

fn read_parquet(path: &Path) -> RecordBatch {
    let file = std::fs::File::open(path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    reader.build().unwrap().next().unwrap().unwrap()
}

/// Records with a name that their owner has, too; an owner's card; months in a row; a definition of one's own.
const LOANS: &str = "variables:
  principal: {label: {zh: 本金, en: Principal}, subject: loan, type: money, period: none}
  staff: {label: {zh: 职工总数, en: Staff}, subject: loan, type: integer, period: none}
  late: {label: {zh: 逾期, en: Late}, subject: loan, type: boolean, period: month}
  orders: {label: {zh: 订单, en: Orders}, subject: enterprise, type: integer, period: quarter}
";

const LOAN_RULES: &str = r#"policy: interest
subject: loan
in_force: {from: 2020-01-01}
clauses:
  - {id: small, when: principal <= yuan(1000)}
  - {id: owner, when: owner.staff < 10}
  - {id: own, when: staff = 1}
  - {id: points, when: score('size') >= 5}
  - {id: granted, when: verdict('grant') <> 'ineligible'}
  - {id: on_time, when: months_running(late) < 2}
  - {id: busy, when: "orders > prior(orders, 1)"}
benefit: {kind: subsidy, amount: principal * 0.01}
"#;

#[test]
fn records_are_screened_as_they_are_explained() {
    let place = rules();
    place.write("rulebook/cn/variables/loans.yaml", LOANS);
    place.write("rulebook/cn/policies/finance/interest.yaml", LOAN_RULES);
    let card = "scorecard: size
items: [{id: people, value: staff, weight: 10, score: {method: min_max, direction: lower}}]
";
    place.write("rulebook/cn/scorecards/size.yaml", card);
    let loans = "subject_id,本金,职工总数,owner.staff,owner.staff[grant],late@2025-03,late@2025-02,late@2025-01,orders@2025-Q1,orders@2024-Q4
L1,1000,1,9,,true,false,,2,1
L2,1000.01,1,9,301,true,true,,2,2
L3,10,,,,,,,,
L4,1,1,0,,false,none,,3,2
";
    place.write("loans.csv", loans);
    let day = "--as-of 2025-03-31";
    let did = place.run(&format!("screen loans.csv -o out.csv --subject loan {day}"));
    assert_eq!(did.code, Some(0), "{}", did.err);
    let written = place.read("out.csv");
    let lines: Vec<&str> = written.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "L1,interest,ineligible,10.00,10.00,false,points,,small=0.00 owner=1 points=-5.000000 on_time=1 busy=1",
            "L2,interest,ineligible,10.00,10.00,false,small points on_time busy,,small=-0.01 owner=1 points=-5.000000 busy=0",
            "L3,interest,ineligible,0.10,0.10,false,points,late orders orders@2024-Q4 owner.staff staff,small=990.00 points=-5.000000",
            "L4,interest,eligible,0.01,0.01,true,,,small=999.00 owner=10 points=5.000000 on_time=2 busy=1",
        ]
    );
    for line in &lines {
        let cells: Vec<&str> = line.split(',').collect();
        let words = format!(
            "explain loans.csv {} interest {day} --format json",
            cells[0]
        );
        let explained = place.run(&words).json();
        assert_eq!(explained["verdict"], cells[2], "{line}");
        let list = |found: &Json| -> String {
            let all = found.as_array().unwrap().iter();
            let all: Vec<&str> = all.map(|word| word.as_str().unwrap()).collect();
            all.join(" ")
        };
        assert_eq!(list(&explained["missing"]), cells[7], "{line}");
    }
}

#[test]
fn a_policys_own_definition_is_read_first_and_said() {
    let place = rules();
    let firms = "subject_id,staff,staff[grant],revenue,revenue[grant]@2024,until,rd
A,400,300,1,100,2024-12-31,1
B,300,,100,,2024-12-31,1
";
    place.write("firms.csv", firms);
    let day = "--as-of 2024-12-31";
    assert_eq!(
        place
            .run(&format!("screen firms.csv -o out.csv --policy grant {day}"))
            .code,
        Some(0)
    );
    let written = place.read("out.csv");
    let lines: Vec<&str> = written.lines().skip(1).collect();
    let eligible = "grant,eligible,0.33,0.33,true,,,few=0 large=0.00 valid=0";
    assert_eq!(lines, [format!("A,{eligible}"), format!("B,{eligible}")]);
    let told = place.run(&format!("explain firms.csv A grant {day}"));
    assert!(told.out.contains("given as staff[grant]"), "{}", told.out);
}
