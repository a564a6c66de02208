"""The interface in WebKitGTK: frames while an answer streams, opening long conversations, typing.

Frames are counted on a page of our own that writes at a given speed (ui/tests/bench), built like the
interface itself. Opening and typing are measured on the real interface over the real program, with
conversations that were imported before.
"""

from __future__ import annotations

import functools
import http.server
import json
import statistics
import subprocess
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from measure import family, pss
from screen import screen
from servers import ROOT
from webdriver import Driver, webkit

LENGTHS = (1_000, 10_000)
# When the made-up conversations began, in milliseconds since 1970.
BEGUN = 1_700_000_000_000

STREAM = """
const [rate, seconds, done] = arguments;
const wait = () => globalThis.bench ? bench.stream(rate, seconds).then(done) : setTimeout(wait, 50);
wait();
"""

# The first screen stands before every conversation until it was seen.
BEGIN = """
const [done] = arguments;
const wait = () => document.querySelector('#welcome-title') === null ? setTimeout(wait, 50) : fetch('/api/rpc/settings_update', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ patch: { welcomed: true } }),
}).then((reply) => done(reply.status));
wait();
"""

# From the click to the first frame that shows the newest answer.
OPEN = """
const [title, done] = arguments;
const newest = () => [...document.querySelectorAll('[data-role=assistant]')].at(-1)?.textContent ?? '';
const row = () => [...document.querySelectorAll('[data-row]')].find((one) => one.textContent.includes(title));
const click = () => {
  if (!row()) return setTimeout(click, 50);
  const begin = performance.now();
  row().click();
  const look = () => newest().includes(`in ${title}`)
    ? requestAnimationFrame(() => setTimeout(() => done(performance.now() - begin)))
    : requestAnimationFrame(look);
  look();
};
click();
"""

# What one key costs: the event, the layout, and the next frame.
TYPE = """
const [keys, done] = arguments;
const field = document.querySelector('textarea');
field.focus();
const costs = [];
const key = () => {
  const begin = performance.now();
  field.setRangeText('x', field.value.length, field.value.length, 'end');
  field.dispatchEvent(new InputEvent('input', { bubbles: true, data: 'x', inputType: 'insertText' }));
  field.getBoundingClientRect();
  costs.push(performance.now() - begin);
  if (costs.length < keys) requestAnimationFrame(() => setTimeout(key, 30));
  else { field.value = ''; field.dispatchEvent(new InputEvent('input', { bubbles: true })); done(costs); }
};
key();
"""


@contextmanager
def pages(folder: Path) -> Iterator[str]:
    """Serves a folder on loopback."""
    handler = functools.partial(QuietHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """A file server that prints nothing."""

    def log_message(self, *_: object) -> None:
        pass


def frames(env: dict[str, str], folder: Path, rates: tuple[int, ...], seconds: int) -> list[dict]:
    """Frames a second while an answer is written."""
    built = folder / "bench-page"
    command = ["npx", "--no-install", "vite", "build", "--config", "tests/bench/vite.config.ts",
               "--outDir", str(built), "--logLevel", "error"]  # fmt: skip
    subprocess.run(command, cwd=ROOT / "ui", check=True)
    with pages(built) as url, webkit(env) as driver:
        driver.go(url)
        driver.script(STREAM, 50, 2)
        return [{"rate": rate, **driver.script(STREAM, rate, seconds)} for rate in rates]


def memory(env: dict[str, str], folder: Path, answers: int) -> list[float]:
    """Megabytes of the page's process after each answer of 7 200 tokens, a hundred of them an hour."""
    with pages(folder / "bench-page") as url, webkit(env) as driver:
        driver.go(url)
        held = []
        for _ in range(answers):
            driver.script(STREAM, 1_200, 6)
            held.append(page_memory())
        return held


def page_memory() -> float:
    """Of the largest web process there is."""
    names = subprocess.run(["pgrep", "WebKitWebProces"], capture_output=True, text=True)
    return max(sum(map(pss, family(int(pid)))) for pid in names.stdout.split()) / 1e6


def title_of(messages: int, number: int) -> str:
    """No title is a part of another."""
    return f"thread {number} of {messages} messages"


def long_conversation(messages: int, number: int) -> dict:
    """In the form of an export: questions and answers in turn, the last answer naming the title."""
    title = title_of(messages, number)
    names = [str(uuid.uuid4()) for _ in range(messages)]
    body = "A paragraph with **bold** words, `code`, and a list:\n\n- one\n- two\n\n```rust\nfn main() {}\n```\n\n"
    written = []
    for at, name in enumerate(names):
        user = at % 2 == 0
        text = f"Question {at}?" if user else f"{body}Answer {at} in {title}"
        written.append({"id": name, "parent": names[at - 1] if at else None, "created": BEGUN + at,
                        "role": "user" if user else "assistant", "content": text, "status": "complete"})  # fmt: skip
    return {"id": str(uuid.uuid4()), "title": title, "created": BEGUN, "updated": BEGUN + messages,
            "head": names[-1], "messages": written}  # fmt: skip


def opening(env: dict[str, str], folder: Path, program: Path, rounds: int) -> dict:
    """Milliseconds until a long conversation shows its end, and what a key costs there."""
    export = folder / "long.json"
    # Each is opened once: a second time it would come from the memory of the page.
    conversations = [long_conversation(length, number) for length in LENGTHS for number in range(rounds)]
    export.write_text(json.dumps({"format": "hearth", "version": 1, "exported": BEGUN, "folders": [], "conversations": conversations}))
    subprocess.run([str(program), "import", str(export)], env=env, check=True, stdout=subprocess.DEVNULL)
    command = [str(program), "serve", "--ui", "--json", "--port", "0"]
    serve = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    try:
        address = next(event["ui_url"] for event in map(json.loads, serve.stdout) if "ui_url" in event)
        with webkit(env) as driver:
            driver.go(address)
            if driver.script(BEGIN) != 200:
                raise SystemExit("the first screen could not be passed")
            found: dict = {"open_ms": {length: [] for length in LENGTHS}}
            for number in range(rounds):
                for length in LENGTHS:
                    found["open_ms"][length].append(driver.script(OPEN, title_of(length, number)))
            found["type_ms"] = driver.script(TYPE, 100)
            return found
    finally:
        serve.terminate()
        serve.wait()


def measure(programs: Path) -> dict:
    """Everything, with the page's memory over an hour's worth of text."""
    with screen() as (home, env):
        folder = Path(home)
        return {
            "frames": frames(env, folder, (50, 200), 10),
            "memory_mb": memory(env, folder, 25),
            **opening(env, folder, programs / "hearth", 5),
        }


def show(found: dict) -> None:
    """Prints the figures for people."""
    for row in found["frames"]:
        print(f"streaming {row['rate']} tokens/s: {row['perSecond']:.1f} frames/s, "
              f"longest {row['longest']:.0f} ms, {row['over50']} over 50 ms")  # fmt: skip
    for length, times in found["open_ms"].items():
        print(f"open {length} messages: median {statistics.median(times):.0f} ms, first {times[0]:.0f} ms")
    keys = sorted(found["type_ms"])
    print(f"a key in a long thread: median {statistics.median(keys):.1f} ms, p95 {keys[int(len(keys) * 0.95)]:.1f} ms")
    held = found["memory_mb"]
    print(f"page after {len(held) * 7200} tokens streamed: {held[0]:.0f} -> {held[-1]:.0f} MB")
