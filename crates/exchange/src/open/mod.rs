//! Bytes to a workbook, whatever kind of file they are.

mod cells_xml;
pub(crate) mod compound;
mod ods;
mod ods_table;
pub(crate) mod package;
mod text;
mod xls;
mod xls_records;
pub(crate) mod xlsx;
pub(crate) mod xml;

use crate::grid::Workbook;
use package::Package;

/// The most bytes that a file may unpack to.
pub const UNPACKED_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// The most rows of a sheet, as many as a spreadsheet has.
pub const ROWS_MAX: u32 = 1_048_576;
/// The most columns of a sheet, as many as a spreadsheet has.
pub const COLUMNS_MAX: u32 = 16_384;
/// The most filled cells of a file; each takes sixteen bytes of memory.
pub const CELLS_MAX: usize = 32_000_000;

/// Why a file could not be read. Every case ends a command with exit code 2.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No bytes at all.
    #[error("the file is empty")]
    Empty,
    /// Locked with a password.
    #[error("the file is protected by a password")]
    Encrypted,
    /// Unpacks to more than [`UNPACKED_BYTES_MAX`].
    #[error("the file unpacks to more than {} MB", UNPACKED_BYTES_MAX / 1024 / 1024)]
    TooLarge,
    /// More rows than [`ROWS_MAX`].
    #[error("sheet `{sheet}` has more than {ROWS_MAX} rows")]
    TooManyRows {
        /// The sheet.
        sheet: String,
    },
    /// More columns than [`COLUMNS_MAX`].
    #[error("sheet `{sheet}` has more than {COLUMNS_MAX} columns")]
    TooManyColumns {
        /// The sheet.
        sheet: String,
    },
    /// Of a known kind, but damaged.
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// Of no kind that is read here.
    #[error("the file is no xlsx, xls, ods, csv or tsv")]
    UnknownKind,
}

const ZIP_MAGIC: &[u8] = b"PK";
const COMPOUND_MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Reads a file of any supported kind; the kind is told by the bytes, not by the name.
///
/// # Errors
/// [`ReadError`], when the file as a whole cannot be read. A cell that cannot be understood is no error
/// here.
pub fn read_workbook(bytes: &[u8]) -> Result<Workbook, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    if bytes.len() as u64 > UNPACKED_BYTES_MAX {
        return Err(ReadError::TooLarge);
    }
    if bytes.starts_with(ZIP_MAGIC) {
        let mut package = Package::open(bytes)?;
        if package.has("xl/workbook.xml") || package.has("_rels/.rels") {
            return xlsx::read(&mut package);
        }
        if package.has("content.xml") {
            return ods::read(&mut package);
        }
        return Err(ReadError::UnknownKind);
    }
    if bytes.starts_with(COMPOUND_MAGIC) {
        return xls::read(bytes);
    }
    text::read(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_bytes_are_refused() {
        assert_eq!(read_workbook(b"").err(), Some(ReadError::Empty));
    }

    #[test]
    fn half_a_workbook_is_damaged() {
        let whole = crate::write::table::workbook_of(&[]).unwrap();
        let half = &whole[..whole.len() / 2];
        assert!(matches!(read_workbook(half), Err(ReadError::Damaged(_))));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = read_workbook(&bytes);
        }

        #[test]
        fn no_bytes_after_a_known_beginning_panic(
            kind in 0..3_usize,
            bytes in proptest::collection::vec(any::<u8>(), 0..1200),
        ) {
            let mut file = [ZIP_MAGIC, COMPOUND_MAGIC, b"\xEF\xBB\xBF"][kind].to_vec();
            file.extend(bytes);
            let _ = read_workbook(&file);
        }
    }
}
