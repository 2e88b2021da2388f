"""How fast a folder of Sigma rules is read and compiled, on one core, beside pySigma on the same files in the same run.

`rules.py CONCORD STAGE_BENCHMARK FOLDER`. All sides have the files' texts in memory and count the processor's time.
The exit status is 1 where a figure misses its limit; the goals are what the project wants to reach. `own µs` is what a
stage adds to the one that it needs, per file: reading to YAML, a language to reading.
"""

import os
import subprocess
import sys
import tempfile
import time

CONCORD, STAGES, RULES = sys.argv[1:4]
ENGINES = "Tests/Engines/.venv/bin/python"
PEER = """
import glob, sys, time
import yaml
from sigma.collection import SigmaCollection
from sigma.backends.sqlite import sqliteBackend
names = sorted(glob.glob(sys.argv[1] + "/**/*.yml", recursive=True))
texts = [open(name, encoding="utf-8").read() for name in names]
def timed(body):
    start = time.process_time()
    result = body()
    return result, time.process_time() - start
_, loading = timed(lambda: [list(yaml.load_all(text, Loader=yaml.CSafeLoader)) for text in texts])
files, parsing = timed(lambda: [SigmaCollection.from_yaml(text, collect_errors=True) for text in texts])
def convert():
    backend, done = sqliteBackend(), 0
    for file in files:
        for rule in file.rules:
            try:
                backend.convert_rule(rule)
                done += 1
            except Exception:
                pass
    return done
done, converting = timed(convert)
print(len(texts), done, loading, parsing, converting)
"""
LANGUAGES = ["athena", "splunk", "sigma", "swift"]
PACK_LIMITS = {"athena": 2.7, "splunk": 4}
NEEDS = {"yaml": "", "read": "yaml", "all": "read"}


def run(command, may_refuse=False):
    """What a command prints, its wall time and its own and the system's processor time in seconds, its peak memory in MiB.

    It must not fail, but for rules that a language refuses (exit status 2) where that is allowed.
    """
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in ([0, 2] if may_refuse else [0]):
        sys.exit(f"failed: {' '.join(command)}")
    peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    return output, wall, (usage.ru_utime, usage.ru_stime), peak


def main():
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    failed = []

    def held(holds):
        failed.append(not holds)
        return "" if holds else "  LIMIT PASSED"

    peer = None
    if os.path.exists(ENGINES):
        output, _, _, peer_peak = run([ENGINES, "-c", PEER, RULES])
        files, done, loading, parsing, converting = (float(word) for word in output.split())
        peer = {"yaml": loading, "read": parsing}
        print(f"{'pySigma':10} {'files':>6} {'done':>6} {'seconds':>9} {'rules/s':>9}")
        for name, seconds, count in [
            ("yaml (C)", loading, files), ("parse", parsing, files), ("+ sqlite", parsing + converting, done),
        ]:
            print(f"{name:10} {files:6.0f} {count:6.0f} {seconds:9.3f} {files / seconds:9.0f}")
    print(f"\n{'Concord':10} {'files':>6} {'done':>6} {'seconds':>9} {'median':>9} {'rules/s':>9} {'own µs':>7} {'x peer':>7}   limit    goal")
    seconds = {"": 0}
    for stage in ["yaml", "read", *LANGUAGES, "all"]:
        output, _, _, peak = run([STAGES, RULES, stage, "3"])
        _, files, done, best, median = output.split("\t")
        files, best, median = int(files), float(best), float(median)
        seconds[stage] = best
        own = (best - seconds[NEEDS.get(stage, "read")]) / files * 1e6
        theirs = peer and peer.get(stage, parsing + converting)
        ratio, limit = "", ""
        if stage == "all":
            limit = "  < 1 s   < 1 s" + held(best < 1)
        elif peer:
            ratio = f"{theirs / best:.0f}"
            if stage != "yaml":
                limit = "  > 15x   100x" + held(theirs / best > 15)
        print(f"{stage:10} {files:6} {done:>6} {best:9.3f} {median:9.3f} {files / best:9.0f} {own:7.1f} {ratio:>7} {limit}")
    with tempfile.TemporaryDirectory() as folder:
        _, wall, (own, system), peak = run(
            [CONCORD, "compile", RULES, "--to", "all", "--untyped", "--out", folder], may_refuse=True)
        # The system's part is that of the disk, so it is told apart.
        share = own / seconds["all"]
        print(f"\nconcord compile --to all --out: {wall:.2f} s, {own:.2f} + {system:.2f} s of the processor,"
              f" its own {share:.1f} x reading and writing alone (limit 4)" + held(share < 4))
        beside = f", pySigma to SQL alone {peer_peak:.0f} MiB" if peer else ""
        print(f"its peak memory: {peak:.0f} MiB{beside}" + (held(peak < peer_peak) if peer else ""))
    # A rule in a pack is read back from its text and proved, which a query for it alone is not.
    for language, limit in PACK_LIMITS.items():
        seconds = []
        for flags in [], ["--pack"]:
            with tempfile.TemporaryDirectory() as folder:
                command = [CONCORD, "compile", RULES, "--to", language, "--untyped", "--out", folder, *flags]
                seconds.append(run(command, may_refuse=True)[2][0])
        plain, packed = seconds
        print(f"compile --pack --to {language}: {packed:.2f} s of the processor, {packed / plain:.1f} x compile"
              f" (limit {limit}, goal 2)" + held(packed / plain < limit))
    starts = sorted(run([CONCORD, "--version"])[1] for _ in range(21))
    print(f"concord --version: {starts[0] * 1000:.1f} ms at best, {starts[10] * 1000:.1f} ms the median (limit 30)"
          + held(starts[10] < 0.03))
    sys.exit(1 if any(failed) else 0)


main()
