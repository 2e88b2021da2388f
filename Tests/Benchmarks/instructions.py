"""How many instructions a rule takes, by stage, as valgrind counts them over every tenth file of a folder.

`instructions.py STAGE_BENCHMARK FOLDER`. Of each stage what it adds to the one before: `yaml` to nothing, `read` to
`yaml`, a language to `read`. What is made once and kept, such as tables of Unicode, counts too.
"""

import os
import re
import subprocess
import sys
import tempfile

STAGES, RULES = sys.argv[1:3]
ROUNDS = 3
BEFORE = {"none": None, "yaml": "none", "read": "yaml", "athena": "read", "splunk": "read", "sigma": "read", "swift": "read"}


def sample(folder):
    """Links to every tenth file in a folder; how many."""
    paths = sorted(
        os.path.join(place, name) for place, _, names in os.walk(RULES) for name in names if name.endswith(".yml"))[::10]
    for number, path in enumerate(paths):
        os.symlink(os.path.abspath(path), os.path.join(folder, f"{number:05d}.yml"))
    return len(paths)


def instructions(stage, folder):
    """The instructions of a run of three rounds."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", STAGES, folder, stage, "0"]
    errors = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    return int(re.search(r"Collected : (\d+)", errors)[1])


def main():
    with tempfile.TemporaryDirectory() as folder:
        files = sample(folder)
        counted = {stage: instructions(stage, folder) for stage in BEFORE}
    print(f"{files} files, instructions a file")
    for stage, before in BEFORE.items():
        if before is not None:
            print(f"{stage:10} {(counted[stage] - counted[before]) / (ROUNDS * files):10.0f}")


main()
