"""Attention, and the vectors that stand for numbers and places in front of it, as ONNX nodes."""

import math

from vitral import layers
from vitral.saving.onnx.drawing import Drawing, Value
from vitral.saving.onnx.outward.registry import draws
from vitral.typing import Array, Shape


@draws(layers.Embedding)
def _embedding(drawing: Drawing, layer: layers.Embedding, shape: Shape, x: Value) -> Value:
    rows = drawing.node("Cast", drawing.last(x), to=drawing.onnx.TensorProto.INT64)
    return Value(shape, last=drawing.node("Gather", drawing.constant(layer.embeddings.value), rows))


@draws(layers.PositionEmbedding)
def _position_embedding(drawing: Drawing, layer: layers.PositionEmbedding, shape: Shape, x: Value) -> Value:
    return Value(shape, last=drawing.node("Add", drawing.last(x), drawing.constant(layer.embeddings.value)))


@draws(layers.MultiHeadAttention)
def _attention(
    drawing: Drawing, layer: layers.MultiHeadAttention, shape: Shape, query: Value, value: Value, *key: Value
) -> Value:
    def heads(name: str, x: Value, *, order: list[int], factor: float = 1.0) -> str:
        kernel, *bias = (variable.value * factor for variable in layer.projections[name])
        y = _dense(drawing, drawing.last(x), kernel.reshape(kernel.shape[0], -1), bias)
        parts = drawing.node("Reshape", y, drawing.constant([0, 0, *kernel.shape[1:]], "int64"))
        return drawing.node("Transpose", parts, perm=order)

    scaled = heads("query", query, order=[0, 2, 1, 3], factor=1 / math.sqrt(layer.key_dim))
    scores = drawing.node("MatMul", scaled, heads("key", *(key or (value,)), order=[0, 2, 3, 1]))
    weights = drawing.node("Softmax", scores, axis=-1)
    found = drawing.node("MatMul", weights, heads("value", value, order=[0, 2, 1, 3]))
    kernel, *bias = (variable.value for variable in layer.projections["attention_output"])
    matrix = kernel.reshape(-1, kernel.shape[-1])
    joined = drawing.node(
        "Reshape", drawing.node("Transpose", found, perm=[0, 2, 1, 3]), drawing.constant([0, 0, len(matrix)], "int64")
    )
    return Value(shape, last=_dense(drawing, joined, matrix, bias))


def _dense(drawing: Drawing, x: str, kernel: Array, bias: list[Array]) -> str:
    y = drawing.node("MatMul", x, drawing.constant(kernel))
    return drawing.node("Add", y, drawing.constant(bias[0].ravel())) if bias else y
