//! The same rules as loops written by hand: typed columns, masks of clauses, no branch on a value; exact,
//! as ratios are multiplied across. What a programmer would write for these rules and no others.

use datafusion::arrow::array::{
    Array, AsArray, BooleanArray, Date32Array, Decimal64Array, DictionaryArray, Int64Array,
    RecordBatch,
};
use datafusion::arrow::datatypes::{Date32Type, Decimal64Type, Int32Type, Int64Type};

use super::rules::{Benefit, COUNTS, Clause, DAYS, FLAGS, MONEY, Policy, RATIOS, code};

/// Rows that are worked on at a time.
const BLOCK: usize = 2_048;

/// What is found of a policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// All clauses are true.
    pub eligible: u64,
    /// One is false.
    pub ineligible: u64,
    /// Neither.
    pub unknown: u64,
    /// Sum over the eligible, in hundredths.
    pub amount: i128,
    /// Sum over those of whose group it saves most.
    pub chosen: i128,
}

/// A batch's columns by kind.
struct Columns<'a> {
    money: Vec<&'a Decimal64Array>,
    counts: Vec<&'a Int64Array>,
    shares: Vec<&'a Decimal64Array>,
    days: Vec<&'a Date32Array>,
    flags: Vec<&'a BooleanArray>,
    codes: Vec<&'a DictionaryArray<Int32Type>>,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch) -> Self {
        let all = batch.columns();
        let (money, rest) = all[1..].split_at(MONEY);
        let (counts, rest) = rest.split_at(COUNTS);
        let (shares, rest) = rest.split_at(RATIOS);
        let (days, rest) = rest.split_at(DAYS);
        let (flags, codes) = rest.split_at(FLAGS);
        Self {
            money: money
                .iter()
                .map(datafusion::arrow::array::AsArray::as_primitive::<Decimal64Type>)
                .collect(),
            counts: counts
                .iter()
                .map(datafusion::arrow::array::AsArray::as_primitive::<Int64Type>)
                .collect(),
            shares: shares
                .iter()
                .map(datafusion::arrow::array::AsArray::as_primitive::<Decimal64Type>)
                .collect(),
            days: days
                .iter()
                .map(datafusion::arrow::array::AsArray::as_primitive::<Date32Type>)
                .collect(),
            flags: flags.iter().map(AsArray::as_boolean).collect(),
            codes: codes
                .iter()
                .map(datafusion::arrow::array::AsArray::as_dictionary::<Int32Type>)
                .collect(),
        }
    }
}

/// The masks of a block, and what the policy is worth.
struct Block {
    failed: [u8; BLOCK],
    unknown: [u8; BLOCK],
    amount: [i64; BLOCK],
    known: [u8; BLOCK],
}

/// Judges all rows of a batch by all policies.
pub fn judge(policies: &[Policy], batch: &RecordBatch, found: &mut [Found]) {
    let columns = Columns::of(batch);
    // Of a group: how much the best so far saves, and which it is.
    let groups = policies
        .iter()
        .filter_map(|p| p.group)
        .max()
        .map_or(0, |last| last + 1);
    let mut best = vec![([0_i64; BLOCK], [usize::MAX; BLOCK]); groups];
    let mut block = Block {
        failed: [0; BLOCK],
        unknown: [0; BLOCK],
        amount: [0; BLOCK],
        known: [0; BLOCK],
    };
    for first in (0..batch.num_rows()).step_by(BLOCK) {
        let rows = BLOCK.min(batch.num_rows() - first);
        for (most, which) in &mut best {
            most.fill(0);
            which.fill(usize::MAX);
        }
        for (place, policy) in policies.iter().enumerate() {
            block.failed.fill(0);
            block.unknown.fill(0);
            for (bit, clause) in policy.clauses.iter().enumerate() {
                block.clause(clause, bit, &columns, first, rows);
            }
            block.worth(&policy.benefit, &columns, first, rows);
            block.count(place, policy, rows, &mut found[place], &mut best);
        }
        for (most, which) in &best {
            for row in 0..rows {
                if let Some(found) = found.get_mut(which[row]) {
                    found.chosen += i128::from(most[row]);
                }
            }
        }
    }
}

/// Whether a row is known, as 0 or 1.
fn known(array: &dyn Array, row: usize) -> u8 {
    u8::from(array.nulls().is_none_or(|nulls| nulls.is_valid(row)))
}

impl Block {
    /// Puts a clause into the masks.
    fn clause(
        &mut self,
        clause: &Clause,
        bit: usize,
        columns: &Columns<'_>,
        first: usize,
        rows: usize,
    ) {
        let at = (bit, first, rows);
        match clause {
            Clause::Money(a, least) => {
                let a = columns.money[*a];
                self.column(at, a, a.values(), |value| value >= *least);
            }
            Clause::Count(a, most) => {
                let a = columns.counts[*a];
                self.column(at, a, a.values(), |value| value <= *most);
            }
            Clause::Day(a, from) => {
                let a = columns.days[*a];
                self.column(at, a, a.values(), |value| value >= *from);
            }
            Clause::Share(a, least) => {
                let a = columns.shares[*a];
                self.column(at, a, a.values(), |value| value >= *least);
            }
            Clause::Code(a, list) => {
                let a = columns.codes[*a];
                let list: Vec<String> = list.iter().map(|value| code(*value)).collect();
                let codes = a.values().as_string::<i32>().iter();
                let is_one: Vec<bool> = codes
                    .map(|code| code.is_some_and(|code| list.iter().any(|one| one == code)))
                    .collect();
                self.column(at, a, a.keys().values(), |key| {
                    is_one[usize::try_from(key).unwrap_or(0)]
                });
            }
            Clause::FlagOr(flag, b, least) => {
                let (a, b) = (columns.flags[*flag], columns.counts[*b]);
                let values = b.values();
                self.mark(bit, rows, |row| {
                    let row = first + row;
                    let (flag, count) = (a.value(row), values[row] >= *least);
                    let (a, b) = (known(a, row), known(b, row));
                    let holds = (flag && a == 1) || (count && b == 1);
                    (a & b | u8::from(holds), holds)
                });
            }
            Clause::Ratio(a, b, least) => self.pair(at, columns, (*a, *b), |above, below| {
                at_least(above, below, *least)
            }),
            Clause::Growth(a, b, least) => self.pair(at, columns, (*a, *b), |now, base| {
                at_least(now - base, base, *least)
            }),
            Clause::Difference(a, b, least) => {
                self.pair(at, columns, (*a, *b), |from, less| {
                    (1, from - less >= *least)
                });
            }
        }
    }

    /// A condition on one column.
    fn column<T: Copy>(
        &mut self,
        (bit, first, rows): (usize, usize, usize),
        array: &dyn Array,
        values: &[T],
        test: impl Fn(T) -> bool,
    ) {
        self.mark(bit, rows, |row| {
            let row = first + row;
            (known(array, row), test(values[row]))
        });
    }

    /// A condition on two columns of money, which may not be known although both are.
    fn pair(
        &mut self,
        (bit, first, rows): (usize, usize, usize),
        columns: &Columns<'_>,
        (a, b): (usize, usize),
        test: impl Fn(i64, i64) -> (u8, bool),
    ) {
        let (a, b) = (columns.money[a], columns.money[b]);
        let (x, y) = (a.values(), b.values());
        self.mark(bit, rows, |row| {
            let row = first + row;
            let (is_known, holds) = test(x[row], y[row]);
            (is_known & known(a, row) & known(b, row), holds)
        });
    }

    fn mark(&mut self, bit: usize, rows: usize, test: impl Fn(usize) -> (u8, bool)) {
        let masks = self.failed.iter_mut().zip(&mut self.unknown).take(rows);
        for (row, (failed, unknown)) in masks.enumerate() {
            let (known, holds) = test(row);
            *failed |= (known & u8::from(!holds)) << bit;
            *unknown |= (1 - known) << bit;
        }
    }

    /// What the policy is worth, in hundredths, rounded half away from nought.
    fn worth(&mut self, benefit: &Benefit, columns: &Columns<'_>, first: usize, rows: usize) {
        let amounts = self
            .amount
            .iter_mut()
            .zip(&mut self.known)
            .take(rows)
            .enumerate();
        match benefit {
            Benefit::Capped(a, rate, cap) => {
                let a = columns.money[*a];
                let values = a.values();
                for (row, (amount, is_known)) in amounts {
                    *is_known = known(a, first + row);
                    *amount = rounded((values[first + row] * rate).min(cap * 10_000));
                }
            }
            Benefit::Excess(a, b, rate) => {
                let (a, b) = (columns.money[*a], columns.money[*b]);
                let (x, y) = (a.values(), b.values());
                for (row, (amount, is_known)) in amounts {
                    let row = first + row;
                    *is_known = known(a, row) & known(b, row);
                    *amount = rounded((x[row] - y[row]).max(0) * rate);
                }
            }
            Benefit::Tiers(a, [(high, most), (low, some)], least) => {
                let a = columns.counts[*a];
                let values = a.values();
                for (row, (amount, is_known)) in amounts {
                    let value = values[first + row];
                    *is_known = known(a, first + row);
                    *amount = if value >= *high {
                        *most
                    } else if value >= *low {
                        *some
                    } else {
                        *least
                    };
                }
            }
        }
    }

    fn count(
        &self,
        place: usize,
        policy: &Policy,
        rows: usize,
        found: &mut Found,
        best: &mut [([i64; BLOCK], [usize; BLOCK])],
    ) {
        let (mut eligible, mut ineligible, mut amount, mut alone) = (0_u64, 0_u64, 0_i64, 0_i64);
        for row in 0..rows {
            let (failed, unknown) = (self.failed[row], self.unknown[row]);
            let is_eligible = u64::from(failed | unknown == 0);
            eligible += is_eligible;
            ineligible += u64::from(failed != 0);
            let worth = self.amount[row] * i64::from(self.known[row]) * is_eligible.cast_signed();
            amount += worth;
            alone += worth.max(0);
        }
        found.eligible += eligible;
        found.ineligible += ineligible;
        found.unknown += rows as u64 - eligible - ineligible;
        found.amount += i128::from(amount);
        let Some(group) = policy.group else {
            found.chosen += i128::from(alone);
            return;
        };
        let (most, which) = &mut best[group];
        for row in 0..rows {
            let is_eligible = self.failed[row] | self.unknown[row] == 0 && self.known[row] == 1;
            if is_eligible && self.amount[row] > most[row] {
                most[row] = self.amount[row];
                which[row] = place;
            }
        }
    }
}

/// Whether `above / below` is at least so many ten-thousandths; not known where `below` is nought.
fn at_least(above: i64, below: i64, least: i64) -> (u8, bool) {
    let left = i128::from(above) * 10_000;
    let right = i128::from(below) * i128::from(least);
    let holds = if below < 0 {
        left <= right
    } else {
        left >= right
    };
    (u8::from(below != 0), holds)
}

fn rounded(ten_thousandths: i64) -> i64 {
    let half = 5_000 * (1 | ten_thousandths >> 63);
    (ten_thousandths + half) / 10_000
}
