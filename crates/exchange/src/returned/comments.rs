//! Comments of a sheet and the shapes that show them: new parts, or additions to those that are there.

use std::collections::BTreeMap;

use domain::CellAddress;

use super::attributes::escaped;

const AUTHOR: &str = "管家";

/// A comments part with these comments; `old` is the part that the sheet has already.
pub fn comments_part(old: Option<&str>, comments: &BTreeMap<(u32, u32), String>) -> String {
    let old = old.filter(|xml| xml.contains("</commentList>") && xml.contains("</authors>"));
    let Some(old) = old else {
        let list: String = comments
            .iter()
            .map(|(cell, text)| comment(*cell, text, 0))
            .collect();
        return format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<comments \
             xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><authors><author>{AUTHOR}</author>\
             </authors><commentList>{list}</commentList></comments>"
        );
    };
    let mut xml = old.to_owned();
    let author = xml.matches("<author>").count() + xml.matches("<author/>").count();
    let mut added = String::new();
    for (cell, text) in comments {
        let reference = reference(*cell);
        match end_of_text(&xml, &reference) {
            Some(at) => xml.insert_str(at, &run(&format!("\n{text}"))),
            None => added.push_str(&comment(*cell, text, author)),
        }
    }
    let xml = xml.replacen(
        "</authors>",
        &format!("<author>{AUTHOR}</author></authors>"),
        1,
    );
    xml.replacen("</commentList>", &format!("{added}</commentList>"), 1)
}

/// Whether a comments part has one at a cell.
pub fn has_comment(xml: &str, cell: (u32, u32)) -> bool {
    xml.contains(&format!("ref=\"{}\"", reference(cell)))
}

fn reference((row, column): (u32, u32)) -> String {
    CellAddress { row, column }.to_string()
}

/// Where the text of the comment at a cell ends.
fn end_of_text(xml: &str, reference: &str) -> Option<usize> {
    let at = xml.find(&format!("ref=\"{reference}\""))?;
    let end = at + xml[at..].find("</comment>")?;
    xml[at..end].rfind("</text>").map(|offset| at + offset)
}

fn comment(cell: (u32, u32), text: &str, author: usize) -> String {
    format!(
        "<comment ref=\"{}\" authorId=\"{author}\"><text>{}</text></comment>",
        reference(cell),
        run(text)
    )
}

fn run(text: &str) -> String {
    format!("<r><t xml:space=\"preserve\">{}</t></r>", escaped(text))
}

/// A part with a shape for each comment; `old` is the part that the sheet has already, whose own comments
/// have their shapes in it.
pub fn shapes_part(old: Option<&str>, cells: &[(u32, u32)]) -> String {
    const FIRST_SHAPE: u32 = 1025;
    let first = old.map_or(FIRST_SHAPE, |xml| highest_shape(xml) + 1);
    let shapes: String = cells
        .iter()
        .zip(first..)
        .map(|(cell, number)| shape(*cell, number))
        .collect();
    if let Some(old) = old
        && let Some(end) = old.rfind("</xml>")
    {
        let kind = if old.contains("_x0000_t202") {
            ""
        } else {
            SHAPE_TYPE
        };
        return format!("{}{kind}{shapes}{}", &old[..end], &old[end..]);
    }
    format!(
        "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
         xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><o:shapelayout v:ext=\"edit\"><o:idmap v:ext=\"edit\" \
         data=\"1\"/></o:shapelayout>{SHAPE_TYPE}{shapes}</xml>"
    )
}

const SHAPE_TYPE: &str = "<v:shapetype id=\"_x0000_t202\" coordsize=\"21600,21600\" o:spt=\"202\" \
     path=\"m,l,21600r21600,l21600,xe\"><v:stroke joinstyle=\"miter\"/><v:path gradientshapeok=\"t\" \
     o:connecttype=\"rect\"/></v:shapetype>";

fn highest_shape(xml: &str) -> u32 {
    xml.match_indices("_x0000_s")
        .filter_map(|(at, found)| {
            let digits = &xml[at + found.len()..];
            let end = digits
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(digits.len());
            digits[..end].parse().ok()
        })
        .max()
        .unwrap_or(1024)
}

fn shape((row, column): (u32, u32), number: u32) -> String {
    let top = row.saturating_sub(1);
    format!(
        "<v:shape id=\"_x0000_s{number}\" type=\"#_x0000_t202\" style=\"position:absolute;margin-left:60pt;\
         margin-top:2pt;width:180pt;height:60pt;z-index:1;visibility:hidden\" fillcolor=\"#ffffe1\" \
         o:insetmode=\"auto\"><v:fill color2=\"#ffffe1\"/><v:shadow on=\"t\" color=\"black\" obscured=\"t\"/>\
         <v:path o:connecttype=\"none\"/><v:textbox style=\"mso-direction-alt:auto\"><div style=\"text-align:left\">\
         </div></v:textbox><x:ClientData ObjectType=\"Note\"><x:MoveWithCells/><x:SizeWithCells/>\
         <x:Anchor>{}, 15, {top}, 2, {}, 31, {}, 1</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row>\
         <x:Column>{column}</x:Column></x:ClientData></v:shape>",
        column + 1,
        column + 4,
        top + 4,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_joins_one_that_stands_at_its_cell() {
        let first = BTreeMap::from([((8, 2), "一".to_owned())]);
        let part = comments_part(None, &first);
        let second = BTreeMap::from([((8, 2), "二".to_owned()), ((9, 2), "三<".to_owned())]);
        let part = comments_part(Some(&part), &second);
        assert_eq!(part.matches("ref=\"C9\"").count(), 1);
        assert!(part.contains("一</t></r><r><t xml:space=\"preserve\">\n二</t></r></text>"));
        assert!(part.contains("<comment ref=\"C10\" authorId=\"1\">"));
        assert!(part.contains("三&lt;"));
    }
}
