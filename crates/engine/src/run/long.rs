//! The long output: one row per subject and policy, in the order of the input and of the ids.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanBuilder, Decimal128Array, Decimal128Builder, ListBuilder,
    MapBuilder, StringBuilder, StructArray,
};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Field, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::RecordBatch;

use super::batch::{Judged, judge_of};
use super::plan::Plan;
use super::program::Source;
use super::rows::Rows;
use super::wide;
use crate::judge::{Exact, GapUnit, Population, Verdict};

/// One subject under one policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongRow {
    /// Who.
    pub subject_id: String,
    /// Which policy.
    pub policy: String,
    /// What it says.
    pub verdict: Verdict,
    /// What it is or would be worth, in hundredths.
    pub amount: Option<i128>,
    /// What it saves, in hundredths.
    pub saves: Option<i128>,
    /// Whether the best combination has it.
    pub chosen: bool,
    /// Ids of the false clauses, in the order of the law.
    pub failed: Vec<String>,
    /// Facts that are not known and could change it.
    pub missing: Vec<String>,
    /// Gaps by clause: how far, in units of the last place, with the unit.
    pub gaps: Vec<(String, i128, GapUnit)>,
}

/// A gap as files write it: money with two decimals, ratios with six, integers and days with none.
pub fn gap_text(value: i128, unit: GapUnit) -> String {
    let places = unit.places();
    let power = Exact::from_integer(10_i128.pow(places));
    (&Exact::from_integer(value) / &power).to_fixed_text(places)
}

/// The rows of a judged batch.
pub fn rows(
    plan: &Plan,
    rows: &Rows<'_>,
    judged: &[Judged],
    population: Option<&Population>,
) -> Vec<LongRow> {
    let mut all = Vec::with_capacity(rows.rows() * judged.len());
    for row in 0..rows.rows() {
        let facts = std::cell::LazyCell::new(|| rows.facts(row));
        let judge = std::cell::LazyCell::new(|| judge_of(plan, &facts, population));
        for (id, policy) in plan.binding.selected.iter().zip(judged) {
            let verdict = policy.verdict(row);
            let in_force = verdict != Verdict::NotInForce;
            // What is missing needs the path through the expressions, which the vectors do not keep.
            let open = in_force
                && (policy.has_unknown(row)
                    || (verdict != Verdict::Ineligible && policy.amount.get(row).is_none()));
            let missing = if open {
                judge
                    .policy(id)
                    .map(|result| result.missing.iter().cloned().collect())
            } else {
                None
            };
            all.push(LongRow {
                subject_id: rows.identity(row).to_owned(),
                policy: id.clone(),
                verdict,
                amount: policy.amount.get(row).filter(|_| in_force),
                saves: policy.saves.get(row).filter(|_| in_force),
                chosen: policy.chosen.value(row),
                failed: failed(plan, id, policy, row),
                missing: missing.unwrap_or_default(),
                gaps: wide::gaps(plan, id)
                    .zip(&policy.gaps)
                    .filter_map(|((clause, unit), (_, values))| {
                        Some((clause.to_owned(), values.get(row)?, unit))
                    })
                    .collect(),
            });
        }
    }
    all
}

fn failed(plan: &Plan, id: &str, policy: &Judged, row: usize) -> Vec<String> {
    let bound = plan.binding.policy(id).into_iter();
    let clauses = bound.flat_map(|policy| &policy.clauses);
    clauses
        .zip(&policy.clauses)
        .filter(|(_, bits)| bits.fails.value(row))
        .map(|(clause, _)| clause.id.clone())
        .collect()
}

/// Columns of the long output in Parquet.
pub fn schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    let money = |name: &str| Field::new(name, DataType::Decimal128(38, 2), true);
    let list = |name: &str| {
        Field::new(
            name,
            DataType::List(Arc::new(Field::new("item", DataType::Utf8, true))),
            false,
        )
    };
    let entries = Field::new(
        "entries",
        DataType::Struct(
            vec![
                Field::new("keys", DataType::Utf8, false),
                Field::new("values", DataType::Decimal128(38, 6), true),
            ]
            .into(),
        ),
        false,
    );
    Arc::new(Schema::new(vec![
        text("subject_id"),
        text("policy"),
        text("verdict"),
        money("amount"),
        money("saves"),
        Field::new("chosen", DataType::Boolean, false),
        list("failed"),
        list("missing"),
        Field::new("gaps", DataType::Map(Arc::new(entries), false), false),
    ]))
}

/// Rows as a batch of [`schema`].
///
/// # Errors
/// Arrow's, where the columns do not fit the schema.
pub fn batch(rows: &[LongRow]) -> Result<RecordBatch, ArrowError> {
    let mut subject = StringBuilder::new();
    let mut policy = StringBuilder::new();
    let mut verdict = StringBuilder::new();
    let mut amount = Decimal128Builder::new().with_precision_and_scale(38, 2)?;
    let mut saves = Decimal128Builder::new().with_precision_and_scale(38, 2)?;
    let mut chosen = BooleanBuilder::new();
    let mut failed = ListBuilder::new(StringBuilder::new());
    let mut missing = ListBuilder::new(StringBuilder::new());
    let values = Decimal128Builder::new().with_precision_and_scale(38, 6)?;
    let mut gaps = MapBuilder::new(None, StringBuilder::new(), values);
    for row in rows {
        subject.append_value(&row.subject_id);
        policy.append_value(&row.policy);
        verdict.append_value(row.verdict.as_str());
        amount.append_option(row.amount);
        saves.append_option(row.saves);
        chosen.append_value(row.chosen);
        failed.append_value(row.failed.iter().map(Some));
        missing.append_value(row.missing.iter().map(Some));
        for (clause, value, unit) in &row.gaps {
            gaps.keys().append_value(clause);
            gaps.values()
                .append_value(value * 10_i128.pow(6 - unit.places()));
        }
        gaps.append(true)?;
    }
    let columns: Vec<ArrayRef> = vec![
        Arc::new(subject.finish()),
        Arc::new(policy.finish()),
        Arc::new(verdict.finish()),
        Arc::new(amount.finish()),
        Arc::new(saves.finish()),
        Arc::new(chosen.finish()),
        Arc::new(failed.finish()),
        Arc::new(missing.finish()),
        Arc::new(gaps.finish()),
    ];
    RecordBatch::try_new(schema(), columns)
}

/// The rows of a batch of [`schema`]; the units of gaps are those of the plan.
pub fn read(plan: &Plan, batch: &RecordBatch) -> Vec<LongRow> {
    let text = |place: usize| batch.column(place).as_string::<i32>();
    let money = |place: usize| batch.column(place).as_primitive::<Decimal128Type>();
    let (subject, policy, verdict) = (text(0), text(1), text(2));
    let (amount, saves) = (money(3), money(4));
    let chosen = batch.column(5).as_boolean();
    let (failed, missing) = (
        batch.column(6).as_list::<i32>(),
        batch.column(7).as_list::<i32>(),
    );
    let gaps = batch.column(8).as_map();
    let some = |numbers: &Decimal128Array, row| numbers.is_valid(row).then(|| numbers.value(row));
    let one = |row: usize| LongRow {
        subject_id: subject.value(row).to_owned(),
        policy: policy.value(row).to_owned(),
        verdict: Verdict::named(verdict.value(row)).unwrap_or(Verdict::Unknown),
        amount: some(amount, row),
        saves: some(saves, row),
        chosen: chosen.value(row),
        failed: words(&failed.value(row)),
        missing: words(&missing.value(row)),
        gaps: gaps_of(plan, policy.value(row), &gaps.value(row)),
    };
    (0..batch.num_rows()).map(one).collect()
}

fn words(list: &ArrayRef) -> Vec<String> {
    let list = list.as_string::<i32>();
    list.iter().flatten().map(str::to_owned).collect()
}

fn gaps_of(plan: &Plan, policy: &str, entries: &StructArray) -> Vec<(String, i128, GapUnit)> {
    let clauses = entries.column(0).as_string::<i32>();
    let values = entries.column(1).as_primitive::<Decimal128Type>();
    let gap = |row: usize| {
        let clause = clauses.value(row);
        let (_, unit) = wide::gaps(plan, policy).find(|(id, _)| *id == clause)?;
        let value = values.value(row) / 10_i128.pow(6 - unit.places());
        Some((clause.to_owned(), value, unit))
    };
    (0..entries.len()).filter_map(gap).collect()
}
