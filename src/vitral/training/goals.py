"""What each output of a model is trained for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vitral import losses
from vitral.core.configurable import is_number
from vitral.errors import ConfigError
from vitral.losses import Loss
from vitral.typing import Array


@dataclass(frozen=True)
class Goal:
    """The loss of one output and what it counts in the total; without a loss, nothing is asked of the output."""

    output: str
    loss: Loss | None
    weight: float = 1.0

    def value(self, y: Array | None, y_pred: Array, weight: Array | None) -> float:
        """The loss of a batch, not yet weighted; without a reduction the sum, which is what training adds up."""
        return 0.0 if self.loss is None else float(np.sum(self.loss(y, y_pred, weight)))  # type: ignore[arg-type]

    def value_and_gradient(
        self, y: Any, y_pred: Array, weight: Array | None, merged: bool
    ) -> tuple[float, Array | None]:
        """The loss of a batch, and the gradient of the total by the output, or by what is before its activation if the
        two are `merged`."""
        if self.loss is None:
            return 0.0, None
        differentiate = self.loss.loss_and_preactivation_gradient if merged else self.loss.loss_and_gradient
        value, gradient = differentiate(y, y_pred, weight)
        return value, gradient if self.weight == 1 else gradient * gradient.dtype.type(self.weight)


def goals(loss: Any, loss_weights: Any, outputs: Sequence[str]) -> list[Goal]:
    """The goals of a model with these outputs: one loss for all, or a list or dictionary with one, or None, for each.

    Raises ConfigError unless losses and weights fit the outputs.

    >>> [(goal.output, goal.loss, goal.weight) for goal in goals({"a": "mse", "b": None}, {"a": 0.5}, ("a", "b"))]
    [('a', <MeanSquaredError name=mean_squared_error, reduction=sum_over_batch_size>, 0.5), ('b', None, 1.0)]
    """
    chosen = by_output(loss, outputs, "loss") if _is_listed(loss) else [loss] * len(outputs)
    weights = [loss_weights] if isinstance(loss_weights, (int, float)) else loss_weights
    factors = [None] * len(outputs) if weights is None else by_output(weights, outputs, "loss_weights", partly=True)
    for factor in factors:
        if factor is not None and not is_number(factor):
            raise ConfigError(f"loss_weights holds {factor!r}; expected numbers")
    return [
        Goal(output, None if one is None else losses.get(one), 1.0 if factor is None else float(factor))
        for output, one, factor in zip(outputs, chosen, factors, strict=True)
    ]


def by_output(given: Any, outputs: Sequence[str], argument: str, partly: bool = False) -> list[Any]:
    """What is given for each output, in a list in their order or a dictionary by their names; raises ConfigError for
    others, or if some are left out of a dictionary that need not be given only `partly`."""
    if isinstance(given, Mapping):
        if set(given) == set(outputs) or (partly and set(given) <= set(outputs)):
            return [given.get(name) for name in outputs]
        names, known = ", ".join(map(str, given)), ", ".join(outputs)
        raise ConfigError(
            f"{argument} is given for {names}; expected {'some' if partly else 'all'} of the outputs {known}"
        )
    if not isinstance(given, (list, tuple)) or len(given) != len(outputs):
        raise ConfigError(f"{argument} is {given!r}; expected one for each output: {', '.join(outputs)}")
    return list(given)


def _is_listed(loss: Any) -> bool:
    return isinstance(loss, (list, tuple)) or (isinstance(loss, Mapping) and "class_name" not in loss)
