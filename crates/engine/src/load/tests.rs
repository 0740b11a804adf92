//! Tests of loading whole rulebooks.

use super::*;

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
