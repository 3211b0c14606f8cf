"""Loss and accuracy of the network on whole sets, at even distances along the training."""

import math
from collections.abc import Callable

import numpy as np

from vitral.lab.folder import finite
from vitral.lab.record import Measurement
from vitral.models import Sequential
from vitral.typing import Array

Measured = tuple[float | None, float | None]


def measure(model: Sequential, x: Array, y: Array, *, batch_size: int = 256) -> Measured:
    """(loss, accuracy) of the compiled network as it is, dropout off; penalties of regularizers are not in the loss.

    Unlike `evaluate` it leaves the running metrics of an epoch under way alone.
    """
    outputs = model.predict(x, batch_size=batch_size, verbose=0)
    true = y.argmax(axis=-1) if y.ndim == outputs.ndim else y
    accuracy = float((outputs.argmax(axis=-1) == true).mean())
    return finite(model.require_loss("measure")(y, outputs)), accuracy


class MeasurementPlan:
    """`count` measurements spread evenly over `steps` batches; the last one falls on the last batch.

    >>> plan = MeasurementPlan(4, steps=10, steps_per_epoch=5)
    >>> [step for step in range(1, 11) if plan.number(step)]
    [3, 5, 8, 10]
    """

    def __init__(self, count: int, *, steps: int, steps_per_epoch: int) -> None:
        self.steps_per_epoch = steps_per_epoch
        # With fewer batches than measurements, every batch is measured once.
        self._numbers: dict[int, int] = {}
        for number in range(1, count + 1):
            self._numbers.setdefault(math.ceil(number * steps / count), len(self._numbers) + 1)

    def number(self, step: int) -> int | None:
        """Number of the measurement that is due after `step` batches, from 1; None if none is."""
        return self._numbers.get(step)


class Measurer:
    """Takes the measurements of a plan."""

    def __init__(
        self,
        plan: MeasurementPlan,
        on_train: Callable[[], Measured],
        on_validation: Callable[[], Measured] | None,
    ) -> None:
        self.plan = plan
        self._on_train = on_train
        self._on_validation = on_validation

    def take(self, step: int) -> Measurement | None:
        """The measurement after `step` batches, if one is due."""
        number = self.plan.number(step)
        if number is None:
            return None
        loss, accuracy = self._on_train()
        val_loss, val_accuracy = self._on_validation() if self._on_validation else (None, None)
        epoch = float(np.round(step / self.plan.steps_per_epoch, 6))
        return Measurement(number, step, epoch, loss, accuracy, val_loss, val_accuracy)
