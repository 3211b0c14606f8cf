"""Attention, and the vectors that stand for numbers and places in front of it, from ONNX nodes."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from vitral import layers
from vitral.core.symbolic import KerasTensor
from vitral.saving.onnx.inward.parts import place_of
from vitral.saving.onnx.inward.recurrent import last_step
from vitral.saving.onnx.inward.registry import takes
from vitral.saving.onnx.leads import HEADS, SCORES
from vitral.saving.onnx.sketch import Given, Sketch
from vitral.typing import Array


@takes("Cast")
def _cast(sketch: Sketch, node: Any) -> Given:
    dtype = np.dtype(sketch.onnx.helper.tensor_dtype_to_np_dtype(sketch.attribute(node, "to")))
    users = sketch.users[node.output[0]]
    if dtype.kind != "f" and (not users or any(user.op_type != "Gather" for user in users)):
        raise sketch.error(node, f"makes {dtype} of values; expected that only for the rows of a table")
    return sketch.value(node)


@takes("Gather")
def _gather(sketch: Sketch, node: Any) -> Given:
    table = sketch.constant(node, 0) if sketch.is_constant(node, 0) else None
    if table is None:
        x = sketch.plain(node, sketch.value(node))
        return last_step(sketch, node, x) or place_of(sketch, node, x)
    if table.ndim != 2 or sketch.attribute(node, "axis", 0) != 0:
        raise sketch.error(node, f"takes parts of an array of shape {table.shape}; expected the rows of a table")
    x = sketch.plain(node, sketch.value(node, 1))
    if x.first:
        raise sketch.error(node, "looks up images with their channels in front")
    return sketch.put(node, layers.Embedding(*table.shape), x, [table])


def attention(sketch: Sketch, node: Any) -> Given:
    """The product of queries and keys, which are the scores, or that of the scores and values."""
    if sketch.value(node, leads=("", SCORES)).lead == "":
        query, key = (sketch.value(node, number).tensor for number in (0, 1))
        return Given(query, lead=SCORES, others=(key,))
    scores = sketch.value(node, leads=[SCORES])
    return replace(scores, lead=HEADS, others=(*scores.others, sketch.value(node, 1).tensor))


def attended(sketch: Sketch, node: Any, x: Given, kernel: Array, bias: Array | None) -> Given:
    """The attention whose result is projected by these weights.

    The projections of query, key and value have become layers already, whose weights it gets in their place.
    """
    heads = zip((x.tensor, *x.others), ((2, 1, 3), (2, 3, 1), (2, 1, 3)), strict=True)
    (query, query_weights), (key, key_weights), (value, value_weights) = (
        _heads(sketch, node, tensor, dims) for tensor, dims in heads
    )
    (number, key_dim), value_dim = query_weights[0].shape[1:], value_weights[0].shape[2]
    # Ours divides by the root of the length.
    query_weights = [weight * math.sqrt(key_dim) for weight in query_weights]
    last = [kernel.reshape(number, value_dim, -1), *([] if bias is None else [bias])]
    weights = [query_weights, key_weights, value_weights, last]
    if len({len(one) for one in weights}) != 1:
        raise sketch.error(node, "ends an attention with a bias for some of its projections; expected all, or none")
    layer = layers.MultiHeadAttention(
        number, key_dim, value_dim, use_bias=bias is not None, output_shape=kernel.shape[1]
    )
    tensor = layer(query, value, key)
    layer.set_weights([weight for one in weights for weight in one])
    return Given(tensor)


def _heads(sketch: Sketch, node: Any, tensor: KerasTensor, dims: tuple[int, ...]) -> tuple[KerasTensor, list[Array]]:
    """What was projected to heads, and the weights (inputs, heads, values) and (heads, values) of that."""
    steps = [tensor]
    while len(steps) < 4 and steps[-1].node.inputs:
        steps.append(steps[-1].node.inputs[0])
    permute, reshape, dense = ([step.layer for step in steps] + [None] * 3)[:3]
    fits = isinstance(permute, layers.Permute) and permute.dims == dims and isinstance(reshape, layers.Reshape)
    if not fits or not isinstance(dense, layers.Dense) or len(steps) < 4:
        raise sketch.error(node, "ends an attention; expected projections to heads at its beginning")
    size = tensor.shape[dims.index(3) + 1]
    return steps[3], [array.reshape(*array.shape[:-1], -1, size or 1) for array in dense.get_weights()]
