//! What the commands that read the rulebook have in common: which rulebook, zone, date, changed law.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::ValueEnum;
use domain::SubjectKind;
use engine::judge::{BadValue, SetError, read_setting};
use engine::rulebook::ParameterValue;
use engine::{Diagnostic, RuleFiles, Rulebook, Severity};
use miette::miette;
use rust_embed::RustEmbed;

use crate::clock;
use crate::words::Lang;

/// The rulebook that the program brings with it.
#[derive(RustEmbed)]
#[folder = "../../rulebook/"]
#[include = "*.yaml"]
#[include = "*.csv"]
struct BuiltIn;

/// The folder that is read where none is named.
const DEFAULT_FOLDER: &str = "rulebook";

/// Which rules are applied.
#[derive(clap::Args, Debug, Clone, Default)]
pub struct RulesArgs {
    #[arg(long, value_name = "DIR")]
    pub rulebook: Option<PathBuf>,
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<NaiveDate>,
    #[arg(long = "policy", value_name = "ID")]
    pub policy: Vec<String>,
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// In which form results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    #[value(alias = "table")]
    Text,
    /// For programs.
    Json,
    /// For a letter; `explain` alone.
    Markdown,
}

impl RulesArgs {
    /// The assessment date: what was given, else today.
    pub fn as_of(&self) -> NaiveDate {
        self.as_of.unwrap_or_else(clock::today)
    }

    /// The rule files: of `dir`, else of `--rulebook`, else of `./rulebook`, else those built in.
    pub fn files(&self, dir: Option<&Path>, lang: Lang) -> miette::Result<RuleFiles> {
        let named = dir.or(self.rulebook.as_deref());
        let default = Path::new(DEFAULT_FOLDER);
        let dir = match named {
            Some(dir) if !dir.is_dir() => {
                return Err(miette!(
                    "{}",
                    lang.with("rulebook-no-folder", dir.display())
                ));
            }
            Some(dir) => dir,
            None if default.is_dir() => default,
            None => return Ok(built_in()),
        };
        RuleFiles::read(dir).map_err(|error| {
            let (file, why) = (
                error.path.display().to_string(),
                system_words(&error.source, lang),
            );
            let values = [("file", file.as_str()), ("why", why.as_str())];
            miette!("{}", lang.with_all("rulebook-not-read", &values))
        })
    }

    /// The rulebook of the zone that was named, or the national one; a file that is wrong ends the
    /// command.
    pub fn load(&self, lang: Lang) -> miette::Result<Rulebook> {
        let files = self.files(None, lang)?;
        self.known_zone(&files, lang)?;
        let (rulebook, diagnostics) = engine::load_files(&files, self.zone.as_deref());
        rulebook.ok_or_else(|| {
            let wrong: Vec<Diagnostic> = diagnostics
                .into_iter()
                .filter(|diagnostic| diagnostic.severity == Severity::Error)
                .collect();
            miette!(
                "{}\n{}",
                lang.t("rulebook-cannot-be-used"),
                engine::render(&wrong)
            )
        })
    }

    /// Says so where a zone is named that there are no local rules for.
    pub fn known_zone(&self, files: &RuleFiles, lang: Lang) -> miette::Result<()> {
        let zones = files.zones();
        match &self.zone {
            Some(zone) if !zones.contains(zone) => {
                let known = zones.join(", ");
                let values = [("value", zone.as_str()), ("known", known.as_str())];
                Err(miette!("{}", lang.with_all("rulebook-no-zone", &values)))
            }
            _ => Ok(()),
        }
    }

    /// Parameters that are put in the place of the law's.
    pub fn settings(
        &self,
        rulebook: &Rulebook,
        lang: Lang,
    ) -> miette::Result<HashMap<String, ParameterValue>> {
        let read = |setting: &String| {
            read_setting(rulebook, setting).map_err(|error| miette!("{}", set_words(&error, lang)))
        };
        self.set.iter().map(read).collect()
    }

    /// Says so where the rulebook knows no subjects of this kind.
    pub fn known_subject(
        rulebook: &Rulebook,
        kind: &SubjectKind,
        lang: Lang,
    ) -> miette::Result<()> {
        let of_variables = rulebook.variables.keys().map(|key| &key.subject);
        let of_policies = rulebook.policies.values().map(|policy| &policy.subject);
        let known: BTreeSet<&str> = of_variables
            .chain(of_policies)
            .map(SubjectKind::as_str)
            .collect();
        if known.contains(kind.as_str()) {
            return Ok(());
        }
        let known: Vec<&str> = known.into_iter().collect();
        let (kind, known) = (kind.as_str(), known.join(", "));
        let values = [("value", kind), ("known", known.as_str())];
        Err(miette!("{}", lang.with_all("rulebook-no-subject", &values)))
    }

    /// The policies that were named, as they are called in this rulebook: a zone's rule of another id may
    /// have taken a national one's place. Empty where none was named.
    pub fn policies(&self, rulebook: &Rulebook) -> Vec<String> {
        let current = |id: &String| rulebook.current(id).to_owned();
        self.policy.iter().map(current).collect()
    }

    /// Says so where a policy is named that none of the rulebooks has.
    pub fn known_policies(&self, rulebooks: &[Rulebook], lang: Lang) -> miette::Result<()> {
        let is_known = |id: &&String| {
            let mut each = rulebooks.iter();
            each.any(|rulebook| rulebook.policies.contains_key(rulebook.current(id)))
        };
        match self.policy.iter().find(|id| !is_known(id)) {
            Some(id) => Err(miette!("{}", lang.with("rulebook-no-policy", id))),
            None => Ok(()),
        }
    }

    /// Says so where a letter is asked for that only an explanation is.
    pub fn no_letter(&self, lang: Lang) -> miette::Result<()> {
        match self.format {
            Format::Markdown => Err(miette!("{}", lang.t("rulebook-no-letter"))),
            Format::Text | Format::Json => Ok(()),
        }
    }
}

/// The rule files that the program brings with it.
pub fn built_in() -> RuleFiles {
    RuleFiles::from_texts(BuiltIn::iter().filter_map(|path| {
        let file = BuiltIn::get(&path)?;
        Some((
            path.into_owned(),
            String::from_utf8_lossy(&file.data).into_owned(),
        ))
    }))
}

/// Why `--set` cannot be used, in words.
fn set_words(error: &SetError, lang: Lang) -> String {
    match error {
        SetError::NotASetting(text) => lang.with("rulebook-set-form", text),
        SetError::Unknown {
            name,
            nearest: None,
        } => lang.with("rulebook-set-unknown", name),
        SetError::Unknown {
            name,
            nearest: Some(nearest),
        } => {
            let values = [("name", name.as_str()), ("nearest", nearest.as_str())];
            lang.with_all("rulebook-set-nearest", &values)
        }
        SetError::WrongType { name, wanted, text } => {
            let values = [
                ("name", name.as_str()),
                ("wanted", wanted.as_str()),
                ("text", text.as_str()),
            ];
            lang.with_all("rulebook-set-type", &values)
        }
    }
}

/// Why a cell cannot be used, in words.
pub fn unusable_words(why: BadValue, lang: Lang) -> String {
    lang.t(&format!("explain-{}", why.as_str().replace('_', "-")))
}

/// Why the system refuses a file, in words; in its own where it is none of the usual reasons.
pub fn system_words(error: &std::io::Error, lang: Lang) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => lang.t("system-not-found"),
        ErrorKind::PermissionDenied => lang.t("system-not-allowed"),
        ErrorKind::IsADirectory => lang.t("system-is-folder"),
        ErrorKind::NotADirectory => lang.t("system-no-folder"),
        ErrorKind::StorageFull => lang.t("system-full"),
        _ => error.to_string(),
    }
}

/// Writes results to standard output; a reader that has gone away is no error.
pub fn say(text: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    // Whoever closed the pipe does not want the rest.
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

/// Writes talk to standard error.
pub fn tell(text: &str) {
    use std::io::Write as _;
    drop(writeln!(std::io::stderr(), "{text}"));
}
