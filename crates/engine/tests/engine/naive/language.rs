//! The random rules as a small tree of their own, and how a rule file writes it.

use std::fmt::Write as _;
use std::rc::Rc;

use chrono::NaiveDate;
use num_rational::BigRational;

use engine::number::format_exact;

/// What an expression is worth.
#[derive(Debug, Clone, PartialEq)]
pub enum V {
    /// Not known.
    Null,
    /// Known to be absent.
    Absent,
    /// A number or money.
    Number(BigRational),
    /// `quotient ^ (1 / periods) - 1`
    Root(BigRational, u32),
    Truth(bool),
    Day(NaiveDate),
    Code(&'static str),
}

/// What kind of value an expression has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Money,
    Integer,
    /// A ratio or a number.
    Part,
    Date,
    Code,
    Truth,
}

/// The periods that a variable has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    None,
    Year,
    Month,
}

/// A variable of the random rulebooks.
#[derive(Debug)]
pub struct Variable {
    pub name: &'static str,
    pub kind: Kind,
    pub ty: &'static str,
    pub period: Period,
    /// What else its entry says.
    pub more: &'static str,
}

const fn variable(
    name: &'static str,
    kind: Kind,
    ty: &'static str,
    period: Period,
    more: &'static str,
) -> Variable {
    Variable {
        name,
        kind,
        ty,
        period,
        more,
    }
}

/// Earlier periods of a variable that a row may know.
pub const PERIODS: usize = 4;

/// All variables.
pub static VARIABLES: [Variable; 20] = [
    variable("a", Kind::Money, "money", Period::Year, ""),
    variable("b", Kind::Money, "money", Period::Year, ""),
    variable("c", Kind::Money, "money", Period::None, ""),
    variable("m", Kind::Money, "money", Period::Month, ""),
    variable("z", Kind::Money, "money", Period::Year, ", blank: zero"),
    variable("n", Kind::Integer, "integer", Period::None, ""),
    variable("k", Kind::Integer, "integer", Period::None, ""),
    variable("w", Kind::Integer, "integer", Period::Year, ""),
    variable("r", Kind::Part, "ratio", Period::None, ""),
    variable("q", Kind::Part, "number", Period::Year, ""),
    variable("d", Kind::Date, "date", Period::None, ""),
    variable("e", Kind::Date, "date", Period::None, ""),
    variable("g", Kind::Code, "code", Period::None, ""),
    variable("industry_code", Kind::Code, "code", Period::None, ""),
    variable("region_code", Kind::Code, "code", Period::None, ""),
    variable("f", Kind::Truth, "boolean", Period::None, ""),
    variable("h", Kind::Truth, "boolean", Period::None, ""),
    variable(
        "share",
        Kind::Part,
        "ratio",
        Period::Year,
        ", formula: a / b",
    ),
    variable(
        "net",
        Kind::Money,
        "money",
        Period::Year,
        ", formula: a - z",
    ),
    variable(
        "size",
        Kind::Code,
        "code",
        Period::None,
        ", formula: \"CASE WHEN n > 50 THEN 'A' WHEN f THEN 'B' ELSE g END\"",
    ),
];

/// The place of a variable in [`VARIABLES`].
pub fn place(name: &str) -> usize {
    VARIABLES
        .iter()
        .position(|variable| variable.name == name)
        .expect("a variable of the random rulebooks")
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum E {
    /// A variable by its place.
    Fact(usize),
    Constant(V, Kind),
    Parameter(&'static str),
    AsOf,
    /// A name under `let`.
    Named(String, Rc<E>),
    Not(Box<E>),
    And(Vec<E>),
    Or(Vec<E>),
    Negative(Box<E>),
    Calculate(char, Box<E>, Box<E>),
    Compare(&'static str, Kind, Box<E>, Box<E>),
    Between(Box<E>, Box<E>, Box<E>, bool),
    In(Box<E>, Vec<E>, bool),
    Case(Option<Box<E>>, Vec<(E, E)>, Option<Box<E>>),
    /// A function of values.
    Call(&'static str, Vec<E>),
    /// `round`
    Round(Box<E>, u32),
    /// `prior`, `sum_last` and its like, `growth`, `compound_growth`
    Window(&'static str, Box<E>, u32),
    /// `step`, `step_after` and the table.
    Step(&'static str, Box<E>, &'static str),
    Prefix(&'static str, Vec<&'static str>),
    /// `verdict('pN')`
    Verdict(usize),
    /// `amount('pN')`
    Amount(usize),
    /// `amount` in `saves`
    OwnAmount,
}

/// A policy of a random rulebook.
#[derive(Debug)]
pub struct Policy {
    /// Names under `let`.
    pub lets: Vec<(String, Rc<E>)>,
    pub clauses: Vec<E>,
    pub amount: E,
    pub saves: Option<E>,
}

impl E {
    pub fn number(value: BigRational, kind: Kind) -> Self {
        Self::Constant(V::Number(value), kind)
    }

    /// How tightly it binds: 1 `OR`, 2 `AND`, 3 `NOT`, 4 comparisons, 5 sums, 6 products, 7 signs, 8 all else.
    fn binds(&self) -> u8 {
        match self {
            Self::Or(_) => 1,
            Self::And(_) => 2,
            Self::Not(_) => 3,
            Self::Compare(..) | Self::Between(..) | Self::In(..) => 4,
            Self::Calculate('+' | '-', ..) => 5,
            Self::Calculate(..) => 6,
            Self::Negative(_) => 7,
            Self::Constant(V::Number(value), kind)
                if *kind != Kind::Money && *value < BigRational::default() =>
            {
                7
            }
            _ => 8,
        }
    }

    /// As a rule file writes it, in brackets where it binds less than `least`.
    fn write(&self, out: &mut String, least: u8) {
        if self.binds() < least {
            out.push('(');
            self.write(out, 0);
            out.push(')');
            return;
        }
        match self {
            Self::Fact(place) => out.push_str(VARIABLES[*place].name),
            Self::Constant(value, kind) => out.push_str(&constant(value, *kind)),
            Self::Parameter(name) => write!(out, "p.{name}").unwrap(),
            Self::AsOf => out.push_str("as_of"),
            Self::Named(name, _) => out.push_str(name),
            Self::Not(inner) => {
                out.push_str("NOT ");
                inner.write(out, 3);
            }
            Self::And(all) => joined(out, all, " AND ", 3),
            Self::Or(all) => joined(out, all, " OR ", 2),
            Self::Negative(inner) => {
                out.push('-');
                inner.write(out, 8);
            }
            Self::Calculate(sign, left, right) => {
                let binds = self.binds();
                left.write(out, binds);
                write!(out, " {sign} ").unwrap();
                right.write(out, binds + 1);
            }
            Self::Compare(sign, _, left, right) => {
                left.write(out, 5);
                write!(out, " {sign} ").unwrap();
                right.write(out, 5);
            }
            Self::Between(value, low, high, negated) => {
                value.write(out, 5);
                out.push_str(if *negated {
                    " NOT BETWEEN "
                } else {
                    " BETWEEN "
                });
                low.write(out, 5);
                out.push_str(" AND ");
                high.write(out, 5);
            }
            Self::In(value, list, negated) => {
                value.write(out, 5);
                out.push_str(if *negated { " NOT IN (" } else { " IN (" });
                joined(out, list, ", ", 0);
                out.push(')');
            }
            Self::Case(of, branches, otherwise) => {
                case(out, of.as_deref(), branches, otherwise.as_deref());
            }
            Self::Call(..)
            | Self::Round(..)
            | Self::Window(..)
            | Self::Step(..)
            | Self::Prefix(..)
            | Self::Verdict(_)
            | Self::Amount(_)
            | Self::OwnAmount => self.write_call(out),
        }
    }

    fn write_call(&self, out: &mut String) {
        match self {
            Self::Call(name, arguments) => {
                write!(out, "{name}(").unwrap();
                joined(out, arguments, ", ", 0);
                out.push(')');
            }
            Self::Round(value, 0) => write!(out, "round({value})").unwrap(),
            Self::Round(value, places) => write!(out, "round({value}, {places})").unwrap(),
            Self::Window("growth", of, _) => write!(out, "growth({of})").unwrap(),
            Self::Window(name, of, periods) => write!(out, "{name}({of}, {periods})").unwrap(),
            Self::Step(name, of, table) => write!(out, "{name}({of}, p.{table})").unwrap(),
            Self::Prefix(name, prefixes) => {
                let quoted: Vec<String> = prefixes.iter().map(|p| format!("'{p}'")).collect();
                write!(out, "{name}({})", quoted.join(", ")).unwrap();
            }
            Self::Verdict(policy) => write!(out, "verdict('p{policy}')").unwrap(),
            Self::Amount(policy) => write!(out, "amount('p{policy}')").unwrap(),
            Self::OwnAmount => out.push_str("amount"),
            _ => {}
        }
    }

    /// What is directly inside, also behind a name.
    fn inside(&self) -> Vec<&E> {
        match self {
            Self::Named(_, inner) => vec![inner],
            Self::Not(inner)
            | Self::Negative(inner)
            | Self::Round(inner, _)
            | Self::Window(_, inner, _)
            | Self::Step(_, inner, _) => vec![inner],
            Self::And(all) | Self::Or(all) | Self::Call(_, all) => all.iter().collect(),
            Self::Calculate(_, left, right) | Self::Compare(_, _, left, right) => vec![left, right],
            Self::Between(value, low, high, _) => vec![value, low, high],
            Self::In(value, list, _) => std::iter::once(&**value).chain(list).collect(),
            Self::Case(of, branches, otherwise) => {
                let results = branches.iter().flat_map(|(when, then)| [when, then]);
                let ends = of.as_deref().into_iter().chain(otherwise.as_deref());
                results.chain(ends).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Calls `visit` on this and all inside it.
    pub fn walk<'e>(&'e self, visit: &mut impl FnMut(&'e E)) {
        visit(self);
        for inner in self.inside() {
            inner.walk(visit);
        }
    }
}

impl std::fmt::Display for E {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = String::new();
        self.write(&mut out, 0);
        f.write_str(&out)
    }
}

fn joined(out: &mut String, all: &[E], between: &str, least: u8) {
    for (at, inner) in all.iter().enumerate() {
        if at > 0 {
            out.push_str(between);
        }
        inner.write(out, least);
    }
}

fn case(out: &mut String, of: Option<&E>, branches: &[(E, E)], otherwise: Option<&E>) {
    out.push_str("CASE");
    if let Some(of) = of {
        write!(out, " {of}").unwrap();
    }
    for (when, then) in branches {
        write!(out, " WHEN {when} THEN {then}").unwrap();
    }
    if let Some(otherwise) = otherwise {
        write!(out, " ELSE {otherwise}").unwrap();
    }
    out.push_str(" END");
}

/// A value as an expression writes it; money in the unit that it is a round number of.
fn constant(value: &V, kind: Kind) -> String {
    match value {
        V::Number(value) if kind == Kind::Money => {
            let units = [("yi", 100_000_000), ("wan", 10_000)];
            let unit = units.into_iter().find(|(_, unit)| {
                let quotient = value / BigRational::from_integer((*unit).into());
                quotient.is_integer() && quotient != BigRational::default()
            });
            match unit {
                Some((name, unit)) => {
                    let quotient = value / BigRational::from_integer(unit.into());
                    format!("{name}({})", format_exact(&quotient))
                }
                None => format!("yuan({})", format_exact(value)),
            }
        }
        V::Number(value) => format_exact(value),
        V::Truth(truth) => truth.to_string().to_uppercase(),
        V::Day(day) => format!("DATE '{day}'"),
        V::Code(code) => format!("'{code}'"),
        V::Null | V::Absent | V::Root(..) => "NULL".to_owned(),
    }
}
