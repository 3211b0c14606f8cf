"""How PyTorch arranges the weights of a layer: one small function per layer, registered by its class.

A function gives the layer's weights with PyTorch's names for them and how their axes are exchanged. The number of axes
may change on the way, so both directions are written out. A name with a dot is that of a module inside the layer's.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from vitral import layers
from vitral.core.variable import Variable
from vitral.layers import Layer
from vitral.typing import Array


class Weights(NamedTuple):
    """Variables, PyTorch's names for the arrays that hold them, and the values' way there and back."""

    names: tuple[str, ...]
    variables: tuple[Variable, ...]
    to_torch: Callable[..., Sequence[Array]]
    from_torch: Callable[..., Sequence[Array]]

    def arrays(self) -> Sequence[Array]:
        """The values as PyTorch has them, in the order of the names."""
        return self.to_torch(*[variable.value for variable in self.variables])


Layout = Callable[[Any], list[Weights]]
LAYOUTS: dict[type[Layer], Layout] = {}


def layout(*classes: type[Layer]) -> Callable[[Layout], Layout]:
    """Decorator: arrange the weights of these classes as the function says."""

    def decorator(function: Layout) -> Layout:
        LAYOUTS.update(dict.fromkeys(classes, function))
        return function

    return decorator


Turn = Callable[[Array], Array]


def single(name: str, variable: Variable, to_torch: Turn, from_torch: Turn) -> Weights:
    """One variable that is one array in PyTorch."""
    return Weights((name,), (variable,), lambda value: [to_torch(value)], lambda value: [from_torch(value)])


def same(**variables: Variable | None) -> list[Weights]:
    """Variables that PyTorch keeps as they are, under these names; those that are None are left out."""
    return [
        single(name, variable, np.asarray, np.asarray) for name, variable in variables.items() if variable is not None
    ]


def turned(name: str, variable: Variable, *axes: int) -> Weights:
    """A variable whose axes PyTorch has in this order."""
    back = tuple(int(axis) for axis in np.argsort(axes))
    return single(name, variable, lambda value: value.transpose(axes), lambda value: value.transpose(back))


@layout(layers.Dense)
def _dense(layer: layers.Dense) -> list[Weights]:
    return [turned("weight", layer.kernel, 1, 0), *same(bias=layer.bias)]


@layout(layers.Conv2D, layers.Conv2DTranspose)
def _convolution(layer: layers.Conv2D | layers.Conv2DTranspose) -> list[Weights]:
    return [turned("weight", layer.kernel, 3, 2, 0, 1), *same(bias=layer.bias)]


@layout(layers.BatchNormalization)
def _batch_normalization(layer: layers.BatchNormalization) -> list[Weights]:
    moving = {"running_mean": layer.moving_mean, "running_var": layer.moving_variance}
    return same(weight=layer.gamma, bias=layer.beta, **moving)


@layout(layers.DepthwiseConv2D)
def _depthwise(layer: layers.DepthwiseConv2D) -> list[Weights]:
    return [_one_by_one("weight", layer.depthwise_kernel), *same(bias=layer.bias)]


@layout(layers.SeparableConv2D)
def _separable(layer: layers.SeparableConv2D) -> list[Weights]:
    # Two modules in PyTorch, which has none that does both.
    pointwise = turned("pointwise.weight", layer.pointwise_kernel, 3, 2, 0, 1)
    return [_one_by_one("depthwise.weight", layer.depthwise_kernel), pointwise, *same(**{"pointwise.bias": layer.bias})]


def _one_by_one(name: str, kernel: Variable) -> Weights:
    """The kernel of a convolution of each channel by itself, which has as many groups as channels in PyTorch."""
    shape = kernel.shape
    return single(
        name,
        kernel,
        lambda value: value.reshape(*shape[:2], 1, -1).transpose(3, 2, 0, 1),
        lambda value: value.transpose(2, 3, 1, 0).reshape(shape),
    )


@layout(layers.LayerNormalization, layers.GroupNormalization)
def _sample_normalization(layer: layers.LayerNormalization | layers.GroupNormalization) -> list[Weights]:
    return same(weight=layer.gamma, bias=layer.beta)


@layout(layers.RMSNormalization)
def _rms_normalization(layer: layers.RMSNormalization) -> list[Weights]:
    return same(weight=layer.scale)


@layout(layers.PReLU)
def _prelu(layer: layers.PReLU) -> list[Weights]:
    # PyTorch has one slope for each channel, or one for all.
    shape = layer.alpha.shape
    return [single("weight", layer.alpha, lambda value: value.reshape(-1), lambda value: value.reshape(shape))]


@layout(layers.Embedding, layers.PositionEmbedding)
def _embedding(layer: layers.Embedding | layers.PositionEmbedding) -> list[Weights]:
    return same(weight=layer.embeddings)
