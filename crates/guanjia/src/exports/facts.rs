//! Every fact that counts, one a row, with the place it came from. The first columns can be imported
//! again as a table of facts.

use domain::{SubjectKind, Value, ValueType};
use exchange::write::table::{Table, TableColumn, workbook_of};
use ledger::subjects::SubjectQuery;
use ledger::{FactRecord, Ledger, Subject};

use super::sources::{Place, Sources};
use super::{ExportError, Order};
use crate::labels;
use crate::shell::display;

/// Subjects that are read at a time.
const PAGE_SUBJECTS: u32 = 500;

/// The kinds of subjects whose facts are exported, in the order of the sheet.
const KINDS: [SubjectKind; 8] = [
    SubjectKind::Zone,
    SubjectKind::Park,
    SubjectKind::Project,
    SubjectKind::Enterprise,
    SubjectKind::Programme,
    SubjectKind::Activity,
    SubjectKind::Recognition,
    SubjectKind::Fund,
];

/// The headers that an import knows, then what else is said of a fact.
const HEADERS: [(&str, ValueType); 13] = [
    ("subject_type", ValueType::Text),
    ("subject", ValueType::Text),
    ("variable", ValueType::Text),
    ("period", ValueType::Text),
    ("value", ValueType::Number),
    ("unit", ValueType::Text),
    ("qualifier", ValueType::Text),
    ("code", ValueType::Text),
    ("label", ValueType::Text),
    ("file", ValueType::Text),
    ("sheet", ValueType::Text),
    ("place", ValueType::Text),
    ("recorded_at", ValueType::Text),
];

/// The workbook of all facts, and how many there are.
pub async fn workbook(
    ledger: &Ledger,
    order: &Order<'_>,
    title: &str,
) -> Result<(Vec<u8>, usize), ExportError> {
    let mut rows = Vec::new();
    let mut sources = Sources::default();
    for query in &order.queries {
        for kind in &KINDS {
            of_kind(ledger, order, query.zone_id, kind, &mut sources, &mut rows).await?;
        }
    }
    let title = title.to_owned();
    let written = tokio::task::spawn_blocking(move || {
        let records = rows.len();
        let columns = HEADERS.map(|(name, value_type)| TableColumn::new(name, value_type));
        let table = Table {
            name: title,
            columns: columns.to_vec(),
            rows,
        };
        workbook_of(std::slice::from_ref(&table)).map(|bytes| (bytes, records))
    });
    Ok(written.await??)
}

async fn of_kind(
    ledger: &Ledger,
    order: &Order<'_>,
    zone_id: i64,
    kind: &SubjectKind,
    sources: &mut Sources,
    rows: &mut Vec<Vec<Option<Value>>>,
) -> Result<(), ExportError> {
    let scope = (order.reach)(kind);
    if scope.is_empty() {
        return Ok(());
    }
    let mut query = SubjectQuery {
        kind: kind.clone(),
        zone_id: Some(zone_id),
        owner_id: None,
        after: None,
        limit: PAGE_SUBJECTS,
    };
    loop {
        let subjects = ledger.subjects(&scope, &query, order.as_of).await?;
        let Some(last) = subjects.last() else {
            return Ok(());
        };
        query.after = Some(last.id);
        let ids: Vec<i64> = subjects.iter().map(|subject| subject.id).collect();
        let mut facts = ledger.facts_of_many(&scope, &ids, order.as_of).await?;
        for subject in &subjects {
            for fact in facts.remove(&subject.id).unwrap_or_default() {
                let place = sources.of(ledger, &fact).await?;
                rows.push(row(subject, fact, place, order));
            }
        }
    }
}

fn row(subject: &Subject, fact: FactRecord, place: Place, order: &Order<'_>) -> Vec<Option<Value>> {
    let text = |words: String| {
        Some(words)
            .filter(|words| !words.is_empty())
            .map(Value::Text)
    };
    let label = labels::words(&subject.kind, &fact.variable, order.lang);
    // Values are written in whole units, whatever the unit of their source.
    let (value, unit) = match fact.value {
        Some(Value::Money(money)) if money.currency.is_cny() => {
            (Some(Value::Number(money.to_decimal())), "元".to_owned())
        }
        Some(Value::Ratio(ratio)) => {
            let percent = ratio * rust_decimal::Decimal::ONE_HUNDRED;
            (Some(Value::Number(percent)), "%".to_owned())
        }
        Some(Value::Date(date)) => (Some(Value::Text(date.to_string())), "日期".to_owned()),
        Some(Value::Integer(_)) => (fact.value, fact.unit),
        Some(Value::Number(_)) => {
            let unit = labels::variable(&subject.kind, &fact.variable)
                .and_then(|known| known.unit.clone())
                .unwrap_or_default();
            (fact.value, unit)
        }
        other => (other, String::new()),
    };
    let recorded = fact
        .recorded_at
        .to_datetime()
        .map(display::moment)
        .unwrap_or_default();
    vec![
        text(subject.kind.to_string()),
        text(subject.name.clone()),
        text(fact.variable),
        text(fact.period.to_string()),
        value,
        text(unit),
        text(fact.qualifier),
        text(subject.code.clone().unwrap_or_default()),
        text(label),
        text(place.file),
        text(place.sheet),
        text(place.spot),
        text(recorded),
    ]
}
