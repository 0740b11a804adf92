//! The best combination of every row of a batch.

use datafusion::arrow::buffer::BooleanBuffer;

use super::arithmetic;
use super::batch::{Judged, hundredths, judge_of};
use super::bits;
use super::plan::Plan;
use super::program::Source;
use super::rows::Rows;
use super::vector::{Digits, Numbers};
use crate::expression::Comparison;
use crate::judge::{Population, Verdict};

/// Marks what the best combination of each row has.
pub fn choose(
    plan: &Plan,
    rows: &Rows<'_>,
    population: Option<&Population>,
    judged: &mut [Judged],
) {
    let count = rows.rows();
    for clique in &plan.cliques {
        match clique.as_slice() {
            [alone] => {
                let policy = &mut judged[*alone];
                policy.chosen = worth_something(policy, count);
            }
            several => best_of(several, judged, count),
        }
    }
    if plan.entangled.is_empty() {
        return;
    }
    let draws = |at: usize| {
        let policy = plan.binding.policy(&plan.binding.selected[at]);
        policy.is_some_and(|policy| policy.pool.is_some())
    };
    let entangled: Vec<(usize, bool)> = plan.entangled.iter().map(|at| (*at, draws(*at))).collect();
    // Also who is not eligible would save no more alone than the limit that a policy draws on.
    let open = BooleanBuffer::collect_bool(count, |row| {
        entangled.iter().any(|(at, draws)| {
            let policy = &judged[*at];
            policy.verdict(row) == Verdict::Eligible || *draws && policy.saves.get(row).is_some()
        })
    });
    let mut found: Vec<(usize, Vec<Choice>)> = Vec::new();
    for row in open.set_indices() {
        let facts = rows.facts(row);
        let combination = judge_of(plan, &facts, population).combination();
        let each = plan.entangled.iter().map(|at| {
            let id = &plan.binding.selected[*at];
            let saves = combination.saves.get(id).and_then(Option::as_ref);
            (combination.chosen.contains(id), saves.and_then(hundredths))
        });
        found.push((row, each.collect()));
    }
    for (place, at) in plan.entangled.iter().enumerate() {
        let policy = &mut judged[*at];
        let mut chosen = vec![false; count];
        for (row, each) in &found {
            chosen[*row] = each[place].0;
        }
        policy.chosen = chosen.into();
        let saves = found.iter().map(|(row, each)| (*row, each[place].1));
        policy.saves = policy.saves.patched(count, saves);
    }
}

/// Whether the combination has a policy, and what that saves in hundredths.
type Choice = (bool, Option<i128>);

/// The rows where a policy is eligible and known to save more than nothing.
fn worth_something(policy: &Judged, count: usize) -> BooleanBuffer {
    if !policy.in_force {
        return BooleanBuffer::new_unset(count);
    }
    let nought = Digits::Same(0);
    let positive = arithmetic::compare(
        Comparison::Greater,
        (&policy.saves.digits, 1),
        (&nought, 1),
        count,
    );
    &bits::known(&positive, policy.saves.nulls.as_ref()) & &policy.eligible
}

/// Of policies of which one at most may be enjoyed: the one that saves most; of equals the earlier id,
/// which is the order of places; nothing saved, nothing chosen.
fn best_of(clique: &[usize], judged: &mut [Judged], count: usize) {
    let mut most = Numbers {
        digits: Digits::Same(0),
        nulls: None,
    };
    let mut taken: Vec<(usize, BooleanBuffer)> = Vec::with_capacity(clique.len());
    for at in clique {
        let policy = &judged[*at];
        let worth = worth_something(policy, count);
        let saves = &policy.saves.digits;
        let more = arithmetic::compare(Comparison::Greater, (saves, 1), (&most.digits, 1), count);
        let better = &worth & &more;
        if better.count_set_bits() == 0 {
            continue;
        }
        let keep = !&better;
        for (_, chosen) in &mut taken {
            *chosen = &*chosen & &keep;
        }
        most.digits = super::select::replaced(&most.digits, saves, &better, count);
        taken.push((*at, better));
    }
    for (at, chosen) in taken {
        judged[at].chosen = chosen;
    }
}
