//! Totals of a table against the sums of their rows.

use std::collections::BTreeMap;

use domain::money::format_fen;
use domain::{CellAddress, Value, ValueType};
use rust_decimal::Decimal;

use super::columns::Slot;
use super::record::Note;
use crate::reason::Reason;
use crate::table::rows::TotalWord;
use crate::value::{Unit, UnitKind};

/// A total with the sum of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotalCheck {
    /// The total's cell.
    pub cell: CellAddress,
    /// The variable that is summed, with its period where it is not the ledger's own.
    pub variable: String,
    /// What the cell says, as the report writes values of the type.
    pub stated: String,
    /// What the rows add up to.
    pub summed: String,
    /// Whether both are the same.
    pub agrees: bool,
}

/// A row that ends or begins a stretch of rows: a total or a heading.
#[derive(Debug)]
struct Boundary {
    kind: BoundaryKind,
    /// What each slot had added up to before this row.
    before: BTreeMap<u32, Decimal>,
    /// How many values of each slot were in another currency than their column's.
    foreign_before: BTreeMap<u32, u64>,
    rows_before: u64,
    /// Its numbers by slot.
    stated: Vec<(u32, CellAddress, Decimal)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BoundaryKind {
    Total(TotalWord),
    Heading(u8),
    End,
}

/// Adds rows up as they are read.
#[derive(Debug, Default)]
pub struct Totals {
    running: BTreeMap<u32, Decimal>,
    foreign: BTreeMap<u32, u64>,
    rows: u64,
    boundaries: Vec<Boundary>,
}

impl Totals {
    /// Counts a row.
    pub fn count_row(&mut self) {
        self.rows += 1;
    }

    /// Adds a value of a row; what is no number adds nothing. `currency` is that of the column; amounts in
    /// another cannot be added to it.
    pub fn add(&mut self, slot: u32, value: &Value, currency: &str) {
        let number = match value {
            // A zero is one in every currency.
            Value::Money(money) if money.fen != 0 && money.currency.code() != currency => {
                *self.foreign.entry(slot).or_default() += 1;
                return;
            }
            Value::Money(money) => money.to_decimal(),
            Value::Integer(number) => Decimal::from(*number),
            Value::Number(number) => *number,
            _ => return,
        };
        let sum = self.running.entry(slot).or_default();
        *sum = sum.checked_add(number).unwrap_or(Decimal::MAX);
    }

    /// A total's row with its numbers.
    pub fn total(&mut self, word: TotalWord, stated: Vec<(u32, CellAddress, Decimal)>) {
        self.boundary(BoundaryKind::Total(word), stated);
    }

    /// A heading with the numbers that stand beside it.
    pub fn heading(&mut self, level: u8, stated: Vec<(u32, CellAddress, Decimal)>) {
        self.boundary(BoundaryKind::Heading(level), stated);
    }

    fn boundary(&mut self, kind: BoundaryKind, stated: Vec<(u32, CellAddress, Decimal)>) {
        self.boundaries.push(Boundary {
            kind,
            before: self.running.clone(),
            foreign_before: self.foreign.clone(),
            rows_before: self.rows,
            stated,
        });
    }

    /// Compares every total with its rows.
    pub fn check(mut self, slots: &[Slot]) -> (Vec<TotalCheck>, Vec<Note>) {
        self.boundary(BoundaryKind::End, Vec::new());
        let scopes = Scopes::of(&self.boundaries);
        let (mut checks, mut notes) = (Vec::new(), Vec::new());
        for place in 0..self.boundaries.len() - 1 {
            let (from, until) = scopes.of_boundary(&self.boundaries, place);
            for (slot, cell, stated) in &self.boundaries[place].stated {
                let foreign = |boundary: Option<usize>| {
                    let of_slot =
                        |place: usize| self.boundaries[place].foreign_before.get(slot).copied();
                    boundary.and_then(of_slot).unwrap_or_default()
                };
                if foreign(Some(until)) > foreign(from) {
                    notes.push(Note {
                        cell: Some(*cell),
                        reason: Reason::MixedCurrencies,
                    });
                    continue;
                }
                let at = |boundary: Option<usize>| {
                    boundary.map_or_else(Decimal::default, |place| {
                        self.boundaries[place]
                            .before
                            .get(slot)
                            .copied()
                            .unwrap_or_default()
                    })
                };
                let summed = at(Some(until)) - at(from);
                let about = &slots[*slot as usize];
                let check = TotalCheck {
                    cell: *cell,
                    variable: about.key.clone(),
                    stated: written(*stated, about.value_type),
                    summed: written(summed, about.value_type),
                    agrees: summed == *stated,
                };
                if !check.agrees {
                    let reason = Reason::TotalDisagrees {
                        stated: check.stated.clone(),
                        summed: check.summed.clone(),
                        unit: currency_of(about),
                    };
                    notes.push(Note {
                        cell: Some(*cell),
                        reason,
                    });
                }
                checks.push(check);
            }
        }
        (checks, notes)
    }
}

/// The currency of a slot's amounts in words; empty for what is no money.
fn currency_of(slot: &Slot) -> &'static str {
    if slot.value_type != ValueType::Money {
        return "";
    }
    match slot
        .unit
        .as_deref()
        .and_then(Unit::parse)
        .map(|unit| unit.kind)
    {
        Some(UnitKind::Money(code)) if code != "CNY" => code,
        _ => "元",
    }
}

fn written(number: Decimal, value_type: ValueType) -> String {
    if value_type == ValueType::Money {
        return domain::money::rounded_fen(number).map_or_else(|_| number.to_string(), format_fen);
    }
    number.normalize().to_string()
}

/// Which rows each total sums.
struct Scopes {
    /// Totals stand above their rows.
    on_top: bool,
    sums: usize,
    totals: usize,
}

impl Scopes {
    fn of(boundaries: &[Boundary]) -> Self {
        let is_sub =
            |boundary: &Boundary| matches!(boundary.kind, BoundaryKind::Total(TotalWord::Sub));
        let first_sub = boundaries.iter().position(is_sub);
        let on_top = first_sub.is_some_and(|place| {
            let start = place
                .checked_sub(1)
                .map_or(0, |before| boundaries[before].rows_before);
            boundaries[place].rows_before == start
        });
        let count = |wanted: fn(TotalWord) -> bool| {
            boundaries
                .iter()
                .filter(|b| matches!(b.kind, BoundaryKind::Total(word) if wanted(word)))
                .count()
        };
        Self {
            on_top,
            sums: count(|word| word == TotalWord::Sum),
            totals: count(|_| true),
        }
    }

    /// The boundaries between which the rows of a total stand.
    fn of_boundary(&self, boundaries: &[Boundary], place: usize) -> (Option<usize>, usize) {
        let end = boundaries.len() - 1;
        match boundaries[place].kind {
            BoundaryKind::Heading(level) => {
                let until = (place + 1..end).find(|next| {
                    matches!(boundaries[*next].kind, BoundaryKind::Heading(other) if other <= level)
                });
                (Some(place), until.unwrap_or(end))
            }
            BoundaryKind::Total(TotalWord::Grand) => (None, end),
            BoundaryKind::Total(TotalWord::Sum) if self.sums == 1 => (None, end),
            BoundaryKind::Total(TotalWord::NamedSum) if self.totals == 1 => (None, end),
            _ if self.on_top => (Some(place), place + 1),
            _ => (start_of_section(boundaries, place), place),
        }
    }
}

/// The boundary before a section that ends here; totals in a row end the same section.
fn start_of_section(boundaries: &[Boundary], place: usize) -> Option<usize> {
    (0..place).rev().find(|before| {
        boundaries[*before].rows_before < boundaries[place].rows_before
            || matches!(boundaries[*before].kind, BoundaryKind::Heading(_))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Money;

    const CELL: CellAddress = CellAddress { row: 9, column: 2 };

    fn slots() -> Vec<Slot> {
        vec![Slot {
            key: "investment_total".to_owned(),
            variable: "investment_total".to_owned(),
            period: None,
            value_type: ValueType::Money,
            unit: None,
        }]
    }

    fn row(totals: &mut Totals, yuan: i64) {
        totals.count_row();
        totals.add(0, &Value::Money(Money::from_fen(yuan * 100)), "CNY");
    }

    fn stated(yuan: i64) -> Vec<(u32, CellAddress, Decimal)> {
        vec![(0, CELL, Decimal::from(yuan))]
    }

    fn agreements(totals: Totals) -> Vec<bool> {
        totals
            .check(&slots())
            .0
            .into_iter()
            .map(|check| check.agrees)
            .collect()
    }

    #[test]
    fn sections_below_sum_their_own_rows() {
        let mut totals = Totals::default();
        row(&mut totals, 1);
        row(&mut totals, 2);
        totals.total(TotalWord::Sub, stated(3));
        row(&mut totals, 4);
        totals.total(TotalWord::Sub, stated(4));
        totals.total(TotalWord::Sum, stated(7));
        assert_eq!(agreements(totals), [true, true, true]);
    }

    #[test]
    fn sections_on_top_sum_the_rows_after_them() {
        let mut totals = Totals::default();
        totals.total(TotalWord::Sum, stated(7));
        totals.total(TotalWord::Sub, stated(3));
        row(&mut totals, 1);
        row(&mut totals, 2);
        totals.total(TotalWord::Sub, stated(4));
        row(&mut totals, 4);
        assert_eq!(agreements(totals), [true, true, true]);
    }

    #[test]
    fn headings_sum_what_stands_under_them() {
        let mut totals = Totals::default();
        totals.heading(1, stated(3));
        totals.heading(2, stated(1));
        row(&mut totals, 1);
        totals.heading(2, stated(2));
        row(&mut totals, 2);
        totals.heading(1, stated(4));
        row(&mut totals, 4);
        assert_eq!(agreements(totals), [true, true, true, true]);
    }

    #[test]
    fn a_total_that_is_no_sum_is_said_to_be_none() {
        let mut totals = Totals::default();
        row(&mut totals, 1);
        totals.total(TotalWord::Sum, stated(2));
        let (checks, notes) = totals.check(&slots());
        assert_eq!(
            (checks[0].stated.as_str(), checks[0].summed.as_str()),
            ("2.00", "1.00")
        );
        assert_eq!(notes.len(), 1);
    }
}
