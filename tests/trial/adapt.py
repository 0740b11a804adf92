"""The national rulebook in another currency: every sum in yuan of the law at one rate, to the cent, half up."""
import re
from decimal import ROUND_HALF_UP, Decimal

UNITS = {"yuan": 1, "wan": 10_000, "yi": 100_000_000}


def adapt(national, target, currency, rate):
    """Writes the rules of `national`, without their cases, to `target` as a rulebook in `currency` (`rate` yuan each)."""
    rate = Decimal(rate)

    def sum_of(yuan):
        return str((Decimal(yuan) / rate).quantize(Decimal("0.01"), ROUND_HALF_UP))

    def call(found):
        return f"money({sum_of(Decimal(found[2]) * UNITS[found[1]])})"

    for source in sorted(national.rglob("*.*")):
        if source.suffix not in (".yaml", ".csv") or source.name.endswith(".cases.yaml"):
            continue
        text = source.read_text(encoding="utf-8")
        if source.suffix == ".yaml":
            text = re.sub(r"\b(yuan|wan|yi)\(([\d.]+)\)", call, text)
        if source.parent.name == "parameters":
            text = "".join(_parameters(text.splitlines(keepends=True), sum_of))
        file = target / source.relative_to(national)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (target / "rulebook.yaml").write_text(f"currency: {currency}\n", encoding="utf-8")


def _parameters(lines, sum_of):
    """The lines of a parameter file, the values of type money, and the money columns of tables, converted."""
    kind = ""
    for line in lines:
        if re.match(r"  \w+:", line):
            kind = ""
        elif declared := re.match(r"    type: (\w+)", line):
            kind = declared[1]
        elif re.match(r"    columns: \[money, ", line):
            kind = "money table"
        elif kind == "money":
            line = re.sub(r"(\bvalue: )([\d.]+)", lambda found: found[1] + sum_of(found[2]), line)
        elif kind == "money table":
            line = re.sub(r"(\[)([\d.]+)(, [\d.]+\])", lambda found: found[1] + sum_of(found[2]) + found[3], line)
        yield line
