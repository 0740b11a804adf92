//! Edits an xlsx package in place: only the parts of refused sheets, their comments and the styles change.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::attributes::escaped;
use super::comments::{comments_part, has_comment, shapes_part};
use super::sheet_xml::colour;
use super::styles_xml::ColouredStyles;
use super::{Marks, ReturnError};
use crate::ledger::SheetRead;
use crate::open::ReadError;
use crate::open::package::Package;
use crate::open::xlsx::{Relation, folder_of, main_part, relations, relations_part, sheets};

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// The package with its marks; `None` if it is no xlsx, or its styles cannot be added to.
pub fn edit(
    bytes: &[u8],
    read: &[SheetRead],
    marks: &[Marks],
) -> Result<Option<Vec<u8>>, ReturnError> {
    let mut package = Package::open(bytes)?;
    let Ok(main) = main_part(&mut package) else {
        return Ok(None);
    };
    let styles_name = format!("{}styles.xml", folder_of(&main));
    let Some(styles) = text(&mut package, &styles_name)? else {
        return Ok(None);
    };
    let Some(mut styles) = ColouredStyles::of(&styles) else {
        return Ok(None);
    };
    let (listed, _) = sheets(&mut package, &main)?;
    let mut parts: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (sheet, marks) in read
        .iter()
        .zip(marks)
        .filter(|(_, marks)| !marks.is_empty())
    {
        let Some(part) = listed.iter().find(|listed| listed.name == sheet.name) else {
            continue;
        };
        edit_sheet(&mut package, &part.part, marks, &mut styles, &mut parts)?;
    }
    parts.insert(styles_name, styles.xml().into_bytes());
    let types = text(&mut package, "[Content_Types].xml")?.unwrap_or_default();
    parts.insert(
        "[Content_Types].xml".to_owned(),
        with_types(&types, &parts).into_bytes(),
    );
    write(bytes, parts).map(Some)
}

fn text(package: &mut Package<'_>, name: &str) -> Result<Option<String>, ReadError> {
    let bytes = package.text(name)?;
    Ok(bytes.map(|bytes| {
        String::from_utf8_lossy(&bytes)
            .trim_start_matches('\u{feff}')
            .to_owned()
    }))
}

fn edit_sheet(
    package: &mut Package<'_>,
    part: &str,
    marks: &Marks,
    styles: &mut ColouredStyles,
    parts: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), ReturnError> {
    let folder = folder_of(part);
    let relations_name = relations_part(part);
    let known = relations(package, &relations_name, &folder)?;
    let xml = text(package, part)?.unwrap_or_default();
    let drawing_id = free_id(&known, "rIdShapes");
    let coloured = colour(&xml, marks, styles, &drawing_id)?;
    let comments = known
        .values()
        .find(|relation| relation.kind.ends_with("/comments"));
    let drawing = coloured.drawing.as_ref().and_then(|id| known.get(id));

    let number = parts.len() + 1;
    let mut added: Vec<(String, &str, String)> = Vec::new();
    let comments_name = comments.map_or_else(
        || {
            let name = free_part(package, parts, "xl/comments", number, ".xml");
            added.push((
                free_id(&known, "rIdComments"),
                "comments",
                format!("/{name}"),
            ));
            name
        },
        |relation| relation.target.clone(),
    );
    let shapes_name = drawing.map_or_else(
        || {
            let name = free_part(package, parts, "xl/drawings/vmlDrawing", number, ".vml");
            added.push((drawing_id.clone(), "vmlDrawing", format!("/{name}")));
            name
        },
        |relation| relation.target.clone(),
    );
    let old_comments = text(package, &comments_name)?;
    let old_shapes = text(package, &shapes_name)?;
    let without_shape: Vec<(u32, u32)> = marks
        .comments
        .keys()
        .filter(|cell| {
            !old_comments
                .as_deref()
                .is_some_and(|xml| has_comment(xml, **cell))
        })
        .copied()
        .collect();
    let new_comments = comments_part(old_comments.as_deref(), &marks.comments);
    parts.insert(comments_name, new_comments.into_bytes());
    parts.insert(
        shapes_name,
        shapes_part(old_shapes.as_deref(), &without_shape).into_bytes(),
    );
    parts.insert(part.to_owned(), coloured.xml.into_bytes());
    if !added.is_empty() {
        let old = text(package, &relations_name)?;
        parts.insert(
            relations_name,
            with_relations(old.as_deref(), &added).into_bytes(),
        );
    }
    Ok(())
}

fn free_id(known: &std::collections::HashMap<String, Relation>, wanted: &str) -> String {
    let mut id = wanted.to_owned();
    while known.contains_key(&id) {
        id.push('x');
    }
    id
}

fn free_part(
    package: &Package<'_>,
    parts: &BTreeMap<String, Vec<u8>>,
    stem: &str,
    number: usize,
    ending: &str,
) -> String {
    let mut number = number;
    loop {
        let name = format!("{stem}Reasons{number}{ending}");
        if !package.has(&name) && !parts.contains_key(&name) {
            return name;
        }
        number += 1;
    }
}

fn with_relations(old: Option<&str>, added: &[(String, &str, String)]) -> String {
    let mut new = String::new();
    for (id, kind, target) in added {
        let target = escaped(target);
        let _ = write!(
            new,
            "<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>"
        );
    }
    match old.and_then(|xml| xml.rfind("</Relationships>").map(|at| (xml, at))) {
        Some((xml, at)) => format!("{}{new}{}", &xml[..at], &xml[at..]),
        None => format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"{RELATIONS}\">{new}\
             </Relationships>"
        ),
    }
}

/// The content types with those of the new parts.
fn with_types(types: &str, parts: &BTreeMap<String, Vec<u8>>) -> String {
    let mut new = String::new();
    if !types.contains("Extension=\"vml\"") {
        new.push_str(
            "<Default Extension=\"vml\" ContentType=\"application/vnd.openxmlformats-officedocument.vmlDrawing\"/>",
        );
    }
    let comments = parts
        .keys()
        .filter(|name| name.starts_with("xl/commentsReasons"));
    for name in comments {
        let _ = write!(
            new,
            "<Override PartName=\"/{name}\" ContentType=\"application/vnd.openxmlformats-officedocument.\
             spreadsheetml.comments+xml\"/>"
        );
    }
    match types.rfind("</Types>") {
        Some(at) => format!("{}{new}{}", &types[..at], &types[at..]),
        None => types.to_owned(),
    }
}

/// The package again: changed parts anew, all others copied as they are packed.
fn write(bytes: &[u8], mut parts: BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, ReturnError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))?;
    let mut out = ZipWriter::new(Cursor::new(Vec::with_capacity(bytes.len() + 4096)));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index)?;
        match parts.remove(part.name()) {
            Some(new) => {
                let name = part.name().to_owned();
                drop(part);
                out.start_file(name, options)?;
                out.write_all(&new)?;
            }
            None => out.raw_copy_file(part)?,
        }
    }
    for (name, bytes) in parts {
        out.start_file(name, options)?;
        out.write_all(&bytes)?;
    }
    Ok(out.finish()?.into_inner())
}
