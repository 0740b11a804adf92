//! The best combination against trying every set: random rulebooks of groups, exclusions, pools and savings
//! that depend on the choice, judged through the plan. What a set saves is worked out here anew.

use std::collections::HashMap;
use std::fmt::Write as _;

use chrono::NaiveDate;
use domain::SubjectKind;
use engine::run::{Input, LongRow, Output, Screening};
use engine::subjects::text_table;
use engine::{RuleFiles, Rulebook, load_files};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const RULEBOOKS: u64 = 150;
const ROWS: usize = 20;
const POLICIES: usize = 6;

/// A random policy; its amount and whether it is eligible are facts of the row.
#[derive(Debug)]
struct Plan {
    groups: Vec<u8>,
    excludes: Vec<usize>,
    /// Which pool, and its place in it.
    pool: Option<(usize, usize)>,
    /// Where all of these are chosen, it saves so much instead.
    with: Option<(Vec<usize>, i64)>,
}

/// What is known of a subject, in yuan; `None` is not known.
#[derive(Debug)]
struct Row {
    amounts: Vec<Option<i64>>,
    eligible: Vec<Option<bool>>,
    limits: [Option<i64>; 2],
}

/// Once in so many times.
fn once_in(count: u32, rng: &mut StdRng) -> bool {
    rng.random_range(0..count) == 0
}

/// Another policy than this.
fn other(at: usize, rng: &mut StdRng) -> usize {
    (at + rng.random_range(1..POLICIES)) % POLICIES
}

fn plan(rng: &mut StdRng, at: usize) -> Plan {
    let groups = (0..3).filter(|_| once_in(4, rng)).collect();
    let excludes = if once_in(3, rng) {
        (0..rng.random_range(1..=2))
            .map(|_| other(at, rng))
            .collect()
    } else {
        Vec::new()
    };
    let pool = once_in(2, rng).then(|| (rng.random_range(0..2), POLICIES - at));
    let with = once_in(3, rng).then(|| {
        let asked = (0..rng.random_range(1..=2))
            .map(|_| other(at, rng))
            .collect();
        (asked, rng.random_range(-3..9))
    });
    Plan {
        groups,
        excludes,
        pool,
        with,
    }
}

fn row(rng: &mut StdRng) -> Row {
    let known = |rng: &mut StdRng, range: std::ops::Range<i64>| {
        (rng.random_range(0..8) > 0).then(|| rng.random_range(range))
    };
    Row {
        amounts: (0..POLICIES).map(|_| known(rng, -2..6)).collect(),
        eligible: (0..POLICIES)
            .map(|_| match rng.random_range(0..8) {
                0 => None,
                1 => Some(false),
                _ => Some(true),
            })
            .collect(),
        limits: [known(rng, -1..9), known(rng, -1..9)],
    }
}

fn variables() -> String {
    let mut text = "variables:\n".to_owned();
    let mut add = |name: String, ty: &str| {
        writeln!(
            text,
            "  {name}: {{label: {{en: {name}}}, subject: enterprise, type: {ty}, period: none, sensitivity: public}}"
        )
        .unwrap();
    };
    for at in 0..POLICIES {
        add(format!("amount{at}"), "money");
        add(format!("eligible{at}"), "boolean");
    }
    add("limit0".to_owned(), "money");
    add("limit1".to_owned(), "money");
    text
}

fn policy(at: usize, plan: &Plan) -> String {
    let mut text = format!(
        "policy: p{at}\nname: {{en: p{at}}}\nsubject: enterprise\nfield: other\nin_force: {{from: 2000-01-01}}\n\
         period: year\nclauses: [{{id: c, text: {{en: c}}, when: eligible{at}}}]\n\
         benefit:\n  kind: subsidy\n  amount: amount{at}\n"
    );
    if let Some((asked, instead)) = &plan.with {
        let all: Vec<String> = asked.iter().map(|id| format!("chosen('p{id}')")).collect();
        let all = all.join(" AND ");
        writeln!(
            text,
            "  saves: \"CASE WHEN {all} THEN yuan({instead}) ELSE amount END\""
        )
        .unwrap();
    }
    if !plan.groups.is_empty() {
        let groups: Vec<String> = plan
            .groups
            .iter()
            .map(|group| format!("g{group}"))
            .collect();
        writeln!(text, "choose_one: [{}]", groups.join(", ")).unwrap();
    }
    if !plan.excludes.is_empty() {
        let ids: Vec<String> = plan.excludes.iter().map(|id| format!("p{id}")).collect();
        writeln!(text, "excludes: [{}]", ids.join(", ")).unwrap();
    }
    if let Some((pool, order)) = plan.pool {
        writeln!(
            text,
            "pool: {{id: pool{pool}, limit: limit{pool}, order: {order}}}"
        )
        .unwrap();
    }
    text
}

fn load(plans: &[Plan]) -> Rulebook {
    let mut texts = vec![("v.yaml".to_owned(), variables())];
    let policies = plans.iter().enumerate();
    texts.extend(policies.map(|(at, plan)| (format!("p{at}.yaml"), policy(at, plan))));
    let (rulebook, found) = load_files(&RuleFiles::from_texts(texts), None);
    rulebook.unwrap_or_else(|| panic!("{}", engine::render(&found)))
}

/// What each of these saves where exactly these are chosen.
fn saves_of(set: &[usize], plans: &[Plan], row: &Row) -> HashMap<usize, Option<i64>> {
    let mut saves: HashMap<usize, Option<i64>> = set
        .iter()
        .map(|at| {
            let instead = plans[*at]
                .with
                .as_ref()
                .filter(|(asked, _)| asked.iter().all(|other| set.contains(other)));
            (
                *at,
                instead.map_or(row.amounts[*at], |(_, instead)| Some(*instead)),
            )
        })
        .collect();
    for pool in 0..2 {
        let drawing = |at: &&usize| plans[**at].pool.is_some_and(|(of, _)| of == pool);
        let mut members: Vec<usize> = set.iter().filter(drawing).copied().collect();
        members.sort_by_key(|at| plans[*at].pool.map(|(_, order)| order));
        let mut left = row.limits[pool].map(|limit| limit.max(0));
        for at in members {
            let drawn = saves[&at].zip(left).map(|(alone, left)| alone.min(left));
            saves.insert(at, drawn);
            left = left.map(|left| left - drawn.unwrap_or(0).max(0));
        }
    }
    saves
}

/// The best set by trying all: most saved, then fewest, then the earlier ids.
fn best(plans: &[Plan], row: &Row) -> Vec<usize> {
    let excluded = |a: usize, b: usize| {
        plans[a].excludes.contains(&b)
            || plans[a]
                .groups
                .iter()
                .any(|group| plans[b].groups.contains(group))
    };
    let sets = (0_u32..1 << POLICIES)
        .map(|set| -> Vec<usize> { (0..POLICIES).filter(|at| set >> at & 1 == 1).collect() });
    let feasible = sets.filter(|set| {
        set.iter().all(|a| {
            row.eligible[*a] == Some(true) && set.iter().all(|b| a == b || !excluded(*a, *b))
        })
    });
    feasible
        .min_by_key(|set| {
            let total: i64 = saves_of(set, plans, row).values().flatten().sum();
            (-total, set.len(), set.clone())
        })
        .unwrap()
}

fn judged(rulebook: &Rulebook, rows: &[Row]) -> Vec<LongRow> {
    let text = |value: Option<i64>| value.map(|value| value.to_string());
    let mut headers = vec!["subject_id".to_owned()];
    let mut columns = vec![
        (0..rows.len())
            .map(|at| Some(format!("r{at:02}")))
            .collect(),
    ];
    for at in 0..POLICIES {
        headers.extend([format!("amount{at}"), format!("eligible{at}")]);
        columns.push(rows.iter().map(|row| text(row.amounts[at])).collect());
        let truths = rows
            .iter()
            .map(|row| row.eligible[at].map(|truth| truth.to_string()));
        columns.push(truths.collect());
    }
    for pool in 0..2 {
        headers.push(format!("limit{pool}"));
        columns.push(rows.iter().map(|row| text(row.limits[pool])).collect());
    }
    let table = text_table(&headers, columns).unwrap();
    let screening = Screening {
        rulebook,
        subject: SubjectKind::Enterprise,
        as_of: NaiveDate::from_ymd_opt(2024, 12, 31).unwrap(),
        policies: Vec::new(),
        set: HashMap::new(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let run = screening.run(Input::Table(table), Output::Rows);
    runtime.block_on(run).unwrap().rows
}

#[test]
fn the_plan_chooses_what_trying_everything_chooses() {
    let mut chosen = 0;
    for seed in 0..RULEBOOKS {
        let mut rng = StdRng::seed_from_u64(seed);
        let plans: Vec<Plan> = (0..POLICIES).map(|at| plan(&mut rng, at)).collect();
        let rows: Vec<Row> = (0..ROWS).map(|_| row(&mut rng)).collect();
        let found = judged(&load(&plans), &rows);
        assert_eq!(found.len(), ROWS * POLICIES);
        for (row, found) in rows.iter().zip(found.chunks(POLICIES)) {
            let best = best(&plans, row);
            let together = saves_of(&best, &plans, row);
            for (at, line) in found.iter().enumerate() {
                let place = format!("p{at} of {}, seed {seed}", line.subject_id);
                assert_eq!(
                    line.chosen,
                    best.contains(&at),
                    "{place}: {best:?} saves {together:?}\n{plans:#?}\n{row:?}"
                );
                let alone = || saves_of(&[at], &plans, row)[&at];
                let wanted = together.get(&at).copied().unwrap_or_else(alone);
                assert_eq!(
                    line.saves,
                    wanted.map(|yuan| i128::from(yuan) * 100),
                    "{place}"
                );
            }
            chosen += best.len();
        }
    }
    assert!(chosen > 1_000, "{chosen} policies were chosen in all");
}
