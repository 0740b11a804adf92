//! A table of subjects: which column is which fact, and what its cells say.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringArray};
use datafusion::arrow::datatypes::Schema;
use domain::SubjectKind;

use crate::expression::When;
use crate::judge::{BadValue, Definitions, FactKey, FactPeriod, FactTerm};
use crate::parse::names::{fits_period, parse_when, split_period};
use crate::rulebook::{PeriodKind, Rulebook, Variable};

/// Names under which the column of identities may stand.
pub(super) const SUBJECT_COLUMNS: [&str; 3] = [
    "subject_id",
    "uscc",
    "\u{7edf}\u{4e00}\u{793e}\u{4f1a}\u{4fe1}\u{7528}\u{4ee3}\u{7801}",
];

/// Behind a column's name: a boolean column that says where the fact is known to be absent.
const ABSENT_SUFFIX: &str = ".none";

/// Why a table cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// No column has the identities.
    #[error("no column of identities: name one `subject_id` or `uscc`; there are: {found}")]
    NoSubject {
        /// The columns there are.
        found: String,
    },
    /// Two columns are the same fact.
    #[error("columns `{first}` and `{second}` are both `{key}`")]
    Twice {
        /// The earlier column.
        first: String,
        /// The later column.
        second: String,
        /// The fact.
        key: String,
    },
    /// A column is of a type that no fact can have.
    #[error("column `{column}` is {found}, which cannot be read as {wanted}")]
    Unreadable {
        /// The column.
        column: String,
        /// Arrow's type of it.
        found: String,
        /// The variable's type.
        wanted: &'static str,
    },
    /// Two rows are the same subject.
    #[error("`{id}` stands in row {first} and in row {second}")]
    SubjectTwice {
        /// The identity.
        id: String,
        /// The earlier row, from 1.
        first: usize,
        /// The later row, from 1.
        second: usize,
    },
}

/// A column that is a fact.
#[derive(Debug, Clone)]
pub struct FactColumn {
    /// Its place in the table.
    pub index: usize,
    /// Its name in the table.
    pub name: String,
    /// The fact.
    pub key: FactKey,
    /// The variable.
    pub variable: Variable,
    /// The column that says where it is absent.
    pub absent: Option<usize>,
}

/// Which column of a table is which fact.
#[derive(Debug, Clone)]
pub struct Frame {
    pub(super) subject: usize,
    /// The columns that are facts.
    pub columns: Vec<FactColumn>,
    /// Which of them is which fact.
    pub(super) places: HashMap<FactKey, usize>,
    /// Names of the columns that are none; they are not read.
    pub ignored: Vec<String>,
}

/// A cell that cannot be used: its fact is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Row of the table, from 1.
    pub row: usize,
    /// The column.
    pub column: String,
    /// What was written.
    pub value: String,
    /// Why it cannot be used.
    pub reason: BadValue,
}

impl Frame {
    /// Finds the facts among the columns of a table about subjects of this kind.
    ///
    /// # Errors
    /// [`FrameError`] where there is no column of identities, or two columns are one fact.
    pub fn of_schema(
        rulebook: &Rulebook,
        subject: &SubjectKind,
        schema: &Schema,
    ) -> Result<Self, FrameError> {
        let names: Vec<&str> = schema.fields().iter().map(|f| f.name().trim()).collect();
        let identity = SUBJECT_COLUMNS
            .iter()
            .find_map(|wanted| names.iter().position(|name| name == wanted))
            .ok_or_else(|| FrameError::NoSubject {
                found: names.join(", "),
            })?;
        let words = Words::new(rulebook, subject);
        let mut columns: Vec<FactColumn> = Vec::new();
        let mut ignored = Vec::new();
        for (index, name) in names.iter().enumerate() {
            if let Some(base) = name.strip_suffix(ABSENT_SUFFIX) {
                if !names.contains(&base) || words.key_of(base).is_none() {
                    ignored.push((*name).to_owned());
                }
                continue;
            }
            let Some((key, variable)) = words.key_of(name) else {
                if index != identity {
                    ignored.push((*name).to_owned());
                }
                continue;
            };
            if let Some(other) = columns.iter().find(|column| column.key == key) {
                return Err(FrameError::Twice {
                    first: other.name.clone(),
                    second: (*name).to_owned(),
                    key: key.to_string(),
                });
            }
            let absent = names
                .iter()
                .position(|other| *other == format!("{name}{ABSENT_SUFFIX}"));
            columns.push(FactColumn {
                index,
                name: (*name).to_owned(),
                key,
                variable: variable.clone(),
                absent,
            });
        }
        Ok(Self::new(identity, columns, ignored))
    }

    /// The rules' own definitions under which facts are given.
    pub fn definitions(&self) -> Definitions {
        self.columns
            .iter()
            .filter_map(|column| Some((column.key.name.clone(), column.key.definition.clone()?)))
            .collect()
    }

    /// The places of the columns that are needed for these facts, and of the identities.
    pub fn places<'f>(&self, facts: impl Iterator<Item = &'f FactTerm>) -> Vec<usize> {
        let wanted: std::collections::HashSet<&FactKey> =
            facts.flat_map(|fact| fact.keys.iter()).collect();
        let mut places = vec![self.subject];
        for column in &self.columns {
            if wanted.contains(&column.key) {
                places.push(column.index);
                places.extend(column.absent);
            }
        }
        places.sort_unstable();
        places.dedup();
        places
    }

    /// The places of all columns that are facts, of those that say where one is absent, and of the
    /// identities.
    pub fn every_place(&self) -> Vec<usize> {
        let facts = self.columns.iter();
        let mut places: Vec<usize> = facts
            .flat_map(|column| std::iter::once(column.index).chain(column.absent))
            .chain([self.subject])
            .collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// The same frame for a table that has only the columns at these places.
    #[must_use]
    pub fn projected(&self, places: &[usize]) -> Self {
        let place = |index: usize| places.iter().position(|other| *other == index);
        let columns = self
            .columns
            .iter()
            .filter_map(|column| {
                Some(FactColumn {
                    index: place(column.index)?,
                    absent: column.absent.and_then(place),
                    ..column.clone()
                })
            })
            .collect();
        Self::new(
            place(self.subject).unwrap_or(0),
            columns,
            self.ignored.clone(),
        )
    }

    fn new(subject: usize, columns: Vec<FactColumn>, ignored: Vec<String>) -> Self {
        let keys = columns.iter().map(|column| column.key.clone());
        Self {
            subject,
            places: keys.zip(0..).collect(),
            columns,
            ignored,
        }
    }

    /// The place of the column of identities.
    pub fn identity(&self) -> usize {
        self.subject
    }
}

/// The names, labels and synonyms of all variables that subjects of a kind have.
struct Words<'r> {
    rulebook: &'r Rulebook,
    subject: &'r SubjectKind,
    names: HashMap<&'r str, Option<&'r str>>,
}

/// Labels and synonyms of the variables of one kind of subject; a word of two variables is the word of
/// neither.
fn words_of<'r>(
    rulebook: &'r Rulebook,
    subject: &SubjectKind,
) -> HashMap<&'r str, Option<&'r str>> {
    let mut names: HashMap<&str, Option<&str>> = HashMap::new();
    for (key, variable) in &rulebook.variables {
        if key.subject != *subject {
            continue;
        }
        let labels = [&variable.label.zh, &variable.label.en];
        let words = labels.into_iter().flatten().chain(&variable.synonyms);
        for word in words {
            let name = key.name.as_str();
            names
                .entry(word.as_str())
                .and_modify(|known| {
                    if *known != Some(name) {
                        *known = None;
                    }
                })
                .or_insert(Some(name));
        }
    }
    names
}

impl<'r> Words<'r> {
    fn new(rulebook: &'r Rulebook, subject: &'r SubjectKind) -> Self {
        let mut names = words_of(rulebook, subject);
        if let Some(owner) = crate::rulebook::owner_of(subject) {
            // As with names, a word of the record's own variable is not its owner's.
            for (word, name) in words_of(rulebook, &owner) {
                names.entry(word).or_insert(name);
            }
        }
        Self {
            rulebook,
            subject,
            names,
        }
    }

    /// The fact that a column's name means.
    fn key_of(&self, column: &str) -> Option<(FactKey, &'r Variable)> {
        let (name, period) = split_period(column);
        let (name, definition) = match name.split_once('[') {
            Some((name, rest)) => {
                let defining = self.rulebook.names.defining(rest.strip_suffix(']')?)?;
                (name, Some(defining.to_owned()))
            }
            None => (name, None),
        };
        let found = self.rulebook.variable_read_by(self.subject, name);
        let (variable, of_owner) = if let Some(found) = found {
            found
        } else {
            let known = self.names.get(name.trim()).copied().flatten()?;
            self.rulebook.variable_read_by(self.subject, known)?
        };
        let period = match period {
            None => FactPeriod::Current,
            Some(text) => {
                let when = parse_when(text)?;
                if !fits_period(when, variable.period) || variable.period == PeriodKind::None {
                    return None;
                }
                match when {
                    When::Year(year) => FactPeriod::Year(year),
                    When::Month(year, month) => FactPeriod::Month(year, month),
                    When::Quarter(year, quarter) => FactPeriod::Quarter(year, quarter),
                    When::Back(_) => return None,
                }
            }
        };
        let key = FactKey {
            name: variable.name.clone(),
            of_owner,
            definition,
            period,
        };
        Some((key, variable))
    }
}

/// The same identity twice in a table.
///
/// # Errors
/// [`FrameError::SubjectTwice`] names both rows.
pub fn check_identities<'i, S: std::hash::BuildHasher>(
    seen: &mut HashMap<String, usize, S>,
    identities: impl Iterator<Item = &'i str>,
    first_row: usize,
) -> Result<(), FrameError> {
    for (row, id) in identities.enumerate() {
        let number = first_row + row + 1;
        if let Some(first) = seen.insert(id.to_owned(), number) {
            return Err(FrameError::SubjectTwice {
                id: id.to_owned(),
                first,
                second: number,
            });
        }
    }
    Ok(())
}

/// A text column of a table that was read from a sheet: every cell as it is written.
pub fn text_column(cells: impl IntoIterator<Item = Option<String>>) -> ArrayRef {
    Arc::new(cells.into_iter().collect::<StringArray>())
}
