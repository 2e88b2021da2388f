"""What a statement for many rules is worth: `concord compile --pack` beside a statement for each rule, in DuckDB.

The rules are the public Sigma rules for CloudTrail, and rules made here where more are wanted. The events are the real
CloudTrail events again and again, as NDJSON, as Parquet and as a table in memory. Both sides must find the same number of
matches, or the run fails. Limits are the goals; the exit status is 1 where one is missed. The processor's time counts,
on one core. Statements are read by sqlglot as Trino's, as the engine `duckdb` of `concord verify` has them.

With `--trino ADDRESS` the same statements are put to a Trino too, over rows that it makes of some real events, each many
times. What it takes to make them is measured by itself and taken off; the processor's time is the one that Trino tells.
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
import urllib.request

try:
    import duckdb

    # Compiled code beside the sources of a module would be a file that the build does not know.
    sys.dont_write_bytecode = True
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


class Trino:
    """A Trino, and statements over rows that are put before them."""

    TEXTS = TEXTS + OBJECTS
    NESTED = "ROW(type varchar, arn varchar, invokedby varchar, sessioncontext ROW(sessionissuer ROW(type varchar)))"
    # A statement may have 1,000,000 characters.
    LIMIT = 500_000

    def __init__(self, address, events, rows):
        self.address = address
        listed, size = [], 0
        # Events from all over the file, as many as a statement takes.
        step = max(1, len(events) // 400)
        for event in events[::step]:
            row = self.row(event)
            size += len(json.dumps(row)) + 2
            if size > self.LIMIT:
                break
            listed.append(row)
        times = max(1, rows // len(listed))
        self.rows = times * len(listed)
        names = ["useridentity"] + [name.lower() for name in self.TEXTS]
        kinds = ", ".join([f"useridentity {self.NESTED}"] + [f"{name} varchar" for name in names[1:]])
        text = json.dumps(listed).replace("'", "''")
        # Rows that do not look at the number would be filtered before they are multiplied.
        shown = ", ".join(f"IF(s.n >= 0, e.{name}) AS {name}" for name in names)
        self.before = (
            f"WITH cloudtrail_logs AS (SELECT {shown} FROM UNNEST(CAST(json_parse('{text}') AS ARRAY(ROW({kinds})))) "
            f"AS e({', '.join(names)}) CROSS JOIN UNNEST(sequence(1, {times})) AS s(n))\n")

    @staticmethod
    def row(event):
        def text(value):
            return value if value is None or isinstance(value, str) else json.dumps(value, separators=(",", ":"))

        identity = event.get("userIdentity") or {}
        issuer = (identity.get("sessionContext") or {}).get("sessionIssuer")
        nested = {
            "type": identity.get("type"), "arn": identity.get("arn"), "invokedby": identity.get("invokedBy"),
            "sessioncontext": issuer and {"sessionissuer": {"type": issuer.get("type")}},
        }
        return {"useridentity": nested} | {name.lower(): text(event.get(name)) for name in Trino.TEXTS}

    def ask(self, statement):
        """The answer's first cell, and the processor's seconds."""
        request = urllib.request.Request(
            self.address + "/v1/statement", (self.before + statement).encode(), {"X-Trino-User": "benchmark"})
        cell = None
        while True:
            answer = json.load(urllib.request.urlopen(request, timeout=600))
            if "error" in answer:
                raise SystemExit(answer["error"]["message"][:2000])
            if answer.get("data"):
                cell = answer["data"][0][0]
            if "nextUri" not in answer:
                return cell or 0, answer["stats"]["cpuTimeMillis"] / 1000
            request = urllib.request.Request(answer["nextUri"], headers={"X-Trino-User": "benchmark"})

    def measure(self, statements, column):
        """The processor's seconds beyond those of making the rows, and how many matches were found."""
        # A filter that nothing passes, as the statements' own filters see the rows.
        made = min(self.ask("SELECT count(*) FROM cloudtrail_logs WHERE eventname = ''")[1] for _ in range(3))
        seconds, found = 0, 0
        for text in statements:
            matches, taken = self.ask(f"SELECT coalesce(sum({column}), 0) FROM (\n{text}\n)")
            seconds, found = seconds + max(0.001, taken - made), found + int(matches)
        return seconds, found


def report(count, name, packs, apart, pack, one, failures):
    """Prints what was measured, each as seconds and matches, and notes what misses its goal."""
    (alone, found), (packed, labels), ratio = apart, pack, pack[0] / apart[0]
    print(
        f"{count:6} {name:10} {len(packs):10} {alone:7.2f} s {packed:7.2f} s {one[0]:7.2f} s {ratio:9.2f}x", flush=True)
    if found != labels:
        failures.append(f"{count} rules, {name}: {found} matches apart, {labels} by the pack")
    limit = 1.15 if count < 55 else 1 / 3 if count < 500 else 1 / 10
    if ratio > limit:
        failures.append(f"{count} rules, {name}: {ratio:.2f} of the work apart, more than {limit:.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--concord", required=True, help="the command, built in release mode")
    parser.add_argument("--size", type=float, default=1e9, help="bytes of the input as NDJSON (1e9)")
    parser.add_argument("--counts", default="1,10,55,500", help="how many rules (1,10,55,500)")
    parser.add_argument("--sources", default="NDJSON,Parquet,memory", help="where the events are")
    parser.add_argument("--trino", help="the address of a Trino that is asked too, as http://127.0.0.1:8080")
    parser.add_argument("--trino-rows", type=int, default=600_000, help="how many rows it makes (600,000)")
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
        trino = Trino(options.trino, events, options.trino_rows) if options.trino else None
        there = f"; {trino.rows:,} rows in Trino" if trino else ""
        print(f"{copies * len(lines):,} events, {os.path.getsize(path) / 1e9:.2f} GB{there}")
        print(f"{'rules':>6} {'events in':10} {'statements':>10} {'apart':>9} {'pack':>9} {'one rule':>9} {'pack/apart':>10}")
        for count in map(int, options.counts.split(",")):
            rules = os.path.join(folder, f"rules{count}")
            os.mkdir(rules)
            make_rules(rules, count, names)
            apart, plain_time = compile_rules(options.concord, rules, os.path.join(folder, f"apart{count}"))
            packs, pack_time = compile_rules(options.concord, rules, os.path.join(folder, f"packs{count}"), "--pack")
            for name in filter(None, options.sources.split(",")):
                connection.execute(f"CREATE {tables[name]}")
                alone, found = measure(connection, apart, "1")
                one, _ = measure(connection, apart[:1], "1")
                # A single rule is a query of its own.
                packed, labels = measure(connection, packs, "len(rules)" if count > 1 else "1")
                connection.execute(f"DROP {tables[name].split()[0]} cloudtrail_logs")
                report(count, name, packs, (alone, found), (packed, labels), (one, 0), failures)
            if trino:
                apart_there = trino.measure(apart, "1")
                pack_there = trino.measure(packs, "cardinality(rules)" if count > 1 else "1")
                report(count, "Trino", packs, apart_there, pack_there, trino.measure(apart[:1], "1"), failures)
            print(f"       compiled in {plain_time:.2f} s apart, {pack_time:.2f} s as a pack, each rule proved")
    for failure in failures:
        print(f"missed: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
