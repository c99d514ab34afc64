"""The composer's network as an ONNX graph, made when a session starts: nothing but the weights is shipped.

A step reads all weights and the cache once. Queries, keys and values are one product, gate and up another; the cache is
written in place by `GroupQueryAttention` (ONNX Runtime's own operator), which also turns queries and keys.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from senandung.composing.decoding.engine_weights import Floats, Weights, block_of
from senandung.composing.decoding.onnx_writer import Graph
from senandung.composing.pieces.follow import SLOTS

_NO_SINK = -1e30
_BYTE_MIDDLE = 128


def decoder_graph(weights: Weights) -> bytes:
    """The model.

    Inputs: numbers (rows, n, SLOTS + 1), each token's features and the token plus `features`, int64; `total` (1,), the
    tokens in the cache after this call, and `lengths` (rows,), one less for each row, int32; scale.N (width,), what the
    norm N in the order of `Sizes.norms` multiplies with, and `shift` (vocabulary,), what is added to the logits,
    float32; for every layer keys.N and values.N (rows, key heads, context, head), float32 or int8. Outputs: logits
    (rows, vocabulary) of the last token, and the caches new.keys.N and new.values.N, to be bound to the same memory.
    """
    sizes = weights.sizes
    graph = Graph()
    graph.input("numbers", "int64", ("rows", "n", SLOTS + 1))
    graph.input("lengths", "int32", ("rows",))
    graph.input("total", "int32", (1,))
    for norm in range(len(sizes.norms())):
        graph.input(f"scale.{norm}", "float32", (sizes.width,))
    graph.input("shift", "float32", (sizes.vocabulary,))
    cosine, sine = turns(weights)
    graph.constant("cosine", cosine)
    graph.constant("sine", sine)
    table = np.concatenate([weights.floats("known.weight"), weights.floats("embedding.weight")])
    each = graph.node("Gather", [graph.constant("table", table), "numbers"])
    # their sum as a product: quicker than ReduceSum
    stream = graph.node("MatMul", [graph.constant("ones", np.ones(SLOTS + 1, dtype=np.float32)), each])
    seen = graph.node("SimplifiedLayerNormalization", [stream, "scale.0"], epsilon=1e-5, axis=-1)
    for layer in range(sizes.layers):
        here = f"layers.{layer}"
        joint = _product(graph, weights, seen, [f"{here}.{name}.weight" for name in ("queries", "keys", "values")])
        mixed = _attention(graph, weights, layer, joint)
        added = _product(graph, weights, mixed, [f"{here}.joined.weight"])
        stream, seen = _add_and_norm(graph, added, stream, 2 * layer + 1)
        both = _product(graph, weights, seen, [f"{here}.gate.weight", f"{here}.up.weight"])
        gate, up = f"gate.{layer}", f"up.{layer}"
        graph.node("Split", [both], [gate, up], axis=-1, num_outputs=2)
        # x · sigmoid(x)
        opened = graph.node("QuickGelu", [gate], contrib=True, alpha=1.0)
        inner = graph.node("Mul", [opened, up])
        added = _product(graph, weights, inner, [f"{here}.down.weight"])
        stream, seen = _add_and_norm(graph, added, stream, 2 * layer + 2)
    last = graph.node("Gather", [seen, graph.constant("last", np.array(-1, dtype=np.int64))], axis=1)
    _product(graph, weights, last, ["embedding.weight"], shift="shift", output="logits")
    graph.output("logits", "float32", ("rows", sizes.vocabulary))
    return graph.to_bytes()


def turns(weights: Weights) -> tuple[Floats, Floats]:
    """Cosines and sines of the rotary positions, each of shape (context, half a head)."""
    half = weights.sizes.head // 2
    rates = weights.sizes.rope_base ** (-np.arange(half, dtype=np.float32) / half)
    angles = np.arange(weights.context, dtype=np.float32)[:, None] * rates.astype(np.float32)
    return np.cos(angles), np.sin(angles)


def _attention(graph: Graph, weights: Weights, layer: int, joint: str) -> str:
    sizes, scales = weights.sizes, weights.cache_scales
    kind = "float32" if scales is None else "int8"
    shape = ("rows", sizes.key_heads, "context", sizes.head)
    for name in (f"keys.{layer}", f"values.{layer}"):
        graph.input(name, kind, shape)
        graph.output(f"new.{name}", kind, shape)
    inputs = [joint, "", "", f"keys.{layer}", f"values.{layer}", "lengths", "total", "cosine", "sine"]
    attributes: dict[str, int | str] = {}
    if scales is not None:
        # A sink that weighs nothing: with one the operator takes its plain path, for bytes faster than the one that
        # is made for long prompts (measured: a fifth of a step at position 1,000; for floats it is slower).
        sink = graph.constant(f"sink.{layer}", np.full(sizes.heads, _NO_SINK, dtype=np.float32))
        steps = [
            graph.constant(f"step.{name}.{layer}", scales[layer, at : at + 1].astype(np.float32))
            for at, name in enumerate(("keys", "values"))
        ]
        inputs += ["", "", sink, *steps]
        attributes = {"k_quant_type": "PER_TENSOR", "v_quant_type": "PER_TENSOR", "kv_cache_bit_width": 8}
    return graph.node(
        "GroupQueryAttention", inputs, [f"mixed.{layer}", f"new.keys.{layer}", f"new.values.{layer}"],
        contrib=True, num_heads=sizes.heads, kv_num_heads=sizes.key_heads, do_rotary=1, **attributes,
    )  # fmt: skip


def _add_and_norm(graph: Graph, added: str, stream: str, norm: int) -> tuple[str, str]:
    summed = f"stream.{norm}"
    outputs = [f"seen.{norm}", "", "", summed]
    seen = graph.node(
        "SkipSimplifiedLayerNormalization", [added, stream, f"scale.{norm}"], outputs, contrib=True, epsilon=1e-5
    )  # fmt: skip
    return summed, seen


def _product(graph: Graph, weights: Weights, x: str, names: Sequence[str], *, shift: str = "", output: str = "") -> str:
    """x times matrices laid one under another, and a shift of the result."""
    outputs = [output] if output else []
    label = " ".join(names)
    if weights.kind == "fp32":
        matrix = np.concatenate([weights.floats(name) for name in names]).T
        constant = graph.constant(f"matrix {label}", np.ascontiguousarray(matrix))
        if not shift:
            return graph.node("MatMul", [x, constant], outputs)
        return graph.node("Add", [graph.node("MatMul", [x, constant]), shift], outputs)
    numbers = np.concatenate([weights.arrays[name] for name in names])
    scales = np.concatenate([weights.arrays[f"{name}.scales"] for name in names]).astype(np.float32)
    out, size = numbers.shape
    block = block_of(size, scales.shape[1])
    padded = np.full((out, scales.shape[1] * block), _BYTE_MIDDLE, dtype=np.uint8)
    padded[:, :size] = numbers.astype(np.int16) + _BYTE_MIDDLE
    inputs = [
        x,
        graph.constant(f"numbers {label}", padded.reshape(out, -1, block)),
        graph.constant(f"scales {label}", scales),
    ]
    if shift:
        inputs += ["", "", shift]
    # accuracy_level 4: the other factor is rounded to int8 too, row by row and block by block
    return graph.node(
        "MatMulNBits", inputs, outputs, contrib=True, K=size, N=out, bits=8, block_size=block, accuracy_level=4
    )  # fmt: skip
