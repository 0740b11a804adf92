//! The summary of a run: per policy how many, how much.

use super::batch::Judged;
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
    pub fn add(&mut self, judged: &Judged, rows: usize) {
        if !judged.in_force {
            self.not_in_force += rows as u64;
            return;
        }
        for row in 0..rows {
            match judged.verdict(row) {
                Verdict::Eligible => {
                    self.eligible += 1;
                    self.amount += judged.amount[row].unwrap_or(0);
                    self.saves += judged.saves[row].unwrap_or(0);
                    if judged.chosen[row] {
                        self.saves_chosen += judged.saves[row].unwrap_or(0);
                    }
                }
                Verdict::Ineligible => self.ineligible += 1,
                Verdict::Unknown => self.unknown += 1,
                Verdict::NotInForce => self.not_in_force += 1,
            }
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
