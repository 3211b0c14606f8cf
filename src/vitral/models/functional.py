"""A model that is a graph of layers: branches, several inputs and outputs, layers that are used more than once."""

from collections.abc import Mapping
from typing import Any, Self

from vitral.core.custom_objects import custom_object_scope
from vitral.core.symbolic import KerasTensor
from vitral.core.tree import flatten, is_nested
from vitral.errors import ConfigError
from vitral.layers import Layer
from vitral.layers.graphs.graph_layer import GraphLayer
from vitral.models.graph_config import build_graph, describe_graph
from vitral.models.model import Model, fit_axes
from vitral.models.replay import between
from vitral.training.columns import Layout
from vitral.typing import Config


class Functional(GraphLayer, Model):
    """What `keras.Model(inputs, outputs)` makes: the layers that lead from the inputs to the outputs.

    `inputs` and `outputs` are symbolic tensors, or lists, tuples or dictionaries of them. Called on arrays in the same
    structure; inputs may also be given by their names. An input may lie in the middle of another model: the layers and
    their weights are shared with it. Raises ConfigError if the outputs depend on anything but the inputs.

    >>> from vitral import Input, layers
    >>> x = Input((4,))
    >>> h = layers.Dense(4, activation="relu")(x)
    >>> model = Model(x, layers.Dense(2)(layers.add([x, h])))
    >>> model.output_shape, model.count_params()
    ((None, 2), 30)
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None, trainable: bool = True) -> None:
        for argument, given in (("inputs", inputs), ("outputs", outputs)):
            wrong = [thing for thing in flatten(given) if not isinstance(thing, KerasTensor)]
            if wrong or not flatten(given):
                received = f"a {type(wrong[0]).__name__}" if wrong else "none"
                raise ConfigError(f"{argument} of a model received {received}; expected symbolic tensors")
        self._layers: list[Layer] = []
        super().__init__(*between(inputs, outputs), name=name)
        self.graph.check_names()
        self._layers = self.graph.layers
        if not trainable:
            self.trainable = False

    @property
    def layers(self) -> list[Layer]:
        """The layers, those of the inputs among them, in Keras' order: the farthest from the outputs first."""
        return list(self._layers)

    @property
    def layout(self) -> Layout:
        nested = [structure if is_nested(structure) else None for structure in (self.input, self.output)]
        return Layout(self.input_names, self.output_keys, *nested)

    def build_for(self, batch_shape: Any) -> None:
        return

    def fit_input(self, x: Any) -> Any:
        x = [
            fit_axes(batch, tensor.shape)
            for batch, tensor in zip(self._in_order(x, flatten), self._inputs, strict=True)
        ]
        self.check_batch(x)
        return x

    # Configuration.

    def get_config(self) -> Config:
        """The layers and their calls, as Keras 3 describes them."""
        return {"name": self.name, "trainable": self.trainable, **describe_graph(self.graph, *self._structures)}

    @classmethod
    def from_config(cls, config: Config, custom_objects: Mapping[str, Any] | None = None) -> Self:
        """The model, with new weights, that `get_config` or Keras 3 described; raises ConfigError if it is no graph."""
        with custom_object_scope(custom_objects):
            inputs, outputs = build_graph(config)
        return cls(inputs, outputs, name=config.get("name"), trainable=config.get("trainable", True))

    def __repr__(self) -> str:
        return f"<Functional name={self.name}, built={self.built}>"
