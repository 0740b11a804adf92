//! `guanjia rulebook docs`: pages about the rules, made from the rule files, so that they cannot differ from them.

mod index_page;
mod markdown;
mod policy_page;
mod reads;
mod sheets;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use engine::cases::{CaseReport, Coverage, Runner};
use engine::rulebook::{Policy, Rulebook, Target};
use engine::{Diagnostic, RuleFiles, Severity};
use miette::{IntoDiagnostic, WrapErr, miette};

use super::rules::{RulesArgs, say};
use crate::commands::{CommandResult, Outcome};
use crate::words::Lang;

/// The language of the pages: that of the law. Their titles are in English, too.
const PAGES: Lang = Lang::Zh;

#[derive(clap::Args)]
pub struct Args {
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    #[arg(long)]
    pub rulebook: Option<PathBuf>,
}

/// Pages by their path below the output folder.
type Pages = BTreeMap<String, String>;

/// A rulebook with what its cases came to.
struct Judged {
    rulebook: Rulebook,
    reports: Vec<CaseReport>,
    coverage: Coverage,
}

/// The cases of something: how many, how many of them official, how many in doubt.
#[derive(Default, Clone, Copy)]
struct CaseCount {
    counted: usize,
    official: usize,
    doubtful: usize,
    failed: usize,
}

impl Judged {
    fn new(rulebook: Rulebook) -> Self {
        let mut runner = Runner::new(&rulebook);
        let reports = runner.run_all();
        let coverage = runner.coverage().clone();
        Self {
            rulebook,
            reports,
            coverage,
        }
    }

    fn cases(&self, is_meant: impl Fn(&Target) -> bool) -> CaseCount {
        let mut count = CaseCount::default();
        for report in self
            .reports
            .iter()
            .filter(|report| is_meant(&report.target))
        {
            if report.doubtful {
                count.doubtful += 1;
                continue;
            }
            count.counted += 1;
            count.official += usize::from(report.official);
            count.failed += usize::from(!report.passes());
        }
        count
    }

    /// Its own policies by id: of a zone only those that are the zone's.
    fn policies(&self) -> Vec<&Policy> {
        let zone = &self.rulebook.zone;
        let mut own: Vec<&Policy> = self
            .rulebook
            .policies
            .values()
            .filter(|policy| policy.zone == *zone)
            .collect();
        own.sort_by(|a, b| a.id.cmp(&b.id));
        own
    }
}

/// Runs the command.
pub fn run(args: &Args, lang: Lang) -> CommandResult {
    let rules = RulesArgs {
        rulebook: args.rulebook.clone(),
        ..RulesArgs::default()
    };
    let files = rules.files(args.dir.as_deref(), lang)?;
    let pages = pages(&files, lang)?;
    let old = markdown_files(&args.output);
    for stale in old.iter().filter(|path| !pages.contains_key(*path)) {
        let path = args.output.join(stale);
        fs::remove_file(&path)
            .into_diagnostic()
            .wrap_err_with(|| path.display().to_string())?;
    }
    for (path, text) in &pages {
        let path = args.output.join(path);
        write(&path, text).wrap_err_with(|| path.display().to_string())?;
    }
    let counted = lang.with_all(
        "rulebook-docs-written",
        &[
            ("count", &pages.len().to_string()),
            ("folder", &args.output.display().to_string()),
        ],
    );
    say(&format!("{counted}\n"));
    Ok(Outcome::Fine)
}

fn write(path: &Path, text: &str) -> miette::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).into_diagnostic()?;
    }
    fs::write(path, text).into_diagnostic()
}

/// All pages of these rule files.
fn pages(files: &RuleFiles, lang: Lang) -> miette::Result<Pages> {
    let checked = engine::load_every_zone(files);
    let Some(national) = checked.national else {
        let wrong: Vec<Diagnostic> = checked
            .diagnostics
            .into_iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
            .collect();
        let words = lang.t("rulebook-cannot-be-used");
        return Err(miette!("{words}\n{}", engine::render(&wrong)));
    };
    let national = Judged::new(national);
    let zones: Vec<Judged> = checked.zones.into_values().map(Judged::new).collect();
    let mut pages = Pages::new();
    for judged in std::iter::once(&national).chain(&zones) {
        for policy in judged.policies() {
            pages.insert(place_of(policy), policy_page::page(judged, policy));
        }
    }
    pages.insert("README.md".to_owned(), index_page::index(&national, &zones));
    pages.insert(
        "coverage.md".to_owned(),
        index_page::coverage(&national, &zones),
    );
    pages.insert("scorecards.md".to_owned(), sheets::scorecards(&national));
    pages.insert("lights.md".to_owned(), sheets::lights(&national));
    pages.insert(
        "indicators.md".to_owned(),
        sheets::indicators(&national.rulebook),
    );
    Ok(pages)
}

/// The page of a policy, below the output folder.
fn place_of(policy: &Policy) -> String {
    match &policy.zone {
        None => format!("policies/{}.md", policy.id),
        Some(zone) => format!("policies/{zone}/{}.md", policy.id),
    }
}

/// The pages that a folder has, by their path in it.
fn markdown_files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(folder, "", &mut found);
    found
}

fn collect(folder: &Path, below: &str, found: &mut BTreeSet<String>) {
    // A folder that is not there yet has no pages.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), found);
        } else if name.to_lowercase().ends_with(".md") {
            found.insert(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    #[test]
    fn the_pages_in_the_project_are_those_of_its_rules() {
        let folder = root().join("docs/rulebook");
        let made = pages(
            &RuleFiles::read(&root().join("rulebook")).unwrap(),
            Lang::En,
        )
        .unwrap();
        let again = "run `guanjia rulebook docs rulebook -o docs/rulebook`";
        let names: BTreeSet<String> = made.keys().cloned().collect();
        assert_eq!(markdown_files(&folder), names, "{again}");
        let other: Vec<&String> = made
            .iter()
            .filter(|(path, text)| {
                fs::read_to_string(folder.join(path)).ok().as_ref() != Some(text)
            })
            .map(|(path, _)| path)
            .collect();
        assert!(other.is_empty(), "not current: {other:?}; {again}");
    }

    #[test]
    fn a_page_whose_policy_has_gone_goes_too() {
        let output = tempfile::tempdir().unwrap();
        let stale = output.path().join("policies/gone.md");
        write(&stale, "old").unwrap();
        let kept = output.path().join("figure.svg");
        write(&kept, "kept").unwrap();
        let args = Args {
            dir: Some(root().join("rulebook")),
            output: output.path().to_owned(),
            rulebook: None,
        };
        run(&args, Lang::Zh).unwrap();
        assert!(!stale.exists() && kept.exists());
        assert!(output.path().join("policies/hnte_cit_rate.md").exists());
    }

    /// The listings of the page, each under the name that its first line gives.
    fn listings(page: &str) -> Vec<(String, String)> {
        page.split("```yaml\n")
            .skip(1)
            .map(|rest| {
                let text = rest.split("```").next().unwrap();
                let name = text.lines().next().unwrap().trim_start_matches("# ");
                (name.to_owned(), text.to_owned())
            })
            .collect()
    }

    #[test]
    fn what_the_page_on_writing_a_policy_says_can_be_copied_as_it_stands() {
        let page = fs::read_to_string(root().join("docs/writing-a-policy.md")).unwrap();
        let listings = listings(&page);
        assert_eq!(listings.len(), 4);
        let national = RuleFiles::read(&root().join("rulebook/cn")).unwrap();
        let national = national.sources().iter().map(|(_, file)| {
            let path = format!("cn/{}", file.path);
            (path, file.text.clone())
        });
        let files = RuleFiles::from_texts(national.chain(listings));
        let (rulebook, diagnostics) = engine::load_files(&files, Some("qingshan"));
        let judged = Judged::new(rulebook.unwrap_or_else(|| panic!("{diagnostics:?}")));
        let of_the_page =
            |target: &Target| matches!(target, Target::Policy(id) if id == "qingshan_rd_reward");
        let cases = judged.cases(of_the_page);
        assert_eq!((cases.counted, cases.failed), (14, 0));
        let policy = &judged.rulebook.policies["qingshan_rd_reward"];
        let unseen = judged
            .coverage
            .of(policy)
            .filter(|(_, states)| !(states.seen_true && states.seen_false && states.seen_unknown));
        assert_eq!(
            unseen.map(|(clause, _)| clause).collect::<Vec<_>>(),
            [""; 0]
        );
    }

    #[test]
    fn rules_that_are_wrong_give_no_pages() {
        let files = RuleFiles::from_texts([("p.yaml".to_owned(), "policy: p\n".to_owned())]);
        assert!(
            pages(&files, Lang::En)
                .unwrap_err()
                .to_string()
                .contains("p.yaml")
        );
    }
}
