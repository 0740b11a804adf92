//! From the facts that count to the cells of a row.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{PartialDate, Period};
use serde_json::{Map, Value as Json, json};

use crate::error::Result;
use crate::facts::latest::Latest;
use crate::facts::{FactRow, Stored, stored_value};
use crate::projection::columns::{Column, ColumnKind, List, Pick};
use crate::projection::{ENTERPRISES, PROJECTS};
use crate::sql::Param;
use crate::write::Write;

/// Reads facts by their numbers: which column a variable fills, what a period or qualifier says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reader {
    /// By list, the place of the column that a variable fills.
    places: HashMap<&'static str, HashMap<i64, usize>>,
    words: HashMap<i64, Word>,
}

#[derive(Debug, Clone)]
struct Word {
    text: String,
    period: Period,
    rank: Rank,
}

/// Later periods rank higher; a current state holds until it is changed, so it ranks highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Stated,
    Until(NaiveDate, i32),
    Current,
}

/// The cells of a row, in the order of the list's columns.
#[derive(Debug)]
pub(crate) struct Cells {
    pub(crate) values: Vec<Param>,
    pub(crate) year: Option<i64>,
    pub(crate) marks: Option<String>,
}

impl Reader {
    /// A reader that knows all words written so far, those of the open write included.
    pub(crate) async fn of_write(write: &mut Write) -> Result<Self> {
        let mut reader = Self::default();
        for list in [&PROJECTS, &ENTERPRISES] {
            let mut places = HashMap::with_capacity(list.columns.len());
            for (place, column) in list.columns.iter().enumerate() {
                places.insert(write.term(column.name).await?, place);
            }
            reader.places.insert(list.table, places);
        }
        for (id, text) in write.all_terms().await? {
            reader.learn(id, &text);
        }
        Ok(reader)
    }

    pub(crate) fn learn(&mut self, id: i64, text: &str) {
        if id == 0 {
            return;
        }
        let period = Period::from_words(text);
        let rank = rank(&period);
        let text = text.to_owned();
        self.words.insert(id, Word { text, period, rank });
    }

    fn rank(&self, period_id: i64) -> Rank {
        if period_id == 0 {
            return Rank::Current;
        }
        self.words
            .get(&period_id)
            .map_or(Rank::Stated, |word| word.rank)
    }

    fn year(&self, period_id: i64) -> Option<i32> {
        self.words
            .get(&period_id)
            .and_then(|word| word.period.year())
    }

    /// The cells that the facts which count make.
    pub(crate) fn cells(&self, list: &List, latest: &Latest) -> Result<Cells> {
        let places = &self.places[list.table];
        let facts = latest.rows();
        let facts = facts.filter_map(|fact| Some((*places.get(&fact.variable_id)?, fact)));
        let facts: Vec<(usize, &FactRow)> = facts.collect();
        let is_yearly = |place: usize| list.columns[place].pick == Pick::Yearly;
        let yearly = facts.iter().filter(|(place, _)| is_yearly(*place));
        let year = yearly
            .filter_map(|(_, fact)| self.year(fact.period_id))
            .max();
        let mut shown: Vec<Option<&FactRow>> = vec![None; list.columns.len()];
        for (place, fact) in facts {
            if is_yearly(place) && year.is_some() && self.year(fact.period_id) != year {
                continue;
            }
            let rank = |fact: &FactRow| (self.rank(fact.period_id), fact.id);
            if shown[place].is_none_or(|before| rank(before) <= rank(fact)) {
                shown[place] = Some(fact);
            }
        }
        let mut cells = Vec::with_capacity(list.columns.len());
        let mut marks = Map::new();
        for (column, shown) in list.columns.iter().zip(shown) {
            match shown {
                Some(fact) => {
                    cells.push(cell(column, fact)?);
                    self.mark(column, fact, &mut marks)?;
                }
                None => cells.push(nothing(column.kind)),
            }
        }
        Ok(Cells {
            values: cells,
            year: year.map(i64::from),
            marks: (!marks.is_empty()).then(|| Json::Object(marks).to_string()),
        })
    }

    /// Notes what the cell cannot say.
    fn mark(&self, column: &Column, fact: &FactRow, marks: &mut Map<String, Json>) -> Result<()> {
        let mut mark = Map::new();
        if let Some(word) = self.words.get(&fact.qualifier_id) {
            mark.insert("qualifier".to_owned(), json!(word.text));
        }
        if fact.kind == Stored::ABSENT {
            mark.insert("absent".to_owned(), json!(true));
        } else if does_not_fit(column.kind, fact) {
            let value = stored_value(fact.kind, fact.number, fact.text.as_deref())?;
            let shown = value.map(|value| value.to_string());
            mark.insert("value".to_owned(), json!(shown));
            if fact.kind == Stored::MONEY {
                mark.insert("currency".to_owned(), json!(fact.text));
            }
        }
        if let Some(word) = self.words.get(&fact.period_id)
            && !matches!(word.period, Period::Year(_))
        {
            mark.insert("period".to_owned(), json!(word.text));
        }
        if !mark.is_empty() {
            marks.insert(column.name.to_owned(), Json::Object(mark));
        }
        Ok(())
    }
}

fn rank(period: &Period) -> Rank {
    let until = |date: Option<PartialDate>, width| {
        date.map_or(Rank::Stated, |date| Rank::Until(date.latest(), width))
    };
    match period {
        Period::Current => Rank::Current,
        Period::Stated(_) => Rank::Stated,
        Period::Day(day) => Rank::Until(*day, 0),
        Period::Month(year, month) => until(PartialDate::month(*year, *month), 1),
        Period::Quarter(year, quarter) => until(PartialDate::month(*year, quarter * 3), 2),
        Period::CumulativeMonth(year, month) => until(PartialDate::month(*year, *month), 3),
        Period::Year(year) => until(Some(PartialDate::Year(*year)), 4),
    }
}

/// Whether the value is there but not of the kind that the column holds.
fn does_not_fit(kind: ColumnKind, fact: &FactRow) -> bool {
    match kind {
        ColumnKind::Money => fact.kind != Stored::MONEY || fact.text.is_some(),
        ColumnKind::Date => !(Stored::YEAR..=Stored::DAY).contains(&fact.kind),
        ColumnKind::Integer => whole(fact).is_none(),
        ColumnKind::Text => false,
    }
}

fn whole(fact: &FactRow) -> Option<i64> {
    match fact.kind {
        Stored::INTEGER => fact.number,
        Stored::NUMBER => fact.text.as_deref()?.parse().ok(),
        _ => None,
    }
}

fn cell(column: &Column, fact: &FactRow) -> Result<Param> {
    if fact.kind == Stored::ABSENT || does_not_fit(column.kind, fact) {
        return Ok(nothing(column.kind));
    }
    Ok(match column.kind {
        ColumnKind::Money | ColumnKind::Date => fact.number.into(),
        ColumnKind::Integer => whole(fact).into(),
        ColumnKind::Text => match &fact.text {
            Some(text) => text.as_str().into(),
            None => stored_value(fact.kind, fact.number, None)?
                .map(|value| value.to_string())
                .into(),
        },
    })
}

fn nothing(kind: ColumnKind) -> Param {
    match kind {
        ColumnKind::Text => Param::String(None),
        ColumnKind::Money | ColumnKind::Date | ColumnKind::Integer => Param::BigInt(None),
    }
}
