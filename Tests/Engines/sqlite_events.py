"""Runs statements on Python's own SQLite, over a table of events.

Standard input, one JSON object a line:
  events   a list of texts, each the compact JSON of an event: the column `raw` of the table `events`
  queries  a list of statements that select `raw` of the events that match

Standard output, one JSON object a line:
  results  for each statement {"verdicts": [bool of each event]} or {"error": text}
"""

import json
import sqlite3
import sys


def run(connection, query, events):
    try:
        matches = {raw for (raw,) in connection.execute(query)}
    except sqlite3.Error as error:
        return {"error": str(error)}
    return {"verdicts": [event in matches for event in events]}


for line in sys.stdin:
    request = json.loads(line)
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE events (raw TEXT)")
    connection.executemany("INSERT INTO events VALUES (?)", [[event] for event in request["events"]])
    print(json.dumps({"results": [run(connection, query, request["events"]) for query in request["queries"]]}))
