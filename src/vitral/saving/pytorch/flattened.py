"""Layers that work on the values of a flattened image, which come in another order in PyTorch."""

from collections.abc import Sequence

import numpy as np

from vitral import layers
from vitral.core.symbolic import KerasTensor
from vitral.errors import ConfigError
from vitral.layers import Layer
from vitral.layers.drawn import unfolded
from vitral.layers.graphs.graph import Graph
from vitral.layers.graphs.graph_layer import GraphLayer
from vitral.models import Model
from vitral.saving.flattening import channels_first_order
from vitral.saving.pytorch.layouts import Weights
from vitral.typing import Array, Shape


def follow_images(
    model: Model | GraphLayer, given: list[Shape | None], images: dict[Layer, Shape | None]
) -> list[Shape | None]:
    """Note for each layer the image whose values it receives flattened, if it does; returns those of the outputs."""
    known: dict[KerasTensor, Shape | None] = dict(zip(model.inputs, given, strict=True))
    for node in Graph(model.inputs, model.outputs).nodes:
        if node.is_input:
            continue
        received, layer = [known[tensor] for tensor in node.inputs], unfolded(node.operation)
        if isinstance(layer, (Model, GraphLayer)):
            made = follow_images(layer, received, images)
        else:
            images.setdefault(layer, received[0])
            made = [_image_behind(layer, node.inputs[0], received, node.outputs[0])] * len(node.outputs)
        known.update(zip(node.outputs, made, strict=True))
    return [known[tensor] for tensor in model.outputs]


def _image_behind(layer: Layer, x: KerasTensor, images: list[Shape | None], y: KerasTensor) -> Shape | None:
    """The image whose values a layer gives flattened, if it does."""
    if len(x.shape) == 4 and len(y.shape) == 2 and layer.keeps_values:
        return x.shape[1:]
    if any(image != images[0] for image in images) or (len(images) > 1 and images[0] and x.shape != y.shape):
        raise ConfigError(f'layer "{layer.name}" joins flattened images, whose order in PyTorch is not known')
    return None if x.shape != y.shape or isinstance(layer, layers.Dense) else images[0]


def rearranged(of_layer: list[Weights], image: Shape | None) -> list[Weights]:
    """The same for a layer whose inputs are the values of an image, in another order in PyTorch."""
    if image is None:
        return of_layer
    theirs = channels_first_order(image)
    ours = np.argsort(theirs)
    # Beside a kernel, which has the inputs along its last axis, a vector is a bias: a number for each output.
    has_kernel = any(array.ndim > 1 for weights in of_layer for array in weights.arrays())

    def along_inputs(arrays: Sequence[Array], order: Array) -> list[Array]:
        return [array if has_kernel and array.ndim == 1 else array.take(order, -1) for array in arrays]

    return [
        weights._replace(
            to_torch=lambda *values, inner=weights.to_torch: along_inputs(inner(*values), theirs),
            from_torch=lambda *arrays, inner=weights.from_torch: inner(*along_inputs(arrays, ours)),
        )
        for weights in of_layer
    ]
