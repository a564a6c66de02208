"""Rows of our own that the heads are trained on, beside the rows of the data's folder: sentences put
together from parts written for this project. `exemplars.py FOLDER` writes `own-injection.jsonl` and
`own-toxicity.jsonl`; the same parts give the same rows.

The texts are attacks and insults, made to be recognised.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import abuse
import attacks


def rows(parts: dict[str, list[str]], positive: str, negative: str) -> list[dict]:
    """The texts with their labels, each once, in a fixed order."""
    found = {text: positive for text in parts["positive"]}
    found.update({text: negative for text in parts["negative"] if text not in found})
    return [{"text": text, "label": label} for text, label in sorted(found.items())]


def write(folder: Path, name: str, lines: list[dict]) -> None:
    """One row a line."""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (folder / name).write_text(text, encoding="utf-8")


def main() -> None:
    """Writes both files."""
    folder = Path(sys.argv[1])
    write(folder, "own-injection.jsonl",
          rows(attacks.parts(random.Random(7)), "injection", "benign"))  # fmt: skip
    write(folder, "own-toxicity.jsonl", rows(abuse.parts(random.Random(7)), "toxic", "clean"))


if __name__ == "__main__":
    main()
