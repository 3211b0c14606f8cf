"""Calling the layers of a network once more, on other tensors."""

from collections.abc import Callable
from typing import Any

from vitral.core.symbolic import KerasTensor
from vitral.core.tree import flatten, map_structure
from vitral.layers import Input, Layer
from vitral.layers.graphs.graph import Graph


def between(inputs: Any, outputs: Any) -> tuple[Any, Any]:
    """Inputs and outputs of a model of their own, where some of the inputs lie in the middle of another model.

    A new Input takes the place of each such one, and the layers behind it are called once more.
    """
    new = {
        tensor: tensor if tensor.node.is_input else Input(batch_shape=tensor.shape, name=f"{tensor.name}CLONE")
        for tensor in flatten(inputs)
    }
    if all(tensor is its_new for tensor, its_new in new.items()):
        return inputs, outputs
    return map_structure(new.__getitem__, inputs), replay(new, outputs, lambda layer: layer)


def replay(new: dict[KerasTensor, KerasTensor], outputs: Any, layer_for: Callable[[Layer], Layer]) -> Any:
    """The outputs that come of calling a layer for each layer, from new inputs in the place of the old ones."""
    now: dict[KerasTensor, KerasTensor] = dict(new)
    for node in Graph(list(new), flatten(outputs)).nodes:
        if node.arguments is not None:
            inputs = map_structure(now.__getitem__, node.arguments.inputs)
            result = layer_for(node.operation).call_symbolically(node.arguments._replace(inputs=inputs))
            now.update(zip(node.outputs, flatten(result), strict=True))
    return map_structure(now.__getitem__, outputs)
