"""Weighted sums from ONNX nodes."""

from itertools import product
from typing import Any

import numpy as np

from vitral import layers
from vitral.saving.onnx.inward.attention import attended, attention
from vitral.saving.onnx.inward.registry import takes
from vitral.saving.onnx.inward.resampling import along
from vitral.saving.onnx.inward.windows import image_of, padded
from vitral.saving.onnx.leads import FOUND
from vitral.saving.onnx.sketch import Given, Sketch
from vitral.typing import Array


@takes("Conv")
def _conv(sketch: Sketch, node: Any) -> Given:
    x, kernel, bias = image_of(sketch, node), sketch.constant(node, 1), sketch.constant(node, 2)
    assert kernel is not None, "onnx' checker has seen the kernel"
    if kernel.ndim != 4:
        raise sketch.error(node, f"has a kernel of shape {kernel.shape}; expected a convolution of images")
    strides, dilation = (sketch.attribute(node, name, [1, 1]) for name in ("strides", "dilations"))
    x, padding = padded(sketch, node, x, kernel.shape[2:], strides, dilation, with_zeros=True)
    layer = layers.Conv2D(
        kernel.shape[0],
        kernel.shape[2:],
        strides,
        padding,
        dilation_rate=dilation,
        groups=sketch.attribute(node, "group", 1),
        use_bias=bias is not None,
    )
    return sketch.put(node, layer, x, [kernel.transpose(2, 3, 1, 0), *([] if bias is None else [bias])])


@takes("Gemm")
def _gemm(sketch: Sketch, node: Any) -> Given:
    x, kernel, bias = sketch.value(node), sketch.constant(node, 1), sketch.constant(node, 2)
    assert kernel is not None, "onnx' checker has seen the kernel"
    if sketch.attribute(node, "transA", 0):
        raise sketch.error(node, "has transA=1; expected the batch in front")
    if sketch.attribute(node, "transB", 0):
        kernel = kernel.T
    kernel = kernel * sketch.attribute(node, "alpha", 1.0)
    if bias is not None:
        bias = np.broadcast_to(np.squeeze(bias) * sketch.attribute(node, "beta", 1.0), kernel.shape[1:])
    return _dense(sketch, node, x, kernel, bias)


@takes("MatMul")
def _matmul(sketch: Sketch, node: Any) -> Given:
    if len(node.input) == 2 and all(name in sketch.values for name in node.input):
        return attention(sketch, node)
    if sketch.is_constant(node, 0) and len(sketch.value(node, 1).shape) == 4:
        return _along_height(sketch, node)
    x, kernel = sketch.value(node, leads=("", FOUND)), sketch.constant(node, 1)
    if kernel is None or kernel.ndim != 2:
        raise sketch.error(node, "does not multiply by a constant matrix; expected weights")
    if x.first and not x.lead:
        return along(sketch, node, x, 3, kernel.shape[1], lambda: kernel.T)
    # A bias is a node of its own behind this one.
    user = sketch.only_user(node.output[0])
    if user is not None and user.op_type == "Add":
        side = 1 if user.input[0] == node.output[0] else 0
        bias = sketch.constant(user, side) if sketch.is_constant(user, side) else None
        if bias is not None and bias.size == kernel.shape[1]:
            sketch.values[user.output[0]] = _dense(sketch, node, x, kernel, bias.reshape(-1))
            sketch.done.add(user.output[0])
            return sketch.values[user.output[0]]
    return _dense(sketch, node, x, kernel, None)


def _along_height(sketch: Sketch, node: Any) -> Given:
    """A matrix before an image."""
    x, matrix = sketch.value(node, 1), sketch.constant(node, 0)
    assert matrix is not None, "it is a constant"
    if matrix.ndim != 2 or not x.first:
        raise sketch.error(node, "multiplies from the left; expected a matrix and (batch, channels, height, width)")
    return along(sketch, node, x, 2, matrix.shape[0], lambda: matrix)


def _dense(sketch: Sketch, node: Any, x: Given, kernel: Array, bias: Array | None) -> Given:
    if x.lead:
        return attended(sketch, node, x, kernel, bias)
    if x.order is not None:
        kernel = kernel[np.argsort(x.order)]
    layer = layers.Dense(kernel.shape[1], use_bias=bias is not None)
    return sketch.put(node, layer, Given(x.tensor), [kernel, *([] if bias is None else [bias])])


@takes("ConvTranspose")
def _conv_transpose(sketch: Sketch, node: Any) -> Given:
    x, kernel, bias = image_of(sketch, node), sketch.constant(node, 1), sketch.constant(node, 2)
    assert kernel is not None, "onnx' checker has seen the kernel"
    if kernel.ndim != 4 or sketch.attribute(node, "group", 1) != 1:
        raise sketch.error(node, "has groups, or a kernel that is not one of images")
    if sketch.attribute(node, "auto_pad", "NOTSET") != "NOTSET" or sketch.attribute(node, "output_shape"):
        raise sketch.error(node, "has auto_pad or output_shape; expected pads")
    strides, dilation = (sketch.attribute(node, name, [1, 1]) for name in ("strides", "dilations"))
    pads, more = sketch.attribute(node, "pads", [0] * 4), sketch.attribute(node, "output_padding", [0, 0])
    # Where the result begins in the whole of what the kernels reach, and how much of it there is.
    whole = [
        ((length or 0) - 1) * stride + (window - 1) * spread + 1
        for length, window, stride, spread in zip(x.shape[1:3], kernel.shape[2:], strides, dilation, strict=True)
    ]
    sizes = tuple(whole[axis] + more[axis] - pads[axis] - pads[2 + axis] for axis in (0, 1))
    for padding, output_padding in product(("valid", "same"), (None, *product(*map(range, strides)))):
        layer = layers.Conv2DTranspose(
            kernel.shape[1],
            kernel.shape[2:],
            strides,
            padding,
            output_padding,
            dilation_rate=dilation,
            use_bias=bias is not None,
        )
        cut = [max(whole[axis] - sizes[axis], 0) // 2 if padding == "same" else 0 for axis in (0, 1)]
        if cut == pads[:2] and layer.compute_output_shape(x.shape)[1:3] == sizes:
            return sketch.put(node, layer, x, [kernel.transpose(2, 3, 1, 0), *([] if bias is None else [bias])])
    raise sketch.error(node, f"has pads={pads}, output_padding={more}; expected those of valid or same padding")


@takes("Einsum")
def _einsum(sketch: Sketch, node: Any) -> Given:
    if sketch.is_constant(node, 1):
        return _einsum_dense(sketch, node, sketch.plain(node, sketch.value(node)))
    xs = [sketch.plain(node, sketch.value(node, number)) for number in range(len(node.input))]
    terms, _, result = sketch.attribute(node, "equation").replace(" ", "").partition("->")
    left, _, right = terms.partition(",")
    shared = [letter for letter in left[1:] if letter in right[1:]]
    stays = "".join(letter for letter in left + right[1:] if letter not in shared)
    if len(xs) != 2 or len(shared) != 1 or left[0] != right[0] or result != stays or len(set(stays)) < len(stays):
        raise sketch.error(node, f"has the equation {terms}->{result}; expected products over one axis of two values")
    if any(x.first for x in xs):
        raise sketch.error(node, "works on an image with its channels in front")
    axes = left.index(shared[0]), right.index(shared[0])
    y = Given(layers.Dot(axes)([x.tensor for x in xs]))
    if len(stays) > 1:
        return y
    # Ours has an axis of length 1 there.
    user = sketch.only_user(node.output[0])
    if user is None or user.op_type != "Unsqueeze":
        raise sketch.error(node, "gives one number for each sample; expected an axis more behind it")
    sketch.done.add(user.output[0])
    sketch.values[user.output[0]] = y
    return y


def _einsum_dense(sketch: Sketch, node: Any, x: Given) -> Given:
    equation, kernel = sketch.attribute(node, "equation").replace(" ", ""), sketch.constant(node, 1)
    assert kernel is not None, "it is a constant"
    inputs, _, rest = equation.partition(",")
    axes, _, result = rest.partition("->")
    if x.first or len(inputs) != len(x.shape) or len(axes) != kernel.ndim or not result.startswith(inputs[:1]):
        raise sketch.error(
            node, f"has the equation {equation} for {len(x.shape)} axes; expected one with the batch first"
        )
    sizes = {**dict(zip(inputs, x.shape, strict=True)), **dict(zip(axes, kernel.shape, strict=True))}
    return sketch.put(node, layers.EinsumDense(equation, [sizes.get(axis) for axis in result[1:]]), x, [kernel])
