//! A zip package with a ceiling on what it may unpack to.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::{ReadError, UNPACKED_BYTES_MAX};

/// An opened zip package.
pub struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Package<'a> {
    /// Opens a package and refuses one whose parts say that they unpack to too much.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
        let mut total = 0_u64;
        for index in 0..archive.len() {
            let part = archive.by_index_raw(index).map_err(damaged)?;
            if part.encrypted() {
                return Err(ReadError::Encrypted);
            }
            total = total.saturating_add(part.size());
        }
        if total > UNPACKED_BYTES_MAX {
            return Err(ReadError::TooLarge);
        }
        Ok(Self { archive })
    }

    /// Whether the package has this part.
    pub fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// A part as a stream. It ends with an error where it is longer than it said, so that a package
    /// whose directory lies cannot fill the memory.
    pub fn stream(&mut self, name: &str) -> Result<Option<PartStream<'_>>, ReadError> {
        let Some(index) = self.archive.index_for_name(name) else {
            return Ok(None);
        };
        let part = self.archive.by_index(index).map_err(damaged)?;
        let size = part.size();
        Ok(Some(PartStream {
            inner: Box::new(part),
            left: size,
        }))
    }

    /// The whole text of a part; `None` if there is no such part.
    pub fn text(&mut self, name: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(mut stream) = self.stream(name)? else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        stream
            .read_to_end(&mut bytes)
            .map_err(|error| ReadError::Damaged(error.to_string()))?;
        Ok(Some(bytes))
    }
}

fn damaged(error: ZipError) -> ReadError {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => ReadError::Encrypted,
        other => ReadError::Damaged(other.to_string()),
    }
}

/// The unpacked bytes of one part.
pub struct PartStream<'a> {
    inner: Box<dyn Read + 'a>,
    left: u64,
}

impl Read for PartStream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| std::io::Error::other("a part is longer than the package says"))?;
        Ok(read)
    }
}
