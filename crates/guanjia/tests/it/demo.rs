//! The demonstration: set up once, every figure of the press page in it, its accounts refused elsewhere.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use domain::SourceRef;
use ledger::subjects::SubjectQuery;
use ledger::{AsOf, Ledger, Scope};

/// A running demonstration; it ends with the test.
pub struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the demonstration, waits until it serves, and gives what it said.
pub fn start(data: &Path) -> (Demo, String) {
    let child = Command::new(env!("CARGO_BIN_EXE_guanjia"))
        .args(["demo", "--port", "0", "--data"])
        .arg(data)
        .env_remove("DATABASE_URL")
        .env("LANG", "zh_CN.UTF-8")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut demo = Demo(child);
    let stderr = BufReader::new(demo.0.stderr.take().unwrap());
    let mut told = String::new();
    for line in stderr.lines() {
        let line = line.unwrap();
        told.push_str(&line);
        told.push('\n');
        if line.contains("http://") {
            break;
        }
    }
    assert!(told.contains("http://127.0.0.1"), "{told}");
    (demo, told)
}

#[tokio::test]
async fn the_demonstration_is_set_up_once_with_every_figure() {
    let dir = tempfile::tempdir().unwrap();
    let (mut demo, _) = start(dir.path());
    demo.0.kill().unwrap();
    let mut accounts = String::new();
    demo.0
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut accounts)
        .unwrap();
    let accounts: Vec<&str> = accounts
        .lines()
        .filter(|line| line.contains('\t'))
        .collect();
    assert_eq!(accounts.len(), 10, "one account per role: {accounts:?}");
    assert!(accounts.iter().all(|line| line.split('\t').count() == 3));
    drop(demo);

    let ledger = open(dir.path()).await;
    assert_eq!(quoted_facts(&ledger).await, 52);
    let before = ledger.verify_audit().await.unwrap();
    assert!(before.broken.is_none());
    ledger.close().await.unwrap();

    let (demo, told) = start(dir.path());
    assert!(!told.contains("随州"), "nothing is set up again: {told}");
    drop(demo);
    let ledger = open(dir.path()).await;
    assert_eq!(ledger.verify_audit().await.unwrap().entries, before.entries);
}

async fn open(data: &Path) -> Ledger {
    let database = data.join("guanjia.db").display().to_string();
    Ledger::open(&database, &data.join("files")).await.unwrap()
}

/// How many facts rest on a sentence that stands in its document word for word.
async fn quoted_facts(ledger: &Ledger) -> usize {
    use domain::SubjectKind as Kind;
    let kinds = [
        Kind::Zone,
        Kind::Park,
        Kind::Project,
        Kind::Enterprise,
        Kind::Programme,
        Kind::Activity,
        Kind::Recognition,
        Kind::Fund,
    ];
    let everything = Scope::everything();
    let mut quoted = 0;
    for kind in kinds {
        let query = SubjectQuery {
            kind,
            zone_id: None,
            owner_id: None,
            after: None,
            limit: 10_000,
        };
        for subject in ledger
            .subjects(&everything, &query, AsOf::Now)
            .await
            .unwrap()
        {
            for fact in ledger
                .facts_of(&everything, subject.id, AsOf::Now)
                .await
                .unwrap()
            {
                let source = ledger
                    .source_of_fact(&everything, fact.id)
                    .await
                    .unwrap()
                    .source;
                if let SourceRef::Quote { file_sha256, quote } = source {
                    let page = ledger.file_content(&file_sha256).await.unwrap();
                    assert!(String::from_utf8(page).unwrap().contains(&quote), "{quote}");
                    assert!(!subject.invented, "{}", subject.name);
                    quoted += 1;
                }
            }
        }
    }
    quoted
}

#[tokio::test]
async fn the_table_of_figures_says_nothing_new_of_the_demonstration() {
    let dir = tempfile::tempdir().unwrap();
    drop(start(dir.path()));
    let figures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/figures.csv");
    let output = Command::new(env!("CARGO_BIN_EXE_guanjia"))
        .args(["import", figures, "--as", "facts", "--park", "长治高新区"])
        .args(["--rows", "good", "--format", "json", "--data"])
        .arg(dir.path())
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        report["accepted"], 8,
        "the figures of this zone alone: {report}"
    );
    assert_eq!(report["unchanged"], 8);
    assert_eq!(report["refused"], 44);
}
