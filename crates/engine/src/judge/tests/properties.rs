//! What must hold of any policy: a fact more never turns an answer, and what is missing is what lacks.

use std::collections::HashMap;

use domain::SubjectKind;
use proptest::prelude::*;
use proptest::sample::subsequence;

use super::{policy, rulebook, variables};
use crate::Rulebook;
use crate::judge::{
    Binding, BindingTerms, Definitions, FactKey, FactPeriod, Facts, Judge, Select, Value, Verdict,
};

const FACTS: &str = "
    a money year
    b money year
    n integer none
    flag boolean none
    other boolean none
    grade code none
    since date none
    share ratio year;formula: a / b
    size code none;formula: CASE WHEN n > 5 THEN 'large' WHEN flag THEN 'young' ELSE 'small' END";

/// Conditions of every shape.
const CONDITIONS: [&str; 14] = [
    "a >= yuan(5)",
    "a + b > yuan(8) OR flag",
    "flag AND NOT other",
    "share >= 0.5",
    "share >= 0.5 AND (flag OR n > 5)",
    "size = 'large'",
    "size <> 'small' OR other",
    "grade IN ('A', 'B')",
    "NOT grade IN ('A') AND n BETWEEN 2 AND 6",
    "present(since) AND years_since(since) >= 2",
    "at_least(2, flag, other, n > 5)",
    "CASE WHEN flag THEN a > b WHEN other THEN n > 3 ELSE grade = 'A' END",
    "least(a, b) > yuan(3)",
    "growth(a) >= 0.1 OR compound_growth(b, 2) > 0.05",
];

fn key(name: &str, period: FactPeriod) -> FactKey {
    FactKey {
        name: name.to_owned(),
        of_owner: false,
        definition: None,
        period,
    }
}

/// Everything that the conditions read, some of it known to be absent.
fn facts() -> impl Strategy<Value = Vec<(FactKey, Value)>> {
    let number = || (0_i64..10).prop_map(Value::integer);
    let or_absent = |value: BoxedStrategy<Value>| prop_oneof![4 => value, 1 => Just(Value::Absent)];
    let truth = || any::<bool>().prop_map(Value::Boolean);
    let grade =
        prop_oneof![Just("A"), Just("B"), Just("C")].prop_map(|g| Value::Text(g.to_owned()));
    let day = (0_u64..2000).prop_map(|days| {
        let first: chrono::NaiveDate = "2020-01-01".parse().unwrap();
        Value::Date(first + chrono::Days::new(days))
    });
    (
        or_absent(number().boxed()),
        number(),
        number(),
        number(),
        or_absent(number().boxed()),
        (truth(), truth()),
        or_absent(grade.boxed()),
        or_absent(day.boxed()),
    )
        .prop_map(
            |(a, b, a_before, b_before, n, (flag, other), grade, since)| {
                use FactPeriod::{Current, Year};
                vec![
                    (key("a", Current), a),
                    (key("b", Current), b),
                    (key("a", Year(2023)), a_before),
                    (key("b", Year(2022)), b_before),
                    (key("n", Current), n),
                    (key("flag", Current), flag),
                    (key("other", Current), other),
                    (key("grade", Current), grade),
                    (key("since", Current), since),
                ]
            },
        )
}

fn of(known: &[(FactKey, Value)]) -> Facts {
    let mut facts = Facts::new("a");
    for (key, value) in known {
        facts.set(key.clone(), value.clone());
    }
    facts
}

fn bound(rulebook: &Rulebook) -> Binding {
    let (set, definitions) = (HashMap::new(), Definitions::new());
    let terms = BindingTerms {
        as_of: "2024-12-31".parse().unwrap(),
        subject: &SubjectKind::Enterprise,
        set: &set,
        definitions: &definitions,
    };
    Binding::new(rulebook, &terms, Select::Policies)
}

fn rules(conditions: &[&str]) -> Rulebook {
    use std::fmt::Write as _;
    let mut clauses = String::new();
    for (number, condition) in conditions.iter().enumerate() {
        let _ = writeln!(clauses, "c{number}: {condition}");
    }
    let text = policy("p", &clauses, "kind: title", "");
    let facts_text = variables(FACTS);
    rulebook(&[("v.yaml", &facts_text), ("p.yaml", &text)])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_fact_more_settles_and_never_turns(
        conditions in subsequence(CONDITIONS.to_vec(), 1..4),
        all in facts(),
        kept in proptest::collection::vec(any::<bool>(), 9),
    ) {
        let rulebook = rules(&conditions);
        let binding = bound(&rulebook);
        let some: Vec<_> =
            all.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(fact, _)| fact.clone()).collect();
        let (whole, part) = (of(&all), of(&some));
        let (whole, part) = (Judge::new(&binding, &whole), Judge::new(&binding, &part));
        let (whole, part) = (whole.policy("p").unwrap(), part.policy("p").unwrap());
        for (more, less) in whole.clauses.iter().zip(&part.clauses) {
            prop_assert!(less.truth.is_none() || less.truth == more.truth, "{}", less.id);
        }
        prop_assert!(whole.missing.is_empty(), "all is known: {:?}", whole.missing);
        if part.verdict != Verdict::Unknown {
            prop_assert_eq!(part.verdict, whole.verdict);
        }
    }

    #[test]
    fn the_one_fact_that_lacks_is_the_one_that_is_missing(
        condition in proptest::sample::select(CONDITIONS.to_vec()),
        all in facts(),
        lacking in 0_usize..9,
    ) {
        let rulebook = rules(&[condition]);
        let binding = bound(&rulebook);
        let mut some = all.clone();
        let (lacks, _) = some.remove(lacking);
        let (whole, part) = (of(&all), of(&some));
        let (whole, part) = (Judge::new(&binding, &whole), Judge::new(&binding, &part));
        let (whole, part) = (whole.policy("p").unwrap(), part.policy("p").unwrap());
        if whole.clauses[0].truth.is_some() && part.clauses[0].truth.is_none() {
            let missing: Vec<&String> = part.missing.iter().collect();
            prop_assert_eq!(missing, [&lacks.to_string()]);
        } else if part.clauses[0].truth.is_some() {
            prop_assert!(part.missing.is_empty());
        }
    }
}
