//! `tally(columns…)`: the aggregate of a plan that judges rows and keeps only their summary.
//!
//! No row of results is ever made: a batch is judged, counted and forgotten. Beside the summary it keeps
//! eight bytes a subject, by which an identity that stands twice is found, and the cells that cannot be used.

use std::hash::{Hash, Hasher};
use std::mem::size_of;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Decimal128Array, ListArray, StringArray, StructArray, UInt64Array,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Field, FieldRef, Fields, UInt64Type};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature, Volatility};

use super::function::external;
use super::identities::Identities;
use super::judging::{Judging, pieces};
use super::program::Source;
use super::remarks::{self, Remark};
use super::summary::PolicySummary;

/// What a run comes to.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// One per policy, in the order of ids.
    pub summary: Vec<PolicySummary>,
    /// How many subjects there were.
    pub subjects: u64,
    /// Who they were.
    pub identities: Identities,
    /// Cells that cannot be used.
    pub remarks: Vec<Remark>,
}

impl Tally {
    /// Nothing yet, of these policies.
    pub fn of(policies: &[String]) -> Self {
        let blank = |policy: &String| PolicySummary {
            policy: policy.clone(),
            ..PolicySummary::default()
        };
        Self {
            summary: policies.iter().map(blank).collect(),
            ..Self::default()
        }
    }

    fn columns(&self) -> Result<Vec<ArrayRef>> {
        let text: StringArray = self.summary.iter().map(|row| Some(&row.policy)).collect();
        let count = |of: fn(&PolicySummary) -> u64| -> ArrayRef {
            Arc::new(self.summary.iter().map(of).collect::<UInt64Array>())
        };
        let money = |of: fn(&PolicySummary) -> i128| -> Result<ArrayRef> {
            let sums: Decimal128Array = self.summary.iter().map(of).map(Some).collect();
            Ok(Arc::new(sums.with_precision_and_scale(38, 2)?))
        };
        let policies = StructArray::try_new(
            policy_fields(),
            vec![
                Arc::new(text),
                count(|row| row.eligible),
                count(|row| row.ineligible),
                count(|row| row.unknown),
                count(|row| row.not_in_force),
                money(|row| row.amount)?,
                money(|row| row.saves)?,
                money(|row| row.saves_chosen)?,
            ],
            None,
        )?;
        Ok(vec![
            one_list("item", Arc::new(policies))?,
            Arc::new(UInt64Array::from(vec![self.subjects])),
            one_list(
                "item",
                Arc::new(UInt64Array::from(self.identities.hashes.clone())),
            )?,
            Arc::new(remarks::one_list(&self.remarks)?),
        ])
    }

    /// The tallies of a column, put together.
    ///
    /// # Errors
    /// Where the column is none of tallies.
    pub fn add(&mut self, columns: &[ArrayRef]) {
        let [policies, subjects, hashes, found] = columns else {
            return;
        };
        let subjects = subjects.as_primitive::<UInt64Type>();
        let (policies, hashes) = (policies.as_list::<i32>(), hashes.as_list::<i32>());
        for row in 0..subjects.len() {
            self.subjects += subjects.value(row);
            let rows = policies.value(row);
            for (sum, other) in self.summary.iter_mut().zip(summaries(rows.as_struct())) {
                sum.merge(&other);
            }
            let hashes = hashes.value(row);
            self.identities
                .extend(hashes.as_primitive::<UInt64Type>().values());
        }
        self.remarks
            .extend(remarks::read(found).into_iter().map(|(_, remark)| remark));
    }
}

fn summaries(rows: &StructArray) -> Vec<PolicySummary> {
    let policies = rows.column(0).as_string::<i32>();
    let count = |place: usize, row| rows.column(place).as_primitive::<UInt64Type>().value(row);
    let money = |place: usize, row| {
        rows.column(place)
            .as_primitive::<Decimal128Type>()
            .value(row)
    };
    let one = |row| PolicySummary {
        policy: policies.value(row).to_owned(),
        eligible: count(1, row),
        ineligible: count(2, row),
        unknown: count(3, row),
        not_in_force: count(4, row),
        amount: money(5, row),
        saves: money(6, row),
        saves_chosen: money(7, row),
    };
    (0..rows.len()).map(one).collect()
}

fn policy_fields() -> Fields {
    let count = |name: &str| Field::new(name, DataType::UInt64, false);
    let money = |name: &str| Field::new(name, DataType::Decimal128(38, 2), false);
    vec![
        Field::new("policy", DataType::Utf8, false),
        count("eligible"),
        count("ineligible"),
        count("unknown"),
        count("not_in_force"),
        money("amount"),
        money("saves"),
        money("saves_chosen"),
    ]
    .into()
}

fn one_list(name: &str, values: ArrayRef) -> Result<ArrayRef> {
    let item = Arc::new(Field::new(name, values.data_type().clone(), false));
    let offsets = OffsetBuffer::from_lengths([values.len()]);
    Ok(Arc::new(ListArray::try_new(item, offsets, values, None)?))
}

/// The columns of a tally: policies, subjects, identities, remarks.
fn tally_fields() -> Fields {
    let list = |kind| DataType::List(Arc::new(Field::new("item", kind, false)));
    vec![
        Field::new("policies", list(DataType::Struct(policy_fields())), false),
        Field::new("subjects", DataType::UInt64, false),
        Field::new("identities", list(DataType::UInt64), false),
        Field::new("remarks", remarks::column_type(), false),
    ]
    .into()
}

/// Judges rows and gives their [`Tally`]; its arguments are the columns of the frame, in their order.
#[derive(Debug)]
pub struct TallyFunction {
    judging: Arc<Judging>,
    signature: Signature,
}

impl TallyFunction {
    /// The aggregate for these rules.
    pub fn new(judging: Arc<Judging>) -> Self {
        Self {
            judging,
            signature: Signature::variadic_any(Volatility::Immutable),
        }
    }

    /// What it judges by.
    pub fn judging(&self) -> &Arc<Judging> {
        &self.judging
    }
}

impl AggregateUDFImpl for TallyFunction {
    fn name(&self) -> &'static str {
        "tally"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(tally_fields()))
    }

    fn is_nullable(&self) -> bool {
        false
    }

    fn accumulator(&self, _arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(TallyAccumulator {
            tally: Tally::of(&self.judging.plan.binding.selected),
            judging: Arc::clone(&self.judging),
        }))
    }

    fn state_fields(&self, _arguments: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        Ok(tally_fields().iter().cloned().collect())
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}

impl PartialEq for TallyFunction {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.judging, &other.judging)
    }
}

impl Eq for TallyFunction {}

impl Hash for TallyFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.judging).hash(state);
    }
}

#[derive(Debug)]
struct TallyAccumulator {
    judging: Arc<Judging>,
    tally: Tally,
}

impl Accumulator for TallyAccumulator {
    fn update_batch(&mut self, table: &[ArrayRef]) -> Result<()> {
        let rows = table.first().map_or(0, Array::len);
        for (piece, count) in pieces(table, rows) {
            let (rows, judged) = self.judging.judge(&piece, count).map_err(external)?;
            for (sum, policy) in self.tally.summary.iter_mut().zip(&judged) {
                sum.add(policy);
            }
            self.tally.subjects += count as u64;
            self.tally.identities.add(&rows.subject_ids())?;
            let found = remarks::of_rows(&rows).into_iter();
            self.tally.remarks.extend(found.map(|(_, remark)| remark));
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.tally.add(states);
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        // Each part sorts its own while the others still work; sorted runs are put together quickly.
        self.tally.identities.hashes.sort_unstable();
        let columns = self.tally.columns()?;
        columns
            .iter()
            .map(|column| ScalarValue::try_from_array(column, 0))
            .collect()
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.tally.identities.keep_repeated();
        let tally = StructArray::try_new(tally_fields(), self.tally.columns()?, None)?;
        Ok(ScalarValue::Struct(Arc::new(tally)))
    }

    fn size(&self) -> usize {
        let tally = &self.tally;
        size_of::<Self>()
            + tally.identities.hashes.capacity() * size_of::<u64>()
            + tally.summary.capacity() * size_of::<PolicySummary>()
            + tally.remarks.capacity() * size_of::<Remark>()
    }
}
