"""W4, W5, W6: several at once. Eight strangers, eight with one long beginning, one beside a long prompt."""

from __future__ import annotations

import threading
import time

from measure import Others, Server

from . import networks, vocabulary
from .asking import Asking, Told, at_once
from .sheet import at_least, at_most, own_at_most, share
from .stand import Stand, turns

CLIENTS = 8
UNIQUE = 100


def strangers(stand: Stand) -> None:
    """W4: eight clients, 512 tokens of their own each, and answers of 128."""
    sheet, tokens = stand.sheet, stand.pick(128, 64)
    whole = sheet.row("W4", f"eight clients, 512 in and {tokens} out, tok/s together", at_least(1.0))
    gap = sheet.row("W4", "eight clients, p99 gap, ms", at_most(0.5))
    half = sheet.row("W4", "eight clients, p50 gap, ms")
    first = sheet.row("W4", "eight clients, first token p50, ms")
    late = sheet.row("W4", "eight clients, first token p99, ms")
    with stand.pair(stand.shape(networks.SMALL)) as pair:
        for number, server in turns(pair, stand.count(5, 1)):
            prompts = [vocabulary.noise(f"W4 {number} {client}", 512) for client in range(CLIENTS)]
            with Others() as others:
                begin = time.monotonic()
                answers = at_once(server, prompts, tokens)
                taken = time.monotonic() - begin
            gaps = [gap * 1000 for told in answers for gap in told.gaps]
            firsts = [told.first_s * 1000 for told in answers]
            written = sum(told.tokens for told in answers)
            whole.add(server, written / taken, others.load, tokens=written, seconds=taken)
            gap.add(server, share(gaps, 0.99), others.load, worst=max(gaps))
            half.add(server, share(gaps, 0.5), others.load)
            first.add(server, share(firsts, 0.5), others.load)
            late.add(server, share(firsts, 0.99), others.load)


def one_beginning(stand: Stand) -> None:
    """W5: eight clients of one caller at the same moment, with one long beginning and 100 tokens of their own."""
    sheet, long = stand.sheet, stand.pick(2048, 1024)
    computed = sheet.row("W5", f"eight with {long} tokens alike, tokens computed", at_most(0.25))
    first = sheet.row("W5", f"eight with {long} tokens alike, first token p50, ms")
    taken = sheet.row("W5", f"eight with {long} tokens alike, s until all are done")
    # Room for all of them side by side, as a server needs it that shares nothing.
    context = CLIENTS * (long + 512)
    with stand.pair(stand.shape(networks.SMALL, context)) as pair:
        for number, server in turns(pair, stand.count(3, 1)):
            alike = {"role": "system", "content": vocabulary.noise(f"W5 {number}", long)}
            own = [vocabulary.noise(f"W5 {number} {client}", UNIQUE) for client in range(CLIENTS)]
            questions = [[alike, {"role": "user", "content": text}] for text in own]
            with Others() as others:
                begin = time.monotonic()
                answers = at_once(server, questions, 16)
                seconds = time.monotonic() - begin
            read = sum(told.computed for told in answers)
            computed.add(server, read, others.load, prompts=[told.prompt for told in answers])
            first.add(server, share([told.first_s * 1000 for told in answers], 0.5), others.load)
            taken.add(server, seconds, others.load)


def beside_a_long_prompt(stand: Stand) -> None:
    """W6: somebody reads an answer while a prompt of 16 000 tokens arrives that nobody waits for."""
    sheet, long = stand.sheet, stand.pick(16_384, 8192)
    quiet = sheet.row("W6", "one stream, p99 gap, ms")
    gap = sheet.row("W6", f"beside a prompt of {long}, p99 gap, ms")
    times = sheet.row("W6", f"beside a prompt of {long}, p99 gap over the idle one", own_at_most(2.0))
    kept = sheet.row("W6", f"beside a prompt of {long}, tok/s over the idle ones")
    with stand.pair(stand.shape(networks.SMALL, long + 8192)) as pair:
        for number, server in turns(pair, stand.count(3, 1)):
            with Others() as others:
                seen = Stream(server, number, stand)
                seen.run(vocabulary.noise(f"W6 {number}", long))
            before, after = seen.halves()
            p99 = [share(gaps, 0.99) for gaps in (before, after)]
            quiet.add(server, p99[0] * 1000, others.load)
            gap.add(server, p99[1] * 1000, others.load, worst=max(after), seconds=seen.watched)
            times.add(server, p99[1] / p99[0], others.load)
            kept.add(server, seen.speed(late=True) / seen.speed(late=False), others.load)


class Stream:
    """An answer that is watched before and after the long prompt arrives."""

    def __init__(self, server: Server, number: int, stand: Stand) -> None:
        self.server = server
        self.idle, self.watched = stand.pick(8, 4), stand.pick(45, 15)
        self.asking = Asking(server, vocabulary.noise(f"stream {number}", 16), 8000)
        self.told = Told(begin=0.0)
        self.arrived = self.end = 0.0

    def run(self, prompt: str) -> None:
        reader = threading.Thread(target=self.read)
        reader.start()
        time.sleep(self.idle)
        # Nobody reads along: a program that wants the whole answer at once.
        long = Asking(self.server, prompt, 1, stream=False)
        ending = threading.Thread(target=long.told)
        ending.start()
        self.arrived = time.monotonic()
        time.sleep(self.watched)
        self.end = time.monotonic()
        for asking in (long, self.asking):
            asking.close()
        reader.join()
        ending.join()
        self.settle()

    def read(self) -> None:
        self.told = self.asking.told()

    def settle(self) -> None:
        """Until the server has noticed that both went away."""
        Asking(self.server, "hello", 1).told()

    def halves(self) -> tuple[list[float], list[float]]:
        """Gaps before the prompt came and after it; the last one is still open at the end."""
        times = self.told.times
        pairs = list(zip(times, [*times[1:], self.end]))
        first = [after - before for before, after in pairs if after <= self.arrived]
        return first, [after - before for before, after in pairs if self.arrived < after <= self.end]

    def speed(self, late: bool) -> float:
        """Pieces of text a second."""
        times = [at for at in self.told.times if at <= self.end]
        mine = [at for at in times if (at > self.arrived) == late]
        since = self.arrived if late else times[0]
        return len(mine) / ((self.end if late else self.arrived) - since)
