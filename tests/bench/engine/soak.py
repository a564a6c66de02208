"""What many requests leave behind, and whether those that are broken off disturb others. Hearth alone."""

from __future__ import annotations

import http.client
import itertools
import json
import random
import threading
import time
import urllib.parse
from collections.abc import Callable

from measure import Others, Server, family, pss

from .asking import Asking, Refused, ask
from .forms import FORM
from .sheet import own_at_most
from .stand import Stand

CLIENTS = 4
FIFTHS = 5
SETTLE_S = 5.0
MIB = 1 << 20
TOPICS = ("rivers", "clocks", "bread", "the moon", "bridges", "salt", "maps", "horses", "glass", "rain",
          "paper", "ships", "bees", "stone", "wool", "fire", "mirrors", "wheels", "towers", "ink")  # fmt: skip
FACTS = "The keeper counted the waves, wrote the number down, and lit the lamp again. "
# Longer than the context: refused, and nothing else.
TOO_LONG = FACTS * 1200
TOOL = {"type": "function", "function": {"name": "look", "parameters": {
    "type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]}}}  # fmt: skip


def soak(stand: Stand) -> None:
    """Both rows."""
    with stand.hearth(stand.shape(None)) as (server, _):
        mixed(stand, server)
        broken_off(stand, server)


def mixed(stand: Stand, server: Server) -> None:
    """Requests of every kind from four clients; questions come again, so what is kept of them has its
    size after the first fifth."""
    count = stand.pick(5000, 300)
    row = stand.sheet.row("soak", f"{count} mixed requests, memory over that after a fifth", own_at_most(1.02))
    sizes, kinds = [], {}
    with Others() as others:
        for part in range(FIFTHS):
            numbers = iter(range(part * count // FIFTHS, (part + 1) * count // FIFTHS))
            work(lambda numbers=numbers: one_by_one(numbers, lambda number: mixture(server, number, kinds)))
            time.sleep(SETTLE_S)
            sizes.append(sum(map(pss, family(server.pid))) / MIB)
    row.add(server, sizes[-1] / sizes[0], others.load, mib=sizes, kinds=kinds)
    stand.sheet.note("soak", f"MiB after each fifth: {', '.join(f'{size:.1f}' for size in sizes)}; {kinds}")


def work(client: Callable[[], None]) -> None:
    """The same client several times, side by side."""
    failures: list[BaseException] = []

    def guarded() -> None:
        try:
            client()
        except BaseException as error:  # noqa: BLE001: told below
            failures.append(error)

    threads = [threading.Thread(target=guarded) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


LOCK = threading.Lock()


def one_by_one(numbers, each: Callable[[int], None]) -> None:  # noqa: ANN001
    """Takes the next number as long as there is one."""
    while True:
        with LOCK:
            number = next(numbers, None)
        if number is None:
            return
        each(number)


def mixture(server: Server, number: int, kinds: dict[str, int]) -> None:
    """One request of a kind that its number decides."""
    chance = random.Random(number)
    text = f"Tell me something about {chance.choice(TOPICS)}."
    kind, fields = chance.choice([
        ("stream", {}), ("stream", {"stop": ["."]}), ("whole", {"stream": False}),
        ("sampled", {"temperature": 0.8, "seed": number}), ("logprobs", {"logprobs": True, "top_logprobs": 3}),
        ("schema", {"response_format": FORM}), ("tool", {"tools": [TOOL], "tool_choice": "required"}),
        ("long", {}), ("given up", {}), ("refused", {}), ("too long", {}), ("models", {}),
    ])  # fmt: skip
    with LOCK:
        kinds[kind] = kinds.get(kind, 0) + 1
    if kind == "given up":
        give_up(server, FACTS * 20 + text, chance.random())
    elif kind == "refused":
        must_refuse(server, text, temperature=9)
    elif kind == "too long":
        must_refuse(server, TOO_LONG)
    elif kind == "models":
        models(server)
    elif kind == "tool":
        Asking(server, text, 16, **fields).told()
    else:
        ask(server, FACTS * 20 + text if kind == "long" else text, 16, **fields)


def give_up(server: Server, text: str, seconds: float) -> None:
    """Goes away after a while, whatever was said by then."""
    asking = Asking(server, text, 64)
    timer = threading.Timer(seconds, asking.close)
    timer.start()
    asking.told()
    timer.cancel()


def must_refuse(server: Server, text: str, **fields: object) -> None:
    try:
        ask(server, text, 4, **fields)
    except Refused as refusal:
        # What is found only once the prompt was counted comes as the first piece of the stream.
        if "status 400" in str(refusal) or "context_length_exceeded" in str(refusal):
            return
        raise
    raise Refused("hearth took what it must refuse")


def models(server: Server) -> None:
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(server.url).netloc, timeout=60)
    connection.request("GET", "/v1/models", headers={"authorization": f"Bearer {server.key}"})
    json.load(connection.getresponse())
    connection.close()


def broken_off(stand: Stand, server: Server) -> None:
    """Random requests are broken off at random moments beside others, whose answers must stay what they are.

    Steps of another width round differently, so an answer may have more than one right form: all that
    were seen beside others when nothing was broken off.
    """
    cancels = stand.pick(500, 30)
    row = stand.sheet.row("soak", f"{cancels} cancels, other answers that changed", own_at_most(0))
    right: dict[str, set[str]] = {topic: set() for topic in TOPICS}

    def learn(number: int) -> None:
        topic = TOPICS[number % len(TOPICS)]
        right[topic].add(answer(server, topic))

    undisturbed = iter(range(stand.pick(12, 6) * len(TOPICS)))
    work(lambda: one_by_one(undisturbed, learn))
    left, wrong, seen = iter(range(cancels)), [], itertools.count()

    def disturb(number: int) -> None:
        chance = random.Random(number)
        give_up(server, FACTS * chance.randint(1, 40) + str(number), chance.random() * 1.5)

    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            topic = TOPICS[next(seen) % len(TOPICS)]
            if (said := answer(server, topic)) not in right[topic]:
                wrong.append((topic, said))

    watchers = [threading.Thread(target=watch) for _ in range(2)]
    with Others() as others:
        for watcher in watchers:
            watcher.start()
        work(lambda: one_by_one(left, disturb))
        done.set()
        for watcher in watchers:
            watcher.join()
    row.add(server, len(wrong), others.load, answers=next(seen), wrong=wrong)


def answer(server: Server, topic: str) -> str:
    return ask(server, f"Tell me something about {topic}.", 24).text
