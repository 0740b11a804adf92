//! Values of a term for a batch of rows: exact numbers in the narrowest form that holds them.

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray};
use datafusion::arrow::buffer::{BooleanBuffer, NullBuffer};

/// Whole numbers that mean `value / 10^scale`; the scale is known when the plan is made, not here.
#[derive(Debug, Clone)]
pub enum Digits {
    /// The same for all rows.
    Same(i128),
    /// Numbers that fit 64 bits by what is known of their bounds.
    Narrow(Vec<i64>),
    /// Numbers that need up to 128 bits.
    Wide(Vec<i128>),
}

impl Digits {
    /// The number of a row.
    pub fn at(&self, row: usize) -> i128 {
        match self {
            Self::Same(value) => *value,
            Self::Narrow(values) => i128::from(values[row]),
            Self::Wide(values) => values[row],
        }
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
        /// Divisors; never nought where the row is known.
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
