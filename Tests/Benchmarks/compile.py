"""Time and peak memory of `concord compile`, as ratios to a peer or to a smaller input in the same run.

The peer is PyYAML's CSafeLoader reading the same file, where Python has it. Limits are stated beside the ratios; the
exit status is 1 where one is passed.
"""

import os
import subprocess
import sys
import tempfile
import time

CONCORD = sys.argv[1]
RULE = "Examples/aws-modify-cloud-compute-infrastructure/rule.yml"
ENGINES = "Tests/Engines/.venv/bin/python"
PYTHON = ENGINES if os.path.exists(ENGINES) else sys.executable
PEER = "import sys, yaml; yaml.load(open(sys.argv[1]), Loader=yaml.CSafeLoader)"
SMALL, LARGE = 10_000, 100_000


def measure(command, runs):
    """The best time in seconds, and the peak memory in MiB, of some runs; `None` where the command fails."""
    best, peak = None, 0
    for _ in range(runs):
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            print(f"failed: {' '.join(command)}\n{errors.decode()[:300]}", file=sys.stderr)
            return None
        seconds = time.perf_counter() - start
        best = seconds if best is None else min(best, seconds)
        peak = max(peak, usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024))
    return best, peak


def rule_of(count, folder):
    """A rule with one list of that many values."""
    path = os.path.join(folder, f"{count}.yml")
    values = ", ".join(f'"value-{number:06d}"' for number in range(count))
    with open(path, "w") as file:
        file.write(f"""AnalysisType: rule
RuleID: Large.{count}
DisplayName: A list of {count} values
Enabled: true
Severity: Low
LogTypes: [AWS.CloudTrail]
Condition: |
  eventSource eq "ec2.amazonaws.com"
  eventName in [{values}]
""")
    return path


def compile_to(target, path):
    return [CONCORD, "compile", "--to", target, path]


def main():
    rows, failed = [], False

    def row(name, figure, base, limit, unit):
        nonlocal failed
        if figure is None or base is None:
            rows.append((name, "not run", "", ""))
            return
        ratio = figure / base
        failed = failed or ratio > limit
        rows.append((name, f"{figure:.3f} {unit}", f"{ratio:.2f}", f"{limit:g}"))

    with tempfile.TemporaryDirectory() as folder:
        small, large = rule_of(SMALL, folder), rule_of(LARGE, folder)
        peer_first = measure([PYTHON, "-c", PEER, RULE], 5)
        first = measure([CONCORD, "compile", RULE], 5)
        row("our rule, four languages: time, against PyYAML reading it", first and first[0], peer_first and peer_first[0],
            2, "s")
        row("our rule, four languages: memory, against PyYAML reading it", first and first[1],
            peer_first and peer_first[1], 3, "MiB")
        peer_large = measure([PYTHON, "-c", PEER, large], 3)
        # Athena takes no statement that long.
        for target in ("splunk", "sigma", "swift"):
            few, many = measure(compile_to(target, small), 3), measure(compile_to(target, large), 3)
            per_value = few and few[0] * LARGE / SMALL
            row(f"{LARGE} values to {target}: time, against 10 x {SMALL} values", many and many[0], per_value, 1.5, "s")
            row(f"{LARGE} values to {target}: memory, against PyYAML reading it", many and many[1],
                peer_large and peer_large[1], 12, "MiB")
    width = max(len(line[0]) for line in rows)
    print(f"{'measured':{width}}  {'figure':>12}  {'ratio':>6}  {'limit':>5}")
    for name, figure, ratio, limit in rows:
        print(f"{name:{width}}  {figure:>12}  {ratio:>6}  {limit:>5}")
    sys.exit(1 if failed else 0)


main()
