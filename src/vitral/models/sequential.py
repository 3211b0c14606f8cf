"""A model that is one layer after the other."""

from collections.abc import Iterable
from typing import Any, Self

import numpy as np

from vitral import layers as layers_module
from vitral.config import floatx
from vitral.errors import ConfigError, ShapeError
from vitral.layers import InputLayer, Layer
from vitral.models.model import Model
from vitral.typing import Array, Cache, Config, Shape


class Sequential(Model):
    """A stack of layers, each fed with the output of the one before.

    The shape of the input comes from an `Input` as the first entry, from `input_shape=` on the first layer, from
    `build`, or from the first data. Names of layers must differ; raises ConfigError if not.

    >>> from vitral import layers
    >>> model = Sequential([layers.Input(shape=(4,)), layers.Dense(3, activation="relu"), layers.Dense(2)])
    >>> model.output_shape, model.count_params()
    ((None, 2), 23)
    """

    def __init__(self, layers: Iterable[Layer] | None = None, trainable: bool = True, name: str | None = None) -> None:
        self._layers: list[Layer] = []
        self._input: InputLayer | None = None
        super().__init__(name=name, trainable=trainable)
        for layer in layers or ():
            self.add(layer)

    def add(self, layer: Layer) -> None:
        """Put a layer on top; it is built at once if the shape of its input is known."""
        given: object = layer
        if not isinstance(given, Layer):
            hint = ": a class, add brackets to make an instance" if isinstance(given, type) else ""
            raise ConfigError(f"add received {given!r}{hint}; expected a layer")
        if not hasattr(layer, "declared_input_shape"):
            raise ConfigError(
                f"{type(layer).__name__}.__init__ does not call super().__init__(), which every layer needs"
            )
        if isinstance(layer, InputLayer):
            if self._input is not None or self._layers:
                raise ConfigError(f'model "{self.name}" has an input already; Input must be the first entry')
            self._input = layer
            return
        if any(layer.name == other.name for other in self._layers):
            raise ConfigError(
                f'model "{self.name}" has a layer called "{layer.name}" already; give one of them another name='
            )
        if not self._layers and self._input is None and layer.declared_input_shape is not None:
            self._input = InputLayer(batch_shape=layer.declared_input_shape)
        shape = self._shape_for_next()
        if shape is not None:
            _build(layer, shape)
        self._layers.append(layer)
        if shape is not None:
            self._mark_built()

    def pop(self) -> Layer:
        """Take the last layer off and return it; raises ConfigError if there is none."""
        if not self._layers:
            raise ConfigError(f'model "{self.name}" has no layers to pop')
        layer = self._layers.pop()
        self.built = bool(self._layers) and self.built
        return layer

    def build(self, input_shape: Shape) -> None:
        """Build all layers for batches of this shape, batch axis first: (None, 28, 28, 1).

        Raises ConfigError without layers, ShapeError if the model has another input already.
        """
        if not self._layers:
            raise ConfigError(f'model "{self.name}" cannot be built because it has no layers: call model.add(layer)')
        if self._input is None:
            self._input = InputLayer(batch_shape=input_shape)
        elif self._input.input_shape[1:] != tuple(input_shape)[1:]:
            raise ShapeError(
                f'model "{self.name}" has the input shape {self._input.input_shape} already; '
                f"received {tuple(input_shape)}"
            )
        shape = self._input.input_shape
        for layer in self._layers:
            _build(layer, shape)
            shape = layer.compute_output_shape(shape)

    def build_for(self, batch_shape: Shape) -> None:
        if not self.built:
            self.build(batch_shape if self._input is None else self._input.input_shape)

    def _shape_for_next(self) -> Shape | None:
        if self._layers:
            return self._layers[-1].output_shape if self.built else None
        return None if self._input is None else self._input.input_shape

    def _mark_built(self) -> None:
        assert self._input is not None, "a layer is built only when the input is known"
        self.built = True
        self._input_shape = self._input.input_shape

    @property
    def layers(self) -> list[Layer]:
        """The layers in order, without the Input."""
        return list(self._layers)

    @property
    def trainable(self) -> bool:
        """Whether training may change the weights; setting it sets it for all layers."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = value
        for layer in self._layers:
            layer.trainable = value

    @property
    def output_layer(self) -> Layer | None:
        return self._layers[-1] if self._layers else None

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
        expected = self.input_shape
        # As in Keras, an axis of length 1 at the end may be missing or too many: (n, 28, 28) and (n, 28, 28, 1).
        if x.ndim == len(expected) - 1 and expected[-1] == 1:
            x = x[..., np.newaxis]
        elif x.ndim == len(expected) + 1 and x.shape[-1] == 1:
            x = x[..., 0]
        self.check_batch(x)
        return x

    def forward(self, x: Array, training: bool = False, through_activation: bool = True) -> tuple[Array, Cache]:
        caches: list[Cache] = []
        last = len(self._layers) - 1
        for position, layer in enumerate(self._layers):
            if len(caches) > position:
                continue  # the layer before has done this one's work
            if not through_activation and position == last:
                x, cache = layer.forward_preactivation(x, training)  # type: ignore[attr-defined]
            elif position + 1 < last and (following := self._layers[position + 1].absorbable) in layer.absorbs:
                x, cache = layer.forward_absorbing(x, training, following)
                caches.append(cache)
                cache = _ABSORBED
            else:
                x, cache = layer.forward(x, training)
            caches.append(cache)
        return x, caches

    def backward(self, dy: Array, cache: Cache) -> Array | None:
        return self.propagate(dy, cache, input_gradient=self.needs_input_gradient)

    def propagate(
        self, dy: Array, caches: Cache, *, input_gradient: bool, through_activation: bool = True
    ) -> Array | None:
        gradient: Array | None = dy
        first = 0 if input_gradient else self._first_that_learns()
        last = len(self._layers) - 1
        # The layer before whose activation the gradient is known already, if any.
        known_before = None if through_activation else last
        for position in range(last, first - 1, -1):
            layer, cache = self._layers[position], caches[position]
            layer.needs_input_gradient = input_gradient or position > first
            assert gradient is not None, "only the first layer that learns may keep its input's gradient to itself"
            if cache is _ABSORBED:
                continue
            if position == known_before and not layer.passes:
                gradient = layer.backward_preactivation(gradient, cache)  # type: ignore[attr-defined]
                continue
            maker = self._maker_of_input(position, first, caches) if layer.passes else None
            activation = None if maker is None else self._layers[maker].output_activation
            gradient = layer.backward_fused(
                gradient,
                cache,
                through_activation=position != known_before,
                input_activation=activation or "linear",
            )
            if activation is not None:
                known_before = maker
        return gradient if input_gradient else None

    def _maker_of_input(self, position: int, first: int, caches: Cache) -> int | None:
        """The layer that made the values that this one receives, if it is one that `backward` will reach."""
        for below in range(position - 1, first - 1, -1):
            if not self._layers[below].keeps_values and caches[below] is not _ABSORBED:
                return below
        return None

    def _first_that_learns(self) -> int:
        learns = (bool(layer.trainable_weights) for layer in self._layers)
        return next((position for position, does in enumerate(learns) if does), len(self._layers))

    def get_config(self) -> Config:
        config: Config = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": _dtype_policy(),
            "layers": [_serialize(layer) for layer in ([self._input] if self._input else []) + self._layers],
        }
        if self.built:
            config["build_input_shape"] = list(self.input_shape)
        return config

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """The model, with new weights, that `get_config` or Keras 3 described."""
        model = cls(name=config["name"], trainable=config.get("trainable", True))
        for layer in config["layers"]:
            model.add(layer if isinstance(layer, Layer) else _deserialize(layer))
        shape = config.get("build_input_shape")
        if shape is not None and not model.built and model.layers:
            model.build(tuple(shape))
        return model

    def __repr__(self) -> str:
        return f"<Sequential name={self.name}, built={self.built}>"


_ABSORBED = object()
"""Stands for the cache of a layer whose work the one before has done."""


def _build(layer: Layer, shape: Shape) -> None:
    """Build a layer for this shape; raises ShapeError if it comes with weights for another one."""
    if layer.built and layer.input_shape[1:] != shape[1:] and layer.weights:
        raise ShapeError(f'layer "{layer.name}" was built for the shape {layer.input_shape}; here it receives {shape}')
    if not layer.built or layer.input_shape[1:] != shape[1:]:
        layer.build(shape)


def _dtype_policy() -> Config:
    return {
        "module": "keras",
        "class_name": "DTypePolicy",
        "config": {"name": floatx()},
        "registered_name": None,
    }


def _serialize(layer: Layer) -> Config:
    if isinstance(layer, Sequential):
        return {
            "module": "keras",
            "class_name": "Sequential",
            "config": layer.get_config(),
            "registered_name": None,
        }
    return layers_module.serialize(layer)


def _deserialize(config: dict[str, Any]) -> Layer:
    if config["class_name"] == "Sequential":
        return Sequential.from_config(config["config"])
    return layers_module.deserialize(config)
