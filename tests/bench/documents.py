"""Documents on labelled files: the text that `hearth extract` gives against references, file by file, and
what became of the awkward ones. The files stay in the folder they are in (`--data`)."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import retrieval

KINDS = ("pdf", "docx", "html")
# What a file of the manifests is expected to end as.
EXPECTED = {
    "text": {"text"},
    "report-password": {"password"},
    "report-no-text": {"no-text"},
    "report-empty": {"no-text"},
    "report-broken": {"broken"},
    "refuse-or-cap": {"too-big"},
    "sniff": {"text"},
    "injection": {"text"},
    "no-crash": {"text", "no-text", "password", "broken", "too-big", "unsupported"},
}
# What must stand in the text of the awkward files, and what must not.
WORDS = {"utf16.txt": "Straßen", "latin2.txt": "kůň", "bad_bytes.md": "cormorán"}
HIDDEN = {"hidden_note.html": "HACKED"}


def extract(program: Path, files: list[Path], to: Path) -> list[dict]:
    """`hearth extract` on files: a line each."""
    command = [program, "extract", *files, "--out", to, "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def unpacked(folder: Path, to: Path) -> list[Path]:
    """The files of a folder; packed ones without their packing."""
    to.mkdir(parents=True)
    for path in sorted(folder.iterdir()):
        if path.suffix == ".gz":
            (to / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
        else:
            shutil.copyfile(path, to / path.name)
    return sorted(to.iterdir())


def score(data: Path, kind: str, texts: Path) -> dict[str, dict]:
    """The scorer's figures by file, with the mean under MEAN."""
    named = {it.stem for it in (data / f"{kind}_ref").iterdir()}
    for text in sorted(texts.iterdir()):
        # Some references have the name of the file, others that without its ending.
        bare = Path(text.stem).stem
        if text.stem not in named and bare in named:
            shutil.copyfile(text, texts / f"{bare}.txt")
    command = [sys.executable, data / "score.py", "text", data / f"{kind}_ref", texts]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures = {}
    for line in done.stdout.splitlines():
        name, rest = line.split(" ", 1)
        figures[name] = json.loads(re.sub(r"^\d+ ", "", rest))
    return figures


def expectations(data: Path, kind: str) -> dict[str, str]:
    """What the manifest of a kind expects of each file."""
    folder = data / kind / "manifest.tsv"
    path = folder if folder.exists() else data / f"{kind}_manifest.tsv"
    if not path.exists():
        return {}
    head, *rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    at = head.index("expect")
    return {row[0]: row[at] for row in rows}


def judge(line: dict, expected: str, text: str) -> str:
    """Empty where a file ended as it should; else what is wrong."""
    name = Path(line["path"]).name
    if line["status"] not in EXPECTED[expected]:
        return f"{expected} expected, {line['status']} reported"
    if WORDS.get(name, "") not in text:
        return f"{WORDS[name]} is not in its text"
    if name in HIDDEN and HIDDEN[name] in text:
        return "hidden text is in its text"
    return ""


def readers(program: Path, data: Path, folder: Path) -> dict:
    """Word F1 of each kind, and what each awkward file ended as."""
    report: dict = {}
    for kind in (*KINDS, "adversarial_sample"):
        files = [it for it in unpacked(data / kind, folder / kind) if it.name != "manifest.tsv"]
        texts = folder / f"{kind}.text"
        begun = time.monotonic()
        lines = extract(program, files, texts)
        seconds = time.monotonic() - begun
        figures = score(data, kind, texts) if kind in KINDS else {}
        wrong = {}
        print(f"\n#### {kind}: {len(files)} files, {seconds:.1f} s")
        print(f"{'':<62}{'F1':>7}{'recall':>8}{'prec.':>7}{'order':>7}  status")
        for line in lines:
            name = Path(line["path"]).name
            place = texts / f"{name}.txt"
            text = place.read_text(encoding="utf-8") if place.exists() else ""
            expected = expectations(data, kind).get(name)
            fault = judge(line, expected, text) if expected else ""
            if fault:
                wrong[name] = fault
            figure = figures.get(name, figures.get(Path(name).stem))
            show(name, figure, f"{line['status']} {line.get('code', '')} {fault}")
        if figures:
            show("MEAN", figures["MEAN"], "")
        if len(lines) != len(files):
            wrong["files without a line"] = len(files) - len(lines)
        report[kind] = {"files": figures, "lines": lines, "wrong": wrong, "seconds": seconds}
        print(f"not as expected: {wrong or 'none'}")
    return report


def show(name: str, figures: dict | None, rest: str) -> None:
    """A row of the table."""
    keys = ("f1", "recall", "precision", "order")
    columns = "".join(f"{figures[key]:>7.3f}" + (" " if key == "f1" else "") for key in keys) \
        if figures else " " * 29  # fmt: skip
    print(f"{name[:60]:<62}{columns}  {rest}".rstrip())


def measure(program: Path, data: Path) -> dict:
    """Every table."""
    with tempfile.TemporaryDirectory() as name:
        report = {"readers": readers(program, data, Path(name))}
        report["retrieval"] = retrieval.measure(program, data, Path(name))
    report["load_after"] = os.getloadavg()
    return report
