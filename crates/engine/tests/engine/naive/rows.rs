//! Random rows, drawn at the limits that the rules name and moved onto the boundaries of their comparisons.

use chrono::{Datelike, Days, NaiveDate};
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};
use rand::Rng;
use rand::seq::IndexedRandom;

use super::draw::Draw;
use super::judge::{Naive, Row};
use super::language::{E, Kind, PERIODS, Period, Policy, V, VARIABLES};
use super::values::decimal;

/// What the rules name: rows are drawn at these values and a unit beside them.
pub struct Limits {
    numbers: Vec<(Kind, BigRational)>,
    days: Vec<NaiveDate>,
    /// The comparisons of numbers and dates, with the facts that each reads.
    comparisons: Vec<(E, E, Vec<usize>)>,
}

/// The smallest difference between two values of a kind; other engines keep fewer decimals.
fn unit(kind: Kind, sql_only: bool) -> BigRational {
    match kind {
        Kind::Money => decimal(1, 2),
        Kind::Part if sql_only => decimal(1, 6),
        Kind::Part => decimal(1, 12),
        _ => decimal(1, 0),
    }
}

/// The most that a fact of a kind may be for a batch; what is beyond is judged by itself.
fn most(kind: Kind) -> BigRational {
    match kind {
        Kind::Money => decimal(90_000_000_000_000, 0),
        Kind::Part => decimal(1_000_000_000, 0),
        _ => decimal(1_000_000_000_000_000, 0),
    }
}

impl Limits {
    pub fn of(policies: &[Policy], as_of: NaiveDate) -> Self {
        let mut limits = Self {
            numbers: vec![
                (Kind::Money, decimal(5_000_000, 0)),
                (Kind::Part, decimal(1, 0)),
                (Kind::Integer, decimal(50, 0)),
            ],
            days: vec![as_of, NaiveDate::from_ymd_opt(2022, 2, 28).unwrap()],
            comparisons: Vec::new(),
        };
        let all = policies
            .iter()
            .flat_map(|policy| policy.clauses.iter().chain([&policy.amount]));
        for whole in all {
            whole.walk(&mut |e| limits.note(e));
        }
        limits
    }

    fn note(&mut self, e: &E) {
        match e {
            E::Constant(V::Number(value), kind) => self.numbers.push((*kind, value.clone())),
            E::Constant(V::Day(day), _) => self.days.push(*day),
            E::Compare(_, Kind::Money | Kind::Part | Kind::Date, left, right) => {
                let mut facts = Vec::new();
                let mut add = |e: &E| {
                    if let E::Fact(at) = e
                        && !matches!(VARIABLES[*at].kind, Kind::Code | Kind::Truth)
                    {
                        facts.push(*at);
                    }
                };
                left.walk(&mut add);
                right.walk(&mut add);
                if !facts.is_empty() {
                    let sides = ((**left).clone(), (**right).clone());
                    self.comparisons.push((sides.0, sides.1, facts));
                }
            }
            _ => {}
        }
    }
}

impl Draw {
    /// A row near the limits.
    pub fn row(&mut self, limits: &Limits, as_of: NaiveDate) -> Row {
        let mut row: Row = (0..VARIABLES.len())
            .map(|at| self.cells(at, limits, as_of))
            .collect();
        for _ in 0..self.rng.random_range(0..3) {
            self.move_to_boundary(&mut row, limits, as_of);
        }
        row
    }

    fn cells(&mut self, at: usize, limits: &Limits, as_of: NaiveDate) -> [V; PERIODS] {
        let variable = &VARIABLES[at];
        let formula = variable.more.contains("formula");
        std::array::from_fn(|back| {
            let none = back > 0 && variable.period == Period::None;
            // What a formula gives is mostly not given.
            let unknown = if formula { 85 } else { 8 };
            match self.rng.random_range(0..100) {
                share if none || share < unknown => V::Null,
                share if share < unknown + 4 && variable.kind != Kind::Truth && !self.sql_only => {
                    V::Absent
                }
                _ => self.cell(at, limits, as_of),
            }
        })
    }

    fn cell(&mut self, at: usize, limits: &Limits, as_of: NaiveDate) -> V {
        let kind = VARIABLES[at].kind;
        let rng = &mut self.rng;
        match kind {
            Kind::Truth => V::Truth(rng.random()),
            Kind::Date => V::Day(day(rng, &limits.days, as_of)),
            Kind::Code => {
                let codes: &[&'static str] = match VARIABLES[at].name {
                    "industry_code" => &["C3391", "I6510", "I64", "F51"],
                    "region_code" => &["620102", "610802", "610113", "110000"],
                    _ => &["A", "B", "C", "D"],
                };
                V::Code(codes.choose(rng).unwrap())
            }
            _ if VARIABLES[at].name == "k" => {
                V::Number(decimal(i128::from(rng.random_range(-40..40_i64)), 0))
            }
            _ => V::Number(self.number(kind, limits)),
        }
    }

    fn number(&mut self, kind: Kind, limits: &Limits) -> BigRational {
        let sql_only = self.sql_only;
        let rng = &mut self.rng;
        match rng.random_range(0..100) {
            0..35 => {
                let of_kind: Vec<&BigRational> = limits
                    .numbers
                    .iter()
                    .filter(|(of, value)| {
                        *of == kind && (kind != Kind::Integer || value.is_integer())
                    })
                    .map(|(_, value)| value)
                    .collect();
                let limit = of_kind
                    .choose(rng)
                    .map_or_else(BigRational::zero, |v| (*v).clone());
                limit + unit(kind, sql_only) * decimal(i128::from(rng.random_range(-1..=1_i64)), 0)
            }
            35..45 => BigRational::zero(),
            45..47 if !sql_only => {
                let sign = decimal(if rng.random() { 1 } else { -1 }, 0);
                most(kind) * sign
            }
            // Larger than a batch is made for.
            47 if !sql_only && kind == Kind::Integer => decimal(12_345_678_901_234_567, 0),
            48 if !sql_only && kind == Kind::Part => decimal(5_000_000_000_500_000_000_000, 12),
            _ => {
                let (most, places) = match kind {
                    Kind::Money => (2_000_000_000_i64, 2),
                    Kind::Part => (2_000, 3),
                    _ => (200, 0),
                };
                decimal(i128::from(rng.random_range(-most / 8..most)), places)
            }
        }
    }

    /// Changes one fact so that the two sides of a comparison are equal, or a unit apart: a secant step,
    /// which hits a linear boundary at once.
    fn move_to_boundary(&mut self, row: &mut Row, limits: &Limits, as_of: NaiveDate) {
        let Some((left, right, facts)) = limits.comparisons.choose(&mut self.rng) else {
            return;
        };
        let at = *facts
            .choose(&mut self.rng)
            .expect("comparisons are kept with facts");
        let kind = VARIABLES[at].kind;
        let away = |row: &Row| {
            let naive = Naive {
                policies: &[],
                row,
                as_of,
            };
            match (naive.value(left, 0), naive.value(right, 0)) {
                (V::Number(left), V::Number(right)) => Some(left - right),
                (V::Day(left), V::Day(right)) => Some(decimal((left - right).num_days().into(), 0)),
                _ => None,
            }
        };
        if asks_policies(left) || asks_policies(right) {
            return;
        }
        let (before, value) = (row[at][0].clone(), row[at][0].clone());
        let unit = unit(kind, self.sql_only);
        let step = &unit * decimal(100, 0);
        let moved = (|| {
            let first = away(row)?;
            row[at][0] = plus(&value, &step)?;
            let slope = (away(row)? - &first) / &step;
            if slope.is_zero() {
                return None;
            }
            let units = (-first / slope / &unit).floor();
            let beside = decimal(i128::from(self.rng.random_range(-1..=1_i64)), 0);
            plus(&value, &(unit * (units + beside)))
        })();
        row[at][0] = match moved {
            Some(V::Number(number)) if number.abs() > most(kind) => before,
            Some(moved) => moved,
            None => before,
        };
    }
}

fn asks_policies(e: &E) -> bool {
    let mut asks = false;
    e.walk(&mut |e| asks |= matches!(e, E::Amount(_) | E::Verdict(_)));
    asks
}

fn plus(value: &V, step: &BigRational) -> Option<V> {
    match value {
        V::Number(value) => Some(V::Number(value + step)),
        V::Day(day) => {
            let days = step
                .to_integer()
                .to_i64()
                .filter(|days| days.abs() < 100_000)?;
            let count = Days::new(days.unsigned_abs());
            let moved = if days < 0 {
                day.checked_sub_days(count)
            } else {
                day.checked_add_days(count)
            };
            moved
                .filter(|day| (1000..=9999).contains(&day.year()))
                .map(V::Day)
        }
        _ => None,
    }
}

/// A day at a limit or a day beside it, at the end of a month, or years before the assessment date.
fn day(rng: &mut impl Rng, limits: &[NaiveDate], as_of: NaiveDate) -> NaiveDate {
    let near = *limits.choose(rng).expect("the assessment date is a limit");
    match rng.random_range(0..4) {
        0 => near + chrono::Duration::days(rng.random_range(-1..=1)),
        1 => {
            let year = as_of.year() - rng.random_range(-1..8);
            let month = rng.random_range(1..=12);
            let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap();
            first - chrono::Duration::days(rng.random_range(0..=1))
        }
        2 => {
            let year = as_of.year() - rng.random_range(0..8);
            NaiveDate::from_ymd_opt(year, as_of.month(), as_of.day().min(28)).unwrap()
        }
        _ => as_of - chrono::Duration::days(rng.random_range(-400..4000)),
    }
}
