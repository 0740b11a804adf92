//! What headers may mean: the variables of a ledger with the words they go by.

mod header_time;
mod headers;
mod project_headers;
pub mod storey;

use std::collections::HashMap;

use domain::ValueType;

use crate::value::fold::compact;

pub use header_time::{HeaderTime, When, take_time};
pub use headers::HeaderMeaning;
pub use storey::HeaderUnit;

/// Which ledger a file is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerKind {
    /// One row per project.
    Projects,
    /// One row per enterprise.
    Enterprises,
    /// One row per fact, or per subject or period.
    Facts,
}

impl LedgerKind {
    /// The variables that say whom a row is about.
    pub fn identity(self) -> &'static [&'static str] {
        match self {
            Self::Projects => &["name", "code"],
            Self::Enterprises => &["name", "uscc"],
            Self::Facts => &["subject"],
        }
    }
}

/// Which stretch of time a variable's value is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodKind {
    /// A state.
    None,
    /// A year.
    Year,
    /// A year up to a month.
    ToDate,
    /// A month.
    Month,
}

/// What a variable's values measure beside their type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Nothing more is known.
    Any,
    /// An area kept in square metres.
    SquareMetres,
    /// An area kept in mu.
    Mu,
    /// A stretch of dates that fills two variables.
    Span,
    /// A unified social credit code.
    CreditCode,
    /// Codes of a list that may be longer than what is known of it.
    OpenList,
    /// Digits that are no number: a telephone, a project code.
    Identifier,
}

/// A code with the words it goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeWord {
    /// The code.
    pub code: String,
    /// Its words, folded and in lower case; the first one is the label.
    words: Vec<String>,
    label: String,
}

impl CodeWord {
    /// A code with its label and further words.
    pub fn new(code: &str, label: &str, others: &[&str]) -> Self {
        let all = [code, label];
        let words = all
            .iter()
            .chain(others)
            .map(|word| compact(word).to_lowercase())
            .collect();
        Self {
            code: code.to_owned(),
            words,
            label: label.to_owned(),
        }
    }

    /// The label.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Whether folded words mean this code.
    pub fn fits(&self, words: &str) -> bool {
        self.words.iter().any(|known| known == words)
    }
}

/// A variable that a column may hold.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name in the ledger.
    pub name: String,
    /// Its Chinese label.
    pub label_zh: String,
    /// Its English label.
    pub label_en: String,
    /// The type of its values.
    pub value_type: ValueType,
    /// Which stretch of time they are about.
    pub period: PeriodKind,
    /// What they measure.
    pub measure: Measure,
    /// Its code list; empty where it has none.
    pub codes: Vec<CodeWord>,
    /// Further headers it goes by.
    pub aliases: Vec<String>,
}

impl Variable {
    /// A variable known by its name and labels alone, as the rulebook gives it.
    pub fn new(
        name: &str,
        label_zh: &str,
        label_en: &str,
        value_type: ValueType,
        period: PeriodKind,
    ) -> Self {
        let measure = if name == "uscc" {
            Measure::CreditCode
        } else {
            Measure::Any
        };
        Self {
            name: name.to_owned(),
            label_zh: label_zh.to_owned(),
            label_en: label_en.to_owned(),
            value_type,
            period,
            measure,
            codes: Vec::new(),
            aliases: Vec::new(),
        }
    }
}

/// The variables of one ledger and the words that lead to them.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    /// Which ledger.
    pub kind: LedgerKind,
    /// The variables in the order of the contract.
    pub variables: Vec<Variable>,
    /// Folded words to the variables that go by them; more than one means that the words are in doubt.
    by_words: HashMap<String, Vec<usize>>,
    names: HashMap<String, usize>,
}

const PROJECTS: &str = include_str!("projects.tsv");
const ENTERPRISES: &str = include_str!("enterprises.tsv");
const FACTS: &str = include_str!("facts.tsv");
const CODES: &str = include_str!("codes.tsv");

/// Words that several variables go by in speech, whatever their labels say.
const IN_DOUBT: [&str; 1] = ["从业人数"];

impl Vocabulary {
    /// The project ledger.
    pub fn projects() -> Self {
        Self::of(LedgerKind::Projects, built_in(PROJECTS))
    }

    /// The enterprise ledger with the variables that several policies share.
    pub fn enterprises() -> Self {
        Self::of(LedgerKind::Enterprises, built_in(ENTERPRISES))
    }

    /// The enterprise ledger with further variables, such as a rulebook's. One of a name that is built in
    /// brings its labels and its code list; the words that are built in stay.
    pub fn enterprises_with(more: impl IntoIterator<Item = Variable>) -> Self {
        let mut variables = built_in(ENTERPRISES);
        for mut variable in more {
            match variables
                .iter_mut()
                .find(|known| known.name == variable.name)
            {
                Some(known) => {
                    known.aliases.append(&mut variable.aliases);
                    if known.codes.is_empty() {
                        known.codes = variable.codes;
                    }
                    (known.label_zh, known.label_en) = (variable.label_zh, variable.label_en);
                    (known.value_type, known.period) = (variable.value_type, variable.period);
                }
                None => variables.push(variable),
            }
        }
        Self::of(LedgerKind::Enterprises, variables)
    }

    /// A table of facts, one a row.
    pub fn facts() -> Self {
        Self::of(LedgerKind::Facts, built_in(FACTS))
    }

    /// The built-in vocabulary of a ledger.
    pub fn built_in(kind: LedgerKind) -> Self {
        match kind {
            LedgerKind::Projects => Self::projects(),
            LedgerKind::Enterprises => Self::enterprises(),
            LedgerKind::Facts => Self::facts(),
        }
    }

    /// A vocabulary of these variables.
    pub fn of(kind: LedgerKind, variables: Vec<Variable>) -> Self {
        let mut by_words: HashMap<String, Vec<usize>> = HashMap::new();
        let mut weaker: HashMap<String, Vec<usize>> = HashMap::new();
        let mut names = HashMap::new();
        for (place, variable) in variables.iter().enumerate() {
            names.insert(variable.name.clone(), place);
            // A name is a header too: `project_name`, `Project Name` and `projectname` are one word.
            let labels = [&variable.name, &variable.label_zh, &variable.label_en];
            let given = variable.aliases.iter().map(String::as_str);
            for words in labels.map(String::as_str).into_iter().chain(given) {
                add(&mut by_words, &storey::core(words), place);
                // A label without its bracket is a label too, unless another variable has it; so is one
                // of a year without the words for this year, except of projects: 计划投资 may be all of it.
                let plain = storey::core(storey::without_brackets(words).as_ref());
                if variable.period != PeriodKind::None && kind != LedgerKind::Projects {
                    add(&mut weaker, &take_time(&plain).1, place);
                }
                add(&mut weaker, &plain, place);
            }
        }
        for (words, places) in weaker {
            by_words.entry(words).or_insert(places);
        }
        for words in IN_DOUBT {
            by_words.insert(words.to_owned(), Vec::new());
        }
        Self {
            kind,
            variables,
            by_words,
            names,
        }
    }

    /// The place of the variable of this name.
    pub fn named(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    /// Whether a header is one that says whom the rows are about, word for word.
    pub fn names_subject(&self, header: &str) -> bool {
        const CHARS_MAX: usize = 24;
        if header.chars().count() > CHARS_MAX {
            return false;
        }
        let words = storey::core(header);
        let place = self.named(&words).or_else(|| self.one_by_words(&words));
        place.is_some_and(|place| {
            self.kind
                .identity()
                .contains(&self.variables[place].name.as_str())
        })
    }

    /// The one variable that goes by these folded words; `None` for none or several.
    fn one_by_words(&self, words: &str) -> Option<usize> {
        match self.by_words.get(words)?.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }
}

fn add(map: &mut HashMap<String, Vec<usize>>, words: &str, place: usize) {
    if words.is_empty() {
        return;
    }
    let places = map.entry(words.to_owned()).or_default();
    if !places.contains(&place) {
        places.push(place);
    }
}

fn built_in(table: &str) -> Vec<Variable> {
    let rows = table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    rows.map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let field = |at: usize| fields.get(at).copied().unwrap_or_default();
        let name = field(0);
        Variable {
            name: name.to_owned(),
            label_zh: field(4).to_owned(),
            label_en: field(5).to_owned(),
            value_type: ValueType::from_name(field(1)).expect("the tables name known types"),
            period: match field(2) {
                "year" => PeriodKind::Year,
                "to_date" => PeriodKind::ToDate,
                "month" => PeriodKind::Month,
                _ => PeriodKind::None,
            },
            measure: match field(3) {
                "square_metres" => Measure::SquareMetres,
                "mu" => Measure::Mu,
                "span" => Measure::Span,
                "credit_code" => Measure::CreditCode,
                "open_list" => Measure::OpenList,
                "identifier" => Measure::Identifier,
                _ => Measure::Any,
            },
            codes: codes_of(name),
            aliases: field(6)
                .split(' ')
                .filter(|alias| !alias.is_empty())
                .map(str::to_owned)
                .collect(),
        }
    })
    .collect()
}

fn codes_of(variable: &str) -> Vec<CodeWord> {
    CODES
        .lines()
        .filter_map(|line| {
            let mut fields = line.split('\t');
            (fields.next()? == variable).then_some(())?;
            let code = fields.next()?;
            let mut words = fields.next()?.split(' ');
            let label = words.next()?;
            Some(CodeWord::new(code, label, &words.collect::<Vec<_>>()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_tables_are_whole() {
        for kind in [
            LedgerKind::Projects,
            LedgerKind::Enterprises,
            LedgerKind::Facts,
        ] {
            let vocabulary = Vocabulary::built_in(kind);
            assert_eq!(vocabulary.names.len(), vocabulary.variables.len());
            for variable in &vocabulary.variables {
                assert!(
                    !variable.label_zh.is_empty(),
                    "{} has no label",
                    variable.name
                );
            }
        }
    }

    #[test]
    fn no_word_that_is_given_leads_to_two_variables() {
        for kind in [
            LedgerKind::Projects,
            LedgerKind::Enterprises,
            LedgerKind::Facts,
        ] {
            let vocabulary = Vocabulary::built_in(kind);
            for variable in &vocabulary.variables {
                for alias in &variable.aliases {
                    let words = storey::core(alias);
                    let found = vocabulary
                        .one_by_words(&words)
                        .map(|at| &vocabulary.variables[at].name);
                    assert_eq!(found, Some(&variable.name), "{alias}");
                }
            }
        }
    }

    #[test]
    fn a_rulebook_adds_variables_and_keeps_the_words() {
        let more = Variable::new(
            "green_power_share",
            "绿电占比",
            "Share of green power",
            ValueType::Ratio,
            PeriodKind::Year,
        );
        let vocabulary = Vocabulary::enterprises_with([more]);
        assert!(vocabulary.named("green_power_share").is_some());
        assert_eq!(vocabulary.one_by_words("营收"), vocabulary.named("revenue"));
    }
}
