//! The columns of a header with their storeys, whoever wrote a parent over them and however.

use super::view::View;
use crate::grid::SheetRow;
use crate::value::fold::one_line;

/// The header of one column.
#[derive(Debug, Clone)]
pub struct ColumnHead {
    /// The column, from zero.
    pub column: u16,
    /// Its storeys, the uppermost first, without blanks and repetitions.
    pub storeys: Vec<String>,
    /// The same as they were typed, with their breaks: a unit may stand on a line of its own.
    pub typed: Vec<String>,
    /// The row of its lowest cell, from zero.
    pub lowest_row: u32,
}

impl ColumnHead {
    /// The storeys as one text.
    pub fn text(&self) -> String {
        self.storeys.join("/")
    }
}

/// The columns with their storeys.
pub(super) fn heads(view: &View<'_>, rows: &[SheetRow], body: &[SheetRow]) -> Vec<ColumnHead> {
    let of_header = rows.iter().map(|row| columns_used(view, row));
    let of_body = body.iter().filter_map(|row| {
        let cells = view.sheet.cells_of(row);
        Some((cells.first()?.column, cells.last()?.column))
    });
    let bounds = of_header.chain(of_body);
    let (first, last) = bounds.fold((u16::MAX, 0), |(a, b), (c, d)| (a.min(c), b.max(d)));
    (first..=last)
        .filter_map(|column| head(view, rows, body, column))
        .collect()
}

fn head(view: &View<'_>, rows: &[SheetRow], body: &[SheetRow], column: u16) -> Option<ColumnHead> {
    const ROWS_READ: usize = 200;
    let (mut storeys, mut typed): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut lowest_row = rows.last()?.row;
    let mut found = false;
    for (place, row) in rows.iter().enumerate() {
        let text = match view.seen(row.row, column) {
            Some(seen) => {
                if seen.merge.is_none_or(|merge| merge.first_row == row.row) {
                    lowest_row = row.row;
                }
                view.words_of(seen.cell)
            }
            None => parent_words(view, rows, place, column),
        };
        let words = one_line(&text);
        // A stroke stands where a column has no unit.
        let says = !words.is_empty() && !["-", "—", "/"].contains(&words.as_str());
        if says && storeys.last() != Some(&words) {
            storeys.push(words);
            typed.push(text);
        }
        found |=
            view.sheet.cell(row.row, column).is_some() || view.merge_at(row.row, column).is_some();
    }
    // A column without a header is one all the same if the body has something in it.
    let in_use = found
        || body
            .iter()
            .take(ROWS_READ)
            .any(|row| view.sheet.cell(row.row, column).is_some());
    in_use.then_some(ColumnHead {
        column,
        storeys,
        typed,
        lowest_row,
    })
}

/// The parent of a column over which its row has nothing: the next words to the left, where both they and
/// this column have a child.
fn parent_words(view: &View<'_>, rows: &[SheetRow], place: usize, column: u16) -> String {
    let row = &rows[place];
    let Some(below) = rows.get(place + 1) else {
        return String::new();
    };
    if view.sheet.cell(below.row, column).is_none() {
        return String::new();
    }
    let left = (0..column)
        .rev()
        .find(|left| view.seen(row.row, *left).is_some());
    let Some(left) = left.filter(|left| view.sheet.cell(below.row, *left).is_some()) else {
        return String::new();
    };
    view.words(row.row, left)
}

/// First and last column that a row uses.
pub(super) fn columns_used(view: &View<'_>, row: &SheetRow) -> (u16, u16) {
    let cells = view.sheet.cells_of(row);
    let last = cells.last().map_or(0, |cell| {
        view.merge_at(row.row, cell.column)
            .map_or(cell.column, |merge| merge.last_column)
    });
    (cells.first().map_or(0, |cell| cell.column), last)
}
