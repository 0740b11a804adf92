"""Runs the readers and the import of bench/import, and compares each with calamine in the same round."""
import os
import shutil
import statistics
import subprocess
import sys
import time

built, folder, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
ledger = f"{folder}/ledger.xlsx"
postgres = os.environ.get("GUANJIA_BENCH_POSTGRES_URL", "")


def measured(command, environment):
    """Seconds by the clock, seconds of processor, and the most memory of one process in MB."""
    start = time.monotonic()
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"{command[0]} ended with {os.waitstatus_to_exitcode(status)}")
    clock = time.monotonic() - start
    return clock, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def imported(database):
    data = f"{folder}/data"
    shutil.rmtree(data, ignore_errors=True)
    environment = dict(os.environ, DATABASE_URL=database)
    guanjia = [f"{built}/guanjia", "import", ledger, "--as", "projects", "--data", data]
    return measured(guanjia, environment)


def read(how):
    return measured([f"{built}/examples/import_speed", how, ledger], os.environ)


ways = [
    ("calamine reads", lambda: read("calamine")),
    ("exchange reads and understands", lambda: read("exchange")),
    ("import to commit, SQLite", lambda: imported("")),
]
if postgres:
    # A second round would find everything known: one only.
    ways.append(("import to commit, PostgreSQL", lambda: imported(postgres)))
times = {name: [] for name, _ in ways}
for number in range(rounds):
    for name, way in ways:
        if number == 0 or "PostgreSQL" not in name:
            times[name].append(way())
limit = 4.0
base = times["calamine reads"]
print(f"{'':<32}{'clock':>9}{'processor':>11}{'memory':>9}{'× clock':>9}{'× processor':>13}")
for name, _ in ways:
    clock, processor, memory = (statistics.median(column) for column in zip(*times[name]))
    by_clock = statistics.median(one[0] / two[0] for one, two in zip(times[name], base))
    by_processor = statistics.median(one[1] / two[1] for one, two in zip(times[name], base))
    print(f"{name:<32}{clock:>7.2f} s{processor:>9.2f} s{memory:>6.0f} MB{by_clock:>9.2f}{by_processor:>13.2f}")
    if "SQLite" in name:
        kept = by_clock <= limit
print(f"the import stays within {limit:g} times the clock of calamine: {'yes' if kept else 'no'}")
sys.exit(0 if kept else 1)
