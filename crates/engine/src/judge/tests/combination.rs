//! The best combination: groups, exclusions, pools, savings that depend on the choice.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proptest::prelude::*;

use super::{check, policy, rulebook, variables};
use crate::judge::{
    Binding, BindingTerms, BoundPolicy, Definitions, Exact, Facts, Judge, Select, Verdict,
};
use domain::SubjectKind;

const FACTS: &str = "income money year\n credit money year\n quota money year\n taxes money year";

fn cases(given: &str, expected: &[(&str, &str)]) -> String {
    use std::fmt::Write as _;
    let mut text = "cases:\n".to_owned();
    for (id, expect) in expected {
        let _ = writeln!(
            text,
            "  - {{name: {id}, policy: {id}, source: own, as_of: 2024-12-31, given: {{{given}}}, expect: {{{expect}}}}}"
        );
    }
    text
}

#[test]
fn of_a_group_the_one_that_saves_most_is_chosen() {
    let low = policy(
        "low",
        "any: income > yuan(0)",
        "kind: rate_reduction, amount: income * 0.1",
        "choose_one: regime",
    );
    let lower = policy(
        "lower",
        "any: income > yuan(0)",
        "kind: rate_reduction, amount: income * 0.2",
        "choose_one: regime",
    );
    let credit = policy(
        "credit",
        "any: income > yuan(0)",
        "kind: credit, amount: credit",
        "",
    );
    let title = policy("title", "any: income > yuan(0)", "kind: title", "");
    let cases = cases(
        "income: 100, credit: 5",
        &[
            ("low", "saves: 10.00, chosen: false"),
            ("lower", "saves: 20.00, chosen: true"),
            ("credit", "saves: 5.00, chosen: true"),
            ("title", "saves: null, chosen: false"),
        ],
    );
    check(&[
        ("v.yaml", &variables(FACTS)),
        ("low.yaml", &low),
        ("lower.yaml", &lower),
        ("credit.yaml", &credit),
        ("title.yaml", &title),
        ("all.cases.yaml", &cases),
    ]);
}

#[test]
fn of_equals_fewer_policies_and_then_earlier_ids() {
    let same = |id: &str, amount: &str, more: &str| {
        policy(
            id,
            "any: income > yuan(0)",
            &format!("kind: subsidy, amount: yuan({amount})"),
            more,
        )
    };
    let a = same("a", "5", "");
    let b = same("b", "5", "excludes: [whole]");
    let whole = same("whole", "10", "excludes: [a]");
    let twin = same("twin", "10", "excludes: [whole, a, b]");
    let given = "income: 1";
    let expected = [
        ("a", "chosen: false"),
        ("b", "chosen: false"),
        ("whole", "chosen: false"),
        ("twin", "chosen: true"),
    ];
    check(&[
        ("v.yaml", &variables(FACTS)),
        ("a.yaml", &a),
        ("b.yaml", &b),
        ("whole.yaml", &whole),
        ("twin.yaml", &twin),
        ("all.cases.yaml", &cases(given, &expected)),
    ]);
}

#[test]
fn a_pool_is_used_up_in_its_order() {
    let draws = |id: &str, amount: &str, order: u8| {
        policy(
            id,
            "any: income > yuan(0)",
            &format!("kind: deduction, amount: {amount}"),
            &format!("pool: {{id: hiring, limit: taxes, order: {order}}}"),
        )
    };
    let (groups, veterans) = (draws("groups", "quota", 1), draws("veterans", "credit", 2));
    let files = |cases: &str| {
        check(&[
            ("v.yaml", &variables(FACTS)),
            ("groups.yaml", &groups),
            ("veterans.yaml", &veterans),
            ("all.cases.yaml", cases),
        ]);
    };
    let given = "income: 1, quota: 24000, credit: 22000, taxes: 30000";
    files(&cases(
        given,
        &[
            ("groups", "amount: 24000, saves: 24000"),
            ("veterans", "amount: 22000, saves: 6000, chosen: true"),
        ],
    ));
    let used_up = "income: 1, quota: 30000, credit: 22000, taxes: 30000";
    files(&cases(
        used_up,
        &[("veterans", "amount: 22000, saves: 22000, chosen: false")],
    ));
    // Nobody knows what is left of a limit that is not known.
    files(&cases(
        "income: 1, quota: 1, credit: 1",
        &[("groups", "amount: 1, saves: null, chosen: false")],
    ));
    let alone = "income: 0, quota: 24000, credit: 22000, taxes: 10000";
    files(&cases(
        alone,
        &[("veterans", "amount: 22000, saves: 10000, chosen: false")],
    ));
}

#[test]
fn savings_may_depend_on_what_is_chosen_beside_them() {
    let regime = |id: &str, rate: &str| {
        policy(
            id,
            "any: income > yuan(0)",
            &format!("kind: rate_reduction, amount: income * {rate}"),
            "choose_one: regime",
        )
    };
    let (half, tenth) = (regime("half", "0.5"), regime("tenth", "0.4"));
    let transfer = policy(
        "transfer",
        "any: income > yuan(0)",
        "kind: exemption, amount: credit, saves: \"CASE WHEN chosen('half') THEN yuan(0) ELSE amount END\"",
        "",
    );
    // 50 alone, or 40 with 15 beside it.
    let cases = cases(
        "income: 100, credit: 15",
        &[
            ("half", "chosen: false, saves: 50"),
            ("tenth", "chosen: true, saves: 40"),
            ("transfer", "chosen: true, saves: 15"),
        ],
    );
    check(&[
        ("v.yaml", &variables(FACTS)),
        ("half.yaml", &half),
        ("tenth.yaml", &tenth),
        ("transfer.yaml", &transfer),
        ("all.cases.yaml", &cases),
    ]);
}

/// A policy of a random rulebook.
#[derive(Debug, Clone)]
struct Plan {
    amount: i64,
    group: Option<u8>,
    excludes: Option<usize>,
    pool: bool,
    /// Where that other is chosen, it saves so much instead.
    with: Option<(usize, i64)>,
}

fn plan() -> impl Strategy<Value = Plan> {
    (
        -2_i64..6,
        proptest::option::of(0_u8..2),
        proptest::option::of(0_usize..6),
        any::<bool>(),
        proptest::option::of((0_usize..6, -3_i64..9)),
    )
        .prop_map(|(amount, group, excludes, pool, with)| Plan {
            amount,
            group,
            excludes,
            pool,
            with,
        })
}

fn text_of(at: usize, plan: &Plan, count: usize, limit: i64) -> String {
    use std::fmt::Write as _;
    let mut more = String::new();
    if let Some(group) = plan.group {
        let _ = writeln!(more, "choose_one: g{group}");
    }
    if let Some(other) = plan.excludes.filter(|other| *other != at && *other < count) {
        let _ = writeln!(more, "excludes: [p{other}]");
    }
    if plan.pool {
        let _ = writeln!(
            more,
            "pool: {{id: pool, limit: yuan({limit}), order: {}}}",
            count - at
        );
    }
    let saves = match plan
        .with
        .filter(|(other, _)| *other != at && *other < count)
    {
        Some((other, instead)) => {
            format!(
                ", saves: \"CASE WHEN chosen('p{other}') THEN yuan({instead}) ELSE amount END\""
            )
        }
        None => String::new(),
    };
    let benefit = format!("kind: subsidy, amount: yuan({}){saves}", plan.amount);
    policy(&format!("p{at}"), "any: income > yuan(0)", &benefit, &more)
}

/// The best set by trying all of them.
fn brute_force(judge: &Judge<'_>, plans: &[Plan]) -> (Exact, BTreeSet<String>) {
    let binding = judge.binding();
    let all: Vec<&BoundPolicy> = binding
        .selected
        .iter()
        .filter_map(|id| binding.policy(id))
        .collect();
    let mut best: Option<(Exact, Vec<String>)> = None;
    for set in 0_u32..1 << all.len() {
        let members: Vec<usize> = (0..all.len()).filter(|at| set >> at & 1 == 1).collect();
        let breaks = members.iter().any(|a| {
            members.iter().any(|b| {
                a != b
                    && (plans[*a].excludes == Some(*b)
                        || plans[*a].group.is_some() && plans[*a].group == plans[*b].group)
            })
        });
        if breaks {
            continue;
        }
        let bound: Vec<&BoundPolicy> = members.iter().map(|at| all[*at]).collect();
        let saves: HashMap<&str, Option<Exact>> = judge.saves_of(&bound);
        let total = saves
            .values()
            .flatten()
            .fold(Exact::zero(), |sum, saves| &sum + saves);
        let ids: Vec<String> = bound.iter().map(|policy| policy.id.clone()).collect();
        let better = best.as_ref().is_none_or(|(most, chosen)| {
            total > *most || (total == *most && (ids.len(), &ids) < (chosen.len(), chosen))
        });
        if better {
            best = Some((total, ids));
        }
    }
    best.map(|(total, ids)| (total, ids.into_iter().collect()))
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_search_finds_what_trying_everything_finds(
        plans in proptest::collection::vec(plan(), 1..6),
        limit in 0_i64..8,
    ) {
        let texts: BTreeMap<String, String> = plans
            .iter()
            .enumerate()
            .map(|(at, plan)| (format!("p{at}.yaml"), text_of(at, plan, plans.len(), limit)))
            .collect();
        let facts_text = variables(FACTS);
        let mut files = vec![("v.yaml", facts_text.as_str())];
        files.extend(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
        let rulebook = rulebook(&files);
        let (set, definitions) = (HashMap::new(), Definitions::new());
        let terms = BindingTerms {
            as_of: "2024-12-31".parse().unwrap(),
            subject: &SubjectKind::Enterprise,
            set: &set,
            definitions: &definitions,
        };
        let binding = Binding::new(&rulebook, &terms, Select::Policies);
        let mut facts = Facts::new("a");
        let income = crate::judge::FactKey {
            name: "income".to_owned(),
            of_owner: false,
            definition: None,
            period: crate::judge::FactPeriod::Current,
        };
        facts.set(income, crate::judge::Value::integer(1));
        let judge = Judge::new(&binding, &facts);
        for id in &binding.selected {
            prop_assert_eq!(judge.policy(id).unwrap().verdict, Verdict::Eligible);
        }
        let found = judge.combination();
        let (total, chosen) = brute_force(&judge, &plans);
        prop_assert_eq!(&found.total, &total);
        prop_assert_eq!(&found.chosen, &chosen);
    }
}
