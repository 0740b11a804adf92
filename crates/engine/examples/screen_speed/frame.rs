//! The enterprises of the benchmark: sixty columns, the same for the same number of rows every time.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal64Array, DictionaryArray, Int32Array, Int64Array,
    StringArray,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_writer::ArrowWriterOptions;
use datafusion::parquet::basic::Compression;
use datafusion::parquet::file::properties::WriterProperties;

use super::rules::{CODE_VALUES, Random, code, columns};

/// Rows that are made at a time.
const PIECE: usize = 65_536;

/// Columns: `subject_id`, then those of the rules.
pub fn schema() -> SchemaRef {
    let mut fields = vec![Field::new("subject_id", DataType::Utf8, false)];
    for name in columns() {
        let kind = match name.trim_end_matches(|c: char| c.is_ascii_digit()) {
            "money" => DataType::Decimal64(18, 2),
            "count" => DataType::Int64,
            "share" => DataType::Decimal64(10, 4),
            "day" => DataType::Date32,
            "flag" => DataType::Boolean,
            _ => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
        };
        fields.push(Field::new(name, kind, true));
    }
    Arc::new(Schema::new(fields))
}

/// Rows from `first` on.
pub fn batch(first: usize, rows: usize) -> RecordBatch {
    let ids: StringArray = (first..first + rows)
        .map(|row| Some(format!("91610131MA{row:08}")))
        .collect();
    let mut all: Vec<ArrayRef> = vec![Arc::new(ids)];
    for (place, field) in schema().fields().iter().enumerate().skip(1) {
        let mut random = Random((first as u64) << 8 | place as u64);
        // Two to nine of a hundred are not known, by column.
        let unknown = 2 + place as u64 % 8;
        all.push(column(field, rows, unknown, &mut random));
    }
    RecordBatch::try_new(schema(), all).expect("the columns have the types of the schema")
}

fn column(field: &Field, rows: usize, unknown: u64, random: &mut Random) -> ArrayRef {
    macro_rules! some {
        ($value:expr) => {
            (0..rows).map(|_| (random.below(100) >= unknown).then(|| $value))
        };
    }
    match field.data_type() {
        DataType::Decimal64(_, 2) => {
            // From nothing to a hundred million yuan, smaller ones more often; one of a hundred is nought,
            // one of fifty negative.
            let values = some!(match random.below(100) {
                0 => 0,
                1 | 2 => -random.number(1_000_000_000),
                _ => {
                    let scale = 10_i64.pow(2 + u32::try_from(random.below(6)).unwrap_or(0));
                    random.number(1_000) * scale + random.number(100_000)
                }
            });
            let array: Decimal64Array = values.collect();
            Arc::new(
                array
                    .with_precision_and_scale(18, 2)
                    .expect("eighteen digits"),
            )
        }
        DataType::Decimal64(..) => {
            let values = some!(random.number(10_000));
            let array: Decimal64Array = values.collect();
            Arc::new(array.with_precision_and_scale(10, 4).expect("ten digits"))
        }
        DataType::Int64 => Arc::new(some!(random.number(10_000)).collect::<Int64Array>()),
        DataType::Date32 => {
            let days = some!(8_000 + i32::try_from(random.below(12_000)).unwrap_or(0));
            Arc::new(days.collect::<Date32Array>())
        }
        DataType::Boolean => Arc::new(some!(random.below(3) == 0).collect::<BooleanArray>()),
        _ => {
            let keys = some!(i32::try_from(random.index(CODE_VALUES)).unwrap_or(0));
            let keys: Int32Array = keys.collect();
            let codes: StringArray = (0..CODE_VALUES).map(|value| Some(code(value))).collect();
            Arc::new(DictionaryArray::new(keys, Arc::new(codes)))
        }
    }
}

/// Writes so many rows as Parquet, as other programs would: decimals, dates and texts, and nothing about
/// how Arrow keeps them in memory.
pub fn write(path: &Path, rows: usize) {
    let properties = WriterProperties::builder()
        .set_compression(Compression::LZ4_RAW)
        .set_max_row_group_row_count(Some(4 * PIECE))
        .build();
    let options = ArrowWriterOptions::new()
        .with_properties(properties)
        .with_skip_arrow_metadata(true);
    let file = File::create(path).expect("the folder can be written to");
    let mut writer = ArrowWriter::try_new_with_options(file, schema(), options).expect("a writer");
    for first in (0..rows).step_by(PIECE) {
        writer
            .write(&batch(first, PIECE.min(rows - first)))
            .expect("rows are written");
    }
    writer.close().expect("the file is finished");
}
