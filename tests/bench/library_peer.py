"""What a developer would put together in Python: pypdf, pieces of 1,000 characters, the same MiniLM on ONNX
Runtime, Chroma. Prints one line: pages, pieces, seconds of processor time."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import chromadb
import numpy
import onnxruntime
from pypdf import PdfReader
from tokenizers import Tokenizer

SIZE, OVERLAP, BATCH = 1000, 200, 32


def pieces(text: str) -> list[str]:
    """Windows with an overlap."""
    return [text[at : at + SIZE] for at in range(0, max(len(text) - OVERLAP, 1), SIZE - OVERLAP)]


def embedder(folder: Path):
    """Mean-pooled and normalised vectors of texts."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(folder / "model.onnx", options)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(256)
    names = {it.name for it in session.get_inputs()}

    def embed(texts: list[str]) -> numpy.ndarray:
        tokenizer.enable_padding()
        rows = tokenizer.encode_batch(texts)
        mask = numpy.array([row.attention_mask for row in rows], dtype=numpy.int64)
        given = {"input_ids": numpy.array([row.ids for row in rows], dtype=numpy.int64), "attention_mask": mask,
                 "token_type_ids": numpy.zeros_like(mask)}  # fmt: skip
        states = session.run(None, {name: given[name] for name in names})[0]
        mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        return mean / numpy.linalg.norm(mean, axis=1, keepdims=True)

    return embed


def main() -> None:
    files, model, home = map(Path, sys.argv[1:])
    begun = time.monotonic()
    embed = embedder(model)
    kept = chromadb.PersistentClient(str(home)).create_collection("files")
    pages = count = failed = 0
    for file in sorted(files.glob("*.pdf")):
        try:
            texts = [page.extract_text() for page in PdfReader(file).pages]
        except Exception:  # noqa: BLE001 (it raises much, and such a file is passed over)
            failed += 1
            continue
        pages += len(texts)
        cut = [piece for text in texts for piece in pieces(text) if piece.strip()]
        for at in range(0, len(cut), BATCH):
            batch = cut[at : at + BATCH]
            names = [f"{file.name}#{at + place}" for place in range(len(batch))]
            kept.add(ids=names, embeddings=embed(batch).tolist(), documents=batch)
        count += len(cut)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(it.ru_utime + it.ru_stime for it in used)
    print(json.dumps({"pages": pages, "chunks": count, "failed": failed, "cpu": cpu, "wall": time.monotonic() - begun}))


main()
