//! The rules of the benchmark: policies whose clauses are all different, as data and as rule files.

use std::fmt::Write as _;

/// Columns of money, in hundredths.
pub const MONEY: usize = 30;
/// Columns of whole numbers.
pub const COUNTS: usize = 12;
/// Columns of ratios, with four decimals.
pub const RATIOS: usize = 6;
/// Columns of dates.
pub const DAYS: usize = 3;
/// Columns of conditions.
pub const FLAGS: usize = 4;
/// Columns of codes.
pub const CODES: usize = 5;

/// How many codes there are in a column.
pub const CODE_VALUES: usize = 40;

/// A condition over the columns; the numbers are thresholds.
#[derive(Debug, Clone)]
pub enum Clause {
    /// Money column, at least so many hundredths.
    Money(usize, i64),
    /// A money column over another, at least so many ten-thousandths.
    Ratio(usize, usize, i64),
    /// Whole numbers, at most.
    Count(usize, i64),
    /// A date, not before this day since 1970.
    Day(usize, i32),
    /// A code is one of these.
    Code(usize, Vec<usize>),
    /// A flag, or a count of at least.
    FlagOr(usize, usize, i64),
    /// One money column less another, at least so many hundredths.
    Difference(usize, usize, i64),
    /// A ratio column, at least so many ten-thousandths.
    Share(usize, i64),
    /// How much a money column is above another, at least so many ten-thousandths of that.
    Growth(usize, usize, i64),
}

/// What a policy is worth.
#[derive(Debug, Clone)]
pub enum Benefit {
    /// So many ten-thousandths of a money column, up to a cap in hundredths.
    Capped(usize, i64, i64),
    /// So many ten-thousandths of what a money column is above another.
    Excess(usize, usize, i64),
    /// By a count: from so many on, so many hundredths; else the last.
    Tiers(usize, [(i64, i64); 2], i64),
}

/// A policy.
#[derive(Debug, Clone)]
pub struct Policy {
    /// All must be true.
    pub clauses: Vec<Clause>,
    /// What it is worth.
    pub benefit: Benefit,
    /// The group of which one may be enjoyed.
    pub group: Option<usize>,
}

/// A repeatable source of numbers: Knuth's MMIX generator.
pub struct Random(pub u64);

impl Random {
    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    /// An index below `end`.
    pub fn index(&mut self, end: usize) -> usize {
        usize::try_from(self.below(end as u64)).unwrap_or(0)
    }

    /// A number below `end`, signed.
    pub fn number(&mut self, end: u64) -> i64 {
        i64::try_from(self.below(end)).unwrap_or(0)
    }
}

/// Policies of so many clauses each, no two with the same threshold.
pub fn policies(count: usize, clauses: usize) -> Vec<Policy> {
    let mut random = Random(2024);
    let mut number = 0;
    (0..count)
        .map(|place| Policy {
            clauses: (0..clauses)
                .map(|_| {
                    number += 1;
                    clause(number, &mut random)
                })
                .collect(),
            benefit: benefit(place, &mut random),
            group: (place % 8 < 3).then_some(place / 8),
        })
        .collect()
}

/// Of twenty clauses six compare money, four a ratio of two columns, three a count, two a difference, and
/// one each a growth, a date, codes, a flag and a given ratio.
fn clause(number: usize, random: &mut Random) -> Clause {
    // The number in the last digits makes every threshold its own.
    let own = i64::try_from(number).unwrap_or(0);
    let money = |random: &mut Random| random.index(MONEY);
    match number % 20 {
        0..6 => Clause::Money(money(random), random.number(1_500) * 1_000_000 + own),
        6..10 => {
            let below = money(random);
            let above = (below + 1 + random.index(MONEY - 1)) % MONEY;
            Clause::Ratio(above, below, random.number(20) * 1_000 + own)
        }
        10..13 => Clause::Count(random.index(COUNTS), 1_000 + random.number(8_000) + own),
        13..15 => {
            let less = money(random);
            let from = (less + 1 + random.index(MONEY - 1)) % MONEY;
            Clause::Difference(from, less, -random.number(1_000) * 1_000_000 - own)
        }
        15 => {
            let base = money(random);
            let now = (base + 1 + random.index(MONEY - 1)) % MONEY;
            Clause::Growth(now, base, -8_000 + own)
        }
        16 => Clause::Day(
            random.index(DAYS),
            10_000
                + i32::try_from(random.below(5_000)).unwrap_or(0)
                + i32::try_from(number).unwrap_or(0),
        ),
        17 => {
            let first = random.index(CODE_VALUES);
            let codes = (0..12).map(|step| (first + step * 3) % CODE_VALUES);
            Clause::Code(random.index(CODES), codes.collect())
        }
        18 => Clause::FlagOr(random.index(FLAGS), random.index(COUNTS), 2_000 + own),
        _ => Clause::Share(random.index(RATIOS), random.number(4_000) + own),
    }
}

fn benefit(place: usize, random: &mut Random) -> Benefit {
    let own = i64::try_from(place).unwrap_or(0);
    match place % 4 {
        0 | 1 => Benefit::Capped(
            random.index(MONEY),
            501 + own * 7,
            50_000_000 + own * 1_000_000,
        ),
        2 => {
            let less = random.index(MONEY);
            let from = (less + 1 + random.index(MONEY - 1)) % MONEY;
            Benefit::Excess(from, less, 1_003 + own * 11)
        }
        _ => Benefit::Tiers(
            random.index(COUNTS),
            [
                (6_000 + own, 50_000_000 + own),
                (2_000 + own, 20_000_000 + own),
            ],
            5_000_000 + own,
        ),
    }
}

/// The names of the columns, in their order.
pub fn columns() -> Vec<String> {
    let named =
        |letter: &'static str, count| (0..count).map(move |place| format!("{letter}{place:02}"));
    named("money", MONEY)
        .chain(named("count", COUNTS))
        .chain(named("share", RATIOS))
        .chain(named("day", DAYS))
        .chain(named("flag", FLAGS))
        .chain(named("code", CODES))
        .collect()
}

/// A code as it is written.
pub fn code(value: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(value % 20).unwrap_or(0));
    format!("{letter}{:03}", 100 + value * 7)
}

/// The rules as files: path and text.
pub fn files(policies: &[Policy]) -> Vec<(String, String)> {
    let mut variables = "variables:\n".to_owned();
    for name in columns() {
        let kind = match name.trim_end_matches(|c: char| c.is_ascii_digit()) {
            "money" => "money",
            "count" => "integer",
            "share" => "ratio",
            "day" => "date",
            "flag" => "boolean",
            _ => "code",
        };
        let _ = writeln!(
            variables,
            "  {name}: {{label: {{en: {name}}}, subject: enterprise, type: {kind}, period: none, sensitivity: public}}"
        );
    }
    let mut files = vec![("variables/all.yaml".to_owned(), variables)];
    for (place, policy) in policies.iter().enumerate() {
        files.push((
            format!("policies/other/p{place:03}.yaml"),
            text(place, policy),
        ));
    }
    files
}

fn text(place: usize, policy: &Policy) -> String {
    let mut text = format!(
        "policy: p{place:03}\nname: {{en: Policy {place}}}\nsubject: enterprise\nfield: other\n\
         in_force: {{from: 2000-01-01}}\nperiod: year\n"
    );
    if let Some(group) = policy.group {
        let _ = writeln!(text, "choose_one: group{group}");
    }
    let _ = writeln!(
        text,
        "benefit: {{kind: subsidy, amount: \"{}\"}}\nclauses:",
        worth(&policy.benefit)
    );
    for (at, clause) in policy.clauses.iter().enumerate() {
        let when = condition(clause);
        let _ = writeln!(
            text,
            "  - {{id: c{at}, text: {{en: Clause {at}}}, when: \"{when}\"}}"
        );
    }
    text
}

fn yuan(hundredths: i64) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let size = hundredths.abs();
    format!("{sign}yuan({}.{:02})", size / 100, size % 100)
}

fn share(ten_thousandths: i64) -> String {
    let sign = if ten_thousandths < 0 { "-" } else { "" };
    let size = ten_thousandths.abs();
    format!("{sign}{}.{:04}", size / 10_000, size % 10_000)
}

fn condition(clause: &Clause) -> String {
    match clause {
        Clause::Money(column, least) => format!("money{column:02} >= {}", yuan(*least)),
        Clause::Ratio(above, below, least) => {
            format!("money{above:02} / money{below:02} >= {}", share(*least))
        }
        Clause::Count(column, most) => format!("count{column:02} <= {most}"),
        Clause::Day(column, from) => {
            let day =
                chrono::NaiveDate::default() + chrono::Days::new(u64::try_from(*from).unwrap_or(0));
            format!("day{column:02} >= DATE '{day}'")
        }
        Clause::Code(column, codes) => {
            let codes: Vec<String> = codes
                .iter()
                .map(|value| format!("'{}'", code(*value)))
                .collect();
            format!("code{column:02} IN ({})", codes.join(", "))
        }
        Clause::FlagOr(flag, column, least) => {
            format!("flag{flag:02} OR count{column:02} >= {least}")
        }
        Clause::Difference(from, less, least) => {
            format!("money{from:02} - money{less:02} >= {}", yuan(*least))
        }
        Clause::Share(column, least) => format!("share{column:02} >= {}", share(*least)),
        Clause::Growth(now, base, least) => {
            format!(
                "(money{now:02} - money{base:02}) / money{base:02} >= {}",
                share(*least)
            )
        }
    }
}

fn worth(benefit: &Benefit) -> String {
    match benefit {
        Benefit::Capped(column, rate, cap) => {
            format!("least(money{column:02} * {}, {})", share(*rate), yuan(*cap))
        }
        Benefit::Excess(from, less, rate) => format!(
            "greatest(money{from:02} - money{less:02}, yuan(0)) * {}",
            share(*rate)
        ),
        Benefit::Tiers(column, [(a, x), (b, y)], other) => format!(
            "CASE WHEN count{column:02} >= {a} THEN {} WHEN count{column:02} >= {b} THEN {} ELSE {} END",
            yuan(*x),
            yuan(*y),
            yuan(*other)
        ),
    }
}
