"""The interface for programs against the running server: the commands of docs/api.md, the examples of the
description, and Schemathesis, over the demo in a temporary directory, with the token of an account that holds every
role in one zone. Ends with `N passed, M failed`: blocks of commands, examples and operations.

    GUANJIA=path/to/guanjia SCHEMATHESIS=path/to/schemathesis python tests/api/run.py [SECONDS]

The Python is that of the environment which Schemathesis is installed in.
"""

import http.cookiejar
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from page import run_examples, run_page

HERE = pathlib.Path(__file__).parent
ROLES = ["projects", "investment", "policy", "park", "leader", "auditor", "admin"]
ACCOUNT = "statistics"
SECONDS = int(sys.argv[1]) if len(sys.argv) > 1 else 150


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Browser:
    """Somebody at the pages."""

    def __init__(self, base: str):
        self.base = base
        self.open = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        ).open

    def get(self, path: str) -> str:
        with self.open(self.base + path, timeout=60) as answer:
            return answer.read().decode()

    def post(self, path: str, **form: str) -> str:
        data = urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(self.base + path, data, {"Sec-Fetch-Site": "same-origin"})
        with self.open(request, timeout=60) as answer:
            return answer.read().decode()

    def sign_in(self, login: str, password: str) -> None:
        self.post("/login", login=login, password=password, next="/account")


def wait_until_ready(base: str, server: subprocess.Popen) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise SystemExit("the server ended before it was ready")
        try:
            with urllib.request.urlopen(base + "/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise SystemExit("the server did not become ready")


def token(base: str) -> str:
    """The token of an account that holds every role in the first zone."""
    admin = Browser(base)
    admin.sign_in("admin", "demo-admin-2024")
    users = json.loads(admin.get("/api/v1/users"))["items"]
    user = next(one["id"] for one in users if one["login"] == ACCOUNT)
    person = Browser(base)
    person.sign_in(ACCOUNT, f"demo-{ACCOUNT}-2024")
    zone = json.loads(person.get("/api/v1/account"))["zone"]
    admin.post("/zone", zone=str(zone))
    for role in ROLES:
        admin.post(f"/users/{user}/grants", role=role, organisation=str(zone))
    page = person.post("/account/tokens", name="schemathesis")
    return re.search(r'<code class="mono">(guanjia_[0-9a-f]+)</code>', page).group(1)


def run(base: str, secret: str, work: pathlib.Path) -> tuple[int, int]:
    """Runs Schemathesis; gives how many operations passed and how many failed."""
    report = work / "report.xml"
    command = [
        os.environ.get("SCHEMATHESIS", "schemathesis"),
        "--config-file", str(HERE / "schemathesis.toml"),
        "run", base + "/api/openapi.json",
        "--header", f"Authorization: Bearer {secret}",
        "--checks", "all",
        "--max-examples", "40",
        "--max-time", str(SECONDS),
        "--continue-on-failure",
        "--seed", "2024",
        "--report", "junit", "--report-junit-path", str(report),
    ]
    ended = subprocess.run(command, cwd=work, check=False).returncode
    text = report.read_text() if report.exists() else ""
    cases = text.count("<testcase")
    failed = len(re.findall(r"<testcase(?:(?!</testcase>).)*?<(?:failure|error)\b", text, re.S))
    if ended != 0 and failed == 0:
        failed = 1
    return max(cases - failed, 0), failed


def main() -> int:
    guanjia = os.environ["GUANJIA"]
    with tempfile.TemporaryDirectory(prefix="guanjia-api-") as folder:
        work = pathlib.Path(folder)
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        log = open(work / "server.log", "w", encoding="utf-8")
        server = subprocess.Popen(
            [guanjia, "demo", "--data", str(work / "data"), "--port", str(port)],
            stdout=log, stderr=subprocess.STDOUT,
        )
        try:
            wait_until_ready(base, server)
            secret = token(base)
            runs = [run_page(base, secret), run_examples(base)]
            if SECONDS > 0:
                runs.append(run(base, secret, work))
            passed, failed = (sum(counts) for counts in zip(*runs))
        finally:
            server.terminate()
            server.wait(timeout=60)
            log.close()
        if failed:
            print((work / "server.log").read_text()[-4000:])
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
