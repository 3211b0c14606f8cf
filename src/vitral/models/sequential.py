"""A model that is one layer after the other."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from vitral.config import floatx
from vitral.core.custom_objects import custom_object_scope
from vitral.core.symbolic import KerasTensor
from vitral.errors import ConfigError, ShapeError
from vitral.layers import InputLayer, Layer
from vitral.layers.graphs.chain import Chain
from vitral.models.description import describe, make
from vitral.models.model import Model, fit_axes
from vitral.typing import Array, Cache, Config, Shape


class Sequential(Model):
    """A stack of layers, each fed with the output of the one before.

    The shape of the input comes from an `Input` as the first entry, from `input_shape=` on the first layer, from a
    model that is the first of several layers, from `build`, or from the first data. Names of layers must differ;
    raises ConfigError if not.

    >>> from vitral import layers
    >>> model = Sequential([layers.Input(shape=(4,)), layers.Dense(3, activation="relu"), layers.Dense(2)])
    >>> model.output_shape, model.count_params()
    ((None, 2), 23)
    """

    unless_told = None

    def __init__(
        self, layers: Iterable[Layer | KerasTensor] | None = None, trainable: bool = True, name: str | None = None
    ) -> None:
        self._layers: list[Layer] = []
        self._chain = Chain(self._layers)
        self._input: InputLayer | None = None
        self._tensors: list[KerasTensor] = []  # the input, then each layer's output; empty until the input is known
        super().__init__(name=name, trainable=trainable)
        if isinstance(layers, Layer):
            raise ConfigError(f"Sequential received the layer {layers!r}; expected a list of layers")
        for layer in layers or ():
            self.add(layer)

    def add(self, layer: Layer | KerasTensor) -> None:
        """Put a layer on top; it is built at once if the shape of its input is known. An Input comes first."""
        if isinstance(layer, KerasTensor):
            layer = layer.layer if layer.node.is_input else layer
        if not isinstance(layer, Layer):
            hint = ": a class, add brackets to make an instance" if isinstance(layer, type) else ""
            raise ConfigError(f"add received {layer!r}{hint}; expected a layer")
        if not hasattr(layer, "declared_input_shape"):
            raise ConfigError(
                f"{type(layer).__name__}.__init__ does not call super().__init__(), which every layer needs"
            )
        if isinstance(layer, InputLayer):
            if self._input is not None or self._layers:
                raise ConfigError(f'model "{self.name}" has an input already; Input must be the first entry')
            self._start(layer)
            return
        if any(layer.name == other.name for other in self._layers):
            raise ConfigError(
                f'model "{self.name}" has a layer called "{layer.name}" already; give one of them another name='
            )
        if not self._layers and self._input is None and layer.declared_input_shape is not None:
            self._start(InputLayer(batch_shape=layer.declared_input_shape))
        if self._input is None and len(self._layers) == 1 and _is_network_of_one_input(self._layers[0]):
            self.build(self._layers[0].input_shape)
        if self._tensors:
            self._tensors.append(layer(self._tensors[-1]))
            self._mark_built()
        self._layers.append(layer)

    def pop(self) -> Layer:
        """Take the last layer off and return it; raises ConfigError if there is none."""
        if not self._layers:
            raise ConfigError(f'model "{self.name}" has no layers to pop')
        layer = self._layers.pop()
        if self._tensors:
            self._tensors.pop()
        self.built = bool(self._layers) and self.built
        return layer

    def build(self, input_shape: Shape) -> None:
        """Build all layers for batches of this shape, batch axis first: (None, 28, 28, 1).

        Raises ConfigError without layers, ShapeError if the model has another input already.
        """
        if not self._layers:
            raise ConfigError(f'model "{self.name}" cannot be built because it has no layers: call model.add(layer)')
        if self._input is None:
            self._start(InputLayer(batch_shape=input_shape))
        elif self._input.input_shape[1:] != tuple(input_shape)[1:]:
            raise ShapeError(
                f'model "{self.name}" has the input shape {self._input.input_shape} already; '
                f"received {tuple(input_shape)}"
            )
        if len(self._tensors) == 1:
            tensors = list(self._tensors)
            for layer in self._layers:
                tensors.append(layer(tensors[-1]))
            self._tensors = tensors

    def build_for(self, batch_shape: Shape) -> None:
        if not self.built:
            self.build(batch_shape if self._input is None else self._input.input_shape)

    def _start(self, layer: InputLayer) -> None:
        self._input = layer
        self._tensors = [layer.output]

    def _mark_built(self) -> None:
        assert self._input is not None, "a layer is built only when the input is known"
        self.built = True
        self._input_shape = self._input.input_shape

    @property
    def layers(self) -> list[Layer]:
        """The layers in order, without the Input."""
        return list(self._layers)

    @property
    def inputs(self) -> list[KerasTensor]:
        return self._tensors[:1]

    @property
    def outputs(self) -> list[KerasTensor]:
        return self._tensors[-1:] if self.built else []

    @property
    def output_layers(self) -> list[Layer | None]:
        return [self._layers[-1] if self._layers else None]

    @property
    def output_names(self) -> list[str]:
        return [self._layers[-1].name if self._layers else "output"]

    @property
    def output_shapes(self) -> list[Shape]:
        return [tensor.shape for tensor in self.outputs] or super().output_shapes

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        shape = tuple(input_shape)
        for layer in self._layers:
            shape = layer.compute_output_shape(shape)
        return shape

    def multiply_adds(self, input_shape: Shape) -> int:
        total, shape = 0, tuple(input_shape)
        for layer in self._layers:
            total += layer.multiply_adds(shape)
            shape = layer.compute_output_shape(shape)
        return total

    def fit_input(self, x: Array) -> Array:
        x = fit_axes(x, self.input_shape)
        self.check_batch(x)
        return x

    def forward(self, x: Array, training: bool | None = False) -> tuple[Array, Cache]:
        return self._chain.forward(x, training)

    def backward(self, dy: Array, cache: Cache) -> Array | None:
        gradient: Array | None = self._chain.backward(dy, cache, input_gradient=self.needs_input_gradient)
        return gradient

    def run(self, x: Array, training: bool, behind: Sequence[bool]) -> tuple[list[Array], Cache]:
        y, caches = self._chain.forward(x, training, behind[0])
        return [y], caches

    def run_back(self, dys: Sequence[Array | None], caches: Cache, behind: Sequence[bool]) -> None:
        self._chain.backward(dys[0], caches, input_gradient=False, through_activation=behind[0])

    @property
    def may_penalize(self) -> bool:
        return self._chain.may_penalize

    @property
    def may_mix(self) -> bool:
        return self._chain.may_mix

    def run_targets(self, targets: Array, caches: Cache) -> Array:
        return self._chain.mixed_targets(targets, caches)

    def run_penalty(self, caches: Cache) -> float:
        return self._chain.activity_penalty(caches)

    def activity_penalty(self, cache: Cache) -> float:
        return self._chain.activity_penalty(cache)

    def mixed_targets(self, targets: Array, cache: Cache) -> Array:
        return self._chain.mixed_targets(targets, cache)

    def get_config(self) -> Config:
        config: Config = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": _dtype_policy(),
            "layers": [describe(layer) for layer in ([self._input] if self._input else []) + self._layers],
        }
        if self.built:
            config["build_input_shape"] = list(self.input_shape)
        return config

    @classmethod
    def from_config(cls, config: Config, custom_objects: Mapping[str, Any] | None = None) -> Self:
        """The model, with new weights, that `get_config` or Keras 3 described."""
        model = cls(name=config["name"], trainable=config.get("trainable", True))
        with custom_object_scope(custom_objects):
            for layer in config["layers"]:
                model.add(layer if isinstance(layer, Layer) else make(layer))
        shape = config.get("build_input_shape")
        if shape is not None and not model.built and model.layers:
            model.build(tuple(shape))
        return model

    def __repr__(self) -> str:
        return f"<Sequential name={self.name}, built={self.built}>"


def _is_network_of_one_input(layer: Layer) -> bool:
    return isinstance(layer, Model) and layer.built and isinstance(layer.input_shape, tuple)


def _dtype_policy() -> Config:
    return {
        "module": "keras",
        "class_name": "DTypePolicy",
        "config": {"name": floatx()},
        "registered_name": None,
    }
