//! The typed expression tree that every part of the engine reads: checked, exact, with its places.
//!
//! What the front has done before anybody sees an [`Expr`]:
//! - every name is resolved: a [`Variable`](ExprKind::Variable) names its subject, a
//!   [`Parameter`](ExprKind::Parameter) and a [`Let`](ExprKind::Let) exist, so do policies, cards, items;
//! - types and units agree; [`Expr::ty`] is the type of each node. `Integer`, `Number`, `Ratio` and
//!   `Days` are plain numbers and mix freely, `Money` does not;
//! - `prior(x, n)` is gone: it became the `back` of the variables inside it, added up;
//! - `yuan(…)`, `wan(…)`, `yi(…)`, `money(…)` of a number are [`Literal::Money`]; of anything else they are
//!   [`Function::ToMoney`];
//! - `AND` and `OR` are flat lists; `NOT IN`, `NOT BETWEEN` are `negated`; `IS [NOT] TRUE` and the like
//!   do not exist;
//! - a dimensionless division of two integers is exact (`Ratio`).
//!
//! Not resolved, because it needs a date or the facts: the value of a parameter, the assessment year,
//! the definition under which a policy reads a name (`ip_class1[little_giant]` before `ip_class1`).

pub(crate) mod extent;
mod tree;

use std::fmt;

use chrono::NaiveDate;
use domain::SubjectKind;
use num_bigint::BigInt;
use num_rational::BigRational;

use crate::source::Span;

/// The type of an expression, a parameter or a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    /// An amount of money, in units (yuan).
    Money,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A share, a rate, a quotient: 12.5% is 0.125.
    Ratio,
    /// Days between two dates; mixes with plain numbers.
    Days,
    /// True, false or not known.
    Boolean,
    /// A calendar day.
    Date,
    /// A value of a code list.
    Code,
    /// Words.
    Text,
    /// The type of the word `NULL`, which fits all.
    Null,
}

impl Type {
    /// The word used in rule files and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Money => "money",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Ratio => "ratio",
            Self::Days => "days",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Code => "code",
            Self::Text => "text",
            Self::Null => "NULL",
        }
    }

    /// Whether it is a number without a unit of money: integer, number, ratio or days.
    pub fn is_plain_number(self) -> bool {
        matches!(
            self,
            Self::Integer | Self::Number | Self::Ratio | Self::Days
        )
    }

    /// Whether one can calculate with it: money or a plain number.
    pub fn is_numeric(self) -> bool {
        self == Self::Money || self.is_plain_number()
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An exact value as files and expressions write it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Literal {
    /// Not known.
    Null,
    /// Known to be absent: `none`, in facts of cases only.
    Absent,
    /// A plain number: integer, number, ratio or days.
    Number(BigRational),
    /// Money, in units (yuan), not in fen.
    Money(BigRational),
    /// True or false.
    Boolean(bool),
    /// A day.
    Date(NaiveDate),
    /// A code or words.
    Text(String),
}

impl Literal {
    /// The whole number `value`.
    pub fn integer(value: i64) -> Self {
        Self::Number(BigRational::from_integer(BigInt::from(value)))
    }
}

impl fmt::Display for Literal {
    /// As rule files write it: decimals without trailing zeros, fractions as `2/3`, dates in ISO form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Absent => f.write_str("none"),
            Self::Number(value) | Self::Money(value) => {
                f.write_str(&crate::number::format_exact(value))
            }
            Self::Boolean(value) => value.fmt(f),
            Self::Date(date) => write!(f, "{}", date.format("%Y-%m-%d")),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// An expression: what it is, its type, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its type.
    pub ty: Type,
    /// Where it stands in the rule file.
    pub span: Span,
}

/// Which period of a variable is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum When {
    /// That many of the variable's own periods before the current one; 0 is the assessment year, the
    /// quarter or month of `as_of`, or the current state.
    Back(u32),
    /// The year that is written: `revenue@2023`.
    Year(i32),
    /// The month that is written, 1 to 12: `output@2025-08`.
    Month(i32, u32),
    /// The quarter that is written, 1 to 4: `output@2025-Q3`.
    Quarter(i32, u32),
}

/// A variable that is read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VariableRef {
    /// Its name, without period and definition.
    pub name: String,
    /// The subject under which it is defined; with the name the key in `Rulebook::variables`.
    pub subject: SubjectKind,
    /// Whether it is a fact of the owner, read by a record (or written `owner.NAME`).
    pub of_owner: bool,
    /// The policy's own definition that is asked for: `ip_class1[little_giant]`.
    pub definition: Option<String>,
    /// Which period.
    pub when: When,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// A value that is written.
    Literal(Literal),
    /// A variable of the subject or of its owner.
    Variable(VariableRef),
    /// A parameter's value on the assessment date.
    Parameter(String),
    /// A name that the same file defines under `let:`.
    Let(String),
    /// The policy's own amount, rounded: in `saves` and `parts` only.
    OwnAmount,
    /// The item's value, as `value`: in the `score` of a scorecard's item only.
    ItemValue,
    /// The item's weight for the subject's stage, as `weight`: in the `score` of an item only.
    ItemWeight,
    /// The assessment date.
    AsOf,
    /// The subject's identity.
    SubjectId,
    /// Kleene NOT.
    Not(Box<Expr>),
    /// Kleene AND of two or more.
    And(Vec<Expr>),
    /// Kleene OR of two or more.
    Or(Vec<Expr>),
    /// Minus.
    Negate(Box<Expr>),
    /// Calculation with two operands.
    Arithmetic {
        /// What is done.
        operator: Arithmetic,
        /// Left operand.
        left: Box<Expr>,
        /// Right operand.
        right: Box<Expr>,
    },
    /// Comparison of two operands.
    Compare {
        /// How.
        operator: Comparison,
        /// Left operand.
        left: Box<Expr>,
        /// Right operand.
        right: Box<Expr>,
    },
    /// `value BETWEEN low AND high`, both ends included.
    Between {
        /// What is compared.
        value: Box<Expr>,
        /// Lower end.
        low: Box<Expr>,
        /// Upper end.
        high: Box<Expr>,
        /// `NOT BETWEEN`.
        negated: bool,
    },
    /// `value IN (a, b, …)`.
    In {
        /// What is looked for.
        value: Box<Expr>,
        /// Among these.
        list: Vec<Expr>,
        /// `NOT IN`.
        negated: bool,
    },
    /// `CASE`; with an operand its branches compare with it, else they are conditions.
    Case {
        /// `CASE operand WHEN …`.
        operand: Option<Box<Expr>>,
        /// `WHEN` and `THEN`.
        branches: Vec<(Expr, Expr)>,
        /// `ELSE`; NULL where there is none.
        otherwise: Option<Box<Expr>>,
    },
    /// A function of values.
    Call {
        /// Which.
        function: Function,
        /// Its arguments.
        arguments: Vec<Expr>,
    },
    /// `present(x)`: false for `none`, NULL for not known.
    Present(Box<Expr>),
    /// `sum_last(x, n)` and its like: over `periods` periods of x, the current one last.
    Window {
        /// What is taken over them.
        function: WindowFunction,
        /// What is read in each period; shift it by [`Expr::back`].
        of: Box<Expr>,
        /// How many periods, at least 1.
        periods: u32,
    },
    /// `growth(x)` (`compound` false, `periods` 1) or `compound_growth(x, n)`.
    Growth {
        /// What grows; the base is `of.back(periods)`.
        of: Box<Expr>,
        /// Over how many periods, at least 1.
        periods: u32,
        /// The rate per period, not of the whole.
        compound: bool,
    },
    /// `step(x, table)` or, `after`, `step_after(x, table)`.
    Step {
        /// What is looked up.
        value: Box<Expr>,
        /// Where.
        table: TableRef,
        /// `step_after`: the last `from` that is below x.
        after: bool,
    },
    /// `industry_in(…)` and `region_in(…)`: the code falls under one of the prefixes.
    PrefixIn {
        /// `industry_code` or `region_code`.
        code: Box<Expr>,
        /// Prefixes.
        prefixes: Vec<String>,
    },
    /// `score('card')`, `level('card')`, `item('card', 'item')`.
    Card {
        /// Id of the scorecard.
        card: String,
        /// What of it.
        part: CardPart,
    },
    /// `amount('policy')`, `verdict('policy')`, `chosen('policy')`.
    Policy {
        /// Id of the policy.
        policy: String,
        /// What of it.
        part: PolicyPart,
    },
    /// `months_running(condition)`: months without a break up to `as_of` in which it held; the
    /// condition n months before is `condition.back(n)`.
    MonthsRunning(Box<Expr>),
}

/// A table of `step`.
#[derive(Debug, Clone, PartialEq)]
pub enum TableRef {
    /// A parameter of type `table`, its value on the assessment date.
    Parameter(String),
    /// A table written in place (an item's `score: {method: steps, table: [[…]]}`): rows by rising
    /// `from`.
    Inline(Vec<(Literal, Literal)>),
}

/// Calculation with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arithmetic {
    /// `+`; also a date plus days.
    Add,
    /// `-`; also a date minus a date (days) and a date minus days.
    Subtract,
    /// `*`
    Multiply,
    /// `/`, exact; NULL where the divisor is nought.
    Divide,
}

impl Arithmetic {
    /// The sign.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
        }
    }
}

/// Comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// The sign.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

/// A function of values, each argument an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// `abs(x)`
    Abs,
    /// `round(x)`, `round(x, places)`: half away from zero; the places are a literal, here 0 if left out.
    Round {
        /// Decimals kept, 0 to 12.
        places: u32,
    },
    /// `least(a, b, …)`, strict.
    Least,
    /// `greatest(a, b, …)`, strict.
    Greatest,
    /// `at_least(k, a, b, …)`: the first argument is k, the others are conditions.
    AtLeast,
    /// `years_since(d)`: to `as_of`.
    YearsSince,
    /// `months_since(d)`: to `as_of`.
    MonthsSince,
    /// `year_of(d)`
    YearOf,
    /// `month_of(d)`
    MonthOf,
    /// `add_months(d, n)`
    AddMonths,
    /// A calculated number times `factor` units of money: `yuan` 1, `wan` 10,000, `yi` 100,000,000,
    /// `money` 1.
    ToMoney {
        /// Units of the currency in one of it.
        factor: i64,
    },
}

/// What is taken over several periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WindowFunction {
    /// `sum_last`
    Sum,
    /// `avg_last`
    Average,
    /// `min_last`
    Least,
    /// `max_last`
    Greatest,
}

/// What is asked of a scorecard.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CardPart {
    /// The rounded total; an interval where the card has banded items.
    Score,
    /// The level, a code.
    Level,
    /// The score of one item, bonus or penalty; an interval where it is banded.
    Item(String),
}

/// What is asked of another policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PolicyPart {
    /// Its rounded amount.
    Amount,
    /// Its verdict as a code: `eligible`, `ineligible`, `unknown`, `not_in_force`.
    Verdict,
    /// Whether the combination enjoys it.
    Chosen,
}
