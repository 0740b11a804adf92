//! The second judge: row by row over big rationals, written from the contract, slow and plain.

use chrono::NaiveDate;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

use super::language::{E, PERIODS, Policy, V, VARIABLES, place};
use super::values::{all_of, calculate, call, compare, gap, half_up, money};

/// A row: by variable what is known of the current period and those before it.
pub type Row = Vec<[V; PERIODS]>;

/// What a policy gives a row.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    /// Bit k: clause k is false.
    pub failed: u64,
    /// Bit k: clause k is not known.
    pub unknown: u64,
    pub amount: Option<BigRational>,
    pub saves: Option<BigRational>,
    /// By clause that has a gap.
    pub gaps: Vec<(usize, Option<BigRational>)>,
}

impl Outcome {
    pub fn verdict(&self) -> &'static str {
        match (self.failed, self.unknown) {
            (0, 0) => "eligible",
            (0, _) => "unknown",
            _ => "ineligible",
        }
    }
}

/// A parameter's value on the assessment date.
pub fn parameter(name: &str) -> V {
    match name {
        "cap" => V::Number(BigRational::from_integer(5_000_000.into())),
        "rate" => V::Number(BigRational::new(2.into(), 3.into())),
        "count" => V::Number(BigRational::from_integer(50.into())),
        "day" => V::Day(NaiveDate::from_ymd_opt(2022, 2, 28).unwrap()),
        // It has no value after 2020.
        "gone" => V::Null,
        _ => panic!("no parameter {name}"),
    }
}

/// The rows of a table: `from` in hundredths, value in hundredths.
pub fn table(name: &str) -> &'static [(i64, i64)] {
    match name {
        "bands" => &[(0, 5), (500_000_001, 4), (20_000_000_000, 3)],
        "marks" => &[(-100, 0), (0, 200), (50, 400), (100, 1000)],
        _ => panic!("no table {name}"),
    }
}

fn hundredths(value: i64) -> BigRational {
    BigRational::new(value.into(), 100.into())
}

/// Judges one row.
pub struct Naive<'r> {
    pub policies: &'r [Policy],
    pub row: &'r Row,
    pub as_of: NaiveDate,
}

impl Naive<'_> {
    /// What a policy of the rulebook gives.
    pub fn outcome(&self, policy: &Policy) -> Outcome {
        let mut outcome = Outcome {
            failed: 0,
            unknown: 0,
            amount: money(&self.value(&policy.amount, 0)),
            saves: None,
            gaps: Vec::new(),
        };
        for (at, clause) in policy.clauses.iter().enumerate() {
            match self.truth(clause, 0) {
                Some(true) => {}
                Some(false) => outcome.failed |= 1 << at,
                None => outcome.unknown |= 1 << at,
            }
            if let E::Compare(sign @ ("<" | "<=" | ">" | ">="), kind, left, right) = clause {
                let (left, right) = (self.value(left, 0), self.value(right, 0));
                let gap = if sign.starts_with('>') {
                    gap(*kind, &left, &right)
                } else {
                    gap(*kind, &right, &left)
                };
                outcome.gaps.push((at, gap));
            }
        }
        outcome.saves = match (&policy.saves, &outcome.amount) {
            (None, amount) => amount.clone(),
            (Some(saves), amount) => money(&self.with_amount(saves, amount.as_ref())),
        };
        outcome
    }

    /// `saves` is `amount` by a factor, or by what is calculated without it.
    fn with_amount(&self, saves: &E, amount: Option<&BigRational>) -> V {
        match saves {
            E::OwnAmount => amount.map_or(V::Null, |amount| V::Number(amount.clone())),
            E::Calculate(sign, left, right) => calculate(
                *sign,
                &self.with_amount(left, amount),
                &self.with_amount(right, amount),
            ),
            other => self.value(other, 0),
        }
    }

    pub fn truth(&self, e: &E, back: usize) -> Option<bool> {
        match self.value(e, back) {
            V::Truth(truth) => Some(truth),
            _ => None,
        }
    }

    /// The value of an expression whose variables are read `back` of their periods before.
    pub fn value(&self, e: &E, back: usize) -> V {
        let of = |e: &E| self.value(e, back);
        match e {
            E::Fact(place) => self.fact(*place, back),
            E::Constant(value, _) => value.clone(),
            E::Parameter(name) => parameter(name),
            E::AsOf => V::Day(self.as_of),
            E::Named(_, inner) => of(inner),
            E::Not(inner) => truth(self.truth(inner, back).map(|truth| !truth)),
            E::And(all) => truth(all_of(all.iter().map(|e| self.truth(e, back)))),
            E::Or(all) => {
                let none = all_of(all.iter().map(|e| self.truth(e, back).map(|t| !t)));
                truth(none.map(|none| !none))
            }
            E::Negative(inner) => calculate('-', &V::Number(BigRational::zero()), &of(inner)),
            E::Calculate(sign, left, right) => calculate(*sign, &of(left), &of(right)),
            E::Compare(sign, _, left, right) => truth(compare(sign, &of(left), &of(right))),
            E::Between(value, low, high, negated) => {
                let value = of(value);
                let inside = all_of([
                    compare(">=", &value, &of(low)),
                    compare("<=", &value, &of(high)),
                ]);
                truth(inside.map(|inside| inside != *negated))
            }
            E::In(value, list, negated) => {
                let value = of(value);
                let none = all_of(
                    list.iter()
                        .map(|e| compare("=", &value, &of(e)).map(|t| !t)),
                );
                truth(none.map(|none| none == *negated))
            }
            E::Case(operand, branches, otherwise) => {
                self.case(operand.as_deref(), branches, otherwise.as_deref(), back)
            }
            E::Call("at_least", arguments) => self.at_least(arguments, back),
            E::Call(name, arguments) => {
                let values: Vec<V> = arguments.iter().map(of).collect();
                call(name, &values, self.as_of)
            }
            E::Round(value, places) => match of(value) {
                V::Number(value) => V::Number(half_up(&value, *places)),
                _ => V::Null,
            },
            E::Window(name, of, periods) => self.window(name, of, *periods as usize, back),
            E::Step(name, value, table_name) => step(name, &of(value), table(table_name)),
            E::Prefix(name, prefixes) => {
                let code = if *name == "industry_in" {
                    "industry_code"
                } else {
                    "region_code"
                };
                match self.fact(place(code), back) {
                    V::Code(code) => V::Truth(prefixes.iter().any(|p| code.starts_with(p))),
                    _ => V::Null,
                }
            }
            E::Verdict(at) => V::Code(self.outcome(&self.policies[*at]).verdict()),
            E::Amount(at) => number(self.outcome(&self.policies[*at]).amount),
            E::OwnAmount => panic!("`amount` stands in `saves` only"),
        }
    }

    fn case(
        &self,
        operand: Option<&E>,
        branches: &[(E, E)],
        otherwise: Option<&E>,
        back: usize,
    ) -> V {
        let of = |e: &E| self.value(e, back);
        for (when, then) in branches {
            let holds = match operand {
                Some(operand) => compare("=", &of(operand), &of(when)),
                None => self.truth(when, back),
            };
            match holds {
                Some(true) => return of(then),
                Some(false) => {}
                None => return V::Null,
            }
        }
        otherwise.map_or(V::Null, of)
    }

    fn fact(&self, at: usize, back: usize) -> V {
        let given = self.row[at].get(back).cloned().unwrap_or(V::Null);
        let fact = |name: &str| self.fact(place(name), back);
        match (VARIABLES[at].name, given) {
            ("z", V::Null) => V::Number(BigRational::zero()),
            ("share", V::Null) => calculate('/', &fact("a"), &fact("b")),
            ("net", V::Null) => calculate('-', &fact("a"), &fact("z")),
            ("size", V::Null) => match compare(">", &fact("n"), &parameter("count")) {
                Some(true) => V::Code("A"),
                Some(false) => match fact("f") {
                    V::Truth(true) => V::Code("B"),
                    V::Truth(false) => fact("g"),
                    _ => V::Null,
                },
                None => V::Null,
            },
            (_, given) => given,
        }
    }

    fn at_least(&self, arguments: &[E], back: usize) -> V {
        let V::Number(wanted) = self.value(&arguments[0], back) else {
            return V::Null;
        };
        let truths = arguments[1..].iter().map(|e| self.truth(e, back));
        let (mut least, mut most) = (0_i64, 0_i64);
        for truth in truths {
            least += i64::from(truth == Some(true));
            most += i64::from(truth != Some(false));
        }
        let count = |count: i64| BigRational::from_integer(count.into());
        if count(least) >= wanted {
            V::Truth(true)
        } else if count(most) < wanted {
            V::Truth(false)
        } else {
            V::Null
        }
    }

    fn window(&self, name: &str, of: &E, periods: usize, back: usize) -> V {
        let at = |ago: usize| self.value(of, back + ago);
        let all = || (0..periods).map(at);
        let sum = || {
            all()
                .reduce(|sum, value| calculate('+', &sum, &value))
                .unwrap()
        };
        match name {
            "prior" => at(periods),
            "sum_last" => calculate('+', &sum(), &V::Number(BigRational::zero())),
            "avg_last" => {
                let count = BigRational::from_integer(periods.into());
                calculate('/', &sum(), &V::Number(count))
            }
            "min_last" => call("least", &all().collect::<Vec<_>>(), self.as_of),
            "max_last" => call("greatest", &all().collect::<Vec<_>>(), self.as_of),
            _ => {
                let (V::Number(now), V::Number(base)) = (at(0), at(periods)) else {
                    return V::Null;
                };
                let compound = name == "compound_growth";
                if !base.is_positive() || compound && now.is_negative() {
                    return V::Null;
                }
                if compound && periods > 1 {
                    return V::Root(now / base, u32::try_from(periods).unwrap());
                }
                V::Number(now / base - BigRational::one())
            }
        }
    }
}

fn truth(truth: Option<bool>) -> V {
    truth.map_or(V::Null, V::Truth)
}

fn number(number: Option<BigRational>) -> V {
    number.map_or(V::Null, V::Number)
}

/// The value of the last row whose `from` is reached, or passed.
fn step(name: &str, value: &V, rows: &[(i64, i64)]) -> V {
    let V::Number(value) = value else {
        return V::Null;
    };
    let reached = rows.iter().rev().find(|(from, _)| {
        let from = hundredths(*from);
        *value > from || *value == from && name == "step"
    });
    reached.map_or(V::Null, |(_, then)| V::Number(hundredths(*then)))
}
