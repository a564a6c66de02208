"""The library under load: reading PDF files beside a pipeline of the usual parts in Python, a chat while
files are read, what up to a million passages cost, and a second look through a folder in which nothing
changed."""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import servers
from measure import Others, Server, family, pss
from search import VOCABULARY, Page, some_word

PEER = servers.ROOT / ".cache/library-peer"
WISHES = Path(__file__).with_name("library-peer.txt")
QUESTION = "Write a long story about a lighthouse keeper and the sea."


def ingest(program: Path, environment: dict[str, str], folder: Path, collection: str) -> dict:
    """`hearth ingest`, to its end, with the processor time of it and all that it started."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [program, "ingest", "--json", "--collection", collection, folder]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    report = json.loads(done.stdout)
    report["wall"] = time.monotonic() - begun
    report["cpu"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return report


def peer_python() -> Path:
    """The Python of the peer, with what it needs, installed once."""
    python = PEER / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", PEER], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
                    "--require-hashes", "--requirement", WISHES], check=True)  # fmt: skip
    return python


def pdf(pages: list[list[str]]) -> bytes:
    """A PDF file of lines of text."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        drawn = "BT /F1 10 Tf 72 770 Td 13 TL " + "".join(f"({line}) Tj T* " for line in lines) + "ET"
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects) + 2} 0 R "
                       "/Resources << /Font << /F1 3 0 R >> >> >>")  # fmt: skip
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    file, places = "%PDF-1.7\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(file))
        file += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (f"{file}xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}"
            f"trailer << /Size {len(places) + 1} /Root 1 0 R >>\nstartxref\n{len(file)}\n%%EOF\n").encode()  # fmt: skip


def made_files(folder: Path, files: int, pages: int) -> None:
    """PDF files with words of their own, 45 lines to a page."""
    chance = random.Random(7)
    folder.mkdir()
    for number in range(files):
        sheets = [[" ".join(some_word(chance) for _ in range(11)) + "." for _ in range(45)] for _ in range(pages)]
        (folder / f"{number}.pdf").write_bytes(pdf(sheets))


def pipelines(program: Path, files: Path) -> dict:
    """Pages a second of processor time, of both, on the same files in turn."""
    rows: dict[str, list[dict]] = {"hearth": [], "python": []}
    model = servers.ROOT / "models/embedder"
    python = peer_python()
    with Others() as others:
        for _ in range(2):
            with tempfile.TemporaryDirectory() as home:
                rows["hearth"].append(ingest(program, servers.home(home), files, "files"))
            with tempfile.TemporaryDirectory() as home:
                command = [python, Path(__file__).with_name("library_peer.py"), files, model, home]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                rows["python"].append(json.loads(done.stdout))
    rate = {name: statistics.median(one["pages"] / one["cpu"] for one in runs) for name, runs in rows.items()}
    chunks = {name: statistics.median(one["chunks"] / one["cpu"] for one in runs) for name, runs in rows.items()}
    return {"runs": rows, "pages_per_cpu_s": rate, "chunks_per_cpu_s": chunks,
            "ratio": rate["hearth"] / rate["python"], "others": others.load}  # fmt: skip


def answers(server: Server, rounds: int, going: subprocess.Popen | None = None) -> list[dict]:
    """First token and tokens a second of questions that no cache knows; while something else goes on,
    only those that ended before it did."""
    rows = []
    for number in range(rounds):
        answer = server.ask(f"{time.time_ns()} {number}. {QUESTION}", 96)
        if going is not None and going.poll() is not None:
            break
        rows.append({"first_ms": answer.first_s * 1000, "decode": answer.decode})
    return rows


def beside(program: Path, files: Path, rounds: int) -> dict:
    """A chat while nothing else is done, and while files are read."""
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as home:
        shape = servers.Shape(threads=0)
        with servers.hearth(program, shape, home) as (server, _), Others() as others:
            answers(server, 2)
            idle = answers(server, rounds)
            command = [program, "ingest", "--json", "--collection", "files", files]
            going = subprocess.Popen(command, env=servers.home(home), stdout=subprocess.PIPE, text=True)
            time.sleep(2)
            busy = answers(server, 200, going)
            report = json.loads(going.communicate()[0])
            again = answers(server, rounds)
    middle = lambda rows, key: statistics.median(row[key] for row in rows)  # noqa: E731
    rest = idle + again
    return {"idle": idle, "busy": busy, "again": again, "documents": report["documents"],
            "seconds": report["seconds"], "others": others.load,
            "first": middle(rest, "first_ms") / middle(busy, "first_ms"),
            "decode": middle(busy, "decode") / middle(rest, "decode")}  # fmt: skip


def rescan(program: Path, count: int) -> dict:
    """Many small files, put in and then looked through again."""
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as home:
        folder, environment = Path(home, "many"), servers.home(home)
        for number in range(count):
            inside = folder / f"{number // 1000:03}"
            inside.mkdir(parents=True, exist_ok=True)
            (inside / f"note{number}.txt").write_text(f"{VOCABULARY[number % 500]} is what this note says.")
        first = ingest(program, environment, folder, "many")
        again = [ingest(program, environment, folder, "many") for _ in range(3)]
        return {"files": count, "documents": first["documents"], "first_s": first["seconds"],
                "rss": first["peak_rss_bytes"], "again_s": [one["seconds"] for one in again]}  # fmt: skip


def scale(program: Path, passages: int) -> dict:
    """What so many passages cost: a start, memory, disk, a search by words and meaning."""
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as home:
        environment = servers.home(home) | {"HEARTH_DB_KEY_FILE": f"{home}/key"}
        small = Path(home, "small")
        small.mkdir()
        (small / "note.txt").write_text("The first note of all.")
        ingest(program, environment, small, "made")
        database = next(Path(home).rglob("hearth.db"))
        begun = time.monotonic()
        subprocess.run([program.parent / "examples/fill_library", database, f"{home}/key", "made", str(passages)],
                       check=True)  # fmt: skip
        filled = time.monotonic() - begun
        size = sum(file.stat().st_size for file in database.parent.glob("hearth.db*"))
        begun = time.monotonic()
        command = [str(program), "serve", "--json", "--port", "0", "--ui"]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            page = Page(json.loads(process.stdout.readline())["ui_url"])
            start = time.monotonic() - begun
            while json.loads(process.stdout.readline())["event"] != "ready":
                pass
            before = sum(map(pss, family(process.pid)))
            begun = time.monotonic()
            page.passages(VOCABULARY[9])
            first = time.monotonic() - begun
            memory = sum(map(pss, family(process.pid))) - before
            chance = random.Random(5)
            with Others() as others:
                times = sorted(page.passages(" ".join(some_word(chance) for _ in range(6))) for _ in range(200))
        finally:
            process.terminate()
            process.wait()
    return {"passages": passages, "fill_s": filled, "disk": size, "start_s": start, "first_s": first,
            "memory": memory, "p50": times[100], "p95": times[190], "others": others.load}  # fmt: skip


def show_scale(rows: list[dict]) -> None:
    """The cost curve."""
    print(f"{'passages':>10}{'p50 ms':>9}{'p95 ms':>9}{'first s':>9}{'start s':>9}{'memory MB':>11}{'disk MB':>9}")
    for row in rows:
        print(f"{row['passages']:>10}{row['p50']:>9.1f}{row['p95']:>9.1f}{row['first_s']:>9.2f}{row['start_s']:>9.2f}"
              f"{row['memory'] / 1e6:>11.0f}{row['disk'] / 1e6:>9.0f}")  # fmt: skip


def measure(program: Path, data: Path, files: int, most: int) -> dict:
    """Every table."""
    report = {}
    with tempfile.TemporaryDirectory() as name:
        made = Path(name, "made")
        made_files(made, 100, 4)
        report["beside"] = beside(program, made, 7)
        show_beside(report["beside"])
        report["pipelines"] = pipelines(program, data / "pdf")
        show_pipelines(report["pipelines"])
    report["scale"] = [scale(program, 10**power) for power in range(3, 7) if 10**power <= most]
    show_scale(report["scale"])
    report["rescan"] = rescan(program, files)
    again = statistics.median(report["rescan"]["again_s"])
    print(f"{files} files: put in {report['rescan']['first_s']:.1f} s, looked through again {again:.2f} s, "
          f"peak {report['rescan']['rss'] / 1e6:.0f} MB")  # fmt: skip
    report["load_after"] = os.getloadavg()
    return report


def show_beside(figures: dict) -> None:
    """A chat while files are read."""
    for name in ("idle", "busy", "again"):
        rows = figures[name]
        first, decode = (statistics.median(row[key] for row in rows) for key in ("first_ms", "decode"))
        print(f"chat, {name:<6} first token {first:7.1f} ms, {decode:6.1f} tokens/s, {len(rows)} answers")
    print(f"beside {figures['documents']} files in {figures['seconds']:.0f} s: {figures['first']:.2f} of the idle "
          f"first token, {figures['decode']:.2f} of the tokens/s")  # fmt: skip


def show_pipelines(figures: dict) -> None:
    """Both pipelines."""
    for name, rate in figures["pages_per_cpu_s"].items():
        print(f"{name}: {rate:.1f} pages, {figures['chunks_per_cpu_s'][name]:.1f} passages a second of processor time")
    print(f"pages: {figures['ratio']:.2f} of the pipeline in Python; others {figures['others']:.2f}")
