"""Conversations of Hearth's own window, asked over the private socket as the window asks them."""

from __future__ import annotations

import json
import subprocess
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import servers
from desktop import Socket
from measure import Server

from .asking import Refused
from .stand import Stand

# Nothing is written to disk for so long: all of it is there.
QUIET_S = 3.0
GUARD_S = 120


@dataclass
class Answer:
    """What the window was told of an answer."""

    first_ms: float
    prompt: int
    cached: int


class Window:
    """The conversations in the data folder of a stand."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.server: Server | None = None
        self.socket: Socket | None = None

    def bring(self, texts: list[str]) -> str:
        """Takes in a conversation of these messages, by turns; returns its name. Not while a server runs."""
        whole, names = str(uuid.uuid4()), [str(uuid.uuid4()) for _ in texts]
        at = int(time.time() * 1000)
        said = [
            {"id": names[place], "parent": names[place - 1] if place else None,
             "role": ("user", "assistant")[place % 2], "content": text, "status": "complete", "created": at + place}
            for place, text in enumerate(texts)
        ]  # fmt: skip
        one = {"id": whole, "title": "Benchmark", "head": names[-1], "created": at, "updated": at, "messages": said}
        file = Path(self.stand.folder, "conversation.json")
        file.write_text(json.dumps({"format": "hearth", "version": 1, "exported": at, "folders": [],
                                    "conversations": [one]}))  # fmt: skip
        subprocess.run([self.stand.program, "import", "--json", file], check=True, stdout=subprocess.DEVNULL,
                       env=servers.home(self.stand.folder))  # fmt: skip
        file.unlink()
        return whole

    def open(self, server: Server) -> None:
        """Finds the socket of a server that runs."""
        self.server, self.socket = server, Socket(self.stand.data)
        # A conversation that names no model is read ahead by the default one.
        self.socket.rpc("model_set_default", {"id": server.model})

    def come_to(self, conversation: str) -> None:
        """What the window does when a conversation is opened."""
        self.socket.rpc("conversation_get", {"id": conversation})
        self.socket.rpc("conversation_prefetch", {"id": conversation})

    def ask(self, conversation: str, text: str, tokens: int = 8) -> Answer:
        """Sends a message and follows the answer to its end."""
        request = {"conversation": conversation, "text": text, "model": self.server.model,
                   "sampling": {"temperature": 0, "max_tokens": tokens}, "client_id": str(uuid.uuid4())}  # fmt: skip
        begin, first = time.monotonic(), 0.0
        started = self.socket.rpc("chat_send", request)
        for event in self.socket.events(f"generation/{started['generation']}", "?from=0"):
            if event.get("type") == "delta" and event.get("text") and not first:
                first = time.monotonic()
            if event.get("type") == "failed":
                raise Refused(f"hearth: {event}")
            if event.get("type") == "finished":
                usage = event["usage"]
                return Answer((first - begin) * 1000, usage["prompt_tokens"], usage["cached_tokens"])
        raise Refused("hearth: the stream ended early")

    @property
    def kept(self) -> int:
        """Bytes on disk for what was read of conversations."""
        files = [file for file in (self.stand.data / "states").rglob("*") if file.is_file()]
        return sum(file.stat().st_size for file in files)

    def settle(self) -> None:
        """Waits until what was read is on disk."""
        begin = quiet = time.monotonic()
        size = self.kept
        while time.monotonic() - quiet < QUIET_S and time.monotonic() - begin < GUARD_S:
            time.sleep(0.2)
            if self.kept != size:
                size, quiet = self.kept, time.monotonic()
