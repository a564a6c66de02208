"""Cold start and idle memory of the desktop application on a screen and a bus of its own."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import time
from pathlib import Path

from measure import family, pss
from screen import screen

SETTLE_S = 15
GUARD_S = 120


class UnixConnection(http.client.HTTPConnection):
    """HTTP over the private socket."""

    def __init__(self, path: str) -> None:
        super().__init__("hearth", timeout=30)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)


def engine_state(data: Path) -> str | None:
    """The state of the engine, once the private socket answers."""
    try:
        note = json.loads((data / "endpoint.json").read_text())
        connection = UnixConnection(note["socket"])
        headers = {"authorization": f"Bearer {note['token']}", "content-type": "application/json"}
        connection.request("POST", "/rpc/app_status", "{}", headers)
        return json.load(connection.getresponse())["engine"]["state"]
    except (OSError, ValueError, KeyError, http.client.HTTPException):
        return None


def wait_until(begin: float, ready) -> float:  # noqa: ANN001
    """Seconds until something is true."""
    while not ready():
        if time.monotonic() - begin > GUARD_S:
            raise SystemExit("the window did not become ready")
        time.sleep(0.01)
    return time.monotonic() - begin


def measure(program: Path, starts: int) -> dict:
    """Starts the application a few times; the first one also makes its database."""
    with screen() as (folder, env):
        data = Path(folder) / ".local/share/hearth"
        return {"starts": [one_start(program, env, data, n == starts - 1) for n in range(starts)]}


def one_start(program: Path, env: dict[str, str], data: Path, settle: bool) -> dict:
    """One start: the window, the model, and in the end the memory of each process at rest."""
    begin = time.monotonic()
    process = subprocess.Popen([str(program)], env=env, stderr=subprocess.DEVNULL)
    search = ["xdotool", "search", "--onlyvisible", "--class", "hearth-desktop"]
    visible = lambda: subprocess.run(search, env=env, capture_output=True).stdout  # noqa: E731
    try:
        row: dict = {"window_s": wait_until(begin, visible)}
        row["model_s"] = wait_until(begin, lambda: engine_state(data) in ("ready", "busy"))
        if settle:
            time.sleep(SETTLE_S)
            row["idle_pss"] = {f"{name(pid)} {pid}": pss(pid) for pid in family(process.pid)}
        return row
    finally:
        process.terminate()
        process.wait()


def name(pid: int) -> str:
    """What the process is called."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return "gone"
