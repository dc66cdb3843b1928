"""The BERT encoder of all-MiniLM-L6-v2 as an ONNX graph, built straight from its weights.

Fused operators of onnxruntime (`com.microsoft`) keep the graph short and fast: embeddings with layer norm, attention, skip
connection with layer norm, and the exact (erf) GELU. Pooling and normalisation are part of the graph, so a run returns
sentence vectors.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file

__all__ = ["Weights", "build_graph", "write_graph"]

Weights = Mapping[str, NDArray[np.float32]]

_LAYERS, _HEADS, _HIDDEN, _EPSILON = 6, 12, 384, 1e-12
_FUSED = "com.microsoft"


def write_graph(weights: Path, path: Path, *, int8: bool) -> None:
    """Build the graph from a safetensors file and write it to `path`, its products in int8 if asked.

    Raises:
        OSError: a file cannot be read or written.
        KeyError, ValueError, RuntimeError: the weights are not those of this model.
    """
    model = build_graph(load_file(weights))
    if not int8:
        onnx.save(model, str(path))
        return
    # The graph needs no preparation (its operators are fused already); saying so here keeps the quantiser from logging advice.
    helper.set_model_props(model, {"onnx.quant.pre_process": "onnxruntime.quant"})
    quantize_dynamic(
        model,
        str(path),
        per_channel=True,
        # Seven bits a weight: on processors without VNNI eight would overflow silently in the products.
        reduce_range=True,
        weight_type=QuantType.QInt8,
        # Shape inference does not know the fused operators; everything here is float.
        extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )


class _Graph:
    """Nodes and constants as they are added; each method returns the name of what it made."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: float) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], output, None, domain, None, **attributes))
        return output

    def fused(self, operator: str, inputs: list[str], output: str, **attributes: float) -> str:
        return self.node(operator, inputs, output, _FUSED, **attributes)


def build_graph(weights: Weights) -> onnx.ModelProto:
    """Return the encoder as a checked float32 model.

    Inputs: `input_ids` (batch, tokens) int32, padded on the right; `lengths` (batch,) int32, tokens that are not padding;
    `mask` (batch, tokens) float32, 1 for those tokens. Output: `vectors` (batch, 384) float32 unit rows.

    Args:
        weights: the tensors of model.safetensors by their published names.

    Raises:
        KeyError: a tensor is missing.
    """
    graph = _Graph()
    hidden = _embeddings(graph, weights)
    for number in range(_LAYERS):
        hidden = _layer(graph, weights, number, hidden)
    _pool(graph, hidden)
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "all-MiniLM-L6-v2",
            [
                helper.make_tensor_value_info("input_ids", TensorProto.INT32, ["batch", "tokens"]),
                helper.make_tensor_value_info("lengths", TensorProto.INT32, ["batch"]),
                helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["batch", "tokens"]),
            ],
            [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", _HIDDEN])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(_FUSED, 1)],
        ir_version=8,
    )
    onnx.checker.check_model(model)
    return model


def _embeddings(graph: _Graph, weights: Weights) -> str:
    """Words, places and layer norm. There is one segment only, so its vector is added to the places beforehand."""
    base = "embeddings."
    places = weights[f"{base}position_embeddings.weight"] + weights[f"{base}token_type_embeddings.weight"][0]
    inputs = [
        "input_ids",
        "",
        graph.constant("words", weights[f"{base}word_embeddings.weight"]),
        graph.constant("places", places),
        "",
        *_norm(graph, weights, f"{base}LayerNorm"),
    ]
    graph.nodes.append(
        helper.make_node(
            "EmbedLayerNormalization",
            inputs,
            ["embedded", "embedded_mask"],
            name="embedded",
            domain=_FUSED,
            epsilon=_EPSILON,
        )
    )
    return "embedded"


def _layer(graph: _Graph, weights: Weights, number: int, hidden: str) -> str:
    """One transformer layer: attention and feed-forward, each with its skip connection."""
    base, name = f"encoder.layer.{number}.", f"layer{number}."
    heads = [f"{base}attention.self.{part}" for part in ("query", "key", "value")]
    projection = graph.constant(f"{name}qkv", np.concatenate([weights[f"{head}.weight"].T for head in heads], axis=1))
    bias = graph.constant(f"{name}qkv_bias", np.concatenate([weights[f"{head}.bias"] for head in heads]))
    attended = graph.fused(
        "Attention", [hidden, projection, bias, "lengths"], f"{name}attended", num_heads=_HEADS, unidirectional=0
    )
    mixed = _multiply(graph, weights, f"{base}attention.output.dense", attended, f"{name}mixed")
    first = _skip(graph, weights, f"{base}attention.output", mixed, hidden, f"{name}first")
    widened = _multiply(graph, weights, f"{base}intermediate.dense", first, f"{name}widened")
    bias = graph.constant(f"{name}gelu_bias", weights[f"{base}intermediate.dense.bias"])
    active = graph.fused("BiasGelu", [widened, bias], f"{name}active")
    narrowed = _multiply(graph, weights, f"{base}output.dense", active, f"{name}narrowed")
    return _skip(graph, weights, f"{base}output", narrowed, first, f"{name}second")


def _multiply(graph: _Graph, weights: Weights, dense: str, left: str, output: str) -> str:
    return graph.node("MatMul", [left, graph.constant(f"{output}_weight", weights[f"{dense}.weight"].T)], output)


def _skip(graph: _Graph, weights: Weights, base: str, new: str, skipped: str, output: str) -> str:
    """Add the skipped input and the dense layer's bias, then normalise."""
    norm = _norm(graph, weights, f"{base}.LayerNorm")
    bias = graph.constant(f"{output}_bias", weights[f"{base}.dense.bias"])
    return graph.fused("SkipLayerNormalization", [new, skipped, *norm, bias], output, epsilon=_EPSILON)


def _norm(graph: _Graph, weights: Weights, base: str) -> list[str]:
    return [graph.constant(f"{base}.{part}", weights[f"{base}.{part}"]) for part in ("weight", "bias")]


def _pool(graph: _Graph, hidden: str) -> None:
    """Sum over the true tokens and scale to length one: the mean's direction, without dividing by their number."""
    last = graph.constant("last_axis", np.array([-1], dtype=np.int64))
    tokens = graph.constant("token_axis", np.array([1], dtype=np.int64))
    column = graph.node("Unsqueeze", ["mask", last], "mask_column")
    kept = graph.node("Mul", [hidden, column], "kept")
    total = graph.node("ReduceSum", [kept, tokens], "total", keepdims=0)
    graph.node("LpNormalization", [total], "vectors", axis=-1, p=2)
