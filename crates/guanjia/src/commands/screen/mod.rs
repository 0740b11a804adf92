//! `guanjia screen`: a table of subjects against the rulebook, to a table of verdicts.

mod output;
mod people;
mod what_if;

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use domain::SubjectKind;
use engine::Rulebook;
use engine::run::{
    Cluster, Input, Note, Output, PolicySummary, ScreenError, Screened, Screening, money_text,
};
use miette::{IntoDiagnostic, miette};
use serde_json::{Value as Json, json};

use super::rulebook::rules::{Format, RulesArgs, say, tell};
use super::rulebook::subject_table::SubjectTable;
use super::{CommandResult, Outcome, place};
use crate::words::Lang;

#[derive(clap::Args)]
pub struct Args {
    #[arg(value_name = "INPUT")]
    input: PathBuf,
    #[arg(short, long, value_name = "OUTPUT")]
    output: PathBuf,
    #[arg(long, value_name = "SUBJECT", default_value = "enterprise")]
    subject: String,
    #[arg(long, value_enum, default_value_t = Layout::Long)]
    layout: Layout,
    #[arg(long, value_name = "df://HOST:PORT")]
    cluster: Option<String>,
    #[command(flatten)]
    rules: RulesArgs,
}

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Layout {
    /// A row per subject and policy.
    Long,
    /// A row a subject, in Parquet.
    Wide,
}

/// What kind of file the output is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Xlsx,
    Csv,
    Parquet,
}

fn kind_of(path: &Path, layout: Layout, lang: Lang) -> miette::Result<Kind> {
    let ending = path
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase());
    let kind = match ending.as_deref() {
        Some("xlsx") => Kind::Xlsx,
        Some("csv") => Kind::Csv,
        Some("parquet") => Kind::Parquet,
        _ => {
            return Err(miette!(
                "{}",
                lang.with("screen-output-kind", path.display())
            ));
        }
    };
    if layout == Layout::Wide && kind != Kind::Parquet {
        return Err(miette!("{}", lang.t("screen-wide-is-parquet")));
    }
    Ok(kind)
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    let kind = kind_of(&args.output, args.layout, lang)?;
    let rulebook = args.rules.load(lang)?;
    args.rules.known_policies(&rulebook, lang)?;
    let settings = args.rules.settings(&rulebook)?;
    let subject: SubjectKind = args.subject.parse().into_diagnostic()?;
    let screening = |set| Screening {
        rulebook: &rulebook,
        subject: subject.clone(),
        as_of: args.rules.as_of(),
        policies: args.rules.policy.clone(),
        set,
    };
    let wanted = match (kind, args.layout) {
        (Kind::Parquet, Layout::Wide) => Output::WideParquet(args.output.clone()),
        (Kind::Parquet, Layout::Long) if settings.is_empty() => {
            Output::LongParquet(args.output.clone())
        }
        _ => Output::Rows,
    };
    let runtime = place::runtime()?;
    let run = |screening: &Screening<'_>, output| -> miette::Result<Screened> {
        let input = SubjectTable::open(&args.input, lang)?.input;
        let screened = match cluster(args, !screening.set.is_empty(), lang)? {
            None => runtime.block_on(screening.run(input, output)),
            Some(_) if !matches!(input, Input::Parquet(_)) => {
                return Err(miette!("{}", lang.t("screen-cluster-is-parquet")));
            }
            Some(cluster) => runtime.block_on(screening.run_on(&cluster, &args.input, output)),
        };
        screened.map_err(|error| match error {
            ScreenError::Compares => miette!("{}", lang.t("screen-cluster-compares")),
            other => miette::Report::msg(other),
        })
    };
    if settings.is_empty() {
        let screened = run(&screening(settings), wanted)?;
        write(args, kind, &screened, &rulebook, lang)?;
        notes(&args.output, kind, &screened, lang)?;
        say(&summary_text(
            &screened.summary,
            &rulebook,
            args.rules.format,
            lang,
        )?);
        return Ok(Outcome::Fine);
    }
    let law = run(&screening(std::collections::HashMap::new()), Output::Rows)?;
    let changed = run(&screening(settings.clone()), Output::Rows)?;
    match (kind, args.layout) {
        (_, Layout::Wide) => {
            run(
                &screening(settings),
                Output::WideParquet(args.output.clone()),
            )?;
        }
        (Kind::Parquet, Layout::Long) => {
            run(
                &screening(settings),
                Output::LongParquet(args.output.clone()),
            )?;
        }
        _ => write(args, kind, &changed, &rulebook, lang)?,
    }
    notes(&args.output, kind, &changed, lang)?;
    say_both(args, &rulebook, &subject, &law, &changed, lang)?;
    Ok(Outcome::Fine)
}

/// Writes the output; the names of subjects are read again, for a workbook alone.
fn write(
    args: &Args,
    kind: Kind,
    screened: &Screened,
    rulebook: &Rulebook,
    lang: Lang,
) -> miette::Result<()> {
    let subjects = match kind {
        Kind::Xlsx => {
            let subject: SubjectKind = args.subject.parse().into_diagnostic()?;
            Some(SubjectTable::open(&args.input, lang)?.subjects(rulebook, &subject)?)
        }
        Kind::Csv | Kind::Parquet => None,
    };
    let names = people::Names::new(rulebook, subjects.as_ref(), lang);
    output::write(&args.output, kind, screened, rulebook, &names, lang)
}

/// The cluster that was named, and what the rules are made of there: as the law stands, or changed.
fn cluster(args: &Args, is_changed: bool, lang: Lang) -> miette::Result<Option<Cluster>> {
    let Some(address) = args.cluster.clone() else {
        return Ok(None);
    };
    Ok(Some(Cluster {
        address,
        files: args.rules.files(None, lang)?,
        zone: args.rules.zone.clone(),
        set: if is_changed {
            args.rules.set.clone()
        } else {
            Vec::new()
        },
    }))
}

/// Says what the changed law does beside the law as it stands.
fn say_both(
    args: &Args,
    rulebook: &Rulebook,
    subject: &SubjectKind,
    law: &Screened,
    changed: &Screened,
    lang: Lang,
) -> miette::Result<()> {
    let subjects = SubjectTable::open(&args.input, lang)?.subjects(rulebook, subject)?;
    let compared = what_if::compare(rulebook, &subjects, &args.rules, law, changed);
    if args.rules.format == Format::Json {
        let found = json!({
            "law": summary_json(&law.summary),
            "changed": summary_json(&changed.summary),
            "gainers": compared.gainers,
            "losers": compared.losers,
            "by": compared.by,
        });
        say(&format!("{}\n", pretty(&found)?));
        return Ok(());
    }
    let (gainers, losers) = (compared.gainers.to_string(), compared.losers.to_string());
    let values = [("gainers", gainers.as_str()), ("losers", losers.as_str())];
    let mut text = summary_text(&changed.summary, rulebook, Format::Text, lang)?;
    text.push_str(&lang.with_all("screen-gainers", &values));
    text.push('\n');
    say(&text);
    Ok(())
}

fn pretty(value: &Json) -> miette::Result<String> {
    serde_json::to_string_pretty(value).into_diagnostic()
}

fn summary_json(summary: &[PolicySummary]) -> Json {
    summary
        .iter()
        .map(|row| {
            json!({
                "policy": row.policy,
                "eligible": row.eligible,
                "ineligible": row.ineligible,
                "unknown": row.unknown,
                "not_in_force": row.not_in_force,
                "amount": money_text(row.amount),
                "saves": money_text(row.saves),
                "saves_chosen": money_text(row.saves_chosen),
            })
        })
        .collect()
}

fn summary_text(
    summary: &[PolicySummary],
    rulebook: &Rulebook,
    format: Format,
    lang: Lang,
) -> miette::Result<String> {
    if format == Format::Json {
        return Ok(format!("{}\n", pretty(&summary_json(summary))?));
    }
    let mut text = format!("{}\n", lang.t("screen-summary-header"));
    for row in summary {
        let name = rulebook
            .policies
            .get(&row.policy)
            .map_or("", |policy| lang.pick(policy.name.zh(), policy.name.en()));
        let line = format!(
            "{}\t{name}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
            row.policy,
            row.eligible,
            row.ineligible,
            row.unknown,
            row.not_in_force,
            money_text(row.amount),
            money_text(row.saves),
            money_text(row.saves_chosen),
        );
        text.push_str(&line);
    }
    Ok(text)
}

/// Says which cells could not be used and which columns were not read; beside the output, too.
fn notes(output: &Path, kind: Kind, screened: &Screened, lang: Lang) -> miette::Result<()> {
    if !screened.ignored.is_empty() {
        tell(&lang.with("screen-ignored", screened.ignored.join(", ")));
    }
    for note in &screened.notes {
        tell(&note_text(note, lang));
    }
    if kind != Kind::Xlsx && !screened.notes.is_empty() {
        output::write_notes(output, &screened.notes)?;
    }
    Ok(())
}

fn note_text(note: &Note, lang: Lang) -> String {
    let row = note.row.to_string();
    let values = [
        ("row", row.as_str()),
        ("column", note.column.as_str()),
        ("value", note.value.as_str()),
        ("reason", note.reason.as_str()),
    ];
    lang.with_all("screen-note", &values)
}
