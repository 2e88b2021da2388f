"""What counting costs: `concord scan` with rules that count beside the same conditions alone, and beside DuckDB.

The input is made here, in a temporary folder: the real CloudTrail events repeated as lines, each time later, so that
there are as many hours as copies. Both sides must find the same number of alerts, or the run fails. Limits are the
goals; the exit status is 1 where one is missed. The processor's time counts, on one core.
"""

import argparse
import collections
import datetime
import glob
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

EVENTS = "../shared/corpora/cloudtrail/*.ndjson.gz"
WHERE = """SELECT useridentity.arn FROM cloudtrail_logs
WHERE eventname = '%s' AND useridentity.arn IS NOT NULL
"""
GROUP = """  AND date_trunc('hour', from_iso8601_timestamp(eventtime)) IS NOT NULL
GROUP BY 1, date_trunc('hour', from_iso8601_timestamp(eventtime))
HAVING count(*) >= %d
"""
THRESHOLD = 3
DUCKDB = """
import sys, duckdb
connection = duckdb.connect()
connection.execute("SET threads = 1")
connection.execute("SET enable_progress_bar = false")
print(connection.execute(
    "SELECT count(*) FROM (SELECT 1 FROM read_json('%s', format = 'newline_delimited', columns = {"
    "'eventName': 'VARCHAR', 'eventTime': 'VARCHAR', 'userIdentity': 'STRUCT(arn VARCHAR)'}) "
    "WHERE eventName = '%s' AND userIdentity.arn IS NOT NULL "
    "GROUP BY userIdentity.arn, date_trunc('hour', CAST(eventTime AS TIMESTAMP)) HAVING count(*) >= %s)"
    % tuple(sys.argv[1:4])).fetchone()[0])
"""
TIME = re.compile(rb'"eventTime": ?"([^"]*)"')


def run(command, runs):
    """The best processor time of some runs on one core, the peak memory in MiB, and the first word printed."""
    prefix = ["taskset", "-c", "0"] if shutil.which("taskset") else []
    seconds, peak, word = None, 0, None
    for _ in range(runs):
        process = subprocess.Popen(prefix + command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        output, errors = process.stdout.read(), process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            print(f"failed: {' '.join(command)[:200]}\n{errors.decode()[:400]}", file=sys.stderr)
            return None
        own = usage.ru_utime + usage.ru_stime
        seconds = own if seconds is None else min(seconds, own)
        peak = max(peak, usage.ru_maxrss / (1024 if sys.platform == "linux" else 1 << 20))
        word = output.decode().split()[0] if output else ""
    return seconds, peak, word


def make(path, size, lines):
    """Writes the events again and again, each time later than all before, until the file has the size."""
    times = [datetime.datetime.fromisoformat(TIME.search(line).group(1).decode().replace("Z", "+00:00")) for line in lines]
    hours = int((max(times) - min(times)).total_seconds()) // 3600 + 1
    written, copy = 0, 0
    with open(path, "wb") as file:
        while written < size:
            shift = datetime.timedelta(hours=hours * copy)
            for line, time in zip(lines, times):
                moved = (time + shift).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
                line = TIME.sub(b'"eventTime":"' + moved + b'"', line, count=1)
                file.write(line)
                written += len(line)
            copy += 1
    return written, copy * len(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--concord", required=True, help="the command, built in release mode")
    parser.add_argument("--size", type=float, default=1e9, help="bytes of the input (1e9)")
    parser.add_argument("--runs", type=int, default=3, help="the best of so many runs (3)")
    parser.add_argument("--rules", type=int, default=100, help="how many rules (100)")
    options = parser.parse_args()
    sources = glob.glob(EVENTS)
    if not sources:
        print(f"skipped: no events at {EVENTS}", file=sys.stderr)
        return 0
    lines = [line + b"\n" for line in gzip.open(sources[0]).read().split(b"\n") if TIME.search(line)]
    names = collections.Counter(json.loads(line).get("eventName") for line in lines)
    # The most frequent first; where there are fewer names than rules, names that no event has.
    common = [name for name, _ in names.most_common(options.rules)]
    asked = common + [f"NoEvent{number}" for number in range(options.rules - len(common))]
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "events.ndjson")
        size, count = make(path, options.size, lines)
        print(f"{count:,} events, {size / 1e9:.2f} GB, {len(asked)} rules")
        for name, group in (("alone", ""), ("counting", GROUP % THRESHOLD)):
            os.mkdir(os.path.join(folder, name))
            for number, event in enumerate(asked):
                with open(os.path.join(folder, name, f"r{number}.sql"), "w") as file:
                    file.write(WHERE % event + group)

        def scan(rules):
            return run([options.concord, "scan", "--jobs", "1", "--count", "--rules", rules, path], options.runs)

        rows = []
        results = {}
        commands = {
            "all rules alone": lambda: scan(os.path.join(folder, "alone")),
            "all rules counting": lambda: scan(os.path.join(folder, "counting")),
            "one rule alone": lambda: scan(os.path.join(folder, "alone", "r0.sql")),
            "one rule counting": lambda: scan(os.path.join(folder, "counting", "r0.sql")),
            "one rule, DuckDB": lambda: run([sys.executable, "-c", DUCKDB, path, asked[0], str(THRESHOLD)], options.runs),
        }
        for name, command in commands.items():
            results[name] = command()
            if results[name] is None:
                print(f"{name:22} not run")
                continue
            seconds, peak, word = results[name]
            print(f"{name:22} {seconds:8.2f} s {count / seconds / 1e3:10,.0f} k/s {peak:8.0f} MiB  found {word}")
        alerts = {results[name][2] for name in ("one rule counting", "one rule, DuckDB") if results[name]}
        if len(alerts) > 1:
            failures.append(f"the alerts are not the same: {', '.join(sorted(alerts))}")
        for name, left, right, limit in (
            ("all rules, counting against alone", "all rules counting", "all rules alone", 1.5),
            ("one rule, counting against alone", "one rule counting", "one rule alone", 1.5),
            ("one rule, counting against DuckDB", "one rule counting", "one rule, DuckDB", 1),
        ):
            if results[left] and results[right]:
                ratio = results[left][0] / results[right][0]
                print(f"{name:36} {ratio:6.2f}  <= {limit}")
                if ratio > limit:
                    failures.append(name)
    for failure in failures:
        print(f"goal missed: {failure}", file=sys.stderr)
    return 1 if failures else 0


sys.exit(main())
