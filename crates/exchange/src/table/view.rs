//! A sheet as a reader sees it: merged cells stand in every place that they cover.

use crate::grid::{Cell, Content, Merge, Merges, Sheet, SheetRow, Workbook};
use crate::number_format::ShownDate;

/// A sheet with its merged ranges looked up by column.
pub struct View<'a> {
    /// The workbook.
    pub book: &'a Workbook,
    /// The sheet.
    pub sheet: &'a Sheet,
    merges: Merges,
}

/// A cell as seen at a place, with the range it is merged over.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// The cell that holds the content.
    pub cell: &'a Cell,
    /// The merged range, if it is one.
    pub merge: Option<Merge>,
    /// Whether the content stands at this very place.
    pub own: bool,
}

impl<'a> View<'a> {
    /// Looks up the merged ranges of a sheet.
    pub fn new(book: &'a Workbook, sheet: &'a Sheet) -> Self {
        Self {
            book,
            sheet,
            merges: Merges::of(sheet),
        }
    }

    /// The merged range at a place.
    pub fn merge_at(&self, row: u32, column: u16) -> Option<Merge> {
        self.merges.at(row, column)
    }

    /// Whether a column has merged ranges at all.
    pub fn has_merges(&self, column: u16) -> bool {
        self.merges.touch(column)
    }

    /// What is seen at a place.
    pub fn seen(&self, row: u32, column: u16) -> Option<Seen<'a>> {
        let merge = self.merge_at(row, column);
        let (at_row, at_column) =
            merge.map_or((row, column), |merge| (merge.first_row, merge.first_column));
        let cell = self.sheet.cell(at_row, at_column)?;
        Some(Seen {
            cell,
            merge,
            own: (at_row, at_column) == (row, column),
        })
    }

    /// The words at a place, as they are shown; empty where nothing is.
    pub fn words(&self, row: u32, column: u16) -> String {
        self.seen(row, column)
            .map_or_else(String::new, |seen| self.words_of(seen.cell))
    }

    /// The words of a cell, as they are shown.
    pub fn words_of(&self, cell: &Cell) -> String {
        match cell.content() {
            Content::Text(id) | Content::Error(id) => self.book.strings.get(id).to_owned(),
            Content::Number(number) => {
                let format = self.book.formats.get(usize::from(cell.format)).copied();
                match format.and_then(|format| format.date(number, self.book.epoch_1904)) {
                    Some(ShownDate::Full(date)) => date.to_string(),
                    Some(ShownDate::WithoutYear { month, .. }) => format!("{month}月"),
                    None => number.to_string(),
                }
            }
            Content::Bool(flag) => flag.to_string(),
            Content::NoCachedValue => String::new(),
        }
    }

    /// The text of a cell; `None` if it holds something else.
    pub fn text_of(&self, cell: &Cell) -> Option<&'a str> {
        match cell.content() {
            Content::Text(id) => Some(self.book.strings.get(id)),
            _ => None,
        }
    }

    /// The cells of a row that hold something of their own.
    pub fn own_cells(&self, row: &SheetRow) -> impl Iterator<Item = &'a Cell> + use<'a> {
        let book = self.book;
        self.sheet.cells[row.start as usize..row.end as usize]
            .iter()
            .filter(move |cell| match cell.content() {
                Content::Text(id) => !book.strings.get(id).trim().is_empty(),
                _ => true,
            })
    }
}
