//! All enterprises within reach against the rulebook: how many each policy finds, and what that is worth. They
//! are judged in one run of the engine for each day that enterprises are judged on, as the page of one is.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use domain::SubjectKind;
use engine::judge::FactKey;
use engine::run::{Input, Output, PolicySummary, ScreenError, Screening as Run};
use engine::subjects::text_table;
use ledger::Scope;
use ledger::facts::{SubjectFacts, SubjectFactsQuery};

use super::known::ReadValue;
use super::rules::{Day, Rules};
use super::standing;
use crate::app::App;
use crate::shell::{PageError, Viewer};

/// Enterprises that are read at a time.
const AT_ONCE: u32 = 2_000;
/// The header of the identities.
const IDENTITY: &str = "subject_id";

/// What a run over all enterprises found.
#[derive(Debug, Default)]
pub struct Screening {
    /// How many enterprises were judged.
    pub enterprises: u64,
    /// One per policy, by id.
    pub policies: BTreeMap<String, PolicySummary>,
}

/// Judges all enterprises of the zone shown that lie within the scope, on a day or on those of their last
/// figures.
///
/// # Errors
/// [`PageError`] where the ledger or the engine fails.
pub async fn all(
    app: &App,
    viewer: &Viewer,
    scope: &Scope,
    on: Option<NaiveDate>,
) -> Result<Screening, PageError> {
    let rules = standing::rules_of(app, viewer).await?;
    let mut tables: BTreeMap<Option<i32>, Table> = BTreeMap::new();
    let mut query = SubjectFactsQuery {
        kind: SubjectKind::Enterprise,
        zone_id: Some(viewer.zone_id()),
        variables: None,
        known_by: Some(on.unwrap_or_else(|| viewer.day())),
        as_of: viewer.reading(),
        after: None,
        limit: AT_ONCE,
    };
    loop {
        let some = app.ledger.subject_facts(scope, &query).await?;
        let Some(last) = some.last() else { break };
        query.after = Some(last.subject_id);
        for enterprise in some {
            let values = read(&rules, &enterprise);
            let years = values.iter().map(ReadValue::year);
            // On a chosen day all are judged alike.
            let last_year = years.max().flatten().filter(|_| on.is_none());
            let table = tables.entry(last_year).or_default();
            table.add(enterprise.subject_id, values);
        }
    }
    let mut found = Screening::default();
    for (last_year, table) in tables {
        found.enterprises += table.identities.len() as u64;
        let days = standing::days_of(last_year, on, viewer.day());
        for summary in screened(Arc::clone(&rules), days, table).await? {
            let total = found.policies.entry(summary.policy.clone()).or_default();
            total.merge(&summary);
            total.policy = summary.policy;
        }
    }
    Ok(found)
}

fn read(rules: &Rules, enterprise: &SubjectFacts) -> Vec<ReadValue> {
    let values = enterprise.values.iter();
    let read = values
        .filter_map(|one| ReadValue::of(&rules.rulebook, &one.variable, &one.period, &one.value));
    read.collect()
}

/// Enterprises as a file would have them: a row each, a column for each fact that is known of any.
#[derive(Default)]
struct Table {
    identities: Vec<Option<String>>,
    places: HashMap<FactKey, usize>,
    headers: Vec<String>,
    columns: Vec<Vec<Option<String>>>,
}

impl Table {
    fn add(&mut self, id: i64, values: Vec<ReadValue>) {
        let row = self.identities.len();
        self.identities.push(Some(id.to_string()));
        for value in values {
            let place = *self.places.entry(value.key.clone()).or_insert_with(|| {
                self.headers.push(value.key.to_string());
                self.columns.push(Vec::new());
                self.columns.len() - 1
            });
            let column = &mut self.columns[place];
            column.resize(row, None);
            column.push(Some(value.text));
        }
    }

    /// The headers and the columns, all of one length.
    fn finish(mut self) -> (Vec<String>, Vec<Vec<Option<String>>>) {
        let rows = self.identities.len();
        for column in &mut self.columns {
            column.resize(rows, None);
        }
        self.headers.insert(0, IDENTITY.to_owned());
        self.columns.insert(0, self.identities);
        (self.headers, self.columns)
    }
}

/// The summaries of a table, each policy judged on its day.
async fn screened(
    rules: Arc<Rules>,
    days: Vec<Day>,
    table: Table,
) -> Result<Vec<PolicySummary>, PageError> {
    let runtime = tokio::runtime::Handle::current();
    let run = move || -> Result<Vec<PolicySummary>, ScreenError> {
        let (headers, columns) = table.finish();
        let table = text_table(&headers, columns)?;
        let mut found = Vec::new();
        for day in days {
            let policies = rules.policies(day);
            if policies.is_empty() {
                continue;
            }
            let run = Run {
                rulebook: &rules.rulebook,
                subject: SubjectKind::Enterprise,
                as_of: day.date,
                policies,
                set: HashMap::new(),
            };
            let input = Input::Table(table.clone());
            found.extend(runtime.block_on(run.run(input, Output::Summary))?.summary);
        }
        Ok(found)
    };
    let done = tokio::task::spawn_blocking(run).await;
    let found = done.map_err(|error| PageError::internal(&error))?;
    found.map_err(|error| PageError::internal(&error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Period, Value};

    #[test]
    fn a_table_has_a_cell_for_every_row() {
        let rules = Rules::of_zone(None).unwrap();
        let staff = |year| {
            let (period, value) = (Period::Year(year), Value::Integer(7));
            ReadValue::of(&rules.rulebook, "staff", &period, &value).unwrap()
        };
        let mut table = Table::default();
        table.add(1, vec![staff(2022)]);
        table.add(2, vec![]);
        table.add(3, vec![staff(2022), staff(2023)]);
        let (headers, columns) = table.finish();
        assert_eq!(headers, ["subject_id", "staff@2022", "staff@2023"]);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(columns[1], [some("7"), None, some("7")]);
        assert_eq!(columns[2], [None, None, some("7")]);
    }
}
