//! Tables of facts: whom a row is about, and which variable its words mean.

use domain::{Period, SubjectKind, Value, ValueType};
use exchange::ledger::FactRow;
use exchange::value::{Unit, UnitKind};
use rust_decimal::Decimal;

use super::rows::{Row, RowColumn, RowValue};
use crate::labels;
use crate::words::Lang;

/// What indicators are called beside their labels in the rulebook.
const OTHER_WORDS: [(&str, &str); 7] = [
    ("总投资额", "investment_total"),
    ("计划总投资额", "investment_total"),
    ("建筑面积", "floor_area_sqm"),
    ("建筑栋数", "buildings"),
    ("年销售收入", "sales_income"),
    ("预计达产年销售收入", "revenue_expected"),
    ("预计达产年上缴税金", "tax_expected"),
];

/// The kind of a subject of which a table says nothing: the ledger looks it up by name.
pub fn kind_unknown() -> SubjectKind {
    SubjectKind::Record("other".to_owned())
}

/// The kind of subject that a table's word means, in either language.
pub fn kind_of(words: &str) -> SubjectKind {
    match words.trim() {
        "高新区" => SubjectKind::Zone,
        "园区" | "分园区" => SubjectKind::Park,
        "企业" => SubjectKind::Enterprise,
        "项目" => SubjectKind::Project,
        "专班" => SubjectKind::Programme,
        "活动" => SubjectKind::Activity,
        "认定" => SubjectKind::Recognition,
        "资金" => SubjectKind::Fund,
        "" => kind_unknown(),
        word => word.parse().expect("any word is a kind"),
    }
}

/// The period of a cell; what no calendar resolves is kept in its words.
pub fn period_of(words: &str) -> Period {
    let bare = words.trim().trim_end_matches('年');
    Period::from_words(bare)
}

/// The variable that words mean for a subject: its name, its label, another word for it; else the
/// words themselves.
pub fn variable_of(subject: &SubjectKind, words: &str) -> (String, Option<ValueType>) {
    let words = words.trim();
    let named = |name: &str| {
        let known = labels::variable(subject, name)?;
        Some((name.to_owned(), known.value_type()))
    };
    let labelled = || {
        let mut known = labels::variables(subject);
        let (name, known) = known.find(|(_, known)| {
            known.label.words(Lang::Zh) == words || known.label.words(Lang::En) == words
        })?;
        Some((name.to_owned(), known.value_type()))
    };
    let other = || {
        let (_, name) = OTHER_WORDS.iter().find(|(other, _)| *other == words)?;
        named(name)
    };
    named(words)
        .or_else(labelled)
        .or_else(other)
        .unwrap_or_else(|| (words.to_owned(), None))
}

/// The same value in the form of its variable's type, where it has one.
pub fn in_form(value: Value, value_type: Option<ValueType>) -> Value {
    match (value, value_type) {
        (Value::Number(number), Some(ValueType::Integer)) => match i64::try_from(number) {
            Ok(whole) if Decimal::from(whole) == number => Value::Integer(whole),
            _ => Value::Number(number),
        },
        (Value::Integer(number), Some(ValueType::Number)) => Value::Number(number.into()),
        (Value::Number(number), Some(ValueType::Text)) => Value::Text(number.to_string()),
        (Value::Text(text), Some(ValueType::Code)) => Value::Code(text),
        (value, _) => value,
    }
}

/// An area in the unit that its variable is kept in.
fn in_square_metres(value: Value, variable: &str, unit: &str) -> Value {
    match (value, Unit::parse(unit)) {
        (Value::Number(number), Some(written))
            if variable.ends_with("_sqm") && written.kind == UnitKind::SquareMetre =>
        {
            Value::Number(number * written.factor)
        }
        (value, _) => value,
    }
}

/// The row of a table with one fact a row.
pub fn long_row(number: u32, fact: FactRow) -> Row {
    let kind = kind_of(&fact.subject_type);
    let (variable, value_type) = variable_of(&kind, &fact.variable);
    let value = fact
        .value
        .map(|value| in_square_metres(in_form(value, value_type), &variable, &fact.unit));
    let column = RowColumn::Own {
        variable,
        period: period_of(&fact.period),
        unit: fact.unit,
    };
    let mut row = Row::empty(number, kind);
    fact.subject.trim().clone_into(&mut row.name);
    row.zone = Some(fact.zone).filter(|zone| !zone.is_empty());
    row.cell = fact.cell;
    row.values = value
        .into_iter()
        .map(|value| RowValue {
            column: column.clone(),
            value,
            qualifier: fact.qualifier.clone(),
            cell: fact.cell,
        })
        .collect();
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_mean_variables_by_name_and_by_label() {
        let zone = SubjectKind::Zone;
        let (name, value_type) = variable_of(&zone, "新开工项目数");
        assert_eq!(
            (name.as_str(), value_type),
            ("projects_started", Some(ValueType::Integer))
        );
        assert_eq!(variable_of(&zone, "projects_started").0, "projects_started");
        assert_eq!(
            variable_of(&zone, "夜间灯光"),
            ("夜间灯光".to_owned(), None)
        );
    }

    #[test]
    fn a_whole_number_is_counted_where_the_variable_counts() {
        let number = Value::Number(Decimal::from(58));
        assert_eq!(
            in_form(number.clone(), Some(ValueType::Integer)),
            Value::Integer(58)
        );
        assert_eq!(in_form(number.clone(), None), number);
        let half = Value::Number(Decimal::new(5, 1));
        assert_eq!(in_form(half.clone(), Some(ValueType::Integer)), half);
    }

    #[test]
    fn kinds_are_read_in_both_languages() {
        assert_eq!(kind_of("event"), SubjectKind::Activity);
        assert_eq!(kind_of("专班"), SubjectKind::Programme);
        assert_eq!(period_of("2024年"), Period::Year(2024));
        assert_eq!(period_of("达产"), Period::Stated("达产".to_owned()));
    }
}
