//! Colours rows in the XML of a sheet; every byte that is not about them stays.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use domain::source::column_letters;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::Marks;
use super::attributes::{attribute, with_attribute};
use super::styles_xml::ColouredStyles;
use crate::open::ReadError;
use crate::open::xml::damaged;

/// A sheet with its rows coloured.
pub struct ColouredSheet {
    /// The XML.
    pub xml: String,
    /// The relation that its comments' shapes have already; `None` if it had none.
    pub drawing: Option<String>,
}

/// Gives every cell of the marked rows its coloured style; `new_drawing` is the relation to the shapes of
/// the comments, put in where the sheet has none.
pub fn colour(
    xml: &str,
    marks: &Marks,
    styles: &mut ColouredStyles,
    new_drawing: &str,
) -> Result<ColouredSheet, ReadError> {
    let mut edit = Edit {
        source: xml,
        out: String::with_capacity(xml.len() + 4096),
        copied: 0,
        marks,
        rows: marks.rows.iter().copied().collect(),
        styles,
        row: None,
        next_row: 0,
        next_column: 0,
        prefix: String::new(),
        drawing: None,
        drawing_at: None,
    };
    edit.walk()?;
    Ok(edit.finish(new_drawing))
}

struct Edit<'a> {
    source: &'a str,
    out: String,
    copied: usize,
    marks: &'a Marks,
    rows: BTreeSet<u32>,
    styles: &'a mut ColouredStyles,
    /// The marked row that is open.
    row: Option<u32>,
    next_row: u32,
    next_column: u32,
    /// Prefix of the sheet's own elements, with its colon.
    prefix: String,
    drawing: Option<String>,
    /// Where in the output the reference to the shapes belongs.
    drawing_at: Option<usize>,
}

const AFTER_DRAWING: [&[u8]; 8] = [
    b"legacyDrawingHF",
    b"picture",
    b"oleObjects",
    b"controls",
    b"webPublishItems",
    b"tableParts",
    b"extLst",
    b"worksheet",
];

impl Edit<'_> {
    fn walk(&mut self) -> Result<(), ReadError> {
        let mut reader = Reader::from_str(self.source);
        let config = reader.config_mut();
        config.check_end_names = false;
        let mut depth = 0_u32;
        loop {
            let start = position(&reader);
            let event = reader.read_event().map_err(damaged)?;
            let end = position(&reader);
            match event {
                Event::Start(element) => {
                    self.open(element.local_name().as_ref(), start..end, false, depth);
                    depth += 1;
                }
                Event::Empty(element) => {
                    self.open(element.local_name().as_ref(), start..end, true, depth);
                }
                Event::End(element) => {
                    depth = depth.saturating_sub(1);
                    let name = element.local_name();
                    if name.as_ref() == b"row" && self.row.is_some() {
                        self.copy_to(start);
                        self.fill_up_to(u32::MAX);
                        self.row = None;
                    }
                    if depth == 0 && self.drawing_at.is_none() {
                        self.copy_to(start);
                        self.drawing_at = Some(self.out.len());
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        self.copy_to(self.source.len());
        Ok(())
    }

    fn copy_to(&mut self, end: usize) {
        self.out.push_str(&self.source[self.copied..end]);
        self.copied = end;
    }

    fn open(&mut self, name: &[u8], range: std::ops::Range<usize>, empty: bool, depth: u32) {
        let tag = &self.source[range.clone()];
        if depth == 0 {
            let whole = tag[1..]
                .split(|c: char| c.is_whitespace() || c == '>')
                .next();
            self.prefix = whole
                .and_then(|name| name.split_once(':'))
                .map(|(prefix, _)| format!("{prefix}:"))
                .unwrap_or_default();
            return;
        }
        match name {
            b"row" => self.open_row(tag, range, empty),
            b"c" if self.row.is_some() => self.cell(tag, range),
            b"legacyDrawing" if depth == 1 => {
                let id = tag.split(|c: char| c.is_whitespace()).find_map(|part| {
                    let (name, value) = part.split_once('=')?;
                    (name == "id" || name.ends_with(":id"))
                        .then(|| value.trim_matches(|c| "\"'/>".contains(c)).to_owned())
                });
                self.drawing = id;
            }
            _ if depth == 1 && AFTER_DRAWING.contains(&name) && self.drawing_at.is_none() => {
                self.copy_to(range.start);
                self.drawing_at = Some(self.out.len());
            }
            _ => {}
        }
    }

    fn open_row(&mut self, tag: &str, range: std::ops::Range<usize>, empty: bool) {
        let number = attribute(tag, "r").and_then(|r| r.parse::<u32>().ok());
        let row = number.map_or(self.next_row, |number| number.saturating_sub(1));
        self.next_row = row + 1;
        self.next_column = 0;
        if !self.rows.contains(&row) {
            return;
        }
        if !empty {
            self.row = Some(row);
            return;
        }
        // A row of nothing but its height still gets its cells.
        self.copy_to(range.start);
        self.row = Some(row);
        self.out.push_str(tag.trim_end_matches("/>"));
        self.out.push('>');
        self.fill_up_to(u32::MAX);
        let _ = write!(self.out, "</{}row>", self.prefix);
        self.copied = range.end;
        self.row = None;
    }

    fn cell(&mut self, tag: &str, range: std::ops::Range<usize>) {
        let reference = attribute(tag, "r");
        let column = reference.and_then(column_of).unwrap_or(self.next_column);
        self.copy_to(range.start);
        self.fill_up_to(column);
        let style = attribute(tag, "s")
            .and_then(|s| s.parse().ok())
            .unwrap_or(0);
        let coloured = self.styles.coloured(style);
        self.out
            .push_str(&with_attribute(tag, "s", &coloured.to_string()));
        self.copied = range.end;
        self.next_column = column + 1;
    }

    /// Puts in the cells of the table that the row does not have, up to a column.
    fn fill_up_to(&mut self, column: u32) {
        let Some(row) = self.row else { return };
        let (first, last) = self.marks.columns;
        let from = self.next_column.max(u32::from(first));
        let until = column.min(u32::from(last) + 1);
        for missing in from..until {
            let style = self.styles.coloured(0);
            let reference = format!("{}{}", column_letters(missing), row + 1);
            let _ = write!(
                self.out,
                "<{}c r=\"{reference}\" s=\"{style}\"/>",
                self.prefix
            );
        }
        self.next_column = self.next_column.max(until);
    }

    fn finish(mut self, new_drawing: &str) -> ColouredSheet {
        if self.drawing.is_none()
            && let Some(at) = self.drawing_at
        {
            const RELATIONS: &str =
                "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
            let element = format!(
                "<{}legacyDrawing xmlns:r=\"{RELATIONS}\" r:id=\"{new_drawing}\"/>",
                self.prefix
            );
            self.out.insert_str(at, &element);
        }
        ColouredSheet {
            xml: self.out,
            drawing: self.drawing,
        }
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).expect("a part fits into memory")
}

fn column_of(reference: &str) -> Option<u32> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let column = letters.take(3).fold(0_u32, |column, letter| {
        column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    column.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLES: &str = "<styleSheet><fills count=\"1\"><fill/></fills><cellXfs count=\"2\"><xf fillId=\"0\"/>\
                          <xf numFmtId=\"4\"><alignment/></xf></cellXfs></styleSheet>";

    #[test]
    fn only_marked_rows_and_the_drawing_change() {
        let xml = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"/></row><row r=\"2\"><c r=\"B2\" s=\"1\"><v>1</v></c>\
                   </row><row r=\"3\"/></sheetData><pageMargins/><extLst/></worksheet>";
        let marks = Marks {
            rows: vec![1, 2],
            columns: (0, 2),
            ..Marks::default()
        };
        let mut styles = ColouredStyles::of(STYLES).unwrap();
        let coloured = colour(xml, &marks, &mut styles, "rId9").unwrap();
        let expected = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"/></row><row r=\"2\"><c r=\"A2\" s=\"2\"/>\
                        <c r=\"B2\" s=\"3\"><v>1</v></c><c r=\"C2\" s=\"2\"/></row><row r=\"3\"><c r=\"A3\" s=\"2\"/>\
                        <c r=\"B3\" s=\"2\"/><c r=\"C3\" s=\"2\"/></row></sheetData><pageMargins/>\
                        <legacyDrawing xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
                        r:id=\"rId9\"/><extLst/></worksheet>";
        assert_eq!(coloured.xml, expected);
        assert_eq!(coloured.drawing, None);
        let xml = styles.xml();
        assert!(xml.contains("<cellXfs count=\"4\">"), "{xml}");
        assert!(
            xml.contains("<xf fillId=\"1\" applyFill=\"1\" numFmtId=\"4\"><alignment/></xf>")
                || xml
                    .contains("<xf applyFill=\"1\" fillId=\"1\" numFmtId=\"4\"><alignment/></xf>"),
            "{xml}"
        );
    }
}
