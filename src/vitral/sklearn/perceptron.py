"""Dense layers and the gradient of scikit-learn's objective on them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vitral import ops
from vitral.activations import Activation
from vitral.core.arrays import own_dtype
from vitral.core.variable import Variable
from vitral.layers import Dense, Dropout, InputLayer, Layer
from vitral.models import Sequential
from vitral.sklearn.objectives import Objective
from vitral.typing import Array

_ROWS_AT_ONCE = 1024
"""Samples that a prediction takes through the layers together, so that their activations stay in the cache."""


@dataclass(frozen=True)
class Recipe:
    """What makes a perceptron of weights: an activation for every layer, and a dropout rate for every hidden one."""

    activations: Sequence[Activation]
    dropout: Sequence[float]
    dropout_seeds: Sequence[int]
    objective: Objective
    alpha: float


class Perceptron:
    """A stack of dense layers whose kernels and biases are the arrays that it is given, not copies.

    The loss of a batch with sample weights w is

        (sum_i w_i loss_i + alpha / 2 sum over kernels |W|^2) / sum_i w_i

    which is what scikit-learn's multi-layer perceptrons minimize.
    """

    def __init__(self, coefs: Sequence[Array], intercepts: Sequence[Array], recipe: Recipe) -> None:
        self.recipe = recipe
        self.layers = [
            Dense(coef.shape[1], activation=activation, kernel_initializer="zeros", name=f"dense_{number}")
            for number, (coef, activation) in enumerate(zip(coefs, recipe.activations, strict=True))
        ]
        stack: list[Layer] = [InputLayer(shape=coefs[0].shape[:1], name="features")]
        for number, layer in enumerate(self.layers):
            stack.append(layer)
            if number < len(recipe.dropout) and recipe.dropout[number]:
                rate, seed = recipe.dropout[number], recipe.dropout_seeds[number]
                stack.append(Dropout(rate, seed=seed, name=f"dropout_{number}"))
        self.network = Sequential(stack)
        for layer, coef, intercept in zip(self.layers, coefs, intercepts, strict=True):
            layer.kernel.value = coef
            self._bias(layer).value = intercept
        self.variables = self.network.trainable_weights
        """Kernel and bias of every layer."""

    @property
    def streams(self) -> list[Variable]:
        """The positions of the random streams of dropout."""
        weights = {id(variable) for variable in self.variables}
        return [variable for variable in self.network.variables if id(variable) not in weights]

    def holds(self, coefs: Sequence[Array], intercepts: Sequence[Array]) -> bool:
        """Whether these are the very arrays that the layers compute with."""
        return len(coefs) == len(self.layers) == len(intercepts) and all(
            layer.kernel.value is coef and self._bias(layer).value is intercept
            for layer, coef, intercept in zip(self.layers, coefs, intercepts, strict=True)
        )

    def loss_and_gradients(self, x: Array, y: Array, weight: Array | None) -> float:
        """The loss of a batch; its gradients are left with the variables."""
        (scores,), caches = self.network.run(x, True, [True])
        for variable in self.variables:
            variable.zero_grad()
        losses, gradient = self.recipe.objective(y, scores)
        if weight is None:
            total = float(len(x))
            loss = float(losses.sum(dtype=np.float64))
            gradient = gradient / scores.dtype.type(total)
        else:
            total = float(weight.sum(dtype=np.float64))
            if total == 0:
                # Nothing in this batch counts; 0 / 0 would spoil the weights.
                total = 1.0
            loss = float((losses * weight).sum(dtype=np.float64))
            gradient = gradient * (weight / weight.dtype.type(total))[:, np.newaxis]
        self.network.run_back([gradient], caches, [True])
        return loss / total + self._penalize(total)

    def _penalize(self, total: float) -> float:
        """Add the penalty's gradient to every kernel; returns the penalty of the mean loss."""
        if self.recipe.alpha == 0:
            return 0.0
        penalty = 0.0
        for layer in self.layers:
            kernel, gradient = layer.kernel.value, layer.kernel.grad
            assert gradient is not None, "the pass back has just made it, for nobody else"
            penalty += ops.l2_penalty(kernel, gradient, strength=self.recipe.alpha / (2 * total))
        return penalty

    def scores(self, x: Array) -> Array:
        """The output of the last layer, (samples, outputs), for any number of samples; `x` may be sparse."""
        scores = np.empty((x.shape[0], self.layers[-1].units), self.layers[-1].kernel.value.dtype)
        for start in range(0, x.shape[0], _ROWS_AT_ONCE):
            part = x[start : start + _ROWS_AT_ONCE]
            scores[start : start + _ROWS_AT_ONCE] = self.network.forward(dense(part))[0]
        return scores

    @staticmethod
    def _bias(layer: Dense) -> Variable:
        assert layer.bias is not None, "every layer is made with a bias"
        return layer.bias


def dense(x: Array) -> Array:
    """Rows as a contiguous array, whether they come from an array or from a sparse matrix."""
    return own_dtype(np.ascontiguousarray(x) if isinstance(x, np.ndarray) else x.toarray(order="C"))
