//! An expression of the rule language: parsed, typed, and judged in both ways over some subjects.

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::NaiveDate;
use engine::expression::Type;
use engine::judge::read_setting;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use crate::judging::{compare, rulebook};
use crate::{Seed, files_below, place, read};

const VARIABLES: &str = include_str!("../rules/variables.yaml");
const PARAMETERS: &str = include_str!("../rules/parameters.yaml");

/// Subjects that an expression is judged for.
const ROWS: usize = 8;

/// Columns of facts, with what their cells may hold.
const COLUMNS: [(&str, &[&str]); 28] = [
    ("revenue", MONEY),
    ("revenue@2023", MONEY),
    ("revenue@2022", MONEY),
    ("rd", MONEY),
    ("rd@2023", MONEY),
    ("filed", MONEY),
    ("staff", WHOLE),
    ("staff@2023", WHOLE),
    ("output", MONEY),
    ("output@2024-11", MONEY),
    ("output@2023-12", MONEY),
    ("orders", WHOLE),
    ("orders@2024-Q3", WHOLE),
    ("capital", MONEY),
    ("n", WHOLE),
    ("q", PART),
    ("r", PART),
    ("since", DAY),
    ("until", DAY),
    ("grade", &["", "none", "A", "B", "丙级", "Z"]),
    ("flag", TRUTH),
    ("other", TRUTH),
    ("note", &["", "none", "A", "x"]),
    ("industry_code", &["", "none", "C3391", "I6510", "C"]),
    ("region_code", &["", "610802", "62", "x"]),
    ("share", PART),
    ("size", &["", "small", "large"]),
    ("share@2023", PART),
];

const MONEY: &[&str] = &[
    "",
    "",
    "none",
    "0",
    "0.01",
    "-0.01",
    "100",
    "200",
    "199.99",
    "50000000.01",
    "200000000.01",
    "-250000",
    "90000000000000.00",
    "-90000000000000.00",
    "12.5.1",
];
const WHOLE: &[&str] = &[
    "",
    "",
    "none",
    "0",
    "1",
    "2",
    "-1",
    "20",
    "300",
    "2147483648",
    "9223372036854775807",
    "-9223372036854775808",
    "1.5",
];
const PART: &[&str] = &[
    "",
    "",
    "none",
    "0",
    "0.5",
    "-0.5",
    "1",
    "1.5",
    "0.123456789012",
    "12.5%",
    "99999999999999999999",
    "x",
];
const DAY: &[&str] = &[
    "",
    "",
    "none",
    "2024-02-29",
    "2024-12-31",
    "2020-01-31",
    "2025-01-01",
    "0001-01-01",
    "9999-12-31",
    "2023-02-29",
];
const TRUTH: &[&str] = &["", "true", "false", "是", "maybe"];

/// Reads the bytes as an expression, and as a setting of a parameter.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Some(ty) = type_of(&text) else {
        return;
    };
    let (when, amount) = uses(ty);
    let Some(rulebook) = rules(&text, when, amount) else {
        return;
    };
    let _ = read_setting(&rulebook, &format!("limit={text}"));
    let _ = read_setting(&rulebook, &format!("bands={text}"));
    let day = NaiveDate::from_ymd_opt(2024, 12, 31).expect("the calendar has it");
    let (headers, columns) = table(&mut StdRng::seed_from_u64(hash(data)));
    compare(&rulebook, day, &headers, columns);
}

/// The type of an expression; `None` where it is none.
fn type_of(text: &str) -> Option<Type> {
    let rulebook = rules(text, "TRUE", "yuan(1)")?;
    let policy = rulebook.policies.get("fuzzed")?;
    policy.lets.get("x").map(|x| x.ty)
}

/// What a condition and an amount make of a value of this type.
fn uses(ty: Type) -> (&'static str, &'static str) {
    match ty {
        Type::Boolean => ("x", "CASE WHEN x THEN yuan(1) ELSE yuan(2) END"),
        Type::Money => ("x >= p.limit", "x"),
        Type::Date => ("x >= DATE '2020-02-29'", "yuan(years_since(x))"),
        Type::Code | Type::Text => ("x = 'A'", "yuan(1)"),
        Type::Null => ("x", "x"),
        Type::Integer | Type::Number | Type::Ratio | Type::Days => ("x >= 0.5", "yuan(x)"),
    }
}

fn rules(x: &str, when: &str, amount: &str) -> Option<engine::Rulebook> {
    let x = serde_json::to_string(x).expect("a text can be quoted");
    let policy = format!(
        "policy: fuzzed\nname: {{en: fuzzed}}\nsubject: enterprise\nfield: other\n\
         in_force: {{from: 2000-01-01}}\nperiod: year\nlet:\n  x: {x}\n\
         benefit: {{kind: subsidy, amount: \"{amount}\", saves: amount * 0.5, parts: {{x: x}}}}\n\
         clauses:\n  - {{id: c, text: {{en: c}}, when: \"{when}\"}}\n"
    );
    rulebook(&[
        ("fuzzed.yaml", &policy),
        ("parameters.yaml", PARAMETERS),
        ("variables.yaml", VARIABLES),
    ])
}

fn hash(data: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    data.hash(&mut hasher);
    hasher.finish()
}

/// Facts of a few subjects, the same for the same expression.
fn table(rng: &mut StdRng) -> (Vec<String>, Vec<Vec<Option<String>>>) {
    let mut headers = vec!["subject_id".to_owned()];
    let mut columns = vec![(0..ROWS).map(|row| Some(format!("r{row}"))).collect()];
    for (name, cells) in COLUMNS {
        // A form rarely has every column.
        if rng.random_range(0..8) == 0 {
            continue;
        }
        headers.push(name.to_owned());
        let cell = |_| {
            let text = cells.choose(rng).copied().unwrap_or_default();
            (!text.is_empty()).then(|| text.to_owned())
        };
        columns.push((0..ROWS).map(cell).collect());
    }
    (headers, columns)
}

/// Every construct of the language, and the conditions of our own rules, of which the names are unknown here.
pub fn seeds() -> Vec<Seed> {
    let own = [
        "revenue >= wan(2000)",
        "rd / revenue >= 0.05 AND staff <= 300",
        "NOT flag OR other",
        "n BETWEEN 1 AND 9",
        "grade IN ('A', 'B')",
        "CASE grade WHEN 'A' THEN wan(50) WHEN 'B' THEN wan(20) ELSE yuan(0) END",
        "CASE WHEN flag THEN revenue WHEN n > 3 THEN rd END",
        "prior(revenue, 1) + revenue@2022",
        "growth(rd + revenue) > 0.1",
        "compound_growth(revenue, 2) >= 0.05",
        "sum_last(rd, 3) / sum_last(revenue, 3)",
        "avg_last(output, 2)",
        "max_last(revenue, 2) - min_last(revenue, 2)",
        "output@2024-08",
        "prior(orders, 1)",
        "at_least(2, flag, other, present(until))",
        "years_since(since) < 3",
        "months_since(since) + year_of(until) - month_of(since)",
        "add_months(since, n)",
        "until - since <= 365",
        "industry_in('C', 'I65') AND NOT region_in('6108')",
        "step(revenue, p.bands)",
        "step_after(revenue, bands)",
        "months_running(output > wan(1))",
        "round(r, 2) + abs(n) - q",
        "least(rd, revenue) + greatest(capital, p.limit)",
        "yi(0.5) + money(n) + yuan(r)",
        "size <> 'large'",
        "since >= DATE '2022-07-01'",
        "rd * p.third * 3 = rd",
        "share",
        "subject_id = 'r1'",
        "as_of",
        "NULL",
    ];
    let mut seeds: Vec<Seed> = own
        .iter()
        .enumerate()
        .map(|(number, text)| Seed::new(format!("own-{number:02}"), *text))
        .collect();
    seeds.extend(conditions());
    seeds
}

/// The conditions that our rules write on one line.
fn conditions() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = Vec::new();
    for path in files_below(&place("rulebook/cn/policies"), ".yaml") {
        let file = read(&path);
        let text = String::from_utf8_lossy(&file.bytes);
        let whens = text.lines().filter_map(|line| line.split_once("when: "));
        for (number, (_, when)) in whens.enumerate().take(2) {
            let when = when.trim().trim_matches('"');
            if when.len() > 12 {
                seeds.push(Seed::new(format!("{}-{number}", file.name), when));
            }
        }
    }
    seeds
}
