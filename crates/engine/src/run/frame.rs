//! A table of subjects: which column is which fact, and what its cells say.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use domain::SubjectKind;

use super::cells;
use super::program::Source;
use super::select;
use super::shape::Shape;
use super::vector::Column;
use crate::expression::When;
use crate::judge::{BadValue, Definitions, FactKey, FactPeriod, FactTerm, Facts, Given, Value};
use crate::parse::names::{fits_period, parse_when, split_period};
use crate::rulebook::{PeriodKind, Rulebook, Variable};

/// Names under which the column of identities may stand.
const SUBJECT_COLUMNS: [&str; 3] = [
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
    subject: usize,
    /// The columns that are facts.
    pub columns: Vec<FactColumn>,
    /// Which of them is which fact.
    places: HashMap<FactKey, usize>,
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
            if name.ends_with(ABSENT_SUFFIX) {
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

    /// Reads a batch; `first_row` is the number of rows of the table before it.
    ///
    /// # Errors
    /// [`FrameError::Unreadable`] for a column of a type that no fact can have.
    pub fn read(&self, batch: &RecordBatch, first_row: usize) -> Result<Rows<'_>, FrameError> {
        self.read_columns(batch.columns(), batch.num_rows(), first_row)
    }

    /// As [`Frame::read`], of the columns of a table in their order.
    ///
    /// # Errors
    /// [`FrameError::Unreadable`] for a column of a type that no fact can have.
    pub fn read_columns(
        &self,
        table: &[ArrayRef],
        rows: usize,
        first_row: usize,
    ) -> Result<Rows<'_>, FrameError> {
        let unreadable = |column: &str, array: &ArrayRef, wanted: &'static str| {
            let (column, found) = (column.to_owned(), array.data_type().to_string());
            FrameError::Unreadable {
                column,
                found,
                wanted,
            }
        };
        let subject = &table[self.subject];
        let identities = cast(subject, &DataType::Utf8)
            .map_err(|_| unreadable(SUBJECT_COLUMNS[0], subject, "text"))?;
        let mut columns = Vec::with_capacity(self.columns.len());
        let mut notes = Vec::new();
        let mut exceptional: HashMap<usize, Vec<(FactKey, Given)>> = HashMap::new();
        for column in &self.columns {
            let array = &table[column.index];
            let absent = column.absent.map(|place| &table[place]);
            let read = cells::read(&column.variable, array, absent)
                .ok_or_else(|| unreadable(&column.name, array, column.variable.ty.as_str()))?;
            for (row, value) in read.beyond {
                let given = (column.key.clone(), Given::Known(value));
                exceptional.entry(row).or_default().push(given);
            }
            for (row, text, reason) in read.refused {
                notes.push(Note {
                    row: first_row + row + 1,
                    column: column.name.clone(),
                    value: text.clone(),
                    reason,
                });
                let given = Given::Bad { text, why: reason };
                exceptional
                    .entry(row)
                    .or_default()
                    .push((column.key.clone(), given));
            }
            columns.push(read.column);
        }
        notes.sort_by_key(|note| note.row);
        Ok(Rows {
            frame: self,
            identities: identities.as_string().clone(),
            columns,
            notes,
            exceptional,
            count: rows,
        })
    }
}

/// A batch of subjects as facts.
#[derive(Debug)]
pub struct Rows<'f> {
    frame: &'f Frame,
    identities: StringArray,
    /// In the order of the frame's columns.
    columns: Vec<Column>,
    /// Cells that cannot be used, by row.
    pub notes: Vec<Note>,
    /// Rows that need the row-by-row judge, with what the columns cannot hold: cells that cannot be used,
    /// numbers that are too large.
    exceptional: HashMap<usize, Vec<(FactKey, Given)>>,
    count: usize,
}

impl Rows<'_> {
    /// The identity of a row.
    pub fn identity(&self, row: usize) -> &str {
        if self.identities.is_null(row) {
            ""
        } else {
            self.identities.value(row)
        }
    }

    /// Whether a row needs the row-by-row judge: a cell cannot be used (then a formula does not stand in
    /// for it), or a number is larger than the vectors are made for.
    pub fn is_exceptional(&self, row: usize) -> bool {
        self.exceptional.contains_key(&row)
    }

    /// The rows that need the row-by-row judge, in their order.
    pub fn exceptional(&self) -> Vec<usize> {
        let mut rows: Vec<usize> = self.exceptional.keys().copied().collect();
        rows.sort_unstable();
        rows
    }

    /// What is known about the subject of a row.
    pub fn facts(&self, row: usize) -> Facts {
        let mut facts = Facts::new(self.identity(row));
        for (is, column) in self.frame.columns.iter().zip(&self.columns) {
            let value = if column.is_absent(row) {
                Value::Absent
            } else if column.has_value(row) {
                cells::value_at(is.variable.ty, &column.vector, row)
            } else {
                continue;
            };
            facts.set(is.key.clone(), value);
        }
        for (key, given) in self.exceptional.get(&row).into_iter().flatten() {
            facts.give(key.clone(), given.clone());
        }
        facts
    }
}

impl Source for Rows<'_> {
    fn fact(&self, fact: &FactTerm, shape: Shape) -> Column {
        let given: Vec<&Column> = fact
            .keys
            .iter()
            .filter_map(|key| {
                self.frame
                    .places
                    .get(key)
                    .map(|place| &self.columns[*place])
            })
            .collect();
        let found = match given.as_slice() {
            [] => Column::plain(cells::unknown(shape, self.count)),
            [one] => (*one).clone(),
            several => first_known(several, shape, self.count),
        };
        if fact.blank_is_zero {
            cells::nought_for_blank(found, self.count)
        } else {
            found
        }
    }

    fn subject_ids(&self) -> StringArray {
        self.identities.clone()
    }

    fn rows(&self) -> usize {
        self.count
    }
}

/// Row by row the first column that says anything.
fn first_known(columns: &[&Column], shape: Shape, rows: usize) -> Column {
    use datafusion::arrow::buffer::BooleanBuffer;
    let mut open = BooleanBuffer::new_set(rows);
    let mut parts = Vec::new();
    let mut absent: Option<BooleanBuffer> = None;
    for column in columns {
        let says =
            BooleanBuffer::collect_bool(rows, |row| column.has_value(row) || column.is_absent(row));
        let taken = &open & &says;
        if let Some(known) = &column.absent {
            let here = known & &taken;
            absent = Some(absent.map_or_else(|| here.clone(), |other| &other | &here));
        }
        open = &open & &!&says;
        parts.push((taken, column.vector.clone()));
    }
    Column {
        vector: select::pick(&parts, shape, rows),
        absent,
    }
}

/// The names, labels and synonyms of all variables that subjects of a kind have.
struct Words<'r> {
    rulebook: &'r Rulebook,
    subject: &'r SubjectKind,
    names: HashMap<&'r str, Option<&'r str>>,
}

impl<'r> Words<'r> {
    fn new(rulebook: &'r Rulebook, subject: &'r SubjectKind) -> Self {
        let mut names: HashMap<&str, Option<&str>> = HashMap::new();
        let mut add = |word: &'r str, name: &'r str| {
            names
                .entry(word)
                .and_modify(|known| {
                    // A word of two variables is the word of neither.
                    if *known != Some(name) {
                        *known = None;
                    }
                })
                .or_insert(Some(name));
        };
        let owner = crate::rulebook::owner_of(subject);
        for (key, variable) in &rulebook.variables {
            if key.subject == *subject || Some(&key.subject) == owner.as_ref() {
                for word in [&variable.label.zh, &variable.label.en]
                    .into_iter()
                    .flatten()
                {
                    add(word, &key.name);
                }
                for word in &variable.synonyms {
                    add(word, &key.name);
                }
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
            Some((name, rest)) => (name, Some(rest.strip_suffix(']')?.to_owned())),
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
