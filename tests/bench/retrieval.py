"""Retrieval on labelled questions, through `hearth ingest` and `hearth search` as a person would ask:
ranking, passages that hold the answer, and what is refused. Beside each figure stands what
DOCUMENTS.md requires of larger sets of the same kind."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from servers import home

# The share of questions with an answer that the threshold keeps, as it was calibrated.
KEPT = 0.95
BUDGETS = (1500, 6000)


def rows(path: Path) -> list[dict]:
    """The objects of a file of lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def write_rows(path: Path, objects: list[dict]) -> Path:
    """The opposite of `rows`."""
    path.write_text("".join(json.dumps(one) + "\n" for one in objects), encoding="utf-8")
    return path


class Library:
    """A data folder of its own, with the program that works on it."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program = program
        self.environment = home(str(folder))

    def call(self, *arguments: object) -> dict:
        """One command; its JSON."""
        command = [str(self.program), *map(str, arguments), "--json"]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        if done.returncode not in (0, 4):
            raise RuntimeError(f"{command[1]} ended with {done.returncode}: {done.stderr[-500:]}")
        lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
        return json.loads(lines[-1]) if lines else {}

    def ingest(self, collection: str, *paths: Path) -> dict:
        """Waits until the paths are searchable."""
        return self.call("ingest", "--collection", collection, *paths)

    def search(self, collections: list[str], queries: Path, k: int, form: str, to: Path) -> Path:
        """Asks many questions; the answers in one of the scorer's forms."""
        named = [part for name in collections for part in ("--collection", name)]
        self.call("search", *named, "--queries", queries, "--k", k, f"--{form}", to)
        return to


def scored(data: Path, *arguments: object) -> dict:
    """What the scorer prints."""
    command = [sys.executable, data / "score.py", *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def ranking(library: Library, data: Path, name: str, folder: Path) -> dict:
    """Documents ranked for each question of a set."""
    made = library.ingest(name, data / name / "corpus.jsonl")
    run = library.search([name], data / name / "queries.jsonl", 100, "run", folder / f"{name}.tsv")
    return {**scored(data, "run", data / name, run), "ingested": made}


def held(questions: list[dict], answers: dict[str, list[dict]], budget: int) -> float:
    """The share of the answers' characters that stand in the first so many characters found."""
    found = total = 0
    for question in questions:
        left, parts = budget, []
        for part in answers.get(question["id"], []):
            if left <= 0:
                break
            end = min(part["end"], part["start"] + left)
            parts.append((part["doc"], part["start"], end))
            left -= end - part["start"]
        for wanted in question["references"]:
            places = set()
            for document, start, end in parts:
                if document == question["doc"]:
                    places.update(range(max(start, wanted["start"]), min(end, wanted["end"])))
            found += len(places)
            total += wanted["end"] - wanted["start"]
    return found / total


def passages(library: Library, data: Path, folder: Path) -> dict:
    """Whether what an answer would read holds the sentence that answers."""
    kind = data / "chunking_sample"
    made = library.ingest("chunking", kind / "docs")
    to = library.search(["chunking"], kind / "questions.jsonl", 12, "chunks", folder / "chunks.jsonl")
    answers = {row["id"]: row["chunks"] for row in rows(to)}
    questions = rows(kind / "questions.jsonl")
    return {**{str(budget): held(questions, answers, budget) for budget in BUDGETS}, "ingested": made}


def refusal(library: Library, data: Path, folder: Path) -> dict:
    """Questions of one article, asked of all articles and of all the others."""
    kind = data / "squad_train_sample"
    by_title: dict[str, list[dict]] = defaultdict(list)
    for row in rows(kind / "corpus.jsonl"):
        by_title[row["title"]].append(row)
    names = {title: f"article {number}" for number, title in enumerate(sorted(by_title))}
    for title, name in names.items():
        library.ingest(name, write_rows(folder / f"{name}.jsonl", by_title[title]))
    right = dict(line.split("\t")[:2] for line in (kind / "qrels.tsv").read_text().splitlines()[1:])
    title_of = {row["id"]: title for title, of in by_title.items() for row in of}
    with_answer, without, kept, refused = [], [], 0, 0
    everything = list(names.values())
    asked = rows(kind / "queries.jsonl")
    for title, name in names.items():
        own = [row for row in asked if title_of[right[row["id"]]] == title]
        queries = write_rows(folder / "asked.jsonl", own)
        for collections, into in ((everything, with_answer), ([n for n in everything if n != name], without)):
            to = library.search(collections, queries, 5, "answerable", folder / "answerable.jsonl")
            answers = rows(to)
            into += [row["confidence"] for row in answers]
            count = sum(row["answerable"] for row in answers)
            kept, refused = (kept + count, refused) if into is with_answer else (kept, refused + len(answers) - count)
    better = sum((a > b) + 0.5 * (a == b) for a in with_answer for b in without)
    threshold = sorted(with_answer)[int(len(with_answer) * (1 - KEPT))]
    return {"auc": better / (len(with_answer) * len(without)),
            "refused at 95 % kept": sum(b < threshold for b in without) / len(without),
            "kept as shipped": kept / len(with_answer), "refused as shipped": refused / len(without)}  # fmt: skip


def measure(program: Path, data: Path, folder: Path) -> dict:
    """Every table; prints it."""
    (folder / "home").mkdir()
    library = Library(program, folder / "home")
    report = {name: ranking(library, data, name, folder) for name in ("squad_train_sample", "docs_qa")}
    report["passages"] = passages(library, data, folder)
    report["refusal"] = refusal(library, data, folder)
    wiki, docs = report["squad_train_sample"], report["docs_qa"]
    print("\n#### retrieval (the required figures are those of larger sets)")
    print(f"{'':<52}{'here':>20}  required")
    for name, here, required in (
        ("Wikipedia paragraphs R@1 / R@5 / nDCG@10", (wiki["recall@1"], wiki["recall@5"], wiki["ndcg@10"]), "81 / 95 / 89.5"),
        ("product documentation hit@5 / nDCG@10", (docs["hit@5"], docs["ndcg@10"]), "-"),
        ("answer within 1,500 / 6,000 characters", tuple(report["passages"][str(b)] for b in BUDGETS), "73 / 93"),
        ("refusal AUC; refused at 95 % kept", (report["refusal"]["auc"], report["refusal"]["refused at 95 % kept"]), "96.5; 85"),
        ("kept / refused with the threshold that ships", (report["refusal"]["kept as shipped"], report["refusal"]["refused as shipped"]), "95 / 85"),
    ):  # fmt: skip
        print(f"{name:<52}{' / '.join(f'{100 * value:.1f}' for value in here):>20}  {required}")
    return report
