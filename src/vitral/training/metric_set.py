"""The running means that a training shows: the loss and the compiled metrics."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, TypeAlias

import numpy as np

from vitral import metrics
from vitral.errors import ConfigError, DataError
from vitral.losses import Loss
from vitral.metrics import Metric
from vitral.training.goals import Goal, by_output
from vitral.typing import Array, Config, Logs, Shape

MetricIdentifier: TypeAlias = str | Metric | type[Metric] | Callable[..., Any] | Config


class MetricSet:
    """Loss and metrics since the last reset.

    What "accuracy" means depends on the shapes of labels and predictions, so metrics are made by `resolve`, once these
    are known. With several outputs, `unweighted` and `weighted` hold metrics for each, and names in the logs begin with
    the output's, or those in `names`; a metric keeps its own. Raises ConfigError if they are no lists or dictionaries
    that fit the outputs.
    """

    def __init__(
        self,
        goals: Sequence[Goal],
        unweighted: Any = None,
        weighted: Any = None,
        names: Sequence[str] | None = None,
    ) -> None:
        self._goals = list(goals)
        outputs = [goal.output for goal in goals]
        self._prefixes = [f"{name}_" if len(outputs) > 1 else "" for name in names or outputs]
        self._identifiers = (
            _for_outputs(unweighted, outputs, "metrics"),
            _for_outputs(weighted, outputs, "weighted_metrics"),
        )
        self._unweighted: list[dict[str, Metric]] = [{} for _ in goals]
        self._weighted: list[dict[str, Metric]] = [{} for _ in goals]
        self._resolved = False
        self._waiting: dict[str, Array] = {}
        self.loss = metrics.Mean(name="loss")
        several = sum(goal.loss is not None for goal in goals) > 1
        self._losses = {
            number: metrics.Mean(name=f"{goal.output}_loss")
            for number, goal in enumerate(goals)
            if several and goal.loss is not None
        }

    @property
    def all(self) -> list[Metric]:
        """The mean loss first, those of several outputs, then the metrics as compiled; no metrics before `resolve`."""
        return [metric for _, metric in self._named()]

    @property
    def names(self) -> list[str]:
        """What each of `all` is called in the logs."""
        return [name for name, _ in self._named()]

    def _named(self) -> list[tuple[str, Metric]]:
        means = [(mean.name, mean) for mean in (self.loss, *self._losses.values())]
        return [*means, *chain.from_iterable(made.items() for made in (*self._unweighted, *self._weighted))]

    def resolve(self, y_shapes: Sequence[Shape | None], y_pred_shapes: Sequence[Shape]) -> None:
        """Make the metrics for labels and predictions of these shapes; a second call does nothing."""
        if self._resolved:
            return
        names = set(self.names)
        for identifiers, made in zip(self._identifiers, (self._unweighted, self._weighted), strict=True):
            for goal, prefix, wanted, its_metrics, y, y_pred in zip(
                self._goals, self._prefixes, identifiers, made, y_shapes, y_pred_shapes, strict=True
            ):
                for identifier in wanted:
                    if y is None:
                        raise DataError(f"y is missing for the output {goal.output!r}, which has metrics")
                    metric = _make(identifier, goal.loss, y, y_pred)
                    name = _free_name(prefix, metric.name, names, weighted=made is self._weighted)
                    names.add(name)
                    its_metrics[name] = metric
        self._resolved = True
        if self._waiting:
            self.set_state(self._waiting)
            self._waiting = {}

    def update(
        self,
        loss: float,
        losses: Sequence[float],
        ys: Sequence[Array | None],
        y_preds: Sequence[Array],
        weights: Sequence[Array | None],
    ) -> None:
        """Add a batch: the total loss, and for each output its loss, labels, predictions and weights.

        Losses count by the number of samples.
        """
        samples = len(y_preds[0])
        self.loss.add_mean(loss, samples)
        for number, mean in self._losses.items():
            mean.add_mean(losses[number], samples)
        self.update_metrics(ys, y_preds, weights)

    def update_metrics(
        self, ys: Sequence[Array | None], y_preds: Sequence[Array], weights: Sequence[Array | None]
    ) -> None:
        """Add a batch to the metrics alone: for each output its labels, predictions and weights."""
        for number, (y, y_pred) in enumerate(zip(ys, y_preds, strict=True)):
            if y is None:
                continue
            for metric in self._unweighted[number].values():
                metric.update_state(y, y_pred)
            for metric in self._weighted[number].values():
                metric.update_state(y, y_pred, weights[number])

    def result(self) -> Logs:
        """Values by name, in alphabetical order as Keras gives them."""
        return {name: _plain(metric.result()) for name, metric in sorted(self._named(), key=itemgetter(0))}

    def in_order(self, logs: Mapping[str, float]) -> Any:
        """The values as `evaluate` returns them: the loss alone, or a list that begins with it."""
        values = [logs[name] for name in self.names]
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
        if not self._resolved and any(map(any, self._identifiers)):
            self._waiting = dict(state)
            return
        for number, metric in enumerate(self.all):
            prefix = f"{number}/"
            metric.set_state(
                {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
            )


def _for_outputs(given: Any, outputs: Sequence[str], argument: str) -> list[list[MetricIdentifier]]:
    """The metrics of each output; those of a single one may be in any list or dictionary."""
    if given is not None and not isinstance(given, (list, tuple, Mapping)):
        raise ConfigError(f"{argument} is {given!r}; expected a list such as ['accuracy']")
    if not given:
        return [[] for _ in outputs]
    if len(outputs) == 1:
        return [_listed(list(given.values()) if isinstance(given, Mapping) else given)]
    return [_listed(one) for one in by_output(given, outputs, argument, partly=True)]


def _listed(given: Any) -> list[MetricIdentifier]:
    if not isinstance(given, (list, tuple)):
        return [] if given is None else [given]
    return [metric for part in given for metric in _listed(part)]


def _make(identifier: Any, loss: Loss | None, y_shape: Shape, y_pred_shape: Shape) -> Metric:
    if isinstance(identifier, str) and identifier.lower() in ("accuracy", "acc"):
        metric = metrics.resolve_accuracy(loss, y_shape, y_pred_shape)
    else:
        metric = metrics.get(identifier)
    if isinstance(identifier, str):
        metric.name = identifier
    return metric


def _free_name(prefix: str, name: str, taken: Iterable[str], *, weighted: bool) -> str:
    plain = f"{prefix}{name}"
    if plain not in taken:
        return plain
    if weighted and f"{prefix}weighted_{name}" not in taken:
        return f"{prefix}weighted_{name}"
    return next(free for n in range(1, 10**6) if (free := f"{plain}_{n}") not in taken)


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, float) or np.ndim(value) == 0 else value
