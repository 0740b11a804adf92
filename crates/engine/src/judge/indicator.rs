//! An indicator: a figure of a park, a zone or any group of subjects, from its own facts or from those of
//! its members.

use std::sync::Arc;

use chrono::Datelike;
use domain::SubjectKind;
use indexmap::IndexMap;

use super::bind::{Binder, Reader, Scope};
use super::evaluate::Judge;
use super::exact::Exact;
use super::functions;
use super::missing::Missing;
use super::moment::Moment;
use super::operations::{calculate, plain};
use super::population::ranks;
use super::term::TermId;
use super::value::Value;
use crate::expression::{Arithmetic, Expr, ExprKind, Type, VariableRef};
use crate::rulebook::{Aggregation, Growth, Indicator, IndicatorValue, PeriodKind};

/// Months in a year, by which the growth of a year is counted back.
const YEAR: u32 = 12;

/// An indicator on the assessment date, as one side of it reads facts: the subject that it is a figure of,
/// or a member of that.
#[derive(Debug, Clone)]
pub struct BoundIndicator {
    /// Its id.
    pub id: String,
    /// How the figures of members are put together; `None` on the side of the subject itself.
    pub aggregation: Option<Aggregation>,
    /// The figure, and the same a year before; `None` where members are only counted, or where the figure
    /// is not of this side.
    figure: Option<(TermId, TermId)>,
    /// Which members count, and which did a year before.
    filter: Option<(TermId, TermId)>,
    published_growth: Option<TermId>,
    reference: Option<TermId>,
    target: Option<TermId>,
}

/// What an indicator shows of one subject or group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorResult {
    /// The figure; NULL where nobody's facts are known.
    pub value: Value,
    /// How much it grew in a year: as published, or the quotient less one of what is known of both years.
    pub growth: Value,
    /// Growth (of a ratio without a published growth: its value) less the reference, in percentage points.
    pub ahead_pp: Value,
    /// The target of the year.
    pub target: Value,
    /// The part of the target that is done.
    pub target_done: Value,
    /// How far that is ahead of the part of the year that has gone by, in percentage points; NULL for a
    /// figure that does not add up over the year.
    pub pace_pp: Value,
    /// Members that it is made of.
    pub counted: usize,
    /// Members of which it is not known whether, or with how much, they count: they add nothing.
    pub open: usize,
    /// Facts of the subject itself that are not known and keep something NULL.
    pub missing: Missing,
}

impl Binder<'_> {
    /// The side of an indicator that subjects of this kind are; `None` where they are neither.
    pub(super) fn indicator(&mut self, id: &str, subject: &SubjectKind) -> Option<BoundIndicator> {
        let rulebook = self.rulebook;
        let indicator = rulebook.indicators.get(id)?;
        let reader = Arc::new(Reader {
            judged: subject.clone(),
            owner: false,
            year: self.as_of.year(),
            definitions: Vec::new(),
        });
        let lets = IndexMap::new();
        let scope = Scope {
            reader: &reader,
            moment: Moment::new(self.as_of, self.as_of.year()),
            subject,
            lets: &lets,
            back: 0,
            own_amount: None,
            item: None,
        };
        let mut bound = BoundIndicator {
            id: indicator.id.clone(),
            aggregation: None,
            figure: None,
            filter: None,
            published_growth: None,
            reference: None,
            target: None,
        };
        if let IndicatorValue::Aggregate(aggregate) = &indicator.value
            && aggregate.of == *subject
        {
            bound.aggregation = Some(aggregate.aggregation);
            let variable = aggregate.variable.as_ref();
            bound.figure = variable.map(|expr| self.both_years(expr, scope));
            let filter = aggregate.filter.as_ref();
            bound.filter = filter.map(|expr| self.both_years(expr, scope));
            return Some(bound);
        }
        if indicator.subject != *subject {
            return None;
        }
        bound.figure = match &indicator.value {
            IndicatorValue::Variable(variable) => {
                let expr = self.of_variable(variable, indicator);
                Some(self.both_years(&expr, scope))
            }
            IndicatorValue::Expr(expr) => Some(self.both_years(expr, scope)),
            IndicatorValue::Aggregate(_) => None,
        };
        let mut one = |variable: Option<&VariableRef>| {
            let expr = self.of_variable(variable?, indicator);
            Some(self.expr(&expr, scope))
        };
        bound.published_growth = one(indicator.growth_variable.as_ref());
        bound.reference = one(indicator.reference_variable.as_ref());
        bound.target = one(indicator.target.as_ref());
        Some(bound)
    }

    fn both_years(&mut self, expr: &Expr, scope: Scope<'_>) -> (TermId, TermId) {
        let before = Scope {
            moment: scope.moment.ago(YEAR),
            ..scope
        };
        (self.expr(expr, scope), self.expr(expr, before))
    }

    fn of_variable(&self, variable: &VariableRef, indicator: &Indicator) -> Expr {
        let declared = self.rulebook.variable(&variable.subject, &variable.name);
        Expr {
            kind: ExprKind::Variable(variable.clone()),
            ty: declared.map_or(Type::Number, |declared| declared.ty),
            span: indicator.span,
        }
    }
}

/// A figure of two years.
struct Figures {
    now: Value,
    /// What of this year is compared with the year before.
    comparable: Value,
    before: Value,
    counted: usize,
    open: usize,
}

/// What an indicator shows of a subject or group: from its own facts, where it has any, and from those of
/// its members. Both are judged by bindings of this indicator, each for its own kind of subject.
pub fn indicator(
    indicator: &Indicator,
    own: Option<&Judge<'_>>,
    members: &[Judge<'_>],
) -> IndicatorResult {
    let bound = own.and_then(|judge| Some((judge, judge.binding().indicator.as_ref()?)));
    let mut missing = Missing::new();
    let mut own_value = |pick: fn(&BoundIndicator) -> Option<TermId>| {
        let Some((judge, term)) = bound.and_then(|(judge, bound)| Some((judge, pick(bound)?)))
        else {
            return Value::Null;
        };
        missing.extend(judge.missing(term));
        judge.value(term)
    };
    let figures = match &indicator.value {
        IndicatorValue::Aggregate(aggregate) => aggregated(aggregate.aggregation, members),
        IndicatorValue::Variable(_) | IndicatorValue::Expr(_) => {
            let now = own_value(|bound| Some(bound.figure?.0));
            let before = match indicator.growth {
                Growth::Computed => own_value(|bound| Some(bound.figure?.1)),
                Growth::Published => Value::Null,
            };
            Figures {
                comparable: now.clone(),
                counted: usize::from(!now.is_null()),
                open: usize::from(now.is_null()),
                now,
                before,
            }
        }
    };
    let growth = match indicator.growth {
        Growth::Published => own_value(|bound| bound.published_growth),
        Growth::Computed => functions::growth(&figures.comparable, &figures.before, 1, false),
    };
    let reference = own_value(|bound| bound.reference);
    let target = own_value(|bound| bound.target);
    let compared = if indicator.ty == Type::Ratio && indicator.growth_variable.is_none() {
        &figures.now
    } else {
        &growth
    };
    let target_done = calculate(Arithmetic::Divide, &figures.now, &target);
    let as_of = own
        .into_iter()
        .chain(members)
        .map(|judge| judge.binding().as_of)
        .next();
    let gone_by = as_of.and_then(|day| gone_by(indicator, day.month()));
    IndicatorResult {
        ahead_pp: points(compared, &reference),
        pace_pp: gone_by.map_or(Value::Null, |gone_by| {
            points(&target_done, &Value::Number(gone_by))
        }),
        value: figures.now,
        growth,
        target,
        target_done,
        counted: figures.counted,
        open: figures.open,
        missing,
    }
}

/// Ranks by value, the best first; equals share the better rank, what is not known has none.
pub fn indicator_ranks(indicator: &Indicator, results: &[IndicatorResult]) -> Vec<Option<usize>> {
    let values: Vec<Option<Exact>> = results
        .iter()
        .map(|result| {
            let value = result.value.number()?.clone();
            Some(if indicator.higher_is_better {
                value
            } else {
                -value
            })
        })
        .collect();
    ranks(&values)
}

/// The part of the year that has gone by at the end of a month, for a figure that adds up over the year.
fn gone_by(indicator: &Indicator, month: u32) -> Option<Exact> {
    let months = match indicator.period {
        PeriodKind::Year => YEAR,
        PeriodKind::Month if indicator.cumulative => month,
        PeriodKind::Quarter if indicator.cumulative => month.div_ceil(3) * 3,
        PeriodKind::Month | PeriodKind::Quarter | PeriodKind::None => return None,
    };
    let count = |months: u32| Exact::from_integer(i128::from(months));
    count(months).checked_div(&count(YEAR))
}

/// The difference of two ratios in percentage points.
fn points(ratio: &Value, other: &Value) -> Value {
    let difference = calculate(Arithmetic::Subtract, ratio, other);
    calculate(Arithmetic::Multiply, &difference, &Value::integer(100))
}

/// The figures of members put together. Growth compares the same members in both years; of a count, whoever
/// counts in each.
fn aggregated(aggregation: Aggregation, members: &[Judge<'_>]) -> Figures {
    let mut now = Sum::default();
    let mut comparable = Sum::default();
    let mut before = Sum::default();
    let mut open = 0;
    for judge in members {
        let Some(bound) = judge.binding().indicator.as_ref() else {
            continue;
        };
        let (this, last) = (
            part(judge, bound, |both| both.0),
            part(judge, bound, |both| both.1),
        );
        now.add(&this);
        open += usize::from(matches!(this, Part::Open));
        if aggregation == Aggregation::Count {
            comparable.add(&this);
            before.add(&last);
        } else if let (Part::Counts(_), Part::Counts(_)) = (&this, &last) {
            comparable.add(&this);
            before.add(&last);
        }
    }
    // Where it is not known of anybody, nothing is known; where nobody counts, it is nought.
    let value = |sum: &Sum| match aggregation {
        Aggregation::Average => calculate(
            Arithmetic::Divide,
            &Value::Number(sum.total.clone()),
            &whole(sum.counted),
        ),
        Aggregation::Sum | Aggregation::Count if sum.counted == 0 && open > 0 => Value::Null,
        Aggregation::Sum => Value::Number(sum.total.clone()),
        Aggregation::Count => whole(sum.counted),
    };
    Figures {
        now: value(&now),
        comparable: value(&comparable),
        before: value(&before),
        counted: now.counted,
        open,
    }
}

fn whole(count: usize) -> Value {
    Value::integer(i64::try_from(count).unwrap_or(i64::MAX))
}

/// What a member adds in one year.
enum Part {
    /// It does not count.
    Nothing,
    /// It counts, with so much.
    Counts(Exact),
    /// Whether, or with how much, it counts is not known.
    Open,
}

fn part(judge: &Judge<'_>, bound: &BoundIndicator, year: fn(&(TermId, TermId)) -> TermId) -> Part {
    match bound
        .filter
        .as_ref()
        .map(year)
        .map(|term| judge.truth(term))
    {
        Some(Some(false)) => return Part::Nothing,
        Some(None) => return Part::Open,
        Some(Some(true)) | None => {}
    }
    let Some(term) = bound.figure.as_ref().map(year) else {
        return Part::Counts(Exact::zero());
    };
    match plain(&judge.value(term)) {
        Value::Null | Value::Interval { .. } => Part::Open,
        // Known to be absent: there is nothing to add or count.
        Value::Absent => Part::Nothing,
        Value::Number(number) => Part::Counts(number),
        _ => Part::Counts(Exact::zero()),
    }
}

#[derive(Default)]
struct Sum {
    total: Exact,
    counted: usize,
}

impl Sum {
    fn add(&mut self, part: &Part) {
        if let Part::Counts(number) = part {
            self.total = &self.total + number;
            self.counted += 1;
        }
    }
}
