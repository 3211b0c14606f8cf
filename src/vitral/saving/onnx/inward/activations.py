"""Activations from ONNX nodes."""

from typing import Any

from vitral import layers
from vitral.saving.onnx.inward.registry import takes
from vitral.saving.onnx.leads import LENGTH, SCORES, SHORTEST
from vitral.saving.onnx.sketch import Given, Sketch

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
    if node.op_type == "Elu":
        return sketch.put(node, layers.ELU(has["alpha"]), sketch.value(node))
    raise sketch.error(node, f"has {has}; Vitral has {[fixed for _, fixed in _WITH_FIXED_ATTRIBUTES[node.op_type]]}")


@takes("PRelu")
def _prelu(sketch: Sketch, node: Any) -> Given:
    x, slope = sketch.plain(node, sketch.value(node)), sketch.constant(node, 1)
    axes = len(x.shape) - 1
    if slope is None or slope.ndim > axes + 1 or (slope.ndim == axes + 1 and slope.shape[0] != 1):
        raise sketch.error(node, "has no constant slope for the axes behind the batch")
    slope = slope.reshape((1,) * (axes - slope.ndim) + slope.shape[max(slope.ndim - axes, 0) :])
    if x.first:
        slope = slope.transpose(1, 2, 0)
    shared = [axis + 1 for axis, size in enumerate(slope.shape) if size == 1 != x.shape[axis + 1]]
    return sketch.put(node, layers.PReLU(shared_axes=shared or None), x, [slope])


@takes("Neg")
def _negative(sketch: Sketch, node: Any) -> Given:
    return sketch.put(node, layers.Rescaling(-1.0), sketch.value(node))


@takes("LeakyRelu")
def _leaky_relu(sketch: Sketch, node: Any) -> Given:
    return sketch.put(node, layers.LeakyReLU(sketch.attribute(node, "alpha", 0.01)), sketch.value(node))


@takes("Clip")
def _clip(sketch: Sketch, node: Any) -> Given:
    low, high = (sketch.constant(node, number) for number in (1, 2))
    if low is not None and high is None and 0 <= low <= SHORTEST and sketch.values[node.input[0]].lead == LENGTH:
        return sketch.value(node, leads=[LENGTH])
    if low is not None and high is not None and low == -1 and high == 1:
        return sketch.put(node, layers.Activation("hard_tanh"), sketch.value(node))
    if low is None or low != 0:
        raise sketch.error(node, f"clips at {low}; expected 0, or -1 and 1")
    return sketch.put(node, layers.ReLU(None if high is None else float(high)), sketch.value(node))


@takes("Softmax", "LogSoftmax")
def _softmax(sketch: Sketch, node: Any) -> Given:
    x = sketch.plain(node, sketch.value(node, leads=("", SCORES)))
    if x.lead and sketch.attribute(node, "axis", -1) in (-1, 3) and node.op_type == "Softmax":
        return x
    channels = 1 if x.first else len(x.shape) - 1
    axis = sketch.attribute(node, "axis", -1) % len(x.shape)
    if axis != channels:
        raise sketch.error(node, f"has axis={axis}; expected the channels, {channels}")
    name = "softmax" if node.op_type == "Softmax" else "log_softmax"
    return sketch.put(node, layers.Activation(name), x)
