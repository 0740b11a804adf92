//! The index with how sure we are of each policy, and the coverage of clauses by cases.

use std::fmt::Write as _;

use engine::rulebook::{Policy, Target};

use super::markdown::{code, section, sure, table, why, word};
use super::policy_page::{field, in_force};
use super::{Judged, PAGES, place_of};

/// The index page.
pub fn index(national: &Judged, zones: &[Judged]) -> String {
    let rulebook = &national.rulebook;
    let all = national.cases(|_| true);
    let figures = [
        ("policies", rulebook.policies.len()),
        ("cards", rulebook.scorecards.len()),
        ("lights", rulebook.lights.len()),
        ("indicators", rulebook.indicators.len()),
        ("titles", rulebook.recognitions.len()),
        ("variables", rulebook.variables.len()),
        ("parameters", rulebook.parameters.len()),
        ("cases", all.counted),
        ("official", all.official),
    ]
    .map(|(key, count)| (key, count.to_string()));
    let figures: Vec<(&str, &str)> = figures.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let mut text = format!("# {}\n\n*{}*\n\n", word("title"), word("title-en"));
    let _ = writeln!(
        text,
        "{}\n",
        PAGES.with_all("rulebook-docs-intro", &figures)
    );
    let _ = writeln!(text, "{}", word("other-pages"));
    text.push_str(&section("sure-table", &sure_table(national)));
    for zone in zones {
        let name = zone.rulebook.zone.as_deref().unwrap_or_default();
        let _ = writeln!(
            text,
            "\n## {}\n",
            PAGES.with("rulebook-docs-zone-rules", name)
        );
        text.push_str(&sure_table(zone));
    }
    text.push_str(&section("unverified-facts", &unverified(national)));
    text
}

fn link(policy: &Policy) -> String {
    format!("[{}]({})", policy.name.zh(), place_of(policy))
}

/// How sure we are of each policy, and why.
fn sure_table(judged: &Judged) -> String {
    let mut policies = judged.policies();
    policies.sort_by_key(|policy| (policy.field as u8, policy.id.clone()));
    let rows: Vec<Vec<String>> = policies
        .into_iter()
        .map(|policy| {
            let confidence = policy.provenance.confidence.as_ref();
            let cases =
                judged.cases(|target| matches!(target, Target::Policy(id) if *id == policy.id));
            vec![
                field(policy),
                format!("{} {}", link(policy), code(&policy.id)),
                in_force(policy),
                policy.clauses.len().to_string(),
                format!("{} / {}", cases.counted, cases.official),
                sure(confidence),
                why(confidence),
            ]
        })
        .collect();
    let columns = [
        "field",
        "policy",
        "in-force",
        "clauses-count",
        "cases-official",
        "sure",
        "why",
    ];
    table(&columns, &rows)
}

/// Numbers of the law that nobody has seen in the law.
fn unverified(judged: &Judged) -> String {
    let mut rows = Vec::new();
    for parameter in judged.rulebook.parameters.values() {
        for dated in &parameter.values {
            let provenance = &dated.value.provenance;
            let seen = provenance.legal.iter().all(|legal| legal.verified);
            if provenance.unverified || parameter.provenance.unverified || !seen {
                rows.push(vec![
                    code(&parameter.name),
                    parameter.label.zh().to_owned(),
                    super::markdown::days(dated.from, dated.until),
                    super::markdown::parameter_value(&dated.value),
                ]);
            }
        }
    }
    rows.sort();
    table(&["parameter", "label", "days", "value"], &rows)
}

/// The coverage page.
pub fn coverage(national: &Judged, zones: &[Judged]) -> String {
    let mut text = format!("# {}\n\n*{}*\n\n", word("coverage"), word("coverage-en"));
    let _ = writeln!(text, "{}", word("coverage-intro"));
    let mut unseen = Vec::new();
    let mut unreachable = Vec::new();
    let mut counted = Vec::new();
    for judged in std::iter::once(national).chain(zones) {
        for policy in judged.policies() {
            let mut full = 0_usize;
            for (clause, states) in judged.coverage.of(policy) {
                let place = || vec![link(policy), code(clause)];
                let open = [
                    (!states.seen_true, "state-true"),
                    (!states.seen_false, "state-false"),
                    (
                        !states.seen_unknown && states.never_unknown.is_none(),
                        "state-unknown",
                    ),
                ];
                let before = unseen.len();
                for (_, state) in open.iter().filter(|(open, _)| *open) {
                    let mut row = place();
                    row.push(word(state));
                    unseen.push(row);
                }
                full += usize::from(unseen.len() == before);
                if let Some(reason) = states.never_unknown.filter(|_| !states.seen_unknown) {
                    let mut row = place();
                    row.push(word("state-unknown"));
                    row.push(word(&format!(
                        "reason-{}",
                        reason.as_str().replace('_', "-")
                    )));
                    unreachable.push(row);
                }
            }
            let cases =
                judged.cases(|target| matches!(target, Target::Policy(id) if *id == policy.id));
            counted.push(vec![
                link(policy),
                format!("{full} / {}", policy.clauses.len()),
                cases.counted.to_string(),
            ]);
        }
    }
    let open = table(&["policy", "clause", "state"], &unseen);
    let open = if open.is_empty() {
        word("unseen-none")
    } else {
        open
    };
    text.push_str(&section("unseen", &open));
    let columns = ["policy", "clause", "state", "reason"];
    text.push_str(&section("unreachable", &table(&columns, &unreachable)));
    let columns = ["policy", "clauses-full", "cases"];
    text.push_str(&section("coverage-by-policy", &table(&columns, &counted)));
    text
}
