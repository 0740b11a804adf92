//! The wide output: one row a subject, for every policy its masks, amount, savings, choice and gaps.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Decimal128Array, Int64Array, StringArray, UInt64Array,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::RecordBatch;

use super::batch::{Amounts, Judged};
use super::frame::Rows;
use super::plan::Plan;
use super::program::Source;
use crate::judge::GapUnit;

/// Digits of amounts and gaps in Parquet; 18 fit 64 bits, which is what readers are quickest with.
const PRECISION: u8 = 18;

/// Columns of the wide output: `subject_id`, then by policy `ID.failed`, `ID.unknown` (bit k is clause
/// k), `ID.amount`, `ID.saves`, `ID.chosen`, `ID.gap.CLAUSE`. A policy not in force has NULL masks.
pub fn schema(plan: &Plan) -> SchemaRef {
    let mut fields = vec![Field::new("subject_id", DataType::Utf8, false)];
    for id in &plan.binding.selected {
        fields.push(Field::new(format!("{id}.failed"), DataType::UInt64, true));
        fields.push(Field::new(format!("{id}.unknown"), DataType::UInt64, true));
        fields.push(Field::new(format!("{id}.amount"), money(), true));
        fields.push(Field::new(format!("{id}.saves"), money(), true));
        fields.push(Field::new(format!("{id}.chosen"), DataType::Boolean, false));
        for (name, unit) in gaps(plan, id) {
            fields.push(Field::new(format!("{id}.gap.{name}"), gap_type(unit), true));
        }
    }
    Arc::new(Schema::new(fields))
}

fn money() -> DataType {
    DataType::Decimal128(PRECISION, 2)
}

fn gap_type(unit: GapUnit) -> DataType {
    match unit {
        GapUnit::Money => money(),
        GapUnit::Ratio => DataType::Decimal128(PRECISION, 6),
        GapUnit::Integer | GapUnit::Days => DataType::Int64,
    }
}

/// Clauses of a bound policy that have a gap, with its unit.
pub fn gaps<'p>(plan: &'p Plan, id: &str) -> impl Iterator<Item = (&'p str, GapUnit)> {
    plan.binding
        .policy(id)
        .into_iter()
        .flat_map(|policy| &policy.clauses)
        .filter_map(|clause| Some((clause.id.as_str(), clause.gap.as_ref()?.unit)))
}

/// A batch of the wide output.
///
/// # Errors
/// An amount or gap of more than [`PRECISION`] digits cannot be written.
pub fn batch(
    plan: &Plan,
    schema: &SchemaRef,
    rows: &Rows,
    judged: &[Judged],
) -> Result<RecordBatch, ArrowError> {
    let count = rows.rows();
    let identities: StringArray = rows.subject_ids();
    let mut columns: Vec<ArrayRef> = vec![Arc::new(identities)];
    for (id, policy) in plan.binding.selected.iter().zip(judged) {
        if policy.in_force {
            columns.push(Arc::new(UInt64Array::from(policy.failed.clone())));
            columns.push(Arc::new(UInt64Array::from(policy.unknown.clone())));
        } else {
            columns.push(Arc::new(UInt64Array::new_null(count)));
            columns.push(Arc::new(UInt64Array::new_null(count)));
        }
        columns.push(decimals(&policy.amount, 2)?);
        columns.push(decimals(&policy.saves, 2)?);
        columns.push(Arc::new(BooleanArray::from(policy.chosen.clone())));
        for ((_, unit), (_, values)) in gaps(plan, id).zip(&policy.gaps) {
            columns.push(match unit {
                GapUnit::Money => decimals(values, 2)?,
                GapUnit::Ratio => decimals(values, 6)?,
                GapUnit::Integer | GapUnit::Days => {
                    let whole = values.iter().map(|v| v.and_then(|v| i64::try_from(v).ok()));
                    Arc::new(whole.collect::<Int64Array>())
                }
            });
        }
    }
    RecordBatch::try_new(Arc::clone(schema), columns)
}

fn decimals(values: &Amounts, scale: i8) -> Result<ArrayRef, ArrowError> {
    let largest = 10_i128.pow(u32::from(PRECISION));
    if values.iter().flatten().any(|value| value.abs() >= largest) {
        return Err(ArrowError::InvalidArgumentError(format!(
            "an amount or gap has more than {PRECISION} digits"
        )));
    }
    let array: Decimal128Array = values.iter().copied().collect();
    Ok(Arc::new(array.with_precision_and_scale(PRECISION, scale)?))
}
