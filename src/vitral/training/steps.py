"""One step of training, and one of evaluation."""

import math

import numpy as np

from vitral.core.variable import Variable
from vitral.losses import Loss
from vitral.training.checks import activation_name, check_batch, uses_hidden_logits
from vitral.training.compiled import Compiled
from vitral.typing import Array

# A training that diverges shows it in its loss; NumPy's remarks on every operation would bury that.
_quiet = np.errstate(over="ignore", invalid="ignore", divide="ignore", under="ignore")


class Steps(Compiled):
    """A compiled network that can take a step on a batch.

    Batches are (x, y, sample weights) with x as floats.
    """

    @_quiet
    def train_step(self, x: Array, y: Array, weight: Array | None) -> None:
        """Forward, loss, backward, update; the loss and the metrics are added to the running means."""
        loss = self.require_loss("fit")
        variables = self.trainable_weights
        behind = not uses_hidden_logits(loss, self.output_layer)
        (output,), caches = self.run(x, True, [behind])
        y = self.run_targets(y, caches)
        for variable in self.weights:
            variable.zero_grad()
        if self._is_fused(loss):
            # Softmax or sigmoid with its own cross-entropy: the gradient before the activation is a - y.
            value, dz = loss.loss_and_preactivation_gradient(y, output, weight)
            self.run_back([dz], caches, [False])
        else:
            value, dy = loss.loss_and_gradient(y, output, weight)
            self.run_back([dy], caches, [behind])
        value += self._add_penalties(variables)
        if not math.isfinite(value):
            check_batch(x)
        if variables:
            self.optimizer.apply(variables)
        self._metrics.update(value, y, self._prediction(output, behind), weight)

    @_quiet
    def test_step(self, x: Array, y: Array, weight: Array | None) -> None:
        """Forward and loss; the loss and the metrics are added to the running means."""
        loss = self.require_loss("evaluate")
        behind = not uses_hidden_logits(loss, self.output_layer)
        (output,), _ = self.run(x, False, [behind])
        # Without a reduction there is a loss for each sample; training adds them up, so their sum is shown.
        value = float(np.sum(loss(y, output, weight))) + sum(map(_penalty, self.trainable_weights))
        if not math.isfinite(value):
            check_batch(x)
        self._metrics.update(value, y, self._prediction(output, behind), weight)

    @_quiet
    def predict_step(self, x: Array) -> Array:
        """The output for a batch."""
        return self.run(x, False, [True])[0][0]

    def _prediction(self, output: Array, behind: bool) -> Array:
        """What `predict` would give: the output, once it is behind the last layer's activation."""
        prediction: Array = output if behind else self.output_layer.activation(output)  # type: ignore[union-attr]
        return prediction

    def _is_fused(self, loss: Loss) -> bool:
        layer = self.output_layer
        return (
            loss.fused_activation is not None
            and loss.fused_activation == activation_name(layer)
            and hasattr(layer, "backward_preactivation")
        )

    def _add_penalties(self, variables: list[Variable]) -> float:
        """Add every regularizer's gradient to its variable; returns the sum of the penalties."""
        for variable in variables:
            if variable.regularizer is not None:
                variable.add_grad(variable.regularizer.gradient(variable.value))
        return sum(map(_penalty, variables))


def _penalty(variable: Variable) -> float:
    return 0.0 if variable.regularizer is None else float(variable.regularizer(variable.value))
