"""Starts the two servers that are compared, with the same model, threads, context and batch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from measure import Server

ROOT = Path(__file__).resolve().parents[2]
KEY = "the-key-of-the-benchmark"
# A model that cannot be loaded is said on standard error, and then there is nothing to wait for.
READY_S = 300
MODEL = ROOT / "models/weights/SmolLM2-135M-Instruct.Q4_1.gguf"


@dataclass(frozen=True)
class Shape:
    """What both servers are started with; batch sizes are those that Hearth uses."""

    # 0 leaves the choice to each of them.
    threads: int
    context: int = 4096
    parallel: int = 4
    batch: int = 512
    micro: int = 512
    # Another model than the bundled one.
    model: Path | None = None
    # The peer's alone: MiB of memory for prompts (8192 is its default), its guessing from the prompt.
    cache_mib: int = 8192
    guess: bool = False


def home(folder: str) -> dict[str, str]:
    """An environment with a home of its own."""
    keep = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "GOMP_SPINCOUNT") if name in os.environ}
    places = {"HOME": folder, "XDG_RUNTIME_DIR": f"{folder}/run", "TMPDIR": f"{folder}/tmp"}
    for place in places.values():
        Path(place).mkdir(mode=0o700, exist_ok=True)
    return {**keep, **places, "LANG": "C.UTF-8", "HEARTH_MODELS_DIR": str(MODEL.parents[1])}


@contextmanager
def hearth(program: Path, shape: Shape, folder: str | None = None) -> Iterator[tuple[Server, float]]:
    """`hearth serve`, ready; and the seconds from its start until its model answers. Its data stays
    where a folder is given, and else goes with it."""
    place = nullcontext(folder) if folder else tempfile.TemporaryDirectory(prefix="hearth-bench-")
    with place as folder:
        command = [str(program), "serve", "--json", "--port", "0"]
        command += ["--ctx-size", str(shape.context), "--parallel", str(shape.parallel)]
        command += ["--threads", str(shape.threads)] if shape.threads else []
        command += ["--model", str(shape.model)] if shape.model else []
        environment = home(folder) | {"HEARTH_API_KEY": KEY}
        begin = time.monotonic()
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        guard = threading.Timer(READY_S, process.kill)
        guard.start()
        try:
            said: dict[str, dict] = {}
            while "ready" not in said:
                line = process.stdout.readline()
                if not line:
                    raise SystemExit("hearth serve ended before it was ready")
                event = json.loads(line)
                said[event["event"]] = event
            ready = time.monotonic() - begin
            guard.cancel()
            model, url = said["ready"]["model"], said["listening"]["url"]
            yield Server("hearth", url, KEY, model, process.pid), ready
        finally:
            guard.cancel()
            process.terminate()
            process.wait()


@contextmanager
def peer(shape: Shape) -> Iterator[tuple[Server, float]]:
    """llama.cpp's own server, ready; and the seconds from its start until it answers."""
    asked = {**vars(shape), "model": str(shape.model or MODEL)}
    command = [sys.executable, str(Path(__file__).with_name("peer.py")), json.dumps(asked)]
    begin = time.monotonic()
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        line = process.stdout.readline()
        if not line:
            raise SystemExit("the peer ended before it was ready; is xllamacpp installed?")
        ready, said = time.monotonic() - begin, json.loads(line)
        yield server("llama.cpp", said["url"], process.pid, said["base"]), ready
    finally:
        process.stdin.close()
        process.kill()
        process.wait()


def server(name: str, url: str, pid: int, base: int) -> Server:
    """The server with the name of its first model."""
    with urllib.request.urlopen(f"{url}/v1/models", timeout=60) as reply:
        model = json.load(reply)["data"][0]["id"]
    return Server(name=name, url=url, key="none", model=model, pid=pid, base=base)
