//! Further tables below the first one, and tables that lie on their side.

use std::ops::RangeInclusive;

use super::find::Finder;
use super::lines::{Lines, is_label, said};
use super::rows::{is_note, total_word};
use super::view::View;
use crate::grid::{Cell, SheetRow};
use crate::value::fold::one_line;
use crate::vocabulary::{LedgerKind, Vocabulary};

/// How many cells of a row are looked at for the header of whom its rows are about.
const CELLS_READ: usize = 8;

impl Finder<'_> {
    /// The row that heads another table below a header; a page break that repeats the header heads none,
    /// unless the lines above it give another unit or another time.
    pub(super) fn next_table(
        &mut self,
        rows: &[SheetRow],
        header: (usize, usize),
        lines: &Lines,
    ) -> Option<usize> {
        if self.vocabulary.kind == LedgerKind::Facts {
            return None;
        }
        (header.1 + 2..rows.len()).find(|place| {
            self.stands_apart(rows, *place)
                && self.is_header(&rows[*place], &rows[*place - 1])
                && (!self.repeats(rows, header.0..=header.1, &rows[*place])
                    || self.says_otherwise(rows, header.1 + 1, *place, lines))
        })
    }

    /// The header of a table above the header that says the most, where rows with figures part the two.
    pub(super) fn table_above(&mut self, rows: &[SheetRow], best: usize) -> Option<usize> {
        if self.vocabulary.kind == LedgerKind::Facts {
            return None;
        }
        (0..best).find(|place| {
            let above = place
                .checked_sub(1)
                .map_or(&rows[*place], |above| &rows[above]);
            if !self.is_header(&rows[*place], above) {
                return false;
            }
            let (_, last) = self.storeys(rows, 0, *place);
            let between = rows.get(last + 1..best).unwrap_or_default();
            between.iter().any(|row| {
                let cells: Vec<&Cell> = self.view.own_cells(row).collect();
                cells.len() > 1 && cells.iter().any(|cell| self.is_figure(cell))
            })
        })
    }

    /// Whether a row stands behind a gap, or below one without figures: a title, a line, a storey.
    fn stands_apart(&self, rows: &[SheetRow], place: usize) -> bool {
        let (row, above) = (&rows[place], &rows[place - 1]);
        row.row > above.row + 1
            || !self
                .view
                .own_cells(above)
                .take(CELLS_READ)
                .any(|cell| self.is_figure(cell))
    }

    /// Whether a row is a header by itself: words alone, half of them known, and either one of them says
    /// whom the rows are about or a gap or a title stands above.
    fn is_header(&mut self, row: &SheetRow, above: &SheetRow) -> bool {
        const HEADER_CHARS: usize = 60;
        let cells: Vec<&Cell> = self.view.own_cells(row).collect();
        let names = |cell: &&Cell| {
            let text = self.view.text_of(cell);
            text.is_some_and(|text| self.vocabulary.names_subject(text))
        };
        let apart = || row.row > above.row + 1 || self.view.own_cells(above).count() == 1;
        if cells.len() < 2 || !apart() && !cells.iter().take(CELLS_READ).any(names) {
            return false;
        }
        let mut known = 0;
        for cell in &cells {
            let Some(text) = self.view.text_of(cell) else {
                return false;
            };
            if self.is_figure(cell) || text.chars().count() > HEADER_CHARS {
                return false;
            }
            known += usize::from(self.means_something(&one_line(text)));
        }
        known >= 2 && known * 2 >= cells.len()
    }

    /// Whether a row has two thirds of its words in the same columns as a row of the header.
    fn repeats(&self, rows: &[SheetRow], header: RangeInclusive<usize>, row: &SheetRow) -> bool {
        let own: Vec<&Cell> = self.view.own_cells(row).collect();
        rows[header].iter().any(|above| {
            let same = own.iter().filter(|cell| {
                let seen = self.view.sheet.cell(above.row, cell.column);
                seen.is_some_and(|seen| {
                    one_line(&self.view.words_of(seen)) == one_line(&self.view.words_of(cell))
                })
            });
            same.count() * 3 >= own.len() * 2
        })
    }

    /// Whether the lines above a repeated header give another unit or time than those of the table.
    fn says_otherwise(&self, rows: &[SheetRow], floor: usize, place: usize, lines: &Lines) -> bool {
        let from = self.lines_above(rows, floor, place);
        let here = said(self.view, &rows[from..place]);
        let kind = |lines: &Lines| lines.unit.as_ref().map(|unit| unit.unit);
        here.unit.is_some() && kind(&here) != kind(lines)
            || here.time.year.is_some() && here.time.year != lines.time.year
            || here.time.month.is_some() && here.time.month != lines.time.month
    }

    /// Where the lines above a header begin: titles and labels, no notes and no totals of the table before.
    pub(super) fn lines_above(&self, rows: &[SheetRow], floor: usize, first: usize) -> usize {
        const LINES_MAX: usize = 8;
        const GAP_ROWS: u32 = 3;
        let mut from = first;
        while from > floor && first - from < LINES_MAX {
            let (row, below) = (&rows[from - 1], &rows[from]);
            let cells: Vec<&Cell> = self.view.own_cells(row).collect();
            let text = |cell: &&Cell| self.view.text_of(cell);
            let words = cells.iter().all(|cell| text(cell).is_some());
            let labels = || cells.iter().all(|cell| text(cell).is_some_and(is_label));
            let ends_table = cells
                .iter()
                .filter_map(text)
                .any(|words| total_word(words).is_some() || is_note(words));
            if below.row - row.row > GAP_ROWS
                || !words
                || ends_table
                || cells.len() > 1 && !labels()
            {
                break;
            }
            from -= 1;
        }
        from
    }
}

/// Whether a sheet's table lies on its side: headers down the first column, one project a column.
pub fn lies_on_its_side(view: &View<'_>, vocabulary: &Vocabulary) -> bool {
    const ROWS_READ: usize = 60;
    const KNOWN_MIN: usize = 3;
    let rows = &view.sheet.rows[..view.sheet.rows.len().min(ROWS_READ)];
    let Some(column) = rows
        .iter()
        .filter_map(|row| view.own_cells(row).next())
        .map(|cell| cell.column)
        .min()
    else {
        return false;
    };
    let (mut known, mut named) = (Vec::new(), false);
    for row in rows {
        let Some(text) = view
            .sheet
            .cell(row.row, column)
            .and_then(|cell| view.text_of(cell))
        else {
            continue;
        };
        let meaning = vocabulary.meaning(&[text]);
        if let Some(variable) = meaning
            .variable
            .filter(|variable| !known.contains(variable))
        {
            known.push(variable);
        }
        named |= vocabulary.names_subject(text) && view.own_cells(row).count() > 2;
    }
    named && known.len() >= KNOWN_MIN
}
