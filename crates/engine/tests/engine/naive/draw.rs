//! Random rules over the whole language, well typed.

use std::rc::Rc;

use chrono::NaiveDate;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use super::language::{E, Kind, Policy, V, place};
use super::values::decimal;

/// Variables that have periods.
const MONEY: &[&str] = &["a", "b", "m", "z", "net"];
const PLAIN: &[&str] = &["w", "q", "share"];
const SIGNS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];

/// Draws rules.
pub struct Draw {
    pub rng: StdRng,
    /// Only what another engine of SQL has too: no functions of periods and dates, no division, no names.
    pub sql_only: bool,
    lets: Vec<(String, Rc<E>, Kind)>,
    /// Policies before the one that is drawn, which it may ask.
    before: usize,
}

fn boxed(e: E) -> Box<E> {
    Box::new(e)
}

fn fact(name: &str) -> E {
    E::Fact(place(name))
}

impl Draw {
    pub fn new(seed: u64, sql_only: bool) -> Self {
        Self {
            rng: StdRng::seed_from_u64(seed),
            sql_only,
            lets: Vec::new(),
            before: 0,
        }
    }

    fn below(&mut self, count: u32) -> u32 {
        self.rng.random_range(0..count)
    }

    fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        all.choose(&mut self.rng)
            .expect("something to choose from")
            .clone()
    }

    /// Policies that may ask those before them.
    pub fn policies(&mut self, count: usize) -> Vec<Policy> {
        (0..count)
            .map(|before| {
                self.before = before;
                self.policy()
            })
            .collect()
    }

    fn policy(&mut self) -> Policy {
        self.lets.clear();
        if !self.sql_only && self.below(3) == 0 {
            let named = [
                ("x1", self.money(2), Kind::Money),
                ("x2", self.truth(2), Kind::Truth),
                ("x3", self.part(2), Kind::Part),
            ];
            self.lets = named
                .map(|(name, e, kind)| (name.to_owned(), Rc::new(e), kind))
                .into();
        }
        let clauses = (0..=self.below(3)).map(|_| self.clause()).collect();
        let amount = self.money(3);
        let saves = (!self.sql_only && self.below(3) == 0).then(|| {
            let factor = self.share();
            let more = self.money(1);
            let part = E::Calculate('*', boxed(E::OwnAmount), boxed(factor));
            E::Calculate('+', boxed(part), boxed(more))
        });
        Policy {
            lets: self
                .lets
                .iter()
                .map(|(name, e, _)| (name.clone(), Rc::clone(e)))
                .collect(),
            clauses,
            amount,
            saves,
        }
    }

    /// Half of the clauses are one comparison, which gives a gap.
    fn clause(&mut self) -> E {
        if self.below(2) == 0 {
            return self.comparison(3);
        }
        self.truth(3)
    }

    fn named(&mut self, kind: Kind) -> Option<E> {
        if self.below(4) > 0 {
            return None;
        }
        let (name, e, _) = self.lets.iter().find(|(_, _, of)| *of == kind)?;
        Some(E::Named(name.clone(), Rc::clone(e)))
    }

    // --- conditions

    fn comparison(&mut self, depth: u32) -> E {
        let sign = self.pick(&SIGNS);
        let depth = depth - 1;
        match self.below(if self.sql_only { 6 } else { 8 }) {
            0..=2 => {
                let (left, right) = (self.money(depth), self.money(depth));
                E::Compare(sign, Kind::Money, boxed(left), boxed(right))
            }
            3 | 4 => {
                let (left, right) = (self.part(depth), self.part(depth));
                E::Compare(sign, Kind::Part, boxed(left), boxed(right))
            }
            5 => {
                let (left, right) = (self.date(depth), self.date(depth));
                E::Compare(sign, Kind::Date, boxed(left), boxed(right))
            }
            6 => {
                let (left, right) = (self.rate(), self.share());
                let (left, right) = if self.below(4) == 0 {
                    (right, left)
                } else {
                    (left, right)
                };
                E::Compare(sign, Kind::Part, boxed(left), boxed(right))
            }
            _ => {
                // A share against a limit: what most rules are.
                let share = E::Calculate('/', boxed(self.money(1)), boxed(self.money(1)));
                E::Compare(sign, Kind::Part, boxed(share), boxed(self.share()))
            }
        }
    }

    fn truth(&mut self, depth: u32) -> E {
        if depth == 0 {
            return self.truth_leaf();
        }
        if let Some(named) = self.named(Kind::Truth) {
            return named;
        }
        let inner = depth - 1;
        match self.below(if self.sql_only { 8 } else { 9 }) {
            0 => E::And(self.truths(inner)),
            1 => E::Or(self.truths(inner)),
            2 => E::Not(boxed(self.truth(inner))),
            3 => self.comparison(depth),
            4 => self.between(inner),
            5 => {
                let list = (0..=self.below(2)).map(|_| self.part(inner)).collect();
                E::In(boxed(self.part(inner)), list, self.below(2) == 0)
            }
            6 => self.case(inner, Self::truth),
            7 => self.truth_leaf(),
            _ => {
                let wanted = match self.below(5) {
                    0 => fact("k"),
                    count => E::number(decimal(i128::from(count) - 1, 0), Kind::Integer),
                };
                let arguments = std::iter::once(wanted).chain(self.truths(inner)).collect();
                E::Call("at_least", arguments)
            }
        }
    }

    fn truths(&mut self, depth: u32) -> Vec<E> {
        (0..2 + self.below(2)).map(|_| self.truth(depth)).collect()
    }

    fn truth_leaf(&mut self) -> E {
        match self.below(if self.sql_only { 5 } else { 9 }) {
            0 => fact("f"),
            1 => fact("h"),
            2 => {
                let sign = self.pick(&["=", "<>"]);
                let code = if self.sql_only {
                    fact("g")
                } else {
                    self.code(1)
                };
                let wanted = self.code_literal();
                E::Compare(sign, Kind::Code, boxed(code), boxed(wanted))
            }
            3 => {
                let list = (0..=self.below(2)).map(|_| self.code_literal()).collect();
                E::In(boxed(fact("g")), list, self.below(2) == 0)
            }
            4 => self.comparison(1),
            5 => {
                let asked = self.pick(&["a", "c", "n", "r", "d", "g", "share", "size", "net"]);
                E::Call("present", vec![fact(asked)])
            }
            6 => E::Prefix("industry_in", self.pick(&[vec!["C"], vec!["I65", "C33"]])),
            7 if self.before > 0 && self.below(3) == 0 => {
                let asked = self.below(u32::try_from(self.before).unwrap()) as usize;
                let wanted = self.pick(&["eligible", "ineligible", "unknown"]);
                let wanted = E::Constant(V::Code(wanted), Kind::Code);
                E::Compare("=", Kind::Code, boxed(E::Verdict(asked)), boxed(wanted))
            }
            _ => E::Prefix("region_in", self.pick(&[vec!["62"], vec!["6108", "6101"]])),
        }
    }

    fn between(&mut self, depth: u32) -> E {
        let negated = self.below(3) == 0;
        let draw = self.pick(&[Self::money, Self::part, Self::date]);
        let [value, low, high] = [0; 3].map(|_| boxed(draw(self, depth)));
        E::Between(value, low, high, negated)
    }

    fn case(&mut self, depth: u32, draw: fn(&mut Self, u32) -> E) -> E {
        let otherwise = (self.below(5) > 0).then(|| boxed(draw(self, depth)));
        if self.below(4) == 0 {
            let branches = (0..=self.below(2)).map(|_| (self.code_literal(), draw(self, depth)));
            let branches = branches.collect();
            return E::Case(Some(boxed(fact("g"))), branches, otherwise);
        }
        let branches = (0..=self.below(2))
            .map(|_| (self.truth(depth), draw(self, depth)))
            .collect();
        E::Case(None, branches, otherwise)
    }

    // --- money

    fn money(&mut self, depth: u32) -> E {
        if depth == 0 {
            return self.money_leaf();
        }
        if let Some(named) = self.named(Kind::Money) {
            return named;
        }
        let inner = depth - 1;
        match self.below(if self.sql_only { 9 } else { 14 }) {
            0 | 1 | 8 | 9 => self.money_leaf(),
            2 => E::Calculate('+', boxed(self.money(inner)), boxed(self.money(inner))),
            3 => E::Calculate('-', boxed(self.money(inner)), boxed(self.money(inner))),
            4 => {
                let factor = self.share();
                E::Calculate('*', boxed(self.money(inner)), boxed(factor))
            }
            5 => E::Call(
                self.pick(&["least", "greatest"]),
                self.two(inner, Self::money),
            ),
            6 => self.case(inner, Self::money),
            7 => match self.below(3) {
                0 => E::Negative(boxed(self.money(inner))),
                1 => E::Call("abs", vec![self.money(inner)]),
                _ => E::Round(boxed(self.money(inner)), self.below(4)),
            },
            10 => E::Calculate('*', boxed(self.part(inner)), boxed(self.money(inner))),
            11 => E::Calculate('/', boxed(self.money(inner)), boxed(self.part(inner))),
            12 => {
                let of = self.periodic(MONEY);
                self.window(
                    of,
                    &["prior", "sum_last", "avg_last", "min_last", "max_last"],
                )
            }
            _ => match self.below(8) {
                0 if self.before > 0 => {
                    let count = u32::try_from(self.before).unwrap();
                    E::Amount(self.below(count) as usize)
                }
                1..=3 => E::Call(self.pick(&["yuan", "money"]), vec![self.part(inner)]),
                _ => E::Call("wan", vec![fact("k")]),
            },
        }
    }

    fn two(&mut self, depth: u32, draw: fn(&mut Self, u32) -> E) -> Vec<E> {
        (0..2 + self.below(2)).map(|_| draw(self, depth)).collect()
    }

    fn money_leaf(&mut self) -> E {
        // In hundredths.
        let literals = [
            0,
            1,
            10_000,
            50_000_000,
            500_000_000,
            10_000_000_000,
            12_345_678_901,
            -250_000,
        ];
        match self.below(if self.sql_only { 6 } else { 8 }) {
            0..=3 => {
                let variables: &[&str] = if self.sql_only {
                    &["a", "b", "c"]
                } else {
                    &["a", "b", "c", "m", "z", "net"]
                };
                fact(self.pick(variables))
            }
            4 | 5 => E::number(decimal(self.pick(&literals), 2), Kind::Money),
            6 => E::Parameter("cap"),
            _ => {
                let cents = i128::from(self.rng.random_range(0..1_000_000_000_i64));
                E::number(decimal(cents, 2), Kind::Money)
            }
        }
    }

    // --- plain numbers

    fn part(&mut self, depth: u32) -> E {
        if depth == 0 {
            return self.part_leaf();
        }
        if let Some(named) = self.named(Kind::Part) {
            return named;
        }
        let inner = depth - 1;
        match self.below(if self.sql_only { 7 } else { 17 }) {
            0 | 1 => self.part_leaf(),
            2 => E::Calculate('+', boxed(self.part(inner)), boxed(self.part(inner))),
            3 => E::Calculate('-', boxed(self.part(inner)), boxed(self.part(inner))),
            4 => {
                let factor = self.share();
                E::Calculate('*', boxed(self.part(inner)), boxed(factor))
            }
            5 => E::Call(
                self.pick(&["least", "greatest"]),
                self.two(inner, Self::part),
            ),
            6 => self.case(inner, Self::part),
            7 => E::Calculate('/', boxed(self.part(inner)), boxed(self.part(inner))),
            8 | 9 => E::Calculate('/', boxed(self.money(inner)), boxed(self.money(inner))),
            10 => {
                let of = self.periodic(PLAIN);
                self.window(
                    of,
                    &["prior", "sum_last", "avg_last", "min_last", "max_last"],
                )
            }
            11 => {
                let names = self.pick(&[MONEY, PLAIN]);
                E::Window("growth", boxed(self.periodic(names)), 1)
            }
            12 => {
                let count = self.pick(&["years_since", "months_since", "year_of", "month_of"]);
                E::Call(count, vec![self.date(inner)])
            }
            13 => E::Calculate('-', boxed(self.date(inner)), boxed(self.date(inner))),
            14 => {
                let step = self.pick(&["step", "step_after"]);
                if self.below(2) == 0 {
                    E::Step(step, boxed(self.money(inner)), "bands")
                } else {
                    E::Step(step, boxed(self.part(inner)), "marks")
                }
            }
            15 => match self.below(3) {
                0 => E::Negative(boxed(self.part(inner))),
                1 => E::Call("abs", vec![self.part(inner)]),
                _ => E::Round(boxed(self.part(inner)), self.pick(&[0, 1, 2, 6, 12])),
            },
            _ => E::Calculate('*', boxed(self.part(inner)), boxed(self.part(inner))),
        }
    }

    fn part_leaf(&mut self) -> E {
        match self.below(8) {
            0 | 1 => fact("n"),
            2 if !self.sql_only => fact(self.pick(&["w", "q", "share"])),
            3 if !self.sql_only => E::Parameter(self.pick(&["count", "rate", "gone"])),
            2..=4 => fact("r"),
            5 => {
                let whole = i128::from(self.rng.random_range(-3..120_i64));
                E::number(decimal(whole, 0), Kind::Integer)
            }
            _ => self.share(),
        }
    }

    /// A written share or rate.
    fn share(&mut self) -> E {
        let shares = [(5, 2), (6, 1), (1, 0), (15, 3), (75, 2), (125, 3), (-1, 1)];
        let (digits, places) = self.pick(&shares);
        if !self.sql_only && self.below(6) == 0 {
            return E::Parameter("rate");
        }
        if !self.sql_only && self.below(8) == 0 {
            return E::number(decimal(123_456_789_012, 12), Kind::Part);
        }
        E::number(decimal(digits, places), Kind::Part)
    }

    /// A yearly rate, which is only compared.
    fn rate(&mut self) -> E {
        let periods = 1 + self.below(3);
        let names = self.pick(&[MONEY, PLAIN]);
        let of = self.periodic(names);
        E::Window("compound_growth", boxed(of), periods)
    }

    // --- other periods

    /// What can be read in other periods: over variables that have some.
    fn periodic(&mut self, names: &[&str]) -> E {
        let first = fact(self.pick(names));
        match self.below(6) {
            0 => {
                let sign = self.pick(&['+', '-']);
                E::Calculate(sign, boxed(first), boxed(fact(self.pick(names))))
            }
            1 => {
                let factor = self.share();
                E::Calculate('*', boxed(first), boxed(factor))
            }
            2 => E::Window("prior", boxed(first), 1),
            _ => first,
        }
    }

    fn window(&mut self, of: E, names: &[&'static str]) -> E {
        let name = self.pick(names);
        E::Window(name, boxed(of), 1 + self.below(3))
    }

    // --- dates and codes

    fn date(&mut self, depth: u32) -> E {
        if depth == 0 || self.sql_only {
            return self.date_leaf();
        }
        let inner = depth - 1;
        match self.below(7) {
            0 => E::Call("add_months", vec![self.date(inner), self.small()]),
            1 => E::Calculate('+', boxed(self.date(inner)), boxed(self.small())),
            2 => E::Calculate('-', boxed(self.date(inner)), boxed(self.small())),
            3 => E::Call(
                self.pick(&["least", "greatest"]),
                self.two(inner, Self::date),
            ),
            4 => self.case(inner, Self::date),
            _ => self.date_leaf(),
        }
    }

    fn small(&mut self) -> E {
        if self.below(3) == 0 {
            return fact("k");
        }
        let count = i128::from(self.rng.random_range(0..30_i64));
        E::number(decimal(count, 0), Kind::Integer)
    }

    fn date_leaf(&mut self) -> E {
        match self.below(if self.sql_only { 3 } else { 5 }) {
            0 => fact("d"),
            1 => fact("e"),
            2 => {
                let days = [(2020, 2, 29), (2022, 7, 1), (2023, 12, 31), (2024, 3, 31)];
                let (year, month, day) = self.pick(&days);
                let day = NaiveDate::from_ymd_opt(year, month, day).unwrap();
                E::Constant(V::Day(day), Kind::Date)
            }
            3 => E::AsOf,
            _ => E::Parameter("day"),
        }
    }

    fn code(&mut self, depth: u32) -> E {
        match self.below(8) {
            0..=3 => fact("g"),
            4 | 5 => fact("size"),
            6 if depth > 0 => self.case(depth - 1, Self::code),
            _ => self.code_literal(),
        }
    }

    fn code_literal(&mut self) -> E {
        let code = self.pick(&["A", "B", "C"]);
        E::Constant(V::Code(code), Kind::Code)
    }
}
