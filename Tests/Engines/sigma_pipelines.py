"""Puts Sigma rules through processing pipelines with pySigma, and writes down what they ask afterwards.

Standard input, one JSON object a line:
  pipeline  a processing pipeline as YAML
  rules     a list of YAML texts, each one Sigma rule

Standard output, one JSON object a line:
  results  for each rule {"detection": a Sigma detection that asks the same without a pipeline, as JSON}, or {"error": text}

Every question is a selection of its own, and the condition joins them as pySigma's own tree does.
"""

import json
import sys

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.processing.pipeline import ProcessingPipeline
from sigma.rule import SigmaRule
from sigma.types import (
    CompareOperators,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
)

FLAGS = {"IGNORECASE": "i", "MULTILINE": "m", "DOTALL": "s"}
OPERATORS = {
    CompareOperators.LT: "lt",
    CompareOperators.LTE: "lte",
    CompareOperators.GT: "gt",
    CompareOperators.GTE: "gte",
}


class Writer:
    def __init__(self):
        self.selections = {}

    def question(self, field, value):
        if isinstance(value, SigmaExpansion):
            return "(" + " or ".join(self.question(field, one) for one in value.values) + ")"
        modifiers, plain = self.plain(value)
        name = f"s{len(self.selections)}"
        key = "|".join([field or ""] + modifiers)
        self.selections[name] = [plain] if field is None and not modifiers else {key: plain}
        return name

    def plain(self, value):
        if isinstance(value, SigmaString):
            text = value.to_plain(escape_backslash=True)
            return (["cased"] if isinstance(value, SigmaCasedString) else []), text
        if isinstance(value, SigmaRegularExpression):
            return ["re"] + sorted(FLAGS[flag.name] for flag in value.flags), str(value.regexp)
        if isinstance(value, SigmaCompareExpression):
            return [OPERATORS[value.op]], value.number.number
        if isinstance(value, SigmaNumber):
            return [], value.number
        if isinstance(value, SigmaBool):
            return [], value.boolean
        if isinstance(value, SigmaNull):
            return [], None
        if isinstance(value, SigmaCIDRExpression):
            return ["cidr"], value.cidr
        if isinstance(value, SigmaFieldReference):
            return ["fieldref"], value.field
        if isinstance(value, SigmaExists):
            return ["exists"], value.exists
        raise ValueError(f"no Sigma for {type(value).__name__}")

    def text(self, node):
        if isinstance(node, ConditionFieldEqualsValueExpression):
            return self.question(node.field, node.value)
        if isinstance(node, ConditionValueExpression):
            return self.question(None, node.value)
        if isinstance(node, ConditionNOT):
            return "not (" + self.text(node.args[0]) + ")"
        word = {ConditionAND: " and ", ConditionOR: " or "}[type(node)]
        return "(" + word.join(self.text(arg) for arg in node.args if arg is not None) + ")"


def answer(pipeline, text):
    try:
        rule = SigmaRule.from_yaml(text)
        pipeline.apply(rule)
        writer = Writer()
        conditions = [writer.text(condition.parsed) for condition in rule.detection.parsed_condition]
        detection = {**writer.selections, "condition": " or ".join(conditions)}
        return {"detection": json.dumps(detection, ensure_ascii=False)}
    except Exception as error:  # whatever pySigma throws is an answer
        return {"error": f"{type(error).__name__}: {error}"}


for line in sys.stdin:
    request = json.loads(line)
    pipeline = ProcessingPipeline.from_yaml(request["pipeline"])
    results = [answer(pipeline, text) for text in request["rules"]]
    print(json.dumps({"results": results}, ensure_ascii=False), flush=True)
