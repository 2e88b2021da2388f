"""Runs Panther rules in Python on events.

Standard input, one JSON object a line:
  programs  a list of texts, each a file with `def rule(event):`
  events    a list of texts, each a JSON object

Standard output, one JSON object a line:
  results  for each program a list with the verdict on each event: true where the result is True, false for another
           result, and the name of the exception where it raises one; or the text of what is wrong with the program

An event is as Panther hands it over: it cannot be changed, its objects find keys in any letter case where none is the
same, and its arrays are sequences that are no lists.
"""

import json
import sys
from collections.abc import Mapping, Sequence


def frozen(value):
    if isinstance(value, dict):
        return Object(value)
    return Array(value) if isinstance(value, list) else value


class Object(Mapping):
    def __init__(self, members):
        self._members = members

    def _key(self, key):
        if key in self._members:
            return key
        if isinstance(key, str):
            for own in self._members:
                if own.lower() == key.lower():
                    return own
        raise KeyError(key)

    def __getitem__(self, key):
        return frozen(self._members[self._key(key)])

    def __iter__(self):
        return iter(self._members)

    def __len__(self):
        return len(self._members)

    def __contains__(self, key):
        try:
            self._key(key)
        except KeyError:
            return False
        return True


class Array(Sequence):
    def __init__(self, items):
        self._items = items

    def __getitem__(self, index):
        return frozen(self._items[index])

    def __len__(self):
        return len(self._items)


def verdict(rule, event):
    try:
        return rule(frozen(event)) is True
    except Exception as error:  # a rule may fail in any way
        return type(error).__name__


def verdicts(program, events):
    names = {"__name__": "rule"}
    try:
        exec(compile(program, "rule.py", "exec"), names)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return [verdict(names["rule"], event) for event in events]


for line in sys.stdin:
    request = json.loads(line)
    events = [json.loads(text) for text in request["events"]]
    print(json.dumps({"results": [verdicts(program, events) for program in request["programs"]]}), flush=True)
