//! The page of a policy: its law, clauses, benefit, numbers over time, data, cases and how to get it.

use std::fmt::Write as _;

use engine::expression::Expr;
use engine::rulebook::{
    BenefitKind, Channel, Field, Label, Policy, Rulebook, Sensitivity, Spans, Target, Variable,
    YearChoice,
};

use super::markdown::{
    checked, code, days, expression, legal, legal_line, list, parameter_value, section, subject,
    sure, table, title, why, word,
};
use super::reads::Reads;
use super::{Judged, PAGES};

/// The page of a policy.
pub fn page(judged: &Judged, policy: &Policy) -> String {
    let rulebook = &judged.rulebook;
    let reads = Reads::of(rulebook, policy.expressions());
    let mut text = title(&policy.name);
    text.push('\n');
    text.push_str(&table(&["about", "is"], &about(rulebook, policy)));
    if let Some(note) = &policy.provenance.note {
        let _ = writeln!(text, "\n{}", note.zh());
    }
    text.push_str(&section(
        "legal",
        &list(policy.provenance.legal.iter().map(legal)),
    ));
    text.push_str(&section("clauses", &clauses(rulebook, policy)));
    text.push_str(&section("lets", &lets(rulebook, policy)));
    text.push_str(&section("benefit", &benefit(rulebook, policy)));
    text.push_str(&section("together", &together(rulebook, policy)));
    text.push_str(&section("parameters", &parameters(rulebook, &reads)));
    text.push_str(&section("data", &data(rulebook, &reads)));
    text.push_str(&section("cases", &cases(judged, policy)));
    text.push_str(&section("guide", &guide(policy)));
    text
}

/// The word of a policy's field.
pub fn field(policy: &Policy) -> String {
    word(match policy.field {
        Field::Tax => "field-tax",
        Field::Science => "field-science",
        Field::Industry => "field-industry",
        Field::Finance => "field-finance",
        Field::Talent => "field-talent",
        Field::Employment => "field-employment",
        Field::Land => "field-land",
        Field::Other => "field-other",
    })
}

/// The spans in which it is in force.
pub fn in_force(policy: &Policy) -> String {
    let spans = policy.in_force.iter().map(|span| {
        let text = days(span.from, span.until);
        if text.is_empty() {
            word("always")
        } else {
            text
        }
    });
    spans.collect::<Vec<_>>().join("；")
}

fn about(rulebook: &Rulebook, policy: &Policy) -> Vec<Vec<String>> {
    let file = rulebook
        .sources
        .file(policy.span.file)
        .map_or("", |file| file.path.as_str());
    let confidence = policy.provenance.confidence.as_ref();
    let year = policy.year.iter().map(|dated| {
        let which = match dated.value {
            YearChoice::Current => "year-current",
            YearChoice::Previous => "year-previous",
        };
        format!(
            "{}{}",
            word(which),
            bracketed(&days(dated.from, dated.until))
        )
    });
    let year = year.collect::<Vec<_>>().join("；");
    let year = if year.is_empty() {
        word("year-current")
    } else {
        year
    };
    let authority = policy.authority.as_ref().map_or("", Label::zh).to_owned();
    let channel = policy.channel.map_or_else(String::new, |channel| {
        word(match channel {
            Channel::SelfDeclare => "channel-self-declare",
            Channel::Filing => "channel-filing",
            Channel::Recognition => "channel-recognition",
            Channel::Application => "channel-application",
            Channel::Automatic => "channel-automatic",
        })
    });
    let sure = format!("{}：{}", sure(confidence), why(confidence));
    let mut rows = vec![
        ("id", code(&policy.id)),
        ("file", code(file)),
        ("field", field(policy)),
        ("subject", subject(&policy.subject)),
        ("authority", authority),
        ("channel", channel),
        ("in-force", in_force(policy)),
        ("year", year),
        ("checked", checked(&policy.provenance)),
        (
            "sure",
            if confidence.is_some() {
                sure
            } else {
                word("sure-unsaid")
            },
        ),
    ];
    if let Some(zone) = &policy.zone {
        rows.insert(2, ("zone", zone.clone()));
    }
    rows.retain(|(_, text)| !text.is_empty());
    rows.into_iter()
        .map(|(key, text)| vec![word(key), text])
        .collect()
}

fn bracketed(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("（{text}）")
    }
}

fn clauses(rulebook: &Rulebook, policy: &Policy) -> String {
    let mut text = String::new();
    for (number, clause) in policy.clauses.iter().enumerate() {
        let span = bracketed(&days(clause.from, clause.until));
        let mark = if clause.provenance.unverified {
            word("unverified")
        } else {
            String::new()
        };
        let _ = writeln!(
            text,
            "{}. **{}** {}{span}{mark}",
            number + 1,
            clause.text.zh(),
            code(&clause.id)
        );
        text.push_str(&dated(rulebook, &clause.when, "   - "));
        if !clause.provenance.legal.is_empty() {
            let law = legal_line(&clause.provenance.legal);
            let _ = writeln!(text, "   - {}：{law}", word("legal"));
        }
        if let Some(note) = &clause.provenance.note {
            let _ = writeln!(text, "   - {}", note.zh());
        }
    }
    text
}

/// Expressions by the days on which they hold, a line each.
fn dated(rulebook: &Rulebook, spans: &Spans<Expr>, before: &str) -> String {
    spans.iter().fold(String::new(), |mut text, span| {
        let when = bracketed(&days(span.from, span.until));
        let _ = writeln!(text, "{before}{}{when}", expression(rulebook, &span.value));
        text
    })
}

fn lets(rulebook: &Rulebook, policy: &Policy) -> String {
    let lines = policy
        .lets
        .iter()
        .map(|(name, expr)| format!("{} = {}", code(name), expression(rulebook, expr)));
    list(lines)
}

fn benefit(rulebook: &Rulebook, policy: &Policy) -> String {
    let benefit = &policy.benefit;
    let kind = word(match benefit.kind {
        BenefitKind::RateReduction => "benefit-rate-reduction",
        BenefitKind::Deduction => "benefit-deduction",
        BenefitKind::Credit => "benefit-credit",
        BenefitKind::Refund => "benefit-refund",
        BenefitKind::Exemption => "benefit-exemption",
        BenefitKind::Subsidy => "benefit-subsidy",
        BenefitKind::Finance => "benefit-finance",
        BenefitKind::Title => "benefit-title",
    });
    let timing = if benefit.timing {
        word("benefit-timing")
    } else {
        String::new()
    };
    let mut text = format!("{kind}{timing}\n\n");
    let mut figure = |name: &str, spans: &Spans<Expr>| {
        if !spans.is_empty() {
            let _ = write!(text, "- {name}\n{}", dated(rulebook, spans, "  - "));
        }
    };
    figure(&word("amount"), &benefit.amount);
    if let Some(saves) = &benefit.saves {
        figure(&word("saves"), saves);
    }
    for (name, spans) in &benefit.parts {
        figure(&code(name), spans);
    }
    if let Some(note) = &benefit.note {
        let _ = writeln!(text, "\n{}", note.zh());
    }
    text
}

/// What it cannot be enjoyed with.
fn together(rulebook: &Rulebook, policy: &Policy) -> String {
    let mut lines = Vec::new();
    let name = |id: &str| {
        let label = rulebook
            .policies
            .get(id)
            .map_or("", |other| other.name.zh());
        format!("{label} {}", code(id))
    };
    for group in &policy.choose_one {
        let mut others: Vec<&str> = rulebook
            .policies
            .values()
            .filter(|other| other.id != policy.id && other.choose_one.contains(group))
            .map(|other| other.id.as_str())
            .collect();
        others.sort_unstable();
        let others: Vec<String> = others.into_iter().map(name).collect();
        let values = [("group", code(group)), ("others", others.join("、"))];
        let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
        lines.push(PAGES.with_all("rulebook-docs-choose-one", &values));
    }
    let mut excluded: Vec<&str> = policy.excludes.iter().map(String::as_str).collect();
    // The relation is mutual, whichever file says so.
    for other in rulebook.policies.values() {
        if other.excludes.contains(&policy.id) {
            excluded.push(&other.id);
        }
    }
    excluded.sort_unstable();
    excluded.dedup();
    for id in excluded {
        lines.push(PAGES.with("rulebook-docs-excludes", name(id)));
    }
    if let Some(pool) = &policy.pool {
        let limit = expression(rulebook, &pool.limit);
        let values = [
            ("pool", code(&pool.id)),
            ("limit", limit),
            ("order", pool.order.to_string()),
        ];
        let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
        lines.push(PAGES.with_all("rulebook-docs-pool", &values));
    }
    list(lines)
}

fn parameters(rulebook: &Rulebook, reads: &Reads<'_>) -> String {
    let mut rows = Vec::new();
    for name in &reads.parameters {
        let Some(parameter) = rulebook.parameters.get(*name) else {
            continue;
        };
        for dated in &parameter.values {
            let value = &dated.value;
            let span = days(dated.from, dated.until);
            rows.push(vec![
                format!("{} {}", parameter.label.zh(), code(name)),
                if span.is_empty() {
                    word("always")
                } else {
                    span
                },
                format!(
                    "{}{}",
                    parameter_value(value),
                    parameter
                        .unit
                        .as_deref()
                        .map_or_else(String::new, |unit| format!(" {unit}"))
                ),
                legal_line(&value.provenance.legal),
                checked(&value.provenance),
            ]);
        }
    }
    let columns = ["parameter", "days", "value", "legal", "checked"];
    let mut text = table(&columns, &rows);
    if !reads.parameters_below.is_empty() {
        let count = reads.parameters_below.len();
        let _ = write!(
            text,
            "
{}
",
            PAGES.with("rulebook-docs-parameters-below", count)
        );
    }
    text
}

fn data(rulebook: &Rulebook, reads: &Reads<'_>) -> String {
    let variables = reads.variables(rulebook);
    let (computed, given): (Vec<&Variable>, Vec<&Variable>) = variables
        .into_iter()
        .partition(|variable| variable.formula.is_some());
    let rows: Vec<Vec<String>> = given
        .iter()
        .map(|variable| {
            let mut from: Vec<&str> = Vec::new();
            from.extend(variable.source.as_ref().map(Label::zh));
            from.extend(variable.note.as_ref().map(Label::zh));
            let mut from = from.join("；");
            if variable.blank_is_zero {
                from = format!("{}{from}", word("blank-is-zero"));
            }
            vec![
                format!("{} {}", variable.label.zh(), code(&variable.name)),
                word(&format!("period-{}", variable.period.as_str())),
                variable
                    .unit
                    .clone()
                    .unwrap_or_else(|| word(&format!("type-{}", variable.ty))),
                sensitivity(variable),
                from,
            ]
        })
        .collect();
    let mut text = table(&["fact", "period", "type", "sensitivity", "source"], &rows);
    let rows: Vec<Vec<String>> = computed
        .iter()
        .filter_map(|variable| {
            let formula = expression(rulebook, variable.formula.as_ref()?);
            Some(vec![
                format!("{} {}", variable.label.zh(), code(&variable.name)),
                formula,
            ])
        })
        .collect();
    if !rows.is_empty() {
        let _ = writeln!(text, "\n{}\n", word("computed-intro"));
        text.push_str(&table(&["computed", "formula"], &rows));
    }
    let mut further = Vec::new();
    for id in &reads.cards {
        let label = rulebook
            .scorecards
            .get(*id)
            .map_or("", |card| card.name.zh());
        further.push(PAGES.with("rulebook-docs-reads-card", format!("{label} {}", code(id))));
    }
    for id in &reads.policies {
        let label = rulebook
            .policies
            .get(*id)
            .map_or("", |other| other.name.zh());
        further.push(PAGES.with(
            "rulebook-docs-reads-policy",
            format!("{label} {}", code(id)),
        ));
    }
    if !further.is_empty() {
        let _ = write!(text, "\n{}", list(further));
    }
    text
}

fn sensitivity(variable: &Variable) -> String {
    word(match variable.sensitivity {
        Sensitivity::Public => "sensitivity-public",
        Sensitivity::Internal => "sensitivity-internal",
        Sensitivity::Confidential => "sensitivity-confidential",
    })
}

fn cases(judged: &Judged, policy: &Policy) -> String {
    let is_meant = |target: &Target| matches!(target, Target::Policy(id) if *id == policy.id);
    let count = judged.cases(is_meant);
    let figures = [
        ("count", count.counted.to_string()),
        ("official", count.official.to_string()),
        ("doubtful", count.doubtful.to_string()),
        ("failed", count.failed.to_string()),
    ];
    let figures: Vec<(&str, &str)> = figures.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let mut text = PAGES.with_all("rulebook-docs-cases-counted", &figures);
    text.push_str("\n\n");
    let official = judged
        .reports
        .iter()
        .filter(|report| report.official && !report.doubtful && is_meant(&report.target))
        .map(|report| PAGES.with("rulebook-docs-official-case", &report.name));
    text.push_str(&list(official));
    let doubtful = judged
        .reports
        .iter()
        .filter(|report| report.doubtful && is_meant(&report.target))
        .map(|report| PAGES.with("rulebook-docs-doubtful-case", &report.name));
    text.push_str(&list(doubtful));
    text
}

fn guide(policy: &Policy) -> String {
    let guide = &policy.guide;
    let mut text = String::new();
    let mut part = |key: &str, all: Vec<&Label>| {
        if !all.is_empty() {
            let lines = list(all.into_iter().map(|label| label.zh().to_owned()));
            let _ = writeln!(text, "**{}**\n\n{lines}", word(key));
        }
    };
    part("materials", guide.materials.iter().collect());
    part("steps", guide.steps.iter().collect());
    part("deadline", guide.deadline.iter().collect());
    part("contact", guide.contact.iter().collect());
    part("notes", guide.notes.iter().collect());
    text
}
