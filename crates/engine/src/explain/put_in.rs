//! A term written out with the facts put in.

use crate::expression::{CardPart, Function, PolicyPart, Type};
use std::fmt::Write as _;

use crate::judge::{Judge, TermId, TermKind, Value};

/// How tightly an operator binds; what binds less is put in brackets.
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const COMPARE: u8 = 4;
const SUM: u8 = 5;
const PRODUCT: u8 = 6;
const SIGN: u8 = 7;
const ATOM: u8 = 8;

/// The term with every known fact, parameter and result as its value. What is not known keeps its name,
/// with a `?` behind it.
pub fn put_in(judge: &Judge<'_>, term: TermId) -> String {
    Writer { judge }.at(term, 0)
}

struct Writer<'j, 'a> {
    judge: &'j Judge<'a>,
}

impl Writer<'_, '_> {
    /// The term, in brackets where it binds less tightly than its surroundings.
    fn at(&self, id: TermId, surroundings: u8) -> String {
        let (text, binding) = self.write(id);
        if binding < surroundings {
            format!("({text})")
        } else {
            text
        }
    }

    fn list(&self, all: &[TermId]) -> String {
        let all: Vec<String> = all.iter().map(|id| self.at(*id, 0)).collect();
        all.join(", ")
    }

    fn joined(&self, all: &[TermId], word: &str, binding: u8) -> (String, u8) {
        let all: Vec<String> = all.iter().map(|id| self.at(*id, binding + 1)).collect();
        (all.join(word), binding)
    }

    /// The value where it is known, else the name.
    fn known_or(&self, id: TermId, name: impl FnOnce() -> String) -> (String, u8) {
        let value = self.judge.value(id);
        let ty = self.judge.binding().terms.get(id).ty;
        if value.is_null() {
            (format!("{}?", name()), ATOM)
        } else {
            constant(&value, ty)
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each kind of term")]
    fn write(&self, id: TermId) -> (String, u8) {
        let term = self.judge.binding().terms.get(id);
        match &term.kind {
            TermKind::Constant(value) => constant(value, term.ty),
            TermKind::Fact(fact) => self.known_or(id, || fact.shown.clone()),
            TermKind::Derived { given, .. } => {
                self.known_or(id, || match &self.judge.binding().terms.get(*given).kind {
                    TermKind::Fact(fact) => fact.shown.clone(),
                    _ => String::new(),
                })
            }
            TermKind::Card(card, part) => self.known_or(id, || {
                let card = &self.judge.binding().card(*card).id;
                match part {
                    CardPart::Score => format!("score('{card}')"),
                    CardPart::Level => format!("level('{card}')"),
                    CardPart::Item(item) => format!("item('{card}', '{item}')"),
                }
            }),
            TermKind::Policy(policy, part) => match part {
                PolicyPart::Chosen => (format!("chosen('{policy}')"), ATOM),
                PolicyPart::Amount => self.known_or(id, || format!("amount('{policy}')")),
                PolicyPart::Verdict => self.known_or(id, || format!("verdict('{policy}')")),
            },
            TermKind::SubjectId => self.known_or(id, || "subject_id".to_owned()),
            TermKind::Not(inner) => (format!("NOT {}", self.at(*inner, NOT)), NOT),
            TermKind::And(all) => self.joined(all, " AND ", AND),
            TermKind::Or(all) => self.joined(all, " OR ", OR),
            TermKind::Negate(inner) => (format!("-{}", self.at(*inner, SIGN)), SIGN),
            TermKind::Arithmetic(operator, left, right) => {
                use crate::expression::Arithmetic::{Add, Divide, Multiply, Subtract};
                let (binding, after) = match operator {
                    Add => (SUM, SUM),
                    Subtract => (SUM, PRODUCT),
                    Multiply => (PRODUCT, PRODUCT),
                    Divide => (PRODUCT, SIGN),
                };
                let (left, right) = (self.at(*left, binding), self.at(*right, after));
                (format!("{left} {} {right}", operator.as_str()), binding)
            }
            TermKind::Compare(operator, left, right) => {
                let (left, right) = (self.at(*left, SUM), self.at(*right, SUM));
                (format!("{left} {} {right}", operator.as_str()), COMPARE)
            }
            TermKind::In(value, list) => (
                format!("{} IN ({})", self.at(*value, SUM), self.list(list)),
                COMPARE,
            ),
            TermKind::Case {
                branches,
                otherwise,
            } => (self.case(branches, *otherwise), ATOM),
            TermKind::Call(function, arguments) => (self.call(*function, arguments), ATOM),
            TermKind::Present(inner) => (format!("present({})", self.at(*inner, 0)), ATOM),
            TermKind::Growth {
                now,
                base,
                periods,
                compound,
            } => {
                let (now, base) = (self.at(*now, PRODUCT), self.at(*base, SIGN));
                if *compound {
                    (format!("({now} / {base}) ^ (1/{periods}) - 1"), SUM)
                } else {
                    (format!("{now} / {base} - 1"), SUM)
                }
            }
            TermKind::Step { value, after, .. } => {
                let name = if *after { "step_after" } else { "step" };
                (format!("{name}({})", self.at(*value, 0)), ATOM)
            }
            TermKind::PrefixIn(code, prefixes) => {
                let prefixes: Vec<String> = prefixes
                    .iter()
                    .map(|prefix| format!("'{prefix}'"))
                    .collect();
                (
                    format!(
                        "{} BEGINS WITH ({})",
                        self.at(*code, SUM),
                        prefixes.join(", ")
                    ),
                    COMPARE,
                )
            }
            TermKind::MonthsRunning(_) => self.known_or(id, || "months_running".to_owned()),
        }
    }

    fn case(&self, branches: &[(TermId, TermId)], otherwise: Option<TermId>) -> String {
        let mut text = "CASE".to_owned();
        for (when, then) in branches {
            let (when, then) = (self.at(*when, 0), self.at(*then, 0));
            let _ = write!(text, " WHEN {when} THEN {then}");
        }
        if let Some(otherwise) = otherwise {
            let _ = write!(text, " ELSE {}", self.at(otherwise, 0));
        }
        text.push_str(" END");
        text
    }

    fn call(&self, function: Function, arguments: &[TermId]) -> String {
        let name = match function {
            Function::Abs => "abs",
            Function::Round { .. } => "round",
            Function::Least => "least",
            Function::Greatest => "greatest",
            Function::AtLeast => "at_least",
            Function::YearsSince => "years_between",
            Function::MonthsSince => "months_between",
            Function::YearOf => "year_of",
            Function::MonthOf => "month_of",
            Function::AddMonths => "add_months",
            Function::ToMoney { factor: 1 } => "money",
            Function::ToMoney { factor } => {
                return format!("{factor} * {}", self.at(arguments[0], PRODUCT));
            }
        };
        match function {
            Function::Round { places } => {
                format!("{name}({}, {places})", self.list(arguments))
            }
            _ => format!("{name}({})", self.list(arguments)),
        }
    }
}

/// A value; a negative number or a fraction binds like what it is written with.
fn constant(value: &Value, ty: Type) -> (String, u8) {
    match value {
        Value::Null => ("NULL".to_owned(), ATOM),
        Value::Text(text) => (format!("'{text}'"), ATOM),
        other => {
            let text = other.to_text(ty);
            let binding = if text.starts_with('-') {
                SIGN
            } else if text.contains('/') {
                PRODUCT
            } else {
                ATOM
            };
            (text, binding)
        }
    }
}
