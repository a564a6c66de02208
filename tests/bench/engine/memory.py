"""W11: memory and the time to load, one server at a time: pages that both share would count half."""

from __future__ import annotations

import time
from pathlib import Path

import servers
from measure import Others, Server, family, pss

from . import networks, vocabulary
from .asking import ask
from .sheet import at_most
from .stand import Stand

SETTLE_S = 3.0
ENERGY = Path("/sys/class/powercap/intel-rapl:0/energy_uj")
MIB = 1 << 20


def taken(server: Server) -> float:
    """MiB of a server and all that it started, once it is at rest; without the peer's Python."""
    time.sleep(SETTLE_S)
    return (sum(map(pss, family(server.pid))) - server.base) / MIB


def memory(stand: Stand) -> None:
    """From the start over one long chat to eight."""
    sheet, shape = stand.sheet, stand.shape(networks.SMALL)
    long, each = stand.pick(4096, 2048), stand.pick(1024, 256)
    ready = sheet.row("W11", "start to ready, s", at_most(1.0))
    idle = sheet.row("W11", "memory, loaded, MiB (PSS)", at_most(1.0))
    one = sheet.row("W11", f"memory, one chat of {long}, MiB", at_most(1.0))
    eight = sheet.row("W11", f"memory, and eight of {each}, MiB", at_most(1.0))
    starts = (lambda: stand.hearth(shape), lambda: servers.peer(shape))
    with stand.hearth(shape), servers.peer(shape):
        pass  # The file is in the system's memory from here on.
    for number in range(stand.count(3, 1)):
        for start in starts if number % 2 == 0 else starts[::-1]:
            for last in (False, False, True):
                with Others() as others, start() as (server, seconds):
                    if last:
                        with_chats(server, (idle, one, eight), number, (long, each))
                ready.add(server, seconds, others.load)
    if can_read(ENERGY):
        energy(stand)
    else:
        sheet.note("W11", "energy: this computer lets nobody read it")


def with_chats(server: Server, rows: tuple, number: int, sizes: tuple[int, int]) -> None:
    idle, one, eight = rows
    idle.add(server, taken(server), 0.0)
    ask(server, vocabulary.noise(f"W11 {number}", sizes[0]), 8)
    one.add(server, taken(server), 0.0)
    for chat in range(8):
        ask(server, vocabulary.noise(f"W11 {number} {chat}", sizes[1]), 8)
    eight.add(server, taken(server), 0.0)


def can_read(file: Path) -> bool:
    try:
        return bool(file.read_text())
    except OSError:
        return False


def energy(stand: Stand) -> None:
    """Of the whole processor, for 128 tokens."""
    row = stand.sheet.row("W11", "energy, J a token")
    with stand.pair(stand.shape(networks.SMALL)) as pair:
        for server in pair:
            before = int(ENERGY.read_text())
            with Others() as others:
                told = ask(server, vocabulary.noise("energy", 16), 128)
            row.add(server, (int(ENERGY.read_text()) - before) / 1e6 / told.tokens, others.load)
