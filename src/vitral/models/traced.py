"""The graphs that the `call` of a subclass of Model draws."""

import inspect
from typing import TYPE_CHECKING, Any

from vitral.core.symbolic import KerasTensor
from vitral.core.tree import flatten
from vitral.errors import ConfigError
from vitral.layers import Input

if TYPE_CHECKING:
    from vitral.models.subclassed import Subclassed


class Traced:
    """The graphs that `call` draws: one for training and one for all else where it asks which of them it is."""

    def __init__(self, model: "Subclassed", input_shape: Any) -> None:
        asks = "training" in inspect.signature(model.call).parameters
        self._graphs = {
            mode: _draw(model, input_shape, {"training": mode} if asks else {}) for mode in (False, True)[: 1 + asks]
        }

    def graph(self, training: bool) -> Any:
        """The functional model that computes what `call` says."""
        return self._graphs.get(training, self._graphs[False])


def _draw(model: "Subclassed", input_shape: Any, options: dict[str, Any]) -> Any:
    from vitral.models.functional import Functional

    x = _inputs(input_shape)
    try:
        y = model.call(x, **options)
    except (TypeError, AttributeError) as error:
        raise ConfigError(
            f"{type(model).__name__}.call does something that is no layer's ({error}): write it with layers, or write "
            "forward and backward"
        ) from error
    wrong = [part for part in flatten(y) if not isinstance(part, KerasTensor)]
    if wrong or not flatten(y):
        raise ConfigError(
            f"{type(model).__name__}.call returned {f'a {type(wrong[0]).__name__}' if wrong else 'nothing'}; expected "
            "the output of a layer, or several in a list, a tuple or a dictionary"
        )
    graph = Functional(x, y, name=model.name)
    own = {*model.layers, *(tensor.layer for tensor in graph.inputs)}
    for layer in graph.layers:
        if layer not in own and layer.variables:
            raise ConfigError(
                f'{type(model).__name__}.call makes the layer "{layer.name}" anew each time: make it in __init__'
            )
    return graph


def _inputs(shapes: Any) -> Any:
    """A symbolic tensor for each shape, in the same structure."""
    if isinstance(shapes, dict):
        return {name: Input(batch_shape=shape, name=name) for name, shape in shapes.items()}
    return [_inputs(shape) for shape in shapes] if isinstance(shapes, list) else Input(batch_shape=shapes)
