"""Reads YAML with PyYAML.

A request: {"path": file} or {"text": YAML}, and "loader": "rules" (the scalar rules of Panther's loader) or "stock"
(YAML 1.1, as yaml.safe_load reads it). The answer: {"json": text}, the array of the documents' values as JSON
text, integers with every digit and floats with all the digits that tell them apart; or {"refused": why}.
"""

import json
import re
import sys

import yaml


class Loader(yaml.CSafeLoader):
    """CSafeLoader that keeps YAML 1.2's values: dates are text, and so are yes, no, on, off and 1:30."""


def resolver(tag, pattern, first):
    Loader.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(pattern), first)


Loader.yaml_implicit_resolvers = {}
resolver("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""])
resolver("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF"))
resolver("int", r"^[-+]?(?:0b[01_]*[01][01_]*|0x[0-9a-fA-F_]*[0-9a-fA-F][0-9a-fA-F_]*|[0-9][0-9_]*)$", list("-+0123456789"))
resolver(
    "float",
    r"^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$",
    list("-+0123456789."),
)


def integer(loader, node):
    text = loader.construct_scalar(node).replace("_", "").lower()
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-")
    base = 16 if digits.startswith("0x") else 2 if digits.startswith("0b") else 10
    return sign * int(digits[2:] if base != 10 else digits, base)


Loader.add_constructor("tag:yaml.org,2002:int", integer)


def answer(request):
    text = request.get("text")
    if text is None:
        with open(request["path"], encoding="utf-8", newline="") as file:
            text = file.read()
    loader = Loader if request["loader"] == "rules" else yaml.CSafeLoader
    try:
        # Dates and bytes, which only the stock loader makes, become a text that no test writes.
        return {"json": json.dumps(list(yaml.load_all(text, Loader=loader)), default=lambda value: f"not text: {value!r}")}
    except (yaml.YAMLError, ValueError) as error:
        return {"refused": str(error)}


def main():
    sys.set_int_max_str_digits(0)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))))


if __name__ == "__main__":
    main()
