//! The workbooks that a ledger is filled into: headers that the import knows, and a sheet that explains them.

use domain::ValueType;
use rust_xlsxwriter::{DataValidation, Format, Workbook, Worksheet, XlsxError};

use super::table::{WriteError, header_format};
use crate::reason::Language;
use crate::vocabulary::{LedgerKind, Measure, PeriodKind, Variable, Vocabulary};

/// Rows that carry the choices of a code list.
const ROWS_WITH_CHOICES: u32 = 2_000;

/// The template of a ledger with the built-in variables, for a year: yearly columns carry it in their header.
///
/// # Errors
/// [`WriteError`], when the workbook cannot be put together.
pub fn template(kind: LedgerKind, year: i32, language: Language) -> Result<Vec<u8>, WriteError> {
    template_of(&Vocabulary::built_in(kind), year, language)
}

/// As [`template`], with the variables of a vocabulary, such as one with a rulebook's.
///
/// # Errors
/// As [`template`].
pub fn template_of(
    vocabulary: &Vocabulary,
    year: i32,
    language: Language,
) -> Result<Vec<u8>, WriteError> {
    Ok(build(vocabulary, year, language)?)
}

fn build(vocabulary: &Vocabulary, year: i32, language: Language) -> Result<Vec<u8>, XlsxError> {
    let zh = language == Language::Chinese;
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(match (vocabulary.kind, zh) {
        (LedgerKind::Projects, true) => "项目台账",
        (LedgerKind::Projects, false) => "Projects",
        (LedgerKind::Enterprises, true) => "企业台账",
        (LedgerKind::Enterprises, false) => "Enterprises",
        (LedgerKind::Facts, true) => "数据",
        (LedgerKind::Facts, false) => "Facts",
    })?;
    let variables: Vec<&Variable> = vocabulary
        .variables
        .iter()
        .filter(|variable| is_offered(vocabulary.kind, variable))
        .collect();
    let head = header_format();
    for (place, variable) in variables.iter().enumerate() {
        let column = u16::try_from(place).unwrap_or(u16::MAX);
        let header = header_of(variable, vocabulary.kind, year);
        let wide: u32 = header
            .chars()
            .map(|c| if c.is_ascii() { 1 } else { 2 })
            .sum();
        sheet.set_column_width(column, f64::from(wide.clamp(10, 40) + 2))?;
        sheet.write_with_format(0, column, header, &head)?;
        choices(sheet, column, variable)?;
    }
    sheet.set_freeze_panes(1, 1)?;
    explain(
        workbook.add_worksheet(),
        &variables,
        vocabulary.kind,
        year,
        zh,
    )?;
    workbook.save_to_buffer()
}

/// A building's columns stand in a table of their own.
fn is_offered(kind: LedgerKind, variable: &Variable) -> bool {
    const OF_BUILDINGS: [&str; 5] = ["building", "part", "done_share", "done_quantity", "seen_on"];
    kind != LedgerKind::Projects || !OF_BUILDINGS.contains(&variable.name.as_str())
}

fn header_of(variable: &Variable, kind: LedgerKind, year: i32) -> String {
    let label = match (kind, variable.name.as_str()) {
        (LedgerKind::Enterprises, "name") => "企业名称",
        (_, "investment_plan_year") => return format!("{year}年计划投资（万元）"),
        (_, "investment_before_year") => {
            return format!("截至{}年底累计完成投资（万元）", year - 1);
        }
        _ => variable.label_zh.as_str(),
    };
    let yearly = kind == LedgerKind::Enterprises && variable.period == PeriodKind::Year;
    let label = if yearly {
        format!("{year}年{label}")
    } else {
        label.to_owned()
    };
    if variable.value_type == ValueType::Money {
        format!("{label}（万元）")
    } else {
        label
    }
}

fn choices(sheet: &mut Worksheet, column: u16, variable: &Variable) -> Result<(), XlsxError> {
    let mut labels: Vec<&str> = variable
        .codes
        .iter()
        .map(crate::vocabulary::CodeWord::label)
        .collect();
    if variable.value_type == ValueType::Boolean {
        labels = vec!["是", "否"];
    }
    // A spreadsheet takes lists of up to 255 characters.
    let length: usize = labels.iter().map(|label| label.chars().count() + 1).sum();
    if labels.is_empty() || length > 255 || variable.measure == Measure::OpenList {
        return Ok(());
    }
    let list = DataValidation::new().allow_list_strings(&labels)?;
    sheet.add_data_validation(1, column, ROWS_WITH_CHOICES, column, &list)?;
    Ok(())
}

fn explain(
    sheet: &mut Worksheet,
    variables: &[&Variable],
    kind: LedgerKind,
    year: i32,
    zh: bool,
) -> Result<(), XlsxError> {
    sheet.set_name(if zh { "填写说明" } else { "Notes" })?;
    let heads = if zh {
        ["列名", "类型", "怎样填"]
    } else {
        ["Column", "Type", "How to fill it in"]
    };
    let (head, wrap) = (header_format(), Format::new().set_text_wrap());
    for (column, (text, width)) in heads.iter().zip([36.0, 12.0, 70.0]).enumerate() {
        let column = u16::try_from(column).unwrap_or(0);
        sheet.set_column_width(column, width)?;
        sheet.write_with_format(0, column, *text, &head)?;
    }
    for (place, variable) in variables.iter().enumerate() {
        let row = u32::try_from(place + 1).unwrap_or(u32::MAX);
        let header = header_of(variable, kind, year);
        let header = if zh {
            header
        } else {
            format!("{header} · {}", variable.label_en)
        };
        sheet.write_with_format(row, 0, header, &wrap)?;
        sheet.write(row, 1, type_name(variable.value_type, zh))?;
        sheet.write_with_format(row, 2, how(variable, zh), &wrap)?;
    }
    Ok(())
}

fn type_name(value_type: ValueType, zh: bool) -> &'static str {
    match (value_type, zh) {
        (ValueType::Money, true) => "金额",
        (ValueType::Money, false) => "money",
        (ValueType::Integer, true) => "整数",
        (ValueType::Integer, false) => "integer",
        (ValueType::Number, true) => "数字",
        (ValueType::Number, false) => "number",
        (ValueType::Ratio, true) => "比例",
        (ValueType::Ratio, false) => "ratio",
        (ValueType::Boolean, true) => "是否",
        (ValueType::Boolean, false) => "yes or no",
        (ValueType::Date, true) => "日期",
        (ValueType::Date, false) => "date",
        (ValueType::Code, true) => "选项或代码",
        (ValueType::Code, false) => "code",
        (ValueType::Text, true) => "文字",
        (ValueType::Text, false) => "text",
    }
}

fn how(variable: &Variable, zh: bool) -> String {
    let codes: Vec<&str> = variable
        .codes
        .iter()
        .map(crate::vocabulary::CodeWord::label)
        .collect();
    if !codes.is_empty() {
        return codes.join("、");
    }
    let words = match (variable.value_type, variable.measure, zh) {
        (ValueType::Money, _, true) => {
            "只填数字，单位见列名；也可自带单位（1.2亿元、350万美元）。不知道就留空，确知没有填“无”"
        }
        (ValueType::Money, _, false) => {
            "the number alone, in the header's unit, or with a unit of its own; blank for not known, 无 for none"
        }
        (ValueType::Date, Measure::Span, true) => "2022-2025、2022.3-2025.12",
        (ValueType::Date, Measure::Span, false) => "2022-2025 or 2022.3-2025.12",
        (ValueType::Date, _, true) => {
            "2024-05-31、2024年5月、2024年5月底；知道到哪一级就写到哪一级"
        }
        (ValueType::Date, _, false) => {
            "2024-05-31, 2024年5月, 2024年5月底: as precise as it is known"
        }
        (ValueType::Ratio, ..) => "12.5%",
        (_, Measure::CreditCode, true) => "18位，按文本填写",
        (_, Measure::CreditCode, false) => "18 characters, as text",
        (_, Measure::Identifier, true) => "按文本填写",
        (_, Measure::Identifier, false) => "as text",
        _ => "",
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, read_ledger};

    #[test]
    fn every_column_of_a_template_is_known_to_the_import() {
        for kind in [LedgerKind::Projects, LedgerKind::Enterprises] {
            let vocabulary = Vocabulary::built_in(kind);
            for variable in vocabulary.variables.iter().filter(|v| is_offered(kind, v)) {
                let header = header_of(variable, kind, 2024);
                let found = vocabulary.meaning(&[&header]).variable;
                let found = found.map(|place| vocabulary.variables[place].name.as_str());
                assert_eq!(found, Some(variable.name.as_str()), "{header}");
            }
        }
    }

    #[test]
    fn an_empty_template_has_a_table_and_no_rows() {
        for kind in [
            LedgerKind::Projects,
            LedgerKind::Enterprises,
            LedgerKind::Facts,
        ] {
            let bytes = template(kind, 2024, Language::Chinese).unwrap();
            let read = read_ledger(&bytes, "t.xlsx", &Options::new(kind)).unwrap();
            assert_eq!(read.sheets[0].header, Some((0, 0)));
            assert_eq!((read.accepted_rows(), read.refused_rows()), (0, 0));
        }
    }
}
