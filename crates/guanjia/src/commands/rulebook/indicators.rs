//! `guanjia rulebook indicators`: what the indicators show, of each group of a table's subjects, or of each
//! subject itself where it is one of those that an indicator is a figure of.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use domain::SubjectKind;
use engine::Rulebook;
use engine::expression::Type;
use engine::judge::{
    Binding, BindingTerms, Definitions, Facts, IndicatorResult, Judge, Select, Value, indicator,
    indicator_ranks,
};
use engine::rulebook::{Indicator, ParameterValue};
use engine::subjects::Subjects;
use miette::miette;
use serde::Serialize;

use super::rules::{Format, RulesArgs, say};
use super::subject_table::SubjectTable;
use crate::commands::figures::{Figure, pretty};
use crate::commands::{CommandResult, Outcome};
use crate::words::Lang;

#[derive(clap::Args)]
pub struct Args {
    #[arg(value_name = "INPUT")]
    input: PathBuf,
    #[arg(long, value_name = "KIND", default_value = "enterprise")]
    subject: String,
    #[arg(long, value_name = "VARIABLE")]
    by: Option<String>,
    #[command(flatten)]
    pub rules: RulesArgs,
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    args.rules.no_letter(lang)?;
    let rulebook = args.rules.load(lang)?;
    let set = args.rules.settings(&rulebook, lang)?;
    let Ok(kind) = args.subject.parse::<SubjectKind>();
    RulesArgs::known_subject(&rulebook, &kind, lang)?;
    let table = SubjectTable::open(&args.input, lang)?;
    let subjects = table.subjects(&rulebook, &kind)?;
    table.tell_left_out(&subjects.frame.ignored, &subjects.notes);
    let ground = Ground {
        rulebook: &rulebook,
        kind,
        set,
        definitions: subjects.definitions(),
        rules: &args.rules,
    };
    let groups = match &args.by {
        None => BTreeMap::from([(None, subjects.facts.iter().collect())]),
        Some(by) => ground
            .groups(by, &subjects)
            .ok_or_else(|| miette!("{}", lang.with("indicators-no-variable", by)))?,
    };
    let mut ids: Vec<&String> = rulebook.indicators.keys().collect();
    ids.sort();
    let mut rows = Vec::new();
    for id in ids {
        rows.extend(ground.shown(&rulebook.indicators[id], &subjects, &groups));
    }
    say(&match args.rules.format {
        Format::Json => pretty(&rows)?,
        Format::Text | Format::Markdown => text(&rows, &rulebook, lang),
    });
    Ok(Outcome::Fine)
}

/// The subjects by the value that they share; `None` for those of which it is not known, and where nobody
/// asked for groups.
type Grouped<'s> = BTreeMap<Option<String>, Vec<&'s Facts>>;

/// By what everything is judged.
struct Ground<'g> {
    rulebook: &'g Rulebook,
    kind: SubjectKind,
    set: HashMap<String, ParameterValue>,
    definitions: Definitions,
    rules: &'g RulesArgs,
}

impl Ground<'_> {
    fn bound(&self, select: Select<'_>) -> Binding {
        let terms = BindingTerms {
            as_of: self.rules.as_of(),
            subject: &self.kind,
            set: &self.set,
            definitions: &self.definitions,
        };
        Binding::new(self.rulebook, &terms, select)
    }

    /// The subjects by their values of a variable; `None` where they have no such variable.
    fn groups<'s>(&self, by: &str, subjects: &'s Subjects) -> Option<Grouped<'s>> {
        let binding = self.bound(Select::Variable(by));
        let (term, ty) = binding.variable?;
        let mut groups = Grouped::new();
        for facts in &subjects.facts {
            let value = Judge::new(&binding, facts).value(term);
            let group = (!value.is_null()).then(|| value.to_text(ty));
            groups.entry(group).or_default().push(facts);
        }
        Some(groups)
    }

    /// What an indicator shows; nothing where it neither is of these subjects nor made of them.
    fn shown<'r>(
        &self,
        rule: &'r Indicator,
        subjects: &Subjects,
        groups: &Grouped<'_>,
    ) -> Vec<Row<'r>> {
        let binding = self.bound(Select::Indicator(&rule.id));
        let Some(bound) = &binding.indicator else {
            return Vec::new();
        };
        let (names, results): (Vec<Option<String>>, Vec<IndicatorResult>) =
            if bound.aggregation.is_some() {
                let of_group = |members: &[&Facts]| {
                    let members = members.iter().map(|facts| Judge::new(&binding, facts));
                    indicator(rule, None, &members.collect::<Vec<_>>())
                };
                let each = groups.iter();
                each.map(|(name, members)| (name.clone(), of_group(members)))
                    .unzip()
            } else {
                let each = subjects.facts.iter();
                each.map(|facts| {
                    let result = indicator(rule, Some(&Judge::new(&binding, facts)), &[]);
                    (Some(facts.subject_id.clone()), result)
                })
                .unzip()
            };
        let ranks = indicator_ranks(rule, &results);
        let rows = names.into_iter().zip(results).zip(ranks);
        rows.map(|((group, result), rank)| Row::new(rule, group, &result, rank))
            .collect()
    }
}

/// What an indicator shows of one subject or group.
#[derive(Serialize)]
struct Row<'r> {
    indicator: &'r str,
    /// The subject's identity, or the value that the members of a group share.
    group: Option<String>,
    value: Option<Shown>,
    /// The year's growth, as a ratio.
    growth: Option<Figure>,
    /// Percentage points ahead of the reference.
    ahead_pp: Option<Figure>,
    /// The place by value among all groups.
    rank: Option<usize>,
    target: Option<Figure>,
    target_done: Option<Figure>,
    /// Percentage points ahead of the part of the year that has gone by.
    pace_pp: Option<Figure>,
    /// Up to the month from January on.
    cumulative: bool,
    counted: usize,
    open: usize,
    missing: Vec<String>,
}

/// A figure, or words where the indicator is none.
#[derive(Serialize)]
#[serde(untagged)]
enum Shown {
    Figure(Figure),
    Words(String),
}

impl<'r> Row<'r> {
    fn new(
        rule: &'r Indicator,
        group: Option<String>,
        result: &IndicatorResult,
        rank: Option<usize>,
    ) -> Self {
        let plain = |value: &Value| figure(value, Type::Number);
        Self {
            indicator: &rule.id,
            group,
            value: figure(&result.value, rule.ty)
                .map(Shown::Figure)
                .or_else(|| words(&result.value, rule.ty).map(Shown::Words)),
            growth: plain(&result.growth),
            ahead_pp: plain(&result.ahead_pp),
            rank,
            target: figure(&result.target, rule.ty),
            target_done: plain(&result.target_done),
            pace_pp: plain(&result.pace_pp),
            cumulative: rule.cumulative,
            counted: result.counted,
            open: result.open,
            missing: result.missing.iter().cloned().collect(),
        }
    }
}

fn figure(value: &Value, ty: Type) -> Option<Figure> {
    let is_number = matches!(value, Value::Number(_) | Value::Rate { .. });
    is_number.then(|| Figure::of(&value.to_text(ty)))
}

fn words(value: &Value, ty: Type) -> Option<String> {
    (!value.is_null()).then(|| value.to_text(ty))
}

fn text(rows: &[Row<'_>], rulebook: &Rulebook, lang: Lang) -> String {
    let mut text = format!("{}\n", lang.t("indicators-header"));
    for row in rows {
        let label = &rulebook.indicators[row.indicator].label;
        let figure =
            |figure: &Option<Figure>| figure.as_ref().map_or("", Figure::digits).to_owned();
        let value = match &row.value {
            None => String::new(),
            Some(Shown::Figure(figure)) => figure.digits().to_owned(),
            Some(Shown::Words(words)) => words.clone(),
        };
        let cells = [
            row.indicator.to_owned(),
            lang.pick(label.zh(), label.en()).to_owned(),
            row.group.clone().unwrap_or_default(),
            value,
            figure(&row.growth),
            figure(&row.ahead_pp),
            row.rank.map_or_else(String::new, |rank| rank.to_string()),
            figure(&row.target),
            figure(&row.target_done),
            figure(&row.pace_pp),
            row.counted.to_string(),
            row.open.to_string(),
        ];
        text.push_str(&cells.join("\t"));
        text.push('\n');
    }
    text
}
