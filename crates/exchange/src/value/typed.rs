//! Reads a cell as the type that its column asks for.

use domain::money::{Currency, Money, MoneyError, rounded_fen};
use domain::{PartialDate, Value, ValueType};
use rust_decimal::Decimal;

use super::date::{DateContext, DateFault, DateReading, parse_date, parse_date_in, parse_span};
use super::fold::fold;
use super::number::{NumberFault, Quantity, parse_quantity};
use super::unit::{Unit, UnitKind};
use super::words::{boolean, code, text_of_number};
use crate::grid::{Cell, Content, Exact, Workbook};
use crate::number_format::{NumberFormat, ShownDate};
use crate::reason::Reason;
use crate::vocabulary::{CodeWord, Measure};

/// How the cells of a column are read.
#[derive(Debug, Clone)]
pub struct ValueRule {
    /// The type of its values.
    pub value_type: ValueType,
    /// What its numbers measure beside their type.
    pub measure: Measure,
    /// The unit of header or sheet.
    pub unit: Option<Unit>,
    /// Words of the code list; empty for an open one.
    pub codes: Vec<CodeWord>,
    /// What dates are read by beside their own words.
    pub dates: DateContext,
}

/// What a cell says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Nothing: blank, `-`, `/`, 无数据, 待定.
    Nothing,
    /// A value and the words beside it.
    Value {
        /// The value.
        value: Value,
        /// 约, 余, 底.
        qualifier: String,
        /// The unit that stands in the cell itself.
        unit: Option<String>,
    },
    /// The beginning and the end of a stretch.
    Span(DateReading, DateReading),
    /// An amount that nothing gives a unit.
    UnitMissing,
    /// It cannot be read.
    Fault(Reason),
}

impl Reading {
    /// A value with nothing beside it.
    pub(super) fn plain(value: Value) -> Self {
        Self::Value {
            value,
            qualifier: String::new(),
            unit: None,
        }
    }
}

/// Texts that say nothing.
const NOTHING: [&str; 6] = ["-", "—", "–", "/", "无数据", "待定"];

/// Reads a cell by its column's rule.
pub fn read_cell(cell: &Cell, workbook: &Workbook, rule: &ValueRule) -> Reading {
    let format = workbook
        .formats
        .get(usize::from(cell.format))
        .copied()
        .unwrap_or(NumberFormat::General);
    match cell.content() {
        Content::Text(id) => text(workbook.strings.get(id), rule),
        Content::Number(number) => match rule.value_type {
            ValueType::Money => money_number(number, format, rule),
            ValueType::Integer | ValueType::Number | ValueType::Ratio => {
                plain_number(number, format, rule)
            }
            ValueType::Date => date_number(number, format, rule, workbook.epoch_1904),
            ValueType::Boolean => match number.to_integer() {
                Some(0) => Reading::plain(Value::Boolean(false)),
                Some(1) => Reading::plain(Value::Boolean(true)),
                _ => Reading::Fault(Reason::NotABoolean(number.to_string())),
            },
            ValueType::Code | ValueType::Text => {
                text_of_number(number, format, rule, workbook.epoch_1904)
            }
        },
        Content::Bool(flag) => match rule.value_type {
            ValueType::Boolean => Reading::plain(Value::Boolean(flag)),
            ValueType::Text | ValueType::Code => text(if flag { "TRUE" } else { "FALSE" }, rule),
            ValueType::Date => Reading::Fault(Reason::NotADate(flag.to_string())),
            _ => Reading::Fault(Reason::NotANumber(flag.to_string())),
        },
        Content::Error(id) => {
            Reading::Fault(Reason::CellError(workbook.strings.get(id).to_owned()))
        }
        Content::NoCachedValue => Reading::Fault(Reason::NoCachedValue),
    }
}

/// Reads a text by its column's rule.
pub(super) fn text(raw: &str, rule: &ValueRule) -> Reading {
    let folded = fold(raw);
    if says_nothing(&folded) {
        return Reading::Nothing;
    }
    if folded == "无" && rule.value_type != ValueType::Boolean {
        return Reading::plain(Value::Absent);
    }
    match rule.value_type {
        ValueType::Money => money_text(&folded, rule),
        ValueType::Integer | ValueType::Number | ValueType::Ratio => number_text(&folded, rule),
        ValueType::Date => date_text(&folded, rule),
        ValueType::Boolean => boolean(&folded),
        ValueType::Code => code(&folded, rule),
        ValueType::Text => Reading::plain(Value::Text(raw.trim().to_owned())),
    }
}

fn says_nothing(folded: &str) -> bool {
    folded.is_empty()
        || NOTHING.contains(&folded)
        || folded.len() <= 24 && folded.chars().all(|c| "-—–".contains(c))
}

fn number_fault(text: &str, fault: NumberFault) -> Reading {
    let text = text.to_owned();
    Reading::Fault(match fault {
        NumberFault::NoNumber => Reason::NotANumber(text),
        NumberFault::Several => Reason::SeveralNumbers(text),
        NumberFault::Leftover(_) if !text.contains(|c: char| c.is_ascii_digit()) => {
            Reason::NotANumber(text)
        }
        NumberFault::Leftover(words) => Reason::WordsBesideNumber { text, words },
    })
}

fn money_text(folded: &str, rule: &ValueRule) -> Reading {
    let quantity = match quick_number(folded) {
        Some(number) => Quantity::bare(number),
        None => match parse_quantity(folded) {
            Ok(quantity) => quantity,
            Err(fault) => return number_fault(folded, fault),
        },
    };
    let mut own = !quantity.unit_words.is_empty();
    let unit = match quantity.unit {
        // A currency's sign is what a format of the same cell would show: the scale is the column's.
        Some(unit) if quantity.currency_alone && rule.unit.is_some() => {
            own = false;
            match (unit.kind, rule.unit) {
                (UnitKind::Money(shown), Some(column)) if column.kind != unit.kind => {
                    return currency_conflict(shown, column);
                }
                _ => rule.unit,
            }
        }
        Some(unit) => match unit.kind {
            UnitKind::Money(_) => Some(unit),
            // 3.5亿 in a column of dollars is a hundred million dollars.
            UnitKind::Scale => {
                let kind = rule
                    .unit
                    .map_or(UnitKind::Money("CNY"), |column| column.kind);
                Some(Unit {
                    kind,
                    factor: unit.factor,
                })
            }
            _ => {
                return Reading::Fault(Reason::WrongUnit {
                    text: folded.to_owned(),
                    unit: quantity.unit_words,
                });
            }
        },
        None => rule.unit,
    };
    let Some(unit) = unit else {
        return if quantity.number.is_zero() {
            Reading::plain(Value::Money(Money::from_fen(0)))
        } else {
            Reading::UnitMissing
        };
    };
    match amount(quantity.number, unit, false) {
        Ok(money) => Reading::Value {
            value: Value::Money(money),
            qualifier: quantity.qualifier,
            unit: own.then_some(quantity.unit_words),
        },
        Err(error) => Reading::Fault(money_fault(folded, &error)),
    }
}

fn money_fault(text: &str, error: &MoneyError) -> Reason {
    match error {
        MoneyError::FinerThanFen(_) => Reason::FinerThanFen(text.to_owned()),
        MoneyError::OutOfRange(_) => Reason::OutOfRange(text.to_owned()),
        MoneyError::NotANumber(_) => Reason::NotANumber(text.to_owned()),
    }
}

/// The amount of a number in a unit. What a formula computed is rounded to the fen, half away from
/// zero; what somebody typed must be exact.
fn amount(number: Decimal, unit: Unit, computed: bool) -> Result<Money, MoneyError> {
    let UnitKind::Money(code) = unit.kind else {
        return Err(MoneyError::NotANumber(number.to_string()));
    };
    let units = number
        .checked_mul(unit.factor)
        .ok_or_else(|| MoneyError::OutOfRange(number.to_string()))?;
    if computed {
        let mut money = Money::from_fen(rounded_fen(units)?);
        if code != "CNY" {
            money.currency = currency(code);
        }
        return Ok(money);
    }
    Money::from_decimal(units, currency(code))
}

fn currency(code: &str) -> Currency {
    Currency::from_code(code).unwrap_or_else(Currency::cny)
}

fn money_number(number: Exact, format: NumberFormat, rule: &ValueRule) -> Reading {
    let unit = match (format, rule.unit) {
        (NumberFormat::Currency(shown), Some(unit)) => {
            if unit.kind != UnitKind::Money(shown) {
                return currency_conflict(shown, unit);
            }
            Some(unit)
        }
        (NumberFormat::Currency(shown), None) => Some(Unit {
            kind: UnitKind::Money(shown),
            factor: Decimal::ONE,
        }),
        (NumberFormat::Date(_), _) => {
            return Reading::Fault(Reason::NotANumber(number.to_string()));
        }
        (NumberFormat::Percent, _) => return percent_of_nothing(number),
        (_, unit) => unit,
    };
    let Some(unit) = unit else {
        return if number.mantissa == 0 {
            Reading::plain(Value::Money(Money::from_fen(0)))
        } else {
            Reading::UnitMissing
        };
    };
    match amount(number.to_decimal(), unit, true) {
        Ok(money) => Reading::plain(Value::Money(money)),
        Err(error) => Reading::Fault(money_fault(&number.to_string(), &error)),
    }
}

/// A share where an amount or a count is needed.
fn percent_of_nothing(number: Exact) -> Reading {
    let hundredfold = number.to_decimal().checked_mul(Decimal::ONE_HUNDRED);
    Reading::Fault(Reason::WrongUnit {
        text: format!("{}%", hundredfold.unwrap_or_default().normalize()),
        unit: "%".to_owned(),
    })
}

fn currency_conflict(shown: &str, unit: Unit) -> Reading {
    let header = match unit.kind {
        UnitKind::Money(code) => code,
        _ => "",
    };
    Reading::Fault(Reason::CurrencyConflict {
        shown: shown.to_owned(),
        header: header.to_owned(),
    })
}

/// A run of digits with at most one point, which most cells of a text table are.
fn quick_number(folded: &str) -> Option<Decimal> {
    (folded.len() <= 15
        && folded
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'.' || b == b'-'))
    .then(|| Exact::parse(folded).map(Exact::to_decimal))
    .flatten()
}

fn number_text(folded: &str, rule: &ValueRule) -> Reading {
    let quantity = match quick_number(folded) {
        Some(number) => Quantity::bare(number),
        None => match parse_quantity(folded) {
            Ok(quantity) => quantity,
            Err(fault) => return number_fault(folded, fault),
        },
    };
    let own = (!quantity.unit_words.is_empty()).then(|| quantity.unit_words.clone());
    let unit = quantity.unit.or(rule.unit);
    let Ok(measured) = measured(quantity.number, unit, rule) else {
        let unit = own.unwrap_or_default();
        return Reading::Fault(Reason::WrongUnit {
            text: folded.to_owned(),
            unit,
        });
    };
    match typed_number(measured, rule.value_type) {
        Some(value) => Reading::Value {
            value,
            qualifier: quantity.qualifier,
            unit: own,
        },
        None => Reading::Fault(Reason::NotWhole(folded.to_owned())),
    }
}

fn plain_number(number: Exact, format: NumberFormat, rule: &ValueRule) -> Reading {
    // A percent format shows a hundredfold: the number itself is the share already.
    let unit = if format == NumberFormat::Percent {
        Some(Unit {
            kind: UnitKind::Share,
            factor: Decimal::ONE,
        })
    } else {
        rule.unit
    };
    if matches!(format, NumberFormat::Date(_)) {
        return Reading::Fault(Reason::NotANumber(number.to_string()));
    }
    let Ok(measured) = measured(number.to_decimal(), unit, rule) else {
        if format == NumberFormat::Percent {
            return percent_of_nothing(number);
        }
        return Reading::Fault(Reason::WrongUnit {
            text: number.to_string(),
            unit: String::new(),
        });
    };
    match typed_number(measured, rule.value_type) {
        Some(value) => Reading::plain(value),
        None => Reading::Fault(Reason::NotWhole(number.to_string())),
    }
}

fn typed_number(number: Decimal, value_type: ValueType) -> Option<Value> {
    Some(match value_type {
        ValueType::Integer => {
            let whole = number.normalize();
            if whole.scale() > 0 {
                return None;
            }
            Value::Integer(i64::try_from(whole).ok()?)
        }
        ValueType::Ratio => Value::Ratio(number),
        _ => Value::Number(number),
    })
}

/// The number in the plain unit of its column; an error if the unit measures something else.
fn measured(number: Decimal, unit: Option<Unit>, rule: &ValueRule) -> Result<Decimal, ()> {
    let Some(unit) = unit else { return Ok(number) };
    let scaled = number.checked_mul(unit.factor).ok_or(())?;
    let ratio = rule.value_type == ValueType::Ratio;
    let fits = match (rule.measure, unit.kind) {
        // 1公顷 = 15亩, so a square metre is 0.0015 mu, exactly.
        (Measure::Mu, UnitKind::SquareMetre) => {
            return scaled.checked_mul(Decimal::new(15, 4)).ok_or(());
        }
        (Measure::SquareMetres, kind) => matches!(kind, UnitKind::SquareMetre | UnitKind::Scale),
        (Measure::Mu, kind) => matches!(kind, UnitKind::Mu | UnitKind::Scale),
        (_, UnitKind::Share) => rule.value_type != ValueType::Integer,
        (_, UnitKind::Money(_)) => !ratio,
        _ => true,
    };
    if fits { Ok(scaled) } else { Err(()) }
}

fn date_fault(text: &str, fault: &DateFault) -> Reading {
    let text = text.to_owned();
    Reading::Fault(match fault {
        DateFault::NoDate => Reason::NotADate(text),
        DateFault::NoYear => Reason::NoYear(text),
        DateFault::NoSuchDay => Reason::NoSuchDay(text),
        DateFault::Several => Reason::SeveralDates(text),
        DateFault::DayOrMonth => Reason::DayOrMonth(text),
    })
}

fn date_text(folded: &str, rule: &ValueRule) -> Reading {
    if rule.measure == Measure::Span {
        return match parse_span(folded, rule.dates) {
            Ok((from, until)) => Reading::Span(from, until),
            Err(fault) => date_fault(folded, &fault),
        };
    }
    match parse_date_in(folded, rule.dates) {
        Ok(read) => Reading::Value {
            value: Value::Date(read.date),
            qualifier: read.qualifier,
            unit: None,
        },
        Err(fault) => date_fault(folded, &fault),
    }
}

fn date_number(number: Exact, format: NumberFormat, rule: &ValueRule, epoch: bool) -> Reading {
    let date = if matches!(format, NumberFormat::Date(_)) {
        match format.date(number, epoch) {
            Some(ShownDate::Full(date)) => Ok(date),
            Some(ShownDate::WithoutYear {
                month,
                day,
                hidden_year,
            }) => {
                let year = rule.dates.year.unwrap_or(hidden_year);
                day.map_or_else(
                    || PartialDate::month(year, month),
                    |day| PartialDate::day(year, month, day),
                )
                .ok_or_else(|| Reason::NoSuchDay(format!("{month}月{}日", day.unwrap_or(1))))
            }
            None => Err(Reason::NotADate(number.to_string())),
        }
    } else {
        date_of_figures(number, format)
    };
    match date {
        Ok(date) if rule.measure == Measure::Span => {
            let read = DateReading {
                date,
                qualifier: String::new(),
            };
            Reading::Span(read.clone(), read)
        }
        Ok(date) => Reading::plain(Value::Date(date)),
        Err(reason) => Reading::Fault(reason),
    }
}

/// A date typed as a number: 2024, 2024.9, 202405, 20240531. Only 2024.1 is in doubt, unless two decimals
/// are shown.
fn date_of_figures(number: Exact, format: NumberFormat) -> Result<PartialDate, Reason> {
    let plain = number.to_string();
    let shown = match format {
        NumberFormat::Decimals(2) if plain.len() == 6 && plain.ends_with(".1") => {
            format!("{plain}0")
        }
        _ => plain.clone(),
    };
    if shown.len() == 6 && shown.ends_with(".1") && shown.starts_with(['1', '2']) {
        return Err(Reason::JanuaryOrOctober(shown));
    }
    if number.mantissa < 0 {
        return Err(Reason::NumberIsNoDate(shown));
    }
    parse_date(&shown, None)
        .map(|read| read.date)
        .map_err(|fault| match fault {
            DateFault::NoSuchDay => Reason::NoSuchDay(plain),
            _ => Reason::NumberIsNoDate(plain),
        })
}

/// The number in a total's cell, if there is one.
pub fn stated_decimal(reading: &Reading) -> Option<Decimal> {
    match reading {
        Reading::Value {
            value: Value::Money(money),
            ..
        } => Some(money.to_decimal()),
        Reading::Value {
            value: Value::Integer(number),
            ..
        } => Some(Decimal::from(*number)),
        Reading::Value {
            value: Value::Number(number),
            ..
        } => Some(*number),
        _ => None,
    }
}
