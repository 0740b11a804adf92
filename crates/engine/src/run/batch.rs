//! A batch of subjects judged: verdicts, amounts, savings, choices and gaps of every selected policy.

use datafusion::arrow::array::{Array, BooleanArray};
use datafusion::arrow::buffer::BooleanBuffer;

use super::bits;
use super::choice;
use super::functions;
use super::plan::{ClausePlan, Plan, PolicyPlan, SavesPlan};
use super::program::Source;
use super::rows::Rows;
use super::shape::Shape;
use super::vector::{Column, Digits, Numbers, Vector};
use crate::expression::Arithmetic;
use crate::judge::{Exact, Facts, Judge, Population, TermId, Verdict};

/// A clause for all rows of a batch; where neither bit is set it is not known.
#[derive(Debug, Clone)]
pub struct ClauseBits {
    /// Its place in the policy's file: its bit in a mask.
    pub number: usize,
    /// The rows where it is true.
    pub holds: BooleanBuffer,
    /// The rows where it is false.
    pub fails: BooleanBuffer,
}

/// A policy for all rows of a batch.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Whether the policy is in force; if not, nothing below means anything.
    pub in_force: bool,
    /// Its clauses that count.
    pub clauses: Vec<ClauseBits>,
    /// The rows of which all clauses are true.
    pub eligible: BooleanBuffer,
    /// The rows of which a clause is false.
    pub ineligible: BooleanBuffer,
    /// What it is or would be worth, in hundredths.
    pub amount: Numbers,
    /// What it saves, in hundredths: in the combination where it is chosen, else alone.
    pub saves: Numbers,
    /// The rows whose best combination has it.
    pub chosen: BooleanBuffer,
    /// Gaps by clause (its number), in the smallest unit that the gap is rounded to.
    pub gaps: Vec<(usize, Numbers)>,
}

impl Judged {
    /// The verdict of a row.
    pub fn verdict(&self, row: usize) -> Verdict {
        if !self.in_force {
            Verdict::NotInForce
        } else if self.ineligible.value(row) {
            Verdict::Ineligible
        } else if self.eligible.value(row) {
            Verdict::Eligible
        } else {
            Verdict::Unknown
        }
    }

    /// Whether a clause of a row is not known.
    pub fn has_unknown(&self, row: usize) -> bool {
        let mut clauses = self.clauses.iter();
        clauses.any(|clause| !clause.holds.value(row) && !clause.fails.value(row))
    }

    /// Bit `k` of each row: clause `k` is false; and: clause `k` is not known.
    pub fn masks(&self) -> (Vec<u64>, Vec<u64>) {
        let rows = self.eligible.len();
        let failed: Vec<_> = self
            .clauses
            .iter()
            .map(|clause| (clause.number, clause.fails.clone()))
            .collect();
        let unknown: Vec<_> = self
            .clauses
            .iter()
            .map(|clause| (clause.number, !&(&clause.holds | &clause.fails)))
            .collect();
        (bits::masks(&failed, rows), bits::masks(&unknown, rows))
    }

    /// A policy of which nothing is known yet.
    fn blank(plan: &Plan, place: usize, rows: usize) -> Self {
        let bound = plan.bound(place);
        let none = || BooleanBuffer::new_unset(rows);
        let clauses = bound.clauses.iter().map(|clause| ClauseBits {
            number: clause.index,
            holds: none(),
            fails: none(),
        });
        let clauses: Vec<ClauseBits> = clauses.collect();
        let (eligible, ineligible) = decided(&clauses, rows);
        let unknown = || Numbers::unknown(rows);
        let mut judged = Self {
            in_force: bound.in_force,
            clauses,
            eligible,
            ineligible,
            amount: unknown(),
            saves: unknown(),
            chosen: none(),
            gaps: Vec::new(),
        };
        if plan.with_gaps {
            let with_gap = bound.clauses.iter().filter(|clause| clause.gap.is_some());
            judged.gaps = with_gap.map(|clause| (clause.index, unknown())).collect();
        }
        judged
    }

    /// Puts the results of single rows in their places.
    fn patch(&mut self, found: &[RowResult], rows: usize) {
        for (place, clause) in self.clauses.iter_mut().enumerate() {
            let with = |wanted: Option<bool>| move |row: &RowResult| row.clauses[place] == wanted;
            clause.holds = patched_bits(&clause.holds, found, with(Some(true)));
            clause.fails = patched_bits(&clause.fails, found, with(Some(false)));
        }
        (self.eligible, self.ineligible) = decided(&self.clauses, rows);
        let money = |value: fn(&RowResult) -> Option<i128>| {
            found.iter().map(move |row| (row.row, value(row)))
        };
        self.amount = self.amount.patched(rows, money(|row| row.amount));
        self.saves = self.saves.patched(rows, money(|row| row.saves));
        for (place, (_, gaps)) in self.gaps.iter_mut().enumerate() {
            let values = found.iter().map(|row| (row.row, row.gaps[place]));
            *gaps = gaps.patched(rows, values);
        }
    }
}

/// The rows of which all clauses are true, and those of which one is false.
fn decided(clauses: &[ClauseBits], rows: usize) -> (BooleanBuffer, BooleanBuffer) {
    let mut each = clauses.iter();
    let Some(first) = each.next() else {
        return (BooleanBuffer::new_set(rows), BooleanBuffer::new_unset(rows));
    };
    let start = (first.holds.clone(), first.fails.clone());
    each.fold(start, |(all, any), clause| {
        (&all & &clause.holds, &any | &clause.fails)
    })
}

fn patched_bits(
    bits: &BooleanBuffer,
    found: &[RowResult],
    value: impl Fn(&RowResult) -> bool,
) -> BooleanBuffer {
    use datafusion::arrow::array::BooleanBufferBuilder;
    let mut builder = BooleanBufferBuilder::new(bits.len());
    builder.append_buffer(bits);
    for row in found {
        builder.set_bit(row.row, value(row));
    }
    builder.finish()
}

/// A policy for one row, as the row-by-row judge finds it.
struct RowResult {
    row: usize,
    /// In the order of the clauses that count.
    clauses: Vec<Option<bool>>,
    amount: Option<i128>,
    saves: Option<i128>,
    /// In the order of the clauses that have a gap.
    gaps: Vec<Option<i128>>,
}

/// Judges a batch: by vectors where the plan allows it, the rest row by row.
pub fn judge(plan: &Plan, rows: &Rows<'_>, population: Option<&Population>) -> Vec<Judged> {
    let count = rows.rows();
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
            } => by_batch(plan, &values, clauses, (*amount, *saves), count),
            PolicyPlan::NotInForce | PolicyPlan::Rows => Judged::blank(plan, place, count),
        })
        .collect();
    by_rows(plan, rows, population, &mut judged);
    choice::choose(plan, rows, population, &mut judged);
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
    (amount, saves): (Option<TermId>, SavesPlan),
    rows: usize,
) -> Judged {
    let column = |id: TermId| {
        values[id.index()]
            .as_ref()
            .expect("the roots of a program are kept")
    };
    let bits = clauses
        .iter()
        .map(|clause| match &column(clause.when).vector {
            Vector::Truth(truth) => clause_bits(truth, clause.bit),
            _ => ClauseBits {
                number: clause.bit,
                holds: BooleanBuffer::new_unset(rows),
                fails: BooleanBuffer::new_unset(rows),
            },
        });
    let bits: Vec<ClauseBits> = bits.collect();
    let (eligible, ineligible) = decided(&bits, rows);
    // A summary looks at the money of nobody else, and those are few.
    let only = (!plan.with_gaps).then_some(&eligible);
    let money = |id: TermId| {
        let shape = plan.program.shape(id);
        rounded((&column(id).vector, shape), 2, rows, only)
    };
    let unknown = || Numbers::unknown(rows);
    let amount = amount.map_or_else(unknown, money);
    let saves = match saves {
        SavesPlan::Amount => amount.clone(),
        SavesPlan::Nothing => Numbers {
            digits: Digits::Same(0),
            nulls: None,
        },
        SavesPlan::Term(term) => money(term),
        SavesPlan::Unknown => unknown(),
    };
    let mut judged = Judged {
        in_force: true,
        clauses: bits,
        chosen: BooleanBuffer::new_unset(rows),
        gaps: Vec::new(),
        eligible,
        ineligible,
        amount,
        saves,
    };
    for clause in clauses {
        let Some(gap) = clause.gap.as_ref().filter(|_| plan.with_gaps) else {
            continue;
        };
        let difference = functions::calculate(
            Arithmetic::Subtract,
            (&column(gap.from).vector, plan.program.shape(gap.from)),
            (&column(gap.less).vector, plan.program.shape(gap.less)),
            gap.shape,
            rows,
        );
        let gaps = rounded((&difference, gap.shape), gap.unit.places(), rows, None);
        judged.gaps.push((clause.bit, gaps));
    }
    judged
}

fn clause_bits(truth: &BooleanArray, number: usize) -> ClauseBits {
    let holds = bits::true_bits(truth);
    let fails = match truth.nulls() {
        Some(nulls) => &holds ^ nulls.inner(),
        None => !&holds,
    };
    ClauseBits {
        number,
        holds,
        fails,
    }
}

/// Numbers rounded half-up, in units of their last place; as [`functions::round`].
fn rounded(
    (vector, shape): (&Vector, Shape),
    places: u32,
    rows: usize,
    only: Option<&BooleanBuffer>,
) -> Numbers {
    let result = functions::round((vector, shape), places, rows, only);
    let scale = functions::scale_after_round(shape, places);
    let Vector::Numbers(numbers) = result else {
        return Numbers::unknown(rows);
    };
    Numbers {
        digits: super::arithmetic::times(&numbers.digits, 10_i128.pow(places - scale)),
        nulls: numbers.nulls,
    }
}

/// Judges what the vectors do not: exceptional rows as a whole, policies that have no vector form.
fn by_rows(plan: &Plan, rows: &Rows<'_>, population: Option<&Population>, judged: &mut [Judged]) {
    let count = rows.rows();
    let all = plan.needs_rows();
    let open = if all {
        (0..count).collect()
    } else {
        rows.exceptional()
    };
    let mut found: Vec<Vec<RowResult>> = judged.iter().map(|_| Vec::new()).collect();
    for row in open {
        let facts = rows.facts(row);
        let judge = judge_of(plan, &facts, population);
        let whole = !all || rows.is_exceptional(row);
        for (place, policy) in plan.policies.iter().enumerate() {
            let wanted = match policy {
                PolicyPlan::Rows => true,
                PolicyPlan::Batch { .. } => whole,
                PolicyPlan::NotInForce => false,
            };
            if wanted {
                found[place].extend(by_row(plan, &judge, place, row));
            }
        }
    }
    for (judged, found) in judged.iter_mut().zip(&found) {
        if !found.is_empty() {
            judged.patch(found, count);
        }
    }
}

fn by_row(plan: &Plan, judge: &Judge<'_>, place: usize, row: usize) -> Option<RowResult> {
    let bound = plan.bound(place);
    let result = judge.policy(&bound.id)?;
    let clauses = result.clauses.iter().map(|clause| clause.truth).collect();
    let gaps = bound.clauses.iter().zip(&result.clauses);
    let gaps = gaps.filter_map(|(clause, result)| {
        let scale = Exact::from_integer(10_i128.pow(clause.gap.as_ref()?.unit.places()));
        let gap = result.gap.as_ref();
        Some(gap.and_then(|gap| (gap * &scale).to_integer()))
    });
    Some(RowResult {
        row,
        clauses,
        amount: result.amount.as_ref().and_then(hundredths),
        saves: judge.saves_alone(bound).as_ref().and_then(hundredths),
        gaps: gaps.collect(),
    })
}

/// An amount in hundredths.
pub fn hundredths(value: &Exact) -> Option<i128> {
    (value * &Exact::from_integer(100)).to_integer()
}
