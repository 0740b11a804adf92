//! Adds a fill to a workbook's styles, and a coloured twin of each cell format that needs one.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::attributes::{attribute, with_attribute};
use crate::open::ReadError;
use crate::open::xml::damaged;

/// The colour of refused rows.
pub const COLOUR: &str = "FFFFD9D9";

/// The styles part with the formats that were asked for.
pub struct ColouredStyles {
    xml: String,
    /// Where the list of fills ends, and its first tag.
    fills: (usize, std::ops::Range<usize>),
    fill_count: usize,
    /// Where the list of cell formats ends, and its first tag.
    formats: (usize, std::ops::Range<usize>),
    /// Each cell format as it stands.
    cell_formats: Vec<String>,
    /// Twins by the format that they colour.
    twins: BTreeMap<usize, usize>,
    order: Vec<usize>,
    prefix: String,
}

impl ColouredStyles {
    /// Reads a styles part; `None` if it has no fills or no cell formats to add to.
    pub fn of(xml: &str) -> Option<Self> {
        Self::read(xml).ok().flatten()
    }

    fn read(xml: &str) -> Result<Option<Self>, ReadError> {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_end_names = false;
        let (mut fills, mut formats) = (None, None);
        let (mut fills_tag, mut formats_tag) = (0..0, 0..0);
        let (mut fill_count, mut depth) = (0, 0_u32);
        let mut cell_formats: Vec<String> = Vec::new();
        let (mut inside, mut format_start) = (Vec::<Vec<u8>>::new(), 0);
        let mut prefix = String::new();
        loop {
            let start = position(&reader);
            let event = reader.read_event().map_err(damaged)?;
            let end = position(&reader);
            let parent = |inside: &Vec<Vec<u8>>| inside.last().cloned().unwrap_or_default();
            match event {
                Event::Start(element) => {
                    let name = element.local_name().as_ref().to_vec();
                    match name.as_slice() {
                        b"fills" => {
                            fills_tag = start..end;
                            let tag = element.name();
                            let whole = String::from_utf8_lossy(tag.as_ref());
                            whole.trim_end_matches("fills").clone_into(&mut prefix);
                        }
                        b"cellXfs" => formats_tag = start..end,
                        b"fill" if parent(&inside) == b"fills" => fill_count += 1,
                        b"xf" if parent(&inside) == b"cellXfs" => format_start = start,
                        _ => {}
                    }
                    inside.push(name);
                    depth += 1;
                }
                Event::Empty(element) => match element.local_name().as_ref() {
                    b"fill" if parent(&inside) == b"fills" => fill_count += 1,
                    b"xf" if parent(&inside) == b"cellXfs" => {
                        cell_formats.push(xml[start..end].to_owned());
                    }
                    _ => {}
                },
                Event::End(element) => {
                    inside.pop();
                    depth = depth.saturating_sub(1);
                    match element.local_name().as_ref() {
                        b"fills" => fills = Some(start),
                        b"cellXfs" => formats = Some(start),
                        b"xf" if parent(&inside) == b"cellXfs" => {
                            cell_formats.push(xml[format_start..end].to_owned());
                        }
                        _ => {}
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        let (Some(fills), Some(formats)) = (fills, formats) else {
            return Ok(None);
        };
        Ok((!cell_formats.is_empty()).then(|| Self {
            xml: xml.to_owned(),
            fills: (fills, fills_tag),
            fill_count,
            formats: (formats, formats_tag),
            cell_formats,
            twins: BTreeMap::new(),
            order: Vec::new(),
            prefix,
        }))
    }

    /// The number of the coloured twin of a cell format.
    pub fn coloured(&mut self, format: usize) -> usize {
        let format = if format < self.cell_formats.len() {
            format
        } else {
            0
        };
        if let Some(twin) = self.twins.get(&format) {
            return *twin;
        }
        let twin = self.cell_formats.len() + self.order.len();
        self.twins.insert(format, twin);
        self.order.push(format);
        twin
    }

    /// The styles part with the fill and the twins.
    pub fn xml(&self) -> String {
        let mut xml = self.xml.clone();
        let twins: String = self.order.iter().map(|format| self.twin(*format)).collect();
        let fill = format!(
            "<{0}fill><{0}patternFill patternType=\"solid\"><{0}fgColor rgb=\"{COLOUR}\"/><{0}bgColor indexed=\"64\"/>\
             </{0}patternFill></{0}fill>",
            self.prefix
        );
        let formats = self.cell_formats.len() + self.order.len();
        // From the back, so that the places in front stay where they are.
        let mut edits = [
            (self.formats.0..self.formats.0, twins),
            (
                self.formats.1.clone(),
                counted(&self.xml[self.formats.1.clone()], formats),
            ),
            (self.fills.0..self.fills.0, fill),
            (
                self.fills.1.clone(),
                counted(&self.xml[self.fills.1.clone()], self.fill_count + 1),
            ),
        ];
        edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
        for (range, text) in edits {
            xml.replace_range(range, &text);
        }
        xml
    }

    fn twin(&self, format: usize) -> String {
        let whole = &self.cell_formats[format];
        let end = whole.find('>').map_or(whole.len(), |at| at + 1);
        let tag = with_attribute(&whole[..end], "fillId", &self.fill_count.to_string());
        let tag = with_attribute(&tag, "applyFill", "1");
        format!("{tag}{}", &whole[end..])
    }
}

fn counted(tag: &str, count: usize) -> String {
    if attribute(tag, "count").is_none() {
        return tag.to_owned();
    }
    with_attribute(tag, "count", &count.to_string())
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).expect("a part fits into memory")
}
