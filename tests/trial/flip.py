#!/usr/bin/env python3
"""Asks whether the cases would notice a limit that was put on the wrong side.

Usage: tests/trial/flip.py GUANJIA [PART_OF_A_FILE_NAME…]
Turns each comparison of each policy, scorecard and light from including its limit to excluding it, or the other way, one at
a time, and runs the file's own cases. Prints those that no case notices; the last line counts. A second a comparison, so
`bin/test` leaves it out. Needs the standard library only.
"""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

NATIONAL = Path(__file__).parents[2] / "rulebook" / "cn"
OTHER = {">=": ">", "<=": "<", ">": ">=", "<": "<="}
COMPARISON = re.compile(r"(?<=\s)(>=|<=|>|<)(?=\s)")
WORDS = ("#", "text:", "note:", "zh:", "en:", "label:")


def rules(parts):
    """The files that have cases beside them."""
    for folder in ("policies", "scorecards", "lights"):
        for file in sorted((NATIONAL / folder).rglob("*.yaml")):
            if file.with_suffix(".cases.yaml").exists() and (not parts or any(part in file.name for part in parts)):
                yield file


def noticed(guanjia, cases, rulebook):
    command = [guanjia, "rulebook", "test", "--cases", cases, "--rulebook", rulebook]
    return subprocess.run(command, capture_output=True, check=False).returncode != 0


def main(guanjia, *parts):
    flipped = missed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "cn"
        shutil.copytree(NATIONAL, copy, ignore=shutil.ignore_patterns("*.cases.yaml"))
        for file in rules(parts):
            text, changed = file.read_text(encoding="utf-8"), copy / file.relative_to(NATIONAL)
            for found in COMPARISON.finditer(text):
                line = text[text.rfind("\n", 0, found.start()) + 1 : text.find("\n", found.start())].strip()
                if line.startswith(WORDS):
                    continue
                flipped += 1
                changed.write_text(text[: found.start()] + OTHER[found[1]] + text[found.end() :], encoding="utf-8")
                if not noticed(guanjia, file.with_suffix(".cases.yaml"), copy):
                    missed += 1
                    print(f"{file.stem}: {found[1]} in {line}", flush=True)
            changed.write_text(text, encoding="utf-8")
    print(f"{flipped} comparisons turned, {missed} not noticed")


if __name__ == "__main__":
    main(*sys.argv[1:])
