"""The calls that make up a network, and the order in which Keras counts them and their layers."""

from collections.abc import Sequence
from typing import Any

from vitral.core.symbolic import KerasTensor, Node
from vitral.errors import ConfigError


class Graph:
    """The calls that lead from inputs to outputs.

    Raises ConfigError if an output depends on an input that is not among `inputs`.
    """

    nodes: list[Node]
    """Each call behind those that it depends on."""

    layers: list[Any]
    """The layers, the inputs' own among them: the farthest from the outputs first, then as met from there on."""

    def __init__(self, inputs: Sequence[KerasTensor], outputs: Sequence[KerasTensor]) -> None:
        self.nodes = []
        self._met: dict[Any, int] = {}
        self._search(set(inputs), inputs, outputs)
        depths, layer_depths = self._depths()
        for tensor in inputs:
            if tensor.node not in depths:  # nothing depends on it
                depths[tensor.node] = layer_depths[tensor.layer] = 0
                self._met[tensor.layer] = -1
        self.by_depth = [
            [node for node, its in depths.items() if its == depth] for depth in sorted({*depths.values()}, reverse=True)
        ]
        self.layers = sorted(layer_depths, key=lambda layer: (-layer_depths[layer], self._met[layer]))

    def _search(self, given: set[KerasTensor], inputs: Sequence[KerasTensor], outputs: Sequence[KerasTensor]) -> None:
        """Find the calls, depth first from the first output on; without recursion, so that networks may be deep."""
        complete: dict[Node, bool] = {}
        waiting = list(reversed(outputs))
        while waiting:
            tensor = waiting[-1]
            node = tensor.node
            if node.is_input and tensor not in given:
                names = ", ".join(f'"{x.name}"' for x in inputs)
                raise ConfigError(f'the outputs depend on the input "{tensor.name}"; the model\'s inputs are {names}')
            if complete.get(node) or (tensor in given and not node.is_input):
                waiting.pop()
            elif node in complete:
                complete[node] = True
                self.nodes.append(node)
                waiting.pop()
            else:
                complete[node] = False
                self._met.setdefault(node.operation, len(self._met))
                waiting += reversed(node.inputs)

    def _depths(self) -> tuple[dict[Node, int], dict[Any, int]]:
        """The longest way to an output, for calls and for layers; a layer's later calls are no nearer than itself."""
        depths: dict[Node, int] = {}
        layer_depths: dict[Any, int] = {}
        for node in reversed(self.nodes):
            depth = max(depths.get(node, 0), layer_depths.get(node.operation, 0))
            depths[node] = layer_depths[node.operation] = depth
            for tensor in node.inputs:
                depths[tensor.node] = max(depth + 1, depths.get(tensor.node, 0))
        return depths, layer_depths

    def check_names(self) -> None:
        """Raise ConfigError if two layers have one name, as those of a model that describes itself may not."""
        names: set[str] = set()
        for layer in self.layers:
            if layer.name in names:
                raise ConfigError(f'two layers of the model are called "{layer.name}"; give one of them another name=')
            names.add(layer.name)
