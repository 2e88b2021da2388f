"""What a statement for many rules is worth: `concord compile --pack` beside a statement for each rule, in DuckDB.

The rules are the public Sigma rules for CloudTrail, and rules made here where more are wanted. The events are the real
CloudTrail events again and again, as NDJSON, as Parquet and as a table in memory. Both sides must find the same number of
matches, or the run fails. Limits are the goals; the exit status is 1 where one is missed. The processor's time counts,
on one core. Statements are read by sqlglot as Trino's, as the engine `duckdb` of `concord verify` has them.
"""

import argparse
import glob
import gzip
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

try:
    import duckdb

    sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "Targets" / "Athena" / "Engines"))
    import trino_on_duckdb
except ImportError as error:
    print(f"skipped: {error}; Tests/Engines/setup", file=sys.stderr)
    sys.exit(0)

EVENTS = "../shared/corpora/cloudtrail/*.ndjson.gz"
RULES = "../shared/corpora/sigma/rules/cloud/aws/cloudtrail/*.yml"
TEXTS = [
    "eventTime", "eventID", "eventSource", "eventName", "sourceIPAddress", "userAgent", "errorCode", "errorMessage",
    "eventType", "awsRegion",
]
OBJECTS = ["requestParameters", "responseElements", "additionalEventData"]
IDENTITY = (
    "STRUCT(\"type\" VARCHAR, arn VARCHAR, invokedBy VARCHAR, "
    "sessionContext STRUCT(sessionIssuer STRUCT(\"type\" VARCHAR)))"
)
MADE = """title: Made {number}
id: 00000000-0000-4000-8000-{number:012d}
status: test
logsource:
    product: aws
    service: cloudtrail
detection:
    selection:
        eventSource: {source}
        eventName:
            - {name}
            - Made{number}
    filter:
        userAgent|contains: 'agent {number}'
    condition: selection and not filter
"""


def make_rules(folder, count, names):
    """Writes so many rules: the public ones first, of which those that Athena SQL does not say are left out."""
    public = sorted(glob.glob(RULES))
    kept = 0
    for path in public:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        # The two whose questions about an object's text are refused.
        if "requestParameters|contains" in text or "responseElements|contains" in text:
            continue
        if kept < count:
            shutil.copy(path, folder)
            kept += 1
    for number in range(count - kept):
        source, name = names[number % len(names)]
        with open(os.path.join(folder, f"made{number}.yml"), "w", encoding="utf-8") as file:
            file.write(MADE.format(number=number, source=source, name=name))


def compile_rules(concord, rules, out, *flags):
    """The statements that the command writes, and its processor time."""
    start = os.times()
    process = subprocess.run(
        [concord, "compile", rules, "--to", "athena", "--out", out, *flags], capture_output=True, text=True)
    end = os.times()
    if process.returncode not in (0, 2):
        raise SystemExit(process.stderr[:2000])
    files = sorted(glob.glob(os.path.join(out, "**", "*.sql"), recursive=True))
    return [open(path, encoding="utf-8").read() for path in files], (
        end.children_user + end.children_system - start.children_user - start.children_system)


def measure(connection, statements, column):
    """The processor's seconds, and how many matches were found."""
    prepared = [trino_on_duckdb.prepare(text) for text in statements]
    start, found = time.process_time(), 0
    for text in prepared:
        found += connection.execute(f"SELECT coalesce(sum({column}), 0) FROM ({text})").fetchone()[0]
    return time.process_time() - start, int(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--concord", required=True, help="the command, built in release mode")
    parser.add_argument("--size", type=float, default=1e9, help="bytes of the input as NDJSON (1e9)")
    parser.add_argument("--counts", default="1,10,55,500", help="how many rules (1,10,55,500)")
    parser.add_argument("--sources", default="NDJSON,Parquet,memory", help="where the events are")
    options = parser.parse_args()
    sources = glob.glob(EVENTS)
    if not sources or not glob.glob(RULES):
        print(f"skipped: no events at {EVENTS}, or no rules at {RULES}", file=sys.stderr)
        return 0
    lines = [line for line in gzip.open(sources[0]).read().split(b"\n") if line]
    events = [json.loads(line) for line in lines]
    names = sorted({(event["eventSource"], event["eventName"]) for event in events})
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "events.ndjson")
        copies = max(1, int(options.size / sum(len(line) + 1 for line in lines)))
        with open(path, "wb") as file:
            for _ in range(copies):
                file.write(b"\n".join(lines) + b"\n")
        connection = duckdb.connect()
        trino_on_duckdb.add_functions(connection)
        connection.execute("SET threads = 1")
        connection.execute("SET enable_progress_bar = false")
        columns = {name: "VARCHAR" for name in TEXTS} | {name: "JSON" for name in OBJECTS} | {"userIdentity": IDENTITY}
        listed = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
        read = "SELECT " + ", ".join(
            f"CAST({name} AS VARCHAR) AS {name}" if name in OBJECTS else name for name in columns
        ) + f" FROM read_json('{path}', format = 'newline_delimited', columns = {{{listed}}})"
        connection.execute(f"COPY ({read}) TO '{folder}/events.parquet' (FORMAT parquet)")
        tables = {
            "NDJSON": f"VIEW cloudtrail_logs AS {read}",
            "Parquet": f"VIEW cloudtrail_logs AS SELECT * FROM '{folder}/events.parquet'",
            "memory": f"TABLE cloudtrail_logs AS SELECT * FROM '{folder}/events.parquet'",
        }
        print(f"{copies * len(lines):,} events, {os.path.getsize(path) / 1e9:.2f} GB")
        print(f"{'rules':>6} {'events in':10} {'statements':>10} {'apart':>9} {'pack':>9} {'one rule':>9} {'pack/apart':>10}")
        for count in map(int, options.counts.split(",")):
            rules = os.path.join(folder, f"rules{count}")
            os.mkdir(rules)
            make_rules(rules, count, names)
            apart, plain_time = compile_rules(options.concord, rules, os.path.join(folder, f"apart{count}"))
            packs, pack_time = compile_rules(options.concord, rules, os.path.join(folder, f"packs{count}"), "--pack")
            for name in options.sources.split(","):
                connection.execute(f"CREATE {tables[name]}")
                alone, found = measure(connection, apart, "1")
                one, _ = measure(connection, apart[:1], "1")
                # A single rule is a query of its own.
                packed, labels = measure(connection, packs, "len(rules)" if count > 1 else "1")
                connection.execute(f"DROP {tables[name].split()[0]} cloudtrail_logs")
                print(
                    f"{count:6} {name:10} {len(packs):10} {alone:7.2f} s {packed:7.2f} s {one:7.2f} s {packed / alone:9.2f}x")
                if found != labels:
                    failures.append(f"{count} rules: {found} matches apart, {labels} by the pack")
                limit = 1.15 if count < 55 else 1 / 3 if count < 500 else 1 / 10
                if packed > alone * limit:
                    failures.append(f"{count} rules, {name}: {packed / alone:.2f} of the work apart, more than {limit:.2f}")
            print(f"       compiled in {plain_time:.2f} s apart, {pack_time:.2f} s as a pack, each rule proved")
    for failure in failures:
        print(f"missed: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
