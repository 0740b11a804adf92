//! What a row below the header is: a record, a total, a heading of a section, a note.

use std::sync::LazyLock;

use regex::Regex;

use super::lines::{is_date_alone, is_known_line, is_line};
use super::view::View;
use crate::grid::{Cell, Content, SheetRow};
use crate::value::fold::{compact, one_line};

/// What a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowKind {
    /// A record of its own.
    Record,
    /// Nothing of its own.
    Blank,
    /// A total of other rows.
    Total(TotalWord),
    /// The heading of a section, which may carry its sums; smaller levels stand above larger ones.
    Heading(u8),
    /// Skipped, with the reason that the report gives.
    Skipped(&'static str),
}

/// How a total calls itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TotalWord {
    /// 小计, 本页合计: of the rows of its section.
    Sub,
    /// 合计 with words before it, such as 工业项目合计.
    NamedSum,
    /// 合计 alone.
    Sum,
    /// 总计, 共计: of everything.
    Grand,
}

/// What is known of the table that rows are judged against.
#[derive(Debug, Default)]
pub struct RowContext {
    /// The numbering column.
    pub numbering: Option<u16>,
    /// The columns that say whom a row is about.
    pub identity: Vec<u16>,
    /// The columns with numbers.
    pub figures: Vec<u16>,
    /// Words of the header by row and column.
    pub header: Vec<Vec<(u16, String)>>,
    /// The title lines.
    pub titles: Vec<String>,
    /// The last column.
    pub last_column: u16,
    /// The row after which there are only notes.
    pub last_row: u32,
    /// Rows with a Chinese numeral up to this level head a section; deeper ones number records.
    pub section_level: u8,
}

static HEADING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:[一二三四五六七八九十]+[、.,:]|第[一二三四五六七八九十]+[部类章批])")
        .expect("the pattern is valid")
});
static SUB_HEADING: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\([一二三四五六七八九十]+\)").expect("the pattern is valid"));
static NUMERAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\(?[一二三四五六七八九十]+\)?[、.]?$").expect("the pattern is valid")
});
static NOTE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?:注(?:释|明)?[:：\d、.]|备注[:：\d]|说明[:：\d、.]|填[报表]说明|填[报表](?:单位|人|日期|时间)|编制说明|资料来源|数据来源|来源[:：]|制表|审核|审批|复核|单位负责人|分管领导|主要领导|联系(?:人|电话)[:：]|负责人[:：]|统计负责人|[*※])",
    )
    .expect("the pattern is valid")
});
/// Rows of a form that show how it is filled in.
static EXAMPLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?:(?:填写|填报|填表|格式)(?:示例|样例|要求|说明|格式)|示例|样例|举例|例如?)[:：]?$",
    )
    .expect("the pattern is valid")
});
static COUNT_BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:\([^()]*\)|[:：]|\d+个?项?目?|个|项|家)*$").expect("the pattern is valid")
});

/// Which total a label names, if it names one.
pub fn total_word(label: &str) -> Option<TotalWord> {
    const LABEL_CHARS_MAX: usize = 24;
    let words = compact(label).to_lowercase();
    if words.chars().count() > LABEL_CHARS_MAX {
        return None;
    }
    let words = COUNT_BEHIND.replace(&words, "");
    let words = words.trim_matches(|c| "、.:*".contains(c));
    match words {
        "合计" | "总和" | "合计数" | "汇总" | "total" | "sum" => {
            return Some(TotalWord::Sum);
        }
        "总计" | "共计" | "总合计" | "总计数" | "grandtotal" | "全部合计" => {
            return Some(TotalWord::Grand);
        }
        "小计" | "subtotal" | "sub-total" | "本页合计" | "本页小计" | "页计" => {
            return Some(TotalWord::Sub);
        }
        _ => {}
    }
    if words.ends_with("小计") {
        Some(TotalWord::Sub)
    } else if words.ends_with("总计") || words.ends_with("总合计") {
        Some(TotalWord::Grand)
    } else if words.ends_with("合计") || words.ends_with("共计") {
        Some(TotalWord::NamedSum)
    } else {
        None
    }
}

/// Whether a text begins as a note below a table does.
pub fn is_note(text: &str) -> bool {
    NOTE.is_match(&compact(text))
}

/// Judges a row.
pub fn kind_of(view: &View<'_>, row: &SheetRow, context: &RowContext) -> RowKind {
    let own: Vec<&Cell> = view.own_cells(row).collect();
    if own.is_empty() {
        return RowKind::Blank;
    }
    if let Some(total) = total_label(view, &own, context) {
        return RowKind::Total(total);
    }
    if row.row > context.last_row {
        return RowKind::Skipped("note");
    }
    // Most rows name somebody and have more besides; the rest of the questions is for the others.
    let named = own
        .iter()
        .any(|cell| context.identity.contains(&cell.column));
    if repeats_header(view, &own, context) {
        return RowKind::Skipped("header");
    }
    if view
        .text_of(own[0])
        .is_some_and(|text| EXAMPLE.is_match(&compact(text)))
    {
        return RowKind::Skipped("note");
    }
    if let Some(level) = heading_level(view, row, &own, context)
        && (level <= context.section_level || own.len() == 1)
    {
        return RowKind::Heading(level);
    }
    if let [only] = own.as_slice() {
        let words = compact(&view.words_of(only));
        if context.titles.contains(&words) {
            return RowKind::Skipped("title");
        }
        // A date, or a label with what it announces, names nobody, wherever it stands.
        let line = if named {
            is_known_line(&words) && context.header.iter().any(|header| header.len() > 1)
        } else {
            is_line(&words)
        };
        if NOTE.is_match(&words) || line {
            return RowKind::Skipped("note");
        }
        let wide = view.merge_at(row.row, only.column).is_some_and(|merge| {
            merge.last_column - merge.first_column >= 2.min(context.last_column)
        });
        if (wide || !named) && view.text_of(only).is_some() && !carried_identity(view, row, context)
        {
            return RowKind::Heading(u8::MAX);
        }
    }
    let repeats_line = own.iter().all(|cell| {
        let words = view.words_of(cell);
        context.titles.contains(&compact(&words)) || is_line(&words)
    });
    if repeats_line && !named {
        return RowKind::Skipped("title");
    }
    RowKind::Record
}

/// Whether a merged cell from above says whom the row is about.
fn carried_identity(view: &View<'_>, row: &SheetRow, context: &RowContext) -> bool {
    context
        .identity
        .iter()
        .any(|column| view.seen(row.row, *column).is_some_and(|seen| !seen.own))
}

/// A total's word stands among the first words of the row, and nobody else is named beside it unless it
/// stands where the rows are numbered.
fn total_label(view: &View<'_>, own: &[&Cell], context: &RowContext) -> Option<TotalWord> {
    const LABELS_READ: usize = 3;
    let texts = own
        .iter()
        .filter(|cell| view.text_of(cell).is_some())
        .take(LABELS_READ);
    let (cell, word) = texts
        .filter(|cell| !context.figures.contains(&cell.column))
        .find_map(|cell| total_word(view.text_of(cell)?).map(|word| (*cell, word)))?;
    if context.numbering == Some(cell.column) {
        return Some(word);
    }
    let others_named = own.iter().any(|other| {
        context.identity.contains(&other.column)
            && other.column != cell.column
            && view
                .text_of(other)
                .is_some_and(|text| total_word(text).is_none() && !is_count(text))
    });
    (!others_named).then_some(word)
}

/// `31个` beside a total counts its rows.
fn is_count(text: &str) -> bool {
    let words = compact(text);
    words.starts_with(|c: char| c.is_ascii_digit() || c == '(' || c == '共')
        && words.chars().count() <= 10
}

fn repeats_header(view: &View<'_>, own: &[&Cell], context: &RowContext) -> bool {
    if own.len() < 2 && context.header.iter().all(|row| row.len() != own.len()) {
        return false;
    }
    context.header.iter().any(|header| {
        let same = own.iter().filter(|cell| {
            header
                .binary_search_by_key(&cell.column, |(column, _)| *column)
                .is_ok_and(|at| {
                    let words = &header[at].1;
                    matches!(cell.content(), Content::Text(id) if one_line(view.book.strings.get(id)) == *words)
                })
        });
        same.count() * 3 >= own.len() * 2
    })
}

/// `一、新建项目`, `（一）工业`: the level of a heading.
fn heading_level(
    view: &View<'_>,
    row: &SheetRow,
    own: &[&Cell],
    context: &RowContext,
) -> Option<u8> {
    let first = own.first()?;
    let (level, numbered_aside) = numeral_level(view, first, context)?;
    // A heading has sums or nothing beside its words; a project has an owner, dates, a place.
    let words_beside = own
        .iter()
        .skip(1)
        .filter(|cell| !context.figures.contains(&cell.column) && view.text_of(cell).is_some());
    let allowed = usize::from(numbered_aside);
    let carried = carried_identity(view, row, context) && !numbered_aside;
    (words_beside.count() <= allowed && !carried).then_some(level)
}

/// The level of the Chinese numeral that a row begins with, and whether it stands where rows are numbered.
fn numeral_level(view: &View<'_>, first: &Cell, context: &RowContext) -> Option<(u8, bool)> {
    let words = compact(view.text_of(first)?);
    let aside = context.numbering == Some(first.column) && NUMERAL.is_match(&words);
    if HEADING.is_match(&words) || aside && !words.starts_with('(') {
        Some((1, aside))
    } else if SUB_HEADING.is_match(&words) || aside {
        Some((2, aside))
    } else {
        None
    }
}

/// Up to which level Chinese numerals head sections. Where the records themselves are numbered 一, 二, 三, the
/// numerals of their level head nothing.
pub fn section_level(view: &View<'_>, rows: &[SheetRow], context: &RowContext) -> u8 {
    const ALL: u8 = u8::MAX;
    let mut deepest = 0;
    for row in rows {
        let own: Vec<&Cell> = view.own_cells(row).collect();
        let named = own
            .iter()
            .any(|cell| context.identity.contains(&cell.column) && view.text_of(cell).is_some());
        if !named
            || total_label(view, &own, context).is_some()
            || repeats_header(view, &own, context)
        {
            continue;
        }
        match numeral_level(view, own[0], context) {
            Some((level, _)) => deepest = deepest.max(level),
            None if own.len() > 1 => return ALL,
            None => {}
        }
    }
    // One numbered row alone may well head a section that is still empty.
    deepest.saturating_sub(1)
}

/// The last row that is more than a note, looked for from below. Rows of a single text are notes where a
/// note or the last total stands above them, or where a date stands below them: the sender's signature.
pub fn last_row_of_body(view: &View<'_>, rows: &[SheetRow], context: &RowContext) -> u32 {
    let mut undecided: Option<u32> = None;
    let mut date_below = false;
    for row in rows.iter().rev() {
        let own: Vec<&Cell> = view.own_cells(row).collect();
        if own.is_empty() {
            continue;
        }
        match total_label(view, &own, context) {
            Some(TotalWord::Sum | TotalWord::Grand) => return row.row,
            Some(_) => return undecided.unwrap_or(row.row),
            None => {}
        }
        let lone_text = own.len() == 1 && view.text_of(own[0]).is_some();
        let signature = std::mem::take(&mut date_below) && lone_text;
        if signature || is_closing_note(view, row, &own, context) {
            undecided = None;
            date_below = own.len() == 1 && is_date_alone(&view.words_of(own[0]));
        } else if lone_text {
            undecided.get_or_insert(row.row);
        } else {
            return undecided.unwrap_or(row.row);
        }
    }
    undecided.or(rows.first().map(|row| row.row)).unwrap_or(0)
}

fn is_closing_note(view: &View<'_>, row: &SheetRow, own: &[&Cell], context: &RowContext) -> bool {
    const SENTENCE_CHARS: usize = 30;
    if own
        .iter()
        .any(|cell| !matches!(cell.content(), Content::Text(_)))
    {
        return false;
    }
    let first = one_line(&view.words_of(own[0]));
    if NOTE.is_match(&compact(&first)) {
        return true;
    }
    let named = own
        .iter()
        .any(|cell| context.identity.contains(&cell.column));
    let wide = view
        .merge_at(row.row, own[0].column)
        .is_some_and(|merge| merge.last_column > merge.first_column + 1);
    let few = own.len() <= 2
        && own
            .iter()
            .all(|cell| !context.figures.contains(&cell.column));
    let sentence = first.chars().count() > SENTENCE_CHARS || first.ends_with('。');
    let label = is_line(&first);
    few && (!named && !carried_identity(view, row, context)
        || wide
        || own.len() == 1 && sentence
        || label)
        || own.iter().all(|cell| is_line(&view.words_of(cell)))
}

/// Whether the row right below the header only numbers the columns: 甲 乙 1 2 3.
pub fn numbers_columns(view: &View<'_>, row: &SheetRow) -> bool {
    // 甲 1 2 alone may as well be the project 甲 with its figures.
    const CELLS_MIN: usize = 3;
    const CELLS_WITH_LETTER_MIN: usize = 4;
    let mut expected = 0_i64;
    let (mut count, mut least) = (0, CELLS_MIN);
    for cell in view.own_cells(row) {
        let words = compact(&view.words_of(cell));
        let bare = words.trim_matches(|c| "()（）".contains(c));
        if "甲乙丙丁戊己庚".contains(bare) && bare.chars().count() == 1
            || ["栏次", "列次"].contains(&bare)
        {
            (count, least) = (count + 1, CELLS_WITH_LETTER_MIN);
            continue;
        }
        let Ok(number) = bare.parse::<i64>() else {
            return false;
        };
        if expected != 0 && number != expected + 1 || expected == 0 && number > 2 {
            return false;
        }
        expected = number;
        count += 1;
    }
    count >= least
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("合计", Some(TotalWord::Sum))]
    #[case("合　计", Some(TotalWord::Sum))]
    #[case("合计（31个）", Some(TotalWord::Sum))]
    #[case("总计", Some(TotalWord::Grand))]
    #[case("工业项目小计", Some(TotalWord::Sub))]
    #[case("小计：", Some(TotalWord::Sub))]
    #[case("全区合计", Some(TotalWord::NamedSum))]
    #[case("Total", Some(TotalWord::Sum))]
    #[case("建筑设计", None)]
    #[case("会计服务", None)]
    fn totals_are_known_by_their_words(#[case] label: &str, #[case] word: Option<TotalWord>) {
        assert_eq!(total_word(label), word);
    }
}
