"""How much a network has to compute: shapes, parameters and multiply-adds, worked out from its description."""

import math
from typing import NamedTuple

from benchmarks.workloads import Conv, Dense, Flatten, Layer, Net, Norm, Pool, Workload


class Cost(NamedTuple):
    """What a layer makes of an input, and what it takes."""

    output_shape: tuple[int, ...]
    """Of one image, without the batch axis."""
    parameters: int
    """Trained values; moving averages are none."""
    multiply_adds: int
    """Of the forward pass of one image; pooling, activations and normalization count as nothing."""


def costs(net: Net) -> list[Cost]:
    """The cost of each layer, in order."""
    shape, found = net.input_shape, []
    for layer in net.layers:
        found.append(_cost(layer, shape))
        shape = found[-1].output_shape
    return found


def parameters(net: Net) -> int:
    """Trained values of a network."""
    return sum(cost.parameters for cost in costs(net))


def flops(workload: Workload) -> int:
    """Floating-point operations of a step, two for each multiply-add of the convolutions and dense layers.

    Training takes the forward pass three times (output, gradient of the weights, gradient of the input), but for the
    gradient of the first layer's input, which nobody needs.
    """
    forward = [cost.multiply_adds for cost in costs(workload.net)]
    each = sum(forward) if workload.kind == "infer" else 3 * sum(forward) - forward[0]
    return 2 * each * workload.images_per_step


def _cost(layer: Layer, shape: tuple[int, ...]) -> Cost:
    if isinstance(layer, Flatten):
        return Cost((math.prod(shape),), 0, 0)
    if isinstance(layer, Norm):
        return Cost(shape, 2 * shape[-1], 0)
    if isinstance(layer, Dense):
        return Cost((layer.units,), (shape[0] + 1) * layer.units, shape[0] * layer.units)
    height, width, channels = shape
    if isinstance(layer, Pool):
        return Cost((height // layer.size, width // layer.size, channels), 0, 0)
    out = (_windows(layer, height), _windows(layer, width), layer.filters)
    weights = layer.kernel**2 * channels * layer.filters
    return Cost(out, weights + layer.filters * layer.bias, weights * out[0] * out[1])


def _windows(layer: Conv, size: int) -> int:
    return -(-size // layer.stride) if layer.padding == "same" else (size - layer.kernel) // layer.stride + 1
