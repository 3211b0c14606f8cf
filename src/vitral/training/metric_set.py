"""The running means that a training shows: the loss and the compiled metrics."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from vitral import metrics
from vitral.errors import ConfigError
from vitral.losses import Loss
from vitral.metrics import Metric
from vitral.typing import Array, Config, Logs, Shape

MetricIdentifier: TypeAlias = str | Metric | type[Metric] | Callable[..., Any] | Config


class MetricSet:
    """Loss and metrics since the last reset.

    What "accuracy" means depends on the shapes of labels and predictions, so metrics are made by `resolve`, once these
    are known. Raises ConfigError if `metrics` is no list.
    """

    def __init__(
        self,
        loss: Loss | None,
        unweighted: Sequence[MetricIdentifier] | None,
        weighted: Sequence[MetricIdentifier] | None,
    ) -> None:
        for argument, given in (("metrics", unweighted), ("weighted_metrics", weighted)):
            if given is not None and not isinstance(given, (list, tuple)):
                raise ConfigError(f"{argument} is {given!r}; expected a list such as ['accuracy']")
        self._loss = loss
        self._identifiers = (list(unweighted or ()), list(weighted or ()))
        self._unweighted: list[Metric] = []
        self._weighted: list[Metric] = []
        self._resolved = False
        self._waiting: dict[str, Array] = {}
        self.loss = metrics.Mean(name="loss")

    @property
    def all(self) -> list[Metric]:
        """The mean loss first, then the metrics as compiled; only the loss before `resolve`."""
        return [self.loss, *self._unweighted, *self._weighted]

    def resolve(self, y_shape: Shape, y_pred_shape: Shape) -> None:
        """Make the metrics for labels and predictions of these shapes; a second call does nothing."""
        if self._resolved:
            return
        names = {"loss"}
        for identifiers, made in zip(self._identifiers, (self._unweighted, self._weighted), strict=True):
            for identifier in identifiers:
                metric = self._make(identifier, y_shape, y_pred_shape)
                metric.name = _free_name(metric.name, names, weighted=made is self._weighted)
                names.add(metric.name)
                made.append(metric)
        self._resolved = True
        if self._waiting:
            self.set_state(self._waiting)
            self._waiting = {}

    def _make(self, identifier: Any, y_shape: Shape, y_pred_shape: Shape) -> Metric:
        if isinstance(identifier, str) and identifier.lower() in ("accuracy", "acc"):
            metric = metrics.resolve_accuracy(self._loss, y_shape, y_pred_shape)
        else:
            metric = metrics.get(identifier)
        if isinstance(identifier, str):
            metric.name = identifier
        return metric

    def update(self, loss: float, y: Array, y_pred: Array, weight: Array | None) -> None:
        """Add a batch; the loss counts by the number of its samples."""
        self.loss.add_mean(loss, len(y_pred))
        for metric in self._unweighted:
            metric.update_state(y, y_pred)
        for metric in self._weighted:
            metric.update_state(y, y_pred, weight)

    def result(self) -> Logs:
        """Values by name, in alphabetical order as Keras gives them."""
        return {metric.name: _plain(metric.result()) for metric in sorted(self.all, key=lambda m: m.name)}

    def in_order(self, logs: Mapping[str, float]) -> Any:
        """The values as `evaluate` returns them: the loss alone, or a list that begins with it."""
        values = [logs[metric.name] for metric in self.all]
        return values[0] if len(values) == 1 else values

    def reset(self) -> None:
        """Forget all batches."""
        self._waiting = {}
        for metric in self.all:
            metric.reset_state()

    def get_state(self) -> dict[str, Array]:
        """All running sums, by number of the metric and name of the sum."""
        if self._waiting:
            return dict(self._waiting)
        return {
            f"{number}/{key}": np.array(value)
            for number, metric in enumerate(self.all)
            for key, value in metric.get_state().items()
        }

    def set_state(self, state: Mapping[str, Array]) -> None:
        """Take back what `get_state` gave, at once or as soon as the metrics are made."""
        if not self._resolved and any(self._identifiers):
            self._waiting = dict(state)
            return
        for number, metric in enumerate(self.all):
            prefix = f"{number}/"
            metric.set_state(
                {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
            )


def _free_name(name: str, taken: Iterable[str], *, weighted: bool) -> str:
    if name not in taken:
        return name
    if weighted and f"weighted_{name}" not in taken:
        return f"weighted_{name}"
    return next(free for n in range(1, 10**6) if (free := f"{name}_{n}") not in taken)


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, float) or np.ndim(value) == 0 else value
