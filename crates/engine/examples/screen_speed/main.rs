//! How fast the plan judges: the work behind `bench/screen`. Each task prints what it took.

mod frame;
mod hand;
mod rules;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use datafusion::arrow::record_batch::RecordBatch;
use domain::SubjectKind;
use engine::judge::{Facts, Judge};
use engine::run::{Frame, Input, Output, Plan, PolicySummary, Screened, Screening, judge};
use engine::{RuleFiles, Rulebook, load_files};
use rules::{Policy, policies};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HELP: &str = "\
screen_speed write FILE ROWS     makes enterprises in Parquet
screen_speed summary FILE        from Parquet to the summary of 40 policies of 5 clauses
screen_speed wide FILE OUT       from Parquet to Parquet, all verdicts
screen_speed memory ROWS         one thread in memory: the plan against loops written by hand
screen_speed growth              time by rows and by clauses
screen_speed load                200 policies loaded and compiled
screen_speed one RULEBOOK        one enterprise against all policies of a rulebook";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["write", file, rows] => {
            let Ok(rows) = rows.parse() else {
                return help();
            };
            frame::write(Path::new(file), rows);
        }
        ["summary", file] => summary(Path::new(file)),
        ["wide", file, out] => wide(Path::new(file), Path::new(out)),
        ["memory", rows] => {
            let Ok(rows) = rows.parse() else {
                return help();
            };
            memory(rows);
        }
        ["growth"] => growth(),
        ["load"] => load(),
        ["one", dir] => one(Path::new(dir)),
        _ => return help(),
    }
    ExitCode::SUCCESS
}

fn help() -> ExitCode {
    println!("{HELP}");
    ExitCode::from(2)
}

fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 12, 31).expect("a day of the calendar")
}

fn rulebook(policies: &[Policy]) -> Rulebook {
    let files = RuleFiles::from_texts(rules::files(policies));
    let (rulebook, diagnostics) = load_files(&files, None);
    rulebook.unwrap_or_else(|| panic!("{}", engine::render(&diagnostics)))
}

fn screening(rulebook: &Rulebook) -> Screening<'_> {
    Screening {
        rulebook,
        subject: SubjectKind::Enterprise,
        as_of: as_of(),
        policies: Vec::new(),
        set: HashMap::new(),
    }
}

fn run(rulebook: &Rulebook, input: Input, output: Output, threads: usize) -> (Screened, Duration) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .build()
        .expect("threads");
    let start = Instant::now();
    let screened = runtime
        .block_on(screening(rulebook).run(input, output))
        .expect("the generated table can be judged");
    (screened, start.elapsed())
}

/// The most memory that the process ever held, in MiB, as Linux counts it.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    kib.unwrap_or(0_u64) / 1024
}

/// Seconds of processor time so far, all threads together.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or("").split(' ').collect();
    let ticks = |place: usize| {
        fields
            .get(place)
            .and_then(|f| f.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    (ticks(11) + ticks(12)) / 100.0
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn say(task: &str, screened: &Screened, took: Duration) {
    let eligible: u64 = screened.summary.iter().map(|row| row.eligible).sum();
    println!(
        "{task}: {} enterprises, {} policies, {:.2} s on {} threads, {:.2} s of processor time, {} MiB, {eligible} eligible",
        screened.subjects,
        screened.summary.len(),
        took.as_secs_f64(),
        threads(),
        processor(),
        peak()
    );
}

fn summary(file: &Path) {
    let rulebook = rulebook(&policies(40, 5));
    let input = Input::Parquet(file.to_owned());
    let (screened, took) = run(&rulebook, input, Output::Summary, threads());
    say("from Parquet to the summary", &screened, took);
}

fn wide(file: &Path, out: &Path) {
    let rulebook = rulebook(&policies(40, 5));
    let input = Input::Parquet(file.to_owned());
    let output = Output::WideParquet(PathBuf::from(out));
    let (screened, took) = run(&rulebook, input, output, threads());
    say("from Parquet to Parquet", &screened, took);
    let size = std::fs::metadata(out).map_or(0, |data| data.len());
    println!("  {} MiB written", size >> 20);
}

fn memory(rows: usize) {
    let policies = policies(40, 5);
    let rulebook = rulebook(&policies);
    let table = frame::batch(0, rows);
    let mut best = (Duration::MAX, Duration::MAX);
    for _ in 0..5 {
        let start = Instant::now();
        let mut found = vec![hand::Found::default(); policies.len()];
        hand::judge(&policies, &table, &mut found);
        best.0 = best.0.min(start.elapsed());
        let (screened, took) = run(&rulebook, Input::Table(table.clone()), Output::Summary, 1);
        best.1 = best.1.min(took);
        assert_eq!(found, screened.summary.iter().map(same).collect::<Vec<_>>());
    }
    println!(
        "in memory: {rows} enterprises on one thread: by hand {:.3} s, the plan {:.3} s: {:.2} times as long, the same to the fen",
        best.0.as_secs_f64(),
        best.1.as_secs_f64(),
        best.1.as_secs_f64() / best.0.as_secs_f64()
    );
}

fn same(row: &PolicySummary) -> hand::Found {
    hand::Found {
        eligible: row.eligible,
        ineligible: row.ineligible,
        unknown: row.unknown,
        amount: row.amount,
        chosen: row.saves_chosen,
    }
}

/// Nanoseconds for each row and clause: the same everywhere where time grows in proportion.
fn growth() {
    const ROWS: [usize; 4] = [125_000, 250_000, 500_000, 1_000_000];
    const CLAUSES: [usize; 4] = [2, 4, 8, 16];
    let table = frame::batch(0, ROWS[3]);
    println!("seconds on one thread, and nanoseconds for a row and clause; 40 policies");
    println!(
        "{:>10}{}",
        "rows",
        CLAUSES.map(|c| format!("{c:>12} clauses")).concat()
    );
    for rows in ROWS {
        let cells = CLAUSES.map(|clauses| {
            let rulebook = rulebook(&policies(40, clauses));
            let part = table.slice(0, rows);
            let times =
                (0..3).map(|_| run(&rulebook, Input::Table(part.clone()), Output::Summary, 1).1);
            let best = times.min().unwrap_or_default().as_secs_f64();
            let pairs = u32::try_from(rows * 40 * clauses).unwrap_or(u32::MAX);
            let each = best * 1e9 / f64::from(pairs);
            format!("{best:>10.3} ({each:>5.2} ns)")
        });
        println!("{rows:>10}{}", cells.concat());
    }
}

fn load() {
    let policies = policies(200, 5);
    let texts = rules::files(&policies);
    let table = frame::batch(0, 1);
    let start = Instant::now();
    let (rulebook, _) = load_files(&RuleFiles::from_texts(texts), None);
    let rulebook = rulebook.expect("the generated rules are right");
    let loaded = start.elapsed();
    let subject = SubjectKind::Enterprise;
    let frame = Frame::of_schema(&rulebook, &subject, &table.schema()).expect("a frame");
    let plan = Plan::new(Arc::new(screening(&rulebook).bind(&frame)), true);
    let took = start.elapsed();
    println!(
        "200 policies of 5 clauses: loaded and checked in {:.0} ms, compiled in {:.0} ms more ({} by batches)",
        loaded.as_secs_f64() * 1e3,
        took.saturating_sub(loaded).as_secs_f64() * 1e3,
        plan.policies.len()
    );
}

/// One enterprise, the rules loaded and bound: by the judge that pages ask, and by the plan's function.
fn one(dir: &Path) {
    let (rulebook, diagnostics) = engine::load(dir, None);
    let rulebook = rulebook.unwrap_or_else(|| panic!("{}", engine::render(&diagnostics)));
    let facts = richest(&rulebook);
    let subject = SubjectKind::Enterprise;
    let table = table_of(&rulebook, &facts);
    let frame = Frame::of_schema(&rulebook, &subject, &table.schema()).expect("a frame");
    let plan = Plan::new(Arc::new(screening(&rulebook).bind(&frame)), true);
    let (mut rows_best, mut batch_best) = (Duration::MAX, Duration::MAX);
    for _ in 0..200 {
        let start = Instant::now();
        let judge_one = Judge::new(&plan.binding, &facts);
        let judged = plan
            .binding
            .selected
            .iter()
            .filter_map(|id| judge_one.policy(id))
            .count();
        let combination = judge_one.combination();
        rows_best = rows_best.min(start.elapsed());
        assert!(judged > 0 && combination.chosen.len() <= judged);
        let start = Instant::now();
        let rows = frame.read(&table, 0).expect("one row");
        let all = judge(&plan, &rows, None);
        batch_best = batch_best.min(start.elapsed());
        assert_eq!(all.len(), judged);
    }
    println!(
        "one enterprise against {} policies, best of 200: judged one by one {:.2} ms, as a batch of one {:.2} ms",
        plan.binding.selected.len(),
        rows_best.as_secs_f64() * 1e3,
        batch_best.as_secs_f64() * 1e3
    );
}

/// The case that gives most facts; all policy cases together would contradict each other.
fn richest(rulebook: &Rulebook) -> Facts {
    let cases = rulebook.cases();
    let richest = cases
        .max_by_key(|case| case.given.len())
        .expect("a rulebook has cases");
    Facts::of_case("one", &richest.given)
}

fn table_of(rulebook: &Rulebook, facts: &Facts) -> RecordBatch {
    use engine::judge::Given;
    let cells = facts.iter().filter_map(|(key, given)| {
        let variable = rulebook.variable(&SubjectKind::Enterprise, &key.name)?;
        match given {
            Given::Known(value) => Some((key.to_string(), Some(value.to_text(variable.ty)))),
            Given::Bad { .. } => None,
        }
    });
    let id = ("subject_id".to_owned(), Some("one".to_owned()));
    let (headers, cells): (Vec<String>, Vec<Option<String>>) =
        std::iter::once(id).chain(cells).unzip();
    let columns = cells.into_iter().map(|cell| vec![cell]).collect();
    engine::subjects::text_table(&headers, columns).expect("a table of one row")
}
