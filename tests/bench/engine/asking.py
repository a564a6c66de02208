"""One request, its stream piece by piece, and how it can be broken off: the same for both servers."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
import urllib.parse
from dataclasses import dataclass, field

from measure import Server


class Refused(Exception):
    """A server did not do what it was asked."""


@dataclass
class Told:
    """What a reader saw of one answer."""

    begin: float
    times: list[float] = field(default_factory=list)
    text: str = ""
    usage: dict = field(default_factory=dict)
    finish: str | None = None
    end: float = 0.0

    @property
    def first_s(self) -> float:
        """Seconds from the question to the first text."""
        return self.times[0] - self.begin

    @property
    def gaps(self) -> list[float]:
        """Seconds between pieces of text."""
        return [after - before for before, after in zip(self.times, self.times[1:])]

    @property
    def tokens(self) -> int:
        """Tokens written; words, where the answer was broken off: each is a token here."""
        return self.usage.get("completion_tokens") or len(self.text.split())

    @property
    def decode(self) -> float:
        """Tokens a second, after the first."""
        taken = self.times[-1] - self.times[0] if self.times else 0.0
        return (self.tokens - 1) / taken if taken else 0.0

    @property
    def prompt(self) -> int:
        return self.usage["prompt_tokens"]

    @property
    def cached(self) -> int:
        return (self.usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0

    @property
    def computed(self) -> int:
        """Tokens of the prompt that had to be read."""
        return self.prompt - self.cached


class Asking:
    """A request under way."""

    def __init__(self, server: Server, messages: str | list[dict], tokens: int, **fields: object) -> None:
        if isinstance(messages, str):
            messages = [{"role": "user", "content": messages}]
        body = {"model": server.model, "messages": messages, "temperature": 0, "max_tokens": tokens,
                "stream": True, "stream_options": {"include_usage": True}, **fields}  # fmt: skip
        if not body["stream"]:
            del body["stream_options"]
        headers = {"content-type": "application/json", "authorization": f"Bearer {server.key}"}
        self.server, self.closed = server, False
        address = urllib.parse.urlsplit(server.url).netloc
        self.connection = http.client.HTTPConnection(address, timeout=900)
        self.connection.connect()
        # The connection forgets it once a reply is read.
        self.socket = self.connection.sock
        self.asked = time.monotonic()
        self.connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)

    def close(self) -> None:
        """Breaks it off, as a client that goes away."""
        self.closed = True
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.connection.close()

    def told(self) -> Told:
        """Reads to the end, or until it is broken off."""
        told = Told(begin=self.asked)
        try:
            self.read(told)
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            if not self.closed:
                raise
        finally:
            told.end = time.monotonic()
            self.connection.close()
        return told

    def read(self, told: Told) -> None:
        reply = self.connection.getresponse()
        if reply.status != 200:
            raise Refused(f"{self.server.name}: status {reply.status}: {reply.read()[:500]!r}")
        if "event-stream" not in reply.headers.get("content-type", ""):
            whole = json.loads(reply.read())
            told.times, told.usage = [time.monotonic()], whole["usage"]
            told.text, told.finish = whole["choices"][0]["message"]["content"] or "", "whole"
            return
        for line in reply:
            if not line.startswith(b"data: ") or line.startswith(b"data: [DONE]"):
                continue
            chunk = json.loads(line[6:])
            if "error" in chunk:
                raise Refused(f"{self.server.name}: {chunk['error']}")
            told.usage = chunk.get("usage") or told.usage
            choice = (chunk.get("choices") or [{}])[0]
            told.finish = choice.get("finish_reason") or told.finish
            text = choice.get("delta", {}).get("content")
            if text:
                told.times.append(time.monotonic())
                told.text += text


def ask(server: Server, messages: str | list[dict], tokens: int, **fields: object) -> Told:
    """Asks and reads to the end."""
    told = Asking(server, messages, tokens, **fields).told()
    if not told.times:
        raise Refused(f"{server.name} ended without a word: {told.finish}, {told.usage}")
    return told


def at_once(server: Server, questions: list, tokens: int, **fields: object) -> list[Told]:
    """Asks all of them at the same moment, each on a connection of its own."""
    start, answers = threading.Barrier(len(questions)), [None] * len(questions)

    def one(place: int) -> None:
        start.wait()
        try:
            answers[place] = ask(server, questions[place], tokens, **fields)
        except Exception as error:  # noqa: BLE001: told to the one who asked for all of them
            answers[place] = error

    threads = [threading.Thread(target=one, args=(place,)) for place in range(len(questions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers
