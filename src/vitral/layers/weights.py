"""The variables of a layer: making them, listing them, taking their values out and in."""

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from vitral import constraints, initializers, regularizers
from vitral.config import floatx
from vitral.core.configurable import Configurable, only_default
from vitral.core.limits import check_allowed
from vitral.core.rng import SeedGenerator
from vitral.core.variable import Variable
from vitral.errors import ConfigError, ShapeError
from vitral.typing import Array


class Weights(Configurable):
    """The part of `Layer` that keeps its variables and random streams."""

    def __init__(self, name: str, trainable: bool) -> None:
        self.name = name
        self._trainable = trainable
        self._weights: list[Variable] = []
        self._seed_generators: list[SeedGenerator] = []

    @property
    def dtype(self) -> str:
        """Name of the type of the variables: `config.floatx()` as it was when they were made."""
        return self._weights[0].dtype if self._weights else floatx()

    def add_weight(
        self,
        shape: Sequence[int] | None = None,
        initializer: Any = None,
        dtype: str | None = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        *,
        name: str | None = None,
    ) -> Variable:
        """Create a variable of the layer; without a shape, a single value.

        `initializer`, regularizer and constraint are names, configurations or objects; the initializer is
        glorot_uniform unless given. Without a name it is called "variable". All variables are of `config.floatx()`:
        any other `dtype` is refused by ConfigError, and so there is nothing to cast by itself (`autocast`).
        """
        name = name or "variable"
        path = f"{self.name}/{name}"
        only_default("dtype", dtype, (None, floatx()), path)
        shape = tuple(shape or ())
        check_allowed(shape, path)
        value = initializers.get(initializer or "glorot_uniform")(shape, floatx())
        variable = Variable(
            value,
            name=name,
            trainable=trainable,
            regularizer=regularizers.get(regularizer),
            constraint=constraints.get(constraint),
            path=path,
        )
        # As in Keras, those that training changes come first.
        place = len(self._weights) if not trainable else sum(other.trainable for other in self._weights)
        self._weights.insert(place, variable)
        return variable

    add_variable = add_weight

    def add_seed_generator(self, seed: int | None) -> SeedGenerator:
        """Give the layer a random stream, saved with the model; without a seed it is drawn from the root."""
        stream = SeedGenerator(seed, name=f"{self.name}/seed_generator")
        self._seed_generators.append(stream)
        return stream

    @property
    def awaits_build(self) -> bool:
        """Whether there may be weights that are not made yet."""
        return False

    @property
    def trainable(self) -> bool:
        """Whether training may change the weights; setting it sets it for all layers inside."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = value
        for inner in self.inner_layers():
            inner.trainable = value

    def inner_layers(self) -> Sequence[Any]:
        """The layers of which this one is made."""
        return ()

    @property
    def weights(self) -> list[Variable]:
        """All variables that belong to the layer's function: its own, the trainable ones first, then its layers'."""
        return _each_once(self._weights, (inner.weights for inner in self.inner_layers()))

    @property
    def trainable_weights(self) -> list[Variable]:
        """The variables that training changes."""
        if not self.trainable:
            return []
        own = [variable for variable in self._weights if variable.trainable]
        inner = self.inner_layers()
        return _each_once(own, (layer.trainable_weights for layer in inner)) if inner else own

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The variables that training leaves alone, or that the layer updates by itself."""
        changed = {id(variable) for variable in self.trainable_weights}
        return [variable for variable in self.weights if id(variable) not in changed]

    @property
    def variables(self) -> list[Variable]:
        """The weights and the positions of the random streams: all that saving must keep."""
        own = self._weights + [stream.state for stream in self._seed_generators]
        return _each_once(own, (inner.variables for inner in self.inner_layers()))

    @property
    def losses(self) -> list[float]:
        """The penalties of the regularizers on the weights as they are; those on outputs belong to a batch."""
        return [
            float(variable.regularizer(variable.value))
            for variable in self.trainable_weights
            if variable.regularizer is not None
        ]

    @property
    def trainable_variables(self) -> list[Variable]:
        """The variables that training changes; the same as `trainable_weights`."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """The variables that training leaves alone, positions of random streams included."""
        changed = {id(variable) for variable in self.trainable_weights}
        return [variable for variable in self.variables if id(variable) not in changed]

    def storage(self) -> dict[str, list[Variable]]:
        """Where Keras 3 keeps the variables in a file of weights: the path under the layer's own, and what is there.

        A layer whose counterpart in Keras is made of smaller ones overrides this, as an LSTM of its "cell".
        """
        return {**self.own_storage(), "": self.weights}

    def own_storage(self) -> dict[str, list[Variable]]:
        """The same without the layers inside."""
        return {"": list(self._weights), "seed_generator": [stream.state for stream in self._seed_generators]}

    def get_weights(self) -> list[Array]:
        """Copies of the weights' values."""
        return [variable.numpy() for variable in self.weights]

    def set_weights(self, weights: Sequence[Array]) -> None:
        """Copy these arrays into the weights; raises ShapeError unless their number and shapes fit, and changes
        nothing then."""
        own = self.weights
        received = [np.shape(value) for value in weights]
        expected = [variable.shape for variable in own]
        if received != expected:
            raise ShapeError(f'weights for "{self.name}" have shapes {received}; expected {expected}')
        for variable, value in zip(own, weights, strict=True):
            variable.assign(value)

    def count_params(self) -> int:
        """Number of values in all weights; raises ConfigError while a layer that has some is not built."""
        if self.awaits_build:
            raise ConfigError(f'"{self.name}" is not built yet, so its weights are not known: call build(shape)')
        return sum(variable.size for variable in self.weights)

    def save_own_variables(self, store: MutableMapping[str, Array]) -> None:
        """Put a copy of each of the layer's own variables into a mapping, under its number as text.

        The files of a model are not written through this: `storage` says what goes where.
        """
        for number, variable in enumerate(self._weights):
            store[str(number)] = variable.numpy()

    def load_own_variables(self, store: Mapping[str, Array]) -> None:
        """Take each of the layer's own variables from a mapping as `save_own_variables` fills it.

        Raises ConfigError for another number of them, ShapeError for another shape.
        """
        if len(store) != len(self._weights):
            raise ConfigError(f'"{self.name}" has {len(self._weights)} variables; received {len(store)}')
        for number, variable in enumerate(self._weights):
            variable.assign(store[str(number)])


def _each_once(own: list[Variable], of_layers: Iterable[list[Variable]]) -> list[Variable]:
    """Variables in their order, those of a layer that stands in two places once."""
    return list(dict.fromkeys(chain(own, *of_layers)))
