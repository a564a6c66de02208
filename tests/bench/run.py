"""The benchmark: Hearth beside llama.cpp's own server, the desktop application, the power cuts.

    run.py            everything but the power cuts
    run.py servers    the two servers only
    run.py engine [--quick] [--only W4,W5]   the engine's workloads, each beside the peer
    run.py engine --only soak   thousands of requests, and what they leave behind
    run.py engine --only port   the port under load: 1 to 32 clients, a thousand connections
    run.py window     the desktop application only
    run.py ui         the interface in WebKitGTK: frames, long conversations, typing, memory
    run.py desktop    the tray and the quick window: times, memory, idle processor time
    run.py search     finding words in 100 000 messages
    run.py guard --data FOLDER   the guardrails on labelled rows, and how long 4 KB take
    run.py fuzz [--seconds 600]   random texts through the guardrails
    run.py documents --data FOLDER   what is read of files, and what became of awkward ones
    run.py library --data FOLDER   reading beside a pipeline in Python, a chat beside it, a second look
    run.py faults     a hundred power cuts while an answer streams

Rows are measured in turn (A B A B …) and compared by their medians. A row during which others kept
more than 0.3 processors busy is marked `noisy`. Figures go to `test-artifacts/bench.json` as well.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import time
from pathlib import Path

import desktop
import documents
import engine
import fuzz
import guard
import library
import search
import servers
import ui
import window
from measure import Others, Server, family, pss

NOISY = 0.3
STORY = "Write a very long and detailed story about a lighthouse keeper and the sea."
FACTS = "The keeper counted the waves, wrote the number down, and lit the lamp again. "


def row(metric: str, server: Server, value: float, others: float) -> dict:
    """One measured figure."""
    return {"metric": metric, "server": server.name, "value": value, "others": others,
            "noisy": others > NOISY}  # fmt: skip


def one_round(server: Server, number: int) -> list[dict]:
    """Decode, prefill and time to the first token, each with a prompt that no cache has seen."""
    rows = []
    with Others() as others:
        decode = server.ask(f"{number}. {STORY}", 128).decode
    rows.append(row("decode tok/s", server, decode, others.load))
    with Others() as others:
        prefill = server.ask(f"{number} at {time.time_ns()}. {FACTS * 60}", 1).prefill
    rows.append(row("prefill tok/s", server, prefill, others.load))
    with Others() as others:
        first = server.ask(f"{number} and {time.time_ns() % 1000}: hello?", 2).first_s
    rows.append(row("first token ms", server, first * 1000, others.load))
    return rows


def compare(program: Path, shape: servers.Shape, rounds: int) -> dict:
    """Both servers in turn."""
    rows: list[dict] = []
    with servers.hearth(program, shape) as (ours, _), servers.peer(shape) as (theirs, _):
        for server in (ours, theirs):
            one_round(server, -1)
        for number in range(rounds):
            for server in (ours, theirs) if number % 2 == 0 else (theirs, ours):
                rows += one_round(server, number)
        for server in (ours, theirs):
            memory = sum(map(pss, family(server.pid))) / 1e6
            rows.append(row("memory MB (PSS)", server, memory, 0.0))
    for _ in range(3):
        for start in (lambda: servers.hearth(program, shape), lambda: servers.peer(shape)):
            with Others() as others, start() as (server, ready):
                pass
            rows.append(row("start to ready s", server, ready, others.load))
    return {"shape": vars(shape) | {"model": str(shape.model or servers.MODEL)}, "rows": rows, "table": table(rows)}


def table(rows: list[dict]) -> list[dict]:
    """Medians and their ratio, Hearth over the peer."""
    lines = []
    for metric in dict.fromkeys(one["metric"] for one in rows):
        mine = [one for one in rows if one["metric"] == metric]
        median = {
            name: statistics.median(one["value"] for one in mine if one["server"] == name)
            for name in ("hearth", "llama.cpp")
        }
        noisy = sum(one["noisy"] for one in mine)
        lines.append({"metric": metric, **median, "ratio": median["hearth"] / median["llama.cpp"],
                      "rows": len(mine), "noisy": noisy})  # fmt: skip
    return lines


def show(lines: list[dict]) -> None:
    """Prints the table for people."""
    print(f"{'':<18}{'hearth':>10}{'llama.cpp':>11}{'ratio':>8}{'rows':>6}{'noisy':>7}")
    for line in lines:
        print(
            f"{line['metric']:<18}{line['hearth']:>10.1f}{line['llama.cpp']:>11.1f}"
            f"{line['ratio']:>8.3f}{line['rows']:>6}{line['noisy']:>7}"
        )


def show_window(figures: dict) -> None:
    """Prints start times and memory of the desktop application."""
    for number, start in enumerate(figures["starts"]):
        kind = "first start, new database" if number == 0 else f"start {number + 1}"
        print(f"{kind}: window {start['window_s']:.2f} s, model {start['model_s']:.2f} s")
    idle = figures["starts"][-1]["idle_pss"]
    for name, bytes_ in idle.items():
        print(f"idle {name}: {bytes_ / 1e6:.0f} MB")
    print(f"idle, all processes: {sum(idle.values()) / 1e6:.0f} MB")


def faults(kills: int) -> int:
    """Runs the test of the power cuts with many of them."""
    # As `build.sh test` calls it: one package alone would have other features, and compile anew.
    command = ["cargo", "test", "--release", "--locked", "--workspace", "--bins", "--tests", "--",
               "--exact", "faults::a_power_cut_at_any_moment_loses_no_acknowledged_message",
               "--nocapture"]  # fmt: skip
    environment = {**os.environ, "HEARTH_FAULT_KILLS": str(kills)}
    return subprocess.run(command, cwd=servers.ROOT, env=environment, check=False).returncode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", nargs="?", default="all",
                        choices=["all", "servers", "engine", "window", "desktop", "ui", "search",
                                 "guard", "fuzz", "documents", "library", "faults"])  # fmt: skip
    parser.add_argument("--rounds", type=int, help="of each row [default: 7, of the engine by row]")
    parser.add_argument("--quick", action="store_true", help="the engine in under 15 minutes")
    parser.add_argument("--only", metavar="W4,W5", help="these workloads of the engine")
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--most", type=int, default=1_000_000, help="passages of the library")
    parser.add_argument("--files", type=int, default=20_000, help="of a second look")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=600, help="of random texts")
    parser.add_argument("--data", type=Path, help="the folder with the labelled rows and score.py")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    target = Path(os.environ.get("CARGO_TARGET_DIR", servers.ROOT / "target")) / "release"
    parser.add_argument("--programs", type=Path, default=target)
    asked = parser.parse_args()
    if asked.what == "faults":
        raise SystemExit(faults(asked.kills))
    report: dict = {
        "machine": {"processors": os.cpu_count(), "system": platform.platform()},
        "load_before": os.getloadavg(),
    }
    if asked.what in ("all", "servers"):
        shape = servers.Shape(threads=asked.threads)
        report["servers"] = compare(asked.programs / "hearth", shape, asked.rounds or 7)
        show(report["servers"]["table"])
    if asked.what == "engine":
        report["engine"] = engine.measure(
            asked.programs / "hearth", quick=asked.quick, only=asked.only, rounds=asked.rounds,
            threads=asked.threads, keep=lambda part: write({**report, "engine": part}),
        )  # fmt: skip
    if asked.what in ("all", "window"):
        report["window"] = window.measure(asked.programs / "hearth-desktop", starts=4)
        show_window(report["window"])
    if asked.what in ("all", "desktop"):
        report["desktop"] = desktop.measure(asked.programs / "hearth-desktop", rounds=20)
        desktop.show(report["desktop"])
    if asked.what in ("all", "ui"):
        report["ui"] = ui.measure(asked.programs)
        ui.show(report["ui"])
    if asked.what in ("all", "search"):
        report["search"] = search.measure(asked.programs / "hearth", asked.messages)
        search.show(report["search"])
    if asked.what == "documents":
        if asked.data is None:
            parser.error("documents needs --data FOLDER")
        report["documents"] = documents.measure(asked.programs / "hearth", asked.data)
    if asked.what == "library":
        if asked.data is None:
            parser.error("library needs --data FOLDER")
        report["library"] = library.measure(asked.programs / "hearth", asked.data, asked.files, asked.most)
    if asked.what == "guard":
        if asked.data is None:
            parser.error("guard needs --data FOLDER")
        report["guard"] = guard.measure(asked.programs / "hearth", asked.data)
    if asked.what == "fuzz":
        report["fuzz"] = fuzz.measure(asked.seconds)
    write(report)


def write(report: dict) -> None:
    """Keeps the figures."""
    artefacts = servers.ROOT / "test-artifacts"
    artefacts.mkdir(exist_ok=True)
    (artefacts / "bench.json").write_text(json.dumps(report, indent=1))


main()
