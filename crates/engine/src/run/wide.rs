//! The wide output: one row a subject, for every policy its masks, amount, savings, choice and gaps.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Decimal64Array, Int64Array, UInt64Array,
};
use datafusion::arrow::buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};
use datafusion::arrow::datatypes::{DataType, Decimal64Type, Field, Schema, SchemaRef, UInt64Type};
use datafusion::arrow::error::ArrowError;

use super::batch::Judged;
use super::bits;
use super::plan::Plan;
use super::program::Source;
use super::rows::Rows;
use super::summary::{PolicySummary, sum};
use super::vector::{Digits, Numbers};
use crate::judge::GapUnit;

/// Digits of amounts and gaps; 18 fit 64 bits, in memory and in Parquet.
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
    DataType::Decimal64(PRECISION, 2)
}

fn gap_type(unit: GapUnit) -> DataType {
    match unit {
        GapUnit::Money => money(),
        GapUnit::Ratio => DataType::Decimal64(PRECISION, 6),
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

/// The columns of [`schema`] for a judged batch.
///
/// # Errors
/// An amount or gap of more than [`PRECISION`] digits cannot be written.
pub fn columns(
    plan: &Plan,
    rows: &Rows<'_>,
    judged: &[Judged],
) -> Result<Vec<ArrayRef>, ArrowError> {
    let count = rows.rows();
    let mut columns: Vec<ArrayRef> = vec![Arc::new(rows.subject_ids())];
    for (id, policy) in plan.binding.selected.iter().zip(judged) {
        if policy.in_force {
            let (failed, unknown) = policy.masks();
            columns.push(Arc::new(UInt64Array::from(failed)));
            columns.push(Arc::new(UInt64Array::from(unknown)));
        } else {
            columns.push(Arc::new(UInt64Array::new_null(count)));
            columns.push(Arc::new(UInt64Array::new_null(count)));
        }
        columns.push(decimals(&policy.amount, 2, count)?);
        columns.push(decimals(&policy.saves, 2, count)?);
        columns.push(Arc::new(BooleanArray::new(policy.chosen.clone(), None)));
        for ((_, unit), (_, values)) in gaps(plan, id).zip(&policy.gaps) {
            columns.push(match unit {
                GapUnit::Money => decimals(values, 2, count)?,
                GapUnit::Ratio => decimals(values, 6, count)?,
                GapUnit::Integer | GapUnit::Days => {
                    let (digits, nulls) = narrow(values, count)?;
                    Arc::new(Int64Array::new(digits, nulls))
                }
            });
        }
    }
    Ok(columns)
}

fn decimals(values: &Numbers, scale: i8, rows: usize) -> Result<ArrayRef, ArrowError> {
    let (digits, nulls) = narrow(values, rows)?;
    let array = Decimal64Array::new(digits, nulls);
    Ok(Arc::new(array.with_precision_and_scale(PRECISION, scale)?))
}

/// The numbers as 64 bits; of rows that are not known, anything.
fn narrow(
    values: &Numbers,
    rows: usize,
) -> Result<(ScalarBuffer<i64>, Option<NullBuffer>), ArrowError> {
    let nulls = values.nulls.clone();
    let limit = 10_i128.pow(u32::from(PRECISION));
    let range = values.digits.range();
    if let (Digits::Narrow(digits, _), true) =
        (&values.digits, -limit < range.low && range.high < limit)
    {
        return Ok((digits.clone(), nulls));
    }
    let digits = (0..rows).map(|row| match values.get(row) {
        None => Ok(0),
        Some(value) if value.abs() < limit => Ok(i64::try_from(value).unwrap_or(0)),
        Some(_) => Err(ArrowError::InvalidArgumentError(format!(
            "an amount or gap has more than {PRECISION} digits"
        ))),
    });
    let digits: Vec<i64> = digits.collect::<Result<_, _>>()?;
    Ok((digits.into(), nulls))
}

/// Adds the rows of these columns to the summary.
pub fn summarise(plan: &Plan, columns: &[ArrayRef], summary: &mut [PolicySummary]) {
    let mut place = 1;
    for (id, policy) in plan.binding.selected.iter().zip(summary) {
        let [failed, unknown, amount, saves, chosen] = &columns[place..place + 5] else {
            return;
        };
        place += 5 + gaps(plan, id).count();
        let rows = failed.len() as u64;
        let (failed, unknown) = (
            failed.as_primitive::<UInt64Type>(),
            unknown.as_primitive::<UInt64Type>(),
        );
        if failed.null_count() == failed.len() {
            policy.not_in_force += rows;
            continue;
        }
        let eligible = bits::pairs(failed.values(), unknown.values(), |f: u64, u: u64| {
            f | u == 0
        });
        let ineligible = bits::each(failed.values(), |failed| failed != 0).count_set_bits() as u64;
        let found = eligible.count_set_bits() as u64;
        policy.eligible += found;
        policy.ineligible += ineligible;
        policy.unknown += rows - found - ineligible;
        policy.amount += money_sum(amount, &eligible);
        policy.saves += money_sum(saves, &eligible);
        policy.saves_chosen += money_sum(saves, &(&eligible & chosen.as_boolean().values()));
    }
}

fn money_sum(column: &ArrayRef, rows: &BooleanBuffer) -> i128 {
    let column = column.as_primitive::<Decimal64Type>();
    let rows = bits::known(rows, column.nulls());
    // Eighteen digits are more than may be summed by 64 in 64 bits, so the column's range decides.
    let digits = Digits::narrow(column.values().clone());
    let nulls = None;
    sum(&Numbers { digits, nulls }, &rows)
}
