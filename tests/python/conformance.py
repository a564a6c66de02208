"""Asks the port what its own document says that can be asked, and much that it says cannot: schemathesis makes the
requests and compares status, form and schema of each answer. Prints one JSON object."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

URL, KEY = sys.argv[1:3]
# What a schema cannot tell is whether a text says something (a blank one is refused), that a POST without a body of
# JSON is refused before anyone looks at its path, and that who tries wrong keys is told to wait.
LEFT_OUT = ["positive_data_acceptance", "unsupported_method", "ignored_auth"]
# Without keys of its own making beside the one that is good.
CONFIG = 'hooks = "hooks.py"\n[generation]\nwith-security-parameters = false\n'
# Requests made at random name no model that there is, and ask for answers without end.
HOOKS = '''
import schemathesis

LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens", "num_predict")
# Where the field that limits an answer is.
ASKED = {"/v1/chat/completions": "max_tokens", "/v1/completions": "max_tokens", "/v1/responses": "max_output_tokens"}

@schemathesis.hook
def before_call(context, case, kwargs):
    body = case.body
    if not isinstance(body, dict):
        return
    if isinstance(body.get("model"), str) and body["model"]:
        body["model"] = "default"
    path = case.operation.path
    if path in ASKED:
        body.setdefault(ASKED[path], 4)
    if path in ("/api/chat", "/api/generate"):
        body.setdefault("options", {})
        if isinstance(body["options"], dict):
            body["options"].setdefault("num_predict", 4)
    for part in (body, body.get("options")):
        for name in LIMITS if isinstance(part, dict) else ():
            value = part.get(name)
            is_more = isinstance(value, int) and not isinstance(value, bool) and 4 < value <= 1_000_000
            if is_more or value is None and name in part or value in (-1, -2) and name == "num_predict":
                part[name] = 4
'''


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "hooks.py").write_text(HOOKS)
        (place / "schemathesis.toml").write_text(CONFIG)
        command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{URL}/openapi.json", "--url", URL,
                   "-H", f"Authorization: Bearer {KEY}", "--phases", "examples,coverage,fuzzing",
                   "--exclude-checks", ",".join(LEFT_OUT), "--max-examples", "4", "--seed", "20261122", "--workers", "2",
                   "--continue-on-failure", "--no-shrink", "--request-timeout", "120",
                   "--report", "json", "--report-json-path", str(place / "report.json")]  # fmt: skip
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=900, check=False)
        report = json.loads((place / "report.json").read_text())
    said = done.stdout if report["failures"] or report["errors"] else ""
    print(said[-20000:], done.stderr[-2000:], file=sys.stderr)
    told = {
        "operations": report["operations"]["tested"],
        "requests": report["test_cases"]["generated"],
        "failures": report["failures"] + report["errors"],
    }
    print(json.dumps(told))


main()
