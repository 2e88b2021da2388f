"""Puts Sigma rules to the validators of pySigma and of SigmaHQ, and says what they find.

Standard input, one JSON object a line:
  rules  a list of YAML texts, each one Sigma rule

Standard output, one JSON object a line:
  results  for each text {"issues": {issue: [what it says]}, "error": text}; `error` where pySigma does not read it
  validators  how many validators were asked
"""

import json
import os
import sys

from sigma.collection import SigmaCollection
from sigma.plugins import InstalledSigmaPlugins
from sigma.validation import SigmaValidator

# Left out: those that fetch lists from the network (ATT&CK, D3FEND, SigmaHQ's taxonomy, event ids and file names),
# and those about files, whose names are the user's.
NETWORK = {
    "attacktag", "d3_fendtag", "d3fendtag", "sigmahq_category_event_id", "sigmahq_category_windows_provider_name",
    "sigmahq_logsource_unknown", "sigmahq_field_with_space", "sigmahq_fieldname_cast", "sigmahq_invalid_fieldname",
    "sigmahq_redundant_field", "sigmahq_logsource_definition", "sigmahq_filename_prefix",
    "sigmahq_tags_techniques_without_tactics", "sigmahq_unknown_field",
}
FILES = {
    "duplicate_filename", "filename_length", "sigmahq_filename_convention", "sigmahq_correlation_filename_prefix",
    "sigmahq_filename_prefix",
}


def validators():
    found = InstalledSigmaPlugins.autodiscover(include_backends=False, include_pipelines=False).validators
    return {name: found[name] for name in sorted(found) if name not in NETWORK | FILES}


def findings(text, checks):
    try:
        collection = SigmaCollection.from_yaml(text)
        # Those that compare rules with one another must not remember the ones before.
        issues = SigmaValidator(checks.values()).validate_rules(iter(collection.rules))
    except Exception as error:
        return {"issues": {}, "error": repr(error)[:500]}
    result = {}
    for issue in issues:
        words = {key: str(value) for key, value in vars(issue).items() if key != "rules"}
        result.setdefault(type(issue).__name__, []).append(str(words)[:200])
    return {"issues": result}


def main():
    checks = validators()
    print(", ".join(checks), file=sys.stderr)
    for line in sys.stdin:
        results = [findings(text, checks) for text in json.loads(line)["rules"]]
        print(json.dumps({"results": results, "validators": len(checks)}))
    sys.stdout.flush()
    os._exit(0)


main()
