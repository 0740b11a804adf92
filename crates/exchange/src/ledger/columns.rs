//! Headers to columns with a variable, a period, a unit and a rule for their cells.

use domain::source::column_letters;
use domain::{CellAddress, Period, ValueType};

use super::read::Options;
use super::record::Note;
use crate::grid::{Content, Exact};
use crate::reason::Reason;
use crate::table::{ColumnHead, Layout, LedgerTime, View};
use crate::value::date::{DateContext, DayOrder, day_order};
use crate::value::fold::compact;
use crate::value::{Unit, UnitKind, ValueRule};
use crate::vocabulary::{
    HeaderMeaning, HeaderTime, HeaderUnit, Measure, PeriodKind, Variable, Vocabulary, When,
};

/// A column of the table.
#[derive(Debug, Clone)]
pub struct Column {
    /// The column, from zero.
    pub column: u16,
    /// Its header, storeys joined by `/`.
    pub header: String,
    /// The row of its lowest header cell, from zero.
    pub lowest_row: u32,
    /// Where its values go; two for a stretch of dates, none for a numbering column.
    pub slots: Vec<u32>,
    /// Whether its variable is known; else the header's words name it.
    pub mapped: bool,
    /// Whether it only numbers the rows.
    pub numbering: bool,
    /// The unit of its numbers.
    pub unit: Option<HeaderUnit>,
    /// How its cells are read.
    pub rule: ValueRule,
}

/// A variable and a period that values of a sheet are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// As the report writes it: `investment_plan_year` or `investment_plan_year@2023`.
    pub key: String,
    /// The variable; the header's words where no variable is known.
    pub variable: String,
    /// The period; `None` where nothing says.
    pub period: Option<Period>,
    /// The type of its values.
    pub value_type: ValueType,
    /// The unit of its column, as written; a cell may bring its own.
    pub unit: Option<String>,
}

impl Column {
    /// The address of its lowest header cell.
    pub fn header_cell(&self) -> CellAddress {
        CellAddress {
            row: self.lowest_row,
            column: u32::from(self.column),
        }
    }

    /// The currency that its amounts are in unless their cell names another.
    pub fn currency(&self) -> &'static str {
        match self.rule.unit.map(|unit| unit.kind) {
            Some(UnitKind::Money(code)) => code,
            _ => "CNY",
        }
    }

    /// Its letters.
    pub fn letters(&self) -> String {
        column_letters(u32::from(self.column))
    }
}

/// Columns and slots of a table.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_field_names,
    reason = "the columns are what it is about"
)]
pub struct Columns {
    /// From left to right.
    pub columns: Vec<Column>,
    /// What their values are about.
    pub slots: Vec<Slot>,
    /// Columns that mean the same as another.
    pub notes: Vec<Note>,
}

/// What tables above have given a sheet already.
#[derive(Debug, Default)]
pub struct Above {
    /// Their slots, which stay in front of those of the next table.
    pub slots: Vec<Slot>,
    /// The time of the first of them; `None` if there is none.
    pub time: Option<LedgerTime>,
}

/// Gives every column of a layout its meaning.
pub fn columns_of(
    view: &View<'_>,
    layout: &Layout,
    vocabulary: &Vocabulary,
    options: &Options,
    above: Above,
) -> Columns {
    let Above { slots: above, time } = above;
    let mut build = Build {
        layout,
        vocabulary,
        options,
        above: above.len(),
        time: time.unwrap_or(layout.lines.time),
        done: Columns {
            slots: above,
            ..Columns::default()
        },
    };
    for head in &layout.columns {
        build.add(view, head);
    }
    build.done
}

struct Build<'a> {
    layout: &'a Layout,
    vocabulary: &'a Vocabulary,
    options: &'a Options,
    /// How many slots are those of tables above.
    above: usize,
    /// The time of the sheet's first table, which is that of the ledger.
    time: LedgerTime,
    done: Columns,
}

impl Build<'_> {
    fn add(&mut self, view: &View<'_>, head: &ColumnHead) {
        let header = head.text();
        let storeys: Vec<&str> = head.typed.iter().map(String::as_str).collect();
        let mut meaning = self.vocabulary.meaning(&storeys);
        let choice = self.options.mapping.choice(&header);
        if let Some(chosen) = choice.and_then(|choice| choice.variable.as_deref()) {
            meaning.variable = self.vocabulary.named(chosen);
            meaning.numbering = false;
        }
        if let Some(unit) = choice.and_then(|choice| choice.unit.as_deref()) {
            meaning.unit = Unit::parse(unit).map(|parsed| HeaderUnit {
                words: unit.to_owned(),
                unit: parsed,
            });
        }
        let counts_rows = || counts_up(view, head, self.layout.header.1);
        if matches!(meaning.bare.as_str(), "编号" | "id" | "")
            && choice.is_none()
            && meaning.variable.is_none()
        {
            meaning.numbering |= counts_rows();
            if !meaning.bare.is_empty() && !meaning.numbering {
                meaning.variable = self.vocabulary.named("code");
            }
        }
        if meaning.numbering {
            self.push(head, header, Vec::new(), false, None, text_rule(None));
            return;
        }
        self.fit_unit(&mut meaning);
        let slot = meaning
            .variable
            .and_then(|place| self.slot(place, meaning.time));
        match (meaning.variable, slot) {
            (Some(place), Some(slot)) => self.add_mapped(view, head, header, &meaning, place, slot),
            _ => self.add_unmapped(head, header, meaning.unit),
        }
    }

    /// A unit that cannot be the variable's says that the header means something else.
    fn fit_unit(&self, meaning: &mut HeaderMeaning) {
        let (Some(place), Some(unit)) = (meaning.variable, &meaning.unit) else {
            return;
        };
        let variable = &self.vocabulary.variables[place];
        let kind = unit.unit.kind;
        let fits = match variable.value_type {
            ValueType::Money => matches!(kind, UnitKind::Money(_) | UnitKind::Scale),
            ValueType::Ratio => kind == UnitKind::Share,
            ValueType::Integer => matches!(kind, UnitKind::Count | UnitKind::Scale),
            ValueType::Number => match variable.measure {
                Measure::SquareMetres => kind == UnitKind::SquareMetre,
                Measure::Mu => matches!(kind, UnitKind::Mu | UnitKind::SquareMetre),
                _ => !matches!(kind, UnitKind::Money(_)),
            },
            _ => {
                let words_only = kind == UnitKind::Count;
                if words_only {
                    meaning.unit = None;
                    return;
                }
                false
            }
        };
        if !fits {
            meaning.variable = None;
        }
    }

    fn slot(&self, place: usize, time: HeaderTime) -> Option<Slot> {
        let variable = &self.vocabulary.variables[place];
        let own = self.layout.lines.time;
        let (period, mut bare) = period_of(variable.period, time, own)?;
        if own != self.time {
            let of_ledger = period_of(variable.period, HeaderTime::default(), self.time)?;
            bare = period == of_ledger.0;
        }
        let key = match &period {
            Some(period) if !bare => format!("{}@{period}", variable.name),
            _ => variable.name.clone(),
        };
        Some(Slot {
            key,
            variable: variable.name.clone(),
            period,
            value_type: variable.value_type,
            unit: None,
        })
    }

    fn add_mapped(
        &mut self,
        view: &View<'_>,
        head: &ColumnHead,
        header: String,
        meaning: &HeaderMeaning,
        place: usize,
        slot: Slot,
    ) {
        let variable = &self.vocabulary.variables[place];
        let slots = if variable.measure == Measure::Span {
            ["build_from", "build_until"]
                .map(|name| Slot {
                    key: name.to_owned(),
                    variable: name.to_owned(),
                    ..slot.clone()
                })
                .to_vec()
        } else {
            vec![slot]
        };
        if let Some(taken) = self.taken(&slots) {
            let reason = Reason::SameVariable {
                variable: slots[0].key.clone(),
                column: taken.letters(),
            };
            let row = head.lowest_row;
            let cell = Some(CellAddress {
                row,
                column: u32::from(head.column),
            });
            self.done.notes.push(Note { cell, reason });
            self.add_unmapped(head, header, meaning.unit.clone());
            return;
        }
        let unit = self.unit_for(variable, meaning.unit.clone());
        let dates = DateContext {
            year: meaning.time.year.or(self.layout.lines.time.year),
            order: (variable.value_type == ValueType::Date)
                .then(|| self.day_order(view, head.column))
                .flatten(),
        };
        let rule = ValueRule {
            value_type: variable.value_type,
            measure: variable.measure,
            unit: unit
                .as_ref()
                .map(|unit| of_money(unit.unit, variable.value_type)),
            codes: variable.codes.clone(),
            dates,
        };
        let places = self.add_slots(slots);
        self.push(head, header, places, true, unit, rule);
    }

    fn add_unmapped(&mut self, head: &ColumnHead, header: String, unit: Option<HeaderUnit>) {
        let words = if header.is_empty() {
            column_letters(u32::from(head.column))
        } else {
            header.clone()
        };
        let mut key = words.clone();
        let own = &self.done.slots[self.above..];
        if own.iter().any(|slot| slot.key == key) {
            key = format!("{words}#{}", column_letters(u32::from(head.column)));
        }
        let slot = Slot {
            key,
            variable: words,
            period: None,
            value_type: ValueType::Text,
            unit: None,
        };
        let places = self.add_slots(vec![slot]);
        self.push(
            head,
            header,
            places,
            false,
            unit,
            text_rule(self.layout.lines.time.year),
        );
    }

    /// The order of day and month in a column of dates, where all cells beyond doubt have the same.
    fn day_order(&self, view: &View<'_>, column: u16) -> Option<DayOrder> {
        let body = &view.sheet.rows[self.layout.body.clone()];
        let texts = body
            .iter()
            .filter_map(|row| view.text_of(view.sheet.cell(row.row, column)?));
        let mut orders = texts.filter_map(day_order);
        let first = orders.next()?;
        orders.all(|other| other == first).then_some(first)
    }

    /// The column that already holds one of these slots.
    fn taken(&self, slots: &[Slot]) -> Option<&Column> {
        self.done.columns.iter().find(|column| {
            column.slots.iter().any(|place| {
                slots
                    .iter()
                    .any(|slot| slot.key == self.done.slots[*place as usize].key)
            })
        })
    }

    fn add_slots(&mut self, slots: Vec<Slot>) -> Vec<u32> {
        let first = u32::try_from(self.done.slots.len()).unwrap_or(u32::MAX);
        let count = u32::try_from(slots.len()).unwrap_or(0);
        self.done.slots.extend(slots);
        (first..first + count).collect()
    }

    /// The unit of a column: its header's, else that of the sheet's lines, else, for money, the one that was
    /// chosen for this sender.
    fn unit_for(&self, variable: &Variable, of_header: Option<HeaderUnit>) -> Option<HeaderUnit> {
        if of_header.is_some() {
            return of_header;
        }
        let lines = &self.layout.lines;
        let of_kind = |fits: fn(UnitKind) -> bool| {
            let mut units = lines.unit.iter().chain(&lines.units);
            units.find(|unit| fits(unit.unit.kind)).cloned()
        };
        match (variable.value_type, variable.measure) {
            (ValueType::Money, _) => of_kind(|kind| matches!(kind, UnitKind::Money(_)))
                .or_else(|| self.chosen_unit().filter(|unit| unit.unit.is_money())),
            (ValueType::Ratio, _) => of_kind(|kind| kind == UnitKind::Share),
            (_, Measure::SquareMetres) => of_kind(|kind| kind == UnitKind::SquareMetre),
            (_, Measure::Mu) => of_kind(|kind| kind == UnitKind::Mu),
            _ => None,
        }
    }

    fn chosen_unit(&self) -> Option<HeaderUnit> {
        let words = self.options.mapping.unit.as_deref()?;
        Some(HeaderUnit {
            words: words.to_owned(),
            unit: Unit::parse(words)?,
        })
    }

    fn push(
        &mut self,
        head: &ColumnHead,
        header: String,
        slots: Vec<u32>,
        mapped: bool,
        unit: Option<HeaderUnit>,
        rule: ValueRule,
    ) {
        for slot in &slots {
            self.done.slots[*slot as usize].unit = unit.as_ref().map(|unit| unit.words.clone());
        }
        self.done.columns.push(Column {
            column: head.column,
            header,
            lowest_row: head.lowest_row,
            numbering: slots.is_empty(),
            slots,
            mapped,
            unit,
            rule,
        });
    }
}

/// A bare 万 beside money means 万元.
fn of_money(unit: Unit, value_type: ValueType) -> Unit {
    match (unit.kind, value_type) {
        (UnitKind::Scale, ValueType::Money) => Unit {
            kind: UnitKind::Money("CNY"),
            factor: unit.factor,
        },
        _ => unit,
    }
}

/// Cells kept as the words that they show.
pub fn text_rule(year: Option<i32>) -> ValueRule {
    ValueRule {
        value_type: ValueType::Text,
        measure: Measure::Any,
        unit: None,
        codes: Vec::new(),
        dates: DateContext::of_year(year),
    }
}

/// The period that a header names, and whether it is the ledger's own; `None` where it names one that
/// nothing resolves.
pub fn period_of(
    kind: PeriodKind,
    time: HeaderTime,
    ledger: LedgerTime,
) -> Option<(Option<Period>, bool)> {
    let own = match (ledger.year, ledger.month) {
        (Some(year), Some(month)) => Some(Period::Month(year, month)),
        (Some(year), None) => Some(Period::Year(year)),
        (None, _) => None,
    };
    let of_year = |year: Option<i32>| Some((year.map(Period::Year), year == ledger.year));
    match (kind, time.when) {
        (PeriodKind::None, _) => Some((None, true)),
        (PeriodKind::Year, When::Year(year) | When::BeforeYear(Some(year))) => of_year(Some(year)),
        (_, When::LastYear) => of_year(Some(ledger.year? - 1)),
        (PeriodKind::Year, _) => of_year(ledger.year),
        (_, When::Year(year)) if Some(year) != ledger.year => of_year(Some(year)),
        (_, When::ToMonth(month) | When::Month(month) | When::AsOfMonth(month)) => {
            let year = time.year.or(ledger.year);
            let bare = year.is_none() || (year, Some(month)) == (ledger.year, ledger.month);
            Some((year.map(|year| Period::Month(year, month)), bare))
        }
        _ => Some((own, true)),
    }
}

/// Whether a column's first cells count 1, 2, 3.
fn counts_up(view: &View<'_>, head: &ColumnHead, header_row: u32) -> bool {
    const CELLS_READ: usize = 12;
    let rows = view.sheet.rows.iter().filter(|row| row.row > header_row);
    let numbers: Vec<i64> = rows
        .filter_map(|row| view.sheet.cell(row.row, head.column))
        .filter_map(|cell| match cell.content() {
            Content::Number(number) => number.to_integer(),
            Content::Text(id) => Exact::parse(&compact(view.book.strings.get(id)))?.to_integer(),
            _ => None,
        })
        .take(CELLS_READ)
        .collect();
    !numbers.is_empty() && numbers[0] <= 1 && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1)
}
