"""W7: everything is closed and started again, and a long conversation goes on."""

from __future__ import annotations

import time

import servers
from measure import Others

from . import networks, vocabulary
from .asking import ask
from .chats import history, messages
from .sheet import at_most
from .stand import Stand
from .conversations import Window

NEW = 20
TYPING_S = 2.0


def reopened(stand: Stand) -> None:
    """Asked as soon as it is ready, and after somebody opened the conversation and typed for two seconds."""
    sheet, tokens = stand.sheet, stand.pick(4096, 2048)
    row = sheet.row("W7", f"restart, a chat of {tokens}, sent at once, first token, ms", at_most(0.1, own=300))
    typed = sheet.row("W7", "the same, opened and typed for two seconds, ms")
    shape, texts = stand.shape(networks.SMALL), history("W7", tokens)
    window = Window(stand)
    name = window.bring(texts[:-1])
    with stand.hearth(shape) as (ours, _):
        window.open(ours)
        read = window.ask(name, texts[-1])
        window.settle()
    sheet.note("W7", {"bytes_on_disk": window.kept, "read_at_first_ms": read.first_ms, "tokens": read.prompt})
    for number in range(stand.count(5, 2)):
        question = vocabulary.noise(f"W7 {number}", NEW)
        for kind in (row, typed):
            with Others() as others, stand.hearth(shape) as (ours, _):
                window.open(ours)
                if kind is typed:
                    window.come_to(name)
                    time.sleep(TYPING_S)
                answer = window.ask(name, question)
            kind.add(ours, answer.first_ms, others.load, prompt=answer.prompt, cached=answer.cached)
        asked = messages([*texts, vocabulary.noise("W7 said", 8), question])
        with Others() as others, servers.peer(shape) as (theirs, _):
            told = ask(theirs, asked, 8)
        for kind in (row, typed):
            kind.add(theirs, told.first_s * 1000, others.load, prompt=told.prompt, cached=told.cached)
