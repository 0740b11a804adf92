//! Codes and words of a batch, in any form in which Arrow keeps them; dictionaries are read once per
//! distinct text.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, DictionaryArray, PrimitiveArray, StringArray,
};
use datafusion::arrow::buffer::{BooleanBuffer, NullBuffer};
use datafusion::arrow::datatypes::{DataType, Int8Type, Int16Type, Int32Type, Int64Type};
use datafusion::common::hash_utils::RandomState;

use super::arithmetic::holds;
use super::bits;
use super::vector::{Vector, same_truth};
use crate::expression::Comparison;

/// The text of a row; `None` where it is not known.
pub fn value_at(array: &dyn Array, row: usize) -> Option<&str> {
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Some(array.as_string::<i64>().value(row)),
        DataType::Utf8View => Some(array.as_string_view().value(row)),
        DataType::Dictionary(..) => {
            let (key, values) = dictionary_key(array, row)?;
            value_at(values, key)
        }
        _ => None,
    }
}

fn dictionary_key(array: &dyn Array, row: usize) -> Option<(usize, &dyn Array)> {
    macro_rules! key {
        ($kind:ty) => {
            array
                .as_dictionary_opt::<$kind>()
                .map(|dictionary| (dictionary.key(row), dictionary.values().as_ref()))
        };
    }
    let (key, values) = key!(Int32Type)
        .or_else(|| key!(Int8Type))
        .or_else(|| key!(Int16Type))
        .or_else(|| key!(Int64Type))?;
    Some((key?, values))
}

/// The text of a row of a vector.
pub fn of_vector(vector: &Vector, row: usize) -> Option<&str> {
    match vector {
        Vector::Text(array) => value_at(array.as_ref(), row),
        Vector::SameText(text) => Some(text),
        _ => None,
    }
}

/// More distinct texts than this in a batch, and they are taken as they are.
const DISTINCT_MAX: usize = 512;

/// Plain texts of which there are few distinct ones as a dictionary, so that a condition looks at each
/// distinct text once instead of at every row; any others as they are.
pub fn interned(array: &ArrayRef) -> ArrayRef {
    let Some(texts) = array.as_string_opt::<i32>() else {
        return Arc::clone(array);
    };
    let mut places: HashMap<&str, i32, RandomState> = HashMap::default();
    let mut distinct: Vec<&str> = Vec::new();
    let mut keys: Vec<i32> = Vec::with_capacity(texts.len());
    for row in 0..texts.len() {
        if texts.is_null(row) {
            keys.push(0);
            continue;
        }
        let text = texts.value(row);
        let next = i32::try_from(distinct.len()).unwrap_or(i32::MAX);
        let key = *places.entry(text).or_insert(next);
        if key == next {
            if distinct.len() == DISTINCT_MAX {
                return Arc::clone(array);
            }
            distinct.push(text);
        }
        keys.push(key);
    }
    let keys = PrimitiveArray::<Int32Type>::new(keys.into(), texts.nulls().cloned());
    let values: StringArray = distinct.into_iter().map(Some).collect();
    match DictionaryArray::try_new(keys, Arc::new(values)) {
        Ok(dictionary) => Arc::new(dictionary),
        Err(_) => Arc::clone(array),
    }
}

/// A dictionary of which it is less to look at every text than at every row: a file's may have those of far
/// more rows than a batch.
fn small_dictionary(array: &dyn Array) -> Option<&DictionaryArray<Int32Type>> {
    let dictionary = array.as_dictionary_opt::<Int32Type>()?;
    (dictionary.values().len() <= dictionary.len()).then_some(dictionary)
}

/// Whether the condition holds for every text there is; of a small dictionary, for each that it has.
pub fn all(array: &dyn Array, condition: impl Fn(&str) -> bool) -> bool {
    if let Some(dictionary) = small_dictionary(array) {
        return all(dictionary.values().as_ref(), condition);
    }
    (0..array.len()).all(|row| value_at(array, row).is_none_or(&condition))
}

/// A condition on each text; not known where the text is not.
fn each(vector: &Vector, rows: usize, condition: impl Fn(&str) -> bool) -> BooleanArray {
    match vector {
        Vector::SameText(text) => same_truth(Some(condition(text)), rows),
        Vector::Text(array) => {
            let nulls = array.logical_nulls();
            let values = if let Some(dictionary) = small_dictionary(array) {
                let distinct: Vec<bool> = (0..dictionary.values().len())
                    .map(|key| value_at(dictionary.values(), key).is_some_and(&condition))
                    .collect();
                bits::each(dictionary.keys().values(), |key| {
                    // Keys of rows that are not known may be anything.
                    let place = usize::try_from(key).unwrap_or(usize::MAX);
                    distinct.get(place) == Some(&true)
                })
            } else if let Some(texts) = array.as_string_opt::<i32>() {
                BooleanBuffer::collect_bool(rows, |row| condition(texts.value(row)))
            } else {
                BooleanBuffer::collect_bool(rows, |row| {
                    value_at(array.as_ref(), row).is_some_and(&condition)
                })
            };
            BooleanArray::new(values, nulls)
        }
        _ => same_truth(None, rows),
    }
}

/// Whether each text begins with one of the prefixes.
pub fn has_prefix(vector: &Vector, prefixes: &[String], rows: usize) -> BooleanArray {
    each(vector, rows, |text| {
        prefixes
            .iter()
            .any(|prefix| text.starts_with(prefix.as_str()))
    })
}

/// Whether each text is one of the words.
pub fn is_any(vector: &Vector, words: &[&str], rows: usize) -> BooleanArray {
    each(vector, rows, |text| words.contains(&text))
}

/// How two texts compare.
pub fn compare(operator: Comparison, left: &Vector, right: &Vector, rows: usize) -> BooleanArray {
    match (left, right) {
        (left, Vector::SameText(constant)) => {
            each(left, rows, |text| holds(operator, text.cmp(constant)))
        }
        (Vector::SameText(constant), right) => each(right, rows, |text| {
            holds(operator, constant.as_str().cmp(text))
        }),
        (Vector::Text(a), Vector::Text(b)) => {
            let nulls = NullBuffer::union(a.logical_nulls().as_ref(), b.logical_nulls().as_ref());
            let values = BooleanBuffer::collect_bool(rows, |row| {
                match (value_at(a.as_ref(), row), value_at(b.as_ref(), row)) {
                    (Some(a), Some(b)) => holds(operator, a.cmp(b)),
                    _ => false,
                }
            });
            BooleanArray::new(values, nulls)
        }
        _ => same_truth(None, rows),
    }
}
