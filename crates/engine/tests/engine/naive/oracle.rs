//! Random rules and rows for DuckDB, an engine of SQL that nobody here wrote.
//!
//! What the plan gives for them is written into the folder that `GUANJIA_ORACLE_DIR` names;
//! `tests/oracle/duckdb_oracle.py` asks DuckDB for the same expressions over the same rows and compares.
//! Only what both define alike is asked: three-valued logic, comparisons, `+ - *` over DECIMAL, `CASE`, `IN`,
//! `BETWEEN`, `abs`, `round`; what we mean otherwise is spelled out (a `CASE` whose condition is NULL is
//! NULL, `least` and `greatest` are strict).

use serde_json::{Value, json};

use super::judge::Outcome;
use super::language::{E, Kind, V, VARIABLES};
use super::values::decimal;
use super::{Case, Drawn, frame, load, screen};
use datafusion::arrow::array::AsArray;
use engine::number::format_exact;
use engine::run::Input;

/// Rulebooks and rows of each.
const RULEBOOKS: u64 = 20;
const ROWS: usize = 250;

fn all(list: &[E], between: &str) -> String {
    let each: Vec<String> = list.iter().map(sql).collect();
    each.join(between)
}

/// The expression as DuckDB reads it, with our meaning.
fn sql(e: &E) -> String {
    match e {
        E::Fact(at) => format!("\"{}\"", VARIABLES[*at].name),
        E::Constant(V::Number(value), kind) => {
            let ty = match kind {
                Kind::Money => "DECIMAL(18,2)",
                Kind::Integer => "DECIMAL(9,0)",
                _ => "DECIMAL(5,3)",
            };
            format!("CAST('{}' AS {ty})", format_exact(value))
        }
        E::Constant(..) => e.to_string(),
        E::Not(inner) => format!("(NOT {})", sql(inner)),
        E::And(list) => format!("({})", all(list, " AND ")),
        E::Or(list) => format!("({})", all(list, " OR ")),
        E::Negative(inner) => format!("(-{})", sql(inner)),
        E::Calculate(sign, left, right) => format!("({} {sign} {})", sql(left), sql(right)),
        E::Compare(sign, _, left, right) => format!("({} {sign} {})", sql(left), sql(right)),
        E::Between(value, low, high, negated) => {
            let not = if *negated { "NOT " } else { "" };
            format!(
                "({} {not}BETWEEN {} AND {})",
                sql(value),
                sql(low),
                sql(high)
            )
        }
        E::In(value, list, negated) => {
            let not = if *negated { "NOT " } else { "" };
            format!("({} {not}IN ({}))", sql(value), all(list, ", "))
        }
        E::Case(of, branches, otherwise) => {
            let mut parts = vec!["(CASE".to_owned()];
            for (when, then) in branches {
                let when = match of {
                    Some(of) => format!("({} = {})", sql(of), sql(when)),
                    None => sql(when),
                };
                let then = sql(then);
                parts.push(format!(
                    "WHEN {when} IS NULL THEN NULL WHEN {when} THEN {then}"
                ));
            }
            parts.extend(otherwise.iter().map(|e| format!("ELSE {}", sql(e))));
            parts.push("END)".to_owned());
            parts.join(" ")
        }
        E::Call("abs", arguments) => format!("abs({})", all(arguments, "")),
        E::Call(name, arguments) => {
            let unknown: Vec<String> = arguments
                .iter()
                .map(|e| format!("{} IS NULL", sql(e)))
                .collect();
            let unknown = unknown.join(" OR ");
            format!(
                "(CASE WHEN {unknown} THEN NULL ELSE {name}({}) END)",
                all(arguments, ", ")
            )
        }
        E::Round(value, places) => format!("round({}, {places})", sql(value)),
        other => panic!("{other} is none of the shared language"),
    }
}

/// Columns that the rules may read, with their types in DuckDB.
fn columns() -> Vec<(usize, &'static str)> {
    let wanted = ["a", "b", "c", "n", "r", "d", "e", "g", "f", "h"];
    let places = wanted.map(super::language::place);
    let ty = |at: usize| match VARIABLES[at].kind {
        Kind::Money => "DECIMAL(18,2)",
        Kind::Integer => "DECIMAL(18,0)",
        Kind::Part => "DECIMAL(16,6)",
        Kind::Date => "DATE",
        Kind::Code => "VARCHAR",
        Kind::Truth => "BOOLEAN",
    };
    places.map(|at| (at, ty(at))).into()
}

fn cell(value: &V) -> Value {
    match value {
        V::Number(number) => json!(format_exact(number)),
        V::Truth(truth) => json!(truth),
        V::Day(day) => json!(day.to_string()),
        V::Code(code) => json!(code),
        V::Null | V::Absent | V::Root(..) => Value::Null,
    }
}

/// What the plan gives a policy: of each clause the truths, of the amount the values.
fn expressions(drawn: &Drawn, at: usize, outcomes: &[Outcome]) -> Vec<Value> {
    let policy = &drawn.policies[at];
    let clauses = policy.clauses.iter().enumerate().map(|(bit, clause)| {
        let truths: Vec<Option<bool>> = outcomes
            .iter()
            .map(|outcome| {
                let unknown = outcome.unknown >> bit & 1 == 1;
                (!unknown).then_some(outcome.failed >> bit & 1 == 0)
            })
            .collect();
        json!({"rule": clause.to_string(), "sql": sql(clause), "expected": truths})
    });
    let amounts: Vec<Option<String>> = outcomes
        .iter()
        .map(|outcome| outcome.amount.as_ref().map(format_exact))
        .collect();
    let amount = json!({
        "rule": policy.amount.to_string(),
        "sql": format!("round({}, 2)", sql(&policy.amount)),
        "expected": amounts,
    });
    clauses.chain([amount]).collect()
}

/// A rulebook with its rows and what the plan gives.
fn written(drawn: &Drawn) -> Value {
    let rows = drawn.cases.iter().map(|case| &case.row);
    let table = frame::table(rows, drawn.as_of, true);
    let dir = tempfile::tempdir().unwrap();
    let rulebook = load(&drawn.policies);
    let batches = screen(&rulebook, drawn.as_of, Input::Table(table), dir.path());
    let columns = columns();
    let lines: Vec<Vec<Value>> = drawn
        .cases
        .iter()
        .map(|Case { row, .. }| columns.iter().map(|(at, _)| cell(&row[*at][0])).collect())
        .collect();
    let mut all = Vec::new();
    for (at, policy) in drawn.policies.iter().enumerate() {
        let mut outcomes = Vec::new();
        for batch in &batches {
            let ids = batch.column(0).as_string::<i32>();
            for line in 0..batch.num_rows() {
                assert_eq!(
                    ids.value(line),
                    format!("r{}", outcomes.len()),
                    "rows keep their order"
                );
                outcomes.push(super::found(batch, at, policy, line));
            }
        }
        all.extend(expressions(drawn, at, &outcomes));
    }
    let named: Vec<(&str, &str)> = columns
        .iter()
        .map(|(at, ty)| (VARIABLES[*at].name, *ty))
        .collect();
    json!({"columns": named, "rows": lines, "expressions": all})
}

#[test]
fn what_sql_engines_define_alike_is_written_for_them() {
    let dir = std::env::var_os("GUANJIA_ORACLE_DIR");
    for seed in 0..RULEBOOKS {
        let drawn = Drawn::new(seed, ROWS, true);
        drawn.agrees(seed);
        if let Some(dir) = &dir {
            let path = std::path::Path::new(dir).join(format!("{seed}.json"));
            std::fs::write(path, written(&drawn).to_string()).unwrap();
        }
    }
}

#[test]
fn a_case_is_spelled_out_for_engines_that_go_on_past_null() {
    let flag = E::Fact(super::language::place("f"));
    let one = E::number(decimal(1, 0), Kind::Integer);
    let case = E::Case(None, vec![(flag, one.clone())], Some(Box::new(one)));
    assert_eq!(
        sql(&case),
        "(CASE WHEN \"f\" IS NULL THEN NULL WHEN \"f\" THEN CAST('1' AS DECIMAL(9,0)) ELSE CAST('1' AS DECIMAL(9,0)) END)"
    );
}
