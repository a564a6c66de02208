"""Starts the two servers that are compared, with the same model, threads, context and batch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from measure import Server

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "models/weights/SmolLM2-135M-Instruct.Q4_1.gguf"


@dataclass(frozen=True)
class Shape:
    """What both servers are started with; batch sizes are those that Hearth uses."""

    threads: int
    context: int = 4096
    parallel: int = 4
    batch: int = 2048
    micro: int = 512


def home(folder: str) -> dict[str, str]:
    """An environment with a home of its own."""
    keep = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "GOMP_SPINCOUNT") if name in os.environ}
    places = {"HOME": folder, "XDG_RUNTIME_DIR": f"{folder}/run", "TMPDIR": f"{folder}/tmp"}
    for place in places.values():
        Path(place).mkdir(mode=0o700, exist_ok=True)
    return {**keep, **places, "LANG": "C.UTF-8", "HEARTH_MODELS_DIR": str(MODEL.parents[1])}


@contextmanager
def hearth(program: Path, shape: Shape) -> Iterator[tuple[Server, float]]:
    """`hearth serve`, ready; and the seconds from its start until its model answers."""
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as folder:
        command = [
            str(program), "serve", "--json", "--port", "0",
            "--threads", str(shape.threads),
            "--ctx-size", str(shape.context),
            "--parallel", str(shape.parallel),
        ]  # fmt: skip
        begin = time.monotonic()
        process = subprocess.Popen(command, env=home(folder), stdout=subprocess.PIPE, text=True)
        try:
            said: dict[str, dict] = {}
            while "ready" not in said:
                line = process.stdout.readline()
                if not line:
                    raise SystemExit("hearth serve ended before it was ready")
                event = json.loads(line)
                said[event["event"]] = event
            ready = time.monotonic() - begin
            listening = said["listening"]
            yield server("hearth", listening["url"], listening["api_key"], process.pid), ready
        finally:
            process.terminate()
            process.wait()


@contextmanager
def peer(shape: Shape) -> Iterator[tuple[Server, float]]:
    """llama.cpp's own server, ready; and the seconds from its start until it answers."""
    numbers = [shape.context, shape.threads, shape.parallel, shape.batch, shape.micro]
    script = Path(__file__).with_name("peer.py")
    command = [sys.executable, str(script), str(MODEL), *map(str, numbers)]
    begin = time.monotonic()
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        line = process.stdout.readline()
        if not line:
            raise SystemExit("the peer ended before it was ready; is xllamacpp installed?")
        ready = time.monotonic() - begin
        yield server("llama.cpp", json.loads(line)["url"], "none", process.pid), ready
    finally:
        process.stdin.close()
        process.kill()
        process.wait()


def server(name: str, url: str, key: str, pid: int) -> Server:
    """The server with the name of its first model."""
    request = urllib.request.Request(
        f"{url}/v1/models", headers={"authorization": f"Bearer {key}"}
    )
    with urllib.request.urlopen(request, timeout=60) as reply:
        model = json.load(reply)["data"][0]["id"]
    return Server(name=name, url=url, key=key, model=model, pid=pid)
