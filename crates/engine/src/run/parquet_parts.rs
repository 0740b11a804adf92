//! One Parquet file that the parts of a run write side by side, a thread each.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use datafusion::arrow::datatypes::{FieldRef, Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::ArrowSchemaConverter;
use datafusion::parquet::arrow::arrow_writer::{ArrowRowGroupWriterFactory, compute_leaves};
use datafusion::parquet::basic::Compression;
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::metadata::{
    FileMetaData, ParquetMetaDataBuilder, ParquetMetaDataWriter, RowGroupMetaData,
};
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::file::writer::SerializedFileWriter;

use super::judging::BATCH_ROWS;
use super::packed::{Packer, can_pack};
use super::screen::ScreenError;

/// Values of a row group: a part holds one in memory, so larger groups cost more of it.
const GROUP_VALUES: usize = 4 << 20;

/// Rows of a row group.
fn group_rows(schema: &Schema) -> usize {
    (GROUP_VALUES / schema.fields().len()).clamp(BATCH_ROWS, 128 * 1024)
}

/// How columns are written that are not packed: masks, amounts and gaps are.
fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::LZ4_RAW)
        .set_write_batch_size(BATCH_ROWS)
        .set_offset_index_disabled(true)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .build()
}

/// A Parquet file in the making: parts put whole row groups behind each other as they come, and the
/// description at its end names them in the order of the input. It bears its name once it is whole; until
/// then it is a file beside it, which goes when the run fails.
#[derive(Debug)]
pub struct OutputFile {
    path: PathBuf,
    temporary: PathBuf,
    /// Where the next row group goes.
    end: AtomicU64,
}

/// The mark with which a Parquet file begins.
const MAGIC: &[u8] = b"PAR1";

/// What a part has written: what it says of its file, and its row groups.
pub type Written = (FileMetaData, Vec<RowGroupMetaData>);

impl OutputFile {
    /// A file that is to bear this name.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn create(path: &Path) -> Result<Arc<Self>, ScreenError> {
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(".part");
        let temporary = PathBuf::from(temporary);
        std::fs::write(&temporary, MAGIC).map_err(failed(&temporary))?;
        Ok(Arc::new(Self {
            path: path.to_owned(),
            temporary,
            end: AtomicU64::new(MAGIC.len() as u64),
        }))
    }

    /// A writer for one part.
    ///
    /// # Errors
    /// Where the file cannot be opened or the columns cannot be written.
    pub fn part(self: &Arc<Self>, schema: &SchemaRef) -> Result<PartWriter, ScreenError> {
        Ok(PartWriter {
            file: self.open()?,
            output: Arc::clone(self),
            writer: file_writer(schema)?,
            columns: columns(schema)?,
            packer: Packer::default(),
            schema: Arc::clone(schema),
            waiting: Vec::new(),
            rows: 0,
            taken: 0,
            groups: Vec::new(),
        })
    }

    /// Writes the description of what the parts wrote, in their order, and gives the file its name.
    ///
    /// # Errors
    /// Where it cannot be written or renamed.
    pub fn finish(&self, parts: Vec<Written>) -> Result<(), ScreenError> {
        let Some(first) = parts.first().map(|(file, _)| file.clone()) else {
            return Ok(());
        };
        let mut groups = Vec::new();
        for group in parts.into_iter().flat_map(|(_, groups)| groups) {
            let mut group = group.into_builder();
            if let Ok(number) = i16::try_from(groups.len()) {
                group = group.set_ordinal(number);
            }
            groups.push(group.build()?);
        }
        let file = FileMetaData::new(
            first.version(),
            groups.iter().map(RowGroupMetaData::num_rows).sum(),
            first.created_by().map(str::to_owned),
            first.key_value_metadata().cloned(),
            first.schema_descr_ptr(),
            first.column_orders().cloned(),
        );
        let whole = ParquetMetaDataBuilder::new(file)
            .set_row_groups(groups)
            .build();
        let mut out = self.open()?;
        let end = SeekFrom::Start(self.end.load(Ordering::Relaxed));
        out.seek(end).map_err(failed(&self.temporary))?;
        // Offsets in the description count from the file's beginning; it stands where the data end.
        let mut out = BufWriter::new(out);
        ParquetMetaDataWriter::new(&mut out, &whole).finish()?;
        out.flush().map_err(failed(&self.temporary))?;
        std::fs::rename(&self.temporary, &self.path).map_err(failed(&self.path))
    }

    fn open(&self) -> Result<File, ScreenError> {
        let opened = File::options().write(true).open(&self.temporary);
        opened.map_err(failed(&self.temporary))
    }
}

impl Drop for OutputFile {
    fn drop(&mut self) {
        // A finished file bears its name by now, and nothing is there to take away.
        drop(std::fs::remove_file(&self.temporary));
    }
}

fn failed(at: &Path) -> impl Fn(std::io::Error) -> ScreenError {
    let path = at.display().to_string();
    move |source| ScreenError::File {
        path: path.clone(),
        source,
    }
}

/// Writes as if a part were a file of its own, in memory. Arrow's own description is left out: it would say
/// how wide our decimals are in memory, which older readers do not understand, and Parquet's says all that is
/// needed.
fn file_writer(schema: &Schema) -> Result<SerializedFileWriter<Vec<u8>>, ParquetError> {
    let root = ArrowSchemaConverter::new()
        .convert(schema)?
        .root_schema_ptr();
    SerializedFileWriter::new(Vec::new(), root, Arc::new(properties()))
}

/// What makes the writers of each column that is not packed, apart from the others'.
fn columns(schema: &Schema) -> Result<Vec<Option<ArrowRowGroupWriterFactory>>, ParquetError> {
    let one = |field: &FieldRef| {
        let alone = Arc::new(Schema::new(vec![Arc::clone(field)]));
        let writer = file_writer(&alone)?;
        let packed = can_pack(&writer.schema_descr().column(0), field.data_type());
        Ok((!packed).then(|| ArrowRowGroupWriterFactory::new(&writer, alone)))
    };
    schema.fields().iter().map(one).collect()
}

/// Writes the rows of one part, a row group at a time, and that column by column: an encoder takes more
/// memory than its values, and one follows the other in it.
pub struct PartWriter {
    output: Arc<OutputFile>,
    file: File,
    writer: SerializedFileWriter<Vec<u8>>,
    /// What writes each column; `None` for those that are packed.
    columns: Vec<Option<ArrowRowGroupWriterFactory>>,
    packer: Packer,
    schema: SchemaRef,
    /// Rows of the next row group, and how many.
    waiting: Vec<RecordBatch>,
    rows: usize,
    /// Bytes that were taken from the writer so far.
    taken: u64,
    groups: Vec<RowGroupMetaData>,
}

impl PartWriter {
    /// Takes in rows.
    ///
    /// # Errors
    /// Where they cannot be written.
    pub fn write(&mut self, rows: RecordBatch) -> Result<(), ScreenError> {
        self.rows += rows.num_rows();
        self.waiting.push(rows);
        if self.rows >= group_rows(&self.schema) {
            self.put_group()?;
        }
        Ok(())
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn finish(mut self) -> Result<Written, ScreenError> {
        if self.rows > 0 {
            self.put_group()?;
        }
        let description = self.writer.close()?;
        Ok((description.file_metadata().clone(), self.groups))
    }

    fn put_group(&mut self) -> Result<(), ScreenError> {
        let rows = std::mem::take(&mut self.waiting);
        self.rows = 0;
        let described = self.writer.schema_descr().columns().to_vec();
        let mut group = self.writer.next_row_group()?;
        let fields = self.schema.fields().iter().zip(&self.columns);
        for (place, (field, column)) in fields.enumerate() {
            let Some(column) = column else {
                let batches = rows.iter().map(|batch| batch.column(place));
                self.packer
                    .put(&mut group, Arc::clone(&described[place]), batches)?;
                continue;
            };
            let mut writers = column.create_column_writers(0)?;
            for batch in &rows {
                let leaves = compute_leaves(field, batch.column(place))?;
                for (writer, leaf) in writers.iter_mut().zip(&leaves) {
                    writer.write(leaf)?;
                }
            }
            for writer in writers {
                writer.close()?.append_to_row_group(&mut group)?;
            }
        }
        let group = group.close()?;
        self.put_bytes(&group)
    }

    /// Puts the bytes of a row group where the file ends now.
    fn put_bytes(&mut self, group: &RowGroupMetaData) -> Result<(), ScreenError> {
        let at_fault = failed(&self.output.temporary);
        self.writer.flush().map_err(&at_fault)?;
        let mut bytes = std::mem::take(self.writer.inner_mut());
        // The mark of a file stands before the first.
        let mark = if self.taken == 0 { MAGIC.len() } else { 0 };
        let size = (bytes.len() - mark) as u64;
        let at = self.output.end.fetch_add(size, Ordering::Relaxed);
        self.file.seek(SeekFrom::Start(at)).map_err(&at_fault)?;
        self.file.write_all(&bytes[mark..]).map_err(&at_fault)?;
        let from = self.taken + mark as u64;
        self.groups.push(moved(group, offset(at) - offset(from))?);
        self.taken += bytes.len() as u64;
        // Its memory serves the next one.
        bytes.clear();
        *self.writer.inner_mut() = bytes;
        Ok(())
    }
}

fn offset(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// The description of a row group that stands so many bytes further behind.
fn moved(group: &RowGroupMetaData, by: i64) -> Result<RowGroupMetaData, ParquetError> {
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
    builder.build()
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{ArrayRef, Int64Array, StringArray, UInt64Array};
    use datafusion::arrow::compute::concat_batches;
    use datafusion::arrow::datatypes::{DataType, Field};
    use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    use super::*;

    fn batch(from: i64, rows: i64) -> RecordBatch {
        let numbers: Int64Array = (from..from + rows)
            .map(|n| (n % 7 != 0).then_some(n * n % 1_000_003 - 500_000))
            .collect();
        let words: StringArray = (from..from + rows)
            .map(|n| Some(format!("w{}", n % 50)))
            .collect();
        let masks: UInt64Array = (from..from + rows)
            .map(|n| u64::try_from(n % 9).ok())
            .collect();
        let schema = Schema::new(vec![
            Field::new("number", DataType::Int64, true),
            Field::new("word", DataType::Utf8, false),
            Field::new("mask", DataType::UInt64, true),
        ]);
        let columns: Vec<ArrayRef> = vec![Arc::new(numbers), Arc::new(words), Arc::new(masks)];
        RecordBatch::try_new(Arc::new(schema), columns).unwrap()
    }

    #[test]
    fn parts_that_write_in_turns_are_their_rows_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("whole.parquet");
        let whole = batch(0, 800_000);
        let output = OutputFile::create(&path).unwrap();
        let mut first = output.part(&whole.schema()).unwrap();
        let empty = output.part(&whole.schema()).unwrap();
        let mut last = output.part(&whole.schema()).unwrap();
        // Several row groups each, and those of one part between those of the other.
        for turn in 0..4 {
            last.write(whole.slice(400_000 + turn * 100_000, 100_000))
                .unwrap();
            first.write(whole.slice(turn * 100_000, 100_000)).unwrap();
        }
        let last = last.finish().unwrap();
        let written = vec![first.finish().unwrap(), empty.finish().unwrap(), last];
        assert!(!path.exists());
        output.finish(written).unwrap();
        drop(output);
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap();
        assert_eq!(reader.metadata().file_metadata().num_rows(), 800_000);
        assert_eq!(reader.metadata().num_row_groups(), 4);
        let found: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
        let found = concat_batches(&found[0].schema(), &found).unwrap();
        assert_eq!(found.columns(), whole.columns());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn nothing_is_left_of_a_file_that_was_not_finished() {
        let dir = tempfile::tempdir().unwrap();
        let taken = dir.path().join("a folder");
        std::fs::create_dir(&taken).unwrap();
        let output = OutputFile::create(&taken).unwrap();
        let mut part = output.part(&batch(0, 1).schema()).unwrap();
        part.write(batch(0, 10)).unwrap();
        let written = part.finish().unwrap();
        assert!(output.finish(vec![written]).is_err());
        drop(output);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        assert!(taken.is_dir());
    }
}
