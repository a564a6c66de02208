"""The guardrails on labelled rows: the scorer's table for each kind, cross-validated where something
is trained, and how long a text of 4 KB takes. The rows stay in the folder they are in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import grounding
import servers
from examples import example

CRATE = servers.ROOT / "src-tauri" / "crates" / "guard"
KINDS = ("injection", "pii", "secrets", "toxicity", "output")
TRAINED = ("injection", "toxicity")
SIZE = 4096
TEXTS = 400


def scan(program: Path, kind: str, rows: Path, to: Path, *options: str) -> None:
    """`hearth scan` on a file of rows."""
    command = [program, "scan", "--kind", kind, "--jsonl", rows, "--predictions", to, *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def score(data: Path, predictions: Path, rows: Path, title: str) -> dict:
    """Prints the scorer's table and returns it."""
    figures = predictions.with_suffix(".figures")
    print(f"\n#### {title}", flush=True)
    subprocess.run([sys.executable, data / "score.py", "--pred", predictions, "--gold", rows,
                    "--json", figures], check=True)  # fmt: skip
    return json.loads(figures.read_text())


def folds(kind: str, rows: Path, own: Path, to: Path) -> None:
    """What each row gets from a head that has not seen its group."""
    example("train", kind, rows, own / f"own-{kind}.jsonl", "--folds", to)


def texts_of_4_kb(data: Path, to: Path) -> None:
    """Texts of one size, put together from the rows of all kinds."""
    words = []
    for path in sorted(data.glob("dev-*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            words.append(json.loads(line)["text"])
    whole = "\n\n".join(words[at] for at in sorted(range(len(words)), key=lambda it: it * 7919 % 10007))
    pieces = [whole[at : at + SIZE] for at in range(0, len(whole), SIZE)][:TEXTS]
    with to.open("w", encoding="utf-8") as file:
        for number, text in enumerate(pieces):
            file.write(json.dumps({"id": str(number), "text": text}) + "\n")


def quantiles(name: str, taken: list[int]) -> dict:
    """The middle and the slow end of microseconds, printed."""
    taken = sorted(taken)
    figures = {"p50": taken[len(taken) // 2], "p99": taken[len(taken) * 99 // 100]}
    print(f"4 KB, {name}: p50 {figures['p50'] / 1000:.2f} ms, p99 {figures['p99'] / 1000:.2f} ms")
    return figures


def latency(program: Path, data: Path, folder: Path) -> dict:
    """Microseconds a text of 4 KB, without and with the heads: the four kinds at once, as the program
    scans, and as the sum of four scans, each of which makes the forms of the text again. The sum and
    the first times include what is compiled when it is first needed."""
    rows = folder / "4kb.jsonl"
    texts_of_4_kb(data, rows)
    figures = {}
    for name, options in (("rules", ["--rules-only"]), ("with heads", [])):
        at_once = [json.loads(line) for line in example("latency", rows, *options).splitlines()]
        figures[f"{name}, at once"] = quantiles(f"{name}, at once", [it["us"] for it in at_once])
        first = [it["first"] for it in at_once]
        figures[f"{name}, at once, first"] = quantiles(f"{name}, at once, the first time", first)
        total: dict[str, int] = {}
        for kind in KINDS[:4]:
            scan(program, kind, rows, folder / "4kb.out", *options)
            for line in (folder / "4kb.out").read_text().splitlines():
                row = json.loads(line)
                total[row["id"]] = total.get(row["id"], 0) + row["us"]
        figures[name] = quantiles(f"{name}, sum of four scans", list(total.values()))
    return figures


def measure(program: Path, data: Path) -> dict:
    """Every table; the latency last."""
    report: dict = {}
    questions = data.parent / "rag" / "squad_train_sample"
    if questions.is_dir():
        report["grounding"] = grounding.measure(questions)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([sys.executable, "-B", CRATE / "training" / "exemplars.py", folder],
                       check=True)  # fmt: skip
        for kind in KINDS:
            rows, to = data / f"dev-{kind}.jsonl", folder / f"{kind}.jsonl"
            if kind == "output":
                for pieces in ("whole", "chars", "1"):
                    scan(program, kind, rows, to, "--pieces", pieces)
                    report[f"output {pieces}"] = score(data, to, rows, f"output, {pieces}")
                continue
            if kind in TRAINED:
                folds(kind, rows, folder, to)
                report[kind] = score(data, to, rows, f"{kind}, cross-validated in groups")
                scan(program, kind, rows, to, "--rules-only")
                report[f"{kind} rules"] = score(data, to, rows, f"{kind}, rules alone")
            else:
                scan(program, kind, rows, to)
                report[kind] = score(data, to, rows, kind)
        report["latency"] = latency(program, data, folder)
    report["load_after"] = os.getloadavg()
    return report
