//! Parquet written in parts, one a thread, and joined without decoding them again.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::parquet::arrow::arrow_writer::ArrowWriterOptions;
use datafusion::parquet::basic::Compression;
use datafusion::parquet::column::writer::ColumnCloseResult;
use datafusion::parquet::file::metadata::ParquetMetaDataReader;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::file::writer::SerializedFileWriter;
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

/// Joins the parts, in their order, into one file, and takes them away.
///
/// # Errors
/// Where a part cannot be read or the file cannot be written.
pub fn join(parts: &[PathBuf], path: &Path) -> Result<(), ScreenError> {
    let failed = |at: &Path| {
        let path = at.display().to_string();
        move |source| ScreenError::File { path, source }
    };
    if let [only] = parts {
        return std::fs::rename(only, path).map_err(failed(path));
    }
    let Some(first) = parts.first() else {
        return Ok(());
    };
    let read = |at: &PathBuf| -> Result<_, ScreenError> {
        let file = File::open(at).map_err(failed(at))?;
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&file)?;
        Ok((file, metadata))
    };
    let (_, metadata) = read(first)?;
    let schema = metadata.file_metadata().schema_descr().root_schema_ptr();
    let properties = WriterProperties::builder()
        .set_key_value_metadata(metadata.file_metadata().key_value_metadata().cloned())
        .build();
    let out = File::create(path).map_err(failed(path))?;
    let mut writer = SerializedFileWriter::new(out, schema, Arc::new(properties))?;
    for part in parts {
        let (file, metadata) = read(part)?;
        for group in metadata.row_groups() {
            let mut into = writer.next_row_group()?;
            for column in group.columns() {
                let close = ColumnCloseResult {
                    bytes_written: u64::try_from(column.compressed_size()).unwrap_or(0),
                    rows_written: u64::try_from(group.num_rows()).unwrap_or(0),
                    metadata: column.clone(),
                    bloom_filter: None,
                    column_index: None,
                    offset_index: None,
                };
                into.append_column(&file, close)?;
            }
            into.close()?;
        }
        std::fs::remove_file(part).map_err(failed(part))?;
    }
    writer.close()?;
    Ok(())
}
