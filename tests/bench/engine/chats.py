"""W3: the next turn of a long chat, also after other chats used the server.

First with as much memory for prompts as both take by themselves. Then with chats that are larger
than the memory for prompts of either: Hearth has the disk behind it, and only for conversations of
its own window, so there it is asked as its window asks.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from measure import Others, Server

from . import networks, vocabulary
from .asking import Told, ask
from .sheet import at_most
from .stand import Stand, turns
from .conversations import Window

CHATS = 7
NEW = 60
MESSAGES = 7
MIB = 1 << 20


def history(seed: str, tokens: int) -> list[str]:
    """What was said by turns, the last of it by the person."""
    return [vocabulary.noise(f"{seed} {place}", tokens // MESSAGES) for place in range(MESSAGES)]


def messages(texts: list[str]) -> list[dict]:
    """The same for the port."""
    return [{"role": ("user", "assistant")[place % 2], "content": text} for place, text in enumerate(texts)]


@dataclass
class Chat:
    """A conversation with a server that forgets it."""

    name: str
    texts: list[str] = field(default_factory=list)
    number: int = 0

    def turn(self, server: Server) -> Told:
        told = ask(server, messages(self.texts), 8)
        self.number += 1
        self.texts += [told.text, vocabulary.noise(f"{self.name} turn {self.number}", NEW)]
        return told


def next_turns(stand: Stand) -> None:
    """Both parts; the second takes too long for the quick benchmark."""
    with_memory(stand)
    if stand.quick:
        stand.sheet.note("W3", "the part with capped caches is left out of --quick")
    else:
        without_memory(stand)


def with_memory(stand: Stand) -> None:
    """Seven chats on a context that holds two; the peer has its usual 8 GiB for the rest."""
    sheet, tokens = stand.sheet, stand.pick(4096, 1024)
    hot = sheet.row("W3", f"next turn of a chat of {tokens}, first token, ms")
    after = sheet.row("W3", f"after six other chats of {tokens}, first token, ms", at_most(1.0))
    with stand.pair(stand.shape(networks.SMALL, tokens * 2)) as pair:
        chats = {
            server.name: [Chat(f"W3 {n}", history(f"W3 {n}", tokens)) for n in range(CHATS)] for server in pair
        }
        for number in range(CHATS):
            for server in pair:
                chats[server.name][number].turn(server)
        for _ in range(3):
            for server in pair:
                timed(hot, server, chats[server.name][-1])
        for number, server in turns(pair, CHATS * stand.count(2, 1)):
            timed(after, server, chats[server.name][number % CHATS])


def timed(row, server: Server, chat: Chat) -> None:  # noqa: ANN001
    with Others() as others:
        told = chat.turn(server)
    row.add(server, told.first_s * 1000, others.load, prompt=told.prompt, cached=told.cached)


def without_memory(stand: Stand) -> None:
    """Seven chats of 450 MiB each, and what Hearth takes of the memory for both: a tenth of it, at most 2 GiB."""
    cap = min(memory() // 10, 2048 * MIB) // MIB
    sheet, tokens = stand.sheet, 4096
    row = sheet.row("W3", f"the same with both caches capped at {cap} MiB, ms", at_most(0.1))
    need = CHATS * tokens * networks.WIDE.kv_per_token // MIB
    sheet.note("W3", {"capped_at_mib": cap, "seven_chats_need_mib": need})
    shape = stand.shape(networks.WIDE, tokens * 2, cache_mib=cap)
    window = Window(stand)
    names = [window.bring(history(f"capped {n}", tokens)[:-1]) for n in range(CHATS)]
    with stand.pair(shape) as pair:
        window.open(pair[0])
        window.socket.set({"model": {"prompt_cache_mib": 2 * need}})
        chats = [Chat(f"capped {n}", history(f"capped {n}", tokens)) for n in range(CHATS)]
        for name, chat in zip(names, chats):
            window.ask(name, chat.texts[-1])
            chat.turn(pair[1])
            window.settle()
        for number, server in turns(pair, CHATS * stand.count(1, 1)):
            chat, name = chats[number % CHATS], names[number % CHATS]
            if server is pair[1]:
                timed(row, server, chat)
                continue
            with Others() as others:
                answer = window.ask(name, vocabulary.noise(f"{name} {number}", NEW))
            row.add(server, answer.first_ms, others.load, prompt=answer.prompt, cached=answer.cached)


def memory() -> int:
    """Bytes of the computer."""
    with open("/proc/meminfo", encoding="ascii") as lines:
        return int(next(lines).split()[1]) * 1024
