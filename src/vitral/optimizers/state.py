"""What an optimizer remembers from one step to the next, and what files hold of it."""

import warnings
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any, Self, TypeAlias

import numpy as np

from vitral import config, initializers
from vitral.core.configurable import Configurable, is_number
from vitral.core.variable import Variable
from vitral.errors import ConfigError, ModelWarning, ShapeError
from vitral.optimizers import schedules
from vitral.optimizers.schedules import LearningRateSchedule
from vitral.typing import Array, Config

InitializerLike: TypeAlias = str | Config | initializers.Initializer


class State(Configurable):
    """The part of `Optimizer` that keeps the number of steps, the learning rate, and the arrays of each variable."""

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule | Config,
        gradient_accumulation_steps: int | None,
        name: str,
    ) -> None:
        self.name = name
        self.built = False
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self._trainable: dict[int, Variable] = {}
        self._slots: dict[tuple[str, int], Variable] = {}
        self._iterations = self._new_variable("iteration", np.array(0, np.int64))
        self._schedule: LearningRateSchedule | None = None
        # A double keeps the number that the user wrote; Keras rounds it to float32, here each variable's type decides.
        self._rate = self._new_variable("learning_rate", np.array(0.0))
        if isinstance(learning_rate, Mapping):
            learning_rate = schedules.deserialize(learning_rate)
        self.learning_rate = learning_rate

    @property
    def iterations(self) -> Variable:
        """Number of steps taken, a whole number; with `gradient_accumulation_steps` a copy."""
        if self.gradient_accumulation_steps is None:
            return self._iterations
        return self._new_variable("iteration", np.array(self.step, np.int64))

    @property
    def step(self) -> int:
        """Number of steps taken."""
        return int(self._iterations.value.item() // (self.gradient_accumulation_steps or 1))

    @property
    def learning_rate(self) -> "LearningRate":
        """The learning rate of the next step. Can be set, to a number or a schedule; a schedule only to another.

        It is a number with two methods of Keras' variable: `learning_rate.numpy()`, `learning_rate.assign(0.1)`.
        """
        value = self._rate.value if self._schedule is None else self._schedule(self.step)
        return LearningRate(value, self)

    @learning_rate.setter
    def learning_rate(self, value: float | LearningRateSchedule) -> None:
        if isinstance(value, LearningRateSchedule):
            self._schedule = value
            return
        if not is_number(value):
            raise ConfigError(f"learning_rate is {value!r}; expected a number or a LearningRateSchedule")
        if self._schedule is not None:
            raise ConfigError(
                f"learning_rate follows a {type(self._schedule).__name__} and cannot be set to {value!r}; "
                "build the optimizer with a number to change it"
            )
        self._rate.assign(float(value))

    @property
    def trainable_variables(self) -> list[Variable]:
        """The variables for which the optimizer was built."""
        return list(self._trainable.values())

    @property
    def variables(self) -> list[Variable]:
        """All state, in Keras' order: iteration, learning_rate (unless scheduled), then the slots."""
        rate = [self._rate] if self._schedule is None else []
        return [self._iterations, *rate, *self._slots.values()]

    # Creating and finding arrays.

    def add_slots(self, *names: str, initial: float = 0.0, variables: Sequence[Variable] | None = None) -> None:
        """Create, for every variable or those given, one array of its shape and type under each of these names."""
        for variable in self.trainable_variables if variables is None else variables:
            for name in names:
                self.add_slot(name, variable, np.full_like(variable.value, initial))

    def add_slot(self, name: str, variable: Variable, value: Array) -> Variable:
        """Create an array that belongs to a variable, of any shape, with these first values."""
        slot = self._new_variable(f"{variable.path.replace('/', '_')}_{name}", value)
        self._slots[name, id(variable)] = slot
        return slot

    def add_shared(self, name: str, value: Array) -> Variable:
        """Create state that belongs to no single variable; it is listed behind the slots so far."""
        self._slots[name, 0] = self._new_variable(name, value)
        return self._slots[name, 0]

    def slot(self, name: str, variable: Variable) -> Array:
        """The state array of a variable, to be changed in place."""
        return self._slots[name, id(variable)].value

    def slots(self, name: str, variables: Sequence[Variable]) -> list[Array]:
        """Those of several variables."""
        return [self._slots[name, id(variable)].value for variable in variables]

    def add_variable(
        self,
        shape: Sequence[int],
        initializer: InitializerLike = "zeros",
        dtype: str | None = None,
        *,
        name: str,
    ) -> Variable:
        """As `add_shared`, with the first values from an initializer, of `config.floatx()` unless `dtype` is given.

        Raises ConfigError if there is state of this name.
        """
        if (name, 0) in self._slots:
            raise ConfigError(f"{self.name} already has state called {name!r}")
        return self.add_shared(name, initializers.get(initializer)(tuple(shape), dtype or config.floatx()))

    def add_optimizer_variables(
        self,
        trainable_variables: Sequence[Variable],
        name: str | Sequence[str],
        initializer: InitializerLike | list[InitializerLike] | tuple[InitializerLike, ...] = "zeros",
    ) -> Any:
        """Create a slot for each of these variables and return them as a list; of several names, a tuple of lists.

        `slot(name, variable)` finds them again. There is one initializer for all names or one for each; raises
        ConfigError if their numbers differ.
        """
        names = [name] if isinstance(name, str) else list(name)
        of_names = list(initializer) if isinstance(initializer, (list, tuple)) else [initializer] * len(names)
        if len(of_names) != len(names):
            raise ConfigError(f"add_optimizer_variables got {len(names)} names and {len(of_names)} initializers")
        lists: tuple[list[Variable], ...] = tuple([] for _ in names)
        for variable in trainable_variables:
            for created, one, of_one in zip(lists, names, of_names, strict=True):
                value = initializers.get(of_one)(variable.shape, variable.dtype)
                created.append(self.add_slot(one, variable, value))
        return lists[0] if isinstance(name, str) else lists

    def _new_variable(self, name: str, value: Array) -> Variable:
        return Variable(value, name=name, trainable=False, path=f"{self.name}/{name}")

    # Taking all of it from elsewhere.

    def set_weights(self, weights: Sequence[Array]) -> None:
        """Assign to each of `variables` the array at its place.

        Raises ConfigError if the optimizer is not built or has another number of variables, ShapeError if a shape
        differs; the state is then as it was.
        """
        if not self.built:
            raise ConfigError(f"{self.name} is not built; call build(variables) before set_weights")
        if len(weights) != len(self.variables):
            raise ConfigError(f"{self.name} has {len(self.variables)} variables, got {len(weights)} arrays")
        for variable, weight in zip(self.variables, weights, strict=True):
            if np.shape(weight) != variable.shape:
                raise ShapeError(f"value for {variable.path} has shape {np.shape(weight)}; expected {variable.shape}")
        for variable, weight in zip(self.variables, weights, strict=True):
            variable.assign(weight)

    def save_own_variables(self, store: MutableMapping[str, Array]) -> None:
        """Put a copy of each of `variables` into a mapping, under its number as text."""
        for number, variable in enumerate(self.variables):
            store[str(number)] = variable.numpy()

    def load_own_variables(self, store: Mapping[str, Array]) -> None:
        """Take each of `variables` from a mapping as `save_own_variables` fills it.

        If their number differs, nothing is taken and a ModelWarning says so, as in Keras.
        """
        if len(store) != len(self.variables):
            warnings.warn(
                f"{self.name} has {len(self.variables)} variables, {len(store)} are saved: none is loaded"
                + ("" if self.built else "; build the optimizer first"),
                ModelWarning,
                stacklevel=2,
            )
            return
        for number, variable in enumerate(self.variables):
            variable.assign(store[str(number)])

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the state of a copied or unpickled optimizer: variables are known by identity, which is new now."""
        vars(self).update(state)
        ids = {key: id(variable) for key, variable in self._trainable.items()}
        # Shared state has a key of its own, which stays.
        self._slots = {(name, ids.get(key, key)): slot for (name, key), slot in self._slots.items()}
        self._trainable = {id(variable): variable for variable in self._trainable.values()}


class LearningRate(float):
    """A learning rate as a number that knows whose it is.

    >>> from vitral.optimizers import SGD
    >>> optimizer = SGD(0.5)
    >>> optimizer.learning_rate.assign(optimizer.learning_rate * 0.5); optimizer.learning_rate.numpy()
    np.float64(0.25)
    """

    def __new__(cls, value: Any, optimizer: State) -> Self:
        made = super().__new__(cls, value)
        made._optimizer = optimizer
        return made

    _optimizer: State

    def numpy(self) -> np.float64:
        """The number as NumPy has it."""
        return np.float64(self)

    def assign(self, value: Any) -> None:
        """Give the optimizer another one; raises ConfigError if it follows a schedule."""
        self._optimizer.learning_rate = float(value)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        # As a plain float, which leaves arrays in their precision; any other number makes double of single.
        plain = [float(thing) if isinstance(thing, LearningRate) else thing for thing in inputs]
        return getattr(ufunc, method)(*plain, **options)

    def __reduce__(self) -> tuple[Any, ...]:
        return float, (float(self),)
