"""The stand on which both servers are measured: started alike, warmed alike, asked in turn."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import servers
from measure import Server
from servers import Shape

from . import networks, vocabulary
from .asking import Told, ask
from .networks import Network
from .sheet import Sheet

BUNDLED = "bundled"
# What a run of `hearth bench` may take on a busy computer.
MEASURING_S = 600


@dataclass
class Stand:
    """What a run was asked to do, and what it has so far."""

    program: Path
    folder: str
    quick: bool
    threads: int
    rounds: int | None = None
    sheet: Sheet = field(default_factory=Sheet)
    # What Hearth says of the speed of each model.
    speeds: dict[str, dict] = field(default_factory=dict)

    def pick(self, whole: int, quick: int) -> int:
        """A size of the whole benchmark, or of the quick one."""
        return quick if self.quick else whole

    def count(self, whole: int, quick: int) -> int:
        """Rounds: those that were asked for, else of the whole benchmark or of the quick one."""
        return self.rounds or self.pick(whole, quick)

    def shape(self, net: Network | None, context: int = 8192, **more: object) -> Shape:
        """The same for both: eight at once, and what Hearth uses for the rest."""
        model = networks.made(net) if net else None
        self.get_to_know(net.name if net else BUNDLED, model)
        return Shape(**{"threads": self.threads, "context": context, "parallel": 8, "model": model, **more})

    def get_to_know(self, name: str, model: Path | None) -> None:
        """Lets Hearth try and measure a model: it does so once for each new file, in a minute of rest,
        and that minute is not to fall into somebody's row."""
        if name in self.speeds:
            return
        command = [str(self.program), "bench", "--json", *(["--model", str(model)] if model else [])]
        done = subprocess.run(command, env=servers.home(self.folder), check=False, timeout=MEASURING_S,
                              stdout=subprocess.PIPE, text=True)  # fmt: skip
        self.speeds[name] = json.loads(done.stdout)["speed"] if done.returncode == 0 else {}
        if not self.speeds[name]:
            self.sheet.note("hearth bench", f"{name}: not measured; is the computer busy?")

    @contextmanager
    def hearth(self, shape: Shape) -> Iterator[tuple[Server, float]]:
        """Hearth alone, with what it kept of earlier starts."""
        with servers.hearth(self.program, shape, self.folder) as (server, ready):
            yield server, ready

    @contextmanager
    def pair(self, shape: Shape) -> Iterator[tuple[Server, Server]]:
        """Both, loaded and past their first answer."""
        with self.hearth(shape) as (ours, _), servers.peer(shape) as (theirs, _):
            for server in (ours, theirs):
                ask(server, vocabulary.noise("warm", 8), 8)
            yield ours, theirs

    @property
    def data(self) -> Path:
        """Hearth's data folder."""
        return Path(self.folder) / ".local/share/hearth"


def turns(servers_: tuple[Server, Server], rounds: int) -> Iterator[tuple[int, Server]]:
    """Round by round both servers, the other one first each time."""
    for number in range(rounds):
        for server in servers_ if number % 2 == 0 else servers_[::-1]:
            yield number, server


def same_prompts(sheet: Sheet, workload: str, ours: Told, theirs: Told) -> None:
    """Both must have read the same number of tokens, or the comparison says nothing."""
    if ours.prompt != theirs.prompt:
        sheet.note(workload, f"prompts differ: {ours.prompt} and {theirs.prompt} tokens")
