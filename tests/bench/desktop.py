"""The desktop: from the shortcut to the quick window and to its first words, and what staying costs.

Everything is seen from outside: keys are real (XTEST), a window counts as there when its pixels show
text, the first token is the first delta of the answer's stream over the private socket.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from measure import cpu, family, pss
from screen import screen
from tray import Tray
from window import UnixConnection, engine_state, name, wait_until
from Xlib import XK, X, display
from Xlib.ext import xtest

SHORTCUT = ("Control_L", "Shift_L", "space")
IDLE_S = 60
SETTLE_S = 12
LOOK_S = 0.004
# Starts of the program for the first quick window of each.
STARTS = 7
# A picture with fewer colours than this is an empty window or the bare screen.
COLOURS = 12


class Keys:
    """A keyboard and a look at the screen, over one connection to the X server."""

    def __init__(self, number: str) -> None:
        self.display = display.Display(number)
        self.root = self.display.screen().root
        # The first key of another keyboard changes the keymap, and the window manager reads it anew.
        self.chord("Shift_L")

    def chord(self, *names: str) -> float:
        """Presses keys together; when the last one went down."""
        codes = [self.display.keysym_to_keycode(XK.string_to_keysym(key)) for key in names]
        for code in codes:
            xtest.fake_input(self.display, X.KeyPress, code)
        self.display.sync()
        pressed = time.monotonic()
        for code in reversed(codes):
            xtest.fake_input(self.display, X.KeyRelease, code)
        self.display.sync()
        return pressed

    def write(self, text: str) -> None:
        """Types small letters and spaces."""
        for letter in text:
            self.chord("space" if letter == " " else letter)

    def colours(self) -> int:
        """How many colours the upper middle of the screen shows, where the quick window opens."""
        shape = self.root.get_geometry()
        part = self.root.get_image(shape.width // 4, shape.height // 6, shape.width // 2,
                                   shape.height // 4, X.ZPixmap, 0xFFFFFFFF)  # fmt: skip
        pixels = memoryview(part.data).cast("I")
        return len(set(pixels[::7]))

    def until_shown(self, shown: bool, limit: float = 20) -> float:
        """When the window was there, or gone."""
        begin = time.monotonic()
        while (self.colours() >= COLOURS) != shown:
            if time.monotonic() - begin > limit:
                raise SystemExit("the quick window did not come" if shown else "it did not go")
            # Looking without a pause would take one of the processors.
            time.sleep(LOOK_S)
        return time.monotonic()


class Socket:
    """Commands and streams over the private socket."""

    def __init__(self, data: Path) -> None:
        note = json.loads((data / "endpoint.json").read_text())
        self.path = note["socket"]
        self.headers = {"authorization": f"Bearer {note['token']}", "content-type": "application/json"}

    def rpc(self, command: str, request: dict) -> dict:
        connection = UnixConnection(self.path)
        connection.request("POST", f"/rpc/{command}", json.dumps(request), self.headers)
        reply = connection.getresponse()
        answer = json.load(reply)
        if reply.status != 200:
            raise SystemExit(f"{command}: {answer}")
        return answer

    def set(self, patch: dict) -> None:
        self.rpc("settings_update", {"patch": patch})

    def events(self, topic: str, begin: str = "") -> Iterator[dict]:
        """The events of a topic as they come."""
        connection = UnixConnection(self.path)
        connection.request("GET", f"/stream/{topic}{begin}", headers=self.headers)
        for line in connection.getresponse():
            if line.startswith(b"data: "):
                said = json.loads(line[6:])
                for one in said if isinstance(said, list) else [said]:
                    yield one.get("event", one)


@contextmanager
def hidden(program: Path, settings: dict) -> Iterator[tuple]:
    """The application in the tray, with these settings; and the seconds until it was there."""
    with screen() as (folder, env), Tray(env) as tray:
        data = Path(folder) / ".local/share/hearth"
        once = subprocess.Popen([str(program), "--hidden"], env=env, stderr=subprocess.DEVNULL)
        wait_until(time.monotonic(), lambda: engine_state(data) is not None)
        first = Socket(data)
        first.set({"welcomed": True, **settings})
        if settings.get("model", {}).get("warm") == "always":
            # Once in the life of a model Hearth measures it, in the first minute of rest: not the cost of rest.
            first.rpc("model_bench", {})
        once.terminate()
        once.wait()
        tray.registered.clear()
        begin = time.monotonic()
        process = subprocess.Popen([str(program), "--hidden"], env=env, stderr=subprocess.DEVNULL)
        try:
            tray.registered.wait(60)
            in_tray = time.monotonic() - begin
            wait_until(begin, lambda: engine_state(data) is not None)
            yield process, Keys(env["DISPLAY"]), Socket(data), data, in_tray
        finally:
            process.terminate()
            process.wait()


def at_rest(process: subprocess.Popen) -> dict:
    """Memory of each process, and the share of one core that it takes while nobody asks."""
    time.sleep(SETTLE_S)
    begin, used = time.monotonic(), cpu(process.pid)
    time.sleep(IDLE_S)
    share = (cpu(process.pid) - used) / (time.monotonic() - begin)
    memory = {f"{name(pid)} {pid}": pss(pid) for pid in family(process.pid)}
    return {"cpu_share": share, "pss": memory, "pss_all": sum(memory.values())}


def quick_times(keys: Keys, rounds: int) -> dict:
    """From the key to a painted quick window, again and again."""
    times = []
    for _ in range(rounds):
        pressed = keys.chord(*SHORTCUT)
        times.append((keys.until_shown(True) - pressed) * 1000)
        time.sleep(0.3)
        keys.chord("Escape")
        keys.until_shown(False)
        time.sleep(0.3)
    times.sort()
    return {"p50_ms": statistics.median(times), "most_ms": times[-1],
            "p95_ms": times[min(len(times) - 1, int(len(times) * 0.95))]}  # fmt: skip


def first_times(program: Path, settings: dict) -> dict:
    """From the key to the first quick window of a start that made none ahead."""
    times = []
    for _ in range(STARTS):
        with hidden(program, settings) as (_, keys, *_):
            time.sleep(SETTLE_S)
            times.append(quick_times(keys, 1)["p50_ms"])
    times.sort()
    return {"p50_ms": statistics.median(times), "least_ms": times[0], "most_ms": times[-1]}


def first_words(keys: Keys, socket: Socket, rounds: int) -> list[dict]:
    """From Enter in the quick window to the first words of the answer, beside the engine's own time."""
    rows = []
    for number in range(rounds):
        keys.chord(*SHORTCUT)
        keys.until_shown(True)
        time.sleep(0.3)
        keys.write(f"name {'abcdefgh'[number % 8]} river")
        rows.append(one_answer(keys, socket))
        keys.chord("Escape")
        keys.until_shown(False)
    return rows


def one_answer(keys: Keys, socket: Socket) -> dict:
    """Presses Enter and follows the answer to its end."""
    started: list[str] = []
    listening = threading.Event()

    def wait_for_start() -> None:
        events = socket.events("app")
        listening.set()
        for event in events:
            if event.get("type") == "generation_started":
                started.append(event["generation"])
                return

    waiter = threading.Thread(target=wait_for_start, daemon=True)
    waiter.start()
    listening.wait()
    time.sleep(0.2)
    pressed = keys.chord("Return")
    waiter.join(30)
    if not started:
        raise SystemExit("the question was not asked")
    row: dict = {}
    for event in socket.events(f"generation/{started[0]}", "?from=0"):
        if event.get("type") == "delta" and "first_ms" not in row:
            row["first_ms"] = (time.monotonic() - pressed) * 1000
        if event.get("type") == "finished":
            row["engine_ms"] = event["timing"]["ttft_ms"]
            return row
        if event.get("type") == "failed":
            raise SystemExit(f"the answer failed: {event['code']}")
    raise SystemExit("the stream ended early")


def measure(program: Path, rounds: int) -> dict:
    """Every mode in turn."""
    cold = {"model": {"warm": "never"}}
    report: dict = {}
    with hidden(program, cold) as (process, _, _, _, in_tray):
        report["tray_s"] = in_tray
        report["tray without a model"] = at_rest(process)
    report["first quick window"] = first_times(program, {**cold, "desktop": {"quick_ahead": False}})
    for ahead in (False, True):
        settings = {**cold, "desktop": {"quick_ahead": ahead}}
        with hidden(program, settings) as (process, keys, _, _, _):
            time.sleep(40 if ahead else 2)
            if not ahead:
                quick_times(keys, 1)
            mode = {"shown": quick_times(keys, rounds)} | {"rest": at_rest(process)}
            report["quick window made ahead" if ahead else "quick window made when asked"] = mode
    short = {"generation": {"sampling": {"max_tokens": 32}}}
    with hidden(program, {"model": {"warm": "always"}, **short}) as (process, keys, socket, data, _):
        wait_until(time.monotonic(), lambda: engine_state(data) == "ready")
        report["tray with the model"] = at_rest(process)
        report["first words"] = first_words(keys, socket, min(rounds, 8))
    return report


def show(figures: dict) -> None:
    """Prints the figures for people."""
    print(f"start to tray: {figures['tray_s']:.2f} s")
    for mode in ("tray without a model", "tray with the model"):
        rest = figures[mode]
        print(f"{mode}: {rest['pss_all'] / 1e6:.0f} MB (PSS), {rest['cpu_share'] * 100:.2f} % of a core")
    first = figures["first quick window"]
    print(f"first quick window, made when asked: p50 {first['p50_ms']:.0f} ms "
          f"({first['least_ms']:.0f} to {first['most_ms']:.0f}, {STARTS} starts)")  # fmt: skip
    for mode in ("quick window made when asked", "quick window made ahead"):
        shown, rest = figures[mode]["shown"], figures[mode]["rest"]
        print(
            f"{mode}: p50 {shown['p50_ms']:.0f}, p95 {shown['p95_ms']:.0f} ms; at rest {rest['pss_all'] / 1e6:.0f} MB, "
            f"{rest['cpu_share']:.2%} of a core"
        )
    more = [row["first_ms"] - row["engine_ms"] for row in figures["first words"]]
    whole = [row["first_ms"] for row in figures["first words"]]
    print(
        f"Enter to first words: p50 {statistics.median(whole):.0f} ms, "
        f"{statistics.median(more):.0f} ms more than the engine's own"
    )
