"""Converts Sigma rules with pySigma-backend-athena, which is no package of an index: `CONCORD_PYSIGMA_ATHENA` names a
folder with its source (github.com/SigmaHQ/pySigma-backend-athena, e8a11bd, 0.2.0).

Standard input, one JSON object a line:
  document   the YAML text of one rule

Standard output, one JSON object a line:
  condition  what stands after WHERE in the statement; joined with OR where there are several
  types      of the top-level fields that the rule compares with numbers alone, or booleans alone, the type that a
             typed table would have: {"EventID": "bigint"}, "double" or "boolean"
  error      in their place, why there is no statement
"""

import json
import os
import sys

import sigma.backends

sigma.backends.__path__.append(os.path.join(os.environ["CONCORD_PYSIGMA_ATHENA"], "sigma", "backends"))

from sigma.backends.athena import athenaBackend  # noqa: E402
from sigma.collection import SigmaCollection  # noqa: E402
from sigma.rule import SigmaDetection, SigmaDetectionItem  # noqa: E402
from sigma.types import SigmaBool, SigmaCompareExpression, SigmaNull, SigmaNumber  # noqa: E402

HEAD = "SELECT * FROM t WHERE "


def type_of(value):
    if isinstance(value, SigmaCompareExpression):
        value = value.number
    if isinstance(value, SigmaNumber):
        return "bigint" if isinstance(value.number, int) else "double"
    return "boolean" if isinstance(value, SigmaBool) else "text"


def collect(detection, types):
    for item in detection.detection_items:
        if isinstance(item, SigmaDetection):
            collect(item, types)
        elif isinstance(item, SigmaDetectionItem) and item.field:
            found = types.setdefault(item.field, set())
            found.update(type_of(value) for value in item.value if not isinstance(value, SigmaNull))


def types_of(rule):
    types = {}
    for detection in rule.detection.detections.values():
        collect(detection, types)
    result = {}
    for field, found in types.items():
        if found == {"bigint", "double"}:
            found = {"double"}
        if len(found) == 1 and "text" not in found and "." not in field:
            result[field] = found.pop()
    return result


def convert(document):
    try:
        rules = SigmaCollection.from_yaml(document)
        if len(rules.rules) != 1:
            return {"error": "not one rule"}
        rules.rules[0].fields = []
        types = types_of(rules.rules[0])
        queries = athenaBackend(table="t").convert(rules)
    except Exception as error:  # Whatever it is, there is no statement.
        return {"error": f"{type(error).__name__}: {error}"}
    if not all(query.startswith(HEAD) for query in queries):
        return {"error": "not one SELECT"}
    conditions = [query[len(HEAD):] for query in queries]
    return {"condition": " OR ".join(f"({text})" for text in conditions) if len(conditions) > 1 else conditions[0],
            "types": types}


for line in sys.stdin:
    print(json.dumps(convert(json.loads(line)["document"])), flush=True)
