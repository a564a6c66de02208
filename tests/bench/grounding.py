"""Whether the grounding score tells answers that follow from a passage from answers that do not: the
area under the curve on questions with their paragraphs, with answers swapped between questions. A
statement is made of each question in a fixed way; nothing is written by a model. The rows stay in the
folder they are in."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path

from examples import example

ENDS = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"(\[])")
# So many questions on is another one; a prime, so that no two meet twice.
STEP = 101
REQUIRED = 0.85


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def questions(folder: Path) -> list[dict]:
    """Each question with its answer, its paragraph, the title above, and the sentence that answers."""
    passages = {row["id"]: row for row in lines(folder / "corpus.jsonl")}
    pairs = (line.split("\t") for line in (folder / "qrels.tsv").read_text().splitlines()[1:])
    place = {question: passages[passage] for question, passage, _ in pairs}
    found = []
    for row in lines(folder / "queries.jsonl"):
        passage, answer = place[row["id"]], row["answers"][0]
        sentences = [it for it in ENDS.split(passage["text"]) if answer in it]
        if sentences:
            found.append({"ask": row["text"].rstrip(" ?"), "answer": answer, "sentence": sentences[0],
                          "passage": passage["text"], "title": passage["title"]})  # fmt: skip
    return found


def other(rows: list[dict], number: int, same_title: bool) -> dict | None:
    """The question whose answer this one is given instead: of another paragraph, in which it stands
    and in this one it does not."""
    row = rows[number]
    for step in range(1, len(rows)):
        it = rows[(number + (step if same_title else STEP * step)) % len(rows)]
        same = it["title"] == row["title"]
        if same == same_title and it["answer"].lower() not in row["passage"].lower():
            return it
    return None


def auc(true: list[float], false: list[float]) -> float:
    """How often a true pair has the higher score; equal ones count half."""
    wins = sum((it > no) + (it == no) / 2 for it in true for no in false)
    return wins / (len(true) * len(false))


def cases(rows: list[dict]) -> list[tuple[str, str, bool, str, str]]:
    """What is said, swapped with what, whether it is true, the answer, the passage."""
    said = {
        "statement": lambda asked, given: f"{asked['ask']}: {given['answer']}.",
        "answer": lambda asked, given: f"{given['answer']}.",
        "sentence": lambda asked, given: given["sentence"],
    }
    found = []
    for number, row in enumerate(rows):
        for swap in ("the same article", "other articles"):
            wrong = other(rows, number, swap == "the same article")
            if wrong is None:
                continue
            for form, say in said.items():
                for given in (row, wrong):
                    found.append((form, swap, given is row, say(row, given), row["passage"]))
    return found


def measure(folder: Path) -> dict:
    """The table: an area for each form of an answer and each kind of swap."""
    all_cases = cases(questions(folder))
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "cases.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for number, (_, _, _, answer, passage) in enumerate(all_cases):
                file.write(json.dumps({"id": str(number), "answer": answer, "passage": passage}) + "\n")
        printed = [json.loads(line) for line in example("grounding", path).splitlines()]
    scores = {int(row["id"]): row["score"] for row in printed}
    groups: dict = {}
    for number, (form, swap, true, _, _) in enumerate(all_cases):
        groups.setdefault((form, swap), {True: [], False: []})[true].append(scores[number])
    return table(groups)


def table(groups: dict) -> dict:
    """Prints the areas, with the share of each side below the score at which the windows warn."""
    print(f"\n#### grounding, answers swapped between questions (required: {REQUIRED})", flush=True)
    figures = {}
    for (form, swap), sides in groups.items():
        area = auc(sides[True], sides[False])
        warned = {true: sum(it < 0.3 for it in side) / len(side) for true, side in sides.items()}
        figures[f"{form}, {swap}"] = {"auc": area, "pairs": len(sides[True]),
                                      "true_warned": warned[True], "false_warned": warned[False]}  # fmt: skip
        print(f"{form:<10} {swap:<17} AUC {area:.3f}  {len(sides[True])} pairs, warned of: "
              f"true {warned[True]:.1%}, swapped {warned[False]:.1%}", flush=True)  # fmt: skip
    return figures
