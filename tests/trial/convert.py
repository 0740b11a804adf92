#!/usr/bin/env python3
"""Makes firms-cn.csv and firms-us.csv out of the two published data sets (README.md names them).

Usage: convert.py SCOREBOARD.xlsx ACCOUNTS.csv
Needs openpyxl. The tests read the two small files only; this is here so that anybody can make them again.
A figure that is not published stays empty, which means not known.
"""
import csv
import sys
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

HERE = Path(__file__).parent
CENT = Decimal("0.01")

# The scoreboard gives a sector name only. A division of GB/T 4754-2017 where the whole sector lies in one kind of
# industry; else not known: "Construction & Materials" holds builders, cement works and a maker of air conditioners.
SECTORS = {
    "Aerospace & Defence": "C37", "Automobiles & Parts": "C36", "Chemicals": "C26", "Electricity": "D44",
    "Electronic & Electrical Equipment": "C38", "Food Producers": "C13", "Industrial Engineering": "C34",
    "Industrial Metals & Mining": "C32", "Mining": "B09", "Oil & Gas Producers": "B07",
    "Pharmaceuticals & Biotechnology": "C27", "Software & Computer Services": "I65", "Technology Hardware & Equipment": "C39",
}


def euro(millions):
    """€ million, as published, to euro and cent; empty where not published."""
    return "" if millions is None else f"{(Decimal(repr(millions)) * 1_000_000).quantize(CENT, ROUND_HALF_UP)}"


def before(value, growth, unit):
    """The value of the year before, from the published growth in per cent; empty where there is none."""
    if value is None or growth is None or growth <= -100:
        return ""
    last = Decimal(repr(value)) / (1 + Decimal(repr(growth)) / 100)
    return f"{(last * unit).quantize(CENT if unit > 1 else 1, ROUND_HALF_UP)}"


def chinese_firms(path):
    from openpyxl import load_workbook

    rows = load_workbook(path, read_only=True).active.iter_rows(values_only=True)
    names = next(rows)
    for row in rows:
        firm = dict(zip(names, row, strict=True))
        if firm["Country"] != "China":
            continue
        rd, rd_growth = firm["R&D (€ million)"], firm["R&D one-year growth (%)"]
        sales, sales_growth = firm["Net sales (€ million)"], firm["Net sales one-year growth (%)"]
        sales_before = before(sales, sales_growth, 1_000_000)
        yield {
            "subject_id": f"SB{firm['Rank']}", "name": firm["Company"], "industry_code": SECTORS.get(firm["Industry"], ""),
            "staff@2022": firm["Employees"] or "", "staff@2021": before(firm["Employees"], firm["Employees one-year growth (%)"], 1),
            "revenue@2022": euro(sales), "revenue@2021": sales_before,
            "sales_income@2022": euro(sales), "sales_income@2021": sales_before,
            "rd_expense@2022": euro(rd), "rd_expense@2021": before(rd, rd_growth, 1_000_000), "rd_expense_119@2022": euro(rd),
        }


# Accounts of 2007 to 2009 stand for 2022 to 2024: the rules tried here did not exist then.
YEARS_ON = 15
FIGURES = {
    "sales_income": "revenue", "rd_expense": "rd_expense", "total_assets": "total_assets", "net_assets": "equity",
    "net_profit": "net_income", "taxable_income": "pretax_income",
}


def american_firms(path):
    firms = {}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["currency"] != "USD":
                continue
            firm = firms.setdefault(row["cik"], {"subject_id": f"CIK{row['cik']}", "name": row["name"]})
            year = int(row["fiscal_year_end"][:4]) + YEARS_ON
            for name, column in FIGURES.items():
                firm[f"{name}@{year}"] = row[column]
    for firm in firms.values():
        assets = [firm.get(f"total_assets@{year}", "") for year in (2023, 2024)]
        if all(assets):
            firm["average_total_assets@2024"] = f"{(Decimal(assets[0]) + Decimal(assets[1])) / 2:.2f}"
        yield firm


def write(path, firms, columns):
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, columns, restval="", extrasaction="ignore", lineterminator="\n")
        out.writeheader()
        out.writerows(firms)


def main(scoreboard, accounts):
    cn = list(chinese_firms(scoreboard))
    write(HERE / "firms-cn.csv", cn, list(cn[0]))
    us = list(american_firms(accounts))
    columns = ["subject_id", "name"] + [f"{name}@{year}" for name in FIGURES for year in (2022, 2023, 2024)]
    write(HERE / "firms-us.csv", us, [*columns, "average_total_assets@2024"])
    print(f"{len(cn)} and {len(us)} firms")


if __name__ == "__main__":
    main(*sys.argv[1:])
