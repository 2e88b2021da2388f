"""Rates and peak memory of `concord scan` and of others that answer the same question on the same events.

The inputs are made here, in a temporary folder: the real CloudTrail events repeated, as lines. Every command that
claims to evaluate the rule must find the same number of events, or the run fails. Limits are the goals; the exit
status is 1 where one is missed.
"""

import argparse
import glob
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

RULE = "Examples/aws-modify-cloud-compute-infrastructure/rule.yml"
EVENTS = "../shared/corpora/cloudtrail/*.ndjson.gz"
# The one text that every event the rule holds of must have, which is a common one (in 31 % of the lines), and a rare
# text of the rule's, of which it asks for one among many.
LITERALS = ("ec2.amazonaws.com", "RunInstances")

DUCKDB = """
import sys, duckdb
connection = duckdb.connect()
connection.execute("SET threads = %d" % int(sys.argv[3]))
connection.execute("SET enable_progress_bar = false")
where = open(sys.argv[2]).read()
columns = {
    "eventSource": "VARCHAR", "readOnly": "VARCHAR", "sourceIPAddress": "VARCHAR", "errorCode": "VARCHAR",
    "eventName": "VARCHAR", "userIdentity": 'STRUCT("type" VARCHAR, "invokedBy" VARCHAR)',
}
spelled = ", ".join("'%s': '%s'" % (name, kind) for name, kind in columns.items())
print(connection.execute(
    "SELECT count(*) FROM read_json('%s', format = 'newline_delimited', columns = {%s}) %s"
    % (sys.argv[1], spelled, where)).fetchone()[0])
"""


def run(command, core=None):
    """Seconds, processor seconds, peak memory in MiB and the first word printed; `None` where the command fails."""
    prefix = ["taskset", "-c", str(core)] if core is not None and shutil.which("taskset") else []
    start = time.perf_counter()
    process = subprocess.Popen(prefix + command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output, errors = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        print(f"failed: {' '.join(command)[:200]}\n{errors.decode()[:400]}", file=sys.stderr)
        return None
    words = output.split()
    peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1 << 20)
    return seconds, usage.ru_utime + usage.ru_stime, peak, words[0].decode() if words else ""


def best(command, runs, core=None):
    """The best of some runs. On one core the processor's time counts: others may use the machine too."""
    results = [result for result in (run(command, core) for _ in range(runs)) if result]
    if not results:
        return None
    seconds = min(result[0 if core is None else 1] for result in results)
    return seconds, max(result[2] for result in results), results[0][3]


def make(path, size, events):
    """Writes the events again and again until the file has the size."""
    count = 0
    with open(path, "wb") as file:
        while count < size:
            file.write(events)
            count += len(events)
    return count


def where_clause(concord):
    """The condition as Concord writes it for Athena; DuckDB reads this part of it as it is."""
    sql = subprocess.run([concord, "compile", RULE, "--to", "athena"], check=True, capture_output=True, text=True).stdout
    return sql[sql.index("WHERE"):]


def jq_filter(where):
    """The same condition by hand; the names come from the statement."""
    names = re.findall(r"'(\w+)'", where[where.index('"eventname" IN'):])
    return (
        'select(.eventSource == "ec2.amazonaws.com"'
        ' and (.readOnly == null or .readOnly == "" or .readOnly == false or .readOnly == "false" or .readOnly == 0)'
        ' and (((.sourceIPAddress // "") | endswith(".amazonaws.com")) or .userIdentity.type == "AWSService"'
        ' or .userIdentity.invokedBy == "AWS Internal"'
        ' or ((.userIdentity.invokedBy // "") | endswith(".amazonaws.com")) | not)'
        ' and .errorCode != "Client.DryRunOperation"'
        " and (.eventName | IN(" + ", ".join(f'"{name}"' for name in names) + "))) | 1"
    )


def table(title, head, rows):
    print(f"\n{title}")
    widths = [max(len(str(row[index])) for row in [head] + rows) for index in range(len(head))]
    for row in [head] + rows:
        cells = [f"{str(cell):{width}}" if index == 0 else f"{str(cell):>{width}}"
                 for index, (cell, width) in enumerate(zip(row, widths))]
        print("  ".join(cells).rstrip())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--concord", required=True, help="the command, built in release mode")
    parser.add_argument("--size", type=float, default=1e9, help="bytes of the input (1e9)")
    parser.add_argument("--large", type=float, default=4, help="how many times larger the second memory input is (4)")
    parser.add_argument("--runs", type=int, default=3, help="the best of so many runs (3)")
    parser.add_argument("--core", type=int, default=0, help="the processor that one-core runs are pinned to (0)")
    parser.add_argument("--folder", help="where the inputs are made (a temporary folder)")
    options = parser.parse_args()
    sources = glob.glob(EVENTS)
    if not sources:
        print(f"skipped: no events at {EVENTS}", file=sys.stderr)
        return 0
    events = gzip.open(sources[0]).read()
    if not events.endswith(b"\n"):
        events += b"\n"
    failures = []
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path = os.path.join(folder, "events.ndjson")
        size = make(path, options.size, events)
        count = size // len(events) * events.count(b"\n")
        print(f"{count:,} events, {size / 1e9:.2f} GB")
        where = where_clause(options.concord)
        where_path = os.path.join(folder, "where.sql")
        with open(where_path, "w") as file:
            file.write(where)
        concord = [options.concord, "scan", "--count", RULE, path]
        core = options.core
        commands = [
            ("concord scan --jobs 1", concord + ["--jobs", "1"], True),
            ("concord scan --jobs 1 --strict", concord + ["--jobs", "1", "--strict"], True),
            ("DuckDB, one thread", [sys.executable, "-c", DUCKDB, path, where_path, "1"], True),
            ("jq", ["jq", "-n", f"[inputs | {jq_filter(where)}] | length", path], True),
        ]
        commands += [(f"grep -F -c {literal}", ["grep", "-F", "-c", literal, path], False) for literal in LITERALS]
        commands.append(("wc -l", ["wc", "-l", path], False))
        run(["wc", "-l", path])  # Into the system's cache.
        figures, rows, matches = {}, [], None
        for name, command, evaluates in commands:
            result = best(command, 1 if name == "jq" else options.runs, core)
            key = name if name.startswith("grep") else name.split()[0].strip(",") + (" strict" if "strict" in name else "")
            figures[key] = result and result[0]
            if not result:
                rows.append((name, "not run", "", "", "", ""))
                continue
            seconds, peak, word = result
            if evaluates:
                if matches not in (None, word) or not word.isdigit():
                    failures.append(f"{name} finds {word} events, not {matches}")
                matches = matches or word
            rows.append((name, f"{seconds:.2f} s", f"{size / seconds / 1e6:,.0f} MB/s", f"{count / seconds / 1e3:,.0f} k/s",
                         f"{peak:.0f} MiB", word if evaluates else "-"))
        table("one core, processor time", ("", "time", "rate", "events", "memory", "found"), rows)

        ratios = []

        def goal(name, left, right, least):
            if left and right:
                ratio = right / left
                ratios.append((name, f"{ratio:.2f}", f">= {least:g}", "" if ratio >= least else "missed"))
                if ratio < least:
                    failures.append(name)

        goal("rate against DuckDB", figures["concord"], figures["DuckDB"], 2)
        for literal in LITERALS:
            command = f"grep -F -c {literal}"
            goal(f"rate against {command}", figures["concord"], figures[command], 1)
        goal("rate against jq", figures["concord"], figures["jq"], 20)
        goal("rate with --strict against DuckDB", figures["concord strict"], figures["DuckDB"], 2)
        if (os.cpu_count() or 1) > 1:
            one, two = best(concord + ["--jobs", "1"], options.runs), best(concord + ["--jobs", "2"], options.runs)
            goal("two threads against one", two and two[0], one and one[0], 1.8)
            strict = [best(concord + ["--strict", "--jobs", jobs], options.runs) for jobs in ("1", "2")]
            goal("two threads against one, --strict", strict[1] and strict[1][0], strict[0] and strict[0][0], 1.8)
        table("goals", ("", "ratio", "goal", ""), ratios)

        large = os.path.join(folder, "large.ndjson")
        rows = []
        for jobs in ("1", "2"):
            small_peak = run(concord + ["--jobs", jobs])
            if os.path.exists(large) is False:
                make(large, options.size * options.large, events)
            large_peak = run([options.concord, "scan", "--count", RULE, large, "--jobs", jobs])
            if small_peak and large_peak:
                ratio = large_peak[2] / small_peak[2]
                rows.append((f"--jobs {jobs}", f"{small_peak[2]:.1f} MiB", f"{large_peak[2]:.1f} MiB", f"{ratio:.2f}", "<= 1.2"))
                if ratio > 1.2:
                    failures.append("memory grows with the input")
        table(f"peak memory on {size / 1e9:.2f} GB and on {options.large:g} times that",
              ("", "once", f"{options.large:g} times", "ratio", "goal"), rows)
    for failure in failures:
        print(f"goal missed: {failure}", file=sys.stderr)
    return 1 if failures else 0


sys.exit(main())
