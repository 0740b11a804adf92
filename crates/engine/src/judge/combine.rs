//! The best combination: which eligible policies together save a subject most.
//!
//! The search is exact. Policies that cannot influence each other (no group of `choose_one`, no
//! `excludes`, no pool and no `chosen('…')` joins them) are settled apart; within a component every
//! feasible set is reached by taking or leaving one policy after the other, and a branch is left only
//! where even its upper bound saves less than the best set found.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::bound::BoundPolicy;
use super::evaluate::{Choice, Judge};
use super::exact::Exact;
use super::verdict::Verdict;

/// The best combination for a subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Combination {
    /// The chosen policies, by id.
    pub chosen: BTreeSet<String>,
    /// What each policy of the run saves: a chosen one in the combination, any other alone, also one for
    /// which a pool leaves nothing beside those chosen. NULL where it is not known or the policy is not
    /// in force.
    pub saves: BTreeMap<String, Option<Exact>>,
    /// What the combination saves altogether.
    pub total: Exact,
    /// Eligible policies with an amount whose saving is not known: they count as nought.
    pub unknown: BTreeSet<String>,
}

/// Sets of conditions of `chosen` up to this many are tried one by one for a bound.
const BOUND_CHOICES_MAX: usize = 10;

impl Judge<'_> {
    /// The best combination of the selected policies.
    pub fn combination(&self) -> Combination {
        let run = &self.binding.selected;
        let bound = |id: &String| self.binding.policy(id);
        let eligible: Vec<&BoundPolicy> = run
            .iter()
            .filter_map(bound)
            .filter(|policy| {
                self.policy(&policy.id)
                    .is_some_and(|r| r.verdict == Verdict::Eligible)
            })
            .collect();
        let candidates = self.useful(&eligible);
        let mut result = Combination::default();
        for component in components(self, &candidates) {
            let members: Vec<&BoundPolicy> = component.iter().map(|at| candidates[*at]).collect();
            let best = Search::new(self, &members).best();
            result.chosen.extend(best);
        }
        let chosen = result.chosen.clone();
        let members: Vec<&BoundPolicy> = eligible
            .iter()
            .copied()
            .filter(|policy| chosen.contains(&policy.id))
            .collect();
        let in_combination = self.saves_of(&members);
        for id in run {
            let saves = match in_combination.get(id.as_str()) {
                Some(saves) => saves.clone(),
                None => bound(id).and_then(|policy| self.saves_alone(policy)),
            };
            result.saves.insert(id.clone(), saves);
        }
        for policy in &eligible {
            if result.saves[&policy.id].is_none() && policy.amount.is_some() {
                result.unknown.insert(policy.id.clone());
            }
        }
        for id in &result.chosen {
            if let Some(Some(saves)) = result.saves.get(id) {
                result.total = &result.total + saves;
            }
        }
        result
    }

    /// What a policy saves where no other is chosen.
    pub fn saves_alone(&self, policy: &BoundPolicy) -> Option<Exact> {
        self.saves_of(&[policy])
            .remove(policy.id.as_str())
            .flatten()
    }

    /// What each of these saves where exactly these are chosen; pools are used up in order.
    pub fn saves_of<'p>(&self, members: &[&'p BoundPolicy]) -> HashMap<&'p str, Option<Exact>> {
        let has = |id: &str| members.iter().any(|member| member.id == id);
        let mut saves: HashMap<&str, Option<Exact>> = members
            .iter()
            .map(|member| {
                (
                    member.id.as_str(),
                    self.saves_under(member, Choice::Of(&has)),
                )
            })
            .collect();
        let mut pooled: Vec<&BoundPolicy> = members
            .iter()
            .copied()
            .filter(|member| member.pool.is_some())
            .collect();
        pooled.sort_by_key(|member| {
            let pool = member.pool.as_ref();
            (pool.map(|pool| pool.order), member.id.clone())
        });
        let mut used: HashMap<&str, Exact> = HashMap::new();
        for member in pooled {
            let Some(pool) = &member.pool else { continue };
            let used = used.entry(pool.id.as_str()).or_insert_with(Exact::zero);
            let limit = self.value(pool.limit);
            let left = limit
                .number()
                .map(|limit| (limit - used).round(2).max(Exact::zero()));
            let alone = saves.get(member.id.as_str()).cloned().flatten();
            let drawn = alone.zip(left).map(|(alone, left)| alone.min(left));
            if let Some(drawn) = &drawn
                && drawn.is_positive()
            {
                *used = &*used + drawn;
            }
            saves.insert(member.id.as_str(), drawn);
        }
        saves
    }

    /// The policies that can matter: those that may save something, and those whose choice changes what
    /// such a policy saves. A policy beside these adds nothing but itself.
    fn useful<'p>(&self, eligible: &[&'p BoundPolicy]) -> Vec<&'p BoundPolicy> {
        let asked: BTreeSet<String> = eligible
            .iter()
            .flat_map(|policy| self.choices_of(policy))
            .collect();
        eligible
            .iter()
            .copied()
            .filter(|policy| {
                asked.contains(&policy.id)
                    || self.depends_on_choice(policy)
                    || self
                        .saves_under(policy, Choice::Of(&|id| id == policy.id))
                        .is_some_and(|saves| saves.is_positive())
            })
            .collect()
    }

    /// The policies whose choice decides what this one saves.
    fn choices_of(&self, policy: &BoundPolicy) -> Vec<String> {
        match policy.saves {
            super::bound::BoundSaves::Term(term) => self.binding.terms.choices_below(term),
            _ => Vec::new(),
        }
    }

    fn depends_on_choice(&self, policy: &BoundPolicy) -> bool {
        !self.choices_of(policy).is_empty()
    }
}

/// Whether two policies cannot be enjoyed together.
fn conflict(a: &BoundPolicy, b: &BoundPolicy) -> bool {
    a.excludes.contains(&b.id)
        || b.excludes.contains(&a.id)
        || a.choose_one
            .iter()
            .any(|group| b.choose_one.contains(group))
}

/// Indexes of the candidates, by groups that cannot influence each other.
fn components(judge: &Judge<'_>, candidates: &[&BoundPolicy]) -> Vec<Vec<usize>> {
    let asks: Vec<Vec<String>> = candidates
        .iter()
        .map(|policy| judge.choices_of(policy))
        .collect();
    let pool = |at: usize| candidates[at].pool.as_ref().map(|pool| &pool.id);
    let joined = |a: usize, b: usize| {
        conflict(candidates[a], candidates[b])
            || asks[a].contains(&candidates[b].id)
            || asks[b].contains(&candidates[a].id)
            || (pool(a).is_some() && pool(a) == pool(b))
    };
    let mut open: BTreeSet<usize> = (0..candidates.len()).collect();
    let mut found = Vec::new();
    while let Some(first) = open.pop_first() {
        let mut component = vec![first];
        let mut next = 0;
        while next < component.len() {
            let at = component[next];
            let neighbours: Vec<usize> = open
                .iter()
                .copied()
                .filter(|other| joined(at, *other))
                .collect();
            for neighbour in neighbours {
                open.remove(&neighbour);
                component.push(neighbour);
            }
            next += 1;
        }
        component.sort_unstable();
        found.push(component);
    }
    found
}

/// A search over the sets of one component.
struct Search<'s, 'a> {
    judge: &'s Judge<'a>,
    /// In order of ids.
    members: &'s [&'s BoundPolicy],
    /// The most that each can save under any choice; `None`: no bound is known.
    bounds: Vec<Option<Exact>>,
    best: Option<(Exact, Vec<usize>)>,
}

impl<'s, 'a> Search<'s, 'a> {
    fn new(judge: &'s Judge<'a>, members: &'s [&'s BoundPolicy]) -> Self {
        let bounds = members
            .iter()
            .map(|member| bound(judge, member, members))
            .collect();
        Self {
            judge,
            members,
            bounds,
            best: None,
        }
    }

    fn best(mut self) -> Vec<String> {
        self.descend(0, &mut Vec::new());
        let chosen = self.best.map(|(_, chosen)| chosen).unwrap_or_default();
        chosen
            .into_iter()
            .map(|at| self.members[at].id.clone())
            .collect()
    }

    fn descend(&mut self, at: usize, taken: &mut Vec<usize>) {
        if at == self.members.len() {
            self.weigh(taken);
            return;
        }
        if self.is_hopeless(at, taken) {
            return;
        }
        let member = self.members[at];
        if !taken
            .iter()
            .any(|other| conflict(self.members[*other], member))
        {
            taken.push(at);
            self.descend(at + 1, taken);
            taken.pop();
        }
        self.descend(at + 1, taken);
    }

    /// Whether no set that begins so can save as much as the best, or as much with no more policies.
    fn is_hopeless(&self, at: usize, taken: &[usize]) -> bool {
        let Some((best, chosen)) = &self.best else {
            return false;
        };
        let mut most = Exact::zero();
        for index in taken.iter().copied().chain(at..self.members.len()) {
            match &self.bounds[index] {
                // What would cost something need not be taken.
                Some(bound) if index >= at && bound.is_negative() => {}
                Some(bound) => most = &most + bound,
                None => return false,
            }
        }
        most < *best || (most == *best && taken.len() > chosen.len())
    }

    fn weigh(&mut self, taken: &[usize]) {
        let members: Vec<&BoundPolicy> = taken.iter().map(|at| self.members[*at]).collect();
        let mut total = Exact::zero();
        for saves in self.judge.saves_of(&members).into_values().flatten() {
            total = &total + &saves;
        }
        let better = self.best.as_ref().is_none_or(|(best, chosen)| {
            // Members are in order of ids, so the smaller indexes are the earlier ids.
            total > *best
                || (total == *best && (taken.len(), taken) < (chosen.len(), chosen.as_slice()))
        });
        if better {
            self.best = Some((total, taken.to_vec()));
        }
    }
}

/// The most a policy can save under any choice of the members. A pool can only lower it, but for one whose
/// limit is not known: then the saving is not known either and counts as nought.
fn bound(judge: &Judge<'_>, member: &BoundPolicy, members: &[&BoundPolicy]) -> Option<Exact> {
    let limit = member.pool.as_ref().map(|pool| judge.value(pool.limit));
    if limit.is_some_and(|limit| limit.number().is_none()) {
        return Some(Exact::zero());
    }
    let asked: Vec<String> = judge
        .choices_of(member)
        .into_iter()
        .filter(|id| *id != member.id && members.iter().any(|other| other.id == *id))
        .collect();
    if asked.len() > BOUND_CHOICES_MAX {
        return None;
    }
    let mut most: Option<Exact> = None;
    for set in 0..1_usize << asked.len() {
        let has = |id: &str| {
            id == member.id
                || asked
                    .iter()
                    .position(|other| other == id)
                    .is_some_and(|at| set >> at & 1 == 1)
        };
        let saves = judge
            .saves_under(member, Choice::Of(&has))
            .unwrap_or_else(Exact::zero);
        most = Some(most.map_or_else(|| saves.clone(), |most| most.max(saves.clone())));
    }
    most
}
