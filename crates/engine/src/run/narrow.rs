//! Parquet read in the narrowest of Arrow's forms: decimals that fit 64 bits as such, codes as dictionaries.
//!
//! Left to itself the reader makes 128 bits of every decimal, of which the rules want 64, and writes out the
//! text of every code, which is then looked up again. What a table's columns are and what a reader makes of
//! a file's are two things to DataFusion, which casts between them; so both are said here.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::dataframe::DataFrame;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::metadata::DFParquetMetadata;
use datafusion::datasource::physical_plan::{
    FileGroup, FileScanConfig, FileScanConfigBuilder, ParquetSource,
};
use datafusion::datasource::source::DataSourceExec;
use datafusion::execution::SessionStateBuilder;
use datafusion::object_store::path::Path as ObjectPath;
use datafusion::parquet::arrow::parquet_to_arrow_schema;
use datafusion::parquet::basic::Type as PhysicalType;
use datafusion::parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use datafusion::parquet::schema::types::ColumnDescriptor;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::{ParquetReadOptions, SessionContext};

use super::frame::Frame;
use super::reading::Readers;
use crate::expression::Type;

/// Digits of which every number fits 64 bits.
const NARROW_DIGITS: u8 = 18;

/// The table in a file or folder of Parquet, `wide` as the reader makes it by itself, with the facts that
/// the frame finds in it read narrowly.
///
/// # Errors
/// DataFusion's, where a file cannot be read.
pub async fn narrowed(
    context: &SessionContext,
    path: &str,
    wide: DataFrame,
    frame: &Frame,
) -> Result<DataFrame> {
    let files = files(context, wide.clone().create_physical_plan().await?).await?;
    let schema = wide.schema().as_arrow();
    let mut forms: HashMap<&str, DataType> = HashMap::new();
    // Identities are all different: a dictionary of them would be as long as their column.
    let facts = frame.columns.iter();
    for column in facts.filter(|column| column.index != frame.identity()) {
        let field = schema.field(column.index);
        let form = form(column.variable.ty, field.data_type());
        if let Some(form) = form.filter(|form| files.iter().all(|file| file.can_give(field, form)))
        {
            forms.insert(field.name(), form);
        }
    }
    if forms.is_empty() {
        return Ok(wide);
    }
    let table = with_forms(schema, &forms);
    let told = files.iter().map(|file| {
        let told = Told {
            schema: Arc::new(with_forms(&file.schema, &forms)),
            edges: file.edges(),
        };
        (file.path.clone(), told)
    });
    let described = files.iter();
    let described = described.map(|file| (file.path.clone(), Arc::clone(&file.metadata)));
    let rule = ReadNarrowly {
        files: told.collect(),
        readers: Arc::new(Readers::new(described.collect())),
    };
    let state = SessionStateBuilder::new_from_existing(context.state())
        .with_physical_optimizer_rule(Arc::new(rule))
        .build();
    SessionContext::new_with_state(state)
        .read_parquet(path, ParquetReadOptions::default().schema(&table))
        .await
}

/// The form in which a column of this type is wanted; `None` for the one that it has.
fn form(ty: Type, kind: &DataType) -> Option<DataType> {
    match kind {
        DataType::Decimal128(digits, scale) if ty.is_numeric() && *digits <= NARROW_DIGITS => {
            Some(DataType::Decimal64(*digits, *scale))
        }
        // Words of which there are many would not gain: each batch would make a dictionary of its own.
        DataType::Utf8 if ty == Type::Code => Some(DataType::Dictionary(
            DataType::Int32.into(),
            kind.clone().into(),
        )),
        _ => None,
    }
}

fn with_forms(schema: &Schema, forms: &HashMap<&str, DataType>) -> Schema {
    let one = |field: &FieldRef| match forms.get(field.name().as_str()) {
        Some(form) => Arc::new(field.as_ref().clone().with_data_type(form.clone())),
        None => Arc::clone(field),
    };
    let fields: Vec<FieldRef> = schema.fields().iter().map(one).collect();
    Schema::new_with_metadata(fields, schema.metadata().clone())
}

/// A file of a table.
struct TableFile {
    path: ObjectPath,
    size: u64,
    metadata: Arc<ParquetMetaData>,
    /// What the reader makes of it by itself.
    schema: Schema,
}

impl TableFile {
    /// Whether the reader can give a column in this form: a decimal has to be kept in 64 bits. A file that
    /// does not have the column is no hindrance.
    fn can_give(&self, field: &Field, form: &DataType) -> bool {
        let name = field.name();
        let Ok(here) = self.schema.field_with_name(name) else {
            return true;
        };
        let columns = self.metadata.file_metadata().schema_descr().columns();
        let mut columns = columns.iter();
        let column = columns.find(|column| column.path().parts() == [name.as_str()]);
        here.data_type() == field.data_type()
            && column.is_some_and(|column| !form.is_decimal() || fits_narrow(column))
    }

    /// Where its row groups begin, and where it ends.
    fn edges(&self) -> Vec<i64> {
        let first = |group: &RowGroupMetaData| {
            let column = group.column(0);
            let dictionary = column.dictionary_page_offset();
            dictionary.unwrap_or_else(|| column.data_page_offset())
        };
        let groups = self.metadata.row_groups().iter().map(first);
        groups.chain(i64::try_from(self.size)).collect()
    }
}

fn fits_narrow(column: &ColumnDescriptor) -> bool {
    match column.physical_type() {
        PhysicalType::INT32 | PhysicalType::INT64 => true,
        PhysicalType::FIXED_LEN_BYTE_ARRAY => (1..=8).contains(&column.type_length()),
        _ => false,
    }
}

/// The files that a plan reads.
async fn files(context: &SessionContext, plan: Arc<dyn ExecutionPlan>) -> Result<Vec<TableFile>> {
    let runtime = context.runtime_env();
    let mut scans: Vec<FileScanConfig> = Vec::new();
    plan.apply(|node| {
        scans.extend(scan(node.as_ref()).cloned());
        Ok(datafusion::common::tree_node::TreeNodeRecursion::Continue)
    })?;
    let mut files: Vec<TableFile> = Vec::new();
    for scan in &scans {
        let store = runtime.object_store(&scan.object_store_url)?;
        for file in scan.file_groups.iter().flat_map(FileGroup::iter) {
            let object = &file.object_meta;
            if files.iter().any(|known| known.path == object.location) {
                continue;
            }
            let cache = runtime.cache_manager.get_file_metadata_cache();
            let metadata = DFParquetMetadata::new(store.as_ref(), object)
                .with_file_metadata_cache(Some(cache))
                .fetch_metadata()
                .await?;
            let described = metadata.file_metadata();
            let schema =
                parquet_to_arrow_schema(described.schema_descr(), described.key_value_metadata())?;
            files.push(TableFile {
                path: object.location.clone(),
                size: object.size,
                metadata,
                schema,
            });
        }
    }
    Ok(files)
}

fn scan(node: &dyn ExecutionPlan) -> Option<&FileScanConfig> {
    node.downcast_ref::<DataSourceExec>()?
        .data_source()
        .downcast_ref::<FileScanConfig>()
}

/// Tells the reader of each file what to make of it.
#[derive(Debug)]
struct ReadNarrowly {
    files: HashMap<ObjectPath, Told>,
    readers: Arc<Readers>,
}

/// What is told about a file.
#[derive(Debug)]
struct Told {
    schema: SchemaRef,
    edges: Vec<i64>,
}

impl Told {
    /// The edge of a row group that is nearest. A part reads the groups that begin in it: of a file cut in
    /// half within a group, one part has a group more than half, unless the cut moves.
    fn edge(&self, cut: i64) -> i64 {
        let nearest = self.edges.iter().min_by_key(|edge| (*edge - cut).abs());
        nearest.copied().unwrap_or(cut)
    }
}

impl ReadNarrowly {
    fn told(&self, file: &PartitionedFile) -> PartitionedFile {
        let Some(told) = self.files.get(&file.object_meta.location) else {
            return file.clone();
        };
        let mut file = file.clone().with_arrow_schema(Arc::clone(&told.schema));
        if let Some(range) = &mut file.range {
            (range.start, range.end) = (told.edge(range.start), told.edge(range.end));
        }
        file
    }
}

impl PhysicalOptimizerRule for ReadNarrowly {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|node| {
            let Some(scan) = scan(node.as_ref()) else {
                return Ok(Transformed::no(node));
            };
            let groups = scan.file_groups.iter();
            let groups = groups.map(|group| group.iter().map(|file| self.told(file)).collect());
            let mut told =
                FileScanConfigBuilder::from(scan.clone()).with_file_groups(groups.collect());
            if let Some(source) = scan.file_source().downcast_ref::<ParquetSource>() {
                let readers = Arc::clone(&self.readers);
                let source = source.clone().with_parquet_file_reader_factory(readers);
                told = told.with_source(Arc::new(source));
            }
            Ok(Transformed::yes(DataSourceExec::from_data_source(
                told.build(),
            )))
        })
        .data()
    }

    fn name(&self) -> &'static str {
        "read_narrowly"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::Path;

    use datafusion::arrow::array::{Array, RecordBatch};
    use datafusion::arrow::compute::{cast, concat_batches};
    use datafusion::parquet::basic::ConvertedType;
    use datafusion::parquet::column::writer::ColumnWriter;
    use datafusion::parquet::data_type::{ByteArray, FixedLenByteArray};
    use datafusion::parquet::file::writer::SerializedFileWriter;
    use datafusion::parquet::schema::parser::parse_message_type;
    use datafusion::prelude::SessionConfig;
    use domain::SubjectKind;
    use futures::StreamExt;

    use super::super::screen::configured;
    use super::*;
    use crate::{RuleFiles, load_files};

    fn frame(schema: &Schema) -> Frame {
        let kinds = [
            ("revenue", "money"),
            ("assets", "money"),
            ("fixed", "money"),
            ("longer", "money"),
            ("loose", "money"),
            ("share", "ratio"),
            ("industry", "code"),
            ("note", "text"),
        ];
        let variables = kinds.map(|(name, kind)| {
            format!(
                "  {name}: {{label: {{en: {name}}}, subject: enterprise, type: {kind}, period: none, sensitivity: public}}\n"
            )
        });
        let text = format!("variables:\n{}", variables.concat());
        let files = RuleFiles::from_texts(vec![("variables/all.yaml".to_owned(), text)]);
        let (rulebook, diagnostics) = load_files(&files, None);
        let rulebook = rulebook.unwrap_or_else(|| panic!("{}", crate::render(&diagnostics)));
        Frame::of_schema(&rulebook, &SubjectKind::Enterprise, schema).unwrap()
    }

    /// A value of each row and group: the third is not known, and signs change.
    fn value(group: i64, row: i64) -> Option<i64> {
        (row % 3 != 2).then_some((group * 1_000 + row * 7 + 1) * (1 - 2 * (row % 2)))
    }

    /// Whole numbers as decimals have them: big-endian, in so many bytes.
    fn bytes(value: i64, size: usize) -> Vec<u8> {
        let bytes = i128::from(value).to_be_bytes();
        bytes[bytes.len() - size..].to_vec()
    }

    fn put(column: &mut ColumnWriter<'_>, group: i64, rows: i64) {
        let known: Vec<i64> = (0..rows).filter_map(|row| value(group, row)).collect();
        let levels = (0..rows).map(|row| i16::from(value(group, row).is_some()));
        let levels: Vec<i16> = levels.collect();
        let levels = Some(levels.as_slice());
        let written = match column {
            ColumnWriter::Int32ColumnWriter(column) => {
                let values: Vec<i32> = known.iter().map(|v| i32::try_from(*v).unwrap()).collect();
                column.write_batch(&values, levels, None)
            }
            ColumnWriter::Int64ColumnWriter(column) => column.write_batch(&known, levels, None),
            ColumnWriter::FixedLenByteArrayColumnWriter(column) => {
                let size = usize::try_from(column.get_descriptor().type_length()).unwrap();
                let values = known
                    .iter()
                    .map(|v| ByteArray::from(bytes(*v, size)).into());
                let values: Vec<FixedLenByteArray> = values.collect();
                column.write_batch(&values, levels, None)
            }
            ColumnWriter::ByteArrayColumnWriter(column) => {
                let described = column.get_descriptor();
                let decimal = described.converted_type() == ConvertedType::DECIMAL;
                if described.max_def_level() == 0 {
                    let ids = (0..rows).map(|row| format!("{group}-{row}").as_str().into());
                    let ids: Vec<ByteArray> = ids.collect();
                    column.write_batch(&ids, None, None)
                } else if decimal {
                    let values: Vec<ByteArray> =
                        known.iter().map(|v| bytes(*v, 5).into()).collect();
                    column.write_batch(&values, levels, None)
                } else {
                    let words = known.iter().map(|v| format!("w{}", v % 5).as_str().into());
                    let words: Vec<ByteArray> = words.collect();
                    column.write_batch(&words, levels, None)
                }
            }
            _ => panic!("no column of the tests"),
        };
        written.unwrap();
    }

    /// Writes row groups of so many rows.
    fn write(path: &Path, columns: &str, groups: &[i64]) {
        let message = format!("message table {{ required binary subject_id (UTF8); {columns} }}");
        let schema = Arc::new(parse_message_type(&message).unwrap());
        let file = File::create(path).unwrap();
        let mut file = SerializedFileWriter::new(file, schema, Arc::default()).unwrap();
        for (group, rows) in (0..).zip(groups) {
            let mut writer = file.next_row_group().unwrap();
            while let Some(mut column) = writer.next_column().unwrap() {
                put(column.untyped(), group, *rows);
                column.close().unwrap();
            }
            writer.close().unwrap();
        }
        file.close().unwrap();
    }

    /// The rows of a table, part after part.
    async fn rows(table: DataFrame) -> RecordBatch {
        let schema = Arc::new(table.schema().as_arrow().clone());
        let mut batches = Vec::new();
        for mut part in table.execute_stream_partitioned().await.unwrap() {
            while let Some(batch) = part.next().await {
                batches.push(batch.unwrap());
            }
        }
        concat_batches(&schema, &batches).unwrap()
    }

    /// A table as it is read narrowly; its rows are the same as those read otherwise.
    async fn read(path: &Path) -> RecordBatch {
        let config = configured(SessionConfig::new(), 2);
        let context = SessionContext::new_with_config(config);
        let path = path.to_str().unwrap();
        let options = ParquetReadOptions::default();
        let wide = context.read_parquet(path, options).await.unwrap();
        let frame = frame(wide.schema().as_arrow());
        let found = narrowed(&context, path, wide.clone(), &frame).await;
        let (found, wide) = (rows(found.unwrap()).await, rows(wide).await);
        assert_eq!(found.num_rows(), wide.num_rows());
        for (found, wide) in found.columns().iter().zip(wide.columns()) {
            assert_eq!(&cast(found, wide.data_type()).unwrap(), wide);
        }
        found
    }

    fn kinds(batch: &RecordBatch) -> Vec<DataType> {
        let fields = batch.schema_ref().fields().iter();
        fields.map(|field| field.data_type().clone()).collect()
    }

    fn codes() -> DataType {
        DataType::Dictionary(DataType::Int32.into(), DataType::Utf8.into())
    }

    #[tokio::test]
    async fn what_64_bits_hold_and_codes_come_narrow() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("table.parquet");
        let columns = "optional int32 revenue (DECIMAL(9,2)); optional int64 assets (DECIMAL(18,2)); \
             optional fixed_len_byte_array(8) fixed (DECIMAL(18,3)); \
             optional fixed_len_byte_array(16) longer (DECIMAL(18,2)); \
             optional binary loose (DECIMAL(18,2)); optional int64 share (DECIMAL(10,4)); \
             optional binary industry (UTF8); optional binary note (UTF8);";
        write(&path, columns, &[9_000, 70, 1, 400]);
        let found = read(&path).await;
        let wanted = [
            DataType::Utf8,
            DataType::Decimal64(9, 2),
            DataType::Decimal64(18, 2),
            DataType::Decimal64(18, 3),
            DataType::Decimal128(18, 2),
            DataType::Decimal128(18, 2),
            DataType::Decimal64(10, 4),
            codes(),
            DataType::Utf8,
        ];
        assert_eq!(kinds(&found), wanted);
        assert_eq!(found.num_rows(), 9_471);
    }

    #[tokio::test]
    async fn what_one_file_cannot_give_is_asked_of_none() {
        let dir = tempfile::tempdir().unwrap();
        let assets = "optional int64 assets (DECIMAL(18,2));";
        let first = format!("optional int64 revenue (DECIMAL(18,2)); {assets}");
        write(&dir.path().join("a.parquet"), &first, &[500, 20]);
        // Here one is kept otherwise, one is not there, and one is only here.
        let second = "optional fixed_len_byte_array(16) revenue (DECIMAL(18,2)); \
             optional binary industry (UTF8);";
        write(&dir.path().join("b.parquet"), second, &[300]);
        let found = read(dir.path()).await;
        let (wide, narrow) = (DataType::Decimal128(18, 2), DataType::Decimal64(18, 2));
        assert_eq!(kinds(&found), [DataType::Utf8, wide, narrow, codes()]);
        assert_eq!(found.column(2).null_count(), 300 + 166 + 6);
        assert_eq!(found.column(3).null_count(), 520 + 100);
    }

    #[test]
    fn a_cut_moves_to_the_nearer_edge_of_a_row_group() {
        let told = Told {
            schema: Arc::new(Schema::empty()),
            edges: vec![4, 100, 200, 300],
        };
        let cuts = [0, 99, 149, 151, 260, 300].map(|cut| told.edge(cut));
        assert_eq!(cuts, [4, 100, 100, 200, 300, 300]);
    }
}
