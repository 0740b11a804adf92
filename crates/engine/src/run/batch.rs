//! A batch of subjects judged: masks, amounts, savings, choices and gaps of every selected policy.

use datafusion::arrow::array::BooleanArray;
use datafusion::arrow::buffer::{BooleanBuffer, NullBuffer};

use super::frame::Rows;
use super::functions;
use super::plan::{ClausePlan, Plan, PolicyPlan, SavesPlan};
use super::program;
use super::shape::Shape;
use super::vector::{Column, Vector};
use crate::expression::Arithmetic;
use crate::judge::{Exact, Facts, Judge, Population, TermId, Verdict};

/// Amounts in hundredths; `None` is not known.
pub type Amounts = Vec<Option<i128>>;

/// A policy for all rows of a batch.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Whether the policy is in force; if not, nothing below means anything.
    pub in_force: bool,
    /// Bit k: clause k is false.
    pub failed: Vec<u64>,
    /// Bit k: clause k is not known.
    pub unknown: Vec<u64>,
    /// What it is or would be worth.
    pub amount: Amounts,
    /// What it saves: in the combination where it is chosen, else alone.
    pub saves: Amounts,
    /// Whether the best combination has it.
    pub chosen: Vec<bool>,
    /// Gaps by clause (its bit), in the smallest unit that the gap is rounded to.
    pub gaps: Vec<(usize, Vec<Option<i128>>)>,
}

impl Judged {
    /// The verdict of a row.
    pub fn verdict(&self, row: usize) -> Verdict {
        if !self.in_force {
            Verdict::NotInForce
        } else if self.failed[row] != 0 {
            Verdict::Ineligible
        } else if self.unknown[row] != 0 {
            Verdict::Unknown
        } else {
            Verdict::Eligible
        }
    }

    fn empty(plan: &Plan, place: usize, rows: usize) -> Self {
        let id = &plan.binding.selected[place];
        let bound = plan
            .binding
            .policy(id)
            .expect("selected policies are bound");
        let gaps = bound
            .clauses
            .iter()
            .filter(|clause| clause.gap.is_some())
            .map(|clause| (clause.index, vec![None; rows]))
            .collect();
        Self {
            in_force: bound.in_force,
            failed: vec![0; rows],
            unknown: vec![0; rows],
            amount: vec![None; rows],
            saves: vec![None; rows],
            chosen: vec![false; rows],
            gaps,
        }
    }
}

/// Judges a batch: by vectors where the plan allows it, the rest row by row.
pub fn judge(plan: &Plan, rows: &Rows, population: Option<&Population>) -> Vec<Judged> {
    let count = program::Source::rows(rows);
    let values = plan.program.run(rows);
    let mut judged: Vec<Judged> = plan
        .policies
        .iter()
        .enumerate()
        .map(|(place, policy)| match policy {
            PolicyPlan::Batch {
                clauses,
                amount,
                saves,
            } => by_batch(plan, &values, clauses, *amount, *saves, count),
            PolicyPlan::NotInForce | PolicyPlan::Rows => Judged::empty(plan, place, count),
        })
        .collect();
    let some_by_rows = plan.needs_rows();
    for row in 0..count {
        let whole = rows.is_exceptional(row);
        if whole || some_by_rows {
            let facts = rows.facts(row);
            let judge = judge_of(plan, &facts, population);
            for (place, policy) in plan.policies.iter().enumerate() {
                if whole || matches!(policy, PolicyPlan::Rows) {
                    by_row(plan, &judge, place, row, &mut judged[place]);
                }
            }
        }
    }
    choose(plan, rows, population, &mut judged, count);
    judged
}

/// A judge of one subject, among the population where there is one.
pub fn judge_of<'a>(
    plan: &'a Plan,
    facts: &'a Facts,
    population: Option<&'a Population>,
) -> Judge<'a> {
    match population {
        Some(population) => Judge::among(&plan.binding, facts, population),
        None => Judge::new(&plan.binding, facts),
    }
}

fn by_batch(
    plan: &Plan,
    values: &[Option<Column>],
    clauses: &[ClausePlan],
    amount: Option<TermId>,
    saves: SavesPlan,
    rows: usize,
) -> Judged {
    let column = |id: TermId| {
        values[id.index()]
            .as_ref()
            .expect("the roots of a program are kept")
    };
    let mut failed = vec![0_u64; rows];
    let mut unknown = vec![0_u64; rows];
    let mut gaps = Vec::new();
    for clause in clauses {
        match &column(clause.when).vector {
            Vector::Truth(truth) => mark(truth, clause.bit, &mut failed, &mut unknown),
            _ => unknown.iter_mut().for_each(|mask| *mask |= 1 << clause.bit),
        }
        if let Some(gap) = &clause.gap {
            let difference = functions::calculate(
                Arithmetic::Subtract,
                (&column(gap.from).vector, plan.program.shape(gap.from)),
                (&column(gap.less).vector, plan.program.shape(gap.less)),
                gap.shape,
                rows,
            );
            gaps.push((
                clause.bit,
                rounded(&difference, gap.shape, gap.unit.places(), rows),
            ));
        }
    }
    let money = |id: TermId| rounded(&column(id).vector, plan.program.shape(id), 2, rows);
    let amount = amount.map_or_else(|| vec![None; rows], money);
    let saves = match saves {
        SavesPlan::Amount => amount.clone(),
        SavesPlan::Nothing => vec![Some(0); rows],
        SavesPlan::Term(term) => money(term),
        SavesPlan::Unknown => vec![None; rows],
    };
    Judged {
        in_force: true,
        failed,
        unknown,
        amount,
        saves,
        chosen: vec![false; rows],
        gaps,
    }
}

fn mark(truth: &BooleanArray, bit: usize, failed: &mut [u64], unknown: &mut [u64]) {
    use datafusion::arrow::array::Array;
    for row in program::false_bits(truth).set_indices() {
        failed[row] |= 1 << bit;
    }
    if let Some(nulls) = truth.nulls() {
        for row in (!nulls.inner()).set_indices() {
            unknown[row] |= 1 << bit;
        }
    }
}

/// Numbers rounded half-up, in units of their last place.
fn rounded(vector: &Vector, shape: Shape, places: u32, rows: usize) -> Vec<Option<i128>> {
    let result = functions::round((vector, shape), places, rows);
    let scale = functions::scale_after_round(shape, places);
    let Vector::Numbers(numbers) = &result else {
        return vec![None; rows];
    };
    let factor = 10_i128.pow(places - scale);
    let nulls: Option<&NullBuffer> = numbers.nulls.as_ref();
    (0..rows)
        .map(|row| {
            nulls
                .is_none_or(|nulls| nulls.is_valid(row))
                .then(|| numbers.digits.at(row) * factor)
        })
        .collect()
}

fn hundredths(value: &Exact) -> Option<i128> {
    (value * &Exact::from_integer(100)).to_integer()
}

fn by_row(plan: &Plan, judge: &Judge<'_>, place: usize, row: usize, into: &mut Judged) {
    let id = &plan.binding.selected[place];
    let (Some(result), Some(bound)) = (judge.policy(id), plan.binding.policy(id)) else {
        return;
    };
    into.failed[row] = 0;
    into.unknown[row] = 0;
    for clause in &result.clauses {
        match clause.truth {
            Some(true) => {}
            Some(false) => into.failed[row] |= 1 << clause.index,
            None => into.unknown[row] |= 1 << clause.index,
        }
    }
    into.amount[row] = result.amount.as_ref().and_then(hundredths);
    into.saves[row] = judge.saves_alone(bound).as_ref().and_then(hundredths);
    for (clause, result) in bound.clauses.iter().zip(&result.clauses) {
        let Some(gap) = &clause.gap else { continue };
        let scale = Exact::from_integer(10_i128.pow(gap.unit.places()));
        let value = result
            .gap
            .as_ref()
            .and_then(|value| (value * &scale).to_integer());
        if let Some((_, values)) = into.gaps.iter_mut().find(|(bit, _)| *bit == clause.index) {
            values[row] = value;
        }
    }
}

/// Marks the best combination of every row.
fn choose(
    plan: &Plan,
    rows: &Rows,
    population: Option<&Population>,
    judged: &mut [Judged],
    count: usize,
) {
    for clique in &plan.cliques {
        for row in 0..count {
            // The first of the best, by id, which is the order of places; nothing saved, nothing chosen.
            let best = clique
                .iter()
                .filter(|at| judged[**at].verdict(row) == Verdict::Eligible)
                .filter_map(|at| judged[*at].saves[row].map(|saves| (*at, saves)))
                .fold(
                    None,
                    |best: Option<(usize, i128)>, (at, saves)| match best {
                        Some((_, most)) if most >= saves => best,
                        _ => Some((at, saves)),
                    },
                );
            if let Some((at, saves)) = best
                && saves > 0
            {
                judged[at].chosen[row] = true;
            }
        }
    }
    if plan.entangled.is_empty() {
        return;
    }
    let open = BooleanBuffer::collect_bool(count, |row| {
        plan.entangled
            .iter()
            .any(|at| judged[*at].verdict(row) == Verdict::Eligible)
    });
    for row in open.set_indices() {
        let facts = rows.facts(row);
        let combination = judge_of(plan, &facts, population).combination();
        for at in &plan.entangled {
            let id = &plan.binding.selected[*at];
            judged[*at].chosen[row] = combination.chosen.contains(id);
            judged[*at].saves[row] = combination
                .saves
                .get(id)
                .and_then(Option::as_ref)
                .and_then(hundredths);
        }
    }
}
