"""One step of training, and one of evaluation."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from vitral.core.variable import Variable
from vitral.layers.layer import Layer
from vitral.losses import Loss
from vitral.training.checks import activation_name, check_batch, uses_hidden_logits
from vitral.training.columns import arrays_of
from vitral.training.compiled import Compiled
from vitral.training.mixing import mix_targets
from vitral.typing import Array

# A training that diverges shows it in its loss; NumPy's remarks on every operation would bury that.
_quiet = np.errstate(over="ignore", invalid="ignore", divide="ignore", under="ignore")


class Steps(Compiled):
    """A compiled network that can take a step on a batch.

    Batches are (x, y, sample weights) with x as floats; x is a list for several inputs, y and weights are columns for
    several outputs.
    """

    @_quiet
    def train_step(self, x: Any, y: Any, weight: Any) -> None:
        """Forward, losses, backward, update; the losses and the metrics are added to the running means."""
        variables = self.trainable_weights
        behind = self._behind()
        outputs, caches = self.run(x, True, behind)
        for variable in self.weights:
            variable.zero_grad()
        # Softmax or sigmoid with its own cross-entropy: the gradient before the activation is a - y.
        merged = [_is_merged(goal.loss, layer) for goal, layer in zip(self._goals, self.output_layers, strict=True)]
        mixed = [
            mix_targets(lambda targets: self.run_targets(targets, caches), *pair)
            for pair in zip(self._for_outputs(y), self._for_outputs(weight), strict=True)
        ]
        ys, weights = [pair[0] for pair in mixed], [pair[1] for pair in mixed]
        values, gradients = [], []
        for goal, y_true, output, its_weight, is_merged in zip(self._goals, ys, outputs, weights, merged, strict=True):
            value, gradient = goal.value_and_gradient(y_true, output, its_weight, is_merged)
            values.append(value)
            gradients.append(gradient)
        self.run_back(gradients, caches, [a and not b for a, b in zip(behind, merged, strict=True)])
        penalty = _penalize(variables)
        total = self._total(values, penalty + self.run_penalty(caches), x)
        if variables:
            self.optimizer.apply(variables)
        self._metrics.update(total, values, ys, self._predictions(outputs, behind), weights)

    @_quiet
    def test_step(self, x: Any, y: Any, weight: Any) -> None:
        """Forward and losses; the losses and the metrics are added to the running means."""
        behind = self._behind()
        outputs, caches = self.run(x, False, behind)
        ys, weights = self._for_outputs(y), self._for_outputs(weight)
        values = [goal.value(*arrays) for goal, *arrays in zip(self._goals, ys, outputs, weights, strict=True)]
        total = self._total(values, sum(self.losses) + self.run_penalty(caches), x)
        self._metrics.update(total, values, ys, self._predictions(outputs, behind), weights)

    @_quiet
    def predict_step(self, x: Any) -> list[Array]:
        """The outputs for a batch."""
        return self.run(x, False, [True] * len(self.output_names))[0]

    def _behind(self) -> list[bool]:
        """For each output, whether its loss is taken from behind the last activation."""
        return [
            goal.loss is None or not (_may_be_hidden(layer) and uses_hidden_logits(goal.loss, layer))
            for goal, layer in zip(self._goals, self.output_layers, strict=True)
        ]

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

    def _predictions(self, outputs: Sequence[Array], behind: Sequence[bool]) -> list[Array]:
        """What `predict` would give: the outputs, once they are behind the last activations."""
        return [
            output if is_behind else layer.activation(output)  # type: ignore[union-attr]
            for output, layer, is_behind in zip(outputs, self.output_layers, behind, strict=True)
        ]


def _penalize(variables: list[Variable]) -> float:
    """Add every regularizer's gradient to its variable; returns the sum of the penalties."""
    total = 0.0
    for variable in variables:
        if variable.regularizer is not None:
            variable.add_grad(variable.regularizer.gradient(variable.value))
            total += float(variable.regularizer(variable.value))
    return total


def _is_merged(loss: Loss | None, layer: Layer | None) -> bool:
    """Whether the derivatives of the loss and of the activation in front of it are taken as one."""
    return (
        loss is not None
        and loss.fused_activation is not None
        and loss.fused_activation == activation_name(layer)
        and hasattr(layer, "backward_preactivation")
        and _may_be_hidden(layer)
    )


def _may_be_hidden(layer: Layer | None) -> bool:
    """Whether a pass may leave the layer's activation out: a penalty on its output needs it."""
    return layer is None or layer.activity_regularizer is None
