"""W8: a text is written again with few changes, so most of it can be guessed from the prompt."""

from __future__ import annotations

import random
from dataclasses import replace

import servers
from measure import Others

from . import networks, vocabulary
from .asking import Refused, ask
from .sheet import at_least
from .stand import Stand, turns

WORDS = 1000
CHANGES = (0, 5, 20)


def edited(percent: int) -> str:
    """The text that the model is about to write, with so many of its words others."""
    words, chance = vocabulary.written(0, WORDS), random.Random(percent)
    for place in chance.sample(range(WORDS), WORDS * percent // 100):
        words[place] = vocabulary.word(chance.randrange(50_000, vocabulary.WORDS))
    return vocabulary.text(words)


def guessing(stand: Stand) -> None:
    """Beside the peer as it is, and beside the peer with its own guessing switched on."""
    tokens = stand.pick(960, 256)
    rows = {
        percent: stand.sheet.row("W8", f"text of {WORDS} again, {percent} % changed, tok/s",
                                 at_least(2.0) if percent == 5 else None)
        for percent in CHANGES
    }  # fmt: skip
    shape = stand.shape(networks.SMALL)
    with stand.pair(shape) as pair:
        for _, server in turns(pair, stand.count(3, 1)):
            for percent, row in rows.items():
                one(row, server, percent, tokens)
    for _ in range(stand.count(3, 1)):
        for percent in CHANGES:
            row = stand.sheet.row("W8", f"the peer with its own guessing, {percent} % changed, tok/s")
            # It guesses from other requests as well, and each text is nearly the one before.
            with servers.peer(replace(shape, guess=True)) as (theirs, _):
                one(row, theirs, percent, tokens)


def one(row, server, percent: int, tokens: int) -> None:  # noqa: ANN001
    with Others() as others:
        told = ask(server, edited(percent), tokens)
    if told.text.split() != vocabulary.written(0, tokens):
        raise Refused(f"{server.name} wrote another text than its model has")
    row.add(server, told.decode, others.load, tokens=told.tokens)
