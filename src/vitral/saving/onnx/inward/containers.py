"""Layers around other layers from ONNX nodes."""

from typing import Any

from vitral import layers
from vitral.core.symbolic import KerasTensor
from vitral.models.functional import Functional
from vitral.saving.onnx.sketch import Given, Sketch


def steps_as_batch(sketch: Sketch, node: Any, x: Given, sizes: tuple[int, ...]) -> Given:
    """The steps of all samples as one large batch, or such a batch as steps again, which ends a TimeDistributed."""
    sketch.plain(node, x)
    if sizes == x.shape[2:]:
        inside = layers.Input(sizes)
        sketch.steps[inside] = x
        return Given(inside)
    inside = _first(x.tensor)
    outside = sketch.steps.get(inside)
    if x.first or outside is None or sizes != (outside.shape[1], *x.shape[1:]):
        raise sketch.error(node, f"makes {[-1, *sizes]} of {list(x.shape)}; expected the batch to stay in front")
    return Given(layers.TimeDistributed(Functional(inside, x.tensor))(outside.tensor))


def _first(tensor: KerasTensor) -> KerasTensor:
    """An input on which a tensor depends."""
    while tensor.node.inputs:
        tensor = tensor.node.inputs[0]
    return tensor
