"""One step of training, and one of evaluation."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from vitral.core.variable import Variable
from vitral.training.checks import check_batch
from vitral.training.columns import arrays_of
from vitral.training.compiled import Compiled
from vitral.training.mixing import mix_targets
from vitral.training.plan import Plan
from vitral.training.seam import Seam, seam_of
from vitral.typing import Array

# A training that diverges shows it in its loss; NumPy's remarks on every operation would bury that.
_quiet = np.errstate(over="ignore", invalid="ignore", divide="ignore", under="ignore")


class Steps(Compiled):
    """A compiled network that can take a step on a batch.

    Batches are (x, y, sample weights) with x as floats; x is a list for several inputs, y and weights are columns for
    several outputs.
    """

    def plan(self) -> Plan:
        """What the next step must know; it may be used for many, if nothing but steps happens between them."""
        seams = [seam_of(goal.loss, layer) for goal, layer in zip(self._goals, self.output_layers, strict=True)]
        return Plan.of(self, seams)

    @_quiet
    def train_step(self, x: Any, y: Any, weight: Any, plan: Plan) -> None:
        """Forward, losses, backward, update; the losses and the metrics are added to the running means."""
        outputs, caches = self.run(x, True, plan.behind)
        for variable in plan.weights:
            variable.zero_grad()
        ys, weights = self._for_outputs(y), self._for_outputs(weight)
        if plan.mixes:
            mixed = [
                mix_targets(lambda part: self.run_targets(part, caches), *pair)
                for pair in zip(ys, weights, strict=True)
            ]
            ys, weights = [pair[0] for pair in mixed], [pair[1] for pair in mixed]
        values, gradients = [], []
        for goal, y_true, output, its_weight, seam in zip(self._goals, ys, outputs, weights, plan.seams, strict=True):
            value, gradient = goal.value_and_gradient(y_true, output, its_weight, seam is Seam.WITHIN)
            values.append(value)
            gradients.append(gradient)
        self.run_back(gradients, caches, plan.back_through)
        penalty = _penalize(plan.penalized)
        if plan.penalizes:
            penalty += self.run_penalty(caches)
        total = self._total(values, penalty, x)
        if plan.variables:
            self.optimizer.apply(plan.variables)
        self._metrics.update(total, values, ys, self._predictions(outputs, plan), weights)

    @_quiet
    def test_step(self, x: Any, y: Any, weight: Any, plan: Plan) -> None:
        """Forward and losses; the losses and the metrics are added to the running means."""
        outputs, caches = self.run(x, False, plan.behind)
        ys, weights = self._for_outputs(y), self._for_outputs(weight)
        values = [goal.value(*arrays) for goal, *arrays in zip(self._goals, ys, outputs, weights, strict=True)]
        total = self._total(values, sum(self.losses) + self.run_penalty(caches), x)
        self._metrics.update(total, values, ys, self._predictions(outputs, plan), weights)

    @_quiet
    def predict_step(self, x: Any) -> list[Array]:
        """The outputs for a batch."""
        return self.run(x, False, [True] * len(self.output_names))[0]

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

    def _predictions(self, outputs: list[Array], plan: Plan) -> list[Array]:
        """What `predict` would give: the outputs, once they are behind the last activations."""
        if all(plan.behind):
            return outputs
        return [
            output if is_behind else layer.activation(output)  # type: ignore[union-attr]
            for output, layer, is_behind in zip(outputs, self.output_layers, plan.behind, strict=True)
        ]


def _penalize(variables: list[Variable]) -> float:
    """Add every regularizer's gradient to its variable; returns the sum of the penalties."""
    total = 0.0
    for variable in variables:
        assert variable.regularizer is not None, "only these are asked"
        total += variable.regularizer.add_gradient(variable.value, variable.own_grad())
    return total
