//! Finds the header of a table amid titles, unit lines, notes and blank rows.

use std::collections::HashMap;
use std::ops::Range;

use super::heads::{ColumnHead, columns_used, heads};
use super::lines::{Lines, is_label, is_line, read_lines, read_lines_below, unit_below};
use super::view::View;
use crate::grid::{Content, Exact, SheetRow};
use crate::value::fold::{compact, one_line};
use crate::value::number::parse_quantity;
use crate::value::unit::Unit;
use crate::vocabulary::{LedgerKind, Vocabulary, storey};

/// How many used rows are searched for a header.
const ROWS_SEARCHED: usize = 80;
/// How many rows after the best one may still hold a better one.
const ROWS_AFTER_BEST: usize = 12;
/// The most storeys of a header.
const STOREYS_MAX: usize = 8;
/// The most blank rows between two storeys.
const BLANK_ROWS_BETWEEN: u32 = 1;
/// The same in a sheet that shows by its spacing alone what belongs together.
const BLANK_ROWS_BETWEEN_LOOSE: u32 = 3;
/// The longest text in a storey of such a sheet.
const LOOSE_HEADER_CHARS: usize = 60;

/// Where a table stands.
#[derive(Debug)]
pub struct Layout {
    /// First and last row of the header, from zero.
    pub header: (u32, u32),
    /// The columns from left to right.
    pub columns: Vec<ColumnHead>,
    /// What the lines above say.
    pub lines: Lines,
    /// Where its body may stand, as places in [`crate::grid::Sheet::rows`].
    pub body: Range<usize>,
    /// Where its lines and its header stand, in the same way.
    pub top: Range<usize>,
}

/// Finds the tables of a sheet, from above; none in a cover or an explanation.
pub fn find(view: &View<'_>, vocabulary: &Vocabulary) -> Vec<Layout> {
    const TABLES_MAX: usize = 24;
    let rows = view.sheet.rows.as_slice();
    let mut finder = Finder {
        view,
        vocabulary,
        known: HashMap::new(),
    };
    let mut tables: Vec<Layout> = Vec::new();
    let best = finder.seed(&rows[..rows.len().min(ROWS_SEARCHED)]);
    let mut next = best.map(|best| finder.table_above(rows, best).unwrap_or(best));
    while let Some(seed) = next.filter(|_| tables.len() < TABLES_MAX) {
        let floor = tables.last().map_or(0, |table| table.body.start);
        let (first, last) = finder.storeys(rows, floor, seed);
        let from = if tables.is_empty() {
            0
        } else {
            finder.lines_above(rows, floor, first)
        };
        if let Some(previous) = tables.last_mut() {
            previous.body.end = from;
        }
        let above = &rows[from..first];
        let lines = match tables.last() {
            None => read_lines(view, above),
            Some(previous) => read_lines_below(view, above, &previous.lines),
        };
        next = finder.next_table(rows, (first, last), &lines);
        tables.push(Layout {
            header: (rows[first].row, rows[last].row),
            columns: Vec::new(),
            lines,
            body: last + 1..rows.len(),
            top: from..last + 1,
        });
    }
    for table in &mut tables {
        let header = rows.partition_point(|row| row.row < table.header.0)..table.body.start;
        table.columns = heads(view, &rows[header], &rows[table.body.clone()]);
        if table.lines.unit.is_none() && vocabulary.kind != LedgerKind::Facts {
            table.lines.unit = unit_below(view, &rows[table.body.clone()]);
        }
    }
    tables.retain(|table| !table.columns.is_empty());
    tables
}

/// Looks for headers, with what it has learnt of words so far.
pub(super) struct Finder<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) known: HashMap<String, bool>,
}

impl Finder<'_> {
    /// First and last row of the header that the row at `seed` is a storey of.
    pub(super) fn storeys(
        &mut self,
        rows: &[SheetRow],
        floor: usize,
        seed: usize,
    ) -> (usize, usize) {
        let (mut first, mut last) = (seed, seed);
        let columns = columns_used(self.view, &rows[seed]);
        while first > floor
            && last - first < STOREYS_MAX
            && self.is_storey_above(&rows[first - 1], &rows[first], columns)
        {
            first -= 1;
        }
        while last + 1 < rows.len()
            && last - first < STOREYS_MAX
            && self.is_storey_below(&rows[first..=last], &rows[last + 1])
        {
            last += 1;
        }
        (first, last)
    }

    /// Whether a header cell says something that the vocabulary knows.
    pub(super) fn means_something(&mut self, words: &str) -> bool {
        const HEADER_CHARS_MAX: usize = 48;
        if words.chars().count() > HEADER_CHARS_MAX {
            return false;
        }
        if let Some(known) = self.known.get(words) {
            return *known;
        }
        let meaning = self.vocabulary.meaning(&[words]);
        let known = meaning.variable.is_some() || meaning.numbering;
        self.known.insert(words.to_owned(), known);
        known
    }

    /// How many columns of a row say something, merged ones counted by what they cover.
    fn score(&mut self, row: &SheetRow) -> usize {
        let (first, last) = columns_used(self.view, row);
        let mut seen = Vec::new();
        for column in first..=last.min(first.saturating_add(400)) {
            let Some(cell) = self.view.seen(row.row, column) else {
                continue;
            };
            if let Some(text) = self.view.text_of(cell.cell) {
                seen.push(one_line(text));
            }
        }
        seen.dedup();
        seen.into_iter()
            .filter(|words| self.means_something(words))
            .count()
    }

    /// The row of the header that says the most.
    fn seed(&mut self, rows: &[SheetRow]) -> Option<usize> {
        let mut best: Option<(usize, usize)> = None;
        for (place, row) in rows.iter().enumerate() {
            let score = self.score(row);
            if score > best.map_or(0, |(_, score)| score) {
                best = Some((place, score));
            }
            if best.is_some_and(|(at, score)| score >= 2 && place > at + ROWS_AFTER_BEST) {
                break;
            }
        }
        if self.vocabulary.kind == LedgerKind::Facts {
            let long =
                best.filter(|(place, score)| *score >= 3 && self.has_value_column(&rows[*place]));
            return long
                .map(|(place, _)| place)
                .or_else(|| self.seed_by_figures(rows));
        }
        let (place, score) = best?;
        (score >= 2 || self.is_lone_header(rows, place)).then_some(place)
    }

    /// Whether a row with one known header is a header all the same: it stands alone in a table of one
    /// column, or it is the first row of a wide table and holds words alone.
    fn is_lone_header(&self, rows: &[SheetRow], place: usize) -> bool {
        const WIDE: usize = 3;
        let cells = |row: &SheetRow| self.view.own_cells(row).count();
        let wide = cells(&rows[place]);
        let first = rows[..place].iter().all(|row| cells(row) < 2);
        let words = self
            .view
            .own_cells(&rows[place])
            .all(|cell| !self.is_figure(cell));
        (wide == 1 || wide >= WIDE && first) && words && !self.is_sentence(&rows[place])
    }

    /// Whether a row holds text longer than headers are.
    fn is_sentence(&self, row: &SheetRow) -> bool {
        const HEADER_CHARS: usize = 60;
        self.view
            .own_cells(row)
            .any(|cell| self.view.words_of(cell).chars().count() > HEADER_CHARS)
    }

    /// Whether a row of headers is that of a table with one fact a row.
    fn has_value_column(&self, row: &SheetRow) -> bool {
        let mut names = self.view.own_cells(row).filter_map(|cell| {
            let words = self.view.words_of(cell);
            let place = self.vocabulary.meaning(&[&words]).variable?;
            Some(self.vocabulary.variables[place].name.as_str())
        });
        let (mut value, mut variable) = (false, false);
        names.by_ref().for_each(|name| {
            value |= name == "value";
            variable |= name == "variable";
        });
        value && variable
    }

    /// The last row of words before the first row that is half figures.
    fn seed_by_figures(&self, rows: &[SheetRow]) -> Option<usize> {
        let words = |row: &SheetRow| {
            let cells = self.view.own_cells(row);
            let texts: Vec<String> = cells
                .map(|cell| self.view.words_of(cell))
                .filter(|text| !is_label(text))
                .collect();
            texts.len()
        };
        let figures = |row: &SheetRow| {
            self.view
                .own_cells(row)
                .filter(|cell| self.is_figure(cell))
                .count()
        };
        let data = rows.iter().position(|row| {
            let all = self.view.own_cells(row).count();
            figures(row) > 0 && figures(row) * 2 >= all && all >= 2
        });
        let before = data.unwrap_or(rows.len());
        let candidate = (0..before)
            .rev()
            .find(|place| words(&rows[*place]) >= 2 && figures(&rows[*place]) == 0);
        // Where the body is words for the most part, the header is the first row about as wide as the table.
        let widest = rows.iter().map(words).max().unwrap_or(0);
        let first_wide = rows
            .iter()
            .position(|row| words(row) >= 2 && words(row) * 10 >= widest * 6 && figures(row) == 0);
        match (candidate.filter(|_| data.is_some()), first_wide) {
            (Some(found), Some(wide)) if found > wide + STOREYS_MAX => Some(wide),
            (Some(found), _) => Some(found),
            (None, wide) => wide,
        }
    }

    pub(super) fn is_figure(&self, cell: &crate::grid::Cell) -> bool {
        match cell.content() {
            Content::Number(number) => !is_year(number),
            Content::Text(id) => {
                let text = compact(self.view.book.strings.get(id));
                // `(1,000)` above a column says that it counts thousands.
                if ["(1,000)", "(1000)"].contains(&text.as_str()) {
                    return false;
                }
                Exact::parse(&text).map_or_else(
                    || parse_quantity(&text).is_ok_and(|read| read.unit.is_none()),
                    |number| !is_year(number),
                )
            }
            _ => false,
        }
    }

    /// Whether a row above the header belongs to it: a parent of some of its columns, no title, no line.
    fn is_storey_above(&mut self, row: &SheetRow, below: &SheetRow, table: (u16, u16)) -> bool {
        if below.row - row.row > self.blank_rows_between() + 1 {
            return false;
        }
        let cells: Vec<_> = self.view.own_cells(row).collect();
        let texts: Vec<String> = cells
            .iter()
            .map(|cell| one_line(&self.view.words_of(cell)))
            .collect();
        let unit_beside = |text: &String| Unit::parse(text).is_some();
        if cells.iter().any(|cell| self.is_figure(cell))
            || texts
                .iter()
                .any(|text| is_label(text) && !unit_beside(text))
            || texts
                .iter()
                .all(|text| is_line(text) && !is_year_alone(text))
        {
            return false;
        }
        let wide = |cell: &crate::grid::Cell| {
            let merge = self.view.merge_at(row.row, cell.column);
            merge.map_or((cell.column, cell.column), |merge| {
                (merge.first_column, merge.last_column)
            })
        };
        if let ([only], [text]) = (cells.as_slice(), texts.as_slice()) {
            let (first, last) = wide(only);
            let inside = first > table.0 && last <= table.1;
            if self.is_loose() {
                return inside && text.chars().count() <= LOOSE_HEADER_CHARS;
            }
            // A title stands at the left or spans the table; a parent stands over some columns.
            return inside
                && last > first
                && text.chars().count() <= 20
                && !["表", "台账", "清单", "汇总", "一览"]
                    .iter()
                    .any(|word| text.ends_with(word));
        }
        let parents = cells.iter().any(|cell| {
            let (first, last) = wide(cell);
            last > first
        });
        let fills_gap = cells.iter().any(|cell| {
            self.view
                .seen(below.row, cell.column)
                .is_none_or(|seen| !seen.own)
        });
        let known = texts.iter().any(|text| self.means_something(text));
        let short = |text: &String| text.chars().count() <= LOOSE_HEADER_CHARS;
        let loose = self.is_loose() && texts.iter().all(short);
        cells.len() >= 2 && (parents || fills_gap || known || loose)
    }

    /// Whether a row below belongs to the header: only children of wide cells, units, or words under blanks.
    fn is_storey_below(&mut self, block: &[SheetRow], row: &SheetRow) -> bool {
        let Some(header) = block.last() else {
            return false;
        };
        if row.row - header.row > self.blank_rows_between() + 1 {
            return false;
        }
        if self.is_loose() && self.is_units_row(row) {
            return true;
        }
        let mut children = 0;
        for cell in self.view.own_cells(row) {
            let (words, column) = (one_line(&self.view.words_of(cell)), cell.column);
            let parent = block
                .iter()
                .rev()
                .find_map(|above| self.view.seen(above.row, column));
            let wide = parent
                .is_some_and(|seen| seen.merge.is_some_and(|m| m.last_column > m.first_column));
            // A table written out cell by cell repeats what was merged; a stroke stands where no unit is.
            let repeated =
                parent.is_some_and(|seen| one_line(&self.view.words_of(seen.cell)) == words);
            if repeated || ["-", "—", "/"].contains(&words.as_str()) {
                continue;
            }
            let is_unit = Unit::parse(words.trim_matches(|c| "()（）".contains(c))).is_some()
                || storey::is_unit(&words)
                || storey::is_form(&words);
            let figure = self.is_figure(cell);
            let year = matches!(cell.content(), Content::Number(number) if is_year(number));
            // A child under a parent that was not merged: the parent stands to the left, over a child too.
            let beside = parent.is_none() && self.parent_to_the_left(header, row, column);
            let over_child = parent.is_some_and(|seen| seen.own && !wide)
                && self.view.seen(header.row, column + 1).is_none()
                && self.view.sheet.cell(row.row, column + 1).is_some();
            let text = self.view.text_of(cell).is_some() && !figure;
            if !(is_unit
                || (text || year)
                    && (wide
                        || beside
                        || over_child && self.means_something(&words)
                        || over_child && words.chars().count() <= 12))
            {
                return false;
            }
            children += 1;
        }
        children > 0
    }

    /// Whether nothing is merged in a table of facts, so that only its spacing shows the storeys.
    fn is_loose(&self) -> bool {
        self.vocabulary.kind == LedgerKind::Facts && self.view.sheet.merges.is_empty()
    }

    fn blank_rows_between(&self) -> u32 {
        if self.is_loose() {
            BLANK_ROWS_BETWEEN_LOOSE
        } else {
            BLANK_ROWS_BETWEEN
        }
    }

    /// `(million dollars)`, `(1,000)` in all columns but the first.
    fn is_units_row(&self, row: &SheetRow) -> bool {
        let bracketed = |cell: &crate::grid::Cell| {
            let words = compact(&self.view.words_of(cell));
            self.view.text_of(cell).is_some() && words.starts_with('(') && words.ends_with(')')
        };
        let mut cells = self.view.own_cells(row).filter(|cell| cell.column > 0);
        let first = cells.next();
        first.is_some_and(bracketed) && cells.all(bracketed)
    }

    fn parent_to_the_left(&self, header: &SheetRow, row: &SheetRow, column: u16) -> bool {
        let left = (0..column)
            .rev()
            .find(|left| self.view.seen(header.row, *left).is_some());
        left.is_some_and(|left| self.view.sheet.cell(row.row, left).is_some())
    }
}

/// `2024年` over some columns is a parent, `2024年3月` beside the title a date line.
fn is_year_alone(text: &str) -> bool {
    let words = compact(text);
    let digits = words.trim_end_matches("年度").trim_end_matches('年');
    digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_year(number: Exact) -> bool {
    number
        .to_integer()
        .is_some_and(|year| (1949..=2100).contains(&year))
}
