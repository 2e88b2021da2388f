"""Reads Sigma documents with pySigma, validates them, and runs them on SQLite through pySigma-backend-sqlite.

Standard input, one JSON object a line:
  documents  a list of YAML texts, each one or more Sigma rules
  events     a list of texts, each a JSON object
  validateOnly  optional, true: nothing is converted or run

Standard output, one JSON object a line:
  results  for each text {"rules": count, "issues": [what a validator says], "rows": [indexes of the events that some
           rule matches], "error": text, "stage": "parse" | "convert" | "run"}; `error` and `stage` where it failed

The table has a text column, compared without ASCII case (as the backend expects), for every path of every event: dotted
names, the text of the value, NULL where it is absent. Lists are not flattened; `fulltext` holds all leaves for keywords.
"""

import json
import os
import signal
import sqlite3
import sys

from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection
from sigma.plugins import InstalledSigmaPlugins
from sigma.validation import SigmaValidator

from event_values import Number, is_object, json_text, read_event, search, shortest

# All but those that ask for MITRE's data from the network, and those about files and house style.
VALIDATORS = [
    "all_of_them_condition", "dangling_condition", "dangling_detection", "them_condition_with_single_detection",
    "fieldname_logsource", "identifier_existence", "identifier_uniqueness", "invalid_modifier_combinations",
    "duplicate_references", "duplicate_tag", "namespace_tag", "tag_format", "tlptag", "cvetag", "stptag",
    "detection_tag", "duplicate_title", "double_wildcard", "escaped_wildcard", "wildcards_instead_of_modifiers",
    "number_as_string", "control_character",
]


def validators():
    found = InstalledSigmaPlugins.autodiscover(include_backends=False, include_pipelines=False).validators
    return [found[name] for name in VALIDATORS if name in found]


def text_of(value):
    if isinstance(value, Number):
        return shortest(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json_text(value)


def leaf_texts(value):
    if is_object(value):
        value = [item for _, item in value]
    if isinstance(value, list):
        return [text for item in value for text in leaf_texts(item)]
    return [] if value is None else [text_of(value)]


def flattened(value, path, columns, leaves):
    for key, item in value:
        name = f"{path}.{key}" if path else key
        columns.pop(name, None)
        if is_object(item):
            flattened(item, name, columns, leaves)
        else:
            leaves.extend(leaf_texts(item))
        if item is not None and not isinstance(item, list):
            columns[name] = text_of(item)


def make_table(events, fields):
    rows = []
    for index, text in enumerate(events):
        columns, leaves = {}, []
        flattened(read_event(text), "", columns, leaves)
        rows.append({"__row": index, "fulltext": "\n\x01\n".join(leaves)} | columns)
    # Names of columns ignore ASCII case in SQLite.
    names = {}
    for name in [key for row in rows for key in row] + fields:
        names.setdefault(name.lower(), name)
    connection = sqlite3.connect(":memory:")
    connection.create_function("regexp", 2, lambda pattern, text: search(text, pattern))
    quoted = ['"' + name.replace('"', '""') + '"' for name in names.values()]
    connection.execute("CREATE TABLE logs (" + ", ".join(q + " TEXT COLLATE NOCASE" for q in quoted) + ")")
    connection.executemany(
        f"INSERT INTO logs VALUES ({', '.join('?' * len(quoted))})",
        [[row.get(name) for name in names.values()] for row in rows])
    return connection


def read(document, checks):
    collection = SigmaCollection.from_yaml(document)
    issues = SigmaValidator(checks).validate_rules(iter(collection.rules))
    return collection, [f"{type(issue).__name__}: {issue}"[:300] for issue in issues]


def fields_of(collection):
    names = set()
    for rule in collection.rules:
        for detection in rule.detection.detections.values():
            collect(detection, names)
    return sorted(names)


def collect(detection, names):
    for item in detection.detection_items:
        if hasattr(item, "detection_items"):
            collect(item, names)
            continue
        if item.field:
            names.add(item.field)
        names.update(value.field for value in item.value if hasattr(value, "field"))


class TooSlow(Exception):
    """An expression on which Python's `re` goes on for ever, or nearly."""


def stop(*_):
    raise TooSlow("more than 3 seconds")


def run(connection, collection, backend):
    rows = set()
    queries = backend.convert(collection)
    for query in queries:
        cursor = connection.execute(query)
        place = [column[0] for column in cursor.description].index("__row")
        rows.update(int(row[place]) for row in cursor)
    return sorted(rows)


def answer(request, checks, backend):
    results, read_ones, fields = [], [], set()
    for document in request["documents"]:
        try:
            collection, issues = read(document, checks)
            results.append({"rules": len(collection.rules), "issues": issues})
            read_ones.append(collection)
            fields.update(fields_of(collection))
        except Exception as error:
            results.append({"rules": 0, "issues": [], "stage": "parse", "error": repr(error)[:500]})
            read_ones.append(None)
    if request.get("validateOnly"):
        return results
    connection = make_table(request["events"], sorted(fields))
    for result, collection in zip(results, read_ones):
        if collection is None:
            continue
        signal.setitimer(signal.ITIMER_REAL, 3)
        try:
            result["rows"] = run(connection, collection, backend)
        except sqlite3.Error as error:
            result.update(stage="run", error=repr(error)[:500])
        except Exception as error:
            result.update(stage="convert", error=repr(error)[:500])
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    return results


def main():
    signal.signal(signal.SIGALRM, stop)
    checks = validators()
    for line in sys.stdin:
        backend = sqliteBackend(fulltext_field="fulltext")
        print(json.dumps({"results": answer(json.loads(line), checks, backend)}))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
