"""How PyTorch arranges the weights of a layer: one small function per layer, registered by its class.

A function gives, for each of PyTorch's names, the weight of ours and how its axes are exchanged. The number of axes may
change on the way, so both directions are written out.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from vitral import layers
from vitral.core.variable import Variable
from vitral.layers import Layer
from vitral.typing import Array

Turn = Callable[[Array], Array]


class Weight(NamedTuple):
    """A variable, and its value's way to PyTorch's arrangement and back."""

    variable: Variable
    to_torch: Turn
    from_torch: Turn


Weights = dict[str, Weight]
Layout = Callable[[Any], Weights]
LAYOUTS: dict[type[Layer], Layout] = {}


def layout(cls: type[Layer]) -> Callable[[Layout], Layout]:
    """Decorator: arrange the weights of this class as the function says."""

    def decorator(function: Layout) -> Layout:
        LAYOUTS[cls] = function
        return function

    return decorator


def _same(variable: Variable) -> Weight:
    return Weight(variable, np.asarray, np.asarray)


def _turned(variable: Variable, *axes: int) -> Weight:
    back = tuple(int(axis) for axis in np.argsort(axes))
    return Weight(variable, lambda value: value.transpose(axes), lambda value: value.transpose(back))


def _with_bias(weight: Weight, bias: Variable | None) -> Weights:
    return {"weight": weight} if bias is None else {"weight": weight, "bias": _same(bias)}


@layout(layers.Dense)
def _dense(layer: layers.Dense) -> Weights:
    return _with_bias(_turned(layer.kernel, 1, 0), layer.bias)


@layout(layers.Conv2D)
def _conv2d(layer: layers.Conv2D) -> Weights:
    return _with_bias(_turned(layer.kernel, 3, 2, 0, 1), layer.bias)


@layout(layers.BatchNormalization)
def _batch_normalization(layer: layers.BatchNormalization) -> Weights:
    weights = {} if layer.gamma is None else {"weight": _same(layer.gamma)}
    if layer.beta is not None:
        weights["bias"] = _same(layer.beta)
    return {**weights, "running_mean": _same(layer.moving_mean), "running_var": _same(layer.moving_variance)}


@layout(layers.DepthwiseConv2D)
def _depthwise(layer: layers.DepthwiseConv2D) -> Weights:
    shape = layer.kernel.shape
    kernel = Weight(
        layer.kernel,
        lambda value: value.reshape(*shape[:2], 1, -1).transpose(3, 2, 0, 1),
        lambda value: value.transpose(2, 3, 1, 0).reshape(shape),
    )
    return _with_bias(kernel, layer.bias)


@layout(layers.Conv2DTranspose)
def _conv2d_transpose(layer: layers.Conv2DTranspose) -> Weights:
    return _with_bias(_turned(layer.kernel, 3, 2, 0, 1), layer.bias)


@layout(layers.LayerNormalization)
@layout(layers.GroupNormalization)
def _sample_normalization(layer: layers.LayerNormalization | layers.GroupNormalization) -> Weights:
    named = {"weight": layer.gamma, "bias": layer.beta}
    return {name: _same(variable) for name, variable in named.items() if variable is not None}


@layout(layers.PReLU)
def _prelu(layer: layers.PReLU) -> Weights:
    # PyTorch has one slope for each channel, or one for all.
    shape = layer.alpha.shape
    return {"weight": Weight(layer.alpha, lambda value: value.reshape(-1), lambda value: value.reshape(shape))}


@layout(layers.Embedding)
def _embedding(layer: layers.Embedding) -> Weights:
    return {"weight": _same(layer.embeddings)}
