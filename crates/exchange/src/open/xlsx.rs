//! Office Open XML: the parts of the package that say which sheets there are and how cells are shown.

use std::collections::{HashMap, HashSet};
use std::io::BufReader;

use quick_xml::events::Event;

use super::ReadError;
use super::cells_xml::{Context, read_sheet};
use super::package::Package;
use super::xml::{
    attribute, damaged, flag_attribute, number_attribute, push_reference, reader, unescape_control,
};
use crate::grid::{FileFormat, Strings, Workbook};
use crate::number_format::NumberFormat;

/// A sheet as the workbook lists it.
pub struct ListedSheet {
    /// Its name.
    pub name: String,
    /// Hidden, by hand or by a program.
    pub hidden: bool,
    /// The part of the package that holds its cells.
    pub part: String,
}

/// Reads the whole package.
pub fn read(package: &mut Package<'_>) -> Result<Workbook, ReadError> {
    let main = main_part(package)?;
    let (listed, epoch_1904) = sheets(package, &main)?;
    let folder = folder_of(&main);
    let formats = styles(package, &format!("{folder}styles.xml"))?;
    let mut strings = Strings::default();
    shared_strings(package, &format!("{folder}sharedStrings.xml"), &mut strings)?;
    let mut workbook = Workbook {
        format: FileFormat::Xlsx,
        sheets: Vec::new(),
        strings,
        formats,
        epoch_1904,
    };
    let mut parts = HashSet::new();
    for sheet in listed {
        // What a package may unpack to is bounded only as long as each part is read once.
        if !parts.insert(sheet.part.clone()) {
            let said = format!("two sheets have the cells of `{}`", sheet.part);
            return Err(ReadError::Damaged(said));
        }
        let Some(stream) = package.stream(&sheet.part)? else {
            continue;
        };
        let mut context = Context {
            shared: u32::try_from(workbook.strings.len()).unwrap_or(u32::MAX),
            formats: workbook.formats.len(),
            strings: &mut workbook.strings,
        };
        let buffered = BufReader::with_capacity(64 * 1024, stream);
        if let Some(mut read) = read_sheet(buffered, &sheet.name, &mut context)? {
            read.name = sheet.name;
            read.hidden = sheet.hidden;
            workbook.sheets.push(read);
        }
    }
    Ok(workbook)
}

/// The part that lists the sheets.
pub fn main_part(package: &mut Package<'_>) -> Result<String, ReadError> {
    let relations = relations(package, "_rels/.rels", "")?;
    let named = relations
        .into_values()
        .find(|relation| relation.kind.ends_with("/officeDocument"))
        .map(|relation| relation.target);
    named
        .or_else(|| {
            package
                .has("xl/workbook.xml")
                .then(|| "xl/workbook.xml".to_owned())
        })
        // A binary workbook, a letter or a show of slides is a package too.
        .filter(|part| package.has(part) && part.contains("workbook") && !part.contains(".bin"))
        .ok_or(ReadError::UnknownKind)
}

/// A relation from one part to another.
pub struct Relation {
    /// The type's address.
    pub kind: String,
    /// The part it points to, from the package's root.
    pub target: String,
}

/// The relations of a part, by their id.
pub fn relations(
    package: &mut Package<'_>,
    part: &str,
    folder: &str,
) -> Result<HashMap<String, Relation>, ReadError> {
    let mut found = HashMap::new();
    let Some(bytes) = package.text(part)? else {
        return Ok(found);
    };
    let mut xml = reader(bytes.as_slice());
    let mut buffer = Vec::new();
    loop {
        match xml.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Start(element) | Event::Empty(element)
                if element.local_name().as_ref() == b"Relationship" =>
            {
                let (Some(id), Some(kind), Some(target)) = (
                    attribute(&element, b"Id"),
                    attribute(&element, b"Type"),
                    attribute(&element, b"Target"),
                ) else {
                    continue;
                };
                found.insert(
                    id,
                    Relation {
                        kind,
                        target: resolve(folder, &target),
                    },
                );
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
        buffer.clear();
    }
}

/// The part that `target` means when it stands in a part of `folder`.
pub fn resolve(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            ".." => {
                steps.pop();
            }
            "." | "" => {}
            other => steps.push(other),
        }
    }
    steps.join("/")
}

/// The folder of a part, with its slash; empty at the root.
pub fn folder_of(part: &str) -> String {
    part.rfind('/')
        .map(|at| part[..=at].to_owned())
        .unwrap_or_default()
}

/// The part that holds the relations of `part`.
pub fn relations_part(part: &str) -> String {
    let folder = folder_of(part);
    format!("{folder}_rels/{}.rels", &part[folder.len()..])
}

/// The sheets in order, and whether days count from 1904.
pub fn sheets(
    package: &mut Package<'_>,
    main: &str,
) -> Result<(Vec<ListedSheet>, bool), ReadError> {
    let relations = relations(package, &relations_part(main), &folder_of(main))?;
    let bytes = package.text(main)?.ok_or(ReadError::UnknownKind)?;
    let mut xml = reader(bytes.as_slice());
    let mut buffer = Vec::new();
    let (mut listed, mut epoch_1904) = (Vec::new(), false);
    loop {
        match xml.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                b"workbookPr" => epoch_1904 = flag_attribute(&element, b"date1904"),
                b"sheet" => {
                    let id = attribute(&element, b"id").unwrap_or_default();
                    let Some(relation) = relations.get(&id) else {
                        continue;
                    };
                    if !relation.kind.ends_with("/worksheet") {
                        continue;
                    }
                    let state = attribute(&element, b"state").unwrap_or_default();
                    listed.push(ListedSheet {
                        name: attribute(&element, b"name").unwrap_or_default(),
                        hidden: state == "hidden" || state == "veryHidden",
                        part: relation.target.clone(),
                    });
                }
                _ => {}
            },
            Event::Eof => return Ok((listed, epoch_1904)),
            _ => {}
        }
        buffer.clear();
    }
}

fn styles(package: &mut Package<'_>, part: &str) -> Result<Vec<NumberFormat>, ReadError> {
    let mut formats = Vec::new();
    let mut codes = HashMap::new();
    let bytes = package.text(part)?.unwrap_or_default();
    let mut xml = reader(bytes.as_slice());
    let (mut buffer, mut in_cell_formats) = (Vec::new(), false);
    loop {
        match xml.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                b"numFmt" => {
                    if let (Some(id), Some(code)) = (
                        number_attribute(&element, b"numFmtId"),
                        attribute(&element, b"formatCode"),
                    ) {
                        codes.insert(id, NumberFormat::from_code(&code));
                    }
                }
                b"cellXfs" => in_cell_formats = true,
                b"xf" if in_cell_formats => {
                    let id = number_attribute(&element, b"numFmtId").unwrap_or_default();
                    let format = codes.get(&id).copied();
                    formats.push(format.unwrap_or_else(|| NumberFormat::built_in(id)));
                }
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == b"cellXfs" => {
                in_cell_formats = false;
            }
            Event::Eof => break,
            _ => {}
        }
        buffer.clear();
    }
    if formats.is_empty() {
        formats.push(NumberFormat::General);
    }
    Ok(formats)
}

fn shared_strings(
    package: &mut Package<'_>,
    part: &str,
    strings: &mut Strings,
) -> Result<(), ReadError> {
    let Some(stream) = package.stream(part)? else {
        return Ok(());
    };
    let mut xml = reader(BufReader::with_capacity(64 * 1024, stream));
    let (mut buffer, mut text) = (Vec::new(), String::new());
    let (mut in_text, mut phonetic) = (false, false);
    loop {
        match xml.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Start(element) => match element.local_name().as_ref() {
                b"si" => text.clear(),
                b"t" => in_text = !phonetic,
                b"rPh" => phonetic = true,
                _ => {}
            },
            Event::Empty(element) if element.local_name().as_ref() == b"si" => {
                strings.push("");
            }
            Event::Text(piece) if in_text => text.push_str(&String::from_utf8_lossy(&piece)),
            Event::CData(piece) if in_text => text.push_str(&String::from_utf8_lossy(&piece)),
            Event::GeneralRef(reference) if in_text => push_reference(&reference, &mut text),
            Event::End(element) => match element.local_name().as_ref() {
                b"si" => {
                    unescape_control(&mut text);
                    strings.push(&text);
                }
                b"t" => in_text = false,
                b"rPh" => phonetic = false,
                _ => {}
            },
            Event::Eof => return Ok(()),
            _ => {}
        }
        buffer.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved_from_their_folder() {
        assert_eq!(
            resolve("xl/", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml"
        );
        assert_eq!(
            resolve("xl/worksheets/", "../comments1.xml"),
            "xl/comments1.xml"
        );
        assert_eq!(
            resolve("xl/", "/xl/worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml"
        );
        assert_eq!(
            relations_part("xl/workbook.xml"),
            "xl/_rels/workbook.xml.rels"
        );
    }
}
