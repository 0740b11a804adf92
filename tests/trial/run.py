#!/usr/bin/env python3
"""Screens real listed firms against the national rulebook in their own currency, and compares forty verdicts with
those that were worked out by hand (reviewed.csv; docs/rulebook-trial.md tells how).

Usage: tests/trial/run.py GUANJIA
Needs the standard library only. Exit 1 where a verdict differs; the last line is `N passed, M failed`.
"""
import csv
import subprocess
import sys
import tempfile
from pathlib import Path

from adapt import adapt

HERE = Path(__file__).parent
NATIONAL = HERE.parents[1] / "rulebook" / "cn"
# The rates of the day to which the accounts belong: ECB, 2022-12-30; People's Bank of China, 2009-12-31.
CURRENCIES = {"EUR": "7.3582", "USD": "6.8282"}
TRIALS = [
    ("firms-cn.csv", "EUR", "2023-06-30", ["tech_sme_evaluation", "little_giant"]),
    ("firms-us.csv", "USD", "2025-06-30", ["hnte_recognition"]),
    ("firms-us.csv", "USD", "2024-12-31", ["small_low_profit_cit"]),
]
COMPARED = ["verdict", "amount", "failed", "missing", "gaps"]


def screen(guanjia, rulebook, trial, output):
    """The verdicts of one trial by firm and policy."""
    firms, _, as_of, policies = trial
    command = [guanjia, "screen", HERE / firms, "-o", output, "--rulebook", rulebook, "--as-of", as_of]
    for policy in policies:
        command += ["--policy", policy]
    print(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout, end="")
    with open(output, encoding="utf-8", newline="") as file:
        return {(row["subject_id"], row["policy"]): row for row in csv.DictReader(file)}


def main(guanjia):
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for currency, rate in CURRENCIES.items():
            adapt(NATIONAL, Path(folder) / currency, currency, rate)
        for trial in TRIALS:
            found |= screen(guanjia, Path(folder) / trial[1], trial, Path(folder) / "verdicts.csv")
    passed = failed = 0
    with open(HERE / "reviewed.csv", encoding="utf-8", newline="") as file:
        for by_hand in csv.DictReader(file):
            row = found[by_hand["subject_id"], by_hand["policy"]]
            differs = [name for name in COMPARED if row[name] != by_hand[name]]
            for name in differs:
                print(f"{by_hand['subject_id']} {by_hand['policy']}: {name} is {row[name]!r}, by hand {by_hand[name]!r}")
            passed, failed = passed + (not differs), failed + bool(differs)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
