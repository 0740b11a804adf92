//! Every figure of the press page as a fact, with the sentence it was taken from.

use domain::money::{Currency, Money};
use domain::{Period, SourceRef, SubjectKind, Value, ValueType};
use ledger::{AsOf, Ledger, NewFact, NewSubject, Scope, Stamp};
use miette::{IntoDiagnostic, miette};
use rust_decimal::Decimal;

use super::organisations::DemoZone;
use super::{Files, rows, text};
use crate::imports::facts::variable_of;

/// The variable that an indicator means, by its words; `None` for one that the rulebook does not know.
fn meaning(subject: &SubjectKind, indicator: &str) -> Option<(String, ValueType)> {
    let (variable, value_type) = variable_of(subject, indicator);
    Some((variable, value_type?))
}

/// One line of the table of figures.
struct Figure<'a> {
    zone: &'a str,
    kind: SubjectKind,
    subject: &'a str,
    indicator: &'a str,
    value: &'a str,
    unit: &'a str,
    qualifier: &'a str,
    period: &'a str,
    quote: &'a str,
}

impl<'a> Figure<'a> {
    fn of(row: &[&'a str]) -> Self {
        Self {
            zone: row[1],
            kind: row[2].parse().expect("any word is a kind"),
            subject: row[3],
            indicator: row[4],
            value: row[5],
            unit: row[6],
            qualifier: row[7],
            period: row[8],
            quote: row[9],
        }
    }

    fn fact(&self, page_sha256: &str) -> miette::Result<NewFact> {
        let wrong = || miette!("{}: {} {}", self.indicator, self.value, self.unit);
        let (variable, value_type) = meaning(&self.kind, self.indicator).ok_or_else(wrong)?;
        Ok(NewFact {
            variable,
            period: Period::from_words(self.period),
            value: value(value_type, self.value, self.unit).ok_or_else(wrong)?,
            qualifier: qualifier(self.qualifier, self.quote).to_owned(),
            unit: self.unit.to_owned(),
            source: SourceRef::Quote {
                file_sha256: page_sha256.to_owned(),
                quote: self.quote.to_owned(),
            },
            known_on: None,
        })
    }
}

/// The value in the form of its type: units of money and area taken in, percent as a ratio.
fn value(value_type: ValueType, text: &str, unit: &str) -> Option<Value> {
    let number = || Decimal::from_str_exact(text).ok();
    let scaled = || {
        let factor = match unit {
            "亿元" => 100_000_000,
            "万元" | "万平方米" => 10_000,
            _ => 1,
        };
        Some(number()? * Decimal::from(factor))
    };
    Some(match value_type {
        ValueType::Money => Value::Money(Money::from_decimal(scaled()?, Currency::cny()).ok()?),
        ValueType::Integer => Value::Integer(text.parse().ok()?),
        ValueType::Number => Value::Number(scaled()?),
        ValueType::Ratio => Value::Ratio(number()? / Decimal::ONE_HUNDRED),
        ValueType::Date => Value::Date(text.parse().ok()?),
        ValueType::Text => Value::Text(text.to_owned()),
        ValueType::Code => Value::Code(text.to_owned()),
        ValueType::Boolean => Value::Boolean(text.parse().ok()?),
    })
}

/// The sign of the table as the ledger writes it: `>` stands for the word of the quote itself.
fn qualifier<'a>(sign: &'a str, quote: &str) -> &'a str {
    match sign {
        "=" => "",
        ">=" => "≥",
        "<=" | "‹=" => "≤",
        ">" if quote.contains('余') => "余",
        ">" => "超",
        "<" | "‹" => "不足",
        word => word,
    }
}

/// Records all figures, one write a subject. What is recorded already stays as it is.
pub async fn record(
    ledger: &Ledger,
    stamp: &(dyn Fn() -> Stamp + Sync),
    zones: &[DemoZone],
) -> miette::Result<()> {
    let page = Files::get("press_page.txt").expect("the page is kept in the binary");
    let page = ledger
        .keep_file(
            &stamp(),
            "press_page.txt",
            "text/plain",
            page.data.into_owned(),
        )
        .await
        .into_diagnostic()?;
    let table = text("figures.csv");
    let figures: Vec<Figure<'_>> = rows(&table).map(|row| Figure::of(&row)).collect();
    for of_subject in figures.chunk_by(|a, b| (a.zone, a.subject) == (b.zone, b.subject)) {
        let first = &of_subject[0];
        let zone = zones
            .iter()
            .find(|zone| zone.organisation.name == first.zone);
        let zone = zone.ok_or_else(|| miette!("{}", first.zone))?;
        let subject = subject(ledger, stamp, zone, first).await?;
        let facts = of_subject.iter().map(|figure| figure.fact(&page.sha256));
        let facts = facts.collect::<miette::Result<Vec<_>>>()?;
        let scope = Scope::organisation(zone.organisation.path.clone());
        ledger
            .record_facts(&stamp(), &scope, subject, facts)
            .await
            .into_diagnostic()?;
    }
    Ok(())
}

/// The subject of a figure: an organisation of the zone, a subject of this name, or a new one.
async fn subject(
    ledger: &Ledger,
    stamp: &(dyn Fn() -> Stamp + Sync),
    zone: &DemoZone,
    figure: &Figure<'_>,
) -> miette::Result<i64> {
    let zone = &zone.organisation;
    let scope = Scope::organisation(zone.path.clone());
    let organisations = ledger
        .organisations(&scope, AsOf::Now)
        .await
        .into_diagnostic()?;
    let same_name = organisations
        .iter()
        .find(|organisation| organisation.name == figure.subject);
    let is_organisation = matches!(
        figure.kind,
        SubjectKind::Zone | SubjectKind::Park | SubjectKind::Programme
    );
    if is_organisation && let Some(id) = same_name.and_then(|found| found.subject_id) {
        return Ok(id);
    }
    let known = ledger
        .subjects_by_name(&scope, zone.id, &figure.kind, figure.subject)
        .await
        .into_diagnostic()?;
    if let Some(known) = known.first() {
        return Ok(known.id);
    }
    // A project that bears the name of a park stands in it.
    let park = organisations
        .iter()
        .filter(|organisation| organisation.parent_id.is_some())
        .find(|organisation| figure.subject.starts_with(organisation.name.as_str()));
    let place = match (&figure.kind, park) {
        (SubjectKind::Project, Some(park)) => park,
        _ => zone,
    };
    let park = (place.id != zone.id).then(|| place.name.clone());
    let new = NewSubject {
        park,
        ..NewSubject::of(figure.kind.clone(), figure.subject, place.id)
    };
    ledger.add_subject(&stamp(), new).await.into_diagnostic()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_has_a_variable_and_a_value() {
        let table = text("figures.csv");
        let facts: Vec<NewFact> = rows(&table)
            .map(|row| {
                Figure::of(&row)
                    .fact("00")
                    .unwrap_or_else(|e| panic!("{e}"))
            })
            .collect();
        assert_eq!(facts.len(), 52);
    }

    #[test]
    fn every_quote_stands_in_the_page_word_for_word() {
        let page = text("press_page.txt");
        let table = text("figures.csv");
        for row in rows(&table) {
            assert!(page.contains(row[9]), "{}", row[9]);
        }
    }

    #[test]
    fn units_and_signs_are_taken_in() {
        let amount = value(ValueType::Money, "1848.39", "万元").unwrap();
        assert_eq!(amount.to_string(), "18483900.00");
        assert_eq!(
            value(ValueType::Ratio, "12.4", "%").unwrap().to_string(),
            "0.124"
        );
        assert_eq!(
            value(ValueType::Number, "21.6", "万平方米")
                .unwrap()
                .to_string(),
            "216000"
        );
        assert_eq!(qualifier(">", "等20余家化工龙头企业"), "余");
        assert_eq!(qualifier(">", "力争今年产销金额超10亿元"), "超");
        assert_eq!(qualifier("<", "不足1000万元"), "不足");
        assert_eq!(qualifier("=", "x"), "");
    }
}
