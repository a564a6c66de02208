"""Builds the ONNX graph of all-MiniLM-L6-v2 from its published weights, and makes it int8.

The package carries PyTorch weights (safetensors). The graph is a plain BERT encoder, so it is
written out here operator by operator (opset 17) instead of pulling in PyTorch for one export.
`check` compares what ONNX Runtime computes with an independent forward pass in numpy.
Not here: tokenising, pooling and normalising, which the application does.
"""

import json
import math
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

OPSET = 17
IR_VERSION = 8
# Added to the scores of padding: far below any real score, still finite in half precision maths.
MASKED = np.float32(-1e9)
# The least cosine between int8 and exact sentence vectors; a text of one word is the worst case (0.973).
LEAST_COSINE = 0.95


class Graph:
    """Collects nodes and constants; every method returns the name of its output."""

    def __init__(self, weights: dict[str, np.ndarray]):
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants[name] = numpy_helper.from_array(np.array(value, order="C"), name)
        return name

    def op(self, kind: str, inputs: list[str], output: str, **attributes) -> str:
        self.nodes.append(
            helper.make_node(kind, inputs, [output], name=f"{output}_node", **attributes)
        )
        return output

    def weight(self, name: str) -> str:
        return self.constant(name, self.weights[name])

    def linear(self, x: str, layer: str, output: str) -> str:
        # Stored transposed: a plain MatMul is what the int8 quantiser understands.
        matrix = self.constant(f"{layer}.weight_t", self.weights[f"{layer}.weight"].T)
        product = self.op("MatMul", [x, matrix], f"{output}_product")
        return self.op("Add", [product, self.weight(f"{layer}.bias")], output)

    def norm(self, x: str, layer: str, output: str, epsilon: float) -> str:
        scale, shift = self.weight(f"{layer}.weight"), self.weight(f"{layer}.bias")
        return self.op("LayerNormalization", [x, scale, shift], output, axis=-1, epsilon=epsilon)

    def gelu(self, x: str, output: str) -> str:
        root = self.constant("sqrt_2", np.float32(math.sqrt(2)))
        one, half = self.constant("one", np.float32(1)), self.constant("half", np.float32(0.5))
        error = self.op("Erf", [self.op("Div", [x, root], f"{output}_scaled")], f"{output}_erf")
        gate = self.op("Add", [error, one], f"{output}_gate")
        return self.op("Mul", [self.op("Mul", [x, gate], f"{output}_gated"), half], output)


def load(model_dir: Path) -> tuple[dict, dict[str, np.ndarray]]:
    """Configuration and weights, with the names of a bare BERT."""
    config = json.loads((model_dir / "config.json").read_text(encoding="utf-8"))
    weights = load_file(model_dir / "model.safetensors")
    return config, {name.removeprefix("bert."): value for name, value in weights.items()}


def embeddings(graph: Graph, epsilon: float) -> str:
    """Word, segment and position embeddings, summed and normalised."""
    word = graph.weight("embeddings.word_embeddings.weight")
    segment = graph.weight("embeddings.token_type_embeddings.weight")
    position = graph.weight("embeddings.position_embeddings.weight")
    first, step = graph.constant("zero_i", np.int64(0)), graph.constant("one_i", np.int64(1))
    words = graph.op("Gather", [word, "input_ids"], "words")
    segments = graph.op("Gather", [segment, "token_type_ids"], "segments")
    length = graph.op("Gather", [graph.op("Shape", ["input_ids"], "shape"), step], "length")
    places = graph.op("Range", [first, length, step], "places")
    positions = graph.op("Gather", [position, places], "positions")
    summed = graph.op("Add", [graph.op("Add", [words, segments], "words_segments"), positions], "summed")
    return graph.norm(summed, "embeddings.LayerNorm", "embedded", epsilon)


def additive_mask(graph: Graph) -> str:
    """0 where the attention mask is 1, `MASKED` where it is 0, shaped for the scores."""
    axes = graph.constant("mask_axes", np.array([1, 2], np.int64))
    one, masked = graph.constant("one", np.float32(1)), graph.constant("masked", MASKED)
    real = graph.op("Cast", ["attention_mask"], "mask_float", to=TensorProto.FLOAT)
    wide = graph.op("Unsqueeze", [real, axes], "mask_wide")
    return graph.op("Mul", [graph.op("Sub", [one, wide], "mask_inverse"), masked], "mask_added")


def encoder_layer(graph: Graph, x: str, index: int, config: dict, mask: str, output: str) -> str:
    """Self-attention and feed-forward of one layer."""
    source, name = f"encoder.layer.{index}.", f"layer{index}_"
    heads = config["num_attention_heads"]
    width, epsilon = config["hidden_size"], config["layer_norm_eps"]
    split = graph.constant("split", np.array([0, 0, heads, width // heads], np.int64))
    join = graph.constant("join", np.array([0, 0, width], np.int64))
    scale = graph.constant("scale", np.float32(math.sqrt(width // heads)))

    def head(part: str, order: list[int]) -> str:
        projected = graph.linear(x, f"{source}attention.self.{part}", f"{name}{part}")
        shaped = graph.op("Reshape", [projected, split], f"{name}{part}_split")
        return graph.op("Transpose", [shaped], f"{name}{part}_heads", perm=order)

    query, key = head("query", [0, 2, 1, 3]), head("key", [0, 2, 3, 1])
    value = head("value", [0, 2, 1, 3])
    scores = graph.op("Div", [graph.op("MatMul", [query, key], f"{name}raw"), scale], f"{name}scaled")
    masked = graph.op("Add", [scores, mask], f"{name}masked")
    attention = graph.op("Softmax", [masked], f"{name}attention", axis=-1)
    mixed = graph.op("MatMul", [attention, value], f"{name}mixed")
    back = graph.op("Transpose", [mixed], f"{name}back", perm=[0, 2, 1, 3])
    context = graph.op("Reshape", [back, join], f"{name}context")
    out = graph.linear(context, f"{source}attention.output.dense", f"{name}attention_out")
    x = graph.norm(graph.op("Add", [out, x], f"{name}residual"),
                   f"{source}attention.output.LayerNorm", f"{name}normed", epsilon)
    inner = graph.gelu(graph.linear(x, f"{source}intermediate.dense", f"{name}inner"), f"{name}gelu")
    out = graph.linear(inner, f"{source}output.dense", f"{name}out")
    summed = graph.op("Add", [out, x], f"{name}residual2")
    return graph.norm(summed, f"{source}output.LayerNorm", output, epsilon)


def build(model_dir: Path) -> onnx.ModelProto:
    """The exact (f32) graph: ids, mask and segments in, the last hidden state out."""
    config, weights = load(model_dir)
    graph = Graph(weights)
    x = embeddings(graph, config["layer_norm_eps"])
    mask = additive_mask(graph)
    last = config["num_hidden_layers"] - 1
    for index in range(last + 1):
        output = "last_hidden_state" if index == last else f"layer{index}_end"
        x = encoder_layer(graph, x, index, config, mask, output)
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "seq"])
              for name in ("input_ids", "attention_mask", "token_type_ids")]
    shape = ["batch", "seq", config["hidden_size"]]
    outputs = [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, shape)]
    body = helper.make_graph(graph.nodes, "minilm", inputs, outputs, list(graph.constants.values()))
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)],
                              producer_name="hearth")
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model)
    return model


def make_int8(exact: Path, target: Path) -> None:
    """Weights of MatMul and Gather to int8: a quarter of the size, twice the speed."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(exact, target, weight_type=QuantType.QInt8, per_channel=True,
                     op_types_to_quantize=["MatMul", "Gather"])


def reference(model_dir: Path, ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The same encoder in plain numpy, written independently of the graph."""
    config, w = load(model_dir)
    heads, width = config["num_attention_heads"], config["hidden_size"]
    epsilon, erf = config["layer_norm_eps"], np.vectorize(math.erf)

    def norm(x, layer):
        centred = x - x.mean(-1, keepdims=True)
        return centred / np.sqrt(x.var(-1, keepdims=True) + epsilon) * w[f"{layer}.weight"] + w[f"{layer}.bias"]

    def linear(x, layer):
        return x @ w[f"{layer}.weight"].T + w[f"{layer}.bias"]

    def split(x):
        return x.reshape(*ids.shape, heads, width // heads).transpose(0, 2, 1, 3)

    x = norm(w["embeddings.word_embeddings.weight"][ids]
             + w["embeddings.position_embeddings.weight"][: ids.shape[1]]
             + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for index in range(config["num_hidden_layers"]):
        layer = f"encoder.layer.{index}."
        q, k, v = (split(linear(x, f"{layer}attention.self.{part}")) for part in ("query", "key", "value"))
        scores = q @ k.transpose(0, 1, 3, 2) / math.sqrt(width // heads)
        scores = np.exp(scores + (1 - mask)[:, None, None] * MASKED)
        scores /= scores.sum(-1, keepdims=True)
        context = (scores @ v).transpose(0, 2, 1, 3).reshape(*ids.shape, width)
        x = norm(linear(context, f"{layer}attention.output.dense") + x, f"{layer}attention.output.LayerNorm")
        inner = linear(x, f"{layer}intermediate.dense")
        inner = inner * 0.5 * (1 + erf(inner / math.sqrt(2)))
        x = norm(linear(inner, f"{layer}output.dense") + x, f"{layer}output.LayerNorm")
    return x


def check(model_dir: Path, exact: Path, int8: Path) -> tuple[float, float]:
    """Largest difference of the exact graph, least cosine of the int8 one; raises when too far."""
    import onnxruntime

    ids = np.array([[101, 2023, 2003, 1037, 3231, 102], [101, 2748, 102, 0, 0, 0]])
    mask = (ids > 0).astype(np.int64)
    feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": ids * 0}
    wanted = reference(model_dir, ids, mask)

    def run(path: Path) -> np.ndarray:
        return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(None, feed)[0]

    def pooled(x: np.ndarray) -> np.ndarray:
        mean = (x * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        return mean / np.linalg.norm(mean, axis=1, keepdims=True)

    difference = float(np.abs(run(exact) - wanted)[mask > 0].max())
    cosine = float((pooled(run(int8)) * pooled(wanted)).sum(1).min())
    if difference > 1e-4 or cosine < LEAST_COSINE:
        raise ValueError(f"the embedder is wrong: difference {difference:.1e}, cosine {cosine:.4f}")
    return difference, cosine
