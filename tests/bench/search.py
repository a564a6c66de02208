"""Search over many messages, asked through the port as a page would ask it.

The messages are made up: words as rare as in real text (Zipf), questions of a sentence and answers
of a few paragraphs, twenty to a conversation. They are taken in through `hearth import`.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servers import home

SYLLABLES = "ka ri to mon les fa du per sin tra ve lo gi hu ban".split()
WORDS = 40_000
EACH = 20


def word(number: int) -> str:
    """A word of its own for each number, short ones first."""
    text, rest = "", number + 1
    while rest:
        rest, place = divmod(rest, len(SYLLABLES))
        text += SYLLABLES[place]
    return text


VOCABULARY = [word(number) for number in range(WORDS)]


def some_word(chance: random.Random) -> str:
    """The first words are the most frequent ones."""
    return VOCABULARY[min(int(WORDS ** chance.random()) - 1, WORDS - 1)]


def text(chance: random.Random, least: int, most: int) -> str:
    """So many words."""
    return " ".join(some_word(chance) for _ in range(chance.randint(least, most)))


def conversation(chance: random.Random, number: int) -> dict:
    """Twenty messages in a row, in Hearth's own form (src-tauri/docs/export.md)."""
    names = [str(uuid.UUID(int=chance.getrandbits(128), version=4)) for _ in range(EACH + 1)]
    at = 1_700_000_000_000 + number * 1000
    messages = [
        {
            "id": names[place],
            "parent": names[place - 1] if place else None,
            "role": "assistant" if place % 2 else "user",
            "content": text(chance, 50, 300) if place % 2 else text(chance, 5, 35),
            "status": "complete",
            "created": at + place,
        }
        for place in range(EACH)
    ]
    return {"id": names[EACH], "title": text(chance, 3, 6), "head": names[EACH - 1], "created": at,
            "updated": at + EACH, "messages": messages}  # fmt: skip


def fill(program: Path, environment: dict[str, str], folder: str, count: int) -> float:
    """Takes in so many messages; returns the seconds it took."""
    chance, begin = random.Random(3), time.monotonic()
    for start in range(0, count, 10_000):
        part = range(start // EACH, min(start + 10_000, count) // EACH)
        conversations = [conversation(chance, number) for number in part]
        file = Path(folder, "part.json")
        file.write_text(
            json.dumps({"format": "hearth", "version": 1, "exported": 0, "folders": [],
                        "conversations": conversations})  # fmt: skip
        )
        subprocess.run([program, "import", "--json", file], env=environment, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        file.unlink()
    return time.monotonic() - begin


@contextmanager
def serving(program: Path, environment: dict[str, str]) -> Iterator[str]:
    """The user interface on a port; yields the address that signs in."""
    command = [str(program), "serve", "--json", "--port", "0", "--ui"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        yield json.loads(process.stdout.readline())["ui_url"]
    finally:
        process.terminate()
        process.wait()


class Page:
    """Asks commands as a signed-in page does."""

    def __init__(self, address: str) -> None:
        self.base, token = address.split("/#token=")
        reply = self.post("/api/session", {"token": token}, {})
        self.cookie = {"cookie": reply.headers["set-cookie"].split(";")[0]}

    def post(self, path: str, body: dict, headers: dict):
        request = urllib.request.Request(
            self.base + path,
            data=json.dumps(body).encode(),
            headers={"content-type": "application/json", "origin": self.base, **headers},
        )
        return urllib.request.urlopen(request, timeout=60)

    def search(self, query: str, **filters: str) -> tuple[float, dict]:
        begin = time.perf_counter()
        with self.post("/api/rpc/search", {"query": query, **filters}, self.cookie) as reply:
            page = json.load(reply)
        return (time.perf_counter() - begin) * 1000, page

    def passages(self, text: str) -> float:
        """Milliseconds of a search in all documents."""
        begin = time.perf_counter()
        self.post("/api/rpc/passage_search", {"text": text, "k": 10}, self.cookie).read()
        return (time.perf_counter() - begin) * 1000


def questions(chance: random.Random) -> dict[str, list[str]]:
    """What people type: whole words, beginnings while they type, words that are everywhere."""
    words = lambda count: [some_word(chance) for _ in range(count)]  # noqa: E731
    return {
        "one word": [" ".join(words(1)) for _ in range(200)],
        "two words": [" ".join(words(2)) for _ in range(200)],
        "three, last begun": [" ".join(words(3))[:-2] for _ in range(200)],
        "one letter": [some_word(chance)[:1] for _ in range(50)],
        "three letters": [some_word(chance)[:3] for _ in range(100)],
        "most frequent": VOCABULARY[:20],
    }


def measure(program: Path, count: int) -> dict:
    """Milliseconds of each kind of question over so many messages."""
    with tempfile.TemporaryDirectory(prefix="hearth-search-") as folder:
        environment = home(folder)
        seconds = fill(program, environment, folder, count)
        size = sum(file.stat().st_size for file in Path(folder).rglob("hearth.db*"))
        with serving(program, environment) as address:
            page, chance = Page(address), random.Random(5)
            page.search(VOCABULARY[0])
            rows = []
            for kind, asked in questions(chance).items():
                times = sorted(page.search(query)[0] for query in asked)
                rows.append({"kind": kind, "p50": statistics.median(times),
                             "p95": times[len(times) * 95 // 100], "max": times[-1]})  # fmt: skip
    return {"messages": count, "import_s": seconds, "size": size, "rows": rows}


def show(figures: dict) -> None:
    """Prints the figures for people."""
    print(f"search over {figures['messages']} messages, {figures['size'] / 1e6:.0f} MB on disk, "
          f"taken in {figures['import_s']:.0f} s")  # fmt: skip
    print(f"{'':<20}{'p50 ms':>8}{'p95 ms':>8}{'max ms':>8}")
    for row in figures["rows"]:
        print(f"{row['kind']:<20}{row['p50']:>8.1f}{row['p95']:>8.1f}{row['max']:>8.1f}")
