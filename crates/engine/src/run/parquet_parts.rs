//! Parquet written in parts, one a thread, and joined without decoding them again.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::parquet::arrow::arrow_writer::ArrowWriterOptions;
use datafusion::parquet::basic::Compression;
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::metadata::{
    FileMetaData, ParquetMetaData, ParquetMetaDataBuilder, ParquetMetaDataReader,
    ParquetMetaDataWriter, RowGroupMetaData,
};
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::schema::types::ColumnPath;

use super::screen::ScreenError;

/// Values of a row group: every column's writer buffers one, so larger groups cost memory.
const GROUP_VALUES: usize = 24 << 20;

/// How results are written. Numbers that seldom repeat are not looked for in a dictionary.
pub fn options(schema: &Schema) -> ArrowWriterOptions {
    let rows = (GROUP_VALUES / schema.fields().len()).clamp(8 * 1024, 128 * 1024);
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::LZ4_RAW)
        .set_max_row_group_row_count(Some(rows))
        .set_offset_index_disabled(true)
        .set_statistics_enabled(EnabledStatistics::Chunk);
    for field in schema.fields() {
        if matches!(field.data_type(), DataType::Decimal64(..) | DataType::Int64) {
            let column = ColumnPath::from(vec![field.name().clone()]);
            properties = properties.set_column_dictionary_enabled(column, false);
        }
    }
    // Arrow's own description is left out: it would say how wide our decimals are in memory, which older
    // readers do not understand, and Parquet's says all that is needed.
    ArrowWriterOptions::new()
        .with_properties(properties.build())
        .with_skip_arrow_metadata(true)
}

/// Joins the parts, in their order, into one file, and takes them away. The first part becomes the file:
/// what the others hold is put behind it as it is, and one description of all takes the place of theirs.
///
/// # Errors
/// Where a part cannot be read or the file cannot be written.
pub fn join(parts: &[PathBuf], path: &Path) -> Result<(), ScreenError> {
    let Some((first, others)) = parts.split_first() else {
        return Ok(());
    };
    if !others.is_empty() {
        append(first, others)?;
    }
    std::fs::rename(first, path).map_err(failed(path))
}

fn failed(at: &Path) -> impl Fn(std::io::Error) -> ScreenError {
    let path = at.display().to_string();
    move |source| ScreenError::File {
        path: path.clone(),
        source,
    }
}

fn append(first: &Path, others: &[PathBuf]) -> Result<(), ScreenError> {
    let opened = File::options().read(true).write(true).open(first);
    let mut out = opened.map_err(failed(first))?;
    let description = ParquetMetaDataReader::new().parse_and_finish(&out)?;
    let mut end = data_end(&description);
    let file = description.file_metadata().clone();
    let (mut rows, mut groups) = (file.num_rows(), Vec::new());
    for group in description.row_groups() {
        groups.push(moved(group, 0, groups.len())?);
    }
    out.set_len(end).map_err(failed(first))?;
    out.seek(SeekFrom::Start(end)).map_err(failed(first))?;
    for other in others {
        let mut part = File::open(other).map_err(failed(other))?;
        let description = ParquetMetaDataReader::new().parse_and_finish(&part)?;
        let size = data_end(&description) - MAGIC;
        part.seek(SeekFrom::Start(MAGIC)).map_err(failed(other))?;
        // From file to file the system copies by itself.
        std::io::copy(&mut part.take(size), &mut out).map_err(failed(other))?;
        for group in description.row_groups() {
            groups.push(moved(group, end - MAGIC, groups.len())?);
        }
        end += size;
        rows += description.file_metadata().num_rows();
        std::fs::remove_file(other).map_err(failed(other))?;
    }
    let file = FileMetaData::new(
        file.version(),
        rows,
        file.created_by().map(str::to_owned),
        file.key_value_metadata().cloned(),
        file.schema_descr_ptr(),
        file.column_orders().cloned(),
    );
    let whole = ParquetMetaDataBuilder::new(file)
        .set_row_groups(groups)
        .build();
    let mut out = BufWriter::new(out);
    // Offsets in the description count from the file's beginning; it stands where the data end.
    ParquetMetaDataWriter::new(&mut out, &whole).finish()?;
    out.flush().map_err(failed(first))
}

/// Bytes of the mark with which a Parquet file begins.
const MAGIC: u64 = 4;

/// Where the last of the values ends; what stands behind it is described anew.
fn data_end(description: &ParquetMetaData) -> u64 {
    let groups = description.row_groups().iter();
    let columns = groups.flat_map(RowGroupMetaData::columns);
    let ends = columns.map(|column| {
        let (start, length) = column.byte_range();
        start + length
    });
    ends.max().unwrap_or(MAGIC)
}

/// The description of a row group that stands so many bytes further behind.
fn moved(
    group: &RowGroupMetaData,
    by: u64,
    number: usize,
) -> Result<RowGroupMetaData, ParquetError> {
    let by = i64::try_from(by).unwrap_or(i64::MAX);
    let columns = group.columns().iter().map(|column| {
        column
            .clone()
            .into_builder()
            .set_data_page_offset(column.data_page_offset() + by)
            .set_dictionary_page_offset(column.dictionary_page_offset().map(|at| at + by))
            .set_index_page_offset(None)
            .set_offset_index_offset(None)
            .set_offset_index_length(None)
            .set_column_index_offset(None)
            .set_column_index_length(None)
            .build()
    });
    let mut builder = group
        .clone()
        .into_builder()
        .set_column_metadata(columns.collect::<Result<_, _>>()?);
    if let Some(at) = group.file_offset() {
        builder = builder.set_file_offset(at + by);
    }
    if let Ok(number) = i16::try_from(number) {
        builder = builder.set_ordinal(number);
    }
    builder.build()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
    use datafusion::arrow::compute::concat_batches;
    use datafusion::arrow::datatypes::Field;
    use datafusion::parquet::arrow::ArrowWriter;
    use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    use super::*;

    fn batch(from: i64, rows: i64) -> RecordBatch {
        let numbers: Int64Array = (from..from + rows)
            .map(|n| (n % 7 != 0).then_some(n))
            .collect();
        let words: StringArray = (from..from + rows)
            .map(|n| Some(format!("w{}", n % 50)))
            .collect();
        let schema = Schema::new(vec![
            Field::new("number", DataType::Int64, true),
            Field::new("word", DataType::Utf8, false),
        ]);
        let columns: Vec<ArrayRef> = vec![Arc::new(numbers), Arc::new(words)];
        RecordBatch::try_new(Arc::new(schema), columns).unwrap()
    }

    #[test]
    fn parts_joined_are_their_rows_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let whole = batch(0, 60_000);
        let mut parts = Vec::new();
        for (number, (from, rows)) in [(0, 25_000), (25_000, 1), (25_001, 34_999)]
            .into_iter()
            .enumerate()
        {
            let path = dir.path().join(format!("part{number}"));
            let part = batch(from, rows);
            let file = File::create(&path).unwrap();
            let options = options(&part.schema());
            let mut writer =
                ArrowWriter::try_new_with_options(file, part.schema(), options).unwrap();
            // Two row groups each.
            writer.write(&part.slice(0, part.num_rows() / 2)).unwrap();
            writer.flush().unwrap();
            writer
                .write(&part.slice(part.num_rows() / 2, part.num_rows().div_ceil(2)))
                .unwrap();
            writer.close().unwrap();
            parts.push(path);
        }
        let path = dir.path().join("joined.parquet");
        join(&parts, &path).unwrap();
        assert!(parts.iter().all(|part| !part.exists()));
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap();
        assert_eq!(reader.metadata().file_metadata().num_rows(), 60_000);
        let found: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
        let found = concat_batches(&found[0].schema(), &found).unwrap();
        assert_eq!(found.columns(), whole.columns());
    }
}
