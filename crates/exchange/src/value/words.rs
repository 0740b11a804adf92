//! Cells of words: yes and no, codes, and numbers in columns of words.

use domain::{Uscc, Value};
use rust_decimal::Decimal;

use super::fold::compact;
use super::typed::{Reading, ValueRule};
use crate::grid::Exact;
use crate::number_format::{NumberFormat, ShownDate};
use crate::reason::Reason;
use crate::vocabulary::{CodeWord, Measure};
use domain::ValueType;

/// Yes or no.
pub fn boolean(folded: &str) -> Reading {
    let value = match folded.to_lowercase().as_str() {
        "是" | "有" | "√" | "✓" | "✔" | "y" | "yes" | "true" | "1" | "已" | "对" => true,
        "否" | "无" | "没有" | "×" | "✗" | "✘" | "x" | "n" | "no" | "false" | "0" | "未"
        | "不是" => false,
        _ => return Reading::Fault(Reason::NotABoolean(folded.to_owned())),
    };
    Reading::plain(Value::Boolean(value))
}

/// A code of a list, or a credit code that checks.
pub fn code(folded: &str, rule: &ValueRule) -> Reading {
    if rule.measure == Measure::CreditCode {
        // People write a long code in groups.
        return match compact(folded).parse::<Uscc>() {
            Ok(code) => Reading::plain(Value::Code(code.as_str().to_owned())),
            Err(error) => Reading::Fault(Reason::CreditCode(error)),
        };
    }
    if rule.codes.is_empty() {
        return Reading::plain(Value::Code(folded.to_owned()));
    }
    let words = compact(folded).to_lowercase();
    if let Some(known) = rule.codes.iter().find(|code| code.fits(&words)) {
        return Reading::plain(Value::Code(known.code.clone()));
    }
    if rule.measure == Measure::OpenList {
        return Reading::plain(Value::Code(folded.to_owned()));
    }
    let allowed: Vec<&str> = rule.codes.iter().map(CodeWord::label).collect();
    Reading::Fault(Reason::NotInList {
        text: folded.to_owned(),
        allowed: allowed.join("、"),
    })
}

/// A number in a column of words: as the spreadsheet shows it.
pub fn text_of_number(
    number: Exact,
    format: NumberFormat,
    rule: &ValueRule,
    epoch: bool,
) -> Reading {
    const DIGITS_KEPT: usize = 15;
    let shown = match format.date(number, epoch) {
        Some(ShownDate::Full(date)) => date.to_string(),
        Some(ShownDate::WithoutYear {
            month,
            day: Some(day),
            ..
        }) => format!("{month}月{day}日"),
        Some(ShownDate::WithoutYear {
            month, day: None, ..
        }) => format!("{month}月"),
        None if format == NumberFormat::Percent => {
            let hundredfold = number.to_decimal().checked_mul(Decimal::ONE_HUNDRED);
            format!("{}%", hundredfold.unwrap_or_default().normalize())
        }
        None => number.to_string(),
    };
    if rule.value_type == ValueType::Code || rule.measure == Measure::Identifier {
        let digits = shown.bytes().filter(u8::is_ascii_digit).count();
        if digits > DIGITS_KEPT {
            return Reading::Fault(Reason::DigitsLost(shown));
        }
    }
    super::typed::text(&shown, rule)
}
