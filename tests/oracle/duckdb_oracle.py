"""Compares what our plan gave for random expressions with what DuckDB gives for them over DECIMAL.

Usage: duckdb_oracle.py FOLDER, which holds the files that the engine's test wrote under GUANJIA_ORACLE_DIR.
Every row of every expression counts once; the last line is `N passed, M failed`.
"""

import json
import sys
from decimal import Decimal
from pathlib import Path

import duckdb

SHOWN_MAX = 10


def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper()
    return "'" + value.replace("'", "''") + "'"


def fill(connection, table):
    columns = ", ".join(f'"{name}" {kind}' for name, kind in table["columns"])
    connection.execute(f"CREATE OR REPLACE TABLE t (row_number INTEGER, {columns})")
    rows = ", ".join(
        f"({at}, {', '.join(literal(value) for value in row)})" for at, row in enumerate(table["rows"])
    )
    connection.execute(f"INSERT INTO t VALUES {rows}")


def same(got, expected):
    if got is None or expected is None:
        return got is None and expected is None
    if isinstance(expected, bool):
        return got is expected
    return Decimal(got) == Decimal(expected)


def main():
    files = sorted(Path(sys.argv[1]).glob("*.json"))
    passed = failed = 0
    connection = duckdb.connect()
    for file in files:
        table = json.loads(file.read_text())
        fill(connection, table)
        for expression in table["expressions"]:
            expected = expression["expected"]
            try:
                found = connection.execute(f"SELECT {expression['sql']} FROM t ORDER BY row_number").fetchall()
            except duckdb.Error as error:
                print(f"{file.name}: DuckDB cannot run {expression['rule']}: {error}")
                failed += len(expected)
                continue
            assert len(found) == len(expected)
            for at, ((got,), wanted) in enumerate(zip(found, expected)):
                if same(got, wanted):
                    passed += 1
                    continue
                failed += 1
                if failed <= SHOWN_MAX:
                    row = dict(zip((name for name, _ in table["columns"]), table["rows"][at]))
                    print(f"{file.name}: {expression['rule']}\n  DuckDB {got}, we {wanted}, for {row}")
    if not files:
        print(f"no files in {sys.argv[1]}")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
