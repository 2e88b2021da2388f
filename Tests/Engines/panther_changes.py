"""Runs published rules of `pypanther` as they are on their tests' events and on events with one value changed.

Standard input, one JSON object a line:
  file   a rule's file
  paths  lists of keys: where values are changed, and what holds them
  limit  how many changed events there are at most
  log    a file of events besides, one JSON object a line; or null

Standard output, one JSON object a line:
  cases     a list of objects: event (its JSON), verdict (true where the result is True, false for another result, the
            name of the exception where it raises one), change (what was changed, empty for an event as it is), path
  verdicts  those on the events of the log
  error     what is wrong with the file, where something is

An event is one of `panther_core`, Panther's own. Tests whose functions are replaced are left out. What the rules import
and is not installed is there by name, and raises when it is used.
"""

import copy
import dataclasses
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import pathlib
import random
import sys
import types

packages = pathlib.Path(sys.prefix) / "rules"
sys.path.insert(0, str(packages))


class Absent:
    """What a module that is not installed has for any name."""

    def __init__(self, *_, **__):
        raise NotImplementedError

    def __class_getitem__(cls, _):
        return cls


class AbsentModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        module = types.ModuleType(spec.name)
        module.__getattr__ = lambda name: Absent if not name.startswith("__") else _missing(name)
        return module

    def exec_module(self, module):
        module.__path__ = []


def _missing(name):
    raise AttributeError(name)


@dataclasses.dataclass
class RuleTest:
    name: str = ""
    expected_result: bool = True
    log: object = None
    mocks: list = dataclasses.field(default_factory=list)


class Rule:
    pass


@dataclasses.dataclass
class Mapping:
    name: str
    path: str = None
    method: object = None


class DataModel:
    pass


def bare_pypanther():
    """`pypanther` without its front end: the rules need these names alone."""
    package = types.ModuleType("pypanther")
    package.__path__ = [str(packages / "pypanther")]
    sys.modules["pypanther"] = package
    package.LogType = importlib.import_module("pypanther.log_types").LogType
    package.Severity = importlib.import_module("pypanther.severity").Severity
    package.Rule, package.RuleTest, package.DataModel, package.DataModelMapping = Rule, RuleTest, DataModel, Mapping
    package.RuleMock = lambda *_, **named: named
    package.panther_managed = lambda rule: rule
    base = types.ModuleType("pypanther.base")
    base.__dict__.update({name: value for name, value in vars(package).items() if not name.startswith("__")})
    sys.modules["pypanther.base"] = base


sys.meta_path.append(AbsentModules())
bare_pypanther()
from jsonpath_ng.ext import parse  # noqa: E402
from panther_core.enriched_event import PantherEvent  # noqa: E402


def data_models():
    """The data models of the package by log type."""
    found = {}
    for file in sorted((packages / "pypanther/data_models").glob("*.py")):
        if file.stem == "__init__":
            continue
        module = importlib.import_module(f"pypanther.data_models.{file.stem}")
        for value in vars(module).values():
            if not (isinstance(value, type) and issubclass(value, DataModel) and value is not DataModel):
                continue
            model = types.SimpleNamespace(
                data_model_id=value.id,
                paths={m.name: parse(m.path) for m in value.mappings if m.path},
                methods={m.name: m.method for m in value.mappings if not m.path},
            )
            for log_type in value.log_types:
                found[str(log_type)] = model
    return found


models = data_models()


def verdict(rule, log):
    try:
        event = PantherEvent(copy.deepcopy(log), models.get(log.get("p_log_type", "default")))
        return rule().rule(event) is True
    except Exception as error:  # a rule may fail in any way
        return type(error).__name__


def places(value, keys, here=()):
    """Where these keys lead to, through arrays."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, keys, here + (index,))
    if not keys:
        yield here
    elif isinstance(value, dict) and keys[0] in value:
        yield from places(value[keys[0]], keys[1:], here + (keys[0],))


def kind(value):
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return {str: "text", list: "array", dict: "object", type(None): "null"}[type(value)]


def others(value):
    """Other values, each with what is changed: its kind, or something of its own."""
    yield "null", None
    for other in ["zz-other", "", "0", 7, 0, True, False, {"k": "v"}, {}, []]:
        if kind(other) != kind(value):
            yield "kind", other
    if not isinstance(value, list):
        yield "kind", [value]
    if isinstance(value, str):
        for other in ["zz-other", "", "0", "false", "true", value.upper(), value.lower(), value.swapcase(),
                      value + "x", "x" + value, value[1:], value[:-1], value * 2]:
            if other != value:
                yield "text", other
        try:
            yield "kind", json.loads(value)
        except ValueError:
            pass
    elif isinstance(value, bool):
        yield "boolean", not value
        yield "kind", json.dumps(value)
    elif isinstance(value, (int, float)):
        for other in [value + 1, value - 1, -value, 0, 1, value * 100]:
            if other != value:
                yield "number", other
        yield "fraction", value + 0.5
        yield "kind", json.dumps(value)
    elif isinstance(value, list):
        for other in [[], value + value[:1], value[1:], value[::-1], value[:1]]:
            if other != value:
                yield "array", other
        yield "null element", [None] + value
        yield "element", value + ["zz-other"]
        if value:
            yield "kind", value[0]
    elif isinstance(value, dict):
        yield "empty object", {}


def changed(log, place, other):
    log = copy.deepcopy(log)
    holder = log
    for step in place[:-1]:
        holder = holder[step]
    if other is dropped:
        del holder[place[-1]]
    else:
        holder[place[-1]] = other
    return log


dropped = object()


def changes(logs, paths):
    """Events with one value changed, with what was changed and where."""
    for log in logs:
        seen = set()
        for keys in paths:
            for length in range(len(keys), 0, -1):
                for place in places(log, keys[:length]):
                    if not place or place in seen:
                        continue
                    seen.add(place)
                    value = log
                    for step in place:
                        value = value[step]
                    if isinstance(place[-1], str):
                        yield "removed", place, changed(log, place, dropped)
                    for what, other in others(value):
                        yield what, place, changed(log, place, other)


known_logs = {None: []}


def events(file):
    """The events of a log."""
    if file not in known_logs:
        known_logs[file] = [json.loads(line) for line in open(file, encoding="utf-8")]
    return known_logs[file]


def answer(request):
    file = pathlib.Path(request["file"])
    parts = list(file.with_suffix("").parts)
    name = ".".join(parts[len(parts) - 1 - parts[::-1].index("pypanther"):])
    module = importlib.import_module(name)
    rules = [
        value for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Rule) and value is not Rule and value.__module__ == name
    ]
    if len(rules) != 1:
        raise ValueError(f"{len(rules)} rules")
    rule = rules[0]
    logs = [
        json.loads(test.log) if isinstance(test.log, str) else test.log
        for test in getattr(rule, "tests", []) if not test.mocks
    ]
    all_changes = list(changes(logs, request["paths"]))
    if len(all_changes) > request["limit"]:
        all_changes = random.Random(17).sample(all_changes, request["limit"])
    found = [("", (), log) for log in logs] + all_changes
    return {
        "cases": [
            {"event": json.dumps(log), "verdict": verdict(rule, log), "change": what,
             "path": [step for step in place if isinstance(step, str)]}
            for what, place, log in found
        ],
        "verdicts": [verdict(rule, log) for log in events(request.get("log"))],
    }


for line in sys.stdin:
    try:
        result = answer(json.loads(line))
    except Exception as error:
        result = {"cases": [], "verdicts": [], "error": f"{type(error).__name__}: {error}"}
    print(json.dumps(result), flush=True)
