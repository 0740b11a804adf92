//! `guanjia rulebook list`: policies, parameters, variables.

use clap::ValueEnum;
use engine::rulebook::{InForce, Label, ParameterType, ParameterValue, Rulebook};
use serde_json::{Value, json};

use super::rules::{Format, RulesArgs, say};
use crate::commands::{CommandResult, Outcome};
use crate::words::Lang;

#[derive(clap::Args)]
pub struct Args {
    #[arg(value_enum, value_name = "WHAT", default_value_t = What::Policies)]
    pub what: What,
    #[command(flatten)]
    pub rules: RulesArgs,
}

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// Policies.
    Policies,
    /// Parameters.
    Parameters,
    /// Variables.
    Variables,
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    args.rules.no_letter(lang)?;
    let rulebook = args.rules.load(lang)?;
    args.rules
        .known_policies(std::slice::from_ref(&rulebook), lang)?;
    let rows = match args.what {
        What::Policies => policies(&rulebook, args, lang),
        What::Parameters => parameters(&rulebook, args, lang),
        What::Variables => variables(&rulebook, lang),
    };
    if args.rules.format == Format::Json {
        let all: Vec<&Value> = rows.iter().map(|row| &row.json).collect();
        let text = serde_json::to_string_pretty(&all).unwrap_or_default();
        say(&format!("{text}\n"));
    } else {
        let lines: Vec<String> = rows.iter().map(|row| row.text.join("  ")).collect();
        if !lines.is_empty() {
            say(&format!("{}\n", lines.join("\n")));
        }
    }
    Ok(Outcome::Fine)
}

struct Row {
    key: String,
    text: Vec<String>,
    json: Value,
}

fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    rows
}

/// Words in both languages, as JSON.
pub fn label_json(label: &Label) -> Value {
    json!({"zh": label.zh(), "en": label.en()})
}

fn policies(rulebook: &Rulebook, args: &Args, lang: Lang) -> Vec<Row> {
    let as_of = args.rules.as_of();
    let named = args.rules.policies(rulebook);
    let wanted = |id: &String| named.is_empty() || named.contains(id);
    let rows = rulebook
        .policies
        .values()
        .filter(|policy| wanted(&policy.id))
        .map(|policy| {
            let in_force = policy.is_in_force(as_of);
            let spans: Vec<String> = policy.in_force.iter().map(span_text).collect();
            let mark = lang.t(if in_force {
                "rulebook-in-force"
            } else {
                "rulebook-not-in-force"
            });
            Row {
                key: policy.id.clone(),
                text: vec![
                    policy.id.clone(),
                    lang.pick(policy.name.zh(), policy.name.en()).to_owned(),
                    spans.join(", "),
                    mark,
                ],
                json: json!({
                    "policy": policy.id,
                    "name": label_json(&policy.name),
                    "subject": policy.subject.to_string(),
                    "zone": policy.zone,
                    "in_force": policy.in_force.iter().map(span_json).collect::<Vec<_>>(),
                    "is_in_force": in_force,
                    "clauses": policy.clauses.len(),
                    "verified": !engine::explain::is_unverified(policy),
                    "checked": policy.provenance.checked.map(|day| day.to_string()),
                }),
            }
        })
        .collect();
    sorted(rows)
}

fn span_text(span: &InForce) -> String {
    let day = |day: Option<chrono::NaiveDate>| day.map_or(String::new(), |day| day.to_string());
    format!("{}..{}", day(span.from), day(span.until))
}

fn span_json(span: &InForce) -> Value {
    json!({
        "from": span.from.map(|day| day.to_string()),
        "until": span.until.map(|day| day.to_string()),
    })
}

fn parameters(rulebook: &Rulebook, args: &Args, lang: Lang) -> Vec<Row> {
    let as_of = args.rules.as_of();
    let rows = rulebook
        .parameters
        .values()
        .map(|parameter| {
            let ty = match &parameter.ty {
                ParameterType::Scalar(ty) => ty.to_string(),
                ParameterType::Table(from, value) => format!("table of {from}, {value}"),
            };
            let now = parameter.values.on(as_of).map(value_text);
            let values: Vec<Value> = parameter
                .values
                .iter()
                .map(|span| {
                    json!({
                        "from": span.from.map(|day| day.to_string()),
                        "until": span.until.map(|day| day.to_string()),
                        "value": value_text(&span.value),
                    })
                })
                .collect();
            Row {
                key: parameter.name.clone(),
                text: vec![
                    format!("p.{}", parameter.name),
                    lang.pick(parameter.label.zh(), parameter.label.en())
                        .to_owned(),
                    ty.clone(),
                    now.clone()
                        .unwrap_or_else(|| lang.t("rulebook-not-in-force")),
                ],
                json: json!({
                    "parameter": parameter.name,
                    "label": label_json(&parameter.label),
                    "type": ty,
                    "value": now,
                    "values": values,
                }),
            }
        })
        .collect();
    sorted(rows)
}

fn value_text(value: &ParameterValue) -> String {
    if let Some(scalar) = &value.scalar {
        scalar.to_string()
    } else {
        let rows: Vec<String> = value
            .rows
            .iter()
            .map(|(from, to)| format!("[{from}, {to}]"))
            .collect();
        format!("[{}]", rows.join(", "))
    }
}

fn variables(rulebook: &Rulebook, lang: Lang) -> Vec<Row> {
    let rows = rulebook
        .variables
        .values()
        .map(|variable| Row {
            key: format!("{} {}", variable.subject, variable.name),
            text: vec![
                variable.subject.to_string(),
                variable.name.clone(),
                lang.pick(variable.label.zh(), variable.label.en())
                    .to_owned(),
                variable.ty.to_string(),
                variable.period.as_str().to_owned(),
            ],
            json: json!({
                "variable": variable.name,
                "subject": variable.subject.to_string(),
                "label": label_json(&variable.label),
                "type": variable.ty.to_string(),
                "period": variable.period.as_str(),
                "computed": variable.formula.is_some(),
                "blank_is_zero": variable.blank_is_zero,
            }),
        })
        .collect();
    sorted(rows)
}
