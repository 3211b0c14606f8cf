"""ONNX nodes as layers: one small function per node, registered by its type.

A function gets the sketch and the node, and returns the value of the node's first result.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from vitral import layers
from vitral.ops.geometry import Pair
from vitral.saving.onnx.sketch import Given, Sketch
from vitral.typing import Array, Shape

Take = Callable[[Sketch, Any], Given]
TAKEN: dict[str, Take] = {}

_TO_FIRST, _TO_LAST = [0, 3, 1, 2], [0, 2, 3, 1]


def takes(*kinds: str) -> Callable[[Take], Take]:
    """Decorator: make layers of nodes of these types with the function."""

    def decorator(function: Take) -> Take:
        TAKEN.update(dict.fromkeys(kinds, function))
        return function

    return decorator


# Weighted sums.


@takes("Conv")
def _conv(sketch: Sketch, node: Any) -> Given:
    x, kernel, bias = _image(sketch, node), sketch.constant(node, 1), sketch.constant(node, 2)
    assert kernel is not None, "onnx' checker has seen the kernel"
    if kernel.ndim != 4:
        raise sketch.error(node, f"has a kernel of shape {kernel.shape}; expected a convolution of images")
    strides, dilation = (sketch.attribute(node, name, [1, 1]) for name in ("strides", "dilations"))
    x, padding = _padded(sketch, node, x, kernel.shape[2:], strides, dilation, with_zeros=True)
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
    x, kernel = sketch.value(node), sketch.constant(node, 1)
    if kernel is None or kernel.ndim != 2:
        raise sketch.error(node, "does not multiply by a constant matrix; expected weights")
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


def _dense(sketch: Sketch, node: Any, x: Given, kernel: Array, bias: Array | None) -> Given:
    if x.first:
        raise sketch.error(node, "works on the last axis of (batch, channels, height, width); expected the channels")
    if x.order is not None:
        kernel = kernel[np.argsort(x.order)]
    layer = layers.Dense(kernel.shape[1], use_bias=bias is not None)
    return sketch.put(node, layer, Given(x.tensor), [kernel, *([] if bias is None else [bias])])


# Windows and whole images.


@takes("MaxPool")
def _max_pool(sketch: Sketch, node: Any) -> Given:
    x, size, strides = _pooled(sketch, node)
    x, padding = _padded(sketch, node, x, size, strides, [1, 1], with_zeros=_never_negative(x))
    return sketch.put(node, layers.MaxPooling2D(size, strides, padding), x)


@takes("AveragePool")
def _average_pool(sketch: Sketch, node: Any) -> Given:
    x, size, strides = _pooled(sketch, node)
    counted = bool(sketch.attribute(node, "count_include_pad", 0))
    x, padding = _padded(sketch, node, x, size, strides, [1, 1], with_zeros=counted, same=not counted)
    return sketch.put(node, layers.AveragePooling2D(size, strides, padding), x)


def _pooled(sketch: Sketch, node: Any) -> tuple[Given, Pair, Pair]:
    x, size = _image(sketch, node), sketch.attribute(node, "kernel_shape")
    strides = sketch.attribute(node, "strides", [1, 1])
    if sketch.attribute(node, "dilations", [1, 1]) != [1, 1]:
        raise sketch.error(node, "has dilations; expected none")
    if sketch.attribute(node, "ceil_mode", 0):
        raise sketch.error(node, "has ceil_mode=1; expected whole windows")
    return x, (size[0], size[1]), (strides[0], strides[1])


@takes("GlobalAveragePool")
def _global_average(sketch: Sketch, node: Any) -> Given:
    return sketch.put(node, layers.GlobalAveragePooling2D(keepdims=True), _image(sketch, node))


@takes("GlobalMaxPool")
def _global_max(sketch: Sketch, node: Any) -> Given:
    return sketch.put(node, layers.GlobalMaxPooling2D(keepdims=True), _image(sketch, node))


@takes("ReduceMean", "ReduceMax")
def _reduce(sketch: Sketch, node: Any) -> Given:
    x, axes = sketch.value(node), sketch.constant(node, 1)
    over = [] if axes is None else sorted(int(axis) % max(len(x.shape), 1) for axis in axes)
    if len(x.shape) != 4 or over != ([2, 3] if x.first else [1, 2]):
        raise sketch.error(node, f"reduces the axes {over} of {len(x.shape)}; expected height and width of an image")
    keeps = bool(sketch.attribute(node, "keepdims", 1))
    pool = layers.GlobalAveragePooling2D if node.op_type == "ReduceMean" else layers.GlobalMaxPooling2D
    return sketch.put(node, pool(keepdims=keeps), x if keeps else Given(x.tensor))


@takes("Pad")
def _pad(sketch: Sketch, node: Any) -> Given:
    x, pads, value = _image(sketch, node), sketch.constant(node, 1), sketch.constant(node, 2)
    if sketch.attribute(node, "mode", "constant") != "constant" or (value is not None and value.any()):
        raise sketch.error(node, "does not pad with zeros")
    if pads is None or len(pads) != 8 or (pads < 0).any() or pads[[0, 1, 4, 5]].any():
        raise sketch.error(node, f"pads {None if pads is None else pads.tolist()}; expected height and width alone")
    top, left, bottom, right = (int(pads[place]) for place in (2, 3, 6, 7))
    return sketch.put(node, layers.ZeroPadding2D(((top, bottom), (left, right))), x)


def _image(sketch: Sketch, node: Any) -> Given:
    """The image that a node receives."""
    x = sketch.value(node)
    if len(x.shape) != 4 or not x.first:
        raise sketch.error(node, f"received {len(x.shape)} axes; expected (batch, channels, height, width)")
    return x


def _padded(
    sketch: Sketch,
    node: Any,
    x: Given,
    window: Sequence[int],
    strides: Sequence[int],
    dilation: Sequence[int],
    *,
    with_zeros: bool,
    same: bool = True,
) -> tuple[Given, str]:
    """The image and the padding with which a layer of ours slides its window as the node does."""
    mode = sketch.attribute(node, "auto_pad", "NOTSET")
    pads = sketch.attribute(node, "pads", [0, 0, 0, 0])
    if mode == "SAME_LOWER":
        raise sketch.error(node, "has auto_pad=SAME_LOWER; expected SAME_UPPER, VALID or pads")
    if mode == "VALID" or (mode == "NOTSET" and not any(pads)):
        return x, "valid"
    missing = []
    for size, span, stride, spread in zip(x.shape[1:3], window, strides, dilation, strict=True):
        reach = (span - 1) * spread + 1
        missing.append(max((-(-(size or 0) // stride) - 1) * stride + reach - (size or 0), 0))
    half = [total // 2 for total in missing]
    ours = half + [total - before for total, before in zip(missing, half, strict=True)]
    if same and (mode == "SAME_UPPER" or pads == ours):
        return x, "same"
    pads = ours if mode == "SAME_UPPER" else pads
    if not with_zeros:
        raise sketch.error(node, f"has pads={pads}; expected {ours}, or values that cannot be negative")
    top, left, bottom, right = pads
    return sketch.put(node, layers.ZeroPadding2D(((top, bottom), (left, right))), x), "valid"


def _never_negative(x: Given) -> bool:
    """Whether zeros around an image are never larger than what is in it."""
    layer = x.tensor.layer
    if isinstance(layer, (layers.MaxPooling2D, layers.AveragePooling2D)):
        return _never_negative(Given(layer.inbound_nodes[0].inputs[0]))
    if isinstance(layer, layers.Activation):
        return layer.activation.name in ("relu", "sigmoid", "softplus", "softmax", "exponential", "hard_sigmoid")
    return isinstance(layer, layers.ReLU) and layer.negative_slope == 0


# Scales.


@takes("BatchNormalization")
def _batch_normalization(sketch: Sketch, node: Any) -> Given:
    x = sketch.value(node)
    if len(x.shape) == 4 and not x.first:
        raise sketch.error(node, "does not find the channels behind the batch")
    weights = [sketch.constant(node, number) for number in (1, 2, 3, 4)]
    # Weights follow the order of our tensor.
    own = [array if x.order is None or array is None else array[np.argsort(x.order)] for array in weights]
    layer = layers.BatchNormalization(
        epsilon=sketch.attribute(node, "epsilon", 1e-5), momentum=sketch.attribute(node, "momentum", 0.9)
    )
    return sketch.put(node, layer, x, [array for array in own if array is not None])


@takes("Add", "Sub", "Mul", "Div", "Max", "Min")
def _arithmetic(sketch: Sketch, node: Any) -> Given:
    if any(sketch.is_constant(node, number) for number in range(len(node.input))):
        return _with_constant(sketch, node)
    xs = [sketch.value(node, number) for number in range(len(node.input))]
    merge = {"Add": layers.Add, "Sub": layers.Subtract, "Mul": layers.Multiply, "Max": layers.Maximum}
    merge["Min"] = layers.Minimum
    if node.op_type not in merge:
        raise sketch.error(node, "divides by a value; expected a constant")
    first, *others = xs
    if any((len(x.shape), x.first, x.flattened) != (len(first.shape), first.first, first.flattened) for x in others):
        raise sketch.error(node, "works on values with different axes")
    return Given(merge[node.op_type]()([x.tensor for x in xs]), first.first, first.flattened)


def _with_constant(sketch: Sketch, node: Any) -> Given:
    """Scale and offset by a number, or by one number for each channel."""
    side = 1 if sketch.is_constant(node, 1) else 0
    x, value = sketch.value(node, 1 - side), sketch.constant(node, side)
    assert value is not None, "there is a constant"
    if node.op_type in ("Max", "Min") or len(node.input) != 2 or (node.op_type == "Div" and side == 0):
        raise sketch.error(node, "works on a constant in a way that no layer does")
    number = _per_channel(sketch, node, x, value.astype(np.float64))
    scale, offset = np.asarray(1.0), np.asarray(0.0)
    if node.op_type == "Add":
        offset = number
    elif node.op_type == "Sub":
        scale, offset = (scale, -number) if side else (-scale, number)
    elif node.op_type == "Mul":
        scale = number
    elif not number.all():
        raise sketch.error(node, "divides by zero")
    else:
        scale = 1 / number
    return sketch.put(node, layers.Rescaling(scale.tolist(), offset.tolist()), x)


def _per_channel(sketch: Sketch, node: Any, x: Given, value: Array) -> Array:
    axis = -3 if x.first else -1
    channels = value.shape[axis] if value.ndim >= -axis else 1
    if value.size not in (1, channels):
        raise sketch.error(node, f"has a constant of shape {value.shape}; expected a number, or one for each channel")
    if value.size == 1:
        return value.reshape(())
    sketch.plain(node, x)
    return value.reshape(-1)


# Activations.

_BY_NAME = {
    "Relu": "relu",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Softplus": "softplus",
    "Softsign": "softsign",
    "Mish": "mish",
    "HardSwish": "hard_silu",
    "Exp": "exponential",
}


@takes(*_BY_NAME)
def _activation(sketch: Sketch, node: Any) -> Given:
    return sketch.put(node, layers.Activation(_BY_NAME[node.op_type]), sketch.value(node))


_WITH_FIXED_ATTRIBUTES: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "Elu": [("elu", {"alpha": 1.0})],
    "Celu": [("celu", {"alpha": 1.0})],
    "Selu": [("selu", {"alpha": 1.6732632, "gamma": 1.0507010})],
    "Gelu": [("gelu", {"approximate": "none"})],
    "HardSigmoid": [("hard_sigmoid", {"alpha": 1 / 6, "beta": 0.5}), ("sparse_sigmoid", {"alpha": 0.5, "beta": 0.5})],
    "Shrink": [("hard_shrink", {"lambd": 0.5, "bias": 0.0}), ("soft_shrink", {"lambd": 0.5, "bias": 0.5})],
}
"""Activations whose attributes have one value in Keras; those of ONNX's own defaults that differ are beside them."""

_DEFAULTS: dict[str, Any] = {"alpha": 1.0, "approximate": "none", "beta": 0.5, "lambd": 0.5, "bias": 0.0}
_DEFAULTS_OF: dict[str, dict[str, Any]] = {
    "Selu": {"alpha": 1.6732632, "gamma": 1.0507010},
    "HardSigmoid": {"alpha": 0.2},
}


@takes(*_WITH_FIXED_ATTRIBUTES)
def _fixed_activation(sketch: Sketch, node: Any) -> Given:
    for name, fixed in _WITH_FIXED_ATTRIBUTES[node.op_type]:
        defaults = {**_DEFAULTS, **_DEFAULTS_OF.get(node.op_type, {})}
        has = {attribute: sketch.attribute(node, attribute, defaults[attribute]) for attribute in fixed}
        if all(has[key] == want or (want != "none" and abs(has[key] - want) < 1e-6) for key, want in fixed.items()):
            return sketch.put(node, layers.Activation(name), sketch.value(node))
    raise sketch.error(node, f"has {has}; Vitral has {[fixed for _, fixed in _WITH_FIXED_ATTRIBUTES[node.op_type]]}")


@takes("LeakyRelu")
def _leaky_relu(sketch: Sketch, node: Any) -> Given:
    return sketch.put(node, layers.LeakyReLU(sketch.attribute(node, "alpha", 0.01)), sketch.value(node))


@takes("Clip")
def _clip(sketch: Sketch, node: Any) -> Given:
    low, high = (sketch.constant(node, number) for number in (1, 2))
    if low is not None and high is not None and low == -1 and high == 1:
        return sketch.put(node, layers.Activation("hard_tanh"), sketch.value(node))
    if low is None or low != 0:
        raise sketch.error(node, f"clips at {low}; expected 0, or -1 and 1")
    return sketch.put(node, layers.ReLU(None if high is None else float(high)), sketch.value(node))


@takes("Softmax", "LogSoftmax")
def _softmax(sketch: Sketch, node: Any) -> Given:
    x = sketch.plain(node, sketch.value(node))
    channels = 1 if x.first else len(x.shape) - 1
    axis = sketch.attribute(node, "axis", -1) % len(x.shape)
    if axis != channels:
        raise sketch.error(node, f"has axis={axis}; expected the channels, {channels}")
    name = "softmax" if node.op_type == "Softmax" else "log_softmax"
    return sketch.put(node, layers.Activation(name), x)


# Shapes.


@takes("Identity", "Dropout")
def _identity(sketch: Sketch, node: Any) -> Given:
    return sketch.value(node)


@takes("Transpose")
def _transpose(sketch: Sketch, node: Any) -> Given:
    x, order = sketch.value(node), sketch.attribute(node, "perm")
    if order == list(range(len(x.shape))):
        return x
    if len(x.shape) == 4 and order == (_TO_LAST if x.first else _TO_FIRST):
        return Given(x.tensor, first=not x.first)
    raise sketch.error(node, f"has perm={order}; expected channels from front to back or back")


@takes("Flatten")
def _flatten(sketch: Sketch, node: Any) -> Given:
    x = sketch.value(node)
    if sketch.attribute(node, "axis", 1) != 1:
        raise sketch.error(node, f"has axis={sketch.attribute(node, 'axis')}; expected 1, behind the batch")
    return _flattened(sketch, node, x)


@takes("Reshape")
def _reshape(sketch: Sketch, node: Any) -> Given:
    x, target = sketch.value(node), sketch.constant(node, 1)
    assert target is not None, "onnx' checker has seen the shape"
    _, *sizes = [int(size) for size in target]
    samples = [int(x.shape[1:][place] or 0) if size == 0 else size for place, size in enumerate(sizes)]
    if target[0] not in (0, -1, 1) or 0 in samples:
        raise sketch.error(node, f"makes the shape {target.tolist()}; expected the batch to stay in front")
    if len(samples) == 1:
        return _flattened(sketch, node, x)
    if x.first and not _is_vector(x.shape):
        raise sketch.error(node, f"makes {target.tolist()} of an image with its channels in front")
    if len(samples) == 3 and x.first:
        # A vector as an image of one pixel.
        return sketch.put(node, layers.Reshape((samples[1], samples[2], samples[0])), x)
    return sketch.put(node, layers.Reshape(samples), Given(sketch.plain(node, x).tensor))


@takes("Squeeze")
def _squeeze(sketch: Sketch, node: Any) -> Given:
    x, axes = sketch.value(node), sketch.constant(node, 1)
    over = [] if axes is None else sorted(int(axis) % len(x.shape) for axis in axes)
    if len(x.shape) != 4 or not x.first or over != [2, 3] or x.shape[1:3] != (1, 1):
        raise sketch.error(node, "does not make a vector of an image of one pixel")
    return _flattened(sketch, node, x)


def _flattened(sketch: Sketch, node: Any, x: Given) -> Given:
    if len(x.shape) == 2:
        return x
    y = sketch.put(node, layers.Flatten(), Given(x.tensor))
    reordered = x.first and not _is_vector(x.shape) and x.shape[3] != 1
    return Given(y.tensor, flattened=x.shape[1:] if reordered else None)


def _is_vector(shape: Shape) -> bool:
    """Whether an image has one pixel."""
    return shape[1:3] == (1, 1)


@takes("Concat")
def _concat(sketch: Sketch, node: Any) -> Given:
    xs = [sketch.plain(node, sketch.value(node, number)) for number in range(len(node.input))]
    axis = sketch.attribute(node, "axis") % len(xs[0].shape)
    if any(x.first != xs[0].first for x in xs):
        raise sketch.error(node, "joins values with different axes")
    axis = (0, 3, 1, 2)[axis] if xs[0].first else axis
    return Given(layers.Concatenate(axis=axis)([x.tensor for x in xs]), xs[0].first)
