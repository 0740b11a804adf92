//! Merged ranges of a sheet: which one is where, and what they hide.

use std::collections::HashMap;

use crate::grid::Sheet;

/// A merged range, all bounds from zero and included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// First row.
    pub first_row: u32,
    /// First column.
    pub first_column: u16,
    /// Last row.
    pub last_row: u32,
    /// Last column.
    pub last_column: u16,
}

impl Merge {
    /// Whether the range covers a cell.
    pub fn covers(&self, row: u32, column: u16) -> bool {
        (self.first_row..=self.last_row).contains(&row)
            && (self.first_column..=self.last_column).contains(&column)
    }

    /// Whether it goes over several columns.
    pub fn is_wide(&self) -> bool {
        self.last_column > self.first_column
    }
}

/// Merged ranges, looked up by column.
#[derive(Debug, Default)]
pub struct Merges(HashMap<u16, Vec<Merge>>);

impl Merges {
    /// The ranges of a sheet, as far as its cells reach.
    pub fn of(sheet: &Sheet) -> Self {
        // A file may merge a million whole rows; no ledger does.
        const PLACES_MAX: usize = 4_000_000;
        let columns = sheet.cells.iter().map(|cell| cell.column);
        let last_column = columns.max().unwrap_or(0);
        let mut by_column: HashMap<u16, Vec<Merge>> = HashMap::new();
        let mut places = 0_usize;
        for merge in &sheet.merges {
            let range = merge.first_column..=merge.last_column.min(last_column);
            places += range.len();
            if places > PLACES_MAX {
                break;
            }
            for column in range {
                by_column.entry(column).or_default().push(*merge);
            }
        }
        for of_column in by_column.values_mut() {
            of_column.sort_by_key(|merge| merge.first_row);
        }
        Self(by_column)
    }

    /// The range at a place.
    pub fn at(&self, row: u32, column: u16) -> Option<Merge> {
        // Ranges of a damaged file may overlap; more than a few are not looked through.
        const OVERLAPS: usize = 4;
        let of_column = self.0.get(&column)?;
        let after = of_column.partition_point(|merge| merge.first_row <= row);
        of_column[..after]
            .iter()
            .rev()
            .take(OVERLAPS)
            .find(|merge| merge.covers(row, column))
            .copied()
    }

    /// Whether a column has any.
    pub fn touch(&self, column: u16) -> bool {
        self.0.contains_key(&column)
    }
}

/// Drops the cells that merged ones cover: they may still hold what they held before, and nobody sees that.
/// The rows of the sheet stand in the order of their cells.
pub fn drop_covered(sheet: &mut Sheet) {
    if sheet.merges.is_empty() {
        return;
    }
    let merges = Merges::of(sheet);
    let mut kept = 0_usize;
    for row in &mut sheet.rows {
        let (start, end) = (row.start as usize, row.end as usize);
        row.start = u32::try_from(kept).expect("no more cells than before");
        for place in start..end {
            let cell = sheet.cells[place];
            let here = (row.row, cell.column);
            let is_own = |merge: Merge| (merge.first_row, merge.first_column) == here;
            if merges.at(row.row, cell.column).is_none_or(is_own) {
                sheet.cells[kept] = cell;
                kept += 1;
            }
        }
        row.end = u32::try_from(kept).expect("no more cells than before");
    }
    sheet.cells.truncate(kept);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::{Cell, Content, Exact};

    #[test]
    fn what_a_merged_cell_covers_is_not_there() {
        let number = |mantissa| Content::Number(Exact { mantissa, scale: 0 });
        let mut sheet = Sheet::default();
        for (row, numbers) in [(0, vec![1, 2]), (1, vec![3]), (2, vec![4])] {
            sheet.begin_row(row, false);
            for (column, one) in (0_u16..).zip(numbers) {
                sheet.push(Cell::new(column, 0, number(one)));
            }
        }
        sheet.merges.push(Merge {
            first_row: 0,
            first_column: 0,
            last_row: 1,
            last_column: 0,
        });
        sheet.finish();
        let rows = sheet.rows.iter();
        let counts: Vec<(u32, usize)> = rows
            .map(|row| (row.row, sheet.cells_of(row).len()))
            .collect();
        assert_eq!(counts, [(0, 2), (2, 1)]);
        assert_eq!(sheet.cell(2, 0).map(Cell::content), Some(number(4)));
    }
}
