//! Columns of whole numbers as Parquet, encoded here: Parquet's differences packed bit by bit
//! (`DELTA_BINARY_PACKED`), one page a row group, and no dictionary, statistics or compression.
//!
//! Amounts, gaps and masks are nearly all that a wide output is made of. The general writer makes a list of
//! levels and one of places for each column before it begins; here the bits that say which rows are known are
//! Parquet's levels as they stand, and 64 numbers are packed by a loop made for their width.

use std::io::Write;

use bytes::Bytes;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanBufferBuilder};
use datafusion::arrow::buffer::ScalarBuffer;
use datafusion::arrow::datatypes::{DataType, Decimal64Type, Int64Type, UInt64Type};
use datafusion::parquet::basic::{Encoding, Type};
use datafusion::parquet::column::page::{CompressedPage, Page, PageWriter};
use datafusion::parquet::column::writer::ColumnCloseResult;
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::metadata::ColumnChunkMetaData;
use datafusion::parquet::file::writer::{
    SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite,
};
use datafusion::parquet::schema::types::{ColumnDescPtr, ColumnDescriptor};
use multiversion::multiversion;

use super::bits;

/// Numbers that are packed with one width.
const MINI: usize = 64;
/// Such runs in a block, which has one smallest difference.
const MINIS: usize = 4;
const BLOCK: usize = MINI * MINIS;

/// Whether columns of this kind can be packed: those of 64 bits in memory and in the file.
pub fn can_pack(column: &ColumnDescriptor, kind: &DataType) -> bool {
    let wide = matches!(
        kind,
        DataType::Decimal64(..) | DataType::Int64 | DataType::UInt64
    );
    wide && column.physical_type() == Type::INT64 && column.max_rep_level() == 0
}

/// Packs columns one after the other, in the same memory.
#[derive(Default)]
pub struct Packer {
    /// The numbers of a column that are known.
    known: Vec<i64>,
    /// The page that is being made.
    page: Vec<u8>,
}

impl Packer {
    /// Puts a column of a row group behind the others: the arrays of its batches.
    ///
    /// # Errors
    /// Parquet's, where it cannot be written.
    pub fn put<'a, W: Write + Send>(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, W>,
        column: ColumnDescPtr,
        batches: impl Iterator<Item = &'a ArrayRef> + Clone,
    ) -> Result<(), ParquetError> {
        let rows: usize = batches.clone().map(Array::len).sum();
        self.page.clear();
        if column.max_def_level() > 0 {
            self.levels(rows, batches.clone());
        }
        self.known.clear();
        for batch in batches {
            let values = numbers(batch);
            match batch.nulls().filter(|nulls| nulls.null_count() > 0) {
                Some(nulls) => append_known(&mut self.known, &values, bits::words(nulls.inner())),
                None => self.known.extend_from_slice(&values),
            }
        }
        differences(&self.known, &mut self.page);
        let size = self.page.len();
        // Columns are much alike: the next page is about as large.
        let made = std::mem::replace(&mut self.page, Vec::with_capacity(size + size / 4));
        let page = Page::DataPage {
            buf: made.into(),
            num_values: u32::try_from(rows).unwrap_or(u32::MAX),
            encoding: Encoding::DELTA_BINARY_PACKED,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let mut chunk = TrackedWrite::new(Vec::with_capacity(size + 64));
        SerializedPageWriter::new(&mut chunk).write_page(CompressedPage::new(page, size))?;
        let chunk = chunk.into_inner()?;
        let size = i64::try_from(chunk.len()).unwrap_or(i64::MAX);
        let metadata = ColumnChunkMetaData::builder(column)
            .set_encodings(vec![Encoding::RLE, Encoding::DELTA_BINARY_PACKED])
            .set_num_values(i64::try_from(rows).unwrap_or(i64::MAX))
            .set_total_compressed_size(size)
            .set_total_uncompressed_size(size)
            .set_data_page_offset(0)
            .build()?;
        let close = ColumnCloseResult {
            bytes_written: chunk.len() as u64,
            rows_written: rows as u64,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        group.append_column(&Bytes::from(chunk), close)
    }

    /// Which rows are known, as one run of levels of a bit each, behind its length.
    fn levels<'a>(&mut self, rows: usize, batches: impl Iterator<Item = &'a ArrayRef> + Clone) {
        let mut known = BooleanBufferBuilder::new(rows);
        for batch in batches {
            match batch.nulls() {
                Some(nulls) => known.append_buffer(nulls.inner()),
                None => known.append_n(batch.len(), true),
            }
        }
        let bytes = known.as_slice();
        let mut run = Vec::new();
        put_number(&mut run, (bytes.len() as u64) << 1 | 1);
        let size = u32::try_from(run.len() + bytes.len()).unwrap_or(u32::MAX);
        self.page.extend_from_slice(&size.to_le_bytes());
        self.page.extend_from_slice(&run);
        self.page.extend_from_slice(bytes);
    }
}

/// The numbers of a column of 64 bits; unsigned ones bit by bit the same.
fn numbers(array: &ArrayRef) -> ScalarBuffer<i64> {
    match array.data_type() {
        DataType::Decimal64(..) => array.as_primitive::<Decimal64Type>().values().clone(),
        DataType::UInt64 => {
            let values = array.as_primitive::<UInt64Type>().values();
            ScalarBuffer::new(values.inner().clone(), 0, values.len())
        }
        _ => array.as_primitive::<Int64Type>().values().clone(),
    }
}

/// Appends the values whose bit is set.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2"))]
fn append_known<W: Iterator<Item = u64>>(known: &mut Vec<i64>, values: &[i64], words: W) {
    let mut end = known.len();
    known.resize(end + values.len(), 0);
    for (chunk, word) in values.chunks(64).zip(words) {
        for (at, value) in chunk.iter().enumerate() {
            // Every value is put at the end; one that is not known is put over. No branch on what cannot
            // be guessed.
            if let Some(place) = known.get_mut(end) {
                *place = *value;
            }
            end += usize::from(word >> at & 1 == 1);
        }
    }
    known.truncate(end);
}

/// Parquet's `DELTA_BINARY_PACKED`: the first value, then by block the smallest difference of two
/// neighbours, the widths of what the others are above it, and these.
fn differences(values: &[i64], page: &mut Vec<u8>) {
    for number in [BLOCK, MINIS, values.len()] {
        put_number(page, number as u64);
    }
    put_signed(page, values.first().copied().unwrap_or(0));
    let mut packed = [0; MINI * 8];
    let mut rest = values;
    while rest.len() > 1 {
        let count = BLOCK.min(rest.len() - 1);
        let mut block = if let Some(whole) = rest.first_chunk() {
            measured(whole)
        } else {
            // The last value again and again, in places that nobody reads.
            let mut padded = [rest[count]; BLOCK + 1];
            padded[..=count].copy_from_slice(rest);
            measured(&padded)
        };
        let minis = count.div_ceil(MINI);
        block.widths[minis..].fill(0);
        put_signed(page, block.least);
        page.extend_from_slice(&block.widths);
        for (above, width) in block.above.iter().zip(block.widths).take(minis) {
            let width = usize::from(width);
            PACK[width](above, &mut packed);
            page.extend_from_slice(&packed[..width * 8]);
        }
        rest = &rest[count..];
    }
}

/// The differences of a block.
struct Block {
    /// The smallest.
    least: i64,
    /// How much each is above it.
    above: [[u64; MINI]; MINIS],
    /// How many bits that takes, by run.
    widths: [u8; MINIS],
}

#[multiversion(targets("x86_64+avx2+bmi1+bmi2"))]
fn measured(values: &[i64; BLOCK + 1]) -> Block {
    let mut differences = [[0_i64; MINI]; MINIS];
    let mut least = i64::MAX;
    for (run, into) in differences.iter_mut().enumerate() {
        let (from, to) = (&values[run * MINI..], &values[run * MINI + 1..]);
        for ((into, from), to) in into.iter_mut().zip(from).zip(to) {
            *into = to.wrapping_sub(*from);
            least = least.min(*into);
        }
    }
    let mut above = [[0; MINI]; MINIS];
    let widths = std::array::from_fn(|run| {
        let mut all = 0;
        for (above, difference) in above[run].iter_mut().zip(&differences[run]) {
            *above = difference.wrapping_sub(least).cast_unsigned();
            all |= *above;
        }
        u8::try_from(u64::BITS - all.leading_zeros()).unwrap_or(u8::MAX)
    });
    Block {
        least,
        above,
        widths,
    }
}

/// Packs 64 numbers of so many bits behind each other: eight of them fill as many bytes as one has bits.
fn pack<const WIDTH: usize>(numbers: &[u64; MINI], into: &mut [u8; MINI * 8]) {
    let (eights, _) = numbers.as_chunks::<8>();
    for (eight, into) in eights.iter().zip(into.chunks_exact_mut(WIDTH.max(1))) {
        let mut words = [0_u64; 9];
        for (place, number) in eight.iter().enumerate() {
            let (word, bit) = (place * WIDTH / 64, place * WIDTH % 64);
            words[word] |= number << bit;
            if bit + WIDTH > 64 {
                words[word + 1] = number >> (64 - bit);
            }
        }
        for (into, word) in into.chunks_mut(8).zip(words) {
            into.copy_from_slice(&word.to_le_bytes()[..into.len()]);
        }
    }
}

type Pack = fn(&[u64; MINI], &mut [u8; MINI * 8]);

macro_rules! packs {
    ($($width:literal)*) => { [$(pack::<$width>),*] };
}

/// By width.
static PACK: [Pack; 65] = packs!(
    0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36
    37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64
);

/// Seven bits a byte, the lowest first; the eighth says that more follow.
fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// As [`put_number`], with the sign in the lowest bit.
fn put_signed(out: &mut Vec<u8>, number: i64) {
    put_number(out, (number << 1 ^ number >> 63).cast_unsigned());
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{Decimal64Array, Int64Array, RecordBatch, UInt64Array};
    use datafusion::arrow::compute::concat;
    use datafusion::arrow::datatypes::{Field, Schema};
    use datafusion::parquet::arrow::ArrowSchemaConverter;
    use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use datafusion::parquet::file::writer::SerializedFileWriter;
    use proptest::prelude::*;

    use super::*;

    /// The column as Parquet's own reader finds it.
    fn read_back(batches: &[ArrayRef], nullable: bool) -> ArrayRef {
        let kind = batches[0].data_type();
        let schema = Schema::new(vec![Field::new("a", kind.clone(), nullable)]);
        let described = ArrowSchemaConverter::new().convert(&schema).unwrap();
        assert!(can_pack(&described.column(0), kind));
        let mut file =
            SerializedFileWriter::new(Vec::new(), described.root_schema_ptr(), Arc::default())
                .unwrap();
        let mut group = file.next_row_group().unwrap();
        let mut packer = Packer::default();
        packer
            .put(&mut group, described.column(0), batches.iter())
            .unwrap();
        group.close().unwrap();
        let bytes = Bytes::from(file.into_inner().unwrap());
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
        let found: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
        let found: Vec<&dyn Array> = found.iter().map(|batch| batch.column(0).as_ref()).collect();
        concat(&found).unwrap()
    }

    fn check(values: &[Option<i64>], cut: usize) {
        let whole: ArrayRef = Arc::new(values.iter().copied().collect::<Int64Array>());
        let parts = [whole.slice(0, cut), whole.slice(cut, values.len() - cut)];
        assert_eq!(&read_back(&parts, true), &whole);
    }

    #[test]
    fn numbers_of_every_width_come_back() {
        for width in 0..64 {
            let widest = (-1_i64).cast_unsigned() >> (63 - width);
            let values: Vec<Option<i64>> = (0..1_000_u64)
                .map(|row| row.wrapping_mul(0x9E37_79B9_7F4A_7C15) & widest)
                .map(|value| Some(value.cast_signed()))
                .collect();
            check(&values, 300);
        }
        check(
            &[Some(i64::MIN), Some(i64::MAX), Some(0), Some(i64::MIN)],
            1,
        );
    }

    #[test]
    fn a_column_may_have_nothing_or_all_known() {
        for rows in [1, 2, 64, 257, 258, 513] {
            check(&vec![None; rows], rows / 2);
            check(&vec![Some(-7); rows], rows / 2);
            let required: ArrayRef = Arc::new(Int64Array::from_value(5, rows));
            assert_eq!(&read_back(&[Arc::clone(&required)], false), &required);
        }
    }

    #[test]
    fn masks_and_decimals_come_back() {
        let masks: UInt64Array = (0..700)
            .map(|row| (row % 3 != 0).then_some(u64::MAX - row))
            .collect();
        let masks: ArrayRef = Arc::new(masks);
        assert_eq!(&read_back(&[Arc::clone(&masks)], true), &masks);
        let money: Decimal64Array = (0..700)
            .map(|row| (row % 5 != 0).then_some(row * -1_001))
            .collect();
        let money = money.with_precision_and_scale(18, 2).unwrap();
        let found = read_back(&[Arc::new(money.clone())], true);
        let wider = datafusion::arrow::compute::cast(&money, found.data_type()).unwrap();
        assert_eq!(&found, &wider);
    }

    proptest! {
        #[test]
        fn any_numbers_come_back(
            values in proptest::collection::vec(proptest::option::weighted(0.9, any::<i64>()), 1..900),
            shift in 0_u32..64,
        ) {
            let values: Vec<Option<i64>> = values.iter().map(|v| v.map(|v| v >> shift)).collect();
            check(&values, values.len() / 3);
        }
    }
}
