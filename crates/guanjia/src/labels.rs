//! Labels of content: what the rulebook calls each variable, its unit and its codes, in both languages.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::{SubjectKind, ValueType};
use indexmap::IndexMap;
use rust_embed::RustEmbed;
use serde::Deserialize;

use crate::words::Lang;

#[derive(RustEmbed)]
#[folder = "../../rulebook/"]
#[include = "cn/variables/*.yaml"]
#[exclude = "*.cases.yaml"]
struct RuleFiles;

/// Words in both languages.
#[derive(Debug, Clone, Deserialize)]
pub struct Label {
    zh: String,
    #[serde(default)]
    en: String,
}

impl Label {
    /// The words in a language.
    pub fn words(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }
}

/// What the rulebook says of a variable, as far as pages show it.
#[derive(Debug, Clone, Deserialize)]
pub struct Variable {
    /// What it is called.
    pub label: Label,
    subject: String,
    #[serde(rename = "type")]
    ty: String,
    /// Unit of a number, in words.
    pub unit: Option<String>,
    /// The codes it may be.
    #[serde(default)]
    pub values: IndexMap<String, Label>,
    #[serde(default)]
    period: String,
}

impl Variable {
    /// What it holds; `None` for a kind that the ledger does not know.
    pub fn value_type(&self) -> Option<ValueType> {
        ValueType::from_name(&self.ty)
    }

    /// Whether it has a value for each year or month, rather than a current one.
    pub fn is_periodic(&self) -> bool {
        !matches!(self.period.as_str(), "" | "none")
    }
}

#[derive(Deserialize)]
struct RuleFile {
    #[serde(default)]
    variables: IndexMap<String, Variable>,
}

#[derive(Default)]
struct Dictionary {
    /// By subject, in the order of the files.
    by_subject: HashMap<String, IndexMap<String, Variable>>,
}

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(read);

fn read() -> Dictionary {
    let mut dictionary = Dictionary::default();
    let mut paths: Vec<_> = RuleFiles::iter().collect();
    paths.sort();
    for path in paths {
        let Some(file) = RuleFiles::get(&path) else {
            continue;
        };
        let text = String::from_utf8_lossy(&file.data);
        match serde_saphyr::from_str::<RuleFile>(&text) {
            Ok(read) => {
                for (name, variable) in read.variables {
                    let subject = dictionary
                        .by_subject
                        .entry(variable.subject.clone())
                        .or_default();
                    subject.insert(name, variable);
                }
            }
            Err(error) => tracing::error!(path = %path, cause = %error, "labels were not read"),
        }
    }
    dictionary
}

/// The variable of this name of a kind of subject; `None` for a header that no variable fits.
pub fn variable(kind: &SubjectKind, name: &str) -> Option<&'static Variable> {
    DICTIONARY.by_subject.get(kind.as_str())?.get(name)
}

/// All variables of a kind of subject, in the order of the rulebook.
pub fn variables(kind: &SubjectKind) -> impl Iterator<Item = (&'static str, &'static Variable)> {
    DICTIONARY
        .by_subject
        .get(kind.as_str())
        .into_iter()
        .flatten()
        .map(|(name, variable)| (name.as_str(), variable))
}

/// Where a variable stands in the order of the rulebook; after all others where it is not in it.
pub fn place(kind: &SubjectKind, name: &str) -> usize {
    DICTIONARY
        .by_subject
        .get(kind.as_str())
        .and_then(|known| known.get_index_of(name))
        .unwrap_or(usize::MAX)
}

/// What a variable is called; a header that was kept as it stood is its own name.
pub fn words(kind: &SubjectKind, name: &str, lang: Lang) -> String {
    variable(kind, name).map_or_else(
        || name.to_owned(),
        |known| known.label.words(lang).to_owned(),
    )
}

/// What a code of a variable means; the code itself where the rulebook does not say.
pub fn code_words(kind: &SubjectKind, name: &str, code: &str, lang: Lang) -> String {
    variable(kind, name)
        .and_then(|known| known.values.get(code))
        .map_or_else(|| code.to_owned(), |label| label.words(lang).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_what_its_subject_says() {
        let project = words(&SubjectKind::Project, "registered_on", Lang::Zh);
        let enterprise = words(&SubjectKind::Enterprise, "registered_on", Lang::Zh);
        assert_eq!(
            (project.as_str(), enterprise.as_str()),
            ("落地注册时间", "成立日期")
        );
    }

    #[test]
    fn codes_have_words_and_unknown_ones_stand_for_themselves() {
        let stage = |code| code_words(&SubjectKind::Project, "stage", code, Lang::En);
        assert_eq!(stage("started"), "Started");
        assert_eq!(stage("elsewhere"), "elsewhere");
    }

    #[test]
    fn what_the_rulebook_does_not_know_comes_last() {
        let first = variables(&SubjectKind::Project).next().unwrap().0;
        assert_eq!(place(&SubjectKind::Project, first), 0);
        assert_eq!(place(&SubjectKind::Project, "环评批复"), usize::MAX);
    }

    #[test]
    fn a_header_that_was_kept_is_its_own_label() {
        assert_eq!(
            words(&SubjectKind::Project, "环评批复", Lang::Zh),
            "环评批复"
        );
    }
}
