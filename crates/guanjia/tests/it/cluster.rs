//! A cluster on the loopback: one scheduler and two executors judge a table as one machine does, in every
//! form of output, also when one of them is killed in the middle or while its results are fetched.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::arrow::array::{ArrayRef, Decimal128Array, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::compute::concat_batches;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};

use crate::screen::lines;

/// Enough that a run takes seconds, and that killing an executor in its midst is no race.
const ROWS: i64 = 240_000;
/// Enough for many parts.
const FEW_ROWS: i64 = 2_000;
/// Parts that a table is cut into on a cluster.
const PARTS: usize = 16;

const VARIABLES: &str = "\
variables:
  profit: {label: {en: Profit}, subject: enterprise, type: money, period: none, sensitivity: public}
  staff: {label: {en: Staff}, subject: enterprise, type: integer, period: none, sensitivity: public}
  rd: {label: {en: Research}, subject: enterprise, type: money, period: none, sensitivity: public}
  park: {label: {en: Park}, subject: enterprise, type: text, period: none, sensitivity: public}
";

const PARAMETERS: &str = "\
parameters:
  staff_max:
    label: {en: Staff at most}
    type: integer
    values: [{from: 2000-01-01, value: 300, legal: {cite: A law}}]
";

/// A card whose item is worth what others have, and a policy that asks for it.
const COMPARES: &str = "\
scorecard: card
name: {en: Card}
missing: zero
full_mark: 100
items: [{id: profit, value: profit, weight: 100, score: {method: min_max, direction: higher}}]
";

fn policy(id: &str, least: i64, rate: &str) -> String {
    format!(
        "policy: {id}\nname: {{en: {id}}}\nsubject: enterprise\nfield: other\nin_force: {{from: 2000-01-01}}\n\
         period: year\nchoose_one: one\n\
         benefit: {{kind: subsidy, amount: \"least(rd * {rate}, yuan(90000))\"}}\n\
         clauses:\n\
         - {{id: large, text: {{en: Large}}, when: \"profit >= yuan({least})\"}}\n\
         - {{id: many, text: {{en: Many}}, when: staff <= p.staff_max}}\n\
         - {{id: research, text: {{en: Research}}, when: rd / profit >= {rate}}}\n"
    )
}

/// A rulebook of three policies of which one is chosen, and a table of enterprises.
fn written(dir: &Path, rows: i64) -> (PathBuf, PathBuf) {
    let rules = dir.join("rules");
    std::fs::create_dir_all(rules.join("policies/other")).unwrap();
    std::fs::write(rules.join("variables.yaml"), VARIABLES).unwrap();
    std::fs::write(rules.join("parameters.yaml"), PARAMETERS).unwrap();
    for (id, least, rate) in [
        ("a", 100, "0.0512"),
        ("b", 2_000, "0.1234"),
        ("c", 40_000, "2/3"),
    ] {
        let file = rules.join(format!("policies/other/{id}.yaml"));
        std::fs::write(file, policy(id, least, rate)).unwrap();
    }
    let table = dir.join("enterprises.parquet");
    let batch = enterprises(rows);
    let file = std::fs::File::create(&table).unwrap();
    let group = usize::try_from(rows).unwrap() / PARTS;
    let properties = datafusion::parquet::file::properties::WriterProperties::builder()
        .set_max_row_group_row_count(Some(group))
        .build();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    (rules, table)
}

/// Enterprises of which some facts are not known, some cannot be used, and one column is no fact.
fn enterprises(rows: i64) -> RecordBatch {
    let known = |row: i64, every: i64| row % every != 0;
    let rows = || 1..=rows;
    let texts = |text: &dyn Fn(i64) -> Option<String>| -> ArrayRef {
        Arc::new(rows().map(text).collect::<StringArray>())
    };
    let decimals = |digits: &dyn Fn(i64) -> Option<i64>, scale| -> ArrayRef {
        let digits: Decimal128Array = rows().map(|row| digits(row).map(i128::from)).collect();
        Arc::new(digits.with_precision_and_scale(18, scale).unwrap())
    };
    let profit = |row: i64| known(row, 13).then_some(row * 7_919 % 10_000_019);
    // Every thousandth has a part of a fen.
    let rd = |row: i64| {
        let fen = known(row, 19).then_some(row * 104_729 % 1_000_003)?;
        Some(fen * 10 + if row % 1_000 == 0 { 5 } else { 0 })
    };
    let staff: Int64Array = rows()
        .map(|row| known(row, 17).then_some(row * 31 % 613))
        .collect();
    let id = |row: i64| Some(format!("E{:07}", row * 7919 % 9_999_991));
    let park = |row: i64| known(row, 23).then(|| format!("P{}", row % 3));
    let columns: Vec<(&str, ArrayRef, bool)> = vec![
        ("subject_id", texts(&id), false),
        ("profit", decimals(&profit, 2), true),
        ("staff", Arc::new(staff), true),
        ("rd", decimals(&rd, 3), true),
        ("park", texts(&park), true),
        ("remark", texts(&|_| None), true),
    ];
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

fn guanjia(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guanjia"));
    command
        .args(words)
        .env("LANG", "en_GB.UTF-8")
        .env_remove("LC_ALL");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn said(output: &Output) -> String {
    let both = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&both).into_owned()
}

/// A part of the cluster; killed when the test ends, however it ends.
struct Node(Child);

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn executor(scheduler: &str, work: &Path) -> Node {
    std::fs::create_dir_all(work).unwrap();
    let work = work.to_str().unwrap();
    let words = [
        "cluster",
        "executor",
        "--scheduler",
        scheduler,
        "--tasks",
        "1",
        "--work",
        work,
    ];
    let mut command = guanjia(&words);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    Node(command.spawn().unwrap())
}

/// Waits for a condition, not for a time.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_mins(2), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The parts whose results an executor holds, `JOB/STAGE/PART/data….arrow`, with their bytes.
fn results(dir: &Path) -> Vec<(String, u64)> {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(results(&path));
        } else if let Some(data) = entry.metadata().ok().filter(|data| data.len() > 0) {
            found.push((path.display().to_string(), data.len()));
        }
    }
    found
}

fn rows_of(path: &Path) -> RecordBatch {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let context =
            SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
        let path = path.to_str().unwrap();
        let table = context
            .read_parquet(path, ParquetReadOptions::default())
            .await
            .unwrap();
        let batches = table.collect().await.unwrap();
        concat_batches(&batches[0].schema(), &batches).unwrap()
    })
}

/// A scheduler on a free port of the loopback, and its address.
fn scheduler() -> (Node, String) {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let mut command = guanjia(&["cluster", "scheduler", "--listen", &address]);
    let mut node = Node(command.stdout(Stdio::null()).spawn().unwrap());
    // It says that it is about to listen; whoever comes too early tries again.
    let mut first = String::new();
    let told = node.0.stderr.take().unwrap();
    BufReader::new(told).read_line(&mut first).unwrap();
    assert!(first.contains(&address), "{first}");
    until("the scheduler answers", || {
        std::net::TcpStream::connect(&address).is_ok()
    });
    (node, address)
}

fn screen(rules: &Path, table: &Path, out: &Path, more: &[&str]) -> Command {
    let (rules, table, out) = (
        rules.to_str().unwrap(),
        table.to_str().unwrap(),
        out.to_str().unwrap(),
    );
    let words = ["screen", table, "-o", out, "--rulebook", rules];
    let form = ["--format", "json", "--as-of", "2025-12-31"];
    guanjia(&[&words[..], &form[..], more].concat())
}

const WIDE: [&str; 2] = ["--layout", "wide"];

#[test]
fn a_cluster_gives_what_one_machine_gives_though_an_executor_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let (rules, table) = written(dir.path(), ROWS);
    let (here, there) = (
        dir.path().join("here.parquet"),
        dir.path().join("there.parquet"),
    );
    let local = screen(&rules, &table, &here, &WIDE).output().unwrap();
    assert_eq!(local.status.code(), Some(0), "{}", said(&local));

    let (_scheduler, address) = scheduler();
    let works = [dir.path().join("one"), dir.path().join("two")];
    let mut victim = executor(&address, &works[0]);
    let _survivor = executor(&address, &works[1]);
    let url = format!("df://{address}");
    let more = [&WIDE[..], &["--cluster", &url]].concat();
    let running = screen(&rules, &table, &there, &more).spawn().unwrap();
    until("the first results of the victim", || {
        !results(&works[0]).is_empty()
    });
    victim.0.kill().unwrap();
    let start = Instant::now();
    let cluster = running.wait_with_output().unwrap();
    assert_eq!(cluster.status.code(), Some(0), "{}", said(&cluster));
    assert!(
        start.elapsed() < Duration::from_mins(2),
        "{:?}",
        start.elapsed()
    );
    assert!(local.stdout.len() > 100);
    assert_same(&local, &cluster);
    assert_eq!(
        rows_of(&here),
        rows_of(&there),
        "the same rows in the same order"
    );
}

#[test]
fn an_executor_lost_with_its_results_is_made_up_for() {
    let dir = tempfile::tempdir().unwrap();
    let (rules, table) = written(dir.path(), ROWS);
    let (here, there) = (
        dir.path().join("here.parquet"),
        dir.path().join("there.parquet"),
    );
    let local = screen(&rules, &table, &here, &WIDE).output().unwrap();
    let (_scheduler, address) = scheduler();
    let works = [dir.path().join("one"), dir.path().join("two")];
    let mut executors = works.each_ref().map(|work| executor(&address, work));
    let url = format!("df://{address}");
    let more = [&WIDE[..], &["--cluster", &url]].concat();
    let running = screen(&rules, &table, &there, &more).spawn().unwrap();
    until("the first results of an executor", || {
        works.iter().any(|work| !results(work).is_empty())
    });
    // While `screen` is held up, all parts get done and wait to be fetched.
    signal(&running, "STOP");
    let mut seen = (0, Instant::now());
    until("all parts to be done", || {
        let all: Vec<(String, u64)> = works.iter().flat_map(|work| results(work)).collect();
        let bytes = all.iter().map(|(_, bytes)| bytes).sum();
        if seen.0 != bytes {
            seen = (bytes, Instant::now());
        }
        all.len() == PARTS && seen.1.elapsed() > Duration::from_secs(3)
    });
    let held = works.each_ref().map(|work| results(work).len());
    let victim = usize::from(held[1] > held[0]);
    executors[victim].0.kill().unwrap();
    executors[victim].0.wait().unwrap();
    signal(&running, "CONT");
    let cluster = running.wait_with_output().unwrap();
    assert_eq!(cluster.status.code(), Some(0), "{}", said(&cluster));
    let told = String::from_utf8_lossy(&cluster.stderr).into_owned();
    assert!(told.contains("an executor was lost"), "{told}");
    assert_eq!(local.stdout, cluster.stdout);
    assert_eq!(
        rows_of(&here),
        rows_of(&there),
        "the same rows in the same order"
    );
    let part = dir.path().join("there.parquet.part");
    assert!(!part.exists(), "nothing of the first run is left");
}

fn signal(process: &Child, signal: &str) {
    let command = format!("kill -{signal} {}", process.id());
    let sent = Command::new("sh").args(["-c", &command]).status().unwrap();
    assert!(sent.success());
}

/// What two runs say, on both of their streams.
fn assert_same(here: &Output, there: &Output) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(text(&here.stdout), text(&there.stdout));
    assert_eq!(text(&here.stderr), text(&there.stderr));
}

/// What a file of results says, whatever kind it is.
fn content(file: &Path) -> String {
    let bytes = std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    match file.extension().unwrap().to_str().unwrap() {
        "parquet" => format!("{:?}", rows_of(file)),
        "xlsx" => {
            let book = exchange::read_workbook(&bytes).unwrap();
            let sheets = book.sheets.iter();
            let sheets = sheets.map(|sheet| (sheet.name.as_str(), lines(&book, &sheet.name)));
            format!("{:#?}", sheets.collect::<Vec<_>>())
        }
        _ => String::from_utf8(bytes).unwrap(),
    }
}

#[test]
fn every_form_of_output_is_that_of_one_machine() {
    let dir = tempfile::tempdir().unwrap();
    let (rules, table) = written(dir.path(), FEW_ROWS);
    let (_scheduler, address) = scheduler();
    let _executors = ["one", "two"].map(|name| executor(&address, &dir.path().join(name)));
    let url = format!("df://{address}");
    let forms: [(&str, &[&str]); 4] = [
        ("long.parquet", &[]),
        ("wide.parquet", &WIDE),
        ("rows.csv", &[]),
        ("book.xlsx", &[]),
    ];
    for (name, form) in forms {
        for change in [&[][..], &["--set", "p.staff_max=150"]] {
            let place = |side| {
                let folder = dir.path().join(format!("{side}{}", change.len()));
                std::fs::create_dir_all(&folder).unwrap();
                folder.join(name)
            };
            let (here, there) = (place("here"), place("there"));
            let more = [form, change].concat();
            let local = screen(&rules, &table, &here, &more).output().unwrap();
            assert_eq!(local.status.code(), Some(0), "{}", said(&local));
            let more = [&more[..], &["--cluster", &url]].concat();
            let cluster = screen(&rules, &table, &there, &more).output().unwrap();
            assert_eq!(cluster.status.code(), Some(0), "{name} {}", said(&cluster));
            assert_same(&local, &cluster);
            assert!(content(&here) == content(&there), "{name} {change:?}");
            if !name.ends_with("xlsx") {
                let notes = |output: &Path| {
                    content(&output.with_extension(format!(
                        "{}.notes.csv",
                        output.extension().unwrap().to_str().unwrap()
                    )))
                };
                assert_eq!(notes(&here), notes(&there));
                assert!(notes(&here).contains("finer_than_hundredth"));
            }
        }
    }
    let change = dir.path().join("here0/rows.csv");
    let changed = dir.path().join("here2/rows.csv");
    assert_ne!(content(&change), content(&changed), "the change matters");
}

#[test]
fn what_compares_subjects_is_refused_and_the_rest_is_done() {
    let dir = tempfile::tempdir().unwrap();
    let (rules, table) = written(dir.path(), FEW_ROWS);
    std::fs::write(rules.join("card.yaml"), COMPARES).unwrap();
    let asks = policy("d", 100, "0.05").replace("staff <= p.staff_max", "score('card') >= 50");
    std::fs::write(rules.join("policies/other/d.yaml"), asks).unwrap();
    let (_scheduler, address) = scheduler();
    let _executor = executor(&address, &dir.path().join("one"));
    let url = format!("df://{address}");
    let out = dir.path().join("out.parquet");
    let on_cluster = ["--cluster", &url];
    for (language, words) in [
        ("zh_CN.UTF-8", "评分卡要把本次的对象互相比较"),
        ("en_GB.UTF-8", "compares the subjects of the run"),
    ] {
        let mut command = screen(&rules, &table, &out, &on_cluster);
        let refused = command.env("LANG", language).output().unwrap();
        assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
        // Long lines are broken where they end.
        let told = said(&refused).replace(['\n', '│', ' '], "");
        assert!(told.contains(&words.replace(' ', "")), "{told}");
        assert!(!out.exists());
    }
    let local = screen(&rules, &table, &out, &[]).output().unwrap();
    assert_eq!(local.status.code(), Some(0), "{}", said(&local));
    let others = [&on_cluster[..], &["--policy", "a", "--policy", "b"]].concat();
    let rest = screen(&rules, &table, &out, &others).output().unwrap();
    assert_eq!(rest.status.code(), Some(0), "{}", said(&rest));
}

#[test]
fn what_a_cluster_cannot_do_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let (rules, table) = written(dir.path(), FEW_ROWS);
    let out = dir.path().join("out.parquet");
    let sheet = dir.path().join("enterprises.csv");
    std::fs::write(&sheet, "subject_id,profit\nE1,100\n").unwrap();
    let nowhere = ["--cluster", "df://127.0.0.1:1"];
    let refused = screen(&rules, &sheet, &out, &nowhere).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("Parquet"), "{}", said(&refused));
    let refused = screen(&rules, &table, &out, &nowhere).output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    let told = said(&refused);
    assert!(told.contains("df://127.0.0.1:1"), "{told}");
    assert!(!out.exists());
}
