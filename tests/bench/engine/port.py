"""The port under load: what a request costs beyond the engine's work, 1 to 32 clients beside each other, and a
thousand connections of which two hundred want an answer at once while a person asks in the terminal."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
import os
import subprocess
import time
import urllib.parse
import urllib.request
from collections import Counter

import servers
from measure import Others, Server, family, pss

from .asking import at_once
from .sheet import at_least, at_most, own_at_most, share
from .stand import Stand, turns

# Connections that do nothing but stay, and those that want an answer.
IDLE, STREAMS = 800, 200
TOKENS = 16
# The ends of a turn and of a text in the bundled model: without them both write as many tokens. An answer that
# ends early has a larger part of its time in its prompt, and which of them does so is chance.
ENDLESS = {"logit_bias": {"0": -100, "2": -100}}


def prompt(seed: str) -> str:
    """In words of a real language: what the filter of answers holds back until a word ends is then a token or
    two, as it is for people. It begins differently each time, so that no cache knows it."""
    number = hashlib.sha256(seed.encode()).hexdigest()[:8]
    return (f"Case {number}. A lighthouse keeper on a small island has to mend the lamp before the night, and the weather "
            "is getting worse. The boat with the spare parts comes only once a week. Say in simple words what the keeper "
            "could do, step by step, and which of the steps is the most dangerous one.")  # fmt: skip


def load(stand: Stand) -> None:
    """All of it, on the bundled model."""
    with stand.pair(stand.shape(None, 8192)) as pair:
        beyond(stand, pair)
        clients(stand, pair)
    crowd(stand)


def beyond(stand: Stand, pair: tuple[Server, Server]) -> None:
    """What the caller waits for beyond what the engine says that it took, on a connection that stays."""
    sheet = stand.sheet
    half = sheet.row("port", "a request beyond the engine, p50, ms", own_at_most(2.0))
    late = sheet.row("port", "a request beyond the engine, p99, ms", own_at_most(10.0))
    for number, server in turns(pair, stand.count(3, 1)):
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(server.url).netloc, timeout=60)
        with Others() as others:
            taken = [one(connection, server, f"beyond {number} {place}") for place in range(100)]
        connection.close()
        half.add(server, share(taken, 0.5), others.load)
        late.add(server, share(taken, 0.99), others.load, worst=max(taken))


def one(connection: http.client.HTTPConnection, server: Server, seed: str) -> float:
    body = {"model": server.model, "max_tokens": 1, "temperature": 0,
            "messages": [{"role": "user", "content": prompt(seed)}]}  # fmt: skip
    headers = {"content-type": "application/json", "authorization": f"Bearer {server.key}"}
    begin = time.monotonic()
    connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
    answer = json.loads(connection.getresponse().read())
    taken = (time.monotonic() - begin) * 1000
    if "timing" in answer:
        return taken - answer["timing"]["ttft_ms"]
    timings = answer["timings"]
    return taken - timings["prompt_ms"] - timings["predicted_ms"]


def clients(stand: Stand, pair: tuple[Server, Server]) -> None:
    """1, 8 and 32 clients with prompts of their own."""
    for count in (1, 8, 32):
        speed = stand.sheet.row("port", f"{count} clients, tok/s together", at_least(1.0))
        first = stand.sheet.row("port", f"{count} clients, first token p50, ms", at_most(1.0))
        for number, server in turns(pair, stand.count(5, 1)):
            prompts = [prompt(f"clients {number} {count} {client}") for client in range(count)]
            with Others() as others:
                begin = time.monotonic()
                answers = at_once(server, prompts, 64, **ENDLESS)
                seconds = time.monotonic() - begin
            speed.add(server, sum(told.tokens for told in answers) / seconds, others.load)
            first.add(server, share([told.first_s * 1000 for told in answers], 0.5), others.load)


def crowd(stand: Stand) -> None:
    """Hearth alone: refusals are 429 and nothing else, memory stays, and a person is answered first."""
    sheet = stand.sheet
    wrong = sheet.row("port", "1000 connections, answers neither 200 nor 429", own_at_most(0))
    good = sheet.row("port", "1000 connections, streams answered")
    full = sheet.row("port", "1000 connections, streams told to come later")
    memory = sheet.row("port", "1000 connections, memory without kept prompts, MB")
    flat = sheet.row("port", "1000 connections, memory after over before", own_at_most(1.02))
    quiet = sheet.row("port", "a person asks, nobody else does, first token ms")
    beside = sheet.row("port", "a person asks beside 200 streams, first token ms")
    with stand.hearth(stand.shape(None, 8192)) as (server, _):
        run = lambda number: asyncio.run(rush(server, number, lambda: person(stand)))  # noqa: E731
        # The first one makes what stays: threads, buffers, caches.
        run(-1)
        for number in range(stand.count(5, 2)):
            with Others() as others:
                alone, before = person(stand), taken(server)
                statuses, waited = run(number)
                time.sleep(1)
                after = taken(server)
            sheet.note("port", {str(status): count for status, count in statuses.items()})
            wrong.add(server, sum(statuses.values()) - statuses[200] - statuses[429], others.load)
            good.add(server, statuses[200], others.load)
            full.add(server, statuses[429], others.load)
            memory.add(server, after / 1e6, others.load)
            flat.add(server, after / before, others.load)
            quiet.add(server, alone, others.load)
            beside.add(server, waited, others.load)


def taken(server: Server) -> float:
    """Bytes that the server costs without what it keeps of prompts, which grows to its own limit."""
    asking = urllib.request.Request(f"{server.url}/metrics", headers={"authorization": f"Bearer {server.key}"})
    with urllib.request.urlopen(asking, timeout=60) as answer:
        lines = answer.read().decode().splitlines()
    kept = [float(line.split()[-1]) for line in lines if line.startswith("hearth_model_memory_bytes{") and 'part="kept"' in line]
    return sum(map(pss, family(server.pid))) - sum(kept)


def person(stand: Stand) -> float:
    """What somebody waits who asks in the terminal, as the program tells it."""
    command = [str(stand.program), "chat", "Name a colour.", "--max-tokens", "4", "--json"]
    environment = servers.home(stand.folder) | {"GOMP_SPINCOUNT": os.environ.get("GOMP_SPINCOUNT", "1000")}
    done = subprocess.run(command, env=environment, check=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, text=True, timeout=300)  # fmt: skip
    return json.loads(done.stdout.strip().splitlines()[-1])["timing"]["ttft_ms"]


async def rush(server: Server, number: int, ask: object) -> tuple[Counter, float]:
    """Opens the connections, then asks on some of them at the same moment."""
    address = urllib.parse.urlsplit(server.url)
    statuses: Counter = Counter()
    idle = await asyncio.gather(*(asyncio.open_connection(address.hostname, address.port) for _ in range(IDLE)))
    streams = [stream(server, address, f"rush {number} {place}", statuses) for place in range(STREAMS)]
    asked = asyncio.ensure_future(asyncio.gather(*streams))
    # When all of them wait.
    await asyncio.sleep(1)
    waited = await asyncio.to_thread(ask)
    await asked
    for _, writer in idle:
        writer.close()
    return statuses, waited


async def stream(server: Server, address: urllib.parse.SplitResult, seed: str, statuses: Counter) -> None:
    """One streamed answer; what is no whole answer counts as a status of its own."""
    body = json.dumps({"model": server.model, "max_tokens": TOKENS, "stream": True,
                       "messages": [{"role": "user", "content": prompt(seed)}]}).encode()  # fmt: skip
    head = (f"POST /v1/chat/completions HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {server.key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n")  # fmt: skip
    try:
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(head.encode() + body)
        answer = await asyncio.wait_for(reader.read(-1), 600)
        writer.close()
        status = int(answer.split(b" ", 2)[1])
        whole = status != 200 or (b"data: [DONE]" in answer and b'"error"' not in answer)
        statuses[status if whole else "broken"] += 1
    except (OSError, ValueError, IndexError, TimeoutError) as error:
        statuses[type(error).__name__] += 1
