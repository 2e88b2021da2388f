"""What the drivers share: events as Python values that keep numbers and members as they are written."""

import json
import re


class Number(str):
    """A JSON number as it is written."""


def shortest(text):
    """A number's shortest decimal (Semantics row 5), for numbers that need no more than 64 zeros."""
    match = re.fullmatch(r"(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?", text)
    sign, whole, fraction, power = match[1], match[2], match[3] or "", int(match[4] or 0)
    digits, power = (whole + fraction).lstrip("0"), power - len(fraction)
    while digits.endswith("0"):
        digits, power = digits[:-1], power + 1
    if not digits:
        return "0"
    if 0 <= power <= 64:
        return sign + digits + "0" * power
    if power < 0 and -power < len(digits):
        return sign + digits[:power] + "." + digits[power:]
    if power < 0 and -power - len(digits) <= 64:
        return sign + "0." + "0" * (-power - len(digits)) + digits
    return text


def read_event(text):
    return json.loads(text, parse_int=Number, parse_float=Number, object_pairs_hook=lambda pairs: tuple(pairs))


def is_object(value):
    return isinstance(value, tuple)


def json_text(value):
    """The value as compact JSON."""
    if isinstance(value, Number):
        return str(value)
    if is_object(value):
        return "{" + ",".join(json.dumps(k, ensure_ascii=False) + ":" + json_text(v) for k, v in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(json_text(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def search(text, pattern):
    """Whether an expression of Joni or PCRE matches, by Python's `re`, in which their `\\z` is `\\Z`, and classes are asked to be ASCII."""
    if text is None or pattern is None:
        return None
    spelled = re.sub(r"\\x\{([0-9A-Fa-f]+)\}", lambda code: re.escape(chr(int(code[1], 16))), pattern)
    return re.search(spelled.replace("\\z", "\\Z"), text, re.ASCII) is not None
