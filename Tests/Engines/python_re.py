"""Searches texts with Python's own regular expressions.

Standard input, one JSON object a line: {"pattern": expression, "texts": [text]}.
Standard output, one JSON object a line: {"found": [whether the expression matches somewhere in the text]}, null
where a search takes longer than SECONDS of processor time (it backtracks) and after three such, or {"refused": why}.
"""

import json
import re
import signal
import sys

SECONDS = 0.02


class TooLong(Exception):
    pass


def give_up(signum, frame):
    raise TooLong


def search(expression, text):
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        found = expression.search(text) is not None
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        return found
    except TooLong:
        return None


signal.signal(signal.SIGVTALRM, give_up)
# A parent's thread may have blocked its signals, and a child inherits that.
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGVTALRM})
for line in sys.stdin:
    request = json.loads(line)
    try:
        expression = re.compile(request["pattern"])
        found = []
        for text in request["texts"]:
            found.append(search(expression, text) if found.count(None) < 3 else None)
        answer = {"found": found}
    except re.error as error:
        answer = {"refused": str(error)}
    print(json.dumps(answer))
