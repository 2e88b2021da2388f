"""Time of `concord verify` on wide rules, one language beside another in the same run.

`verify.py CONCORD`. What a wide rule costs in a language is the execution of its text on every event, which must take a time
that grows with the fields of an event, not with their square: Sigma's own runner is the measure. The processor's time
counts; the exit status is 1 where a limit is passed.
"""

import os
import subprocess
import sys
import tempfile

CONCORD = sys.argv[1]
WIDE = {
    "200 pairs of fields, joined by AND": " ".join(f"(f{n}=a* OR g{n}=*b)" for n in range(200)),
    "200 triples of fields, joined by OR": " OR ".join(f"(a{n}=x OR b{n}=y OR c{n}=z*)" for n in range(200)),
    "200 triples of fields, joined by AND": " ".join(f"(a{n}=x OR b{n}=y OR c{n}=z*)" for n in range(200)),
}
# Splunk's runner makes a field of each path and reads each event in two ways: its figure is shown alone.
LIMITS = {"athena": 2.5, "splunk": None}


def seconds(language, path):
    """The best processor time of some runs."""
    best = None
    for _ in range(3):
        process = subprocess.Popen(
            [CONCORD, "verify", path, "--to", language, "--untyped"], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"failed: verify {path} --to {language}")
        best = usage.ru_utime if best is None else min(best, usage.ru_utime)
    return best


def main():
    failed = False
    print(f"{'verified':36}  {'language':8}  {'s':>6}  {'ratio':>5}  {'limit':>5}")
    with tempfile.TemporaryDirectory() as folder:
        for name, search in WIDE.items():
            path = os.path.join(folder, "wide.spl")
            with open(path, "w") as file:
                file.write(search)
            base = seconds("sigma", path)
            print(f"{name:36}  {'sigma':8}  {base:6.2f}  {1:5.2f}")
            for language, limit in LIMITS.items():
                took = seconds(language, path)
                failed = failed or (limit is not None and took > limit * base)
                print(f"{name:36}  {language:8}  {took:6.2f}  {took / base:5.2f}  {limit or '':>5}")
    sys.exit(1 if failed else 0)


main()
