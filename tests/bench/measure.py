"""Measures one OpenAI-compatible server from outside, with nothing but the standard library.

Both servers are asked in the same way over HTTP, so what the client costs is the same for both.
"""

from __future__ import annotations

import http.client
import json
import os
import time
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Answer:
    """What one streamed answer showed to its reader."""

    first_s: float
    decode_s: float
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int

    @property
    def decode(self) -> float:
        """Tokens written a second, after the first."""
        return (self.completion_tokens - 1) / self.decode_s if self.decode_s > 0 else 0.0

    @property
    def prefill(self) -> float:
        """Tokens of the prompt that had to be read, a second."""
        return (self.prompt_tokens - self.cached_tokens) / self.first_s


@dataclass
class Server:
    """A server that answers, and the process that it is."""

    name: str
    url: str
    key: str
    model: str
    pid: int
    # Bytes that its process takes for what is not the server (Python, for the peer).
    base: int = 0

    def ask(self, text: str, tokens: int) -> Answer:
        """Asks and reads the stream to its end."""
        address = urllib.parse.urlsplit(self.url).netloc
        body = {
            "model": self.model,
            "messages": [{"role": "user", "content": text}],
            "temperature": 0,
            "max_tokens": tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        headers = {"content-type": "application/json", "authorization": f"Bearer {self.key}"}
        connection = http.client.HTTPConnection(address, timeout=600)
        begin = time.monotonic()
        connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
        reply = connection.getresponse()
        if reply.status != 200:
            raise SystemExit(f"{self.name}: status {reply.status}: {reply.read()!r}")
        first, last, usage = 0.0, 0.0, {}
        for line in reply:
            if not line.startswith(b"data: ") or line.startswith(b"data: [DONE]"):
                continue
            chunk = json.loads(line[6:])
            usage = chunk.get("usage") or usage
            choices = chunk.get("choices") or [{}]
            if choices[0].get("delta", {}).get("content"):
                last = time.monotonic()
                first = first or last
        connection.close()
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
        return Answer(
            first_s=first - begin,
            decode_s=last - first,
            prompt_tokens=usage["prompt_tokens"],
            cached_tokens=cached,
            completion_tokens=usage["completion_tokens"],
        )


def family(pid: int) -> list[int]:
    """A process and everything that it started."""
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                todo += [int(child) for child in children.read_text().split()]
            except OSError:
                continue
    return found


def pss(pid: int) -> int:
    """Bytes of memory that a process costs, shared pages divided among those that share them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def cpu(pid: int) -> float:
    """Seconds of processor time of a process and all that it started, also of what has ended."""
    total = 0
    for one in family(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15]))
    return total / TICKS


def busy() -> float:
    """Seconds of processor time that everything on the computer used."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    idle = fields[3] + fields[4]
    return (sum(fields) - idle) / TICKS


class Others:
    """How many processors everyone else kept busy while something was measured. What this process
    started is not somebody else."""

    load = 0.0

    def __enter__(self) -> Others:
        self.begin = (time.monotonic(), busy(), cpu(os.getpid()))
        return self

    def __exit__(self, *_: object) -> None:
        began, all_before, own_before = self.begin
        elapsed = time.monotonic() - began
        others = (busy() - all_before) - (cpu(os.getpid()) - own_before)
        self.load = max(0.0, others / elapsed)
