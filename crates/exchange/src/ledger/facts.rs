//! Tables of facts: one fact a row, or one row per subject or period and one column per variable.

use domain::money::{Currency, Money};
use domain::source::column_letters;
use domain::{CellAddress, Value, ValueType};
use rust_decimal::Decimal;

use super::columns::{Column, Columns, Slot, period_of, text_rule};
use super::record::{Entry, Refusal};
use crate::grid::Content;
use crate::reason::Reason;
use crate::table::{Layout, View};
use crate::value::date::{DateContext, parse_date};
use crate::value::fold::{compact, fold};
use crate::value::number::parse_quantity;
use crate::value::{Unit, UnitKind, ValueRule};
use crate::vocabulary::{HeaderTime, HeaderUnit, LedgerKind, Measure, PeriodKind, take_time};

/// How a table of facts is laid out.
#[derive(Debug)]
pub enum Shape {
    /// It is no table of facts.
    Ledger,
    /// One fact a row; the slots of its parts.
    Long(Parts),
    /// One column per variable.
    Wide {
        /// The column that names the subject.
        subject: Option<u16>,
    },
}

/// The slots of a fact's parts.
#[derive(Debug, Default)]
pub struct Parts {
    subject: Option<u32>,
    variable: Option<u32>,
    value: Option<u32>,
    unit: Option<u32>,
    qualifier: Option<u32>,
    quote: Option<u32>,
}

impl Shape {
    /// Tells the layout, and makes a wide table's headers its variables.
    pub fn of(view: &View<'_>, layout: &Layout, kind: LedgerKind, columns: &mut Columns) -> Self {
        if kind != LedgerKind::Facts {
            return Self::Ledger;
        }
        let slot_of = |name: &str| {
            let place = columns.slots.iter().position(|slot| slot.key == name);
            place.and_then(|place| u32::try_from(place).ok())
        };
        let parts = Parts {
            subject: slot_of("subject"),
            variable: slot_of("variable"),
            value: slot_of("value"),
            unit: slot_of("unit"),
            qualifier: slot_of("qualifier"),
            quote: slot_of("quote"),
        };
        if parts.variable.is_some() && parts.value.is_some() {
            return Self::Long(parts);
        }
        let subject = subject_column(view, layout, columns);
        for column in &mut columns.columns {
            make_wide(view, layout, column, &mut columns.slots, subject);
        }
        Self::Wide { subject }
    }

    /// Whether it has one column per variable.
    pub fn is_wide(&self) -> bool {
        matches!(self, Self::Wide { .. })
    }

    /// The column that names the subject of a wide table.
    pub fn subject_column(&self) -> Option<u16> {
        match self {
            Self::Wide { subject } => *subject,
            _ => None,
        }
    }

    /// Whether a row names a fact but leaves its value open, so that there is nothing to record.
    pub fn leaves_value_open(&self, entries: &[Entry], faults: &[Refusal]) -> bool {
        let Self::Long(parts) = self else {
            return false;
        };
        faults.is_empty() && !entries.iter().any(|entry| Some(entry.slot) == parts.value)
    }

    /// Gives a fact its typed value, or says what it lacks.
    pub fn complete(
        &self,
        row: u32,
        entries: &mut Vec<Entry>,
        faults: &mut Vec<Refusal>,
        columns: &Columns,
    ) {
        let Self::Long(parts) = self else { return };
        let mut missing = |slot: Option<u32>, key: &str, label: &str| {
            let column = columns
                .columns
                .iter()
                .find(|c| slot.is_some_and(|slot| c.slots.contains(&slot)));
            let column = u32::from(column.map_or(0, |column| column.column));
            faults.push(Refusal {
                cell: CellAddress { row, column },
                variable: key.to_owned(),
                reason: Reason::MissingField(label.to_owned()),
            });
        };
        let words = |entries: &[Entry], slot: Option<u32>| {
            let entry = entries.iter().find(|entry| Some(entry.slot) == slot)?;
            Some(entry.value.to_string())
        };
        for (slot, key, label) in [
            (parts.subject, "subject", "主体"),
            (parts.variable, "variable", "数据项"),
        ] {
            if words(entries, slot).is_none() {
                missing(slot, key, label);
            }
        }
        let unit = words(entries, parts.unit).unwrap_or_default();
        let written = words(entries, parts.qualifier).unwrap_or_default();
        let quote = words(entries, parts.quote).unwrap_or_default();
        let Some(entry) = entries
            .iter_mut()
            .find(|entry| Some(entry.slot) == parts.value)
        else {
            missing(parts.value, "value", "数值");
            return;
        };
        if let Value::Text(text) = &entry.value {
            match typed(text, &unit) {
                Ok((value, beside)) => {
                    entry.qualifier = qualifier(&written, &quote, text).unwrap_or(beside);
                    entry.value = value;
                }
                Err(reason) => {
                    let cell = entry.cell.unwrap_or(CellAddress { row, column: 0 });
                    faults.push(Refusal {
                        cell,
                        variable: "value".to_owned(),
                        reason,
                    });
                }
            }
        }
        entries.retain(|entry| Some(entry.slot) != parts.qualifier);
    }
}

/// The value of a text beside its unit, and the words that are left of it.
fn typed(text: &str, unit: &str) -> Result<(Value, String), Reason> {
    let folded = fold(text);
    let named = Unit::parse(unit);
    if unit == "日期" || unit.eq_ignore_ascii_case("date") {
        let read = parse_date(&folded, None).map_err(|_| Reason::NotADate(text.to_owned()))?;
        return Ok((Value::Date(read.date), read.qualifier));
    }
    let Ok(quantity) = parse_quantity(&folded) else {
        return match named {
            // A stretch of years (`2024-2028` 年) is words; an amount must be one.
            Some(unit) if unit.is_money() || unit.kind == UnitKind::Share => {
                Err(Reason::NotANumber(text.to_owned()))
            }
            _ => Ok((words_or_date(&folded, text), String::new())),
        };
    };
    // `¥12.5` beside 万元 is so many 万元.
    let sign_alone = quantity.currency_alone
        && named.is_some_and(|named| quantity.unit.is_some_and(|own| own.kind == named.kind));
    let own = quantity.unit.filter(|_| !sign_alone);
    let money = own.or(named).filter(Unit::is_money);
    if let Some(unit) = money {
        let UnitKind::Money(code) = unit.kind else {
            return Err(Reason::NotANumber(text.to_owned()));
        };
        let units = quantity.number.checked_mul(unit.factor);
        let currency = Currency::from_code(code).unwrap_or_else(Currency::cny);
        let amount = units.and_then(|units| Money::from_decimal(units, currency).ok());
        let amount = amount.ok_or_else(|| Reason::OutOfRange(text.to_owned()))?;
        return Ok((Value::Money(amount), quantity.qualifier));
    }
    let share = own.or(named).filter(|unit| unit.kind == UnitKind::Share);
    if let Some(unit) = share {
        let ratio = quantity
            .number
            .checked_mul(unit.factor)
            .unwrap_or(Decimal::MAX);
        return Ok((Value::Ratio(ratio), quantity.qualifier));
    }
    if own.is_none() && unit.is_empty() && is_iso_date(&folded) {
        return Ok((words_or_date(&folded, text), String::new()));
    }
    Ok((Value::Number(quantity.number), quantity.qualifier))
}

fn is_iso_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<domain::PartialDate>().is_ok()
}

fn words_or_date(folded: &str, text: &str) -> Value {
    if is_iso_date(folded)
        && let Ok(date) = folded.parse()
    {
        return Value::Date(date);
    }
    Value::Text(text.to_owned())
}

/// The qualifier that a sign stands for: the comparison, or the quote's own word; `None` where none is
/// written.
fn qualifier(written: &str, quote: &str, figure: &str) -> Option<String> {
    let sign = compact(written);
    Some(match sign.as_str() {
        "" => return None,
        "=" => String::new(),
        ">=" => "≥".to_owned(),
        "<=" | "‹=" => "≤".to_owned(),
        ">" | "<" | "‹" | "›" => word_beside(quote, figure).unwrap_or(sign),
        _ => written.trim().to_owned(),
    })
}

/// 余, 超, 不足 beside the figure in the sentence.
fn word_beside(quote: &str, figure: &str) -> Option<String> {
    const BEFORE: [&str; 9] = [
        "不足", "不到", "超过", "超", "逾", "近", "突破", "高于", "低于",
    ];
    const BEHIND: [&str; 5] = ["余", "多", "以上", "以下", "以内"];
    let places = quote.match_indices(figure);
    places.into_iter().find_map(|(at, _)| {
        let (before, behind) = (&quote[..at], &quote[at + figure.len()..]);
        let word = BEFORE.iter().find(|word| before.ends_with(**word));
        let word = word.or_else(|| {
            let near: String = behind.chars().take(6).collect();
            BEHIND.iter().find(|word| near.contains(**word))
        })?;
        Some((*word).to_owned())
    })
}

/// The column that names the subject: by its header, else the first one with words in it.
fn subject_column(view: &View<'_>, layout: &Layout, columns: &Columns) -> Option<u16> {
    let named = |name: &str| {
        columns.columns.iter().find(|column| {
            column
                .slots
                .iter()
                .any(|slot| columns.slots[*slot as usize].key == name)
        })
    };
    if let Some(column) = named("subject") {
        return Some(column.column);
    }
    let period = named("period").map(|column| column.column);
    let called_name = columns.columns.iter().find(|column| {
        let header = compact(&column.header).to_lowercase();
        (header.ends_with("名称") || header.ends_with("name"))
            && figures_share(view, layout, column.column) < 20
    });
    if let Some(column) = called_name {
        return Some(column.column);
    }
    let candidates = columns
        .columns
        .iter()
        .filter(|c| !c.numbering && Some(c.column) != period);
    candidates
        .take(2)
        .find(|column| figures_share(view, layout, column.column) < 20)
        .map(|column| column.column)
}

/// How many in a hundred of a column's first cells are figures.
fn figures_share(view: &View<'_>, layout: &Layout, column: u16) -> usize {
    const CELLS_READ: usize = 200;
    let rows = view
        .sheet
        .rows
        .iter()
        .filter(|row| row.row > layout.header.1);
    let cells: Vec<bool> = rows
        .filter_map(|row| view.sheet.cell(row.row, column))
        .take(CELLS_READ)
        .map(|cell| match cell.content() {
            Content::Number(_) => true,
            Content::Text(id) => parse_quantity(&fold(view.book.strings.get(id))).is_ok(),
            _ => false,
        })
        .collect();
    if cells.is_empty() {
        0
    } else {
        cells.iter().filter(|figure| **figure).count() * 100 / cells.len()
    }
}

/// Makes a column of a wide table one of the variable that its header names.
fn make_wide(
    view: &View<'_>,
    layout: &Layout,
    column: &mut Column,
    slots: &mut [Slot],
    subject: Option<u16>,
) {
    const MOSTLY: usize = 67;
    let Some(place) = column.slots.first().map(|slot| *slot as usize) else {
        return;
    };
    column.mapped = true;
    if subject == Some(column.column) {
        (slots[place].key, slots[place].variable) = ("subject".to_owned(), "subject".to_owned());
        return;
    }
    if ["period", "subject_type", "zone"].contains(&slots[place].key.as_str()) {
        return;
    }
    let words = without_unit(&column.header);
    // Names of programs (`status_2022_09_22`) stay as they are.
    let (time, rest) = if words.contains('_') {
        (HeaderTime::default(), words.clone())
    } else {
        take_time(&compact(&words))
    };
    let (name, period, own) = match period_of(PeriodKind::Year, time, layout.lines.time) {
        Some((period, own)) if time.year.is_some() && !rest.is_empty() => (rest, period, own),
        // A column of nothing but its year holds what the lines above name.
        Some((period, own)) if time.year.is_some() && layout.lines.indicator.is_some() => (
            layout.lines.indicator.clone().unwrap_or_default(),
            period,
            own,
        ),
        _ => (words, layout.lines.time.period(), true),
    };
    let name = if name.is_empty() {
        column_letters(u32::from(column.column))
    } else {
        name
    };
    let unit = column.unit.clone().or_else(|| layout.lines.unit.clone());
    let figures = figures_share(view, layout, column.column) >= MOSTLY;
    let value_type = match unit.as_ref().map(|unit| unit.unit.kind) {
        _ if !figures => ValueType::Text,
        Some(UnitKind::Money(_)) => ValueType::Money,
        Some(UnitKind::Share) => ValueType::Ratio,
        _ => ValueType::Number,
    };
    let key = match &period {
        Some(period) if !own => format!("{name}@{period}"),
        _ => name.clone(),
    };
    let taken = slots
        .iter()
        .any(|slot| slot.key == key && slot.variable != slots[place].variable);
    let key = if taken {
        format!("{key}#{}", column.letters())
    } else {
        key
    };
    column.unit = unit.filter(|_| value_type != ValueType::Text);
    let unit = column.unit.as_ref().map(|unit| unit.words.clone());
    slots[place] = Slot {
        key,
        variable: name,
        period,
        value_type,
        unit,
    };
    column.rule = wide_rule(value_type, column.unit.as_ref(), layout);
}

fn wide_rule(value_type: ValueType, unit: Option<&HeaderUnit>, layout: &Layout) -> ValueRule {
    let year = layout.lines.time.year;
    if value_type == ValueType::Text {
        return text_rule(year);
    }
    // Pieces are counted as they stand; only a scale or a currency changes the number.
    let scaled = |unit: &Unit| value_type != ValueType::Number || unit.factor != Decimal::ONE;
    ValueRule {
        value_type,
        measure: Measure::Any,
        unit: unit.map(|unit| unit.unit).filter(scaled),
        codes: Vec::new(),
        dates: DateContext::of_year(year),
    }
}

/// The header without a unit in brackets.
fn without_unit(header: &str) -> String {
    let mut words = String::new();
    let mut rest = header;
    while let Some(open) = rest.find(['(', '（']) {
        let Some(close) = rest[open..].find([')', '）']) else {
            break;
        };
        let bracket = rest[open..].chars().next().map_or(1, char::len_utf8);
        let inside = &rest[open + bracket..open + close];
        let end = open
            + close
            + rest[open + close..]
                .chars()
                .next()
                .map_or(1, char::len_utf8);
        words.push_str(&rest[..open]);
        if Unit::parse(inside).is_none() {
            words.push_str(&rest[open..end]);
        }
        rest = &rest[end..];
    }
    words.push_str(rest);
    words.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(">=", "实现两位数增长", "10", Some("≥"))]
    #[case("‹=", "挺进全国百强", "100", Some("≤"))]
    #[case(">", "犇星新材料等20余家化工龙头企业", "20", Some("余"))]
    #[case("<", "从1998年的不足1000万元", "1000", Some("不足"))]
    #[case(">", "力争今年产销金额超10亿元", "10", Some("超"))]
    #[case("=", "", "5", Some(""))]
    #[case("约", "", "5", Some("约"))]
    #[case("", "", "5", None)]
    fn signs_become_words(
        #[case] written: &str,
        #[case] quote: &str,
        #[case] figure: &str,
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(qualifier(written, quote, figure).as_deref(), expected);
    }

    #[rstest]
    #[case("10.7", "亿元", "1070000000.00")]
    #[case("10", "%", "0.1")]
    #[case("2.5", "个百分点", "2.5")]
    #[case("2024-05-31", "日期", "2024-05-31")]
    #[case("2024-2028", "年", "2024-2028")]
    #[case("58", "个", "58")]
    fn values_take_the_type_of_their_unit(
        #[case] text: &str,
        #[case] unit: &str,
        #[case] value: &str,
    ) {
        assert_eq!(
            typed(text, unit).map(|(value, _)| value.to_string()),
            Ok(value.to_owned())
        );
    }
}
