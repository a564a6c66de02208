"""W9 and W10: a long prompt that is given up, and other programs that want the processor too."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from measure import Others, Server

from . import networks, vocabulary
from .asking import Asking, Told, ask
from .sheet import OURS, THEIRS, Goal, own_at_most
from .stand import Stand, turns

LONG = 8192
LOOPS = 2


def given_up(stand: Stand) -> None:
    """W9: a prompt of 8 000 tokens is given up at a quarter; what does the next one wait?"""
    sheet = stand.sheet
    alone = sheet.row("W9", "first token of a short question, ms")
    after = sheet.row("W9", f"the same right after {LONG} were given up, ms")
    more = sheet.row("W9", "what it waits longer for that, ms", own_at_most(50))
    with stand.pair(stand.shape(networks.SMALL, LONG + 4096)) as pair:
        paces = {}
        for server in pair:
            told = ask(server, vocabulary.noise("pace", 1024), 1)
            paces[server.name] = told.computed / told.first_s
        for number, server in turns(pair, stand.count(5, 2)):
            with Others() as others:
                idle = ask(server, vocabulary.noise(f"alone {number}", 16), 2).first_s * 1000
                long = Asking(server, vocabulary.noise(f"W9 {number}", LONG), 1)
                reader = threading.Thread(target=long.told)
                reader.start()
                time.sleep(LONG / 4 / paces[server.name])
                long.close()
                next_one = ask(server, vocabulary.noise(f"after {number}", 16), 2).first_s * 1000
                reader.join()
            alone.add(server, idle, others.load)
            after.add(server, next_one, others.load)
            more.add(server, next_one - idle, others.load)


@contextmanager
def busy_loops() -> Iterator[None]:
    """Two programs that never rest."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(LOOPS)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def beside_busy_loops(stand: Stand) -> None:
    """W10: written beside two busy loops, with the number of threads that each server chooses itself.

    The peer falls to a fraction in some runs and not in others, so runs are compared and no medians.
    """
    tokens, limit = stand.pick(96, 48), stand.pick(60, 20)
    sheet = stand.sheet
    row = sheet.row("W10", "beside two busy loops, tok/s")
    least = sheet.row("W10", "our slowest beside the peer's fastest, tok/s", slowest(0.9, max))
    most = sheet.row("W10", "our slowest beside the peer's slowest, tok/s", slowest(5.0, min))
    with stand.pair(stand.shape(networks.SMALL, threads=0)) as pair:
        for number, server in turns(pair, stand.count(7, 3)):
            with busy_loops():
                time.sleep(1)
                with Others() as others:
                    told = within(server, vocabulary.noise(f"W10 {number}", 16), tokens, limit)
            speed = pace(told)
            row.add(server, speed, others.load, tokens=told.tokens, whole=told.finish is not None)
        mine = [it for it in sheet.rows if it["what"] == row.what]
        values = {name: [it["value"] for it in mine if it["server"] == name] for name in (OURS, THEIRS)}
        worst = max(it["others"] for it in mine)
        for derived, choose in ((least, max), (most, min)):
            derived.add(pair[0], min(values[OURS]), worst)
            derived.add(pair[1], choose(values[THEIRS]), worst)
    if min(values[THEIRS]) > max(values[THEIRS]) / 2:
        sheet.goals["W10", most.what] = None
        sheet.note("W10", "the peer did not collapse in this run, so the fivefold cannot be told")


def slowest(bound: float, choose) -> Goal:  # noqa: ANN001
    return Goal(f"ratio >= {bound:g}", lambda ours, theirs: min(ours) >= bound * choose(theirs))


def within(server: Server, prompt: str, tokens: int, seconds: float) -> Told:
    """What is written in so many seconds at most."""
    asking = Asking(server, prompt, tokens)
    timer = threading.Timer(seconds, asking.close)
    timer.start()
    told = asking.told()
    timer.cancel()
    return told


def pace(told: Told) -> float:
    """Tokens a second behind the first one; at most one token in all that time where none came."""
    if not told.times:
        return 1 / (told.end - told.begin)
    return max(told.tokens - 1, 1) / max((told.times[-1] if told.finish else told.end) - told.times[0], 1e-3)
