//! Commands as they are typed: accounts, audit, backup and the way back, configuration.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs the binary with words of the command line and something on its standard input.
fn guanjia(words: &[&str], input: &str) -> Output {
    guanjia_with(words, input, &[])
}

fn guanjia_with(words: &[&str], input: &str, settings: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guanjia"));
    command
        .args(words)
        .env_remove("DATABASE_URL")
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env("LANG", "en_GB.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for (name, value) in settings {
        command.env(name, value);
    }
    let mut child = command.spawn().unwrap();
    // A command that reads nothing may have closed its end already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    let both = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&both).into_owned()
}

/// An installation with its zone and first administrator.
fn installed(data: &Path) -> String {
    let data = data.to_str().unwrap().to_owned();
    let add = [
        "user",
        "add",
        "wang",
        "--role",
        "admin",
        "--scope",
        "一号高新区",
        "--data",
        &data,
    ];
    let output = guanjia(&add, "first-secret-1\n");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    data
}

#[test]
fn the_first_administrator_brings_the_zone_along() {
    let dir = tempfile::tempdir().unwrap();
    let data = installed(dir.path());
    let listed = guanjia(&["user", "list", "--data", &data], "");
    assert_eq!(
        String::from_utf8_lossy(&listed.stdout),
        "wang\twang\tadmin\tactive\n"
    );
    let again = ["user", "add", "wang", "--role", "admin", "--data", &data];
    let taken = guanjia(&again, "first-secret-1\n");
    assert_eq!(taken.status.code(), Some(2));
    assert!(said(&taken).contains("taken"), "{}", said(&taken));
    let weak = [
        "user",
        "add",
        "li",
        "--role",
        "leader",
        "--scope",
        "一号高新区",
        "--data",
        &data,
    ];
    assert_eq!(guanjia(&weak, "short\n").status.code(), Some(2));
}

#[test]
fn the_chain_is_verified_and_the_first_broken_link_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let data = installed(dir.path());
    let good = guanjia(&["audit", "verify", "--data", &data], "");
    assert_eq!(good.status.code(), Some(0), "{}", said(&good));
    assert!(
        said(&good).contains("the audit chain holds: 2 entries"),
        "{}",
        said(&good)
    );
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(forge_first_entry(dir.path()));
    let bad = guanjia(&["audit", "verify", "--data", &data], "");
    assert_eq!(bad.status.code(), Some(1), "{}", said(&bad));
    assert!(said(&bad).contains("breaks at entry 1"), "{}", said(&bad));
}

async fn forge_first_entry(data: &Path) {
    let url = data.join("guanjia.db").display().to_string();
    let ledger = ledger::Ledger::open(&url, &data.join("files"))
        .await
        .unwrap();
    crate::house::forge(&ledger, 1).await;
    ledger.close().await.unwrap();
}

#[test]
fn a_backup_comes_back_whole_and_an_altered_one_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let data = installed(&dir.path().join("old"));
    let file = dir.path().join("backup.guanjia");
    let file = file.to_str().unwrap();
    let taken = guanjia(&["backup", file, "--data", &data], "");
    assert_eq!(taken.status.code(), Some(0), "{}", said(&taken));
    assert!(said(&taken).contains("SHA-256"), "{}", said(&taken));
    let verified = guanjia(&["audit", "verify", "--data", &data], "");
    let noted = said(&verified);
    assert!(
        noted.contains("3 entries"),
        "who took a backup is noted: {noted}"
    );

    let new = dir.path().join("new").to_str().unwrap().to_owned();
    let restored = guanjia(&["restore", file, "--data", &new], "");
    assert_eq!(restored.status.code(), Some(0), "{}", said(&restored));
    let listed = guanjia(&["user", "list", "--data", &new], "");
    assert_eq!(
        String::from_utf8_lossy(&listed.stdout),
        "wang\twang\tadmin\tactive\n"
    );
    let twice = guanjia(&["restore", file, "--data", &new], "");
    assert_eq!(twice.status.code(), Some(2), "only into an empty place");

    let mut bytes = std::fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(file, bytes).unwrap();
    let third = dir.path().join("third").to_str().unwrap().to_owned();
    let altered = guanjia(&["restore", file, "--data", &third], "");
    assert_eq!(altered.status.code(), Some(2), "{}", said(&altered));
    assert_eq!(
        guanjia(&["restore", "/no/such/file", "--data", &third], "")
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn where_there_is_no_ledger_none_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("nothing");
    let data = data.to_str().unwrap();
    let verified = guanjia(&["audit", "verify", "--data", data], "");
    assert_eq!(verified.status.code(), Some(2));
    let file = dir.path().join("backup").to_str().unwrap().to_owned();
    assert_eq!(
        guanjia(&["backup", &file, "--data", data], "")
            .status
            .code(),
        Some(2)
    );
    assert!(!Path::new(data).exists());
    let made = guanjia(&["migrate", "--data", data], "");
    assert_eq!(made.status.code(), Some(0), "{}", said(&made));
    assert!(Path::new(data).join("guanjia.db").is_file());
}

#[test]
fn the_configuration_is_checked_part_by_part() {
    let dir = tempfile::tempdir().unwrap();
    let data = installed(dir.path());
    let check = ["config", "check", "--data", data.as_str()];
    let fine = guanjia(&check, "");
    assert_eq!(fine.status.code(), Some(0), "{}", said(&fine));
    let half = guanjia_with(
        &check,
        "",
        &[("GUANJIA_OIDC_ISSUER", "https://sso.zone.example")],
    );
    assert_eq!(half.status.code(), Some(1));
    assert!(
        said(&half).contains("GUANJIA_OIDC_CLIENT_ID"),
        "{}",
        said(&half)
    );
    let away = guanjia_with(
        &check,
        "",
        &[
            ("GUANJIA_OIDC_ISSUER", "http://127.0.0.1:9"),
            ("GUANJIA_OIDC_CLIENT_ID", "guanjia"),
            (
                "GUANJIA_OIDC_REDIRECT",
                "http://127.0.0.1:8080/login/oidc/callback",
            ),
        ],
    );
    assert_eq!(away.status.code(), Some(1));
    assert!(said(&away).contains("cannot be reached"), "{}", said(&away));
}

#[test]
fn a_password_of_the_database_is_not_shown() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let url = "postgres://guanjia:geheim@127.0.0.1:9/guanjia?connect_timeout=1";
    let checked = guanjia_with(
        &["config", "check", "--data", data],
        "",
        &[("DATABASE_URL", url)],
    );
    assert_eq!(checked.status.code(), Some(1));
    assert!(!said(&checked).contains("geheim"), "{}", said(&checked));
}

#[test]
fn help_is_in_the_language_of_the_machine() {
    let english = guanjia(&["--help"], "");
    assert!(said(&english).contains("Usage"), "{}", said(&english));
    let chinese = guanjia_with(&["--help"], "", &[("LANG", "zh_CN.UTF-8")]);
    assert!(said(&chinese).contains("用法"), "{}", said(&chinese));
}
