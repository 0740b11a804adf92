//! The summary of a run: per policy how many, how much.

use datafusion::arrow::buffer::BooleanBuffer;

use super::batch::Judged;
use super::bits;
use super::long::LongRow;
use super::vector::{Digits, Numbers};
use crate::judge::{Exact, Verdict};

/// What a run found of one policy. Money is in hundredths, summed over the eligible.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicySummary {
    /// The policy.
    pub policy: String,
    /// How many are eligible.
    pub eligible: u64,
    /// How many are not.
    pub ineligible: u64,
    /// Of how many it is not known.
    pub unknown: u64,
    /// For how many the policy is not in force.
    pub not_in_force: u64,
    /// What it is worth.
    pub amount: i128,
    /// What it saves, each subject taken alone or in its combination.
    pub saves: i128,
    /// What it saves where it is chosen.
    pub saves_chosen: i128,
}

impl PolicySummary {
    /// Adds a batch.
    pub fn add(&mut self, judged: &Judged) {
        let rows = judged.eligible.len() as u64;
        if !judged.in_force {
            self.not_in_force += rows;
            return;
        }
        let eligible = judged.eligible.count_set_bits() as u64;
        let ineligible = judged.ineligible.count_set_bits() as u64;
        self.eligible += eligible;
        self.ineligible += ineligible;
        self.unknown += rows - eligible - ineligible;
        if eligible == 0 {
            return;
        }
        let amount = sum(&judged.amount, &judged.eligible);
        let saves = sum(&judged.saves, &judged.eligible);
        self.amount += amount;
        self.saves += saves;
        self.saves_chosen += sum(&judged.saves, &(&judged.chosen & &judged.eligible));
    }

    /// Adds one subject.
    pub fn add_row(&mut self, row: &LongRow) {
        match row.verdict {
            Verdict::Eligible => {
                self.eligible += 1;
                self.amount += row.amount.unwrap_or(0);
                self.saves += row.saves.unwrap_or(0);
                if row.chosen {
                    self.saves_chosen += row.saves.unwrap_or(0);
                }
            }
            Verdict::Ineligible => self.ineligible += 1,
            Verdict::Unknown => self.unknown += 1,
            Verdict::NotInForce => self.not_in_force += 1,
        }
    }

    /// Adds what another part of the same run found.
    pub fn merge(&mut self, other: &Self) {
        self.eligible += other.eligible;
        self.ineligible += other.ineligible;
        self.unknown += other.unknown;
        self.not_in_force += other.not_in_force;
        self.amount += other.amount;
        self.saves += other.saves;
        self.saves_chosen += other.saves_chosen;
    }
}

/// Hundredths as units with two decimals.
pub fn money_text(hundredths: i128) -> String {
    Exact::from_hundredths(hundredths).to_money_text()
}

/// Up to here 64 numbers can be summed in 64 bits.
const SMALL: i128 = 1 << 56;

/// The sum over the rows whose bit is set; what is not known adds nothing.
pub fn sum(numbers: &Numbers, rows: &BooleanBuffer) -> i128 {
    let rows = bits::known(rows, numbers.nulls.as_ref());
    match &numbers.digits {
        Digits::Same(value) => value * i128::try_from(rows.count_set_bits()).unwrap_or(i128::MAX),
        Digits::Narrow(values, range) => {
            let small = -SMALL <= range.low && range.high <= SMALL;
            bits::sum(values, &rows, small)
        }
        Digits::Wide(values, _) => rows.set_indices().map(|row| values[row]).sum(),
    }
}
