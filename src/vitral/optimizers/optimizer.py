"""The base class of optimizers: it keeps the books, a subclass is only the formula."""

import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from vitral import ops
from vitral.core.configurable import only_default
from vitral.core.custom_objects import custom_object_scope
from vitral.core.naming import unique_name
from vitral.core.registry import Registry
from vitral.core.variable import Variable
from vitral.errors import ConfigError, ModelWarning, ShapeError
from vitral.optimizers import schedules
from vitral.optimizers.averaging import Averaging
from vitral.optimizers.clipping import Clipping
from vitral.optimizers.common import check_accumulation, check_averaging
from vitral.optimizers.schedules import LearningRateSchedule
from vitral.typing import Array, Config


class Optimizer(Averaging):
    """Moves variables along their gradients.

    `learning_rate` is a number or a `LearningRateSchedule`. `weight_decay` d shrinks every variable w by
    learning_rate d w before its step. At most one of `clipnorm` (each gradient's norm), `clipvalue` (each entry) and
    `global_clipnorm` (the norm of all gradients together) bounds the gradients. `learning_rate_multipliers` scales the
    learning rate of the variables that have a given name, such as {"bias": 0.1}.

    With `use_ema`, averages of the variables are kept: a = ema_momentum a + (1 - ema_momentum) w after every step. They
    replace the variables every `ema_overwrite_frequency` steps, if that is given, and at the end of `fit` (Polyak &
    Juditsky, "Acceleration of stochastic approximation by averaging", 1992). `gradient_accumulation_steps` n takes one
    step every n batches, along the mean of their gradients. Keras' `loss_scale_factor` is refused: there are no half
    floats here that would need it.

    A subclass writes `update_step`, and `create_slots` if it keeps state for each variable.

    >>> import numpy as np
    >>> class SignDescent(Optimizer):
    ...     def update_step(self, gradient, variable, learning_rate):
    ...         variable.value -= learning_rate * np.sign(gradient)
    >>> weight = Variable(np.array([1.0, 2.0]), name="weight")
    >>> SignDescent(learning_rate=0.5).apply_gradients([(np.array([3.0, -4.0]), weight)])
    >>> weight.value
    array([0.5, 2.5])
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule | Config,
        *,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        learning_rate_multipliers: Mapping[str, float] | None = None,
        name: str | None = None,
    ) -> None:
        name = name or unique_name(type(self).__name__)
        check_accumulation(gradient_accumulation_steps)
        super().__init__(learning_rate, gradient_accumulation_steps, name)
        self.weight_decay = weight_decay
        self.clipping = Clipping(clipnorm=clipnorm, clipvalue=clipvalue, global_clipnorm=global_clipnorm)
        check_averaging(ema_momentum, ema_overwrite_frequency)
        self.use_ema = use_ema
        self.ema_momentum = ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        only_default("loss_scale_factor", loss_scale_factor, (None,), name)
        self.learning_rate_multipliers = dict(learning_rate_multipliers or {})
        self._not_decayed: set[int] = set()
        self._not_decayed_names: list[str] = []

    # What a subclass writes.

    def create_slots(self) -> None:
        """Call `add_slots` for every state array that each variable needs."""

    def begin_step(self) -> None:
        """Called once before the variables of a step are moved, for state that they share."""

    def update_step(self, gradient: Array, variable: Variable, learning_rate: float) -> None:
        """Change the variable's value in place for one step along its gradient."""
        raise NotImplementedError(f"{type(self).__name__} has no update_step")

    def update_all(self, gradients: list[Array], variables: Sequence[Variable], learning_rate: float) -> None:
        """Do so for all variables of a step; overridden where one operation moves several."""
        for gradient, variable in zip(gradients, variables, strict=True):
            self.update_step(gradient, variable, learning_rate)

    def get_config(self) -> Config:
        """The arguments from which the optimizer can be built again; a subclass adds its own."""
        schedule = self._schedule
        config: Config = {
            "name": self.name,
            "learning_rate": float(self.learning_rate) if schedule is None else schedules.serialize(schedule),
            "weight_decay": self.weight_decay,
            **self.clipping.get_config(),
            "use_ema": self.use_ema,
            "ema_momentum": self.ema_momentum,
            "ema_overwrite_frequency": self.ema_overwrite_frequency,
            "loss_scale_factor": None,
            "gradient_accumulation_steps": self.gradient_accumulation_steps,
        }
        if self.learning_rate_multipliers:
            config["learning_rate_multipliers"] = self.learning_rate_multipliers
        return config

    @classmethod
    def from_config(cls, config: Config, custom_objects: Mapping[str, Any] | None = None) -> Self:
        """The optimizer that `get_config` described; `custom_objects` are further classes by name, of schedules."""
        with custom_object_scope(custom_objects):
            return cls(**config)

    # What the base class does.

    def build(self, variables: Sequence[Variable]) -> None:
        """Create the state for these variables; a second call does nothing.

        Raises ConfigError if a name in `learning_rate_multipliers` belongs to no variable.
        """
        if self.built:
            return
        names = {variable.name for variable in variables}
        for name in self.learning_rate_multipliers:
            if name not in names:
                raise ConfigError(
                    f"learning_rate_multipliers names {name!r}; the variables are called {', '.join(sorted(names))}"
                )
        self._trainable = {id(variable): variable for variable in variables}
        if self.use_ema:
            self.add_slots("average")
        if self.gradient_accumulation_steps:
            self.add_slots("gradient_accumulator")
        self.create_slots()
        self.built = True

    def apply(self, variables: Sequence[Variable]) -> None:
        """Move every trainable variable one step along its `grad`; the first call builds the optimizer.

        Raises ConfigError if no variable has a gradient, or if one was not there when the optimizer was built; warns
        with ModelWarning if only some have one.
        """
        trainable = [variable for variable in variables if variable.trainable]
        self._step([variable.grad for variable in trainable], trainable)

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Array | None, Variable]]) -> None:
        """Like `apply`, with gradients given as pairs (gradient, variable); these arrays are not changed.

        Raises ConfigError also for a variable that is given twice, ShapeError for a gradient of another shape.
        """
        pairs = list(grads_and_vars)
        if len({id(variable) for _, variable in pairs}) < len(pairs):
            paths = [variable.path for _, variable in pairs]
            twice = next(path for path in paths if paths.count(path) > 1)
            raise ConfigError(f"{twice} is given twice; expected each variable once, with the sum of its gradients")
        for gradient, variable in pairs:
            if gradient is not None and gradient.shape != variable.value.shape:
                raise ShapeError(f"gradient of {variable.path} has shape {gradient.shape}; expected {variable.shape}")
        self._step([gradient for gradient, _ in pairs], [variable for _, variable in pairs])

    def exclude_from_weight_decay(
        self, var_list: Sequence[Variable] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Keep weight decay away from these variables, and from all in whose name one of `var_names` is found.

        Raises ConfigError once the optimizer is built.
        """
        if self.built:
            raise ConfigError("exclude_from_weight_decay must be called before the optimizer is built")
        self._not_decayed = {id(variable) for variable in var_list or ()}
        self._not_decayed_names = list(var_names or ())

    def __setstate__(self, state: dict[str, Any]) -> None:
        ids = {key: id(variable) for key, variable in state["_trainable"].items()}
        super().__setstate__(state)
        self._not_decayed = {ids[key] for key in self._not_decayed if key in ids}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, learning_rate={self.learning_rate:g}>"

    def _step(self, gradients: list[Array | None], variables: list[Variable]) -> None:
        if not self.built:
            self.build(variables)
        given, variables = self._with_gradient(gradients, variables)
        due = given if self.gradient_accumulation_steps is None else self._accumulated(given, variables)
        if due:
            self._move(due, variables)
        if self.use_ema:
            self.move_averages()
        for variable in variables:
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable.value))
        self._iterations.value[...] = self._iterations.value.item() + 1

    def _move(self, gradients: list[Array], variables: Sequence[Variable]) -> None:
        """Take a step: clip, decay, update."""
        gradients = self.clipping.clip(gradients)
        # Exactly a float: by any other number, single precision would become double.
        rate, multipliers = float(self.learning_rate), self.learning_rate_multipliers
        self.begin_step()
        if not multipliers:
            self._decay_and_update(gradients, variables, rate)
            return
        for gradient, variable in zip(gradients, variables, strict=True):
            self._decay_and_update([gradient], [variable], rate * multipliers.get(variable.name, 1.0))

    def _decay_and_update(self, gradients: list[Array], variables: Sequence[Variable], rate: float) -> None:
        decayed: dict[float, list[Array]] = {}
        for variable in variables:
            decay = self.decay_of(variable)
            if decay is not None and self._is_decayed(variable):
                decayed.setdefault(decay, []).append(variable.value)
        for decay, values in decayed.items():
            ops.weight_decay_update(values, rate=rate * decay)
        self.update_all(gradients, variables, rate)

    def decay_of(self, variable: Variable) -> float | None:
        """The weight decay of a variable that is not excluded from it."""
        return self.weight_decay

    def _accumulated(self, gradients: Sequence[Array], variables: Sequence[Variable]) -> list[Array]:
        """The mean gradients of the last batches if a step is due, otherwise nothing."""
        assert self.gradient_accumulation_steps is not None, "asked only then"
        accumulators = self.slots("gradient_accumulator", variables)
        if (self._iterations.value.item() + 1) % self.gradient_accumulation_steps:
            for gradient, accumulator in zip(gradients, accumulators, strict=True):
                accumulator += gradient
            return []
        means = [
            (gradient + accumulator) / self.gradient_accumulation_steps
            for gradient, accumulator in zip(gradients, accumulators, strict=True)
        ]
        for accumulator in self.slots("gradient_accumulator", self.trainable_variables):
            accumulator[...] = 0
        return means

    def _with_gradient(
        self, gradients: list[Array | None], variables: list[Variable]
    ) -> tuple[list[Array], list[Variable]]:
        """The gradients that are there and their variables, checked."""
        given = [gradient for gradient in gradients if gradient is not None]
        if not given:
            raise ConfigError("no gradients provided for any variable; run a backward pass before the update")
        if len(given) < len(gradients):
            pairs = list(zip(gradients, variables, strict=True))
            missing = [variable.path for gradient, variable in pairs if gradient is None]
            warnings.warn(f"no gradient for {', '.join(missing)}: not updated", ModelWarning, stacklevel=4)
            variables = [variable for gradient, variable in pairs if gradient is not None]
        if variables != self.trainable_variables:  # which they are, unless some layers are frozen
            for variable in variables:
                if id(variable) not in self._trainable:
                    raise ConfigError(
                        f"{self.name} was built without {variable.path}; build a new optimizer for other variables"
                    )
        return given, variables

    def _is_decayed(self, variable: Variable) -> bool:
        return id(variable) not in self._not_decayed and not any(
            re.search(pattern, variable.name) for pattern in self._not_decayed_names
        )


registry: Registry[Optimizer] = Registry("optimizer", "keras.optimizers", Optimizer)
