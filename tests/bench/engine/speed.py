"""W1 and W2: one reader, one answer. How fast it is written and read, and how soon it begins."""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path

import servers
from measure import Others

from . import networks, vocabulary
from .asking import ask
from .sheet import at_least, at_most
from .stand import Stand, same_prompts, turns

DEPTH = 4096
LONG = 2048


def decode_and_prefill(stand: Stand) -> None:
    """W1: 128 tokens written behind a short prompt, 512 and 2 048 read, 64 written behind 4 096."""
    one_network(stand, networks.SMALL, deep=True)
    for net in (networks.SMALL_Q8, networks.BILLION):
        one_network(stand, net, deep=False)


def one_network(stand: Stand, net: networks.Network, deep: bool) -> None:
    sheet, written = stand.sheet, stand.pick(128, 64)
    with stand.pair(stand.shape(net)) as pair:
        decode = sheet.row("W1", f"write {written}, {net.name}, tok/s", at_least(0.97))
        prefill = sheet.row("W1", f"read 512, {net.name}, tok/s", at_least(0.97))
        for number, server in turns(pair, stand.count(5, 2)):
            with Others() as others:
                told = ask(server, vocabulary.noise(f"write {net.name} {number}", 32), written)
            decode.add(server, told.decode, others.load, tokens=told.tokens)
            read(prefill, server, f"read {net.name} {number}", 512)
        if deep:
            far = sheet.row("W1", f"read {LONG}, {net.name}, tok/s", at_least(0.97))
            for number, server in turns(pair, stand.count(3, 1)):
                read(far, server, f"far {number}", LONG)
            behind(stand, pair, net)
    limit(stand, net, decode.what)


def read(row, server, seed: str, tokens: int) -> None:  # noqa: ANN001
    with Others() as others:
        told = ask(server, vocabulary.noise(seed, tokens), 1)
    row.add(server, told.computed / told.first_s, others.load, prompt=told.prompt, cached=told.cached)


def behind(stand: Stand, pair, net: networks.Network) -> None:  # noqa: ANN001
    """Written behind a long prompt, which is in the context already."""
    row = stand.sheet.row("W1", f"write 64 behind {DEPTH}, {net.name}, tok/s", at_least(0.97))
    prompt = vocabulary.noise("deep", DEPTH)
    first = [ask(server, prompt, 1) for server in pair]
    same_prompts(stand.sheet, "W1", *first)
    for _, server in turns(pair, stand.count(5, 2)):
        with Others() as others:
            told = ask(server, prompt, 64)
        row.add(server, told.decode, others.load, cached=told.cached)


def limit(stand: Stand, net: networks.Network, what: str) -> None:
    """What share of the speed that the memory allows was written: every token reads all weights."""
    speed = stand.speeds[net.name]
    most = speed["bandwidth"] / net.read_per_token if speed.get("bandwidth") else None
    reached = {
        name: statistics.median(values) / most
        for name in ("hearth", "llama.cpp")
        if most and (values := [it["value"] for it in stand.sheet.rows
                                if (it["what"], it["server"]) == (what, name)])  # fmt: skip
    }
    stand.sheet.note("W1", {
        "model": net.name, "bandwidth": speed.get("bandwidth"), "bytes_per_token": net.read_per_token,
        "limit_tokens_per_second": most, "share_of_limit": reached,
        "hearth_bench": speed,
    })  # fmt: skip


def first_token(stand: Stand) -> None:
    """W2: the first token of an answer to 2 000 tokens, from three beginnings."""
    sheet, shape = stand.sheet, stand.shape(networks.SMALL)
    fresh = sheet.row("W2", f"first token, new prompt of {LONG}, ms", at_most(1.0))
    again = sheet.row("W2", f"first token, the prompt of {LONG} again, ms", at_most(1.0))
    short = sheet.row("W2", "first token, new prompt of 16, ms", at_most(1.0))
    with stand.pair(shape) as pair:
        for number, server in turns(pair, stand.count(5, 2)):
            prompt = vocabulary.noise(f"first {number}", LONG)
            for row in (fresh, again):
                with Others() as others:
                    told = ask(server, prompt, 2)
                row.add(server, told.first_s * 1000, others.load, prompt=told.prompt, cached=told.cached)
        for number, server in turns(pair, stand.count(9, 5)):
            with Others() as others:
                told = ask(server, vocabulary.noise(f"short {number}", 16), 2)
            short.add(server, told.first_s * 1000, others.load)
    cold = sheet.row("W2", f"from a cold start to the first token, prompt of {LONG}, ms")
    starts = (lambda: stand.hearth(shape), lambda: servers.peer(shape))
    for number in range(stand.count(3, 1)):
        for start in starts if number % 2 == 0 else starts[::-1]:
            forget(shape.model)
            with Others() as others:
                begin = time.monotonic()
                with start() as (server, _):
                    told = ask(server, vocabulary.noise(f"cold {number}", LONG), 2)
            cold.add(server, (told.times[0] - begin) * 1000, others.load)


def forget(path: Path) -> None:
    """Takes a file out of the system's memory, as after a night."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(file)
