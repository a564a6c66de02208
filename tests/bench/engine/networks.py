"""Models of real shapes with random weights, written once into `.cache/bench-models`.

A processor is as fast on random numbers as on others, so speed needs no download. What must be
known is what they say: the head gives each token's own row of the embedding to the token that
follows it, and what the layers add is small, so an answer is the words of the vocabulary in their
order (`vocabulary.py`). Every weight is read and multiplied all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Kind

import servers
from . import vocabulary

FOLDER = servers.ROOT / ".cache" / "bench-models"
# Another number makes the files again.
RECIPE = 2
HEAD = 64
# Values and bytes of a block.
BLOCKS = {Kind.Q4_0: (32, 18), Kind.Q8_0: (32, 34), Kind.Q4_K: (256, 144), Kind.Q6_K: (256, 210)}
# Where the scales of a block lie, and the sizes that give weights of about 0.02.
SCALES = {
    Kind.Q4_0: {0: 4.3e-3},
    Kind.Q8_0: {0: 2.7e-4},
    Kind.Q4_K: {0: 1.3e-4, 2: 9.75e-4},
    Kind.Q6_K: {208: 1e-4},
}
# Words are loud, what the layers add to them is quiet.
LOUD, QUIET = 50.0, 0.05


@dataclass(frozen=True)
class Network:
    """The shape of a model."""

    name: str
    architecture: str
    layers: int
    width: int
    inner: int
    heads: int
    heads_kv: int
    tokens: int
    theta: float
    epsilon: float
    kind: Kind
    # What Q4_K_M keeps in six bits.
    fine: Kind

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.name}-{RECIPE}.gguf"

    @property
    def kv_per_token(self) -> int:
        """Bytes that the cache holds for a token, 16 bits a number."""
        return self.layers * 2 * self.heads_kv * HEAD * 2

    @property
    def read_per_token(self) -> int:
        """Bytes of weights that writing one token reads: all but the table of words."""
        sizes = {name: size(kind, rows * columns) for name, rows, columns, kind, _ in matrices(self)}
        return sum(sizes.values()) - sizes["token_embd"]


QWEN = dict(architecture="qwen2", layers=24, width=896, inner=4864, heads=14, heads_kv=2,
            tokens=151_936, theta=1e6, epsilon=1e-6)  # fmt: skip
SMALL = Network(name="0.5b-q4_0", kind=Kind.Q4_0, fine=Kind.Q4_0, **QWEN)
SMALL_Q8 = Network(name="0.5b-q8_0", kind=Kind.Q8_0, fine=Kind.Q8_0, **QWEN)
BILLION = Network(name="1b-q4_k_m", architecture="llama", layers=16, width=2048, inner=8192, heads=32,
                  heads_kv=8, tokens=128_256, theta=5e5, epsilon=1e-5, kind=Kind.Q4_K,
                  fine=Kind.Q6_K)  # fmt: skip
# Its cache is ten times as large: few conversations are more than a memory cache may take.
WIDE = Network(name="0.5b-wide-q4_0", kind=Kind.Q4_0, fine=Kind.Q4_0,
               **{**QWEN, "layers": 32, "inner": 3072, "heads_kv": 14})  # fmt: skip


def size(kind: Kind, values: int) -> int:
    """Bytes of so many weights."""
    each, block = BLOCKS[kind]
    return values // each * block


def matrices(net: Network) -> Iterator[tuple[str, int, int, Kind, float]]:
    """Name, rows, columns, kind and loudness of every matrix."""
    kv = net.heads_kv * HEAD
    yield "token_embd", net.tokens, net.width, net.fine, LOUD
    yield "output", net.tokens, net.width, net.fine, LOUD
    for layer in range(net.layers):
        eighth = net.layers // 8
        more = layer < eighth or layer >= 7 * eighth or (layer - eighth) % 3 == 2
        some = net.fine if more else net.kind
        block = f"blk.{layer}"
        yield f"{block}.attn_q", net.width, net.width, net.kind, 1.0
        yield f"{block}.attn_k", kv, net.width, net.kind, 1.0
        yield f"{block}.attn_v", kv, net.width, some, 1.0
        yield f"{block}.attn_output", net.width, net.width, net.kind, QUIET
        yield f"{block}.ffn_gate", net.inner, net.width, net.kind, 1.0
        yield f"{block}.ffn_up", net.inner, net.width, net.kind, 1.0
        yield f"{block}.ffn_down", net.width, net.inner, some, QUIET


def random_rows(chance: np.random.Generator, rows: int, columns: int, kind: Kind, loud: float) -> np.ndarray:
    """Blocks of random bytes with scales that are numbers."""
    each, block = BLOCKS[kind]
    made = chance.integers(0, 256, (rows * columns // each, block), dtype=np.uint8)
    # Blocks of either sign: a mean other than nought would grow from layer to layer.
    signs = chance.integers(0, 2, len(made), dtype=np.uint8) * 0x80
    for place, scale in SCALES[kind].items():
        made[:, place : place + 2] = np.frombuffer(np.float16(scale * loud).tobytes(), np.uint8)
        made[:, place + 1] |= signs
    if kind == Kind.Q6_K:
        made[:, 192:208] = chance.integers(-16, 17, (len(made), 16), dtype=np.int8).view(np.uint8)
    return made.reshape(rows, -1)


def header(out: gguf.GGUFWriter, net: Network) -> None:
    """What the file says of itself."""
    out.add_name(f"Hearth benchmark {net.name}")
    out.add_context_length(32_768)
    out.add_embedding_length(net.width)
    out.add_block_count(net.layers)
    out.add_feed_forward_length(net.inner)
    out.add_head_count(net.heads)
    out.add_head_count_kv(net.heads_kv)
    out.add_rope_freq_base(net.theta)
    out.add_rope_dimension_count(HEAD)
    out.add_layer_norm_rms_eps(net.epsilon)
    texts, kinds = vocabulary.tokens(net.tokens)
    out.add_tokenizer_model("gpt2")
    # The one that takes a whole word where it is a token.
    out.add_tokenizer_pre("llama-bpe")
    out.add_token_list(texts)
    out.add_token_types(kinds)
    out.add_token_merges(vocabulary.MERGES)
    out.add_eos_token_id(vocabulary.END)
    out.add_add_bos_token(False)
    out.add_chat_template(vocabulary.TEMPLATE)


def vectors(out: gguf.GGUFWriter, net: Network) -> None:
    """Norms of one, and the biases of Qwen's attention, of nought."""
    kv = net.heads_kv * HEAD
    out.add_tensor("output_norm.weight", np.ones(net.width, np.float32))
    for layer in range(net.layers):
        for part in ("attn_norm", "ffn_norm"):
            out.add_tensor(f"blk.{layer}.{part}.weight", np.ones(net.width, np.float32))
        if net.architecture == "qwen2":
            for part, rows in (("attn_q", net.width), ("attn_k", kv), ("attn_v", kv)):
                out.add_tensor(f"blk.{layer}.{part}.bias", np.zeros(rows, np.float32))


def made(net: Network) -> Path:
    """The file of a model; it is written where there is none yet."""
    if net.path.exists():
        return net.path
    print(f"writing the model {net.name}, once", flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    part = net.path.with_suffix(".part")
    out, chance = gguf.GGUFWriter(part, net.architecture), np.random.default_rng(7)
    header(out, net)
    vectors(out, net)
    words = None
    for name, rows, columns, kind, loud in matrices(net):
        if name == "output":
            order = np.array(vocabulary.ring(net.tokens))
            numbers = np.empty_like(words)
            numbers[np.roll(order, -1)] = words[order]
        else:
            numbers = random_rows(chance, rows, columns, kind, loud)
            words = numbers if words is None else words
        out.add_tensor(f"{name}.weight", numbers, raw_dtype=kind)
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()
    part.rename(net.path)
    return net.path
