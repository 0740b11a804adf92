//! Tests of loading whole rulebooks.

use super::*;
use crate::rulebook::Target;

fn files(texts: &[(&str, &str)]) -> RuleFiles {
    RuleFiles::from_texts(
        texts
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned())),
    )
}

const VARIABLES: &str = "variables:
  revenue: {label: {zh: 营业收入}, subject: enterprise, type: money, period: year}
  rd_expense: {label: {zh: 研发费用}, subject: enterprise, type: money, period: year}
  rd_intensity:
    label: {zh: 研发强度}
    subject: enterprise
    type: ratio
    period: year
    formula: rd_expense / revenue
";

const POLICY: &str = "policy: a
name: {zh: 甲}
subject: enterprise
in_force: {from: 2020-01-01}
clauses:
  - {id: intensity, text: {zh: 强度}, when: rd_intensity >= p.floor}
benefit: {kind: subsidy, amount: rd_expense * 0.1}
";

const PARAMETERS: &str = "parameters:
  floor:
    label: {zh: 下限}
    type: ratio
    values: [{from: 2020-01-01, value: 0.05, legal: {cite: 办法}}]
";

const CASES: &str = "cases:
  - name: one is enough
    as_of: 2024-12-31
    given: {revenue: 100, rd_expense: 5, revenue@2023: none}
    expect: {verdict: eligible, amount: 0.50}
";

fn base() -> Vec<(&'static str, &'static str)> {
    vec![
        ("cn/variables/v.yaml", VARIABLES),
        ("cn/parameters/p.yaml", PARAMETERS),
        ("cn/policies/tax/a.yaml", POLICY),
        ("cn/policies/tax/a.cases.yaml", CASES),
    ]
}

fn codes(texts: &[(&str, &str)]) -> Vec<&'static str> {
    let (_, diagnostics) = load_files(&files(texts), None);
    diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect()
}

#[test]
fn a_sound_rulebook_is_loaded_without_a_word() {
    let (rulebook, diagnostics) = load_files(&files(&base()), None);
    assert!(diagnostics.is_empty(), "{}", crate::render(&diagnostics));
    let rulebook = rulebook.unwrap();
    assert_eq!(rulebook.variables.len(), 3);
    assert_eq!(rulebook.cases().count(), 1);
    assert_eq!(
        rulebook.evaluation_order.last(),
        Some(&crate::rulebook::Computed::Policy("a".to_owned()))
    );
}

#[test]
fn all_mistakes_are_told_in_one_run() {
    let mut texts = base();
    texts.push(("cn/policies/tax/b.yaml", "policy: b\ncolour: red\n"));
    texts.push((
        "cn/variables/w.yaml",
        "variables: {x: {subject: enterprise, type: monye}}\n",
    ));
    let found = codes(&texts);
    for code in ["form::key", "form::required", "form::choice"] {
        assert!(found.contains(&code), "{found:?}");
    }
}

#[test]
fn a_zone_may_override_only_what_it_names() {
    let local = "policy: a
overrides: a
subject: enterprise
in_force: {from: 2021-01-01}
clauses: [{id: c, when: revenue > yuan(1)}]
benefit: {kind: title}
";
    let mut texts = base();
    texts.push(("zones/west/policies/a.yaml", local));
    let all = files(&texts);
    let (west, diagnostics) = load_files(&all, Some("west"));
    assert!(
        diagnostics.iter().all(|d| d.severity == Severity::Warning),
        "{}",
        crate::render(&diagnostics)
    );
    assert_eq!(west.unwrap().policies["a"].clauses[0].id, "c");
    assert_eq!(
        load_files(&all, None).0.unwrap().policies["a"].clauses[0].id,
        "intensity"
    );

    texts.pop();
    let silent = local.replace("overrides: a\n", "");
    texts.push(("zones/west/policies/a.yaml", &silent));
    let (none, diagnostics) = load_files(&files(&texts), Some("west"));
    assert!(none.is_none());
    assert_eq!(diagnostics[0].code, "zone::overrides");
}

#[test]
fn an_unused_parameter_and_a_policy_without_cases_are_warnings() {
    let further = PARAMETERS.replace("floor", "ceiling");
    let mut texts = base();
    texts.retain(|(path, _)| !path.ends_with(".cases.yaml"));
    texts.push(("cn/parameters/q.yaml", &further));
    let (rulebook, diagnostics) = load_files(&files(&texts), None);
    assert!(rulebook.is_some());
    let found: Vec<_> = diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect();
    assert_eq!(found, ["unused::parameter", "unused::cases"]);
}

#[test]
fn a_file_of_another_kind_is_ignored_and_a_misspelled_one_is_not() {
    let mut texts = base();
    texts.push(("cn/notes.yaml", "shopping: [milk]\n"));
    assert!(codes(&texts).is_empty());
    texts.push(("cn/policies/c.yaml", "polcy: c\n"));
    assert_eq!(codes(&texts), ["form::key"]);
}

#[test]
fn cases_from_elsewhere_ignore_facts_nobody_knows() {
    let rulebook = load_files(&files(&base()), None).0.unwrap();
    let text = CASES.replace("revenue@2023: none", "colour: red");
    let text = text.replace("    as_of", "    policy: a\n    as_of");
    let (cases, diagnostics) = read_cases(&rulebook, "elsewhere.yaml", &text);
    assert_eq!(cases.cases.len(), 1);
    assert_eq!(cases.cases[0].given.len(), 2);
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(diagnostics[0].severity, Severity::Warning);
}

#[test]
fn currency_decides_which_money_may_be_written() {
    let mut texts = base();
    let pounds = POLICY.replace("rd_expense * 0.1", "money(5)");
    texts[2].1 = &pounds;
    texts.push(("rulebook.yaml", "currency: GBP\n"));
    assert!(codes(&texts).is_empty());
    let yuan = POLICY.replace("rd_expense * 0.1", "yuan(5)");
    texts[2].1 = &yuan;
    assert_eq!(codes(&texts), ["unit::currency"]);
}

#[test]
fn mutated_rule_files_never_panic() {
    // Every byte of the sound files is cut away, doubled or replaced once, in turns.
    let base = base();
    for (place, (path, text)) in base.iter().enumerate() {
        for (step, (at, _)) in text.char_indices().enumerate() {
            if step % 3 != place % 3 {
                continue;
            }
            let (before, after) = text.split_at(at);
            let mut rest = after.chars();
            rest.next();
            let changed = match step % 4 {
                0 => before.to_owned(),
                1 => format!("{before}{}", rest.as_str()),
                2 => format!("{before}'{after}"),
                _ => format!("{before}({}", rest.as_str()),
            };
            let mut texts = base.clone();
            texts[place] = (path, &changed);
            let (_, diagnostics) = load_files(&files(&texts), None);
            crate::render(&diagnostics);
        }
    }
}

/// What is said of files that stand beside the sound ones, with its code.
fn messages(further: &[(&str, &str)]) -> Vec<String> {
    let mut texts = base();
    texts.retain(|(path, _)| further.iter().all(|(other, _)| path != other));
    texts.extend(further);
    load_every_zone(&files(&texts))
        .diagnostics
        .iter()
        .map(|diagnostic| format!("{} {}", diagnostic.code, diagnostic.message))
        .collect()
}

#[test]
fn a_policy_has_a_bit_for_each_clause() {
    let clauses: Vec<String> = (0..65)
        .map(|n| format!("{{id: c{n}, when: revenue > yuan({n})}}"))
        .collect();
    let text = |count: usize| {
        format!(
            "policy: many\nsubject: enterprise\nin_force: {{from: 2020-01-01}}\nbenefit: {{kind: title}}\nclauses: [{}]\n",
            clauses[..count].join(", ")
        )
    };
    let path = "cn/policies/tax/many.yaml";
    assert_eq!(
        messages(&[(path, &text(64))]),
        ["unused::cases the policy `many` has no case"]
    );
    assert_eq!(
        messages(&[(path, &text(65))]),
        ["policy::clauses a policy has at most 64 clauses, this one 65"]
    );
}

#[test]
fn a_case_expects_what_its_target_gives() {
    let expecting = |expect: &str| {
        let text = CASES.replace("{verdict: eligible, amount: 0.50}", expect);
        messages(&[("cn/policies/tax/a.cases.yaml", &text)])
    };
    assert_eq!(
        expecting("{verdict: eligible, level: four}"),
        ["form::key a policy gives no `level`"]
    );
    assert_eq!(
        expecting("{failed: [intensty], gaps: {intensity: 0, other: null}}"),
        [
            "name::unknown there is no clause `intensty`",
            "name::unknown there is no clause `other`"
        ]
    );
    assert!(expecting("{failed: [], missing: [], gaps: {intensity: 0}, saves: 0.50}").is_empty());
}

#[test]
fn a_definition_is_a_rules() {
    let text = CASES.replace(
        "revenue@2023: none",
        "\"revenue[b]\": 1, \"revenue[a]@2023\": 2",
    );
    assert_eq!(
        messages(&[("cn/policies/tax/a.cases.yaml", &text)]),
        ["name::unknown `b` is no policy whose definition could be meant"]
    );
}

#[test]
fn a_case_of_a_zone_that_is_not_there_is_told() {
    let text = CASES.replace("    as_of", "    zone: wets\n    as_of");
    let local = ("zones/west/v.yaml", "variables: {}\n");
    assert_eq!(
        messages(&[("cn/policies/tax/a.cases.yaml", &text), local]),
        ["zone::unknown there are no local rules of `wets`"]
    );
}

#[test]
fn cases_are_about_what_stands_beside_them() {
    let card = "scorecard: a\nitems: [{id: one, value: revenue / yuan(1), weight: 1, score: 5}]\n";
    let cases = "cases:
  - {name: of the card, as_of: 2024-12-31, given: {revenue: 1}, expect: {score: 5}}
  - {name: of the policy, policy: a, as_of: 2024-12-31, given: {}, expect: {verdict: unknown}}
";
    let mut texts = base();
    texts.push(("cn/scorecards/a.yaml", card));
    texts.push(("cn/scorecards/a.cases.yaml", cases));
    let rulebook = load_files(&files(&texts), None).0.unwrap();
    let targets: Vec<_> = rulebook.cases().map(|case| case.target.clone()).collect();
    let policy = || Target::Policy("a".to_owned());
    assert_eq!(
        targets,
        [policy(), Target::Scorecard("a".to_owned()), policy()]
    );
}

#[test]
fn a_gap_between_values_is_told_unless_a_note_says_why() {
    let dated = |more: &str| {
        format!(
            "parameters:
  floor:
    type: ratio
    values:
      - {{from: 2022-01-01, value: 0.05{more}}}
      - {{from: 2020-01-01, until: 2020-12-31, value: 0.04}}
"
        )
    };
    let path = "cn/parameters/p.yaml";
    assert_eq!(
        messages(&[(path, &dated(""))]),
        ["dates::gap nothing holds from 2021-01-01 to 2021-12-31"]
    );
    assert!(messages(&[(path, &dated(", note: 停征一年"))]).is_empty());
    let next = dated("").replace("until: 2020-12-31", "until: 2021-12-31");
    assert!(messages(&[(path, &next)]).is_empty());
}

#[test]
fn only_rules_about_the_same_kind_of_subject_are_asked() {
    let facts = "variables:
  principal: {subject: loan, type: money}
";
    let loan = "policy: loan
subject: loan
in_force: {from: 2020-01-01}
clauses: [{id: owner, when: verdict('a') = 'eligible'}]
benefit: {kind: subsidy, amount: principal * 0.01}
";
    let asked = "policy: asks
subject: enterprise
in_force: {from: 2020-01-01}
clauses: [{id: loan, when: amount('loan') > yuan(1)}]
benefit: {kind: title}
";
    let facts = ("cn/variables/l.yaml", facts);
    let loan = ("cn/policies/loan.yaml", loan);
    assert_eq!(
        messages(&[facts, loan]),
        ["unused::cases the policy `loan` has no case"]
    );
    assert_eq!(
        messages(&[facts, loan, ("cn/policies/asks.yaml", asked)]),
        ["name::subject `loan` judges loan, and this rule enterprise"]
    );
}

#[test]
fn a_group_need_not_have_a_floor_or_a_cap() {
    let card = |group: &str| {
        format!(
            "scorecard: c
groups: {{input: {{min: 1}}}}
items:
  - {{id: one, group: input, value: revenue / yuan(1), weight: 1, score: 5}}
  - {{id: two, group: {group}, value: revenue / yuan(1), weight: 1, score: 5}}
"
        )
    };
    let path = "cn/scorecards/c.yaml";
    assert!(messages(&[(path, &card("output"))]).is_empty());
    assert_eq!(
        messages(&[(path, &card("inputs"))]),
        ["name::group the group `inputs` has no floor and no cap"]
    );
}

#[test]
fn a_formula_that_is_never_used_is_told() {
    let text = "variables:
  x: {subject: enterprise, type: money, blank: zero, formula: revenue * 2}
";
    assert_eq!(
        messages(&[("cn/variables/x.yaml", text)]),
        ["variable::blank `x` is nought where it is blank, so its formula is never used"]
    );
}
