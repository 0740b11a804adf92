//! Values of a term for a batch of rows: exact numbers in the narrowest form that holds them.

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray};
use datafusion::arrow::buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};

use super::range::Range;

/// Whole numbers that mean `value / 10^scale`; the scale is known when the plan is made, not here.
/// Columns share their buffers: a copy copies no number.
#[derive(Debug, Clone)]
pub enum Digits {
    /// The same for all rows.
    Same(i128),
    /// Numbers that fit 64 bits, and between which two they lie.
    Narrow(ScalarBuffer<i64>, Range),
    /// Numbers that need up to 128 bits, and between which two they lie.
    Wide(ScalarBuffer<i128>, Range),
}

impl Digits {
    /// Numbers of 64 bits; looks at each once.
    pub fn narrow(values: impl Into<ScalarBuffer<i64>>) -> Self {
        let values = values.into();
        let range = Range::of_narrow(&values);
        Self::Narrow(values, range)
    }

    /// Numbers in the narrowest form; looks at each once.
    pub fn of_wide(values: Vec<i128>) -> Self {
        let range = Range::of_wide(&values);
        Self::within(values.into_iter(), range)
    }

    /// Numbers that lie within `range`, in the form that it asks for.
    pub fn within(values: impl Iterator<Item = i128>, range: Range) -> Self {
        if range.is_narrow() {
            #[expect(clippy::cast_possible_truncation, reason = "the range fits 64 bits")]
            let values: Vec<i64> = values.map(|value| value as i64).collect();
            Self::Narrow(values.into(), range)
        } else {
            Self::Wide(values.collect::<Vec<_>>().into(), range)
        }
    }

    /// The number of a row.
    pub fn at(&self, row: usize) -> i128 {
        match self {
            Self::Same(value) => *value,
            Self::Narrow(values, _) => i128::from(values[row]),
            Self::Wide(values, _) => values[row],
        }
    }

    /// Between which two numbers all of them lie.
    pub fn range(&self) -> Range {
        match self {
            Self::Same(value) => Range::of(*value),
            Self::Narrow(_, range) | Self::Wide(_, range) => *range,
        }
    }

    /// The numbers of all rows, one by one.
    pub fn iter(&self, rows: usize) -> impl Iterator<Item = i128> {
        (0..rows).map(|row| self.at(row))
    }
}

/// Numbers of a batch. Where `nulls` says so a row is not known, and its digits mean nothing.
#[derive(Debug, Clone)]
pub struct Numbers {
    /// The digits, or the numerators of quotients.
    pub digits: Digits,
    /// Which rows are known; `None` for all.
    pub nulls: Option<NullBuffer>,
}

impl Numbers {
    /// Numbers of which none is known.
    pub fn unknown(rows: usize) -> Self {
        Self {
            digits: Digits::Same(0),
            nulls: Some(NullBuffer::new_null(rows)),
        }
    }

    /// The number of a row; `None` where it is not known.
    pub fn get(&self, row: usize) -> Option<i128> {
        let known = self.nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
        known.then(|| self.digits.at(row))
    }

    /// The same numbers with those of some rows replaced.
    #[must_use]
    pub fn patched(
        &self,
        rows: usize,
        replaced: impl Iterator<Item = (usize, Option<i128>)>,
    ) -> Self {
        let mut values: Vec<Option<i128>> = (0..rows).map(|row| self.get(row)).collect();
        for (row, value) in replaced {
            values[row] = value;
        }
        let nulls: NullBuffer = values.iter().map(Option::is_some).collect();
        Self {
            digits: Digits::of_wide(values.iter().map(|value| value.unwrap_or(0)).collect()),
            nulls: (nulls.null_count() > 0).then_some(nulls),
        }
    }
}

/// A term for all rows of a batch.
#[derive(Debug, Clone)]
pub enum Vector {
    /// Conditions, with three values.
    Truth(BooleanArray),
    /// Numbers, money and days; dates as days since 1970.
    Numbers(Numbers),
    /// Quotients, not divided; rows whose divisor is nought are not known.
    Quotients {
        /// Numerators, with what is known of both.
        above: Numbers,
        /// Divisors; never nought where the row is known, anything elsewhere.
        below: Digits,
    },
    /// Codes and words: any of Arrow's forms of text.
    Text(ArrayRef),
    /// The same text for all rows.
    SameText(String),
    /// Not known for any row.
    Null,
}

/// A vector, and the rows of it that are known to be absent (`none`).
#[derive(Debug, Clone)]
pub struct Column {
    /// The values; a row that is absent is NULL in it.
    pub vector: Vector,
    /// Rows known to be absent; `None` for no row.
    pub absent: Option<BooleanBuffer>,
}

impl Column {
    /// A vector without absent rows.
    pub fn plain(vector: Vector) -> Self {
        Self {
            vector,
            absent: None,
        }
    }

    /// Whether a row has a value: neither unknown nor absent.
    pub fn has_value(&self, row: usize) -> bool {
        match &self.vector {
            Vector::Truth(values) => values.is_valid(row),
            Vector::Numbers(numbers) | Vector::Quotients { above: numbers, .. } => numbers
                .nulls
                .as_ref()
                .is_none_or(|nulls| nulls.is_valid(row)),
            Vector::Text(values) => values.is_valid(row),
            Vector::SameText(_) => true,
            Vector::Null => false,
        }
    }

    /// Whether a row is known to be absent.
    pub fn is_absent(&self, row: usize) -> bool {
        self.absent.as_ref().is_some_and(|absent| absent.value(row))
    }

    /// Which rows have a value; `None` for all.
    pub fn valid(&self, rows: usize) -> Option<NullBuffer> {
        match &self.vector {
            Vector::Truth(values) => values.nulls().cloned(),
            Vector::Numbers(numbers) | Vector::Quotients { above: numbers, .. } => {
                numbers.nulls.clone()
            }
            Vector::Text(values) => values.logical_nulls(),
            Vector::SameText(_) => None,
            Vector::Null => Some(NullBuffer::new_null(rows)),
        }
    }
}

/// A condition for all rows.
pub fn same_truth(value: Option<bool>, rows: usize) -> BooleanArray {
    match value {
        Some(value) => BooleanArray::new(
            if value {
                BooleanBuffer::new_set(rows)
            } else {
                BooleanBuffer::new_unset(rows)
            },
            None,
        ),
        None => BooleanArray::new(
            BooleanBuffer::new_unset(rows),
            Some(NullBuffer::new_null(rows)),
        ),
    }
}
