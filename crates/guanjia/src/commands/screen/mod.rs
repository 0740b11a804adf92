//! `guanjia screen`: a table of subjects against the rulebook, to a table of verdicts.

mod output;
mod people;
mod summary;
mod what_if;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use domain::SubjectKind;
use engine::Rulebook;
use engine::judge::Verdict;
use engine::rulebook::ParameterValue;
use engine::run::{Cluster, Input, LongRow, Output, ScreenError, Screened, Screening};
use miette::miette;

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

/// What is screened, and how.
struct Run<'r> {
    args: &'r Args,
    kind: Kind,
    rulebook: &'r Rulebook,
    subject: SubjectKind,
    table: SubjectTable,
    runtime: tokio::runtime::Runtime,
    lang: Lang,
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    let kind = kind_of(&args.output, args.layout, lang)?;
    output::may_be_written(&args.output, &args.input, lang)?;
    args.rules.no_letter(lang)?;
    let rulebook = args.rules.load(lang)?;
    args.rules
        .known_policies(std::slice::from_ref(&rulebook), lang)?;
    let Ok(subject) = args.subject.parse::<SubjectKind>();
    RulesArgs::known_subject(&rulebook, &subject, lang)?;
    let settings = args.rules.settings(&rulebook, lang)?;
    let table = SubjectTable::open(&args.input, lang)?;
    if args.cluster.is_some() && !matches!(table.input(), Input::Parquet(_)) {
        return Err(miette!("{}", lang.t("screen-cluster-is-parquet")));
    }
    let run = Run {
        args,
        kind,
        rulebook: &rulebook,
        subject,
        table,
        runtime: place::runtime()?,
        lang,
    };
    if settings.is_empty() {
        run.plain()?;
    } else {
        run.changed(&settings)?;
    }
    Ok(Outcome::Fine)
}

type Settings = HashMap<String, ParameterValue>;

impl Run<'_> {
    /// The law as it stands.
    fn plain(&self) -> miette::Result<()> {
        let law = Settings::new();
        let screened = self.screen(&law, self.wanted().unwrap_or(Output::Rows))?;
        self.write(&screened)?;
        self.notes(&screened)?;
        say(&summary::text(
            &screened.summary,
            self.rulebook,
            self.args.rules.format,
            self.lang,
        )?);
        Ok(())
    }

    /// The law as it stands, beside the changed law, which is written.
    fn changed(&self, settings: &Settings) -> miette::Result<()> {
        let law = self.screen(&Settings::new(), Output::Rows)?;
        let changed = self.screen(settings, Output::Rows)?;
        let subjects = self.table.subjects(self.rulebook, &self.subject)?;
        let compared = what_if::compare(self.rulebook, &subjects, &self.args.rules, &law, &changed);
        if let Some(file) = self.wanted() {
            self.screen(settings, file)?;
        }
        self.write(&changed)?;
        self.notes(&changed)?;
        say(&match self.args.rules.format {
            Format::Json => summary::both_json(&law.summary, &changed.summary, &compared)?,
            Format::Text | Format::Markdown => {
                let format = Format::Text;
                let text = summary::text(&changed.summary, self.rulebook, format, self.lang)?;
                format!("{text}{}\n", compared.words(self.lang))
            }
        });
        Ok(())
    }

    /// The file that the engine writes by itself; `None` where it is made of rows here.
    fn wanted(&self) -> Option<Output> {
        let path = self.args.output.clone();
        match (self.kind, self.args.layout) {
            (Kind::Parquet, Layout::Wide) => Some(Output::WideParquet(path)),
            (Kind::Parquet, Layout::Long) => Some(Output::LongParquet(path)),
            (Kind::Csv | Kind::Xlsx, _) => None,
        }
    }

    fn screen(&self, settings: &Settings, output: Output) -> miette::Result<Screened> {
        let screening = Screening {
            rulebook: self.rulebook,
            subject: self.subject.clone(),
            as_of: self.args.rules.as_of(),
            policies: self.args.rules.policies(self.rulebook),
            set: settings.clone(),
        };
        let screened = match self.cluster(!settings.is_empty())? {
            None => {
                let input = self.table.input();
                self.runtime.block_on(screening.run(input, output))
            }
            Some(cluster) => {
                let run = screening.run_on(&cluster, &self.args.input, output);
                self.runtime.block_on(run)
            }
        };
        let screened = screened.map_err(|error| self.wrong(&error))?;
        if screened.twice {
            tell(&self.lang.t("screen-cluster-twice"));
        }
        Ok(screened)
    }

    fn wrong(&self, error: &ScreenError) -> miette::Report {
        let cluster = self.args.cluster.as_deref();
        let words = self.table.screen_words(error, &self.args.output, cluster);
        miette::Report::msg(words)
    }

    /// The cluster that was named, and what the rules are made of there: as the law stands, or changed.
    fn cluster(&self, is_changed: bool) -> miette::Result<Option<Cluster>> {
        let Some(address) = self.args.cluster.clone() else {
            return Ok(None);
        };
        let rules = &self.args.rules;
        Ok(Some(Cluster {
            address,
            files: rules.files(None, self.lang)?,
            zone: rules.zone.clone(),
            set: if is_changed {
                rules.set.clone()
            } else {
                Vec::new()
            },
        }))
    }

    /// Writes what the engine has not written itself; the names of subjects are read again, for a workbook
    /// alone.
    fn write(&self, screened: &Screened) -> miette::Result<()> {
        let subjects = match self.kind {
            Kind::Parquet => return Ok(()),
            Kind::Csv => None,
            Kind::Xlsx => Some(self.table.subjects(self.rulebook, &self.subject)?),
        };
        let names = people::Names::new(self.rulebook, subjects.as_ref(), self.lang);
        let path = &self.args.output;
        output::write(path, self.kind, screened, self.rulebook, &names, self.lang)
    }

    /// Says which cells could not be used and which columns were not read; beside the output, too.
    fn notes(&self, screened: &Screened) -> miette::Result<()> {
        self.table.tell_left_out(&screened.ignored, &screened.notes);
        for (policy, count) in savings_not_known(&screened.rows, self.rulebook) {
            let count = count.to_string();
            let values = [("policy", policy), ("count", count.as_str())];
            tell(&self.lang.with_all("screen-saves-unknown", &values));
        }
        if self.kind != Kind::Xlsx && !screened.notes.is_empty() {
            output::write_notes(&self.args.output, &screened.notes, self.lang)?;
        }
        Ok(())
    }
}

/// Of how many eligible subjects it is not known what a policy that names an amount saves: that counts as
/// nought in their combinations.
fn savings_not_known<'r>(rows: &'r [LongRow], rulebook: &Rulebook) -> BTreeMap<&'r str, usize> {
    let names_one = |id: &str| {
        let policy = rulebook.policies.get(id);
        policy.is_some_and(|policy| !policy.benefit.amount.is_empty())
    };
    let mut counts = BTreeMap::new();
    for row in rows {
        let open = row.verdict == Verdict::Eligible && row.saves.is_none();
        if open && names_one(&row.policy) {
            *counts.entry(row.policy.as_str()).or_insert(0) += 1;
        }
    }
    counts
}
