"""Functional models as plain values, and back, in Keras 3's form: layers, and on what each was called."""

from collections.abc import Mapping
from typing import Any

from vitral.core.symbolic import Arguments, KerasTensor, Node
from vitral.core.tree import map_structure
from vitral.errors import ConfigError
from vitral.layers import Layer
from vitral.layers.graphs.graph import Graph
from vitral.layers.merging import Merge
from vitral.layers.slicing import GetItem
from vitral.models.description import describe, make
from vitral.models.said_flags import is_default
from vitral.typing import Config

_GET_ITEM = {"module": "keras.src.ops.numpy", "class_name": "GetItem", "registered_name": "GetItem"}
"""How Keras writes down x[:, 0], which is no layer there: the key is an argument of the call."""


def describe_graph(graph: Graph, inputs: Any, outputs: Any) -> Config:
    """The layers with their calls, and which results are inputs and outputs."""
    of_model = {node for group in graph.by_depth for node in group}
    called = {node for node in of_model if not node.is_input}
    numbers = {  # of a call among those of its layer that belong to the model
        node: number
        for layer in graph.layers
        for number, node in enumerate([node for node in layer.inbound_nodes if node in of_model])
    }

    def tensor(given: KerasTensor) -> Config:
        history = [given.layer.name, numbers[given.node], given.index]
        config = {"shape": list(given.shape), "dtype": given.dtype, "keras_history": history}
        return {"class_name": "__keras_tensor__", "config": config}

    def call(layer: Layer, arguments: Arguments) -> Config:
        given = map_structure(tensor, arguments.inputs)
        if isinstance(layer, GetItem):
            return {"args": [given, layer.written_key], "kwargs": {}}
        kwargs = {} if arguments.training is None else {"training": arguments.training}
        names = layer.drawing.names if layer.draws else ()
        if names:
            kwargs |= zip(names, given[len(given) - len(names) :], strict=True)
            given = given[: len(given) - len(names)]
        said = {"said": True} if is_default(layer, arguments.training) else {}  # which Keras passes over
        return {"args": given if arguments.spread else [given], "kwargs": kwargs, **said}

    def end(given: KerasTensor) -> list[Any]:
        return [given.layer.name, numbers[given.node] + _first_call(given.layer), given.index]

    return {
        "layers": [
            {
                **(_GET_ITEM | {"config": {"name": layer.name}} if isinstance(layer, GetItem) else describe(layer)),
                "name": layer.name,
                "inbound_nodes": [call(layer, node.arguments) for node in layer.inbound_nodes if node in called],
            }
            for layer in graph.layers
        ],
        "input_layers": map_structure(end, inputs),
        "output_layers": map_structure(end, outputs),
    }


def build_graph(config: Mapping[str, Any]) -> tuple[Any, Any]:
    """Inputs and outputs of the graph that was described, its layers being new or, in place of a description, given.

    Calls are made as soon as what they need is there. Raises ConfigError if that never is.
    """
    made: dict[str, Layer] = {}
    waiting: list[tuple[Layer, Any]] = []
    for description in config["layers"]:
        layer = description.get("layer") or make(description)
        made[description.get("name") or layer.name] = layer
        waiting += [(layer, call) for call in description["inbound_nodes"]]
    before = {layer: len(layer.inbound_nodes) for layer in made.values() if not _is_input(layer)}

    def nodes(name: str) -> list[Node]:
        if name not in made:
            raise ConfigError(f'a layer is called on "{name}", which is not in the model')
        return made[name].inbound_nodes[before.get(made[name], 0) :]

    while waiting:
        behind: list[tuple[Layer, Any]] = []
        blocked: set[Layer] = set()  # the calls of a layer keep their order
        for layer, call in waiting:
            args, kwargs = _arguments(layer, call)
            if layer in blocked or any(number >= len(nodes(name)) for name, number, _ in _references([args, kwargs])):
                behind.append((layer, call))
                blocked.add(layer)
                continue
            found = [_replace(part, lambda name, number, index: nodes(name)[number].outputs[index]) for part in args]
            named = {
                key: _replace(value, lambda name, number, index: nodes(name)[number].outputs[index])
                for key, value in kwargs.items()
                if value is not None
            }
            if isinstance(layer, GetItem) and len(found) == 2:
                layer.key = GetItem(found.pop()).key
            if isinstance(layer, Merge) and len(found) > 1:
                found = [found]  # an operator of Keras', such as x + y
            layer(*found, **named)
        if len(behind) == len(waiting):
            raise ConfigError(f'the call of "{behind[0][0].name}" waits for a result that never comes')
        waiting = behind

    def ends(given: Any) -> Any:
        if isinstance(given, Mapping):
            return {key: ends(part) for key, part in given.items()}
        if len(given) == 3 and isinstance(given[0], str):
            name, number, index = given
            return nodes(name)[number - (_first_call(made[name]) if name in made else 0)].outputs[index]
        return [ends(part) for part in given]

    return ends(config["input_layers"]), ends(config["output_layers"])


def _first_call(layer: Layer) -> int:
    """As what Keras counts the first call of a layer among inputs and outputs: a graph has its own before that."""
    return 1 if type(layer).__name__ == "Functional" else 0


def _is_input(layer: Layer) -> bool:
    return any(node.is_input for node in layer.inbound_nodes)


def _arguments(layer: Layer, call: Any) -> tuple[list[Any], dict[str, Any]]:
    """What a call was made with; in Keras' older form it is a list of [layer, call, result, keywords]."""
    if isinstance(call, Mapping):
        kwargs = dict(call["kwargs"])
        if is_default(layer, kwargs.get("training")) and not call.get("said"):
            del kwargs["training"]
        return list(call["args"]), kwargs
    places = [{"class_name": "__keras_tensor__", "config": {"keras_history": place[:3]}} for place in call]
    return [places if len(places) > 1 else places[0]], dict(call[0][3]) if len(call[0]) > 3 else {}


def _is_tensor(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get("class_name") == "__keras_tensor__"


def _references(value: Any) -> list[Any]:
    if _is_tensor(value):
        return [value["config"]["keras_history"]]
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else []
    return [reference for part in parts for reference in _references(part)]


def _replace(value: Any, tensor_at: Any) -> Any:
    if _is_tensor(value):
        return tensor_at(*value["config"]["keras_history"])
    if isinstance(value, Mapping):
        return {key: _replace(part, tensor_at) for key, part in value.items()}
    return [_replace(part, tensor_at) for part in value] if isinstance(value, list) else value
