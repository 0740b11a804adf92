//! The plan against a second judge: random rules over the whole language, random rows near their
//! boundaries, and every mask, amount, saving and gap compared.
//!
//! `GUANJIA_RANDOM_CASES` says how many cases (a policy and a row) are drawn; a failure names the seed of
//! its rulebook, and `GUANJIA_RANDOM_SEED` draws that one alone.

mod draw;
mod frame;
mod judge;
mod language;
mod oracle;
mod rows;
mod values;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;

use chrono::NaiveDate;
use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Int64Type, UInt64Type};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::file::properties::WriterProperties;
use domain::SubjectKind;
use num_rational::BigRational;
use num_traits::Signed;

use self::draw::Draw;
use self::judge::{Naive, Outcome, Row};
use self::language::{Policy, VARIABLES};
use self::rows::Limits;
use self::values::decimal;
use engine::run::{Input, Output, Screening};
use engine::{RuleFiles, Rulebook, Severity, load_files};

/// Cases without the variable: enough to find what is often wrong, in a few seconds.
const CASES: usize = 40_000;
/// Policies of a rulebook, each a plan's part, so that shared terms are met too.
const POLICIES: usize = 10;
/// Rows of a rulebook.
const ROWS: usize = 1_000;

const PARAMETERS: &str = "parameters:
  cap: {type: money, values: [{from: 2000-01-01, value: 5000000}]}
  rate: {type: ratio, values: [{from: 2000-01-01, value: 2/3}]}
  count: {type: integer, values: [{from: 2000-01-01, value: 50}]}
  day: {type: date, values: [{from: 2000-01-01, value: 2022-02-28}]}
  gone: {type: ratio, values: [{from: 2000-01-01, until: 2020-12-31, value: 0.5}]}
  bands: {type: table, columns: [money, ratio], values: [{from: 2000-01-01, value: [[0, 0.05], [5000000.01, 0.04], [200000000, 0.03]]}]}
  marks: {type: table, columns: [ratio, number], values: [{from: 2000-01-01, value: [[-1, 0], [0, 2], [0.5, 4], [1, 10]]}]}
";

fn variables() -> String {
    let mut text = "variables:\n".to_owned();
    for variable in &VARIABLES {
        let period = match variable.period {
            language::Period::None => "none",
            language::Period::Year => "year",
            language::Period::Month => "month",
        };
        let (name, ty, more) = (variable.name, variable.ty, variable.more);
        let _ = writeln!(
            text,
            "  {name}: {{label: {{en: {name}}}, subject: enterprise, type: {ty}, period: {period}, \
             sensitivity: public{more}}}"
        );
    }
    text
}

fn policy_text(at: usize, policy: &Policy) -> String {
    let mut text = format!(
        "policy: p{at}\nname: {{en: p{at}}}\nsubject: enterprise\nfield: other\nin_force: {{from: 2000-01-01}}\n\
         period: year\n"
    );
    if !policy.lets.is_empty() {
        text.push_str("let:\n");
        for (name, e) in &policy.lets {
            let _ = writeln!(text, "  {name}: \"{e}\"");
        }
    }
    text.push_str("clauses:\n");
    for (at, clause) in policy.clauses.iter().enumerate() {
        let _ = writeln!(
            text,
            "  - {{id: c{at}, text: {{en: c}}, when: \"{clause}\"}}"
        );
    }
    let _ = writeln!(
        text,
        "benefit:\n  kind: subsidy\n  amount: \"{}\"",
        policy.amount
    );
    if let Some(saves) = &policy.saves {
        let _ = writeln!(text, "  saves: \"{saves}\"");
    }
    text
}

fn load(policies: &[Policy]) -> Rulebook {
    let mut files = vec![
        ("v.yaml".to_owned(), variables()),
        ("p.yaml".to_owned(), PARAMETERS.to_owned()),
    ];
    let texts = policies.iter().enumerate();
    files.extend(texts.map(|(at, policy)| (format!("p{at}.yaml"), policy_text(at, policy))));
    let files = RuleFiles::from_texts(files);
    let (rulebook, found) = load_files(&files, None);
    rulebook.unwrap_or_else(|| {
        let errors: Vec<_> = found
            .iter()
            .filter(|d| d.severity == Severity::Error)
            .collect();
        panic!("a random rulebook does not load: {errors:#?}")
    })
}

/// The wide table of results, in a file, as contracted.
fn screen(rulebook: &Rulebook, as_of: NaiveDate, input: Input, dir: &Path) -> Vec<RecordBatch> {
    let output = dir.join("out.parquet");
    let screening = Screening {
        rulebook,
        subject: SubjectKind::Enterprise,
        as_of,
        policies: Vec::new(),
        set: HashMap::new(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime
        .block_on(screening.run(input, Output::WideParquet(output.clone())))
        .unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(output).unwrap()).unwrap();
    reader.build().unwrap().map(Result::unwrap).collect()
}

/// The table in a file of several row groups, so that parts and statistics are met too.
fn parquet(table: &RecordBatch, dir: &Path) -> Input {
    let path = dir.join("in.parquet");
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(ROWS / 3))
        .build();
    let file = File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new(file, table.schema(), Some(properties)).unwrap();
    writer.write(table).unwrap();
    writer.close().unwrap();
    Input::Parquet(path)
}

/// A number of a results column.
fn number(column: &dyn Array, row: usize) -> Option<BigRational> {
    if column.is_null(row) {
        return None;
    }
    Some(match column.data_type() {
        DataType::Decimal128(_, scale) => decimal(
            column.as_primitive::<Decimal128Type>().value(row),
            u32::try_from(*scale).unwrap(),
        ),
        DataType::Int64 => decimal(column.as_primitive::<Int64Type>().value(row).into(), 0),
        other => panic!("a number is {other}"),
    })
}

/// What the table of results says of a policy and a row.
fn found(batch: &RecordBatch, at: usize, policy: &Policy, row: usize) -> Outcome {
    let column = |name: &str| {
        let name = format!("p{at}.{name}");
        batch
            .column_by_name(&name)
            .unwrap_or_else(|| panic!("no column {name}"))
            .as_ref()
    };
    let mask = |name| column(name).as_primitive::<UInt64Type>().value(row);
    let gaps = policy.clauses.iter().enumerate().filter_map(|(clause, _)| {
        let column = batch.column_by_name(&format!("p{at}.gap.c{clause}"))?;
        Some((clause, number(column.as_ref(), row)))
    });
    Outcome {
        failed: mask("failed"),
        unknown: mask("unknown"),
        amount: number(column("amount"), row),
        saves: number(column("saves"), row),
        gaps: gaps.collect(),
    }
}

/// Whether a result is more than the columns of a Parquet file can hold, which is refused as a whole.
fn fits(outcome: &Outcome) -> bool {
    let most = decimal(10_i128.pow(18), 0);
    let within = |value: &Option<BigRational>, places: u32| {
        let scale = decimal(10_i128.pow(places), 0);
        value
            .as_ref()
            .is_none_or(|value| value.abs() * scale < most)
    };
    within(&outcome.amount, 2)
        && within(&outcome.saves, 2)
        && outcome.gaps.iter().all(|(_, gap)| within(gap, 6))
}

/// A row with what each policy gives it.
struct Case {
    row: Row,
    wanted: Vec<Outcome>,
}

fn compare(seed: u64, policies: &[Policy], all: &[Case], batches: &[RecordBatch]) {
    let mut compared = 0;
    for batch in batches {
        let ids = batch.column(0).as_string::<i32>();
        for line in 0..batch.num_rows() {
            let case = &all[ids.value(line)[1..].parse::<usize>().unwrap()];
            for (at, policy) in policies.iter().enumerate() {
                let (found, wanted) = (found(batch, at, policy, line), &case.wanted[at]);
                assert!(
                    found == *wanted,
                    "GUANJIA_RANDOM_SEED={seed}\n{}\nfound  {found:?}\nwanted {wanted:?}\n{}",
                    policy_text(at, policy),
                    known(&case.row)
                );
            }
            compared += 1;
        }
    }
    assert_eq!(compared, all.len(), "GUANJIA_RANDOM_SEED={seed}");
}

fn known(row: &Row) -> String {
    let mut text = String::new();
    for (variable, cells) in VARIABLES.iter().zip(row) {
        let cells: Vec<String> = cells.iter().map(|cell| format!("{cell:?}")).collect();
        let _ = writeln!(text, "{}: {}", variable.name, cells.join(", "));
    }
    text
}

/// A random rulebook with its rows, and what the second judge gives them.
struct Drawn {
    as_of: NaiveDate,
    policies: Vec<Policy>,
    cases: Vec<Case>,
}

impl Drawn {
    fn new(seed: u64, rows: usize, sql_only: bool) -> Self {
        let days = ["2024-12-31", "2024-02-29", "2025-03-30"];
        let as_of: NaiveDate = days[usize::try_from(seed % 3).unwrap()].parse().unwrap();
        let mut draw = Draw::new(seed, sql_only);
        let policies = draw.policies(POLICIES);
        let limits = Limits::of(&policies, as_of);
        let judged = std::iter::repeat_with(|| {
            let row = draw.row(&limits, as_of);
            let naive = Naive {
                policies: &policies,
                row: &row,
                as_of,
            };
            let wanted = policies
                .iter()
                .map(|policy| naive.outcome(policy))
                .collect();
            Case { row, wanted }
        });
        let cases: Vec<Case> = judged
            .take(rows * 10)
            .filter(|case| case.wanted.iter().all(fits))
            .take(rows)
            .collect();
        assert_eq!(
            cases.len(),
            rows,
            "too few results of seed {seed} fit a column"
        );
        Self {
            as_of,
            policies,
            cases,
        }
    }

    /// Asserts that the plan gives what the second judge gives.
    fn agrees(&self, seed: u64) {
        let rows = self.cases.iter().map(|case| &case.row);
        let table = frame::table(rows, self.as_of, !seed.is_multiple_of(4));
        let dir = tempfile::tempdir().unwrap();
        let input = if seed % 4 == 1 {
            parquet(&table, dir.path())
        } else {
            Input::Table(table)
        };
        let rulebook = load(&self.policies);
        let batches = screen(&rulebook, self.as_of, input, dir.path());
        compare(seed, &self.policies, &self.cases, &batches);
    }
}

fn cases() -> usize {
    std::env::var("GUANJIA_RANDOM_CASES")
        .ok()
        .map_or(CASES, |text| text.parse().expect("a number of cases"))
}

#[test]
fn the_plan_and_the_naive_judge_agree_near_every_boundary() {
    if let Ok(seed) = std::env::var("GUANJIA_RANDOM_SEED") {
        let seed = seed.parse().expect("a seed");
        Drawn::new(seed, ROWS, false).agrees(seed);
        return;
    }
    let rulebooks = cases().div_ceil(POLICIES * ROWS) as u64;
    let next = std::sync::atomic::AtomicU64::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    if seed >= rulebooks {
                        return;
                    }
                    Drawn::new(seed, ROWS, false).agrees(seed);
                }
            });
        }
    });
}
