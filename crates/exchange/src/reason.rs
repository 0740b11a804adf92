//! Every reason that a report or a returned workbook gives, worded in both languages.

use domain::UsccError;

use crate::open::{COLUMNS_MAX, ROWS_MAX, ReadError, UNPACKED_BYTES_MAX};

/// A language that reasons are worded in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// 中文, which reports always use.
    #[default]
    Chinese,
    /// English.
    English,
}

/// Why a cell was refused, or what is worth knowing of a part of the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// No figures where a number is needed.
    NotANumber(String),
    /// More than one number.
    SeveralNumbers(String),
    /// Words beside the number that are no known qualifier.
    WordsBesideNumber {
        /// The whole cell.
        text: String,
        /// The words.
        words: String,
    },
    /// Decimals where a whole number is needed.
    NotWhole(String),
    /// An amount with a part smaller than a fen.
    FinerThanFen(String),
    /// A number beyond what is kept exactly.
    OutOfRange(String),
    /// The unit measures something else.
    WrongUnit {
        /// The whole cell.
        text: String,
        /// The unit's words.
        unit: String,
    },
    /// Money without a unit anywhere.
    MissingUnit,
    /// The cell shows one currency, its header names another.
    CurrencyConflict {
        /// Of the cell's format.
        shown: String,
        /// Of the header.
        header: String,
    },
    /// No date.
    NotADate(String),
    /// More than one date.
    SeveralDates(String),
    /// A month, and no year to take it to.
    NoYear(String),
    /// The calendar has no such day.
    NoSuchDay(String),
    /// Day and month cannot be told apart.
    DayOrMonth(String),
    /// A number that is January or October.
    JanuaryOrOctober(String),
    /// A number in a date column that is shown as no date.
    NumberIsNoDate(String),
    /// Neither yes nor no.
    NotABoolean(String),
    /// Not in the code list.
    NotInList {
        /// The whole cell.
        text: String,
        /// What may stand there.
        allowed: String,
    },
    /// A credit code that does not check.
    CreditCode(UsccError),
    /// A long code that the spreadsheet kept as a number and cut.
    DigitsLost(String),
    /// The spreadsheet's own error.
    CellError(String),
    /// A formula whose result is not in the file.
    NoCachedValue,
    /// The row names nobody.
    MissingIdentity(String),
    /// A fact without a value.
    MissingField(String),
    /// The sheet is hidden.
    HiddenSheet,
    /// The row is hidden.
    HiddenRow,
    /// The column is hidden.
    HiddenColumn,
    /// The organisation code inside a credit code does not check.
    InnerCheck(String),
    /// A total is not the sum of its rows.
    TotalDisagrees {
        /// As the cell has it.
        stated: String,
        /// As the rows add up.
        summed: String,
        /// 元 or the code of a currency; empty for what is no money.
        unit: &'static str,
    },
    /// A total of amounts in several currencies.
    MixedCurrencies,
    /// Two columns mean the same; the first one is taken.
    SameVariable {
        /// What both mean.
        variable: String,
        /// The column that is taken.
        column: String,
    },
    /// A sheet with headers but none that says whom its rows are about.
    NoIdentityColumn,
    /// Headers stand down the first column and every project is a column.
    LiesOnItsSide,
    /// What the ledger finds when a row is placed there, worded by whoever finds it.
    Said {
        /// 中文.
        zh: String,
        /// English.
        en: String,
    },
}

impl Reason {
    /// The words in a language.
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::Chinese => self.chinese(),
            Language::English => self.english(),
        }
    }

    fn chinese(&self) -> String {
        match self {
            Self::NotANumber(text) => format!("“{text}”不是数字"),
            Self::SeveralNumbers(text) => format!("“{text}”含有多个数字，一格只能填一个"),
            Self::WordsBesideNumber { text, words } => {
                format!("“{text}”中的“{words}”无法识别，应为数字")
            }
            Self::NotWhole(text) => format!("“{text}”不是整数"),
            Self::FinerThanFen(text) => format!("“{text}”精度小于一分"),
            Self::OutOfRange(text) => format!("“{text}”超出可记录的范围"),
            Self::WrongUnit { text, unit } => format!("“{text}”的单位“{unit}”与本列不符"),
            Self::MissingUnit => {
                "没有金额单位：请在表头、单位行或单元格中注明（如“万元”）".to_owned()
            }
            Self::CurrencyConflict { shown, header } => {
                format!("单元格显示为{shown}，表头单位为{header}，两者不一致")
            }
            Self::NotADate(text) => format!("“{text}”不是日期"),
            Self::SeveralDates(text) => format!("“{text}”含有多个日期，一格只能填一个"),
            Self::NoYear(text) => format!("“{text}”没有年份，标题、表名和日期行中也没有"),
            Self::NoSuchDay(text) => format!("“{text}”不存在于日历中"),
            Self::DayOrMonth(text) => format!("“{text}”分不清日和月，请写成 2024-05-31 的样式"),
            Self::JanuaryOrOctober(text) => {
                format!("数字 {text} 可能是1月也可能是10月，请改为文本或日期格式")
            }
            Self::NumberIsNoDate(text) => format!("数字 {text} 没有按日期显示，请设为日期格式"),
            Self::NotABoolean(text) => format!("“{text}”应填“是”或“否”"),
            Self::NotInList { text, allowed } => format!("“{text}”不在可选值中（{allowed}）"),
            Self::CreditCode(error) => credit_code_chinese(error),
            Self::DigitsLost(text) => {
                format!("代码 {text} 被当作数字保存，末尾几位已丢失，请改为文本后重填")
            }
            Self::CellError(error) => format!("单元格本身有错误 {error}"),
            Self::NoCachedValue => {
                "公式没有保存计算结果，请在表格软件中打开并保存后再导入".to_owned()
            }
            Self::MissingIdentity(label) | Self::MissingField(label) => format!("缺少{label}"),
            Self::HiddenSheet => "工作表被隐藏，已照常读取".to_owned(),
            Self::HiddenRow => "该行被隐藏，已照常读取".to_owned(),
            Self::HiddenColumn => "该列被隐藏，已照常读取".to_owned(),
            Self::InnerCheck(code) => {
                format!("统一社会信用代码 {code} 中的组织机构代码校验位不符，请核对（仍已接收）")
            }
            Self::TotalDisagrees {
                stated,
                summed,
                unit,
            } => {
                let (stated, summed) = (grouped(stated), grouped(summed));
                format!("合计数 {stated}{unit} 与各行之和 {summed}{unit} 不一致")
            }
            Self::MixedCurrencies => "各行币种不同，合计数无法核对".to_owned(),
            Self::SameVariable { variable, column } => {
                format!(
                    "与 {column} 列含义相同（{variable}），以 {column} 列为准，本列按原表头另存"
                )
            }
            Self::Said { zh, .. } => zh.clone(),
            Self::LiesOnItsSide => {
                "表头在第一列、每列一个项目：请在表格软件中转置（行列互换）后再导入，本表未读取"
                    .to_owned()
            }
            Self::NoIdentityColumn => {
                "没有能说明各行是谁的列（如项目名称、企业名称），本表未读取".to_owned()
            }
        }
    }

    fn english(&self) -> String {
        match self {
            Self::NotANumber(text) => format!("`{text}` is no number"),
            Self::SeveralNumbers(text) => format!("`{text}` has several numbers, a cell takes one"),
            Self::WordsBesideNumber { text, words } => {
                format!("`{words}` in `{text}` is not understood, a number is needed")
            }
            Self::NotWhole(text) => format!("`{text}` is no whole number"),
            Self::FinerThanFen(text) => format!("`{text}` has a part smaller than a fen"),
            Self::OutOfRange(text) => format!("`{text}` is out of range"),
            Self::WrongUnit { text, unit } => {
                format!("the unit `{unit}` of `{text}` does not fit this column")
            }
            Self::MissingUnit => {
                "no unit of money: write it in the header, the unit line or the cell".to_owned()
            }
            Self::CurrencyConflict { shown, header } => {
                format!("the cell shows {shown}, its header names {header}")
            }
            Self::NotADate(text) => format!("`{text}` is no date"),
            Self::SeveralDates(text) => format!("`{text}` has several dates, a cell takes one"),
            Self::NoYear(text) => {
                format!("`{text}` has no year, nor have title, sheet name and date line")
            }
            Self::NoSuchDay(text) => format!("`{text}` is in no calendar"),
            Self::DayOrMonth(text) => {
                format!("day and month of `{text}` cannot be told apart, write 2024-05-31")
            }
            Self::JanuaryOrOctober(text) => {
                format!("the number {text} may be January or October, write it as text or date")
            }
            Self::NumberIsNoDate(text) => format!("the number {text} is not shown as a date"),
            Self::NotABoolean(text) => format!("`{text}` is neither yes nor no"),
            Self::NotInList { text, allowed } => format!("`{text}` is not one of {allowed}"),
            Self::CreditCode(error) => format!("the credit code {error}"),
            Self::DigitsLost(text) => {
                format!("the code {text} was kept as a number and lost its last digits")
            }
            Self::CellError(error) => format!("the cell has the error {error}"),
            Self::NoCachedValue => "the formula's result is not in the file".to_owned(),
            Self::MissingIdentity(label) | Self::MissingField(label) => {
                format!("`{label}` is missing")
            }
            Self::HiddenSheet => "the sheet is hidden and was read all the same".to_owned(),
            Self::HiddenRow => "the row is hidden and was read all the same".to_owned(),
            Self::HiddenColumn => "the column is hidden and was read all the same".to_owned(),
            Self::InnerCheck(code) => {
                format!("the organisation code inside {code} does not check; it was taken")
            }
            Self::TotalDisagrees {
                stated,
                summed,
                unit,
            } => total_english(stated, summed, unit),
            Self::MixedCurrencies => "rows in several currencies have no total to check".to_owned(),
            Self::SameVariable { variable, column } => {
                format!("means the same as column {column} ({variable}), which is taken")
            }
            Self::Said { en, .. } => en.clone(),
            Self::LiesOnItsSide => {
                "the headers stand in the first column and every column is a record: transpose the \
                 table and send it again, the sheet was not read"
                    .to_owned()
            }
            Self::NoIdentityColumn => {
                "no column says whom the rows are about, the sheet was not read".to_owned()
            }
        }
    }
}

fn total_english(stated: &str, summed: &str, unit: &str) -> String {
    let unit = if unit == "元" { "yuan" } else { unit };
    let amount = |digits| format!("{} {unit}", grouped(digits)).trim_end().to_owned();
    let (stated, summed) = (amount(stated), amount(summed));
    format!("the total {stated} is not the sum of its rows, {summed}")
}

/// Digits with commas between thousands.
fn grouped(digits: &str) -> String {
    let (sign, rest) = digits
        .strip_prefix('-')
        .map_or(("", digits), |rest| ("-", rest));
    let whole = rest.split('.').next().unwrap_or_default();
    let mut out = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out + &rest[whole.len()..]
}

fn credit_code_chinese(error: &UsccError) -> String {
    match error {
        UsccError::Length(length) => format!("统一社会信用代码应为18位，实为{length}位"),
        UsccError::Character { character, place } => {
            format!("统一社会信用代码第{place}位“{character}”不是代码字符")
        }
        UsccError::Check { found, expected } => {
            format!("统一社会信用代码校验位为“{found}”，应为“{expected}”")
        }
    }
}

impl ReadError {
    /// The words in a language.
    pub fn text(&self, language: Language) -> String {
        if language == Language::English {
            return self.to_string();
        }
        match self {
            Self::Empty => "文件是空的".to_owned(),
            Self::Encrypted => "文件有密码保护，请去掉密码后再试".to_owned(),
            Self::TooLarge => {
                format!(
                    "文件解压后超过 {} MB，拒绝读取",
                    UNPACKED_BYTES_MAX / 1024 / 1024
                )
            }
            Self::TooManyRows { sheet } => format!("工作表“{sheet}”超过 {ROWS_MAX} 行"),
            Self::TooManyColumns { sheet } => format!("工作表“{sheet}”超过 {COLUMNS_MAX} 列"),
            Self::Damaged(detail) => format!("文件已损坏：{detail}"),
            Self::UnknownKind => "不是可读取的文件：只接受 xlsx、xls、ods、csv、tsv".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_say_what_was_found_in_both_languages() {
        let reason = Reason::NotADate("未开工".to_owned());
        assert_eq!(reason.text(Language::Chinese), "“未开工”不是日期");
        assert_eq!(reason.text(Language::English), "`未开工` is no date");
        let reason = Reason::TotalDisagrees {
            stated: "1050000.00".to_owned(),
            summed: "-999.50".to_owned(),
            unit: "元",
        };
        assert_eq!(
            reason.text(Language::Chinese),
            "合计数 1,050,000.00元 与各行之和 -999.50元 不一致"
        );
    }
}
