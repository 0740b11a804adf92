//! A cluster on the loopback: one scheduler and two executors judge a table as one machine does, also
//! when one of them is killed in the middle.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::arrow::array::{ArrayRef, Decimal128Array, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};

/// Enough that a run takes seconds, and that killing an executor in its midst is no race.
const ROWS: i64 = 240_000;

const VARIABLES: &str = "\
variables:
  profit: {label: {en: Profit}, subject: enterprise, type: money, period: none, sensitivity: public}
  staff: {label: {en: Staff}, subject: enterprise, type: integer, period: none, sensitivity: public}
  rd: {label: {en: Research}, subject: enterprise, type: money, period: none, sensitivity: public}
";

fn policy(id: &str, least: i64, rate: &str) -> String {
    format!(
        "policy: {id}\nname: {{en: {id}}}\nsubject: enterprise\nfield: other\nin_force: {{from: 2000-01-01}}\n\
         period: year\nchoose_one: one\n\
         benefit: {{kind: subsidy, amount: \"least(rd * {rate}, yuan(90000))\"}}\n\
         clauses:\n\
         - {{id: large, text: {{en: Large}}, when: \"profit >= yuan({least})\"}}\n\
         - {{id: many, text: {{en: Many}}, when: staff <= 300}}\n\
         - {{id: research, text: {{en: Research}}, when: rd / profit >= {rate}}}\n"
    )
}

/// A rulebook of three policies of which one is chosen, and a table of enterprises.
fn written(dir: &Path) -> (PathBuf, PathBuf) {
    let rules = dir.join("rules");
    std::fs::create_dir_all(rules.join("policies/other")).unwrap();
    std::fs::write(rules.join("variables.yaml"), VARIABLES).unwrap();
    for (id, least, rate) in [
        ("a", 100, "0.0512"),
        ("b", 2_000, "0.1234"),
        ("c", 40_000, "2/3"),
    ] {
        let file = rules.join(format!("policies/other/{id}.yaml"));
        std::fs::write(file, policy(id, least, rate)).unwrap();
    }
    let table = dir.join("enterprises.parquet");
    let money = DataType::Decimal128(18, 2);
    let schema = Arc::new(Schema::new(vec![
        Field::new("subject_id", DataType::Utf8, false),
        Field::new("profit", money.clone(), true),
        Field::new("staff", DataType::Int64, true),
        Field::new("rd", money, true),
    ]));
    let known = |row: &i64, every: i64| row % every != 0;
    let rows = || 1..=ROWS;
    let fen = |values: Decimal128Array| values.with_precision_and_scale(18, 2).unwrap();
    let ids: StringArray = rows()
        .map(|row| Some(format!("E{:07}", row * 7919 % 9_999_991)))
        .collect();
    let profit = rows().map(|row| known(&row, 13).then_some(i128::from(row * 7_919 % 10_000_019)));
    let staff: Int64Array = rows()
        .map(|row| known(&row, 17).then_some(row * 31 % 613))
        .collect();
    let rd = rows().map(|row| known(&row, 19).then_some(i128::from(row * 104_729 % 1_000_003)));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(ids),
        Arc::new(fen(profit.collect())),
        Arc::new(staff),
        Arc::new(fen(rd.collect())),
    ];
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).unwrap();
    let file = std::fs::File::create(&table).unwrap();
    let properties = datafusion::parquet::file::properties::WriterProperties::builder()
        .set_max_row_group_row_count(Some(15_000))
        .build();
    let mut writer = ArrowWriter::try_new(file, schema, Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    (rules, table)
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

fn has_files(dir: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            has_files(&path)
        } else {
            entry.metadata().is_ok_and(|data| data.len() > 0)
        }
    })
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
    let words = [
        "screen",
        table,
        "-o",
        out,
        "--rulebook",
        rules,
        "--layout",
        "wide",
    ];
    let form = ["--format", "json", "--as-of", "2025-12-31"];
    guanjia(&[&words[..], &form[..], more].concat())
}

#[test]
fn a_cluster_gives_what_one_machine_gives_though_an_executor_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let (rules, table) = written(dir.path());
    let (here, there) = (
        dir.path().join("here.parquet"),
        dir.path().join("there.parquet"),
    );
    let local = screen(&rules, &table, &here, &[]).output().unwrap();
    assert_eq!(local.status.code(), Some(0), "{}", said(&local));

    let (_scheduler, address) = scheduler();
    let works = [dir.path().join("one"), dir.path().join("two")];
    let mut victim = executor(&address, &works[0]);
    let _survivor = executor(&address, &works[1]);
    let url = format!("df://{address}");
    let running = screen(&rules, &table, &there, &["--cluster", &url])
        .spawn()
        .unwrap();
    until("the first results of the victim", || has_files(&works[0]));
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
    assert_eq!(
        String::from_utf8_lossy(&local.stdout),
        String::from_utf8_lossy(&cluster.stdout)
    );
    assert_eq!(
        rows_of(&here),
        rows_of(&there),
        "the same rows in the same order"
    );
}

#[test]
fn what_a_cluster_cannot_do_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let (rules, table) = written(dir.path());
    let rules = rules.to_str().unwrap();
    let out = dir.path().join("out.parquet");
    let out = out.to_str().unwrap();
    let sheet = dir.path().join("enterprises.csv");
    std::fs::write(&sheet, "subject_id,profit\nE1,100\n").unwrap();
    let common = [
        "-o",
        out,
        "--rulebook",
        rules,
        "--cluster",
        "df://127.0.0.1:1",
    ];
    let csv = [&["screen", sheet.to_str().unwrap()], &common[..]].concat();
    let refused = guanjia(&csv).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("Parquet"), "{}", said(&refused));
    let nobody = [&["screen", table.to_str().unwrap()], &common[..]].concat();
    let refused = guanjia(&nobody).output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    assert!(said(&refused).contains("cluster"), "{}", said(&refused));
    assert!(!Path::new(out).exists());
}
