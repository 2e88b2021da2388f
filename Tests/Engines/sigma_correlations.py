"""Reads a Sigma correlation with pySigma and runs it on logs in SQLite through pySigma-backend-sqlite.

Standard input, one JSON object a line:
  document  a YAML text: a correlation and its rules
  logs      a list of logs, each a list of [second since the epoch, the text of a JSON object]

Standard output, one JSON object a line:
  alerts  for each log the alerts, each {"group": {field: text}, "start": second, "end": second}
  error   why there are none, where the document could not be read or run

Tables are those of `sigma_sqlite.py`, with the time in `timestamp`.
"""

import datetime
import json
import sys

from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection
from sigma.correlations import SigmaCorrelationRule

from sigma_sqlite import collect, make_table


def fields_of(collection):
    names = {"timestamp"}
    for rule in collection.rules:
        if isinstance(rule, SigmaCorrelationRule):
            names.update(rule.group_by or [])
            names.update(rule.condition.fieldref or [] if rule.condition else [])
            # An alias is no column; the fields that it stands for are.
            for alias in rule.aliases.aliases.values() if rule.aliases else ():
                names.discard(alias.alias)
                names.update(alias.mapping.values())
        else:
            for detection in rule.detection.detections.values():
                collect(detection, names)
    return sorted(names)


def timed(log):
    zone = datetime.timezone.utc
    for second, text in log:
        event = json.loads(text)
        event["timestamp"] = datetime.datetime.fromtimestamp(second, zone).strftime("%Y-%m-%dT%H:%M:%SZ")
        yield json.dumps(event)


def alerts(query, log, fields):
    cursor = make_table(list(timed(log)), fields).execute(query)
    names = [column[0] for column in cursor.description]
    for row in cursor:
        found = dict(zip(names, row))
        yield {
            "group": json.loads(found["group_keys"]),
            "start": int(found["window_start"]),
            "end": int(found["window_end"]),
        }


def answer(request):
    try:
        collection = SigmaCollection.from_yaml(request["document"])
        query, = sqliteBackend().convert(collection)
        fields = fields_of(collection)
        return {"alerts": [list(alerts(query, log, fields)) for log in request["logs"]]}
    except Exception as error:
        return {"alerts": [], "error": repr(error)[:500]}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))))
