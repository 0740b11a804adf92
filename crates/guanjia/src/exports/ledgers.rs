//! Projects or enterprises with all that is known of them: one row each, one column per variable and
//! period, in the words that an import understands.

use std::collections::{BTreeMap, HashMap};

use domain::{Period, SubjectKind, Value, ValueType};
use exchange::write::table::{Table, TableColumn, workbook_of};
use ledger::projection::{ListQuery, ListRow, RowHead};
use ledger::{FactRecord, Ledger};

use super::{ExportError, Order};
use crate::labels;
use crate::shell::display;
use crate::shell::figure::qualified;
use crate::words::Lang;

/// Rows that are read at a time.
const PAGE_ROWS: u32 = 1_000;

/// A list row as its head.
pub trait Headed: ListRow {
    /// Identity and scope.
    fn head(&self) -> &RowHead;
}

impl Headed for ledger::projection::ProjectRow {
    fn head(&self) -> &RowHead {
        &self.head
    }
}

impl Headed for ledger::projection::EnterpriseRow {
    fn head(&self) -> &RowHead {
        &self.head
    }
}

/// One subject of the export.
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its code.
    pub code: Option<String>,
    /// Its id.
    pub id: i64,
    /// What is known of it.
    pub facts: Vec<FactRecord>,
}

/// All subjects that the queries let through, with their facts, in the order of the list.
pub async fn listed<R: Headed>(
    ledger: &Ledger,
    order: &Order<'_>,
    kind: &SubjectKind,
) -> Result<Vec<Listed>, ExportError> {
    let scope = (order.reach)(kind);
    let mut all = Vec::new();
    for query in &order.queries {
        let mut query = ListQuery {
            limit: PAGE_ROWS,
            after: None,
            ..query.clone()
        };
        loop {
            let page = ledger.list::<R>(&scope, &query, order.as_of).await?;
            let ids: Vec<i64> = page.rows.iter().map(|row| row.head().subject_id).collect();
            let mut facts = ledger.facts_of_many(&scope, &ids, order.as_of).await?;
            for row in page.rows {
                let head = row.head();
                all.push(Listed {
                    name: head.name.clone(),
                    code: head.code.clone(),
                    id: head.subject_id,
                    facts: facts.remove(&head.subject_id).unwrap_or_default(),
                });
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
    }
    Ok(all)
}

/// The workbook of a list, and how many rows it has.
pub async fn workbook<R: Headed>(
    ledger: &Ledger,
    order: &Order<'_>,
    title: &str,
) -> Result<(Vec<u8>, usize), ExportError> {
    let kind = match order.list {
        super::List::Enterprises => SubjectKind::Enterprise,
        _ => SubjectKind::Project,
    };
    let subjects = listed::<R>(ledger, order, &kind).await?;
    let (title, lang) = (title.to_owned(), order.lang);
    // A long list takes a while to write: not on a thread that answers requests.
    let written = tokio::task::spawn_blocking(move || {
        let records = subjects.len();
        let table = table(&subjects, &kind, &title, lang);
        workbook_of(std::slice::from_ref(&table)).map(|bytes| (bytes, records))
    });
    Ok(written.await??)
}

type Key = (String, Period);

fn table(subjects: &[Listed], kind: &SubjectKind, title: &str, lang: Lang) -> Table {
    let identity = if *kind == SubjectKind::Enterprise {
        "uscc"
    } else {
        "code"
    };
    let columns = columns(subjects, kind, identity);
    let place: HashMap<&Key, usize> = columns
        .iter()
        .enumerate()
        .map(|(at, (key, _))| (key, at + 2))
        .collect();
    let rows = subjects
        .iter()
        .map(|subject| {
            let mut row = vec![None; columns.len() + 2];
            row[0] = Some(Value::Text(subject.name.clone()));
            row[1] = subject.code.clone().map(Value::Code);
            let mut facts: Vec<&FactRecord> = subject.facts.iter().collect();
            facts.sort_by_key(|fact| rank(&fact.period));
            for fact in facts {
                let key = (fact.variable.clone(), column_period(kind, fact));
                if let (Some(at), Some(value)) = (place.get(&key), fact.value.clone()) {
                    row[*at] = Some(cell(value, &fact.qualifier, kind, &fact.variable, lang));
                }
            }
            row
        })
        .collect();
    let head = [("name", ValueType::Text), (identity, ValueType::Code)];
    let head = head
        .map(|(name, value_type)| TableColumn::new(labels::words(kind, name, lang), value_type));
    let rest = columns.iter().map(|((name, period), value_type)| {
        let words = labels::words(kind, name, lang);
        let period = written_period(name, period);
        let column = TableColumn::new(headed(&words, &period), *value_type);
        if *value_type == ValueType::Money {
            column.in_unit("万元")
        } else {
            column
        }
    });
    Table {
        name: title.to_owned(),
        columns: head.into_iter().chain(rest).collect(),
        rows,
    }
}

/// The period of the column that a fact stands in: a state has one column, whenever it was said.
fn column_period(kind: &SubjectKind, fact: &FactRecord) -> Period {
    let is_state = labels::variable(kind, &fact.variable).is_some_and(|known| !known.is_periodic());
    if is_state {
        Period::Current
    } else {
        fact.period.clone()
    }
}

/// What was said without a period counts most, then what was said of the latest year.
fn rank(period: &Period) -> (u8, i32) {
    match period {
        Period::Current => (2, 0),
        period => (1, period.year().unwrap_or(i32::MIN)),
    }
}

/// What is done in a year is kept by the month it was known to; its header says from January.
fn written_period(variable: &str, period: &Period) -> Period {
    match period {
        Period::Month(year, month) if variable == "investment_done_year" => {
            Period::CumulativeMonth(*year, *month)
        }
        period => period.clone(),
    }
}

/// A header with its period in front, as ledgers write it: 2023年营业收入, 2024年1-3月完成投资.
fn headed(words: &str, period: &Period) -> String {
    let bare = words.trim_start_matches("本年").trim_start_matches("本月");
    let bare = bare.trim_start_matches("年度");
    match period {
        Period::Current => words.to_owned(),
        Period::Year(year) => format!("{year}年{bare}"),
        Period::Month(year, month) => format!("{year}年{month}月{bare}"),
        Period::CumulativeMonth(year, month) => format!("{year}年1-{month}月{bare}"),
        Period::Quarter(year, quarter) => format!("{year}年{quarter}季度{bare}"),
        Period::Day(_) | Period::Stated(_) => format!("{words}（{period}）"),
    }
}

/// The columns that are needed: the rulebook's variables in its order, then headers that were kept.
fn columns(subjects: &[Listed], kind: &SubjectKind, identity: &str) -> Vec<(Key, ValueType)> {
    let mut found: BTreeMap<(usize, String, Period), ValueType> = BTreeMap::new();
    let ranks: HashMap<&str, usize> = labels::variables(kind)
        .enumerate()
        .map(|(rank, (name, _))| (name, rank))
        .collect();
    for fact in subjects.iter().flat_map(|subject| &subject.facts) {
        let is_identity = fact.variable == "name" || fact.variable == identity;
        let Some(value) = &fact.value else { continue };
        if is_identity {
            continue;
        }
        let rank = ranks
            .get(fact.variable.as_str())
            .copied()
            .unwrap_or(usize::MAX);
        let value_type = labels::variable(kind, &fact.variable)
            .and_then(labels::Variable::value_type)
            .or_else(|| value.value_type())
            .unwrap_or(ValueType::Text);
        let period = column_period(kind, fact);
        found
            .entry((rank, fact.variable.clone(), period))
            .or_insert(value_type);
    }
    found
        .into_iter()
        .map(|((_, name, period), value_type)| ((name, period), value_type))
        .collect()
}

/// A value as its cell shows it. A number with a qualifier is written with it, as the source had it;
/// codes are written in words.
fn cell(value: Value, qualifier: &str, kind: &SubjectKind, variable: &str, lang: Lang) -> Value {
    match &value {
        Value::Code(code) => Value::Text(labels::code_words(kind, variable, code, lang)),
        Value::Money(money) if !qualifier.is_empty() && money.currency.is_cny() => {
            let wan = display::wan(money.fen);
            Value::Text(qualified(qualifier, &format!("{wan}万元")))
        }
        Value::Integer(_) | Value::Number(_) if !qualifier.is_empty() => {
            Value::Text(qualified(qualifier, &value.to_string()))
        }
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_carry_their_period_as_ledgers_write_it() {
        assert_eq!(headed("营业收入", &Period::Year(2023)), "2023年营业收入");
        assert_eq!(
            headed("本年完成投资", &Period::CumulativeMonth(2024, 3)),
            "2024年1-3月完成投资"
        );
        assert_eq!(
            headed("年度计划投资", &Period::Year(2024)),
            "2024年计划投资"
        );
        assert_eq!(headed("计划总投资", &Period::Current), "计划总投资");
    }
}
