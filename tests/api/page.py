"""The commands of docs/api.md, run as they stand against a server, and the examples of its description. Each block of
the page is one test: it passes when every command of it is answered well."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import urllib.request

import jsonschema_rs

PAGE = pathlib.Path(__file__).parent.parent.parent / "docs" / "api.md"
# A command that is refused fails its block; nothing but what the page shows is changed.
SHELL = """set -euo pipefail
curl() { command curl --silent --show-error --fail-with-body --max-time 60 "$@"; }
"""


def blocks() -> list[str]:
    """The blocks of commands; a command outside of them would not be run, so there is none."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.findall(r"^```sh\n(.*?)^```$", text, re.S | re.M)
    rest = re.sub(r"^```sh\n.*?^```$", "", text, flags=re.S | re.M)
    if len(found) < 5 or re.search(r"^\s*(curl |\$ )", rest, re.M):
        raise SystemExit(f"{PAGE}: {len(found)} blocks of commands, or a command outside of them")
    return found


def run_page(base: str, secret: str) -> tuple[int, int]:
    """Runs the blocks in one shell; gives how many passed and how many did not."""
    marks = [f'{block}\necho "== block {number} is done"\n' for number, block in enumerate(blocks())]
    with tempfile.TemporaryDirectory(prefix="guanjia-page-") as folder:
        ran = subprocess.run(
            ["bash", "-c", SHELL + "".join(marks)], cwd=folder, text=True, check=False,
            capture_output=True, env={**os.environ, "GUANJIA": base, "TOKEN": secret},
        )
    passed = ran.stdout.count("== block ")
    if ran.returncode != 0:
        print(f"{PAGE.name}: block {passed} of commands failed\n{marks[passed]}\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    return passed, len(marks) - passed


def examples(described: dict):
    """Every example of the description with its schema and where it stands."""
    for path, item in described["paths"].items():
        for method, operation in item.items():
            place = f"{method} {path}"
            for asked in operation.get("parameters", []):
                if "example" in asked:
                    yield f"{place} {asked['name']}", asked["schema"], asked["example"]
            bodies = [(place, operation.get("requestBody", {}))]
            bodies += [(f"{place} {status}", answer) for status, answer in operation["responses"].items()]
            for where, body in bodies:
                for media in body.get("content", {}).values():
                    if "example" in media:
                        yield where, media["schema"], media["example"]


def run_examples(base: str) -> tuple[int, int]:
    """Holds every example against its schema; gives how many fit and how many do not."""
    with urllib.request.urlopen(base + "/api/openapi.json", timeout=60) as answer:
        described = json.load(answer)
    passed = failed = 0
    for place, schema, example in examples(described):
        whole = {**schema, "components": described["components"]}
        wrong = [error.message for error in jsonschema_rs.Draft202012Validator(whole).iter_errors(example)]
        passed += not wrong
        failed += bool(wrong)
        if wrong:
            print(f"the example of {place} does not fit: {wrong}")
    if passed < 50:
        print(f"only {passed} examples")
        failed += 1
    return passed, failed
