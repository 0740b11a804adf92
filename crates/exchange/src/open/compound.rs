//! The compound files (OLE) that old spreadsheets, and encrypted new ones, are packed in.

use super::ReadError;

const FREE: u32 = 0xffff_fffa;
const HEADER_BYTES: usize = 512;
const ENTRY_BYTES: usize = 128;

/// A stream or storage of a compound file.
struct Entry {
    name: String,
    start: u32,
    size: u64,
    stream: bool,
}

/// A compound file with its directory read.
pub struct CompoundFile<'a> {
    bytes: &'a [u8],
    sector_bytes: usize,
    table: Vec<u32>,
    small_table: Vec<u32>,
    entries: Vec<Entry>,
    mini_stream: Vec<u8>,
}

impl<'a> CompoundFile<'a> {
    /// Reads the tables and the directory.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let broken = || ReadError::Damaged("the compound file is cut short".to_owned());
        let header = bytes.get(..HEADER_BYTES).ok_or_else(broken)?;
        let shift = u16::from_le_bytes([header[30], header[31]]);
        if shift != 9 && shift != 12 {
            return Err(ReadError::Damaged(
                "the compound file has no known sector size".to_owned(),
            ));
        }
        let mut file = Self {
            bytes,
            sector_bytes: 1 << shift,
            table: Vec::new(),
            small_table: Vec::new(),
            entries: Vec::new(),
            mini_stream: Vec::new(),
        };
        file.table = file.sector_table(header);
        let directory = file.chain(long(header, 48), u64::MAX);
        file.entries = directory
            .chunks_exact(ENTRY_BYTES)
            .filter_map(entry)
            .collect();
        file.small_table = longs(&file.chain(long(header, 60), u64::MAX));
        let root = file.entries.first().ok_or_else(broken)?;
        file.mini_stream = file.chain(root.start, root.size);
        Ok(file)
    }

    /// Whether there is a stream of this name.
    pub fn has(&self, name: &str) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.stream && entry.name == name)
    }

    /// The bytes of a stream.
    pub fn stream(&self, name: &str) -> Option<Vec<u8>> {
        const SMALL_BYTES: u64 = 4096;
        let entry = self
            .entries
            .iter()
            .find(|entry| entry.stream && entry.name == name)?;
        Some(if entry.size < SMALL_BYTES {
            self.small_chain(entry.start, entry.size)
        } else {
            self.chain(entry.start, entry.size)
        })
    }

    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let start = (number as usize)
            .checked_add(1)?
            .checked_mul(self.sector_bytes)?;
        let end = start.checked_add(self.sector_bytes)?.min(self.bytes.len());
        self.bytes.get(start..end)
    }

    fn sector_table(&self, header: &[u8]) -> Vec<u32> {
        let mut places: Vec<u32> = longs(&header[76..]);
        let mut next = long(header, 68);
        let mut seen = 0;
        while next < FREE && seen < self.bytes.len() / self.sector_bytes + 1 {
            let Some(sector) = self.sector(next) else {
                break;
            };
            let mut numbers = longs(sector);
            next = numbers.pop().unwrap_or(FREE);
            places.extend(numbers);
            seen += 1;
        }
        places.retain(|place| *place < FREE);
        places.truncate(self.bytes.len() / self.sector_bytes + 1);
        places
            .iter()
            .filter_map(|place| self.sector(*place))
            .flat_map(longs)
            .collect()
    }

    fn chain(&self, start: u32, size: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut next = start;
        // A chain longer than the file runs in a circle.
        for _ in 0..=self.bytes.len() / self.sector_bytes {
            if next >= FREE || bytes.len() as u64 >= size {
                break;
            }
            let Some(sector) = self.sector(next) else {
                break;
            };
            bytes.extend_from_slice(sector);
            next = self.table.get(next as usize).copied().unwrap_or(FREE);
        }
        bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        bytes
    }

    fn small_chain(&self, start: u32, size: u64) -> Vec<u8> {
        const SMALL_SECTOR: usize = 64;
        let mut bytes = Vec::new();
        let mut next = start;
        for _ in 0..=self.mini_stream.len() / SMALL_SECTOR {
            if next >= FREE || bytes.len() as u64 >= size {
                break;
            }
            let at = next as usize * SMALL_SECTOR;
            let Some(sector) = self.mini_stream.get(at..at + SMALL_SECTOR) else {
                break;
            };
            bytes.extend_from_slice(sector);
            next = self.small_table.get(next as usize).copied().unwrap_or(FREE);
        }
        bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        bytes
    }
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let length = usize::from(u16::from_le_bytes([bytes[64], bytes[65]]));
    let name: Vec<u16> = bytes
        .get(..length.checked_sub(2)?.min(64))?
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    Some(Entry {
        name: String::from_utf16_lossy(&name),
        start: long(bytes, 116),
        size: u64::from(long(bytes, 120)),
        stream: bytes[66] == 2,
    })
}

fn long(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(FREE, |four| {
        u32::from_le_bytes(four.try_into().expect("four bytes"))
    })
}

fn longs(bytes: &[u8]) -> Vec<u32> {
    bytes
        .chunks_exact(4)
        .map(|four| u32::from_le_bytes(four.try_into().expect("four bytes")))
        .collect()
}
