"""Runs the examples of the guardrails: what is measured by them is not in the programs."""

from __future__ import annotations

import subprocess

import servers


def example(name: str, *arguments: object) -> str:
    """What an example of the crate prints. Compiled in a folder of its own: one crate alone is
    compiled with other features than the whole."""
    command = ["cargo", "run", "--release", "--locked", "--package", "hearth-guard",
               "--target-dir", servers.ROOT / "target" / "guard", "--example", name, "--",
               *arguments]  # fmt: skip
    return subprocess.run(command, check=True, cwd=servers.ROOT, stdout=subprocess.PIPE, text=True).stdout
