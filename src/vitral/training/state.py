"""What a training needs beside the weights to go on with the same bits."""

from collections.abc import Iterator, Mapping

import numpy as np

from vitral.core.rng import check_seed
from vitral.core.variable import Variable
from vitral.errors import ConfigError
from vitral.layers import RNN, Layer
from vitral.training.measures import Measures
from vitral.typing import Array


class Resumable(Measures):
    """A network whose training can be stopped after any batch and taken up in another process."""

    _shuffle_seed: int | None = None
    _shuffle_seed_is_given = False

    @property
    def shuffle_seed(self) -> int | None:
        """Seed of the order of the samples; None before the first `fit`.

        A `fit` from epoch 0 draws a new one unless it was set since the last. The order of an epoch depends on this
        seed and the number of the epoch alone.
        """
        return self._shuffle_seed

    @shuffle_seed.setter
    def shuffle_seed(self, seed: int | None) -> None:
        self._shuffle_seed = None if seed is None else check_seed(seed)
        self._shuffle_seed_is_given = seed is not None

    def remember_shuffle_seed(self, seed: int) -> None:
        """Take up a saved training's seed, for a `fit` that continues it (initial_epoch > 0), not for a new one."""
        self.shuffle_seed = seed
        self._shuffle_seed_is_given = False

    _place: tuple[int, int] | None = None

    def continue_at(self, epoch: int, step: int) -> None:
        """Let a `fit` that begins right now go on at this batch of this epoch, whatever its own arguments say.

        For a callback that restores a training in its `on_train_begin`.
        """
        self._place = epoch, step

    def _take_place(self, epoch: int, step: int) -> tuple[int, int]:
        """The place that a callback chose, or else this one."""
        place, self._place = self._place, None
        return place or (epoch, step)

    def get_training_state(self) -> dict[str, Array]:
        """Optimizer, random streams, states of stateful layers, running means and shuffle seed, as arrays by name.

        Together with `get_weights()` and the state of the callbacks this is all that a training depends on.
        """
        self.require_compiled("get_training_state")
        state = {f"optimizer/{i}": v.numpy() for i, v in enumerate(self._optimizer_variables())}
        state |= {f"stream/{i}": v.numpy() for i, v in enumerate(self._streams())}
        for number, layer in enumerate(_stateful(self)):
            state |= {f"state/{number}/{i}": array.copy() for i, array in enumerate(layer.states or ())}
        state |= {f"metric/{key}": value for key, value in self._metrics.get_state().items()}
        if self.shuffle_seed is not None:
            state["shuffle_seed"] = np.array(self.shuffle_seed)
        return state

    def set_training_state(self, state: Mapping[str, Array]) -> None:
        """Take back what `get_training_state` gave to a model that was built and compiled in the same way.

        Raises ConfigError if it is another model's. The next `fit` continues it: give `initial_epoch` and
        `initial_step`.
        """
        self.require_compiled("set_training_state")
        if not self.built:
            raise ConfigError("set_training_state needs a built model: add an Input layer or call model.build(shape)")
        if _part(state, "optimizer"):
            self.optimizer.build(self.trainable_weights)
        _assign(self._optimizer_variables(), _part(state, "optimizer"), "optimizer variables")
        _assign(self._streams(), _part(state, "stream"), "random streams")
        self._set_states(_part(state, "state"))
        self._metrics.set_state(_part(state, "metric"))
        if "shuffle_seed" in state:
            self.shuffle_seed = int(state["shuffle_seed"])

    def _set_states(self, state: Mapping[str, Array]) -> None:
        """Let stateful layers begin the next batch with these states; those that have none there begin anew."""
        layers = _stateful(self)
        saved = 1 + max((int(key.partition("/")[0]) for key in state), default=-1)
        if saved > len(layers):
            raise ConfigError(f"the state is of {saved} stateful layers; the model has {len(layers)}")
        for number, layer in enumerate(layers):
            arrays = _part(state, str(number))
            layer.states = [arrays[str(i)].copy() for i in range(len(arrays))] or None

    def _optimizer_variables(self) -> list[Variable]:
        return self.optimizer.variables if self.optimizer.built else []

    def _streams(self) -> list[Variable]:
        weights = {id(variable) for variable in self.weights}
        return [variable for variable in self.variables if id(variable) not in weights]


def _stateful(network: Layer) -> list[RNN]:
    """The layers in a network that begin a batch with the states in which the one before ended, each once."""
    return list(dict.fromkeys(layer for layer in _inside(network) if isinstance(layer, RNN) and layer.stateful))


def _inside(layer: Layer) -> Iterator[Layer]:
    yield layer
    for part in layer.inner_layers():
        yield from _inside(part)


def _part(state: Mapping[str, Array], name: str) -> dict[str, Array]:
    prefix = f"{name}/"
    return {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}


def _assign(variables: list[Variable], values: Mapping[str, Array], what: str) -> None:
    if len(variables) != len(values):
        raise ConfigError(f"the state has {len(values)} {what}; the model has {len(variables)}")
    for number, variable in enumerate(variables):
        variable.assign(values[str(number)])
