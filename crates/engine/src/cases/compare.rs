//! What a case expects against what came out; only what is named is compared.

use indexmap::IndexMap;

use super::Difference;
use crate::expression::{Literal, Type};
use crate::judge::{
    BoundPolicy, CardResult, Combination, Exact, LightResult, Missing, PolicyResult, Value,
    number_text,
};
use crate::rulebook::{Expect, Wanted};

/// Collects what differs for one subject.
pub(super) struct Comparison {
    pub subject: Option<String>,
    pub differences: Vec<Difference>,
}

impl Comparison {
    pub fn new(subject: Option<String>) -> Self {
        Self {
            subject,
            differences: Vec::new(),
        }
    }

    fn differs(&mut self, what: impl Into<String>, expected: String, got: String) {
        self.differences.push(Difference {
            subject: self.subject.clone(),
            what: what.into(),
            expected,
            got,
        });
    }

    fn text(&mut self, what: &str, expected: Option<&String>, got: &str) {
        if let Some(expected) = expected
            && expected != got
        {
            self.differs(what, expected.clone(), got.to_owned());
        }
    }

    fn value(&mut self, what: &str, expected: Option<&Wanted>, got: &Value, ty: Type) {
        if let Some(expected) = expected
            && !agrees(expected, got)
        {
            self.differs(what, wanted_text(expected), shown(got, ty));
        }
    }

    fn money(&mut self, what: &str, expected: Option<&Wanted>, got: Option<&Exact>) {
        let got = got.map_or(Value::Null, |got| Value::Number(got.clone()));
        self.value(what, expected, &got, Type::Money);
    }

    /// Lists are compared in their order.
    fn list(&mut self, what: &str, expected: Option<&Vec<String>>, got: &[String]) {
        if let Some(expected) = expected
            && expected != got
        {
            self.differs(what, list_text(expected), list_text(got));
        }
    }

    /// What is missing is a set: a case may list it in any order.
    fn missing(&mut self, expected: Option<&Vec<String>>, got: &Missing) {
        if let Some(expected) = expected
            && expected.iter().collect::<std::collections::BTreeSet<_>>()
                != got.iter().collect::<std::collections::BTreeSet<_>>()
        {
            let got: Vec<String> = got.iter().cloned().collect();
            self.differs("missing", list_text(expected), list_text(&got));
        }
    }

    fn by_name(
        &mut self,
        what: &str,
        expected: Option<&IndexMap<String, Wanted>>,
        got: impl Fn(&str) -> Option<(Value, Type)>,
    ) {
        for (name, wanted) in expected.into_iter().flatten() {
            match got(name) {
                Some((value, ty)) => {
                    self.value(&format!("{what}.{name}"), Some(wanted), &value, ty);
                }
                // What is not there is not known either.
                None if *wanted == Wanted::Value(Literal::Null) => {}
                None => self.differs(
                    format!("{what}.{name}"),
                    wanted_text(wanted),
                    "-".to_owned(),
                ),
            }
        }
    }

    pub fn policy(
        &mut self,
        expect: &Expect,
        bound: &BoundPolicy,
        got: &PolicyResult,
        combination: Option<&Combination>,
    ) {
        self.text("verdict", expect.verdict.as_ref(), got.verdict.as_str());
        self.list("failed", expect.failed.as_ref(), &got.failed);
        self.missing(expect.missing.as_ref(), &got.missing);
        self.money("amount", expect.amount.as_ref(), got.amount.as_ref());
        self.by_name("gaps", expect.gaps.as_ref(), |clause| {
            let (_, gap) = got.gaps(bound).find(|(id, _)| *id == clause)?;
            Some((
                gap.map_or(Value::Null, |gap| Value::Number(gap.clone())),
                Type::Number,
            ))
        });
        self.by_name("parts", expect.parts.as_ref(), |name| {
            let ty = bound.parts.get(name)?.1;
            Some((got.parts.get(name)?.clone(), ty))
        });
        let Some(combination) = combination else {
            return;
        };
        let saves = combination.saves.get(&bound.id).and_then(Option::as_ref);
        self.money("saves", expect.saves.as_ref(), saves);
        let chosen = combination.chosen.contains(&bound.id);
        if let Some(expected) = expect.chosen
            && expected != chosen
        {
            let together: Vec<String> = combination.chosen.iter().cloned().collect();
            let got = format!("{chosen} ({})", list_text(&together));
            self.differs("chosen", expected.to_string(), got);
        }
    }

    pub fn card(&mut self, expect: &Expect, got: &CardResult, rank: Option<usize>) {
        self.value("score", expect.score.as_ref(), &got.score, Type::Number);
        let stage = got.stage.clone().unwrap_or(Value::Null);
        self.value("stage", expect.stage.as_ref(), &stage, Type::Code);
        // A level that no total reaches is none, and `null` says as much.
        let level = if got.level == Value::Absent {
            &Value::Null
        } else {
            &got.level
        };
        let wanted = expect
            .level
            .as_ref()
            .filter(|wanted| !agrees(wanted, &got.level));
        self.value("level", wanted, level, Type::Code);
        self.by_name("items", expect.items.as_ref(), |id| {
            Some((got.item(id)?.score.clone(), Type::Number))
        });
        self.missing(expect.missing.as_ref(), &got.missing);
        let rank = rank
            .and_then(|rank| i64::try_from(rank).ok())
            .map_or(Value::Null, Value::integer);
        self.value("rank", expect.rank.as_ref(), &rank, Type::Integer);
    }

    pub fn light(&mut self, expect: &Expect, got: &LightResult) {
        self.text("light", expect.light.as_ref(), colour(got));
        for (aspect, wanted) in expect.aspects.iter().flatten() {
            let found = got
                .aspects
                .get(aspect)
                .map_or("-", |colour| colour.as_str());
            self.text(&format!("aspects.{aspect}"), Some(wanted), found);
        }
        self.missing(expect.missing.as_ref(), &got.missing);
    }

    pub fn variable(&mut self, expect: &Expect, got: &Value, ty: Type, missing: &Missing) {
        self.value("value", expect.value.as_ref(), got, ty);
        self.missing(expect.missing.as_ref(), missing);
    }
}

/// The word for a light's colour.
pub(super) fn colour(light: &LightResult) -> &'static str {
    light
        .colour
        .map_or("out_of_scope", crate::judge::Colour::as_str)
}

/// Whether a value is what was wanted. A number is compared exactly; one that no decimal of twelve places
/// writes agrees with what it is at six or twelve places.
fn agrees(wanted: &Wanted, got: &Value) -> bool {
    match (wanted, got) {
        (Wanted::Value(Literal::Null), got) => got.is_null(),
        (Wanted::Value(wanted), got) => match (Value::from_literal(wanted), got) {
            (Value::Number(wanted), Value::Number(got)) => same_number(&wanted, got),
            (Value::Number(wanted), rate @ Value::Rate { .. }) => {
                let zero = Value::integer(0);
                crate::judge::calculated(rate, &zero)
                    .number()
                    .is_some_and(|got| wanted == *got || wanted == got.round(6))
            }
            (wanted, got) => wanted == *got,
        },
        (Wanted::Interval { low, high }, got) => match (number(low), number(high), got.ends()) {
            (Some(low), Some(high), Some((from, to))) => {
                same_number(&low, &from) && same_number(&high, &to)
            }
            _ => false,
        },
    }
}

fn number(literal: &Literal) -> Option<Exact> {
    Value::from_literal(literal).number().cloned()
}

fn same_number(wanted: &Exact, got: &Exact) -> bool {
    wanted == got
        || (got.round(12) != *got && (*wanted == got.round(6) || *wanted == got.round(12)))
}

fn wanted_text(wanted: &Wanted) -> String {
    match wanted {
        Wanted::Value(Literal::Money(value)) => number_text(&Exact::from_big(value), Type::Money),
        Wanted::Value(value) => value.to_string(),
        Wanted::Interval { low, high } => format!("{low}..{high}"),
    }
}

fn shown(value: &Value, ty: Type) -> String {
    if value.is_null() {
        "null".to_owned()
    } else {
        value.to_text(ty)
    }
}

fn list_text(list: &[String]) -> String {
    format!("[{}]", list.join(", "))
}
