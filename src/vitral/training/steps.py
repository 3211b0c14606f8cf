"""One step of training, and one of evaluation."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from vitral.core.variable import Variable
from vitral.training.checks import check_batch
from vitral.training.columns import arrays_of
from vitral.training.compiled import Compiled
from vitral.training.mixing import mix_targets
from vitral.training.seam import Seam, seam_of
from vitral.typing import Array

# A training that diverges shows it in its loss; NumPy's remarks on every operation would bury that.
_quiet = np.errstate(over="ignore", invalid="ignore", divide="ignore", under="ignore")


class Plan(NamedTuple):
    """What a step must know of the model; it holds as long as nobody can have changed the model."""

    variables: list[Variable]
    """Those that the optimizer moves."""

    weights: list[Variable]
    """All that may have a gradient from the last step."""

    seams: list[Seam]
    """For each output, where its loss meets the layer that makes it."""


class Steps(Compiled):
    """A compiled network that can take a step on a batch.

    Batches are (x, y, sample weights) with x as floats; x is a list for several inputs, y and weights are columns for
    several outputs.
    """

    def plan(self) -> Plan:
        """What the next step must know; it may be used for many, if nothing but steps happens between them."""
        return Plan(self.trainable_weights, self.weights, self._seams())

    @_quiet
    def train_step(self, x: Any, y: Any, weight: Any, plan: Plan) -> None:
        """Forward, losses, backward, update; the losses and the metrics are added to the running means."""
        variables, all_weights, seams = plan
        outputs, caches = self.run(x, True, [seam is not Seam.BEFORE for seam in seams])
        for variable in all_weights:
            variable.zero_grad()
        mixed = [
            mix_targets(lambda targets: self.run_targets(targets, caches), *pair)
            for pair in zip(self._for_outputs(y), self._for_outputs(weight), strict=True)
        ]
        ys, weights = [pair[0] for pair in mixed], [pair[1] for pair in mixed]
        values, gradients = [], []
        for goal, y_true, output, its_weight, seam in zip(self._goals, ys, outputs, weights, seams, strict=True):
            value, gradient = goal.value_and_gradient(y_true, output, its_weight, seam is Seam.WITHIN)
            values.append(value)
            gradients.append(gradient)
        self.run_back(gradients, caches, [seam is Seam.BEHIND for seam in seams])
        penalty = _penalize(variables)
        total = self._total(values, penalty + self.run_penalty(caches), x)
        if variables:
            self.optimizer.apply(variables)
        self._metrics.update(total, values, ys, self._predictions(outputs, seams), weights)

    @_quiet
    def test_step(self, x: Any, y: Any, weight: Any, plan: Plan) -> None:
        """Forward and losses; the losses and the metrics are added to the running means."""
        seams = plan.seams
        outputs, caches = self.run(x, False, [seam is not Seam.BEFORE for seam in seams])
        ys, weights = self._for_outputs(y), self._for_outputs(weight)
        values = [goal.value(*arrays) for goal, *arrays in zip(self._goals, ys, outputs, weights, strict=True)]
        total = self._total(values, sum(self.losses) + self.run_penalty(caches), x)
        self._metrics.update(total, values, ys, self._predictions(outputs, seams), weights)

    @_quiet
    def predict_step(self, x: Any) -> list[Array]:
        """The outputs for a batch."""
        return self.run(x, False, [True] * len(self.output_names))[0]

    def _seams(self) -> list[Seam]:
        return [seam_of(goal.loss, layer) for goal, layer in zip(self._goals, self.output_layers, strict=True)]

    def _for_outputs(self, part: Any) -> list[Any]:
        return [None] * len(self._goals) if part is None else arrays_of(part)

    def _total(self, values: Sequence[float], penalties: float, x: Any) -> float:
        total = self._weighed(values) + penalties
        if not math.isfinite(total):
            for array in x if isinstance(x, list) else [x]:
                check_batch(array)
        return total

    def _weighed(self, values: Sequence[float]) -> float:
        """The sum of the outputs' losses, each as often as it counts."""
        return sum(value * goal.weight for value, goal in zip(values, self._goals, strict=True))

    def _predictions(self, outputs: list[Array], seams: Sequence[Seam]) -> list[Array]:
        """What `predict` would give: the outputs, once they are behind the last activations."""
        if Seam.BEFORE not in seams:
            return outputs
        return [
            layer.activation(output) if seam is Seam.BEFORE else output  # type: ignore[union-attr]
            for output, layer, seam in zip(outputs, self.output_layers, seams, strict=True)
        ]


def _penalize(variables: list[Variable]) -> float:
    """Add every regularizer's gradient to its variable; returns the sum of the penalties."""
    total = 0.0
    for variable in variables:
        if variable.regularizer is not None:
            variable.add_grad(variable.regularizer.gradient(variable.value))
            total += float(variable.regularizer(variable.value))
    return total
