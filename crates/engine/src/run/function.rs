//! `judge(columns…)`: the function of a plan that judges rows.
//!
//! All policies are one function, so that a sub-expression that several of them share is computed once, and
//! so that the arithmetic stays ours: exact, and NULL where something is not known. What surrounds it
//! (reading, choosing columns, cutting into parts, sending elsewhere) is DataFusion's.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, ListArray, StructArray};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::concat;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, SchemaRef};
use datafusion::common::Result;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

use super::judging::{BATCH_ROWS, Judging, pieces};
use super::{long, remarks, wide};

/// What a row becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// The columns of the wide output.
    Wide,
    /// A list of the rows of the long output.
    Long,
}

impl Form {
    /// The name of the function that gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wide => "judge",
            Self::Long => "judge_long",
        }
    }

    /// The form that the function of this name gives.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Wide, Self::Long]
            .into_iter()
            .find(|form| form.name() == name)
    }

    /// The columns of the output.
    pub fn schema(self, judging: &Judging) -> SchemaRef {
        match self {
            Self::Wide => wide::schema(&judging.plan),
            Self::Long => long::schema(),
        }
    }

    /// What the function gives: the output's columns, or a list of its rows; behind them the cells that
    /// cannot be used.
    fn fields(self, judging: &Judging) -> Fields {
        let mut fields: Vec<FieldRef> = match self {
            Self::Wide => self.schema(judging).fields().to_vec(),
            Self::Long => vec![Arc::new(Field::new(
                "rows",
                list_type(self, judging),
                false,
            ))],
        };
        fields.push(Arc::new(Field::new(
            "remarks",
            remarks::column_type(),
            true,
        )));
        fields.into()
    }
}

fn list_item(form: Form, judging: &Judging) -> FieldRef {
    let kind = DataType::Struct(form.schema(judging).fields().clone());
    Arc::new(Field::new("item", kind, false))
}

fn list_type(form: Form, judging: &Judging) -> DataType {
    DataType::List(list_item(form, judging))
}

/// Judges rows; its arguments are the columns of the frame, in their order.
#[derive(Debug)]
pub struct JudgeFunction {
    judging: Arc<Judging>,
    form: Form,
    returns: DataType,
    signature: Signature,
}

impl JudgeFunction {
    /// The function for these rules.
    pub fn new(judging: Arc<Judging>, form: Form) -> Self {
        let returns = DataType::Struct(form.fields(&judging));
        Self {
            judging,
            form,
            returns,
            signature: Signature::variadic_any(Volatility::Immutable),
        }
    }

    /// What it judges by.
    pub fn judging(&self) -> &Arc<Judging> {
        &self.judging
    }

    fn piece(&self, table: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        let judging = &self.judging;
        let (rows, judged) = judging.judge(table, rows).map_err(external)?;
        let count = super::program::Source::rows(&rows);
        let mut columns = match self.form {
            Form::Wide => wide::columns(&judging.plan, &rows, &judged)?,
            Form::Long => {
                let all = long::rows(&judging.plan, &rows, &judged, judging.population.as_ref());
                let values = StructArray::from(long::batch(&all)?);
                let offsets = OffsetBuffer::from_repeated_length(judged.len(), count);
                let item = list_item(self.form, judging);
                vec![
                    Arc::new(ListArray::try_new(item, offsets, Arc::new(values), None)?)
                        as ArrayRef,
                ]
            }
        };
        columns.push(remarks::column(&remarks::of_rows(&rows), count)?);
        let fields = self.form.fields(judging);
        Ok(Arc::new(StructArray::try_new(fields, columns, None)?))
    }
}

/// An error of ours on its way through DataFusion.
pub fn external(error: impl std::error::Error + Send + Sync + 'static) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

impl ScalarUDFImpl for JudgeFunction {
    fn name(&self) -> &str {
        self.form.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(self.returns.clone())
    }

    fn return_field_from_args(&self, _arguments: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(
            self.name(),
            self.returns.clone(),
            false,
        )))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let table = ColumnarValue::values_to_arrays(&arguments.args)?;
        if rows <= BATCH_ROWS {
            return Ok(ColumnarValue::Array(self.piece(&table, rows)?));
        }
        let judged = pieces(&table, rows).map(|(piece, count)| self.piece(&piece, count));
        let judged: Vec<ArrayRef> = judged.collect::<Result<_>>()?;
        let parts: Vec<&dyn Array> = judged.iter().map(AsRef::as_ref).collect();
        Ok(ColumnarValue::Array(concat(&parts)?))
    }
}

impl PartialEq for JudgeFunction {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.judging, &other.judging) && self.form == other.form
    }
}

impl Eq for JudgeFunction {}

impl Hash for JudgeFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.judging).hash(state);
        self.form.hash(state);
    }
}
