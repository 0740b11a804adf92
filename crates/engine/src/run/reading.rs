//! Reads what a part wants of a Parquet file, a row group at a time, into memory that served the group before:
//! the system clears what a program gets from it, and the store that DataFusion has for local files clears
//! it once more.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use datafusion::common::{Result, exec_err};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::ParquetFileReaderFactory;
use datafusion::object_store::local::LocalFileSystem;
use datafusion::object_store::path::Path as ObjectPath;
use datafusion::parquet::arrow::arrow_reader::ArrowReaderOptions;
use datafusion::parquet::arrow::async_reader::AsyncFileReader;
use datafusion::parquet::errors::{ParquetError, Result as ParquetResult};
use datafusion::parquet::file::metadata::ParquetMetaData;
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use futures::FutureExt;
use futures::future::BoxFuture;

/// Makes the readers of the files of a table, whose descriptions are known.
#[derive(Debug)]
pub struct Readers {
    /// What the files say of themselves.
    files: HashMap<ObjectPath, Arc<ParquetMetaData>>,
    spare: Spare,
}

/// Memory that nobody reads from any more.
type Spare = Arc<Mutex<Vec<Vec<u8>>>>;

impl Readers {
    /// For these files.
    pub fn new(files: HashMap<ObjectPath, Arc<ParquetMetaData>>) -> Self {
        Self {
            files,
            spare: Spare::default(),
        }
    }
}

impl ParquetFileReaderFactory for Readers {
    fn create_reader(
        &self,
        _part: usize,
        file: PartitionedFile,
        _footer: Option<usize>,
        _metrics: &ExecutionPlanMetricsSet,
    ) -> Result<Box<dyn AsyncFileReader + Send>> {
        let location = &file.object_meta.location;
        let Some(metadata) = self.files.get(location) else {
            return exec_err!("`{location}` is not of the table");
        };
        Ok(Box::new(Reader {
            path: LocalFileSystem::new().path_to_filesystem(location)?,
            metadata: Arc::clone(metadata),
            spare: Arc::clone(&self.spare),
        }))
    }
}

struct Reader {
    path: PathBuf,
    metadata: Arc<ParquetMetaData>,
    spare: Spare,
}

impl AsyncFileReader for Reader {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, ParquetResult<Bytes>> {
        async move {
            let mut all = self.get_byte_ranges(vec![range]).await?;
            Ok(all.pop().unwrap_or_default())
        }
        .boxed()
    }

    fn get_byte_ranges(
        &mut self,
        ranges: Vec<Range<u64>>,
    ) -> BoxFuture<'_, ParquetResult<Vec<Bytes>>> {
        let (path, spare) = (self.path.clone(), Arc::clone(&self.spare));
        async move {
            let work = tokio::task::spawn_blocking(move || read(&path, &ranges, spare));
            let read = work.await.map_err(|e| ParquetError::External(e.into()))?;
            Ok(read?)
        }
        .boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        _options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, ParquetResult<Arc<ParquetMetaData>>> {
        std::future::ready(Ok(Arc::clone(&self.metadata))).boxed()
    }
}

/// The bytes of these ranges, all in one piece of memory.
fn read(path: &Path, ranges: &[Range<u64>], spare: Spare) -> std::io::Result<Vec<Bytes>> {
    let mut file = File::open(path)?;
    let sizes = ranges.iter().map(|range| range.end - range.start);
    let sizes: Vec<usize> = sizes
        .map(|size| usize::try_from(size).unwrap_or(usize::MAX))
        .collect();
    let mut memory = Memory::of(sizes.iter().sum(), spare);
    let mut rest = memory.bytes.as_mut_slice();
    for (range, size) in ranges.iter().zip(&sizes) {
        let (into, behind) = rest.split_at_mut(*size);
        file.seek(SeekFrom::Start(range.start))?;
        file.read_exact(into)?;
        rest = behind;
    }
    let all = Bytes::from_owner(memory);
    let mut end = 0;
    let parts = sizes.iter().map(|size| {
        end += size;
        all.slice(end - size..end)
    });
    Ok(parts.collect())
}

/// Memory that is spare again once nobody reads from it.
struct Memory {
    bytes: Vec<u8>,
    spare: Spare,
}

impl Memory {
    /// At least so many bytes; they may be anything.
    fn of(size: usize, spare: Spare) -> Self {
        let found = spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut bytes = found.unwrap_or_default();
        if bytes.len() < size {
            bytes.resize(size, 0);
        }
        Self { bytes, spare }
    }
}

impl AsRef<[u8]> for Memory {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        spare.push(bytes);
    }
}
