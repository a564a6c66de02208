"""The engine's workloads, each beside llama.cpp's own server in one run.

Both servers run with the same model file, threads, context, batch and kind of cache, and are asked in
turn over HTTP. Median and quartiles of each row, the ratio of the medians, and whether the goal of
the row holds. Models are made with random weights (`networks.py`), so nothing is fetched.
"""

from __future__ import annotations

import os
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from . import busy, chats, crowd, edit, forms, memory, port, restart, soak, speed
from .sheet import Sheet, show
from .stand import Stand

WORKLOADS: dict[str, Callable[[Stand], None]] = {
    "W1": speed.decode_and_prefill,
    "W2": speed.first_token,
    "W3": chats.next_turns,
    "W4": crowd.strangers,
    "W5": crowd.one_beginning,
    "W6": crowd.beside_a_long_prompt,
    "W7": restart.reopened,
    "W8": edit.guessing,
    "W9": busy.given_up,
    "W10": busy.beside_busy_loops,
    "W11": memory.memory,
    "W12": forms.schema,
    "port": port.load,
    "soak": soak.soak,
}
# Hours, and of one server: only where it is asked for.
ASKED_FOR = {"soak"}


def chosen(only: str | None) -> list[str]:
    """The workloads of a list like `W4,W5`; all but the long ones without a list."""
    if not only:
        return [name for name in WORKLOADS if name not in ASKED_FOR]
    known = {name.lower(): name for name in WORKLOADS}
    wanted = [name.strip().lower() for name in only.split(",")]
    if unknown := [name for name in wanted if name not in known]:
        raise SystemExit(f"no workload {', '.join(unknown)}; there are {', '.join(WORKLOADS)}")
    return [known[name] for name in wanted]


def measure(program: Path, *, quick: bool, only: str | None, rounds: int | None, threads: int,
            keep: Callable[[dict], None]) -> dict:  # fmt: skip
    """Every workload that was chosen; what there is so far is kept after each."""
    names, report = chosen(only), {}
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as folder:
        stand = Stand(program, folder, quick, threads, rounds)
        for name in names:
            begin, load = time.monotonic(), os.getloadavg()[0]
            try:
                WORKLOADS[name](stand)
            except (Exception, SystemExit) as error:  # noqa: BLE001: the next workload can be measured all the same
                traceback.print_exc()
                stand.sheet.note(name, f"broke off: {error!r}")
            seconds = time.monotonic() - begin
            stand.sheet.note(name, {"seconds": round(seconds), "load_before": load})
            print(f"\n{name}: {seconds:.0f} s", flush=True)
            show([line for line in stand.sheet.lines() if line["workload"] == name])
            report = written(stand.sheet, quick, threads)
            keep(report)
    print()
    show(report["table"])
    say(stand.sheet)
    return report


def written(sheet: Sheet, quick: bool, threads: int) -> dict:
    return {"quick": quick, "threads": threads, "table": sheet.lines(), "rows": sheet.rows, "notes": sheet.notes}


def say(sheet: Sheet) -> None:
    """What has to be known beside the table."""
    for name, facts in sheet.notes.items():
        for fact in facts:
            if isinstance(fact, str):
                print(f"{name}: {fact}")
            elif "share_of_limit" in fact:
                shares = ", ".join(f"{who} {part * 100:.0f} %" for who, part in fact["share_of_limit"].items())
                print(f"{name}: {fact['model']}: of the tokens that the memory allows: {shares or 'not known'}")
