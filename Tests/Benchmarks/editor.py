"""Times of a conversation with `concord lsp`, from the message that is sent to the answer that is whole.

`editor.py CONCORD [RULE…]`: each rule is opened, changed 20 times, and each request is put 20 times, or once where it takes more than 2 s; the median and the
longest are shown, in milliseconds. Without RULE: a rule in the notation, one of Sigma, and a Sigma file of 10,000 lines. What
an editor waits for as one types is the change, which for a rule may take 50 ms; the exit status is 1 where it takes longer.
"""

import json
import subprocess
import sys
import time

CONCORD = sys.argv[1]
TIMES = 20
LIMIT = 50

NOTATION = """AnalysisType: rule
RuleID: Root.Login
DisplayName: Root logs in
LogTypes: [AWS.CloudTrail]
Severity: High
Reports:
  MITRE ATT&CK:
    - TA0001:T1078.004
Condition: |
  eventName eq "ConsoleLogin"
  userIdentity.type eq "Root" or userIdentity.arn contains ":root"
  errorMessage is_null
Tests:
  - Name: matches
    ExpectedResult: true
    Log: { eventName: ConsoleLogin, userIdentity: { type: Root } }
"""
SIGMA = """title: Encoded PowerShell
id: 5f1c1f0a-1111-4111-8111-111111111111
status: test
logsource: {product: windows, category: process_creation}
tags: [attack.execution, attack.t1059.001]
detection:
  selection_img:
    - Image|endswith: ['\\\\powershell.exe', '\\\\pwsh.exe']
    - OriginalFileName: PowerShell.EXE
  selection_cli:
    CommandLine|contains|windash: [' -enc ', ' -encodedcommand ']
  filter:
    ParentImage|startswith: 'C:\\\\Program Files\\\\'
  condition: all of selection_* and not filter
level: high
"""
LONG = """title: Many values
logsource: {product: windows}
detection:
  s:
    Hashes|contains:
""" + "".join(f"      - 'MD5={n:032x}'\n" for n in range(10_000)) + "  condition: s\n"


class Server:
    """A server with which one message after the other is exchanged."""

    def __init__(self):
        self.process = subprocess.Popen(
            [CONCORD, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.number = 0
        self.request("initialize", {})
        self.send("initialized", {})

    def send(self, method, parameters, number=None):
        message = {"jsonrpc": "2.0", "method": method, "params": parameters}
        if number is not None:
            message["id"] = number
        text = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(text), text))
        self.process.stdin.flush()

    def receive(self):
        length = int(self.process.stdout.readline().split(b":")[1])
        self.process.stdout.readline()
        return json.loads(self.process.stdout.read(length))

    def request(self, method, parameters):
        self.number += 1
        self.send(method, parameters, self.number)
        while True:
            message = self.receive()
            if message.get("id") == self.number:
                return message

    def end(self):
        self.request("shutdown", {})
        self.send("exit", {})
        self.process.wait()


def timed(action):
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def measure(name, text):
    """The times of each kind of message about a text, in the order of a conversation."""
    server = Server()
    uri = "file:///nowhere/rule.yml"
    lines = text.split("\n")
    row = next(n for n, line in enumerate(lines) if "eventName" in line or "contains" in line)
    place = {"textDocument": {"uri": uri}, "position": {"line": row, "character": 6}}
    rows = {}

    def change(version):
        changed = text.replace("title: ", f"title: {version} ").replace("DisplayName: ", f"DisplayName: {version} ")
        server.send("textDocument/didChange", {
            "textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": changed}]})
        server.receive()

    def open_():
        server.send("textDocument/didOpen", {"textDocument": {"uri": uri, "version": 1, "text": text}})
        server.receive()

    rows["open"] = [timed(open_)]
    rows["change"] = [timed(lambda: change(n + 2)) for n in range(TIMES)]
    for method in ["hover", "completion", "definition", "codeAction", "codeLens", "documentSymbol",
                   "semanticTokens/full", "formatting"]:
        parameters = {**place, "range": {"start": place["position"], "end": place["position"]}}
        # What takes seconds is put once.
        first = timed(lambda: server.request(f"textDocument/{method}", parameters))
        rows[method] = [first] if first > 2_000 else [
            timed(lambda: server.request(f"textDocument/{method}", parameters)) for _ in range(TIMES)]
    # The words of a lens are asked for where it is shown: those of the first rule.
    for lens in server.request("textDocument/codeLens", place)["result"][:2]:
        rows[f"lens: {lens['data']['lens']}"] = [
            timed(lambda: server.request("codeLens/resolve", lens)) for _ in range(TIMES)]
    server.end()
    for method, times in rows.items():
        times.sort()
        print(f"{name:20}  {method:20}  {times[len(times) // 2]:8.1f}  {times[-1]:8.1f}", flush=True)
    return rows["change"][len(rows["change"]) // 2]


def main():
    texts = [(path, open(path, encoding="utf-8").read(), True) for path in sys.argv[2:]] or [
        ("notation", NOTATION, True), ("sigma", SIGMA, True), ("10,000 lines", LONG, False)]
    print(f"{'text':20}  {'message':20}  {'median':>8}  {'longest':>8}  ms")
    slow = [name for name, text, isLimited in texts if measure(name, text) > LIMIT and isLimited]
    for name in slow:
        print(f"a change of {name} takes longer than {LIMIT} ms")
    sys.exit(1 if slow else 0)


main()
