"""Random texts through the forms, the scan, the stream filter and the placeholders of the guardrails,
for ten minutes or as long as it is told. What must be true of each is in the example itself."""

from __future__ import annotations

import json
import subprocess

from examples import example


def measure(seconds: int) -> dict:
    """What was tried, printed. Ends the run where a text broke something: the example has said which."""
    try:
        figures = json.loads(example("fuzz", "--seconds", str(seconds)))
    except subprocess.CalledProcessError as failed:
        raise SystemExit(f"fuzz: {(failed.stdout or '').strip()}") from failed
    print(f"{figures['texts']} texts in {figures['seconds']} s from seed {figures['seed']}: nothing broke")
    return figures
