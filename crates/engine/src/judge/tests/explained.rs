//! Explanations: the facts put in, where they come from, and the words around them.

use std::collections::HashMap;

use domain::SubjectKind;

use super::{policy, rulebook, variables};
use crate::explain::{Language, Words, explain, to_markdown, to_text};
use crate::gaps::GapCollector;
use crate::judge::{
    BadValue, Binding, BindingTerms, Definitions, FactKey, FactPeriod, Facts, Given, Judge, Select,
    Value,
};

const FACTS: &str = "
    rd money year
    revenue money year
    staff integer year
    share ratio year;formula: rd / revenue";

fn key(name: &str, definition: Option<&str>, period: FactPeriod) -> FactKey {
    FactKey {
        name: name.to_owned(),
        of_owner: false,
        definition: definition.map(str::to_owned),
        period,
    }
}

fn with_judge(facts: &Facts, then: impl FnOnce(&crate::Rulebook, &Judge<'_>)) {
    let text = policy(
        "p",
        "share: share >= 0.05\n grown: rd > prior(rd, 1) * (1 + 0.1)\n few: staff <= 10",
        "kind: subsidy, amount: rd * 0.1",
        "",
    );
    let facts_text = variables(FACTS);
    let rulebook = rulebook(&[("v.yaml", &facts_text), ("p.yaml", &text)]);
    let set = HashMap::new();
    let definitions: Definitions = facts.definitions().collect();
    let terms = BindingTerms {
        as_of: "2024-12-31".parse().unwrap(),
        subject: &SubjectKind::Enterprise,
        set: &set,
        definitions: &definitions,
    };
    let binding = Binding::new(&rulebook, &terms, Select::Policies);
    then(&rulebook, &Judge::new(&binding, facts));
}

fn facts() -> Facts {
    let mut facts = Facts::new("A");
    facts.set(key("rd", None, FactPeriod::Current), Value::integer(6));
    facts.set(
        key("revenue", None, FactPeriod::Year(2024)),
        Value::integer(100),
    );
    facts.set(key("share", None, FactPeriod::Current), Value::integer(1));
    facts.set(
        key("staff", Some("p"), FactPeriod::Current),
        Value::integer(12),
    );
    let bad = Given::Bad {
        text: "many".to_owned(),
        why: BadValue::NotANumber,
    };
    facts.give(key("rd", None, FactPeriod::Year(2023)), bad);
    facts
}

#[test]
fn each_clause_shows_its_facts_and_where_they_come_from() {
    with_judge(&facts(), |rulebook, judge| {
        let source = |key: &FactKey| (key.name == "rd").then(|| format!("sheet of {key}"));
        let explanation = explain(rulebook, judge, "p", &source).unwrap();
        assert_eq!(explanation.verdict, "ineligible");
        let [share, grown, few] = &explanation.clauses[..] else {
            panic!("three clauses")
        };
        assert_eq!(share.put_in, "1 >= 0.05");
        assert_eq!(share.facts[0].computed.as_deref(), Some("0.06"));
        assert_eq!(grown.put_in, "6.00 > rd@2023? * (1 + 0.1)");
        assert_eq!(grown.missing, ["rd@2023"]);
        assert_eq!(grown.facts[0].source.as_deref(), Some("sheet of rd"));
        assert_eq!(
            grown.facts[1].unusable,
            Some(("many".to_owned(), "not_a_number"))
        );
        assert_eq!(
            (few.gap.as_deref(), few.unit),
            (Some("-2"), Some("integer"))
        );
        assert_eq!(few.facts[0].given_as.as_deref(), Some("staff[p]"));
        assert_eq!(explanation.amount.unwrap().value.as_deref(), Some("0.60"));
    });
}

#[test]
fn text_and_markdown_use_the_words_that_are_given() {
    with_judge(&facts(), |rulebook, judge| {
        let explanation = explain(rulebook, judge, "p", &|_| None).unwrap();
        let word = |key: &str| format!("<{key}>");
        let words = Words {
            language: Language::En,
            word: &word,
        };
        let text = to_text(&explanation, &words);
        assert!(text.contains("<verdict>: <ineligible>"), "{text}");
        assert!(text.contains("<gap>: -2 <unit-integer>"), "{text}");
        let markdown = to_markdown(&explanation, &words);
        assert!(markdown.starts_with("# p\n"), "{markdown}");
        assert!(markdown.contains("rd@2023?"), "{markdown}");
        assert!(
            serde_json::to_string(&explanation)
                .unwrap()
                .contains("\"put_in\":\"1 >= 0.05\"")
        );
    });
}

#[test]
fn near_misses_are_short_in_one_clause_only() {
    let mut near = facts();
    near.set(key("rd", None, FactPeriod::Year(2023)), Value::integer(1));
    let mut open = near.clone();
    open.subject_id = "B".to_owned();
    open.set(key("staff", Some("p"), FactPeriod::Current), Value::Null);
    let mut collector = GapCollector::default();
    for facts in [&near, &open, &facts()] {
        with_judge(facts, |_, judge| {
            let result = judge.policy("p").unwrap();
            collector.add(
                &facts.subject_id,
                judge.binding().policy("p").unwrap(),
                &result,
            );
        });
    }
    let gaps = collector.finish();
    assert_eq!(gaps.near.len(), 1);
    assert_eq!(
        (gaps.near[0].clause.as_str(), gaps.near[0].gap.as_str()),
        ("few", "-2")
    );
    assert_eq!(gaps.near[0].amount.as_deref(), Some("0.60"));
    assert_eq!(gaps.facts.len(), 1);
    assert_eq!(
        (
            gaps.facts[0].variable.as_str(),
            gaps.facts[0].amount.as_str()
        ),
        ("staff", "0.60")
    );
}
